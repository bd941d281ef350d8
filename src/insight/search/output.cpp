#include "insight/search/output.h"

namespace nc::search {
namespace {

Json pieces_json(const std::vector<Piece>& pieces) {
  JsonArray out;
  for (const auto& piece : pieces) out.push_back(Json().set("text", piece.text).set("marked", piece.marked));
  return out;
}

std::string iso_day(std::int32_t day) {
  CivilDate date;
  date.day = day;
  return iso_date(date);
}

Json hit_json(const Hit& hit) {
  JsonArray snippets;
  for (const auto& snippet : hit.snippets)
    snippets.push_back(Json().set("field", snippet.label).set("pieces", pieces_json(snippet.pieces)));
  Json out = Json().set("id", hit.record.id.hex()).set("type", hit.record.type_id).set("title", plain_text(hit.title));
  return out.set("title_pieces", pieces_json(hit.title)).set("snippets", std::move(snippets));
}

Json jump_json(const Jump& jump) {
  Json out = Json().set("kind", std::string(jump_kind_name(jump.kind))).set("text", jump.text);
  out.set("record", jump.kind == Jump::Kind::kDays ? Json() : Json(jump.record.hex()));
  out.set("from", jump.days ? Json(iso_day(jump.days->first)) : Json());
  return out.set("until", jump.days ? Json(iso_day(jump.days->last)) : Json());
}

}  // namespace

std::string_view jump_kind_name(Jump::Kind kind) {
  switch (kind) {
    case Jump::Kind::kUnit: return "unit";
    case Jump::Kind::kMarker: return "border-marker";
    case Jump::Kind::kNumber: return "number";
    case Jump::Kind::kDays: return "days";
  }
  return {};
}

std::string plain_text(const std::vector<Piece>& pieces) {
  std::string out;
  for (const auto& piece : pieces) out += piece.text;
  return out;
}

Json answer_json(const Answer& answer) {
  JsonArray jumps, groups, types, years, units;
  for (const auto& jump : answer.jumps) jumps.push_back(jump_json(jump));
  for (const auto& group : answer.groups) {
    JsonArray hits;
    for (const auto& hit : group.hits) hits.push_back(hit_json(hit));
    Json out = Json().set("type", group.type ? Json(group.type->id) : Json()).set("count", group.count);
    groups.push_back(out.set("hits", std::move(hits)));
  }
  for (const auto& [type, count] : answer.types) types.push_back(Json().set("type", type->id).set("count", count));
  for (const auto& [year, count] : answer.years) years.push_back(Json().set("year", std::int64_t{year}).set("count", count));
  for (const auto& [unit, count] : answer.units) units.push_back(Json().set("unit", unit.hex()).set("count", count));
  Json out = Json().set("total", answer.total).set("jumps", std::move(jumps)).set("groups", std::move(groups));
  out.set("types", std::move(types)).set("years", std::move(years)).set("units", std::move(units));
  return out.set("next", answer.next_cursor.empty() ? Json() : Json(answer.next_cursor)).set("phrases_cut", answer.phrases_cut);
}

}  // namespace nc::search
