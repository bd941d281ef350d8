// What a node remembers of its last contact with each other own node, by each way: for the page and for `nhipcau sync`.
//
// Kept in ledger.db, local: it never travels, and losing it costs nothing but that it is not shown until the next contact. It is of this
// incarnation: what a restored backup remembers of its former self counts for nothing.
// Whoever exchanges writes it (Session, answer, bundles; the link adds failures and versions); anybody reads it, beside a serving
// process too. Times are this node's wall clock, in ms. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/records/ledger.h"

namespace nc::sync {

enum class Way { kLink = 1, kBundleOut = 2, kBundleIn = 3 };
inline constexpr std::size_t kContactNoticesMax = 8;
inline constexpr std::int64_t kBehindCountedMax = 10'000;  // entries; more are "more than"

struct Contact {
  NodeId node;
  Way way = Way::kLink;
  std::int64_t at_ms = 0;  // of the last one that came to something; 0: there was none
  bool whole = false;      // it came to its end
  bool same = false;       // both held the same then, as this side has heard: a parent hears it with the next request
  // Entries that were behind. Nothing: this side cannot know (a parent does not know what its child has not sent).
  std::optional<std::int64_t> to_send, to_get;
  std::int64_t same_at_ms = 0;                 // when both last held the same; 0: never, or by bundle, which cannot say
  std::int64_t behind_since_ms = 0;            // by link: since when not; 0: they hold the same
  std::optional<std::int64_t> clock_ahead_ms;  // the other's clock before ours
  std::string version;                         // of the other's program; empty: not said
  std::vector<Error> notices;                  // what was wrong, at most kContactNoticesMax
  std::int64_t failed_at_ms = 0;               // of the last try that came to nothing; 0: none since the last contact
  std::optional<Error> failure;                // why
};

// Of all nodes, by node and way.
Result<std::vector<Contact>> contacts(const records::Ledger& ledger);
Result<std::vector<Contact>> contacts_in(store::Database& db, const IncarnationId& self);
Result<std::optional<Contact>> contact_with(const records::Ledger& ledger, const NodeId& node, Way way = Way::kLink);

// What a contact showed. `at_ms`, `same_at_ms`, `behind_since_ms`, `version` and the failure are kept by this function; nothing is
// written when that would change nothing but the time by less than kContactWriteMs.
inline constexpr std::int64_t kContactWriteMs = 10'000;
Status note_contact(records::Ledger& ledger, Contact seen);
// A try that came to nothing; what is known of the last contact stays.
Status note_failure(records::Ledger& ledger, const NodeId& node, const Error& why);
Status note_version(records::Ledger& ledger, const NodeId& node, const std::string& version);

}  // namespace nc::sync
