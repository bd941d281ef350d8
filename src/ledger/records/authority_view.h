// Inside the room only: what the authority entries under one entry say about units and types.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ledger/journal/rules.h"

namespace nc::records {

// Of a published definition, what decides about writing.
struct TypeRule {
  std::string feeds;
  std::string audience;            // own, all, authority; empty: not said
  std::string rows, unit, grants;  // fields of these slots
};
TypeRule type_rule_of(const Json& definition);

// One authority entry, read once.
struct Said {
  RecordId record;
  NodeId node;            // who wrote it
  std::string act, type;  // type@version
  JsonObject set;
  std::map<std::string, JsonArray> add;
  // Rows of a field, whether it was set whole or element by element.
  [[nodiscard]] std::vector<Json> rows(const std::string& field) const;
  [[nodiscard]] bool touches(const std::string& field) const { return set.contains(field) || add.contains(field); }
};

// Immutable once made; a function of the past of the entries under which it is asked.
class AuthorityView {
 public:
  struct Item {
    journal::KnownAuthority known;
    std::shared_ptr<const Said> said;
  };
  static Result<std::shared_ptr<const AuthorityView>> make(store::Database& db, std::vector<Item> items);

  // A chain of rows leads from the unit up to one of `tops`: placed under by command or guidance, on
  // whatever days, or continued by. A unit lies under itself.
  [[nodiscard]] bool lies_under(const UnitId& unit, const std::vector<UnitId>& tops) const;
  [[nodiscard]] std::vector<std::shared_ptr<const Said>> said_of(const RecordId& record) const;
  // The certificates of the person's keys.
  [[nodiscard]] const std::vector<std::shared_ptr<const Said>>& certificates_of(const std::string& person) const;
  // Those of the node, whatever its incarnation.
  [[nodiscard]] const std::vector<std::shared_ptr<const Said>>& certificates_of_node(const std::string& node) const;
  // Null for a type that was not published there.
  [[nodiscard]] const TypeRule* rule_of(const Said& said) const;

 private:
  Status add_rows(store::Database& db);
  std::map<RecordId, std::vector<Item>> by_record_;
  std::map<std::string, TypeRule> rules_;                                         // by type@version
  std::map<std::string, std::vector<std::shared_ptr<const Said>>> certificates_;  // by person
  std::map<std::string, std::vector<std::shared_ptr<const Said>>> nodes_;         // their certificates, by node
  std::map<UnitId, std::set<UnitId>> above_;
};

// Makes views and remembers the last ones, and what single entries say.
class AuthorityViews {
 public:
  Result<std::shared_ptr<const AuthorityView>> under(const journal::Question& asked);
  Result<TypeRule> type_rule(store::Database& db, std::int64_t definition);

 private:
  Result<std::shared_ptr<const Said>> said(store::Database& db, const journal::KnownAuthority& known);
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const AuthorityView>> views_;  // by `under` and era
  std::map<EntryHash, std::shared_ptr<const Said>> said_;
  std::map<std::int64_t, std::pair<EntryHash, TypeRule>> types_;
};

}  // namespace nc::records
