// The tree of dated links: superiors, children, subtrees.
#include "ledger/orgtree/orgtree.h"

#include <algorithm>

#include "base/text.h"
#include "ledger/orgtree/index.h"

namespace nc::orgtree {

std::string_view line_name(Line line) { return line == Line::kCommand ? "command" : "guidance"; }

std::optional<Line> line_from_name(std::string_view name) {
  if (name == "command") return Line::kCommand;
  if (name == "guidance") return Line::kGuidance;
  return std::nullopt;
}

std::optional<Change> change_from_name(std::string_view name) {
  if (name == "merge") return Change::kMerge;
  if (name == "split") return Change::kSplit;
  if (name == "rename") return Change::kRename;
  if (name == "transfer") return Change::kTransfer;
  return std::nullopt;
}

UnitNo OrgTree::Index::number(const UnitId& id) const {
  const auto at = numbers.find(id);
  return at == numbers.end() ? kNoUnit : at->second;
}

const Period* OrgTree::Index::period(UnitNo unit, Line line, std::int32_t day) const {
  const auto& periods = timelines[static_cast<std::size_t>(line)][unit];
  const auto after =
      std::upper_bound(periods.begin(), periods.end(), day, [](std::int32_t d, const Period& p) { return d < p.days.first; });
  if (after == periods.begin()) return nullptr;
  const auto& found = *std::prev(after);
  return found.days.last < day ? nullptr : &found;
}

UnitNo OrgTree::Index::parent(UnitNo unit, Line line, std::int32_t day) const {
  const auto* found = period(unit, line, day);
  return found == nullptr ? kNoUnit : found->parent;
}

OrgTree::OrgTree() : index_(std::make_unique<Index>()) {}
OrgTree::~OrgTree() = default;

const Unit* OrgTree::find(const UnitId& id) const {
  const auto no = index_->number(id);
  return no == kNoUnit ? nullptr : &units_[no];
}

const Unit* OrgTree::by_code(std::string_view code) const {
  const auto at = index_->codes.find(code);
  return at == index_->codes.end() ? nullptr : &units_[at->second];
}

std::vector<const Unit*> OrgTree::by_name(std::string_view text) const {
  std::vector<const Unit*> out;
  const auto at = index_->names.find(fold(text));
  if (at == index_->names.end()) return out;
  for (const auto no : at->second) out.push_back(&units_[no]);
  return out;
}

std::optional<UnitId> OrgTree::parent(const UnitId& unit, Line line, std::int32_t day) const {
  const auto no = index_->number(unit);
  const auto up = no == kNoUnit ? kNoUnit : index_->parent(no, line, day);
  if (up == kNoUnit) return std::nullopt;
  return units_[up].id;
}

std::vector<UnitId> OrgTree::chain_above(const UnitId& unit, Line line, std::int32_t day) const {
  std::vector<UnitId> chain;
  const auto no = index_->number(unit);
  if (no == kNoUnit) return chain;
  for (auto up = index_->parent(no, line, day); up != kNoUnit; up = index_->parent(up, line, day)) chain.push_back(units_[up].id);
  return chain;
}

std::vector<UnitId> OrgTree::children(const UnitId& unit, Line line, std::int32_t day) const {
  std::vector<UnitId> out;
  const auto no = index_->number(unit);
  if (no == kNoUnit) return out;
  for (const auto below : index_->below_ever[static_cast<std::size_t>(line)][no])
    if (index_->parent(below, line, day) == no) out.push_back(units_[below].id);
  return out;
}

std::set<UnitId> OrgTree::subtree(const UnitId& unit, Line line, std::int32_t day) const {
  std::set<UnitId> out;
  const auto no = index_->number(unit);
  if (no == kNoUnit) return out;
  std::vector<UnitNo> open{no};
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    out.insert(units_[at].id);
    for (const auto below : index_->below_ever[static_cast<std::size_t>(line)][at])
      if (index_->parent(below, line, day) == at) open.push_back(below);
  }
  return out;
}

bool OrgTree::is_under(const UnitId& unit, const UnitId& above, Line line, std::int32_t day) const {
  const auto wanted = index_->number(above);
  if (wanted == kNoUnit) return false;
  for (auto at = index_->number(unit); at != kNoUnit; at = index_->parent(at, line, day))
    if (at == wanted) return true;
  return false;
}

std::vector<Link> OrgTree::links_of(const UnitId& unit) const {
  const auto no = index_->number(unit);
  return no == kNoUnit ? std::vector<Link>{} : index_->links[no];
}

}  // namespace nc::orgtree
