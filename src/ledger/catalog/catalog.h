// The catalogue: record types as data (docs/formats/catalogue.md).
//
// A Catalog is loaded once, checked whole, and immutable: share it by shared_ptr<const Catalog>
// between threads. C++ never names a type; it asks what a type feeds and which field fills a slot.
//
// Owns: types, fields, expressions. Not here: values of records (records/), who may (access/).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/catalog/expression.h"

namespace nc::catalog {

// Text in the languages of the interface. `in("en")` gives English, anything else Vietnamese.
struct Label {
  std::string vi;
  std::string en;
  [[nodiscard]] const std::string& in(std::string_view lang) const { return lang == "en" && !en.empty() ? en : vi; }
  [[nodiscard]] bool empty() const { return vi.empty() && en.empty(); }
};

enum class FieldKind {
  kText,
  kLongText,
  kFlag,
  kDate,
  kDateRange,
  kInteger,
  kDecimal,
  kMoney,
  kChoice,
  kChoices,
  kRef,
  kRefs,
  kMarker,
  kPlace,
  kPersons,
  kQualifier,
  kFile,
  kFiles,
  kPersonal,
  kLines,
};
std::string_view field_kind_name(FieldKind kind);

enum class Handling : std::uint8_t { kOpen, kInternal, kRestricted };
std::string_view handling_name(Handling handling);  // open, internal, restricted
std::optional<Handling> handling_from_name(std::string_view name);

enum class AudienceDefault { kOwn, kAll, kAuthority };

struct Option {
  std::string id;
  Label label;
  bool retired = false;
};

struct Field {
  std::string id;
  FieldKind kind = FieldKind::kText;
  Label label;
  Label help;
  Label section;
  bool required = false;
  bool retired = false;
  std::vector<Option> options;          // choice, choices
  std::vector<Option> roles;            // refs: roles of an element; persons: what may be counted
  std::vector<std::string> to;          // ref, refs: type ids, those of `to_feeds` included; empty: any type
  std::vector<std::string> to_feeds;    // ref, refs: every type that feeds one of these ("feeds:org-unit" in the file)
  std::vector<Field> columns;           // lines
  bool counts = false;                  // refs: elements may carry an own number
  int scale = 0;                        // decimal
  std::size_t length_max = 300;         // text kinds, in characters
  std::optional<std::string> min, max;  // integer, decimal: as text
  std::optional<Handling> handling;     // floor of the part it lies in
  Json default_value;                   // null when none

  [[nodiscard]] bool is_set() const { return kind == FieldKind::kChoices || kind == FieldKind::kRefs || kind == FieldKind::kFiles; }
  [[nodiscard]] bool holds_files() const { return kind == FieldKind::kFile || kind == FieldKind::kFiles; }
  [[nodiscard]] const Option* option(std::string_view id_wanted) const;
  [[nodiscard]] const Option* role(std::string_view id_wanted) const;
  [[nodiscard]] const Field* column(std::string_view id_wanted) const;
};

struct Rule {  // rule: `check` must not be false; question: asked when `check` is true
  std::string id;
  Expression check;
  Label message;
  std::vector<std::string> fields;
};

enum class Nature { kFlow, kStock };

struct Measure {
  std::string id;
  Nature nature = Nature::kFlow;
  Expression value;
  std::optional<Expression> when;
  int scale = 0;
  Label label;
};

struct State {
  std::string id;
  int rank = 0;
  Label label;
  bool editable = true;
};

struct Transition {
  std::string id;
  std::vector<std::string> from;
  std::string to;
  std::string capability;
  bool binding = false;
  bool separate = false;
  bool reason = false;  // it is kept only with a reason
  // Who may take it, beside the capability: anybody, only who took the step into the state that it leaves,
  // or only somebody else.
  enum class By : std::uint8_t { kAnyone, kSelf, kAnother };
  By by = By::kAnyone;
  // In a short-handed post an amender may take it, and the unit's superior confirms it within so many hours;
  // 0: never.
  int alone_hours = 0;
  std::string confirms;  // the transition that it confirms when it was taken so; empty: an ordinary step
  Label label;
};

struct Type {
  std::string id;
  int version = 1;
  std::string group;
  Label label;
  Label help;
  std::string feeds;  // "" when nothing
  AudienceDefault audience = AudienceDefault::kOwn;
  Handling handling = Handling::kInternal;
  bool urgent = false;
  bool sensitive = false;
  bool creatable = true;
  bool countable = true;
  std::vector<Expression> counts_when;  // a record of which one is certainly false counts in no figure
  std::vector<std::string> title;
  std::vector<std::string> list;
  std::vector<std::string> quick;            // what a routine report needs, for the short form; empty: there is none
  std::map<std::string, std::string> slots;  // slot -> field id
  std::vector<int> systems;
  std::vector<Field> fields;
  std::vector<Rule> rules;
  std::vector<Rule> questions;
  std::vector<Measure> measures;
  std::string initial_state = "recorded";
  std::vector<State> states;
  std::vector<Transition> transitions;
  std::filesystem::path file;

