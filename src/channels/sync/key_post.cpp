#include "channels/sync/key_post.h"

#include <algorithm>
#include <set>

#include "foundation/crypto/key_file.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/personal.h"

namespace nc::sync {
namespace {

using records::SealedValue;
using Key = records::PersonKeys::Key;

constexpr std::int64_t kLookedAtOnce = 256;

// What all read, or what goes down to many, is in nobody's custody: those keys stay where they are.
bool is_carried(const journal::PartKey& part) {
  using Kind = journal::Audience::Kind;
  return part.audience.kind == Kind::kOwn || part.audience.kind == Kind::kWith;
}

bool is_carried(const std::string& part) {
  const auto key = journal::PartKey::parse(part);
  return key && is_carried(*key);
}

bool any_opens(const std::vector<Key>& keys, const SealedValue& value) {
  return std::ranges::any_of(keys, [&](const Key& key) { return records::opens(key, value); });
}

// Signs and keeps a letter of this node.
Status write_own(store::Database& db, const records::Ledger& ledger, KeyLetter letter) {
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{ledger.dir()}.key()));
  letter.node = ledger.identity().node;
  letter.incarnation = ledger.identity().incarnation;
  auto bytes = write_letter(letter, key);
  const auto name = letter_name(bytes);
  return keep_letter(db, {name, std::move(letter), NodeId{}, std::move(bytes)}, ledger.now_ms());
}

KeyLetter letter_about(Letters kind, const SealedRow& row) {
  KeyLetter out;
  out.kind = kind;
  out.key = row.key;
  out.part = row.part;
  return out;
}

// --- what is due ---

class Tending {
 public:
  Tending(records::Intake& intake, const records::Ledger& ledger)
      : intake_(intake), db_(intake.db()), ledger_(ledger), now_ms_(ledger.now_ms()) {}

  Status all() {
    NC_TRY(hold_against_erased());
    NC_ASSIGN(const auto due, sealed_due(db_, now_ms_, kLookedAtOnce));
    for (const auto& row : due) NC_TRY(look_at(row));
    return forget_old_letters(db_, now_ms_);
  }

 private:
  // Acts that came: what two persons want is reported when it is done, which is after the transaction in which they came.
  Status hold_against_erased() {
    NC_ASSIGN(const auto acts, erasing_acts(db_));
    NC_ASSIGN(const auto seen, keys_seen(db_));
    if (seen && seen->acts == acts) return {};
    NC_ASSIGN(const auto rows, sealed_not_erased(db_));
    bool waits = false;
    for (const auto& row : rows) {
      NC_ASSIGN(const bool gone, intake_.person_keys().is_erased(row.key));
      if (gone) NC_TRY(erased(row));
      if (gone) continue;
      NC_ASSIGN(const bool goes, intake_.is_to_be_erased(row.key));
      waits = waits || goes;
    }
    return waits ? Status() : set_acts_seen(db_, acts);
  }

  Status look_at(const SealedRow& row) {
    NC_ASSIGN(const bool gone, intake_.person_keys().is_erased(row.key));
    if (gone) return erased(row);
    NC_ASSIGN(const bool goes, intake_.is_to_be_erased(row.key));
    if (goes) return ask_key_later(db_, row, now_ms_);
    NC_ASSIGN(const auto values, intake_.sealed_values(row.key));
    NC_ASSIGN(const auto keys, intake_.person_keys().find_all(row.key));
    const auto here = [&](const auto& one) { return one.part.text() == row.part; };
    const bool closed = std::ranges::any_of(values, [&](const auto& one) { return here(one) && !any_opens(keys, one); });
    // An entry that waits holds nothing yet.
    if (!closed && std::ranges::any_of(values, here)) return set_sealed(db_, row, Sealed::kOpens);
    if (closed && is_carried(row.part)) NC_TRY(ask(row, keys));
    return ask_key_later(db_, row, now_ms_);
  }

  Status ask(const SealedRow& row, const std::vector<Key>& keys) {
    auto letter = letter_about(Letters::kAsk, row);
    letter.node = ledger_.identity().node;
    NC_TRY(forget_asks(db_, letter));
    NC_ASSIGN(letter.under, intake_.person_keys().ask_under(row.key));
    for (const auto& key : keys) letter.held.push_back(print_of(key));
    letter.at_ms = std::max<std::int64_t>(0, now_ms_);
    return write_own(db_, ledger_, std::move(letter));
  }

  // Reported once, whichever incarnation did it.
  Status erased(const SealedRow& row) {
    NC_TRY(set_sealed(db_, row, Sealed::kErased));
    NC_TRY(finish_letters_about(db_, row.key));
    if (!is_carried(row.part)) return {};
    NC_ASSIGN(const auto reports, reports_about(db_, row.key));
    const auto self = ledger_.identity().node;
    if (std::ranges::any_of(reports, [&](const auto& one) { return one.node == self && one.part == row.part; })) return {};
    auto letter = letter_about(Letters::kErased, row);
    letter.at_ms = std::max<std::int64_t>(0, now_ms_);
    letter.was_here = row.state == Sealed::kOpens;
    return write_own(db_, ledger_, std::move(letter));
  }

