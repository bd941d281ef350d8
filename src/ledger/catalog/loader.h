// Reading one file of the catalogue. Private to this room (and its tests and fuzz targets).
//
// A file alone is checked as far as it can be; the types its references name are checked by the
// caller once every file is read (LoadedType::refs).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/catalog/catalog.h"

namespace nc::catalog {

// Where a field named a type, or a feed, that must exist somewhere in the catalogue.
struct PendingRef {
  std::string type;  // one of the two is empty
  std::string feed;
  std::string where;  // file:line:column
};

// catalog/shared/<id>.toml
struct SharedBlock {
  std::string id;
  std::vector<Field> fields;
  std::map<std::string, std::string> slots;
  std::vector<Rule> rules, questions;
  std::vector<Measure> measures;
  std::vector<Expression> counts_when;
  std::string initial_state;  // empty: no workflow of its own
  std::vector<State> states;
  std::vector<Transition> transitions;
  std::vector<PendingRef> refs;
};

struct LoadedType {
  Type type;
  std::vector<PendingRef> refs;  // of its own fields
};

// `file_name` is ".../<group>/<id>.toml" and stands in errors; `shared` may be null when no block exists.
Result<LoadedType> load_type(std::string_view toml, std::string_view file_name, const SharedBlock* shared);
Result<Type> parse_type(std::string_view toml, std::string_view file_name, const SharedBlock* shared);
Result<SharedBlock> parse_shared(std::string_view toml, std::string_view file_name);
// `groups` are the groups that types are in; a role may only name these.
Result<std::vector<Role>> parse_roles(std::string_view toml, std::string_view file_name, const std::vector<std::string>& groups);
// attachments.toml
Result<std::vector<MediaType>> parse_media(std::string_view toml, std::string_view file_name);
// purposes.toml
Result<std::vector<Purpose>> parse_purposes(std::string_view toml, std::string_view file_name);

}  // namespace nc::catalog
