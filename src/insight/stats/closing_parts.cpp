#include "insight/stats/closing_parts.h"

#include <algorithm>

#include "base/text.h"
#include "foundation/crypto/hash.h"

namespace nc::stats {
namespace {

constexpr int kScaleMax = 6;
constexpr std::size_t kOneEntryBytes = 56 * 1024;    // figures and records of a closing without parts
constexpr std::size_t kFiguresBytesMax = 48 * 1024;  // of one part
constexpr std::size_t kClosingHeadRecords = 100;     // that a closing with parts keeps itself

std::optional<Amount> amount_in(const Json& row, const char* column) {
  const auto text = row.text(column);
  if (text.empty()) return std::nullopt;
  Amount out;
  bool point = false, minus = false;
  for (const char c : text) {
    if (c == '-') minus = true;
    else if (c == '.') point = true;
    else if (c < '0' || c > '9' || __builtin_mul_overflow(out.value, 10, &out.value) ||
             __builtin_add_overflow(out.value, c - '0', &out.value))
      return std::nullopt;
    else if (point) ++out.scale;
  }
  if (minus) out.value = -out.value;
  return out.scale <= kScaleMax ? std::optional(out) : std::nullopt;
}

ClosedFigure closed_figure(const Json& row) {
  ClosedFigure out;
  for (const auto& [column, member] : {std::pair{"what", &ClosedFigure::what},
                                       {"indicator", &ClosedFigure::indicator},
                                       {"detail", &ClosedFigure::detail},
                                       {"level", &ClosedFigure::level},
                                       {"partner", &ClosedFigure::partner},
                                       {"period", &ClosedFigure::period},
                                       {"measure", &ClosedFigure::measure},
                                       {"qualifier", &ClosedFigure::qualifier}})
    out.*member = row.text(column);
  out.recorded = amount_in(row, "recorded");
  out.declared = amount_in(row, "declared");
  out.records = static_cast<std::size_t>(std::max<std::int64_t>(0, row.integer("records")));
  return out;
}

Json line_of(const ClosedFigure& figure) {
  Json row;
  const auto put = [&](const char* column, const std::string& text) {
    if (!text.empty()) row.set(column, shorten(text, kFigureTextMax));
  };
  put("what", figure.what);
  put("indicator", figure.indicator);
  put("detail", figure.detail);
  put("level", figure.level);
  put("partner", figure.partner);
  put("period", figure.period);
  put("measure", figure.measure);
  put("qualifier", figure.qualifier);
  if (figure.recorded) row.set("recorded", figure.recorded->text());
  if (figure.declared) row.set("declared", figure.declared->text());
  row.set("records", static_cast<std::int64_t>(figure.records));
  return row;
}

std::string written(std::span<const Columns::Bearing> counted) {
  std::string out;
  for (const auto& one : counted) out += (out.empty() ? "" : " ") + one.id.hex() + one.facts;
  return out;
}

std::string text_in(const Json& value) { return value.is_string() ? value.as_string() : std::string(); }

void take(const records::RecordView& record, KeptAnswer& out) {
  constexpr std::size_t kIdDigits = 32;
  if (const auto& rows = record.slot("figures"); rows.is_array())
    for (const auto& row : rows.as_array()) out.figures.push_back(closed_figure(row));
  for (const auto& word : split_trimmed(text_in(record.slot("counted")), ' '))
    if (const auto id = RecordId::from_hex(std::string_view(word).substr(0, kIdDigits))) out.counted.emplace(*id, word.substr(kIdDigits));
}

// Of one part.
struct Piece {
  JsonArray figures;
  std::span<const Columns::Bearing> counted;
};

// Each fits into one entry: figures first, then records.
std::vector<Piece> in_pieces(JsonArray rows, std::span<const Columns::Bearing> counted) {
  std::vector<Piece> out;
  std::size_t bytes = 0;
  for (auto& row : rows) {
    const auto size = canonical(row).size() + 1;
    if (out.empty() || out.back().figures.size() == kClosingFiguresMax || bytes + size > kFiguresBytesMax) {
      out.emplace_back();
      bytes = 0;
    }
    bytes += size;
    out.back().figures.push_back(std::move(row));
  }
  for (; !counted.empty(); counted = counted.subspan(std::min(counted.size(), kClosingRecordsMax)))
    out.push_back({{}, counted.first(std::min(counted.size(), kClosingRecordsMax))});
  return out;
}

void set_slot(Json& values, const catalog::Type& type, std::string_view slot, Json value) {
  if (const auto* field = type.slot(slot)) values.set(field->id, std::move(value));
}

Error too_much(const ToKeep& kept) {
  return Error(ErrorCode::kLimit, NC_MSG("One closing holds {1} figures and {2} records at most; here are {3} and {4}"),
               {std::to_string(kClosingFiguresMax), std::to_string(kClosingRecordsMax), std::to_string(kept.figures.size()),
                std::to_string(kept.counted.size())})
      .then(NC_MSG("Copy figures/period_closing.toml and figures/period_closing_part.toml from the release, or close a shorter period"));
}

Error too_many_parts(std::size_t parts) {
  return Error(ErrorCode::kLimit, NC_MSG("A closing has at most {1} parts; this one would have {2}"),
               {std::to_string(kClosingPartsMax), std::to_string(parts)})
      .then(NC_MSG("Close a shorter period, or have the units below close theirs"));
}

}  // namespace

Digest set_digest_of(const std::vector<Columns::Bearing>& counted) { return crypto::sha256("nhipcau-closing-1\n" + written(counted)); }

// The rows as a closing writes them, however they came to be stored.
Json rewritten(const Json& rows) {
  Json out{JsonArray{}};
  if (rows.is_array())
    for (const auto& row : rows.as_array()) out.push(line_of(closed_figure(row)));
  return out;
}

Digest part_digest(const Json& figures, const std::string& counted) {
  return crypto::sha256("nhipcau-closing-part-1\n" + canonical(Json().set("figures", rewritten(figures)).set("counted", counted)));
}

Json parts_named(const Json& rows) {
  Json out{JsonArray{}};
  if (rows.is_array())
    for (const auto& row : rows.as_array())
      out.push(Json().set("digest", row["digest"]).set("figures", row["figures"]).set("records", row["records"]));
  return out;
}

nc::Status put_kept(const ToKeep& kept, const UnitId& unit, const catalog::Type& type, const catalog::Catalog& catalog,
                    records::Closing& closing) {
  JsonArray rows;
  std::size_t bytes = kept.counted.size() * 41;
  for (const auto& figure : kept.figures) {
    rows.push_back(line_of(figure));
    bytes += canonical(rows.back()).size() + 1;
  }
  auto& values = closing.head.values;
  if (rows.size() <= kClosingFiguresMax && kept.counted.size() <= kClosingRecordsMax && bytes <= kOneEntryBytes) {
    if (!rows.empty()) set_slot(values, type, "figures", std::move(rows));
    set_slot(values, type, "counted", written(kept.counted));
    return {};
  }
  const auto types = catalog.feeding("period-closing-part");
  if (types.empty() || !type.slot("parts")) return fail(too_much(kept));
  const auto first = std::min(kept.counted.size(), kClosingHeadRecords);
  const std::span all(kept.counted);
  auto pieces = in_pieces(std::move(rows), all.subspan(first));
  if (pieces.size() > kClosingPartsMax) return fail(too_many_parts(pieces.size()));
  closing.part_type = types.front()->id;
  JsonArray named;
  for (auto& piece : pieces) {
    const auto counted = written(piece.counted);
    const auto figures = piece.figures.size();
    const Json lines(std::move(piece.figures));
    named.push_back(Json()
                        .set("digest", part_digest(lines, counted).hex())
                        .set("figures", static_cast<std::int64_t>(figures))
                        .set("records", static_cast<std::int64_t>(piece.counted.size())));
    auto& part = closing.parts.emplace_back();
    set_slot(part, *types.front(), "unit", unit.hex());
    set_slot(part, *types.front(), "number", static_cast<std::int64_t>(named.size()));
    if (figures > 0) set_slot(part, *types.front(), "figures", lines);
    if (!counted.empty()) set_slot(part, *types.front(), "counted", counted);
  }
  set_slot(values, type, "counted", written(all.first(first)));
  set_slot(values, type, "parts", std::move(named));
  return {};
}

KeptAnswer kept_answer(const records::RecordView& closing, const ReadRecord& parts) {
  KeptAnswer out;
  take(closing, out);
  const auto& rows = closing.slot("parts");
  for (std::size_t i = 0; rows.is_array() && i < rows.as_array().size(); ++i) {
    const auto& row = rows.as_array()[i];
    const auto id = RecordId::from_hex(row.text("part"));
    const auto part = id ? parts(*id) : std::nullopt;
    const bool there = part && (part->slot("figures").is_array() || part->slot("counted").is_string());
    if (there && part_digest(part->slot("figures"), text_in(part->slot("counted"))).hex() == row.text("digest")) take(*part, out);
    else out.broken.push_back({i + 1, !there});
  }
  return out;
}

Result<std::vector<NotWhole>> closings_not_whole(const records::Ledger& ledger, const access::Subject& who) {
  std::vector<NotWhole> out;
  records::ListQuery query;
  query.feeds = {"period-closing"};
  query.with_voided = true;
  query.limit = 500;
  query.count_max = 0;
  do {
    NC_ASSIGN(const auto page, ledger.list(who, query));
    for (const auto& closing : page.items)
      if (auto kept = kept_answer(closing, read_by(ledger, who)); !kept.whole()) out.push_back({closing.id, std::move(kept.broken)});
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  return out;
}

}  // namespace nc::stats
