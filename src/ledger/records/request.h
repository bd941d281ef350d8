// What may be asked of the ledger: changes, lists, and what comes back.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "foundation/crypto/sign.h"
#include "ledger/access/access.h"
#include "ledger/catalog/values.h"
#include "ledger/journal/entry.h"

namespace nc::records {

struct Create {
  // Made by the form: a second click finds the record already there. The record's id is made of it and of the
  // person (the console's is taken as it is), see Written.
  std::optional<RecordId> id;
  std::string type;
  Json values;                                // field id -> wire value; null members are left out
  std::optional<catalog::Handling> handling;  // default: the type's
  std::optional<journal::Audience> audience;  // default: by the type and the lead unit
  bool by_program = false;                    // of a type that only the program makes, by its own command
};

// A closing of a period, as the program makes it (docs/formats/closing.md).
struct Closing {
  Create head;              // rows of its slot "parts" are without the id of their part
  std::string part_type;    // empty: there are no parts
  std::vector<Json> parts;  // their values, in the order of the rows
};

struct Amend {
  RecordId id;
  std::vector<EntryHash> seen;    // heads of the parts that the author had before him; empty: as they are now
  Json values;                    // only the fields to change; null clears; set fields as whole arrays
  std::set<std::string> resolve;  // fields in conflict that this change decides
};

// Reasons by question id for what is odd but true.
using Confirmed = std::map<std::string, std::string>;

struct Transition {  // a workflow transition, or void / restore
  RecordId id;
  std::string act;                             // transition id, "void", "restore", or keep_state() of live_states.h
  std::string reason;                          // kept with void and restore
  const crypto::SigningKey* signer = nullptr;  // binding acts; borrowed for the call
  std::optional<Digest> shown = std::nullopt;  // hash of the text that the signer had before him
  std::vector<EntryHash> seen = {};            // heads of the parts he saw; empty: as they are now
  Confirmed confirmed = {};                    // void of a unit that records name (reliance.h)
};

struct Delegate {
  PersonId to;
  access::Grant grant;  // role, scope, both dates
  std::string reason;
  const crypto::SigningKey* signer = nullptr;  // borrowed for the call
  Confirmed confirmed = {};
};

// An imported row: `origin` = SHA-256 over source, row key and values (ledger rules, section 3).
struct Imported {
  RecordId id;
  std::string type;
  Json values;
  Digest origin;
  std::string state;  // workflow state it enters; empty: the type's initial
  std::optional<journal::Audience> audience;
};

struct Written {
  RecordId id;
  bool changed = true;                           // false: it was already so
  std::vector<catalog::Finding> open_questions;  // imports: asked, nobody has answered yet
  bool person_amended = false;                   // imports: a person changed the record since the last import
  std::string_view audited = {};                 // of access::audited: what the change is to the audit trail; empty: nothing
};

// Why a change was refused: one error, and every finding with its fields. Nothing was changed.
struct Refusal {
  Error error;
  std::vector<catalog::Finding> findings;
};
using WriteResult = std::expected<Written, Refusal>;

// A personal field as its custodian reads it.
struct PersonalText {
  std::string field;
  std::optional<std::string> text;  // none: the key is not on this node
  bool erased = false;              // and never will be
};

struct Removal {
  std::size_t persons = 0;  // who have signed
  bool done = false;        // two have, and it is gone here
};

struct ListQuery {
  std::vector<std::string> types;           // empty: all that feed `feeds`
  std::vector<std::string> feeds;           // empty: any
  std::optional<std::int32_t> from, until;  // days; a record lies in it when its days overlap
  std::set<UnitId> own;                     // lead or other own unit is one of these; empty: any
  std::set<UnitId> counterpart;
  std::string country;  // member of the countries slot
  std::string detail, level, status, state;
  std::string text;                   // folded words, all of which occur in title or place
  std::optional<RecordId> linked_to;  // any link to this record
  bool with_voided = false;
  enum class Sort { kNewest, kOldest } sort = Sort::kNewest;
  std::string cursor;  // from the page before
  std::size_t limit = 50;
  std::size_t count_max = 1000;   // how far the total is counted; 0: not at all
  std::size_t looked_at_max = 0;  // records looked at before a page ends as it is, for conditions that few fulfil; 0: all
};

// What the ledger shows of an entry in a record's history.
struct HistoryItem {
  EntryHash hash;
  std::int64_t wall_ms = 0, received_ms = 0;
  PersonId author;
  journal::PartKey part;
  std::string act, state;           // empty act: a plain change
  std::vector<std::string> fields;  // changed fields
  Json before, after;               // values of those fields around the change, as merged
  std::map<std::string, std::string> confirmed;
  std::string reason;
  bool clock_doubtful = false;         // its instant lies before what it follows, or after it was received
  std::optional<PersonId> acting_for;  // the author stood in for him
  bool alone = false;                  // one person acted twice, in a short-handed post
  bool imported = false, sealed = false, signed_by_person = false, purged = false;
  std::string stream;
  std::int64_t seq = 0;
};

}  // namespace nc::records
