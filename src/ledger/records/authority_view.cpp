#include "ledger/records/authority_view.h"

#include "ledger/orgtree/climb.h"

namespace nc::records {
namespace {

constexpr std::size_t kViewsMax = 32;

std::optional<UnitId> unit_in(const Json& row, std::string_view column) { return UnitId::from_hex(row.text(column)); }

std::string definition_key(const Said& publish) {
  const Json values(publish.set);
  return values.text("type_id") + "@" + std::to_string(values.integer("version"));
}

}  // namespace

TypeRule type_rule_of(const Json& definition) {
  const auto& slots = definition["slots"];
  return {definition.text("feeds"), definition.text("audience"), slots.text("rows"), slots.text("unit"), slots.text("grants")};
}

std::vector<Json> Said::rows(const std::string& field) const {
  std::vector<Json> out;
  if (const auto it = set.find(field); it != set.end() && it->second.is_array())
    out.assign(it->second.as_array().begin(), it->second.as_array().end());
  if (const auto it = add.find(field); it != add.end()) out.insert(out.end(), it->second.begin(), it->second.end());
  return out;
}

Result<std::shared_ptr<const AuthorityView>> AuthorityView::make(store::Database& db, std::vector<Item> items) {
  auto view = std::make_shared<AuthorityView>();
  std::map<std::string, EntryHash> chosen;  // of several definitions of one version, the greatest hash
  for (auto& item : items) {
    if (item.said->act == journal::acts::kPublishType) {
      const auto key = definition_key(*item.said);
      const auto definition = parse_json(Json(item.said->set).text("definition"));
      const auto [held, fresh] = chosen.emplace(key, item.known.hash);
      if (!fresh && item.known.hash < held->second) continue;
      held->second = item.known.hash;
      view->rules_[key] = definition ? type_rule_of(*definition) : TypeRule();
    }
    if (item.said->act == journal::acts::kCertifyPerson) view->certificates_[Json(item.said->set).text("person")].push_back(item.said);
    if (item.said->act == journal::acts::kCertifyNode) view->nodes_[Json(item.said->set).text("node")].push_back(item.said);
    view->by_record_[item.known.record].push_back(std::move(item));
  }
  NC_TRY(view->add_rows(db));
  return std::shared_ptr<const AuthorityView>(std::move(view));
}

// A reorganisation's rows hold until a later entry of the record sets them anew, or declares it void.
Status AuthorityView::add_rows(store::Database& db) {
  for (const auto& [record, items] : by_record_) {
    std::vector<const Item*> setters;
    for (const auto& item : items) {
      const auto* rule = rule_of(*item.said);
      if (rule && rule->feeds == "org-change" && (item.said->touches(rule->rows) || item.said->act == journal::acts::kVoid))
        setters.push_back(&item);
    }
    for (const auto* item : setters) {
      bool replaced = false;
      for (const auto* other : setters) {
        if (other == item || !(other->said->set.contains(rule_of(*other->said)->rows) || other->said->act == journal::acts::kVoid))
          continue;
        NC_ASSIGN(const bool later, journal::knows(db, other->known.arrival, item->known.arrival));
        replaced = replaced || later;
      }
      if (replaced) continue;
      for (const auto& row : item->said->rows(rule_of(*item->said)->rows)) {
        const auto unit = unit_in(row, "unit");
        if (!unit) continue;
        const auto line = row.text("line", "command");
        if (const auto parent = unit_in(row, "parent"); parent && (line == "command" || line == "guidance")) above_[*unit].insert(*parent);
        if (const auto successor = unit_in(row, "successor")) above_[*unit].insert(*successor);
      }
    }
  }
  return {};
}

bool AuthorityView::lies_under(const UnitId& unit, const std::vector<UnitId>& tops) const {
  return orgtree::climbs_to(unit, tops, [this](const UnitId& one, std::vector<UnitId>& next) {
    if (const auto it = above_.find(one); it != above_.end()) next.insert(next.end(), it->second.begin(), it->second.end());
  });
}

std::vector<std::shared_ptr<const Said>> AuthorityView::said_of(const RecordId& record) const {
  std::vector<std::shared_ptr<const Said>> out;
  if (const auto it = by_record_.find(record); it != by_record_.end())
    for (const auto& item : it->second) out.push_back(item.said);
  return out;
}

namespace {

using Certificates = std::vector<std::shared_ptr<const Said>>;

const Certificates& found(const std::map<std::string, Certificates>& all, const std::string& of) {
  static const Certificates kNone;
  const auto it = all.find(of);
  return it == all.end() ? kNone : it->second;
}

}  // namespace

const Certificates& AuthorityView::certificates_of(const std::string& person) const { return found(certificates_, person); }

const Certificates& AuthorityView::certificates_of_node(const std::string& node) const { return found(nodes_, node); }

const TypeRule* AuthorityView::rule_of(const Said& said) const {
  const auto it = rules_.find(said.type);
  return it == rules_.end() ? nullptr : &it->second;
}

Result<std::shared_ptr<const Said>> AuthorityViews::said(store::Database& db, const journal::KnownAuthority& known) {
  if (const auto it = said_.find(known.hash); it != said_.end()) return it->second;
  NC_ASSIGN(auto entry, journal::authority_entry(db, known.arrival));
  auto out = std::make_shared<Said>();
  out->record = entry.header.record;
  out->node = entry.header.stream.node;
  out->act = entry.body.act;
  out->type = entry.header.type + "@" + std::to_string(entry.header.type_version);
  out->set = std::move(entry.body.set);
  out->add = std::move(entry.body.add);
  return said_.emplace(known.hash, std::move(out)).first->second;
}

Result<std::shared_ptr<const AuthorityView>> AuthorityViews::under(const journal::Question& asked) {
  const std::lock_guard lock(mutex_);
  const std::pair key(asked.under_name, asked.era);
  if (const auto it = views_.find(key); it != views_.end()) return it->second;
  NC_ASSIGN(const auto known, journal::authority_under(asked.db, asked.under));
  std::vector<AuthorityView::Item> items;
  for (const auto& one : known) {
    NC_ASSIGN(auto what, said(asked.db, one));
    items.push_back({one, std::move(what)});
  }
  NC_ASSIGN(auto view, AuthorityView::make(asked.db, std::move(items)));
  if (views_.size() >= kViewsMax) views_.clear();
  views_.emplace(key, view);
  return view;
}

Result<TypeRule> AuthorityViews::type_rule(store::Database& db, std::int64_t definition) {
  NC_ASSIGN(auto query, db.prepare("SELECT hash FROM journal_entry WHERE arrival=?1"));
  query.bind(1, definition);
  NC_ASSIGN(const bool found, query.step());
  const auto hash = found ? query.id<EntryHash>(0) : EntryHash{};
  const std::lock_guard lock(mutex_);
  // An arrival number is used again after a save that was undone.
  if (const auto it = types_.find(definition); it != types_.end() && it->second.first == hash) return it->second.second;
  NC_ASSIGN(const auto entry, journal::authority_entry(db, definition));
  const auto json = parse_json(Json(entry.body.set).text("definition"));
  const auto rule = json ? type_rule_of(*json) : TypeRule();
  types_[definition] = {hash, rule};
  return rule;
}

}  // namespace nc::records
