// Choosing records of the list, an act, what it would do, and what it did: the pages of bulk.h.
#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>

#include "base/text.h"
#include "face/web/activity_rows.h"
#include "face/web/bulk/bulk.h"
#include "face/web/bulk/choosing.h"
#include "face/web/change_form.h"
#include "face/web/pages/activity_query.h"
#include "face/web/pages/form_values.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/activities/bulk";
constexpr const char* kDoPath = "/activities/bulk/do";
constexpr const char* kDonePath = "/activities/bulk/done";
constexpr std::size_t kBulkMax = 200;  // records at once

// What was done, kept while the program runs so that a second click and loading anew do nothing: the newest of all people.
class Outcomes {
 public:
  struct Row {
    RecordId record;
    std::string text;
    bool good = false;
  };
  struct Outcome {
    PersonId person;
    RecordId once;
    std::string label;
    std::vector<Row> rows;
  };
  // Does it unless it was done: one after the other.
  void once(const PersonId& person, const RecordId& id, const std::function<Outcome()>& work) {
    const std::lock_guard lock(mutex_);
    if (at(person, id)) return;
    kept_.push_back(std::make_shared<const Outcome>(work()));
    if (kept_.size() > kKeptMax) kept_.pop_front();
  }
  [[nodiscard]] std::shared_ptr<const Outcome> find(const PersonId& person, const RecordId& id) const {
    const std::lock_guard lock(mutex_);
    return at(person, id);
  }

 private:
  static constexpr std::size_t kKeptMax = 64;
  [[nodiscard]] std::shared_ptr<const Outcome> at(const PersonId& person, const RecordId& id) const {
    const auto found = std::ranges::find_if(kept_, [&](const auto& one) { return one->person == person && one->once == id; });
    return found == kept_.end() ? nullptr : *found;
  }
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const Outcome>> kept_;
};

// The records that were chosen, as far as he reads them: what is hidden is as what is absent.
Result<std::vector<records::RecordView>> chosen_records(const Visit& visit, const net::Fields& form) {
  std::vector<records::RecordView> out;
  if (form.get("of") == "match") {
    NC_ASSIGN(auto asked, read_activity_query(visit));
    auto& query = asked.list;
    query.cursor.clear();
    query.limit = kBulkMax + 1;
    query.looked_at_max = 0;
    query.count_max = 0;
    NC_ASSIGN(auto page, visit.ledger().list(visit.who, query));
    out = std::move(page.items);
  } else {
    const std::string_view name = form.get("of") == "page" ? "row" : "id";
    std::set<RecordId> seen;
    for (const auto& [field, value] : form) {
      const auto id = field == name ? RecordId::from_hex(value) : std::nullopt;
      if (!id || !seen.insert(*id).second || out.size() > kBulkMax) continue;
      if (auto record = visit.ledger().read(visit.who, *id)) out.push_back(std::move(*record));
    }
  }
  if (out.size() > kBulkMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("More than {1} records at once are not changed"), {std::to_string(kBulkMax)})
                    .then(NC_MSG("Narrow the list with a filter, or choose rows")));
  return out;
}

Html back_button(const Visit& visit, const std::string& label) { return button_link(label, Url::to(kActivitiesPath, visit.request.query)); }

Page bulk_page(const Visit& visit, std::string title) {
  auto page = visit.frame(std::move(title), Place::kActivities);
  page.crumbs = {{visit.tr("External activities"), Url::to(kActivitiesPath, visit.request.query)}, {page.title, {}}};
  return page;
}

