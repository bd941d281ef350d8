// ReadScope: the rows of `decide` for reading, resolved into sets, and as SQL.
#include <algorithm>

#include "ledger/access/grants.h"

namespace nc::access {
namespace {

std::vector<std::string_view> capabilities_for(Action action) {
  switch (action) {
    case Action::kKnow:
    case Action::kRead: return {capabilities::kRead};
    case Action::kCount: return {capabilities::kRead, capabilities::kCount};
    case Action::kExport: return {capabilities::kRead, capabilities::kExport};
    default: return {};
  }
}

bool shows_content(Action action) { return action == Action::kRead || action == Action::kExport; }

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

template <typename Range, typename Show>
std::string listed(const Range& range, Show show) {
  std::string out;
  for (const auto& one : range) out += (out.empty() ? "" : ",") + show(one);
  return "(" + out + ")";
}

std::string audience_list(const std::set<std::int64_t>& ids) {
  return "audience IN " + listed(ids, [](std::int64_t id) { return std::to_string(id); });
}

std::string group_list(const std::set<std::string>& groups) { return "grp IN " + listed(groups, quoted); }

}  // namespace

ReadScope ReadScope::resolve(const Subject& subject, Action action, const orgtree::OrgTree& tree, const catalog::Catalog& catalog) {
  ReadScope scope;
  const auto wanted = capabilities_for(action);
  if (wanted.empty() || (!subject.live && !subject.console)) return scope;
  scope.ceiling_ = subject.console ? Handling::kRestricted : subject.clearance;
  if (!subject.console && shows_content(action) && subject.strength < Strength::kFull)
    scope.ceiling_ = std::min(scope.ceiling_, Handling::kInternal);

  std::map<std::pair<UnitId, orgtree::Line>, std::set<UnitId>> reached;
  const auto need_of = [&](std::string_view capability) {
    Need need;
    if (subject.console) {
      need.push_back({.all_groups = true, .all_units = true});
      return need;
    }
    for (const auto& grant : subject.grants) {
      const auto* role = role_holding(subject, grant, capability, catalog);
      if (role == nullptr) continue;
      RuleRow row;
      row.all_groups = role->groups.empty();
      row.groups.insert(role->groups.begin(), role->groups.end());
      row.chain = grant.chain;
      row.ceiling = grant.ceiling;
      row.all_units = !grant.unit && !grant.chain.empty();
      if (grant.unit) {
        const auto [at, fresh] = reached.try_emplace({*grant.unit, grant.line});
        if (fresh) at->second = units_reached(*grant.unit, grant.line, subject.today, tree);
        row.units = at->second;
      }
      need.push_back(std::move(row));
    }
    return need;
  };
  for (const auto capability : wanted) scope.needs_.push_back(need_of(capability));
  if (action == Action::kCount) scope.sensitive_need_ = need_of(capabilities::kCountSensitive);
  return scope;
}

bool ReadScope::RuleRow::reaches(const std::vector<UnitId>& owners, const std::vector<std::string>& chains) const {
  if (!chain.empty() && std::find(chains.begin(), chains.end(), chain) == chains.end()) return false;
  return all_units || std::any_of(owners.begin(), owners.end(), [&](const UnitId& owner) { return units.contains(owner); });
}

bool ReadScope::met(const Need& need, const std::string& group, Handling handling, bool for_all, const std::vector<UnitId>& owners,
                    const std::vector<std::string>& chains) {
  return std::any_of(need.begin(), need.end(), [&](const RuleRow& row) {
    if (handling > row.ceiling) return false;
    return for_all || ((row.all_groups || row.groups.contains(group)) && row.reaches(owners, chains));
  });
}

bool ReadScope::admits(const std::string& group, Handling handling, bool for_all, const std::vector<UnitId>& owners,
                       const std::vector<std::string>& chains, bool sensitive) const {
  if (needs_.empty() || handling > ceiling_) return false;
  for (const auto& need : needs_)
    if (!met(need, group, handling, for_all, owners, chains)) return false;
  return !sensitive || !sensitive_need_ || met(*sensitive_need_, group, handling, for_all, owners, chains);
}

bool ReadScope::nothing() const {
  return needs_.empty() || std::any_of(needs_.begin(), needs_.end(), [](const Need& need) { return need.empty(); });
}

// Rows of one ceiling together: most readers have one.
std::string ReadScope::need_sql(const Need& need, const std::vector<InternedAudience>& audiences,
                                const std::set<std::string>& known_groups) {
  std::map<Handling, std::vector<const RuleRow*>> by_ceiling;
  for (const auto& row : need) by_ceiling[row.ceiling].push_back(&row);
  std::string out;
  for (const auto& [ceiling, rows] : by_ceiling) {
    auto text = rows_sql(rows, audiences, known_groups);
    if (text == "0") continue;
    if (ceiling != Handling::kRestricted) text = "(handling <= " + std::to_string(static_cast<int>(ceiling)) + " AND " + text + ")";
    out += (out.empty() ? "" : " OR ") + text;
  }
  if (out.empty()) return "0";
  return by_ceiling.size() == 1 ? out : "(" + out + ")";
}

std::string ReadScope::rows_sql(const std::vector<const RuleRow*>& rows, const std::vector<InternedAudience>& audiences,
                                const std::set<std::string>& known_groups) {
  std::set<std::int64_t> for_all, of_all_groups;
  std::map<std::set<std::string>, std::set<std::int64_t>> of_groups;
  for (const auto& audience : audiences) {
    if (audience.for_all) {
      for_all.insert(audience.id);
      continue;
    }
    for (const auto* row : rows) {
      if (!row->reaches(audience.owners, audience.chains)) continue;
      if (row->all_groups) {
        of_all_groups.insert(audience.id);
        continue;
      }
      std::set<std::string> groups;
      std::set_intersection(row->groups.begin(), row->groups.end(), known_groups.begin(), known_groups.end(),
                            std::inserter(groups, groups.end()));
      if (!groups.empty()) of_groups[groups].insert(audience.id);
    }
  }
  for_all.insert(of_all_groups.begin(), of_all_groups.end());
  std::vector<std::string> parts;
  if (!for_all.empty()) parts.push_back(audience_list(for_all));
  for (const auto& [groups, ids] : of_groups) parts.push_back("(" + group_list(groups) + " AND " + audience_list(ids) + ")");
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : " OR ") + part;
  return out.empty() ? "0" : "(" + out + ")";
}

std::string ReadScope::sql(const std::vector<InternedAudience>& audiences, const catalog::Catalog& catalog) const {
  if (nothing()) return "0";
  std::set<std::string> known, sensitive;
  for (const auto& type : catalog.types()) {
    known.insert(type.group);
    if (type.sensitive) sensitive.insert(type.group);
  }
  std::string out = "(handling <= " + std::to_string(static_cast<int>(ceiling_));
  std::set<std::string> told;
  for (const auto& need : needs_) {
    const auto text = need_sql(need, audiences, known);
    if (text == "0") return "0";
    if (told.insert(text).second) out += " AND " + text;
  }
  if (sensitive_need_ && !sensitive.empty())
    out += " AND (NOT " + group_list(sensitive) + " OR " + need_sql(*sensitive_need_, audiences, known) + ")";
  return out + ")";
}

}  // namespace nc::access
