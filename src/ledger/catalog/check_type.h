// Checks of a type as a whole, once all its tables are read. Private to this room.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ledger/catalog/catalog.h"
#include "ledger/catalog/toml_reader.h"

namespace nc::catalog {

struct PlacedExpression {
  Expression expression;
  const Toml* at;
};

// What must be looked up in the whole type, with its place in the file. Pointers are into the tree.
struct Placed {
  std::vector<PlacedExpression> expressions;
  std::vector<std::pair<std::string, const Toml*>> names;        // field ids named by rules
  std::vector<std::pair<std::string, const Toml*>> shown;        // field ids of title and list
  std::vector<std::pair<std::string, const TomlMember*>> slots;  // own slots of the file
  std::vector<std::pair<std::string, const Toml*>> rule_ids, measure_ids;

  void add_names(const std::vector<std::string>& ids, const Toml& list) { add(names, ids, list); }
  void add_shown(const std::vector<std::string>& ids, const Toml& list) { add(shown, ids, list); }

 private:
  static void add(std::vector<std::pair<std::string, const Toml*>>& to, const std::vector<std::string>& ids, const Toml& list) {
    for (std::size_t i = 0; i < ids.size() && i < list.items.size(); ++i) to.emplace_back(ids[i], &list.items[i]);
  }
};

void check_type(Problem& problem, const Toml& tree, const Type& type, const Placed& placed);
// That the expression names only fields, members and options that the type has.
void check_expression(Problem& problem, const Type& type, const Expression& expression, const Toml& at);

}  // namespace nc::catalog