// Which act, and why; the records go along.
Html act_form(const Visit& visit, const std::vector<records::RecordView>& chosen, const net::Fields& typed, const std::string& error) {
  const auto choices = choices_for(visit, chosen);
  if (choices.empty()) return notice(Tone::kNeutral, visit.tr("There is nothing that you may do with these records together."));
  Form form{Url::to(kPath, visit.request.query)};
  form.csrf_token = visit.session.csrf;
  for (const auto& record : chosen) form.hidden.add("id", record.id.hex());
  Field act;
  act.name = "act";
  act.label = visit.tr("What to do");
  act.input = Input::kChoice;
  act.required = true;
  act.value = typed.get("act");
  act.options = {{"", visit.tr("choose"), ""}};
  for (const auto& choice : choices) act.options.push_back({choice.value, choice.label, choice.group});
  Field reason;
  reason.name = "reason";
  reason.label = visit.tr("Why");
  reason.help =
      visit.tr("wanted for declaring void, for raising the handling and for some steps; it stands in the history of every record");
  reason.width = Width::kFull;
  reason.value = typed.get("reason");
  reason.error = error;
  form.fieldsets = {{"", "", {act, reason}}};
  form.submits = {{visit.tr("Show what would change"), "", ""}};
  form.cancel = Url::to(kActivitiesPath, visit.request.query);
  return render(form, visit.ui);
}

Html named(const Visit& visit, const records::RecordView& record) {
  return join(link(visit.name(record.id), record_url(record.id)), el("div", {{"class", "hint"}}, kind_text(visit, record)));
}

// The first of them by name, and how many more.
Html chosen_list(const Visit& visit, const std::vector<records::RecordView>& chosen) {
  constexpr std::size_t kNamedMax = 20;
  Html items;
  for (std::size_t i = 0; i < std::min(kNamedMax, chosen.size()); ++i) items.add(el("li", {}, named(visit, chosen[i])));
  if (chosen.size() > kNamedMax) items.add(el("li", {}, visit.tr("and {1} more", static_cast<std::int64_t>(chosen.size() - kNamedMax))));
  return el("ul", {{"class", "chosen"}}, items);
}

// The same page in the other language: what was chosen is sent once more, for it stands in no address.
Html other_language(const Visit& visit, const std::vector<records::RecordView>& chosen, const net::Fields& form) {
  const bool vi = visit.ui.lang() == i18n::Lang::vi;
  auto query = visit.request.query;
  query.set("lang", vi ? "en" : "vi");
  net::Fields again;
  for (const auto& record : chosen) again.add("id", record.id.hex());
  for (const auto* name : {"act", "reason"})
    if (form.has(name)) again.add(name, std::string(form.get(name)));
  return post_button(vi ? "English" : "Tiếng Việt", Url::to(kPath, query), visit.session.csrf, again, "quiet");
}

struct Preview {
  List change, stay;
  net::Fields rows;  // of those that would change, with what he sees of them
};

Preview preview_of(const Visit& visit, const std::vector<records::RecordView>& chosen, const BulkAct& act) {
  Preview out;
  out.change.columns = {{visit.tr("Record")}, {visit.tr("Now")}, {visit.tr("Then")}};
  out.stay.columns = {{visit.tr("Record")}, {visit.tr("Why not")}};
  for (const auto& record : chosen) {
    const auto change = change_of(visit, record, act);
    if (!change) {
      out.stay.rows.push_back({{named(visit, record), change.error()}});
      continue;
    }
    out.change.rows.push_back({{named(visit, record), change->now, change->then}});
    out.rows.add("do", record.id.hex() + ":" + heads_text(record));
  }
  out.change.caption =
      visit.ui.trn("{1} record would change", "{1} records would change", static_cast<std::int64_t>(out.change.rows.size()));
  out.stay.caption =
      visit.ui.trn("{1} record would stay as it is", "{1} records would stay as they are", static_cast<std::int64_t>(out.stay.rows.size()));
  return out;
}

Html do_form(const Visit& visit, const Preview& preview, const std::string& act, const std::string& reason) {
  auto form = change_form(visit, Url::to(kDoPath, visit.request.query));
  form.hidden = preview.rows;
  form.hidden.add("act", act);
  form.hidden.add("reason", reason);
  form.submits = {
      {visit.ui.trn("Do it with {1} record", "Do it with {1} records", static_cast<std::int64_t>(preview.change.rows.size())), "", ""}};
  form.cancel = Url::to(kActivitiesPath, visit.request.query);
  return render(form, visit.ui);
}

