#include "ledger/records/checks.h"

#include <algorithm>

#include "base/term.h"
#include "ledger/records/tables.h"
#include "ledger/records/view.h"

namespace nc::records {

Status well_formed(const catalog::Type& type, const Json& values) {
  for (const auto& [field_id, value] : values.as_object()) {
    const auto* field = type.field(field_id);
    if (!field)
      return fail(
          Error(ErrorCode::kInvalid, NC_MSG("The type “{1}” has no field “{2}”"), {term(type.label.in("en"), type.label.vi), field_id})
              .at(field_id)
              .then(NC_MSG("Use the field names of the record type")));
    NC_TRY(catalog::check_value(*field, value));
  }
  return {};
}

namespace {

std::optional<catalog::Finding> held_in_the_future(const catalog::Type& type, const Json& values, const DayRange& days,
                                                   std::int32_t today) {
  const auto* status = type.slot("status");
  if (!status || values.text(status->id) != "held" || days.first <= today) return std::nullopt;
  catalog::Finding future;
  future.question = true;
  future.rule = "held_in_the_future";
  if (const auto* when = type.slot(type.slot("when") ? "when" : "from")) future.fields.push_back(when->id);
  future.error = Error(ErrorCode::kInvalid, NC_MSG("It is said to have been held on a day that has not come yet"))
                     .then(NC_MSG("Check the date, or choose planned or announced"));
  return future;
}

// What is not over may still bring what the unit says there was none of; the figures would show 0 from today on.
std::optional<catalog::Finding> nil_before_the_end(const catalog::Type& type, const Json& values, std::int32_t today) {
  const auto* until = type.feeds == "nil-report" ? type.slot("until") : nullptr;
  const auto date = until ? catalog::date_from_json(values[until->id]) : std::nullopt;
  const auto last = date ? extent(*date) : std::nullopt;
  if (!last || last->last < today) return std::nullopt;
  catalog::Finding early;
  early.question = true;
  early.rule = "nil_before_the_end";
  early.fields = {until->id};
  early.error = Error(ErrorCode::kInvalid, NC_MSG("The period is not over: something may still come"))
                    .then(NC_MSG("Choose a period that has ended, or say why nothing more comes"));
  return early;
}

std::string day_of(std::int32_t day) { return iso_date({day, DatePrecision::kDay, false}); }

// A figure of a superior asks who stood under him on the day: a unit that was not there yet, or no more, stands under nobody.
std::optional<Error> not_in_force(const orgtree::OrgTree& tree, const orgtree::Unit& unit, const DayRange& days) {
  const bool early = unit.from && days.last < *unit.from, late = unit.until && days.first > *unit.until;
  if (!early && !late) return std::nullopt;
  const auto* then = tree.find(tree.as_of(unit.id, days.first));
  if (then && then->id != unit.id)
    return Error(ErrorCode::kInvalid, NC_MSG("“{1}” was not there on that day; it was “{2}” ({3}) then"),
                 {unit.name, then->name, then->code})
        .then(NC_MSG("Choose the unit of that day, or check the date"));
  auto error = early ? Error(ErrorCode::kInvalid, NC_MSG("“{1}” exists only from {2} on"), {unit.name, day_of(*unit.from)})
                     : Error(ErrorCode::kInvalid, NC_MSG("“{1}” existed only until {2}"), {unit.name, day_of(*unit.until)});
  return std::move(error).then(NC_MSG("Choose the unit of that day, or check the date"));
}

std::optional<catalog::Finding> units_not_in_force(const catalog::Type& type, const Json& values, const DayRange& days,
                                                   const orgtree::OrgTree& tree) {
  for (const char* slot : {"lead", "own"}) {
    const auto* field = type.slot(slot);
    if (!field) continue;
    for (const auto& [name, id] : links_of_field(*field, values[field->id])) {
      const auto* unit = tree.find(id);
      auto error = unit && unit->own ? not_in_force(tree, *unit, days) : std::nullopt;
      if (!error) continue;
      catalog::Finding out;
      out.question = true;
      out.rule = "unit_not_in_force";
      out.fields = {field->id};
      out.error = std::move(*error);
      return out;
    }
  }
  return std::nullopt;
}

// All figures of the other side follow what is said to have become of its units.
std::optional<catalog::Finding> foreign_unit_replaced(const catalog::Type& type, const Json& values, const orgtree::OrgTree& tree) {
  const auto* rows = type.feeds == "org-change" ? type.slot("rows") : nullptr;
  if (!rows || !values[rows->id].is_array()) return std::nullopt;
  for (const auto& row : values[rows->id].as_array()) {
    if (!row.is_object() || !replaces_foreign(row, tree)) continue;
    const auto name = [&](std::string_view column) {
      const auto* unit = tree.find(UnitId::from_hex(row.text(column)).value_or(UnitId{}));
      return unit ? unit->name : row.text(column);
    };
    catalog::Finding out;
    out.question = true;
    out.rule = "foreign_unit_replaced";
    out.fields = {rows->id};
    out.error = Error(ErrorCode::kInvalid, NC_MSG("From then on, whatever names “{1}” counts for “{2}” in everybody's figures"),
                      {name("unit"), name("successor")})
                    .then(NC_MSG("Check that the other side made this change, and say from where you know it"));
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::vector<catalog::Finding> findings_of(const catalog::Type& type, const Json& values, std::int32_t today, const orgtree::OrgTree& tree,
                                          Formed formed) {
  auto findings = formed == Formed::kChecked ? catalog::check_well_formed(type, values) : catalog::check_record(type, values);
  if (auto early = nil_before_the_end(type, values, today)) findings.push_back(std::move(*early));
  RecordView view;  // with what its days hang on, and no more
  view.type = &type;
  for (const char* slot : {"when", "from", "until", "date"})
    if (const auto* field = type.slot(slot)) view.values.set(field->id, values[field->id]);
  const auto days = days_of(view);
  if (!days) return findings;
  if (auto future = held_in_the_future(type, values, *days, today)) findings.push_back(std::move(*future));
  if (!type.slot("when")) return findings;
  if (auto units = units_not_in_force(type, values, *days, tree)) findings.push_back(std::move(*units));
  return findings;
}

std::vector<catalog::Finding> findings_for_person(const catalog::Type& type, const Json& values, std::int32_t today,
                                                  const orgtree::OrgTree& tree, Formed formed) {
  auto findings = findings_of(type, values, today, tree, formed);
  if (auto replaced = foreign_unit_replaced(type, values, tree)) findings.push_back(std::move(*replaced));
  return findings;
}

Weighed weigh(std::vector<catalog::Finding> now, const std::vector<catalog::Finding>& before, const std::set<std::string>& touched,
              const Confirmed& confirmed, bool leave_questions_open) {
  Weighed out;
  for (auto& finding : now) {
    const bool was_there = std::any_of(before.begin(), before.end(),
                                       [&](const auto& old) { return old.rule == finding.rule && old.fields == finding.fields; });
    const bool touches =
        std::any_of(finding.fields.begin(), finding.fields.end(), [&](const auto& field) { return touched.contains(field); });
    if (was_there && !touches) continue;
    if (!finding.question) {
      out.blocking.push_back(std::move(finding));
      continue;
    }
    if (const auto it = confirmed.find(finding.rule); it != confirmed.end() && !it->second.empty()) continue;
    (leave_questions_open ? out.open_questions : out.blocking).push_back(std::move(finding));
  }
  return out;
}

Error findings_error(const std::vector<catalog::Finding>& findings) {
  const auto& first = findings.front();
  const auto where = first.fields.empty() ? std::string() : first.fields.front();
  if (first.message.empty()) {
    Error error = first.error;
    if (error.where.empty()) error.where = where;
    return error;
  }
  const bool question = std::all_of(findings.begin(), findings.end(), [](const auto& finding) { return finding.question; });
  if (question) return Error(ErrorCode::kInvalid, NC_MSG("Please confirm what looks unusual, with a reason")).at(where);
  return Error(ErrorCode::kInvalid, NC_MSG("Some fields need your attention")).at(where).then(NC_MSG("See the remarks beside the fields"));
}

journal::RankOf rank_by(const catalog::Type& type) {
  return [&type](std::string_view state) {
    const auto* found = type.state(state);
    return found ? found->rank : 0;
  };
}

journal::PartKey part_of_field(const catalog::Field& field, const journal::PartKey& base) {
  auto key = base;
  if (field.handling) key.handling = std::max(base.handling, static_cast<journal::HandlingLevel>(*field.handling));
  return key;
}

}  // namespace nc::records
