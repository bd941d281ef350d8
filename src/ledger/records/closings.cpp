// The records of a closing: its own, and those of the parts that hold what one entry does not.
#include <set>

#include "ledger/records/ledger_impl.h"

namespace nc::records {
namespace {

constexpr int kDrawsMax = 4;  // as of any new record: of many made within a minute two may draw one nonce

// Each row of the parts with the record that it is about.
Json with_parts(const catalog::Type& type, Json values, const std::vector<RecordId>& parts) {
  const auto* field = type.slot("parts");
  if (!field || parts.empty()) return values;
  JsonArray rows = values[field->id].is_array() ? values[field->id].as_array() : JsonArray{};
  for (std::size_t i = 0; i < std::min(rows.size(), parts.size()); ++i) rows[i].set("part", parts[i].hex());
  return values.set(field->id, std::move(rows));
}

}  // namespace

WriteResult Ledger::create_closing(const access::Subject& who, const Closing& what) {
  const auto now = world();
  const auto* type = now->catalog->find(what.head.type);
  WriteResult written =
      std::unexpected(Refusal{Error(ErrorCode::kInvalid, NC_MSG("There is no record type “{1}”"), {what.head.type}).at("type"), {}});
  for (int draw = 0; type != nullptr && draw < kDrawsMax; ++draw) {
    std::set<RecordId> drawn;
    while (drawn.size() <= what.parts.size()) drawn.insert(impl_->fresh_id());
    std::vector<RecordId> ids(drawn.begin(), drawn.end());
    Create head = what.head;
    head.id = ids.back();
    ids.pop_back();
    head.values = with_parts(*type, std::move(head.values), ids);
    written = impl_->submit([&](Writer& writer) -> WriteResult {
      for (std::size_t i = 0; i < ids.size(); ++i) {
        auto part = writer.create(who, {ids[i], what.part_type, what.parts[i], head.handling, head.audience, head.by_program}, {});
        if (!part) return part;
      }
      return writer.create(who, head, {});
    });
    if (written || written.error().error.code != ErrorCode::kConflict) break;
  }
  return noted(who, std::move(written));
}

}  // namespace nc::records
