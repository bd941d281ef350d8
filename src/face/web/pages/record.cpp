// A record: facts on top, what belongs to it, then its history and the proof of it.
#include <algorithm>
#include <array>
#include <span>

#include "face/web/activity_rows.h"
#include "face/web/figures/closed_figures.h"
#include "face/web/pages/file_parts.h"
#include "face/web/pages/record_parts.h"
#include "face/web/pages/record_raise.h"
#include "face/web/pages/record_values.h"
#include "face/web/site_pages.h"
#include "face/web/taking_out.h"
#include "ledger/catalog/words.h"
#include "ledger/records/purges.h"
#include "ledger/records/raising.h"

namespace nc::web {
namespace {

Place place_of(const records::RecordView& record) {
  if (!record.type) return Place::kNone;
  const auto& feeds = record.type->feeds;
  if (feeds == "counted-activity" || feeds == "standing-thing") return Place::kActivities;
  if (feeds == "printed-source") return Place::kSources;
  if (feeds == "figure-declared" || feeds == "figure-indicator" || feeds == "period-closing") return Place::kFigures;
  if (feeds == "org-unit") return record.slot("own") == Json(true) ? Place::kUnits : Place::kCounterparts;
  return Place::kNone;
}

std::vector<Crumb> crumbs_of(const Visit& visit, const records::RecordView& record, const std::string& title) {
  switch (place_of(record)) {
    case Place::kActivities: return {{visit.tr("External activities"), Url::to("/activities")}, {title, {}}};
    case Place::kSources: return {{visit.tr("Sources"), Url::to("/sources")}, {title, {}}};
    case Place::kFigures: return {{visit.tr("Figures"), Url::to("/figures")}, {title, {}}};
    case Place::kUnits: return {{visit.tr("Own units"), Url::to("/units")}, {title, {}}};
    case Place::kCounterparts: return {{visit.tr("Counterparts"), Url::to("/counterparts")}, {title, {}}};
    default: return {};
  }
}

// Of a closing: what its signature covers besides the figures, for whoever checks it. The figures have a section of their own.
constexpr std::array kForChecking = {"parameters", "counted", "set_digest", "parts"};

bool fills_one_of(const catalog::Type& type, const catalog::Field& field, std::span<const char* const> slots) {
  return std::ranges::any_of(slots, [&](const char* slot) { return type.slot(slot) == &field; });
}

bool has_own_section(const catalog::Type& type, const catalog::Field& field) {
  if (field.holds_files() || &field == type.slot("source")) return true;
  return type.feeds == "period-closing" && (&field == type.slot("figures") || fills_one_of(type, field, kForChecking));
}

std::vector<Fact> facts_of(const Visit& visit, const records::RecordView& record, const std::vector<const catalog::Field*>& fields) {
  const auto* status = record.type->slot("status");
  std::vector<Fact> out;
  for (const auto* field : fields) {
    const auto& value = record.values[field->id];
    if (value.is_null() || has_own_section(*record.type, *field)) continue;
    auto shown = field == status ? status_badge(visit, record) : value_of(visit, record, *field, value);
    if (!shown.empty()) out.push_back({field->label.in(visit.lang()), std::move(shown), ""});
  }
  return out;
}

Html facts_section(const Visit& visit, const records::RecordView& record) {
  Html out;
  if (!record.type) return notice(Tone::kWarn, visit.tr("This record is of a type that this node does not know yet."), record.type_id);
  for (const auto& part : sections_of(*record.type, visit.lang())) {
    const auto rows = facts_of(visit, record, part.fields);
    if (rows.empty()) continue;
    out.add(el("div", {{"class", "fact-part"}}, el("h2", {}, part.heading.empty() ? record.type->label.in(visit.lang()) : part.heading),
               facts(rows)));
  }
  return el("div", {{"class", "fact-sheet"}}, out);
}

// What a closing keeps, so that whoever signs it can read it; on paper too.
Html closed_section(const Visit& visit, const records::RecordView& record, bool on_paper) {
  if (!record.type || record.type->feeds != "period-closing") return {};
  std::vector<Fact> checking;
  for (const auto& field : record.type->fields)
    if (const auto& value = record.values[field.id]; !value.is_null() && fills_one_of(*record.type, field, kForChecking))
      checking.push_back({field.label.in(visit.lang()), visit.value(field, value), ""});
  const auto* figures = record.type->slot("figures");
  auto out = section(figures ? figures->label.in(visit.lang()) : visit.tr("Figures"), closed_figures(visit, record));
  out.add(closing_rule(visit, record));
  if (!on_paper && !checking.empty())
    out.add(el("details", {{"class", "more"}}, el("summary", {}, visit.tr("For checking: what was asked, and what the signature covers")),
               facts(checking)));
  return out;
}

// The printed sources with their publisher and day, and the address elsewhere.
Html source_item(const Visit& visit, const RecordId& id) {
  const auto source = visit.ledger().read(visit.who, id);
  if (!source) return el("li", {}, visit.name(id));
  Html item = link(visit.name(id), Url::to("/sources/" + id.hex()));
  const auto& address = source->slot("address");
  const auto url = address.is_string() ? Url::web(address.as_string()) : std::nullopt;
  if (url) item.add(" · ").add(outside_link(visit.tr("open the article"), *url, visit.ui));
  return el("li", {}, item);
}

Html sources_section(const Visit& visit, const records::RecordView& record) {
  const auto& value = record.slot("source");
  Html items;
  if (value.is_string())
    if (const auto id = RecordId::from_hex(value.as_string())) items.add(source_item(visit, *id));
  if (value.is_array())
    for (const auto& element : value.as_array())
      if (const auto id = RecordId::from_hex(element.text("ref"))) items.add(source_item(visit, *id));
  if (items.empty()) return {};
  return section(visit.tr("Sources"), el("ul", {{"class", "sources"}}, items));
}

Html state_line(const Visit& visit, const records::RecordView& record, const RecordHistory& history) {
  const auto* state = record.type ? record.type->state(record.state) : nullptr;
  Html out = badge(Tone::kNeutral, record.type ? record.type->label.in(visit.lang()) : record.type_id);
  out.add(" ").add(status_badge(visit, record));
  if (records::withdrawn(record)) out.add(" ").add(badge(Tone::kWarn, visit.tr("withdrawn")));
  if (state) out.add(" ").add(badge(record.bound ? Tone::kGood : Tone::kNeutral, state->label.in(visit.lang())));
  if (record.alone) out.add(" ").add(alone_badge(visit, *record.alone));
  const bool sealed = std::ranges::all_of(history.proofs, [](const auto& proof) { return proof.seal != journal::SealProof::kNone; });
  out.add(" ").add(!history.all_right() ? badge(Tone::kBad, visit.tr("does not verify"))
                   : sealed             ? badge(Tone::kGood, visit.tr("sealed and verified"))
                                        : badge(Tone::kAccent, visit.tr("not sealed yet")));
  return el("p", {{"class", "state-line"}}, out);
}

// "Talks: periodic · post A · ...": titles of activities begin with what kind it is.
std::string heading_of(const Visit& visit, const records::RecordView& record) {
  const auto title = records::title_of(record, visit.lang(), visit.namer());
  const bool says_kind = place_of(record) == Place::kActivities || (record.type && record.type->feeds == "period-closing");
  if (!record.type || !says_kind || title.starts_with(record.type->label.in(visit.lang()))) return title;
  return record.type->label.in(visit.lang()) + ": " + title;
}

net::Response show_record(Visit& visit, const net::Params& params) {
  const auto record = record_of(visit, params);
  return record ? record_page(visit, *record) : visit.not_found();
}

// Facts and sources on paper, with what leads back to the record.
net::Response print_record(Visit& visit, const net::Params& params) {
  const auto record = record_of(visit, params);
  if (!record || records::withdrawn(*record) || !may_take_out(visit, *record)) return visit.not_found();
  const auto history = load_history(visit, *record);
  if (!history) return visit.refuse(history.error());
  if (const auto written = write_taken_out(visit, access::audited::kPrint, record->id); !written) return visit.refuse(written.error());
  const auto title = heading_of(visit, *record);
  auto page = visit.frame(title, place_of(*record));
  page.crumbs = crumbs_of(visit, *record, title);
  page.actions = button_link(visit.tr("Back to the record"), record_url(record->id));
  page.main = join(taken_out_head(visit, highest_handling(*record)), state_line(visit, *record, *history), facts_section(visit, *record),
                   closed_section(visit, *record, true), files_section(visit, *record, *history, false), sources_section(visit, *record));
  const auto last = history->items.empty() ? std::string() : history->items.front().hash.hex().substr(0, 16);
  page.footer = visit.tr("Record {1}, as of entry {2}", record->id.hex(), last);
  return visit.show(page);
}

}  // namespace

std::vector<FieldSection> sections_of(const catalog::Type& type, std::string_view lang) {
  std::vector<FieldSection> out(1);
  std::size_t current = 0;
  for (const auto& field : type.fields) {
    const auto heading = field.section.in(lang);
    if (!heading.empty()) {
      const auto known = std::ranges::find(out, heading, &FieldSection::heading);
      current = static_cast<std::size_t>(known - out.begin());
      if (known == out.end()) out.push_back({heading, {}});
    }
    out[current].fields.push_back(&field);
  }
  std::erase_if(out, [](const auto& part) { return part.fields.empty(); });
  // What kind of talks it was stands near the top, although the file has it after the shared block.
  const auto* detail = type.slot("detail");
  const auto own = std::ranges::find_if(out, [&](const auto& part) { return std::ranges::find(part.fields, detail) != part.fields.end(); });
  if (own != out.end() && own - out.begin() > 1) std::rotate(out.begin() + 1, own, own + 1);
  return out;
}

Html value_of(const Visit& visit, const records::RecordView& record, const catalog::Field& field, const Json& value) {
  if (field.kind != catalog::FieldKind::kPersonal || value.is_null() || !records::is_erased(visit.ledger(), record.id).value_or(false))
    return visit.value(field, value);
  return Html(catalog::fixed_word("erased", visit.lang()));
}

Result<records::RecordView> record_of(const Visit& visit, const net::Params& params) {
  const auto id = RecordId::from_hex(params.get("id"));
  if (!id) return fail(ErrorCode::kNotFound, NC_MSG("There is no such page or record, or it is not for you."));
  return visit.ledger().read(visit.who, *id);
}

net::Response record_page(Visit& visit, const records::RecordView& record, const RefusedStep& refused, int status) {
  const auto history = load_history(visit, record);
  if (!history) return visit.refuse(history.error());
  const auto steps = steps_for(visit, record, *history);
  const auto title = heading_of(visit, record);
  auto page = visit.frame(title, place_of(record));
  page.crumbs = crumbs_of(visit, record, title);
  if (refused.error && !refused.at_reason()) page.flashes.push_back({Tone::kBad, visit.ui.error_text(*refused.error), ""});
  if (may_take_out(visit, record) && !records::withdrawn(record))
    page.actions.add(button_link(visit.tr("Print"), Url::to("/records/" + record.id.hex() + "/print"))).add(" ");
  // A declared total is entered part by part; the parts are never added to it.
  if (steps.amend && record.type->feeds == "figure-declared")
    page.actions
        .add(button_link(visit.tr("Enter a part of it"), Url::to("/records/new", {{"type", record.type_id}, {"part_of", record.id.hex()}})))
        .add(" ");
  if (steps.amend) page.actions.add(button_link(visit.tr("Amend"), Url::to("/records/" + record.id.hex() + "/edit"), true));
  if (records::withdrawn(record)) {
    page.main = join(withdrawn_notice(visit, record), state_line(visit, record, *history), linked_section(visit, record),
                     history_section(visit, record, *history), proof_section(visit, *history));
    page.footer = visit.tr("Record {1}", record.id.hex());
    return visit.show(page, refused.error ? 409 : status);
  }
  page.main =
      join(state_line(visit, record, *history), conflicts_section(visit, record, *history), facts_section(visit, record),
           closed_section(visit, record, false), personal_section(visit, record), files_section(visit, record, *history, steps.amend),
           sources_section(visit, record), named_section(visit, record), linked_section(visit, record),
           steps_section(visit, record, steps, refused), history_section(visit, record, *history), proof_section(visit, *history));
  if (!may_take_out(visit, record)) page.main.add(not_taken_out(visit));
  page.footer = visit.tr("Record {1}", record.id.hex());
  return visit.show(page, refused.error ? 409 : status);
}

void add_record_pages(net::Router& router, Site& site) {
  site.add_page(router, "/records/{id}", show_record);
  site.add_page(router, "/records/{id}/print", print_record);
  add_record_step_page(router, site);
  add_record_conflict_page(router, site);
  add_personal_pages(router, site);
  add_record_raise_page(router, site);
}

}  // namespace nc::web
