#include "ledger/records/checks.h"

#include <algorithm>

#include "base/term.h"
#include "ledger/records/tables.h"

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

std::vector<catalog::Finding> findings_of(const catalog::Type& type, const Json& values, std::int32_t today) {
  auto findings = catalog::check_record(type, values);
  const auto* status = type.slot("status");
  RecordView view;
  view.type = &type;
  view.values = values;
  const auto days = days_of(view);
  if (!status || values.text(status->id) != "held" || !days || days->first <= today) return findings;
  catalog::Finding future;
  future.question = true;
  future.rule = "held_in_the_future";
  if (const auto* when = type.slot(type.slot("when") ? "when" : "from")) future.fields.push_back(when->id);
  future.error = Error(ErrorCode::kInvalid, NC_MSG("It is said to have been held on a day that has not come yet"))
                     .then(NC_MSG("Check the date, or choose planned or announced"));
  findings.push_back(std::move(future));
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