  records::Intake& intake_;
  store::Database& db_;
  const records::Ledger& ledger_;
  std::int64_t now_ms_;
};

}  // namespace

Status tend_keys(records::Intake& intake, const records::Ledger& ledger) { return Tending(intake, ledger).all(); }

Status look_for_lost_keys(records::Intake& intake) {
  NC_ASSIGN(const auto here, intake.person_keys().count());
  NC_ASSIGN(const auto seen, keys_seen(intake.db()));
  if (seen && seen->keys == here) return {};
  if (seen && here < seen->keys) NC_TRY(look_at_all_sealed(intake.db()));
  return set_keys_seen(intake.db(), here);
}

Result<bool> keys_want_tending(store::Database& db, const records::Ledger& ledger) {
  NC_ASSIGN(const auto seen, keys_seen(db));
  if (!seen) return true;
  NC_ASSIGN(const auto acts, erasing_acts(db));
  if (seen->acts != acts) return true;
  NC_ASSIGN(const auto due, sealed_due(db, ledger.now_ms(), 1));
  return !due.empty();
}

// --- what came ---

Result<bool> KeyPost::take(const Message& message) {
  if (message.kind == kLetters) {
    NC_TRY(set_letters_there(db_, neighbour_, decode_tags(message.content)));
    return true;
  }
  if (message.kind != kLetter) return false;
  NC_TRY(letter(message.content));
  return true;
}

void KeyPost::note(const Error& why) {
  if (notices_.size() < 32) notices_.push_back(why);
}

Status KeyPost::keep(const KeyLetter& letter, const Digest& name, std::optional<std::string_view> bytes) {
  came_.push_back(letter_tag(name));
  KeptLetter kept{name, letter, neighbour_, std::nullopt};
  if (bytes) kept.bytes = std::string(*bytes);
  return keep_letter(db_, kept, ledger_.now_ms());
}

Status KeyPost::refuse(const KeyLetter& letter, const Digest& name, Error why) {
  note(std::move(why).at(letter.key.hex()));
  return keep(letter, name, std::nullopt);
}

Status KeyPost::letter(std::string_view bytes) {
  const auto name = letter_name(bytes);
  const auto letter = read_letter(bytes);
  NC_ASSIGN(const bool known, letter_is_known(db_, name));
  if (!letter || known) {
    came_.push_back(letter_tag(name));
    if (!letter) note(Error(ErrorCode::kCorrupt, NC_MSG("What was received is no letter about keys of personal data")));
    return {};
  }
  const auto part = journal::PartKey::parse(letter->part);
  if (!is_carried(*part) || !shared_.has(*part))
    return refuse(*letter, name, Error(ErrorCode::kDenied, NC_MSG("A letter about keys is not for the two nodes between which it went")));
  NC_ASSIGN(const auto certificates, Vouched(db_, shared_.world()).of(letter->node));
  const auto certificate = std::ranges::find(certificates, letter->incarnation, &journal::Certificate::incarnation);
  if (certificate == certificates.end()) return {};  // it may come; until then the letter is not said to be here
  if (certificate->ended)
    return refuse(*letter, name, Error(ErrorCode::kDenied, NC_MSG("A letter about keys is of a node that was cut off")));
  if (!signed_by(certificate->key, bytes))
    return refuse(*letter, name,
                  Error(ErrorCode::kCorrupt, NC_MSG("A letter about keys is not of the node that it names, or was altered")));
  NC_ASSIGN(const bool may, may_hold(letter->node, {letter->part}));
  if (!may) return refuse(*letter, name, Error(ErrorCode::kDenied, NC_MSG("A letter about keys is of a node that may not hold the part")));
  return of_known_writer(*letter, name, bytes);
}

Status KeyPost::of_known_writer(const KeyLetter& letter, const Digest& name, std::string_view bytes) {
  NC_ASSIGN(const auto unfinished, letters_from(db_, neighbour_));
  if (unfinished >= kLettersMax) {
    note(Error(ErrorCode::kLimit, NC_MSG("More than {1} letters about keys are unfinished (limit kLettersMax)"),
               {std::to_string(kLettersMax)}));
    return {};
  }
  if (letter.kind != Letters::kErased) {
    NC_ASSIGN(const bool erased, intake_.is_to_be_erased(letter.key));
    if (erased) return keep(letter, name, std::nullopt);
  }
  const bool own_of_before = letter.node == ledger_.identity().node && letter.kind != Letters::kErased;
  if (own_of_before) return keep(letter, name, std::nullopt);
  switch (letter.kind) {
    case Letters::kAsk: return ask(letter, name, bytes);
    case Letters::kParcel: return parcel(letter, name, bytes);
    case Letters::kTaken: return taken(letter, name, bytes);
    case Letters::kErased: return keep(letter, name, bytes);
  }
  return keep(letter, name, bytes);  // of a later version
}

