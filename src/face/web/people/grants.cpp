#include "face/web/people/grants.h"

#include <algorithm>

#include "base/civil.h"
#include "base/text.h"
#include "face/web/figures/words.h"
#include "face/web/unit_lookup.h"
#include "ledger/access/capability_words.h"

namespace nc::web {
namespace {

// Who reads no record is shown the units over which he may give rights, and no others.
AmongUnits units_for(const Visit& visit) {
  if (visit.reads()) return {};
  return
      [&visit](const orgtree::Unit& unit) { return access::may_grant_over(visit.who, unit.id, *visit.world->tree, *visit.world->catalog); };
}

Html over_badge(const Visit& visit) { return badge(Tone::kNeutral, visit.tr("over")); }

}  // namespace

Field typed_field(const char* name, std::string label, Input input, const net::Fields& typed, const ErrorsBeside& errors) {
  Field out;
  out.name = name;
  out.label = std::move(label);
  out.input = input;
  out.value = typed.get(name);
  if (const auto at = errors.find(name); at != errors.end()) out.error = at->second;
  return out;
}

std::string role_name(const Visit& visit, std::string_view role) {
  const auto* known = visit.world->catalog->role(role);
  return known ? known->label.in(visit.lang()) : std::string(role);
}

std::string scope_text(const Visit& visit, const access::Grant& grant) {
  std::vector<std::string> out;
  if (grant.unit) {
    const auto* unit = visit.world->tree->find(*grant.unit);
    const auto name = unit ? unit_name(*unit, visit.lang()) : grant.unit->hex();
    out.push_back(grant.line == orgtree::Line::kGuidance ? visit.tr("{1} and below, guidance line", name)
                                                         : visit.tr("{1} and below, command line", name));
  }
  if (!grant.chain.empty()) out.push_back(visit.tr("only what took place with: {1}", chain_name(visit, grant.chain)));
  return nc::join(out, "; ");
}

std::string days_text(const Visit& visit, const access::Grant& grant) {
  if (!grant.from && !grant.until) return visit.tr("no end");
  return visit.ui.days({grant.from.value_or(kDayMin), grant.until.value_or(kDayMax)});
}

std::string grant_text(const Visit& visit, const access::Grant& grant) {
  const auto scope = scope_text(visit, grant);
  auto out = role_name(visit, grant.role);
  if (!scope.empty()) out += " (" + scope + ")";
  if (grant.from || grant.until) out += ", " + days_text(visit, grant);
  return out;
}

Html days_badge(const Visit& visit, const access::Grant& grant) {
  if (grant.until && *grant.until < visit.who.today) return over_badge(visit);
  if (grant.from && *grant.from > visit.who.today) return badge(Tone::kAccent, visit.tr("later"));
  return badge(Tone::kGood, visit.tr("holds today"));
}

Html grant_list(const Visit& visit, const std::vector<records::GrantRow>& rows,
                const std::function<Html(const records::GrantRow&)>& action) {
  List list;
  list.caption = visit.tr("Roles and where they hold");
  list.columns = {{visit.tr("Role")}, {visit.tr("Over what")}, {visit.tr("From when to when")}, {visit.tr("State")}, {visit.tr("Action")}};
  bool acts = false;
  for (const auto& row : rows) {
    auto act = action ? action(row) : Html();
    acts = acts || !act.empty();
    list.rows.push_back({{role_name(visit, row.grant.role), scope_text(visit, row.grant), days_text(visit, row.grant),
                          days_badge(visit, row.grant), std::move(act)}});
  }
  if (!acts) {
    list.columns.pop_back();
    for (auto& row : list.rows) row.cells.pop_back();
  }
  list.empty_text = visit.tr("This account has no role: it may do nothing.");
  return render(list, visit.ui);
}

std::vector<Option> all_roles(const Visit& visit) {
  std::vector<Option> out;
  for (const auto& role : visit.world->catalog->roles()) out.push_back({role.id, role.label.in(visit.lang()), ""});
  return out;
}

Html roles_help(const Visit& visit) {
  std::vector<Fact> rows;
  for (const auto& role : visit.world->catalog->roles()) rows.push_back({role.label.in(visit.lang()), role.help.in(visit.lang()), ""});
  return el("details", {{"class", "fieldset"}}, el("summary", {}, visit.tr("What each role may do")), facts(rows));
}

std::vector<Field> grant_fields(const Visit& visit, const std::vector<Option>& roles, const net::Fields& typed,
                                const ErrorsBeside& errors) {
  auto role = typed_field("role", visit.tr("Role"), Input::kChoice, typed, errors);
  role.options = {{"", visit.tr("choose"), ""}};
  role.options.insert(role.options.end(), roles.begin(), roles.end());
  role.required = true;
  auto scope = typed_field("scope", visit.tr("Over which unit, with all below it"), Input::kSuggest, typed, errors);
  scope.options = own_units(visit);
  scope.help = visit.tr("Its name or code. Left empty only if a counterpart force is chosen.");
  auto line = typed_field("line", visit.tr("Line"), Input::kChoice, typed, errors);
  line.options = {{"command", visit.tr("command line"), ""}, {"guidance", visit.tr("professional-guidance line"), ""}};
  line.help = visit.tr("Along which line “below” is meant.");
  auto chain = typed_field("chain", visit.tr("Only with this counterpart force"), Input::kChoice, typed, errors);
  chain.options = slot_options(*visit.world->catalog, "chain", visit.lang());
  std::erase_if(chain.options, [](const Option& option) { return option.value.starts_with("VN-"); });
  chain.options.insert(chain.options.begin(), {"", visit.tr("any"), ""});
  auto from = typed_field("from", visit.tr("First day"), Input::kDate, typed, errors);
  auto until = typed_field("until", visit.tr("Last day"), Input::kDate, typed, errors);
  return {std::move(role), std::move(scope), std::move(line), std::move(chain), std::move(from), std::move(until)};
}

std::vector<Option> own_units(const Visit& visit) {
  return unit_suggestions(*visit.world->tree, Side::kOwn, visit.lang(), visit.who.today, units_for(visit));
}

std::optional<std::int32_t> day_from(const Visit& visit, const net::Fields& typed, const char* name, bool last, ErrorsBeside& errors) {
  const std::string text(trim(typed.get(name)));
  if (text.empty()) return std::nullopt;
  const auto date = parse_typed_date(text);
  const auto days = date ? extent(*date) : std::nullopt;
  if (days) return last ? days->last : days->first;
  errors[name] = date ? visit.tr("“{1}” has no year.", text) : visit.ui.error_text(date.error());
  return std::nullopt;
}

std::optional<UnitId> unit_from(const Visit& visit, const net::Fields& typed, const char* name, ErrorsBeside& errors) {
  const std::string text(trim(typed.get(name)));
  if (text.empty()) return std::nullopt;
  auto match = find_unit(*visit.world->tree, text, Side::kOwn);
  if (const auto among = units_for(visit)) {
    if (match.unit && !among(*match.unit)) match.unit = nullptr;
    std::erase_if(match.candidates, [&](const auto* unit) { return !among(*unit); });
  }
  if (match.unit) return match.unit->id;
  errors[name] = match.candidates.empty() ? visit.tr("No unit of ours for which you can do this is called “{1}”", shorten(text, 80))
                                          : visit.tr("Several units are meant: {1}", candidates_text(match, visit.ui));
  return std::nullopt;
}

access::Grant grant_from(const Visit& visit, const net::Fields& typed, ErrorsBeside& errors) {
  access::Grant out;
  out.role = typed.get("role");
  if (!visit.world->catalog->role(out.role)) errors["role"] = visit.tr("Choose a role");
  out.line = orgtree::line_from_name(typed.get("line")).value_or(orgtree::Line::kCommand);
  out.unit = unit_from(visit, typed, "scope", errors);
  out.chain = typed.get("chain");
  if (!out.chain.empty() && !has_option(*visit.world->catalog, "chain", out.chain)) errors["chain"] = visit.tr("Choose one of the list");
  out.from = day_from(visit, typed, "from", false, errors);
  out.until = day_from(visit, typed, "until", true, errors);
  if (!out.unit && out.chain.empty() && !errors.contains("scope")) errors["scope"] = visit.tr("Name a unit, or choose a counterpart force");
  if (out.from && out.until && *out.until < *out.from) errors["until"] = visit.tr("The last day lies before the first");
  return out;
}

Html what_he_may_give(const Visit& visit) {
  Html items;
  for (const auto& grant : visit.who.grants) {
    const auto* role = visit.world->catalog->role(grant.role);
    if (!role || grant.for_person || std::ranges::find(role->capabilities, "grant") == role->capabilities.end()) continue;
    items.add(el("li", {}, scope_text(visit, grant), grant.from || grant.until ? ", " + days_text(visit, grant) : std::string()));
  }
  return el("div", {{"class", "hint"}},
            el("p", {},
               visit.tr("You can give no more than you hold yourself, up to “{1}”, and nothing to yourself. You hold:",
                        visit.tr(access::handling_words(visit.who.clearance)))),
            el("ul", {}, items));
}

}  // namespace nc::web