  [[nodiscard]] const Field* field(std::string_view id_wanted) const;
  // The field that fills the slot, or null.
  [[nodiscard]] const Field* slot(std::string_view name) const;
  [[nodiscard]] const State* state(std::string_view id_wanted) const;
  [[nodiscard]] const Transition* transition(std::string_view id_wanted) const;
  [[nodiscard]] const Measure* measure(std::string_view id_wanted) const;
};

// What a role may do; roles are data (catalog/roles.toml).
struct Role {
  std::string id;
  Label label;
  std::vector<std::string> capabilities;  // e.g. read, create, amend, submit, approve, administer
  std::vector<std::string> groups;        // groups of types it covers; empty: all
  Label help;
};

// A kind of file that may be attached to a record (catalog/attachments.toml).
struct MediaType {
  std::string id;  // "application/pdf": what an entry names
  Label label;
  std::string look;                     // how its bytes are known: one of the words of docs/formats/attachments.md
  std::vector<std::string> extensions;  // without the dot; the first is put behind a name that has none of them
  std::int64_t bytes_max = 0;
};

// What personal data may be read for (catalog/purposes.toml): data, because law and orders change it.
struct Purpose {
  std::string id;  // what the audit trail keeps
  Label label;
  bool in_words = false;                    // it says nothing by itself: whoever chooses it writes what for
  std::optional<std::int32_t> from, until;  // civil days on which it may be chosen; none: without an end
  [[nodiscard]] bool holds_on(std::int32_t day) const { return (!from || *from <= day) && (!until || day <= *until); }
};

class Catalog {
 public:
  // Reads and checks every file below `dir`. The error's `where` is "file:line:column".
  static Result<std::shared_ptr<const Catalog>> load(const std::filesystem::path& dir);

  [[nodiscard]] const Type* find(std::string_view id) const;
  [[nodiscard]] const std::vector<Type>& types() const { return types_; }        // sorted by id
  [[nodiscard]] std::vector<const Type*> feeding(std::string_view feeds) const;  // in order of id
  [[nodiscard]] const std::vector<Role>& roles() const { return roles_; }
  [[nodiscard]] const Role* role(std::string_view id) const;
  // Kinds of files that may be attached; none: nothing may.
  [[nodiscard]] const std::vector<MediaType>& media() const { return media_; }
  [[nodiscard]] const MediaType* media(std::string_view id) const;
  // In the order of the file, also those of other days; none: a purpose is stated in words (purposes.h).
  [[nodiscard]] const std::vector<Purpose>& purposes() const { return purposes_; }
  [[nodiscard]] const Purpose* purpose(std::string_view id) const;

  // The canonical definition of a type (with its included block), the bytes that are published and
  // hashed. Labels are part of it.
  [[nodiscard]] Json definition(const Type& type) const;

 private:
  std::vector<Type> types_;
  std::vector<Role> roles_;
  std::vector<MediaType> media_;
  std::vector<Purpose> purposes_;
};

// Whether `next` may follow `before` (both from Catalog::definition): additive only.
Status check_additive(const Json& before, const Json& next);

}  // namespace nc::catalog