Result<bool> KeyPost::may_hold(const NodeId& node, const std::vector<std::string>& parts) {
  const auto peer = peer_of(db_, shared_.world(), node);
  if (!peer) return peer.error().code == ErrorCode::kNotFound ? Result<bool>(false) : fail(peer.error());
  Subscription theirs(*peer, *shared_.world().tree);
  return std::ranges::all_of(parts, [&](const auto& part) {
    const auto key = journal::PartKey::parse(part);
    return key && theirs.has(*key);
  });
}

// Who can answer does; who may not give says nothing, and asks nobody else to.
Status KeyPost::ask(const KeyLetter& letter, const Digest& name, std::string_view bytes) {
  NC_TRY(forget_asks(db_, letter));
  NC_ASSIGN(const auto keys, intake_.person_keys().find_all(letter.key));
  NC_ASSIGN(const auto values, intake_.sealed_values(letter.key));
  std::vector<const Key*> given;
  bool withheld = false;
  for (const auto& key : keys) {
    if (std::ranges::find(letter.held, print_of(key)) != letter.held.end()) continue;
    std::set<std::string> opened;
    for (const auto& value : values)
      if (records::opens(key, value)) opened.insert(value.part.text());
    if (opened.empty()) continue;
    NC_ASSIGN(const bool may, may_hold(letter.node, {opened.begin(), opened.end()}));
    if (may) given.push_back(&key);
    else withheld = true;
  }
  if (given.empty()) return withheld ? keep(letter, name, std::nullopt) : keep(letter, name, bytes);
  KeyLetter out = letter_about(Letters::kParcel, {letter.key, letter.part});
  out.to = letter.node;
  out.about = name;
  NC_TRY(forget_parcels(db_, letter));
  auto box = box_keys(letter.key, given, letter.under, intake_.rng());
  if (!box) return refuse(letter, name, box.error());
  out.box = std::move(*box);
  NC_TRY(write_own(db_, ledger_, std::move(out)));
  return keep(letter, name, std::nullopt);
}

Status KeyPost::parcel(const KeyLetter& letter, const Digest& name, std::string_view bytes) {
  NC_TRY(finish_letter(db_, letter.about));
  if (letter.to == ledger_.identity().node) return open(letter, name);
  return keep(letter, name, bytes);
}

// Kept is what opens something that was closed.
Status KeyPost::open(const KeyLetter& letter, const Digest& name) {
  auto& store = intake_.person_keys();
  NC_ASSIGN(const auto under, store.asked_under(letter.key));
  if (!under) return keep(letter, name, std::nullopt);  // it is here already, or nobody asked
  auto boxed = open_keys(letter.key, letter.box, *under);
  if (!boxed) return refuse(letter, name, boxed.error());
  NC_ASSIGN(const auto held, store.find_all(letter.key));
  NC_ASSIGN(const auto values, intake_.sealed_values(letter.key));
  std::erase_if(*boxed, [&](const Key& key) {
    return std::ranges::none_of(values, [&](const auto& value) { return records::opens(key, value) && !any_opens(held, value); });
  });
  if (boxed->empty()) return refuse(letter, name, Error(ErrorCode::kDenied, NC_MSG("A parcel of keys opens nothing that is here")));
  if (auto done = store.take(letter.key, *boxed); !done) {
    if (done.error().code != ErrorCode::kLimit) return fail(done.error());
    return refuse(letter, name, done.error());
  }
  NC_ASSIGN(const auto rows, sealed_under(db_, letter.key));
  for (const auto& row : rows) NC_TRY(set_sealed(db_, row, Sealed::kWanted));  // looked at anew
  auto said = letter_about(Letters::kTaken, {letter.key, letter.part});
  said.about = name;
  NC_TRY(write_own(db_, ledger_, std::move(said)));
  return keep(letter, name, std::nullopt);
}

// Only he to whom the parcel is ends it.
Status KeyPost::taken(const KeyLetter& letter, const Digest& name, std::string_view bytes) {
  NC_ASSIGN(const bool known, knows_parcel(db_, letter.about, letter.node));
  if (!known) return keep(letter, name, std::nullopt);
  NC_TRY(finish_letter(db_, letter.about));
  return keep(letter, name, bytes);
}

// --- what goes ---

Status put_letter_tags(Outbox& out, const std::vector<std::string>& tags) {
  constexpr std::size_t kInOne = 64;  // fits the smallest frame
  for (std::size_t at = 0; at < tags.size(); at += kInOne) {
    const auto begin = tags.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = tags.begin() + static_cast<std::ptrdiff_t>(std::min(tags.size(), at + kInOne));
    NC_TRY(out.put(kLetters, encode_tags({begin, end})));
  }
  return {};
}

Result<std::vector<std::string>> put_letters(store::Database& db, Shared& shared, const NodeId& neighbour, Outbox& out, std::size_t most) {
  NC_ASSIGN(const auto letters, letters_for(db, shared, neighbour, most));
  std::vector<std::string> sent;
  for (const auto& bytes : letters) {
    if (out.full()) break;
    NC_TRY(out.put(kLetter, bytes));
    sent.push_back(letter_tag(letter_name(bytes)));
  }
  return sent;
}

}  // namespace nc::sync