Html preview_part(const Visit& visit, const std::vector<records::RecordView>& chosen, const BulkAct& act, const std::string& reason) {
  const auto preview = preview_of(visit, chosen, act);
  Html out = el("p", {}, visit.tr("What would be done: {1}", act_label(visit, act, chosen)), reason.empty() ? "" : " (" + reason + ")");
  if (!preview.change.rows.empty())
    out.add(section(preview.change.caption,
                    join(warning_of(visit, act, chosen), render(preview.change, visit.ui), do_form(visit, preview, act.text, reason))));
  if (!preview.stay.rows.empty()) out.add(section(preview.stay.caption, render(preview.stay, visit.ui)));
  return out;
}

net::Response choose_act(Visit& visit, const net::Params&, const net::Fields& form) {
  if (!visit.reads()) return visit.not_found();
  const auto chosen = chosen_records(visit, form);
  if (!chosen) return visit.refuse(chosen.error());
  auto page = bulk_page(visit, visit.tr("Several records at once"));
  if (chosen->empty()) {
    page.main =
        join(notice(Tone::kNeutral, visit.tr("No record is chosen.")), el("p", {}, back_button(visit, visit.tr("Back to the list"))));
    return visit.show(page);
  }
  const auto act = read_act(form.get("act"));
  const std::string reason(trim(form.get("reason")));
  const bool why_missing = act && needs_reason(*act, *chosen) && reason.empty();
  page.actions = other_language(visit, *chosen, form);
  page.main = join(el("p", {}, visit.ui.trn("{1} record is chosen.", "{1} records are chosen.", static_cast<std::int64_t>(chosen->size()))),
                   chosen_list(visit, *chosen), act_form(visit, *chosen, form, why_missing ? visit.tr("Say why") : std::string()),
                   act && !why_missing ? preview_part(visit, *chosen, *act, reason) : Html());
  return visit.show(page, why_missing ? 422 : 200);
}

// One row by itself: what it was when he looked, or it is left alone.
Outcomes::Row do_one(const Visit& visit, std::string_view row, const BulkAct& act, const std::string& reason) {
  const auto colon = row.find(':');
  const auto id = RecordId::from_hex(row.substr(0, colon));
  const auto record = id && colon != std::string_view::npos ? visit.ledger().read(visit.who, *id)
                                                            : Result<records::RecordView>(fail(ErrorCode::kNotFound, ""));
  if (!record) return {id.value_or(RecordId{}), visit.tr("There is no such page or record, or it is not for you."), false};
  if (heads_text(*record) != row.substr(colon + 1))
    return {*id, visit.tr("It was changed since you looked; nothing was done with it."), false};
  const auto written = carry_out(visit, *id, act, reason, heads_from(row.substr(colon + 1)));
  if (!written) return {*id, visit.ui.error_text(written.error().error), false};
  return {*id, written->changed ? visit.tr("done") : visit.tr("it was so already"), true};
}

net::Response do_it(Visit& visit, const net::Fields& form, Outcomes& outcomes) {
  const auto act = read_act(form.get("act"));
  const auto once = RecordId::from_hex(form.get("once"));
  if (!visit.reads() || !act || !once) return visit.not_found();
  const auto rows = std::ranges::count_if(form, [](const auto& field) { return field.first == "do"; });
  if (static_cast<std::size_t>(rows) > kBulkMax)
    return visit.refuse(Error(ErrorCode::kLimit, NC_MSG("More than {1} records at once are not changed"), {std::to_string(kBulkMax)})
                            .then(NC_MSG("Narrow the list with a filter, or choose rows")));
  outcomes.once(visit.who.person, *once, [&] {
    Outcomes::Outcome out{visit.who.person, *once, "", {}};
    for (const auto& [name, value] : form)
      if (name == "do") out.rows.push_back(do_one(visit, value, *act, std::string(trim(form.get("reason")))));
    return out;
  });
  auto query = visit.request.query;
  query.set("outcome", once->hex());
  return visit.go(net::with_query(kDonePath, query));
}

