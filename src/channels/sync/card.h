// Enrolment: a card from a parent, a request from the new node, six words to compare. docs/formats/sync.md section "Enrolment".
//
// No private key travels: the card carries a secret for one use. Texts in, texts out; the carrying is the caller's.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "channels/sync/bundle.h"
#include "ledger/catalog/catalog.h"

namespace nc::sync {

inline constexpr std::int64_t kCardKeptMs = 30LL * 24 * 3'600'000;  // a card that was not used by then is void
inline constexpr std::size_t kCardTextMax = 16 * 1024;              // bytes of a card, of a request

// By the parent, for a unit of its tree. kNotFound: no unit has that code.
// `at`: where the parent listens for its children (host:port); may be empty.
Result<std::string> make_card(records::Ledger& parent, std::string_view unit_code, catalog::Handling ceiling, Rng& rng = system_rng(),
                              std::string_view at = {});
// How many cards wait for their node.
Result<std::int64_t> cards_waiting(store::Database& db);

struct Joined {
  std::string request;  // for the parent
  std::string words;    // to compare
};
// Makes the new node's directory; the request is kept in it, for the link. kCorrupt: it is no card, or it was changed.
Result<Joined> join_by_card(const std::filesystem::path& dir, const std::filesystem::path& catalog_files, std::string_view card,
                            const records::OpenOptions& options = {});
// For a node that is there and needs a new certificate: restored without its recovery key, or begun anew after a clone was
// seen. kConflict: the card is of another tree.
Result<Joined> renew_by_card(records::Ledger& ledger, std::string_view card);
// The parent that a node was made for; nothing: it founded its tree.
Result<std::optional<KnownParent>> known_parent(const std::filesystem::path& dir);
// From now on that one.
Status keep_parent(const std::filesystem::path& dir, const KnownParent& parent);

struct Request {
  NodeId node;
  IncarnationId incarnation;
  PublicKey key;
  RecordId record;
  UnitId unit;
  std::string unit_code, words, proof;
  std::optional<Signature> asks;  // for the certificate: records::NewNode
  catalog::Handling ceiling = catalog::Handling::kInternal;
  bool admitted = false;  // before
};
// kDenied: of no card of this node, or of one that has let another key in.
Result<Request> read_request(records::Ledger& parent, std::string_view text);
// After a person has compared the words. The same request again changes nothing. Decided as records::may_govern_node.
Status admit(records::Ledger& parent, const access::Subject& who, const Request& request);

// --- requests that came by link ---
// In the new node's directory.
[[nodiscard]] std::filesystem::path request_file(const std::filesystem::path& dir);
// What read_request found good, by whatever way it came, until a person has compared the words. Answers whether another key asks with
// the same card: one of the two has a copy of it. kLimit: too many keys asked with one card.
inline constexpr std::int64_t kRequestsOfCardMax = 4;
Result<bool> keep_request(records::Ledger& parent, const Request& request, std::string_view text);
struct Waiting {
  Request request;
  std::int64_t at_ms = 0;  // when it came first
  bool raced = false;      // another key asks with the same card: one of the two was copied
  std::string text;        // as read_request takes it
};
// The oldest first; those that were let in, or whose card let another in, are not there any more.
Result<std::vector<Waiting>> waiting_requests(records::Ledger& parent);

// The cards that this node has made, the newest first.
struct CardState {
  enum class Is { kOpen, kUsed, kExpired, kWithdrawn } is = Is::kOpen;
  RecordId record;
  UnitId unit;
  std::string unit_code;
  catalog::Handling ceiling = catalog::Handling::kInternal;
  std::int64_t made_ms = 0;
  std::int64_t refused = 0;  // requests of others with the same card: somebody has a copy
};
Result<std::vector<CardState>> cards(records::Ledger& parent);
// Lets nobody in any more. kNotFound: no card waits under that record.
Status withdraw_card(records::Ledger& parent, const RecordId& record);

// Six words of the list words-1 with one blank between.
[[nodiscard]] std::string words_of(const PublicKey& parent, const PublicKey& child);
// The list: kWordCount words of one syllable that differ also without their marks.
inline constexpr std::size_t kWordCount = 1024;
[[nodiscard]] const std::vector<std::string_view>& word_list();

}  // namespace nc::sync
