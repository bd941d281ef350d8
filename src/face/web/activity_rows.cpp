#include "face/web/activity_rows.h"

#include "base/text.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

constexpr std::size_t kNamesMax = 3;

// The value of a slot in words, without links.
std::string slot_text(const Visit& visit, const records::RecordView& record, std::string_view slot) {
  const auto* field = record.type ? record.type->slot(slot) : nullptr;
  return field ? catalog::show_value(*field, record.slot(slot), visit.lang(), visit.namer()) : std::string();
}

std::string option_text(const Visit& visit, const records::RecordView& record, std::string_view slot) {
  const auto* field = record.type ? record.type->slot(slot) : nullptr;
  const auto& value = record.slot(slot);
  const auto* option = field && value.is_string() ? field->option(value.as_string()) : nullptr;
  return option ? option->label.in(visit.lang()) : std::string();
}

Tone status_tone(std::string_view status) {
  if (status == "held") return Tone::kGood;
  if (status == "announced" || status == "planned") return Tone::kAccent;
  if (status == "postponed") return Tone::kWarn;
  return status == "cancelled" ? Tone::kBad : Tone::kNeutral;
}

}  // namespace

std::string names_text(const Visit& visit, const Json& refs) {
  if (!refs.is_array()) return {};
  std::vector<std::string> names;
  for (const auto& element : refs.as_array()) {
    const auto id = RecordId::from_hex(element.text("ref"));
    if (id && names.size() < kNamesMax) names.push_back(visit.name(*id));
  }
  auto out = nc::join(names, "; ");
  if (refs.as_array().size() > kNamesMax) out += "; +" + std::to_string(refs.as_array().size() - kNamesMax);
  return out;
}

std::string own_text(const Visit& visit, const records::RecordView& record) {
  const auto lead = slot_text(visit, record, "lead");
  return lead.empty() ? names_text(visit, record.slot("own")) : lead;
}

std::string counterpart_text(const Visit& visit, const records::RecordView& record) {
  const auto names = names_text(visit, record.slot("counterpart"));
  if (!names.empty()) return names;
  const auto* field = record.type ? record.type->slot("countries") : nullptr;
  std::vector<std::string> countries;
  if (field && record.slot("countries").is_array())
    for (const auto& country : record.slot("countries").as_array())
      if (const auto* option = field->option(country.is_string() ? country.as_string() : ""); option && option->id != "VN")
        countries.push_back(option->label.in(visit.lang()));
  return nc::join(countries, ", ");
}

std::string place_text(const Visit&, const records::RecordView& record) {
  const auto& place = record.slot("place");
  const auto text = place.text("text");
  return text.empty() ? place.text("area") : text;
}

std::string kind_text(const Visit& visit, const records::RecordView& record) {
  auto out = record.type ? record.type->label.in(visit.lang()) : record.type_id;
  const auto detail = option_text(visit, record, "detail");
  return detail.empty() ? out : out + ": " + detail;
}

std::string when_text(const Visit& visit, const records::RecordView& record) {
  const auto when = slot_text(visit, record, "when");
  if (!when.empty()) return when;
  const auto from = slot_text(visit, record, "from"), until = slot_text(visit, record, "until");
  if (until.empty()) return from;
  return from.empty() ? visit.tr("until {1}", until) : from + " – " + until;
}

std::string code_text(const Visit&, const records::RecordView& record) {
  const auto& code = record.slot("code");
  return code.is_string() ? code.as_string() : std::string();
}

std::string status_text(const Visit& visit, const records::RecordView& record) {
  return record.voided ? visit.tr("void") : option_text(visit, record, "status");
}

Html status_badge(const Visit& visit, const records::RecordView& record) {
  if (record.voided) return badge(Tone::kBad, visit.tr("void"));
  const auto text = option_text(visit, record, "status");
  if (text.empty()) return {};
  const auto& status = record.slot("status").as_string();
  return badge(status_tone(status), status == "announced" ? visit.tr("{1}, no result yet", text) : text);
}

std::vector<Column> record_columns(const Visit& visit) {
  return {{visit.tr("Record")}, {visit.tr("Type")}, {visit.tr("State"), false, true}};
}

Row record_row(const Visit& visit, const records::RecordView& record) {
  const auto* state = record.type ? record.type->state(record.state) : nullptr;
  const auto title = records::title_of(record, visit.lang(), visit.namer());
  return {{link(title.empty() ? record.id.hex().substr(0, 8) : title, record_url(record.id)),
           record.type ? record.type->label.in(visit.lang()) : record.type_id,
           record.voided ? badge(Tone::kBad, visit.tr("void")) : Html(state ? state->label.in(visit.lang()) : "")}};
}

void show_count(List& list, const records::Page& found) {
  list.total = found.total;
  list.more = found.more;
  list.unfinished = found.unfinished;
}

Html alone_badge(const Visit& visit, const records::Alone& alone) {
  if (alone.confirmed_by) return badge(Tone::kGood, visit.tr("one person acted alone; confirmed by the superior"));
  if (alone.overdue(visit.ledger().now_ms())) return badge(Tone::kBad, visit.tr("one person acted alone; confirmation is overdue"));
  return badge(Tone::kWarn, visit.tr("one person acted alone; to be confirmed by {1}", visit.ui.datetime(alone.due_ms)));
}

}  // namespace nc::web
