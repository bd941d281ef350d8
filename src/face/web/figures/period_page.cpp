// /period: who reported for a unit and a period, its closings beside today's figures, preparing a closing.
#include <algorithm>

#include "face/web/figures/period_page.h"

#include "face/web/figures/asked.h"
#include "face/web/figures/closed_figures.h"
#include "face/web/figures/opening.h"
#include "face/web/figures/question.h"
#include "face/web/figures/words.h"
#include "face/web/list.h"
#include "face/web/parts.h"
#include "face/web/unit_lookup.h"
#include "insight/stats/closing.h"

namespace nc::web {
namespace {

constexpr std::size_t kRecordsShownMax = 100;

// The question of the address; only unit, line and period are of this page.
Asked asked_period(const Visit& visit, const access::ReadScope& read) {
  const auto parameters = parameters_of(visit, read, Reading::kAsRecorded);
  net::Fields wanted;
  for (const auto* name : {"unit", "line", "from", "to"})
    if (parameters.has(name)) wanted.add(name, std::string(parameters.get(name)));
  return read_asked(wanted, *visit.world, visit.ui);
}

bool is_whole(const Asked& asked) { return asked.right() && asked.query.unit && asked.query.from && asked.query.to; }

Html period_form(const Visit& visit, const Asked& asked) {
  const auto field = [&](std::string_view name, std::string label) {
    Field out;
    out.name = name;
    out.label = std::move(label);
    out.input = Input::kDate;
    out.width = Width::kNarrow;
    out.value = asked.text(name);
    out.required = true;
    if (name == "unit") {
      out.input = Input::kSuggest;
      out.width = Width::kNormal;
      out.options = unit_suggestions(*visit.world->tree, Side::kOwn, visit.lang(), visit.who.today);
      if (asked.query.unit) out.help = unit_name(visit, *asked.query.unit);
    }
    if (const auto at = asked.errors.find(name); at != asked.errors.end()) out.error = at->second;
    return render_field(out, visit.ui);
  };
  auto line = line_field(visit, asked);
  line.width = Width::kNormal;
  const auto inputs = join(field("unit", visit.tr("Unit (it and all below it)")), render_field(line, visit.ui),
                           field("from", visit.tr("From")), field("to", visit.tr("To")));
  return el("form", {{"class", "question"}, {"method", "get"}, {"action", Url::to("/period")}}, el("div", {{"class", "fields"}}, inputs),
            el("div", {{"class", "submit"}}, el("button", {{"class", "button primary"}, {"type", "submit"}}, visit.tr("Show the period"))));
}

Html said_badge(const Visit& visit, stats::UnitSaid said) {
  switch (said) {
    case stats::UnitSaid::kClosed: return badge(Tone::kGood, visit.tr("closed"));
    case stats::UnitSaid::kReported: return badge(Tone::kGood, visit.tr("reported"));
    case stats::UnitSaid::kNil: return badge(Tone::kGood, visit.tr("said there was nothing"));
    case stats::UnitSaid::kRecorded: return badge(Tone::kNeutral, visit.tr("single records only"));
    case stats::UnitSaid::kSilent: break;
  }
  return badge(Tone::kWarn, visit.tr("nothing yet"));
}

Html statuses_section(const Visit& visit, const Asked& asked) {
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  const auto statuses = visit.site.columns().statuses(asked.query, read, *visit.world);
  if (statuses.empty())
    return section(visit.tr("Who has reported"), el("p", {}, visit.tr("The unit did not stand in this period, and owes nothing for it.")));
  const auto answered = std::count_if(statuses.begin(), statuses.end(), [](const auto& one) { return one.said <= stats::UnitSaid::kNil; });
  List list;
  list.caption = visit.tr("What each unit that owes a report has said");
  list.columns = {{visit.tr("Unit")}, {visit.tr("Said")}, {visit.tr("Records"), true}, {visit.tr("Behind it")}};
  for (const auto& one : statuses) {
    Html behind;
    for (const auto& id : one.statements) behind.add(el("p", {}, link(visit.name(id), record_url(id))));
    if (one.contradicted) behind.add(badge(Tone::kWarn, visit.tr("a record contradicts what it said")));
    list.rows.push_back({{link(unit_name(visit, one.unit), unit_url(one.unit)), said_badge(visit, one.said),
                          one.records == 0 ? "–" : visit.ui.number(static_cast<std::int64_t>(one.records)), behind}});
  }
  const auto day = std::min(*asked.query.to, visit.who.today);
  const auto text = visit.tr("{1} of {2} units reported, as of {3}", static_cast<std::int64_t>(answered),
                             static_cast<std::int64_t>(statuses.size()), visit.ui.date({day, DatePrecision::kDay, false}));
  return section(visit.tr("Who has reported"), join(el("p", {}, text), render(list, visit.ui), hint(visit.tr(stats::kCountsWhatIsSeen))));
}

Html records_list(const Visit& visit, const std::string& heading, const std::vector<RecordId>& ids) {
  if (ids.empty()) return {};
  Html items;
  for (std::size_t i = 0; i < std::min(ids.size(), kRecordsShownMax); ++i)
    items.add(el("li", {}, link(visit.name(ids[i]), record_url(ids[i]))));
  return join(el("h3", {}, heading), el("ul", {}, items));
}

Html closing_section(const Visit& visit, const records::RecordView& closing) {
  const auto reader = stats::closing_reader(visit.who, *closing.type);
  const auto read = access::ReadScope::resolve(reader, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  const auto since = stats::since_closing(closing, visit.site.columns(), read, *visit.world, stats::read_by(visit.ledger(), visit.who));
  const auto* state = closing.type->state(closing.state);
  const auto heading = visit.name(closing.id) + ": " + (state ? state->label.in(visit.lang()) : closing.state);
  const auto to_record = button_link(visit.tr("The record: sign, reopen, history"), record_url(closing.id));
  if (!since.broken.empty()) return section(heading, broken_closing(visit, since.broken), to_record);
  const auto text = [&](const std::optional<stats::Amount>& value) -> Html {
    return value ? amount_text(visit, *value) : std::string("–");
  };
  List list;
  list.caption = visit.tr("The closed answer beside today's, and what came after");
  list.columns = {{visit.tr("What")},
                  {visit.tr("Measure")},
                  {visit.tr("Recorded, closed"), true},
                  {visit.tr("Recorded, today"), true},
                  {visit.tr("Declared, closed"), true},
                  {visit.tr("Declared, today"), true}};
  const auto names = indicator_names(visit);
  for (const auto& figure : since.figures)
    list.rows.push_back({{figure.differs ? join(Html(closed_name(visit, names, figure)), " ", badge(Tone::kWarn, visit.tr("differs")))
                                         : Html(closed_name(visit, names, figure)),
                          Html(measure_name(visit, {figure.what}, figure.measure)), text(figure.recorded), text(figure.recorded_now),
                          text(figure.declared), text(figure.declared_now)}});
  const auto count = [](const std::vector<RecordId>& ids) { return static_cast<std::int64_t>(ids.size()); };
  return section(heading,
                 join(render(list, visit.ui), records_list(visit, visit.tr("Added after closing: {1}", count(since.added)), since.added),
                      records_list(visit, visit.tr("Changed after closing: {1}", count(since.changed)), since.changed),
                      records_list(visit, visit.tr("No longer counted since closing: {1}", count(since.gone)), since.gone)),
                 to_record);
}

// Whether he may make a closing of the unit: a button that only refuses is none.
bool may_prepare(const Visit& visit, const Asked& asked, const catalog::Type& type) {
  records::RecordView planned;
  planned.type = &type;
  planned.type_id = type.id;
  for (const char* slot : {"unit", "lead"})
    if (const auto* field = type.slot(slot)) planned.values.set(field->id, asked.query.unit->hex());
  records::PartView part;
  part.key.handling = static_cast<journal::HandlingLevel>(type.handling);
  part.key.audience = journal::Audience::own(*asked.query.unit);
  part.values = planned.values;
  const auto object = records::object_of(planned, part, *visit.world->tree);
  return access::decide(visit.who, access::Action::kCreate, object, *visit.world->tree, *visit.world->catalog).allow;
}

// The button, or why there is none: what a closing would keep is asked as its maker asks.
Html prepare_section(const Visit& visit, const Asked& asked, const catalog::Type& type, bool outdated) {
  const auto heading = visit.tr("Close the period");
  const auto read =
      access::ReadScope::resolve(stats::closing_reader(visit.who, type), access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  if (visit.site.columns().bearing(asked.query, read, *visit.world, 1).empty())
    return section(heading, el("p", {}, visit.tr("There is nothing to close: no record and no report of this unit lies in this period.")));
  if (!may_prepare(visit, asked, type)) {
    if (!outdated) return {};
    return section(heading,
                   notice(Tone::kWarn, visit.tr("The closing that waits for a signature does not say any more what is counted, and "
                                                "cannot be signed. Whoever keeps the unit's records prepares another one.")));
  }
  return section(heading,
                 join(outdated ? notice(Tone::kWarn, visit.tr("The closing that waits for a signature does not say any more what is "
                                                              "counted, and cannot be signed. It is withdrawn when another one is "
                                                              "prepared."))
                               : Html(),
                      hint(visit.tr("Today's figures are kept as they are. Another person with the right to close then signs them.")),
                      post_button(visit.tr("Prepare the closing"), asked.at("/period"), visit.session.csrf, {}, "primary")));
}

net::Response period_page(Visit& visit, const std::string& error = {}) {
  const auto* type = type_feeding(*visit.world->catalog, "period-closing");
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  if (!type || read.nothing()) return visit.not_found();
  const auto asked = asked_period(visit, read);
  auto page = visit.frame(visit.tr("Period: who reported, closing"), Place::kFigures);
  page.crumbs = {{visit.tr("Figures"), Url::to("/figures")}, {visit.tr("Period"), {}}};
  page.main = join(error.empty() ? chosen_year(visit, asked) : notice(Tone::kBad, error), period_form(visit, asked));
  if (!is_whole(asked)) return visit.show(page, asked.right() ? 200 : 400);
  page.main.add(former_units(visit, asked, read, "/period")).add(statuses_section(visit, asked));
  const auto closings = stats::closings_of(visit.ledger(), visit.who, *type, asked.query);
  if (!closings) return visit.refuse(closings.error());
  std::vector<RecordId> withdrawn;
  for (const auto& closing : *closings) {
    if (!closing.type || closing.voided) continue;
    if (closing.state == "withdrawn") withdrawn.push_back(closing.id);
    else page.main.add(closing_section(visit, closing));
  }
  const auto* prepared = stats::closing_in(*closings, "prepared");
  const bool waits =
      prepared && stats::closing_holds(*prepared, stats::read_by(visit.ledger(), visit.who), visit.site.columns(), visit.who, *visit.world);
  if (!stats::closing_in(*closings, "closed") && !waits) page.main.add(prepare_section(visit, asked, *type, prepared != nullptr));
  if (!withdrawn.empty())
    page.main.add(section(visit.tr("Withdrawn"), records_list(visit, visit.tr("Closings that nobody signed"), withdrawn)));
  return visit.show(page, error.empty() ? 200 : 422);
}

net::Response prepare_closing(Visit& visit, const net::Params&, const net::Fields&) {
  const auto* type = type_feeding(*visit.world->catalog, "period-closing");
  if (!type || !is_asked(visit)) return visit.not_found();
  const auto reader = stats::closing_reader(visit.who, *type);
  const auto read = access::ReadScope::resolve(reader, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  const auto asked = asked_period(visit, read);
  if (!is_whole(asked)) return visit.not_found();
  const auto made = stats::new_closing(*type, asked.query, visit.site.columns(), read, *visit.world, visit.who.today);
  if (!made) return period_page(visit, visit.ui.error_text(made.error()));
  const auto closings = stats::closings_of(visit.ledger(), visit.who, *type, asked.query);
  if (!closings) return visit.refuse(closings.error());
  const auto passed =
      stats::passed_by(*closings, *type, stats::read_by(visit.ledger(), visit.who), visit.site.columns(), visit.who, *visit.world);
  if (!passed) return period_page(visit, visit.ui.error_text(passed.error()));
  const auto written = stats::prepare_closing(visit.ledger(), visit.who, *made, *passed);
  if (!written) return period_page(visit, visit.ui.error_text(written.error().error));
  return visit.go("/records/" + written->id.hex(), "created");
}

}  // namespace

void add_period_page(net::Router& router, Site& site) {
  site.add_page(router, "/period", [](Visit& visit, const net::Params&) { return period_page(visit); });
  site.add_change(router, "/period", prepare_closing);
}

}  // namespace nc::web