net::Response show_outcome(Visit& visit, const Outcomes& outcomes) {
  const auto once = RecordId::from_hex(visit.request.query.get("outcome"));
  const auto outcome = once && visit.reads() ? outcomes.find(visit.who.person, *once) : nullptr;
  if (!outcome) return visit.not_found();
  auto page = bulk_page(visit, visit.tr("What was done"));
  const auto good = std::ranges::count_if(outcome->rows, &Outcomes::Row::good);
  const auto bad = static_cast<std::int64_t>(outcome->rows.size()) - good;
  List list;
  list.caption = page.title;
  list.columns = {{visit.tr("Record")}, {visit.tr("Outcome")}};
  for (const auto& row : outcome->rows)
    list.rows.push_back({{link(visit.name(row.record), record_url(row.record)), badge(row.good ? Tone::kGood : Tone::kBad, row.text)}});
  auto query = visit.request.query;
  query.set("outcome", std::nullopt);
  page.main = join(notice(bad == 0 ? Tone::kGood : Tone::kWarn,
                          visit.ui.trn("{1} record is done.", "{1} records are done.", static_cast<std::int64_t>(good)),
                          bad == 0 ? std::string()
                                   : visit.ui.trn("{1} is left as it was; the reason stands beside it.",
                                                  "{1} are left as they were; the reasons stand beside them.", bad)),
                   render(list, visit.ui), el("p", {}, button_link(visit.tr("Back to the list"), Url::to(kActivitiesPath, query))));
  return visit.show(page);
}

}  // namespace

void let_choose(const Visit& visit, const records::Page& found, List& list) {
  // Who has nothing to do with a record changes none: the inspector, for one.
  if (found.items.empty() || !visit.site.tasks().any_for(visit.who)) return;
  auto query = visit.request.query;
  for (const auto* name : {"after", "done", "outcome"}) query.set(name, std::nullopt);
  Choosing choosing{Url::to(kPath, query), {{"csrf", visit.session.csrf}}, {}};
  for (std::size_t i = 0; i < list.rows.size(); ++i) {
    list.rows[i].id = found.items[i].id.hex();
    list.rows[i].name = kind_text(visit, found.items[i]) + " " + when_text(visit, found.items[i]);
    choosing.hidden.add("row", list.rows[i].id);
  }
  const auto button = [&](std::string_view of, const std::string& label) {
    return el("button", {{"class", "button"}, {"type", "submit"}, {"name", "of"}, {"value", of}}, label);
  };
  choosing.buttons = join(button("chosen", visit.tr("With the chosen ones …")),
                          button("page", visit.tr("With all {1} of this page …", static_cast<std::int64_t>(list.rows.size()))));
  if (!found.more && found.total > static_cast<std::int64_t>(list.rows.size()) && found.total <= static_cast<std::int64_t>(kBulkMax))
    choosing.buttons.add(button("match", visit.tr("With all {1} that match …", found.total)));
  list.choosing = std::move(choosing);
}

void add_bulk_pages(net::Router& router, Site& site) {
  const auto outcomes = std::make_shared<Outcomes>();
  site.add_change(router, kPath, choose_act);
  site.add_change(router, kDoPath,
                  [outcomes](Visit& visit, const net::Params&, const net::Fields& form) { return do_it(visit, form, *outcomes); });
  site.add_page(router, kDonePath, [outcomes](Visit& visit, const net::Params&) { return show_outcome(visit, *outcomes); });
}

}  // namespace nc::web
