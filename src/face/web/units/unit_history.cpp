// What became of a unit: lineage of both directions, dated links, each with its reorganisation record.
#include <algorithm>

#include "face/web/figures/words.h"
#include "face/web/units/unit_page.h"

namespace nc::web {
namespace {

struct Line {
  std::optional<std::int32_t> day;
  Html text;
};

std::string change_text(const Visit& visit, const orgtree::Lineage& change, bool forward) {
  switch (change.change) {
    case orgtree::Change::kMerge: return forward ? visit.tr("merged into") : visit.tr("took over by merger");
    case orgtree::Change::kSplit: return forward ? visit.tr("split; a part became") : visit.tr("came by a split from");
    case orgtree::Change::kRename: return forward ? visit.tr("renamed to") : visit.tr("formerly named");
    case orgtree::Change::kTransfer: return forward ? visit.tr("transferred; goes on as") : visit.tr("transferred from");
  }
  return {};
}

std::string since_text(const Visit& visit, const orgtree::Link& link) {
  if (link.from && link.until) return visit.ui.days({*link.from, *link.until});
  if (link.from) return visit.tr("from {1} on", i18n::day_text(*link.from));
  if (link.until) return visit.tr("until {1}", i18n::day_text(*link.until));
  return visit.tr("all time");
}

// The record of the change, and the printed sources that it rests on.
Html sources_of(const Visit& visit, const records::RecordView& record) {
  Html out = link(visit.tr("record of the change"), record_url(record.id));
  const auto& sources = record.slot("source");
  if (sources.is_array())
    for (const auto& element : sources.as_array())
      if (const auto id = RecordId::from_hex(element.text("ref"))) out.add("; ").add(link(visit.name(*id), source_url(*id)));
  return el("span", {{"class", "history-source"}}, out);
}

Html source_of(const Visit& visit, const RecordId& id) {
  const auto record = id.is_zero() ? Result<records::RecordView>(fail(ErrorCode::kNotFound, NC_MSG("There is nothing here")))
                                   : visit.ledger().read(visit.who, id);
  return record ? sources_of(visit, *record) : Html();
}

// A lineage does not name its record; the changes of the unit's own records do.
std::vector<records::RecordView> records_of(const Visit& visit, const UnitId& unit) {
  records::ListQuery query;
  query.feeds = {"org-change"};
  query.linked_to = unit;
  query.limit = 100;
  query.count_max = 0;
  auto found = visit.ledger().list(visit.who, query);
  return found ? std::move(found->items) : std::vector<records::RecordView>();
}

bool tells(const records::RecordView& record, const orgtree::Lineage& change) {
  const auto& rows = record.slot("rows");
  if (!rows.is_array()) return false;
  return std::ranges::any_of(
      rows.as_array(), [&](const Json& row) { return row.text("unit") == change.from.hex() && row.text("successor") == change.to.hex(); });
}

}  // namespace

Html unit_history(const Visit& visit, const orgtree::Unit& unit) {
  const auto& tree = *visit.world->tree;
  const auto changes = records_of(visit, unit.id);
  std::vector<Line> lines;
  for (const auto& change : tree.lineage_of(unit.id)) {
    const bool forward = change.from == unit.id;
    const auto& other = forward ? change.to : change.from;
    Html text = join(change_text(visit, change, forward) + " ", link(unit_name(visit, other), unit_url(other)));
    if (change.default_heir) text.add(" ").add(badge(Tone::kNeutral, visit.tr("its records count there")));
    for (const auto& record : changes)
      if (tells(record, change)) {
        text.add(sources_of(visit, record));
        break;
      }
    lines.push_back({change.day, std::move(text)});
  }
  for (const auto& above : tree.links_of(unit.id)) {
    const auto line =
        above.line == orgtree::Line::kGuidance ? visit.tr("under, by professional guidance:") : visit.tr("under, by command:");
    Html text = join(line + " ", link(unit_name(visit, above.parent), unit_url(above.parent)), " (" + since_text(visit, above) + ")",
                     source_of(visit, above.source));
    lines.push_back({above.from, std::move(text)});
  }
  if (lines.empty()) return {};
  std::ranges::stable_sort(lines, {}, [](const Line& line) { return line.day.value_or(kDayMin); });
  Html out;
  for (const auto& line : lines)
    out.add(el("li", {}, el("span", {{"class", "history-day"}}, line.day ? i18n::day_text(*line.day) : visit.tr("day not known")), " ",
               line.text));
  return section(visit.tr("History through every reorganisation"), el("ul", {{"class", "unit-history"}}, out));
}

}  // namespace nc::web
