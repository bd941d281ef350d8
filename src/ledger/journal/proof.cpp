#include "ledger/journal/proof.h"

#include <algorithm>

#include "foundation/crypto/sign.h"
#include "ledger/journal/authority.h"
#include "ledger/journal/seals.h"

namespace nc::journal {

Result<bool> seal_is_good(store::Database& db, const StreamKey& key, std::int64_t seq, const SealedHead& head, const Signature& signature) {
  NC_ASSIGN(const auto under, find_row(db, head.auth.value_or(head.hash)));
  if (!under || under->standing == Standing::kParked) return head.standing == Standing::kParked;
  NC_ASSIGN(const auto keys, facts_under(db, acts::kCertifyNode, incarnation_subject(key.node, key.incarnation), under->arrival));
  const auto message = seal_message(key, seq, head.hash);
  for (const auto& fact : keys)
    if (const auto public_key = PublicKey::from_hex(fact.value); public_key && crypto::verify(*public_key, message, signature)) return true;
  // Of a node whose certificate was itself cut away: the entries do not count, and nothing leans on them.
  return keys.empty() && !counts(head.standing);
}

namespace {

bool lies_where_it_says(const EntryRow& row, const Entry& entry) {
  return entry.hash == row.hash && entry.header.stream.text() == row.stream_name && entry.header.seq == row.seq &&
         entry.header.record == row.record;
}

struct Seal {
  std::int64_t seq = 0;
  Signature signature;
};

Result<std::optional<Seal>> next_seal(store::Database& db, const EntryRow& row) {
  NC_ASSIGN(auto query, db.prepare("SELECT seq, sig FROM journal_seal WHERE stream=?1 AND seq>=?2 ORDER BY seq LIMIT 1"));
  query.bind(1, row.stream).bind(2, row.seq);
  NC_ASSIGN(const bool found, query.step());
  return found ? std::optional(Seal{query.integer(0), query.id<Signature>(1)}) : std::nullopt;
}

// From the entry on, each names the one before it, up to the one with that number: its hash. Nothing: the chain is broken.
Result<std::optional<EntryHash>> followed_to(store::Database& db, const EntryRow& from, std::int64_t seq) {
  static const std::string kSql = select_entries("WHERE e.stream=?1 AND e.seq>?2 AND e.seq<=?3 ORDER BY e.seq");
  NC_ASSIGN(auto query, db.prepare(kSql));
  query.bind(1, from.stream).bind(2, from.seq).bind(3, seq);
  auto last = from.hash;
  auto at = from.seq;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return at == seq ? std::optional(last) : std::nullopt;
    const auto bytes = bytes_of(read_row(query));
    if (!bytes || bytes->header.seq != at + 1 || bytes->header.prev != last) return std::nullopt;
    last = hash_header(bytes->header_bytes);
    ++at;
  }
}

Result<SealProof> prove_seal(store::Database& db, const EntryRow& row, const Entry& entry) {
  NC_ASSIGN(const auto seal, next_seal(db, row));
  if (!seal) return SealProof::kNone;
  const bool distant = seal->seq - row.seq > kFollowedToSealMax;
  if (!distant) {
    NC_ASSIGN(const auto head, followed_to(db, row, seal->seq));
    if (!head) return SealProof::kWrong;
  }
  NC_ASSIGN(const auto over, find_row_at(db, row.stream, seal->seq));
  if (!over) return SealProof::kWrong;
  const auto bytes = bytes_of(*over);
  if (!bytes) return SealProof::kWrong;
  const SealedHead head{hash_header(bytes->header_bytes), bytes->header.auth, over->standing};
  NC_ASSIGN(const bool good, seal_is_good(db, entry.header.stream, seal->seq, head, seal->signature));
  if (!good) return SealProof::kWrong;
  return distant ? SealProof::kDistant : SealProof::kGood;
}

Result<std::optional<bool>> prove_person(store::Database& db, const Entry& entry) {
  const auto& body = entry.body;
  if (!body.signature || !entry.header.auth) return std::optional<bool>();
  NC_ASSIGN(const auto under, find_row(db, *entry.header.auth));
  if (!under) return std::optional(false);
  NC_ASSIGN(const auto keys, keys_of(db, body.author, under->arrival));
  const bool certified = std::ranges::any_of(keys, [&](const HeldFact& fact) { return fact.value == body.signature->key.hex(); });
  const auto message = binding_message(entry.header.record, body.act, body);
  return std::optional(certified && crypto::verify(body.signature->key, message, body.signature->signature));
}

}  // namespace

Result<EntryProof> prove(store::Database& db, const EntryHash& hash) {
  NC_ASSIGN(const auto row, find_row(db, hash));
  if (!row) return EntryProof{};
  auto bytes = bytes_of(*row);
  if (!bytes) return EntryProof{};
  const bool purged = row->standing == Standing::kPurged;
  if (!purged && !bytes->body_bytes) return EntryProof{};
  auto entry = decode_entry(std::move(bytes->header_bytes), purged ? std::nullopt : std::move(bytes->body_bytes));
  if (!entry) return EntryProof{};
  EntryProof out;
  out.bytes = lies_where_it_says(*row, *entry);
  NC_ASSIGN(out.seal, prove_seal(db, *row, *entry));
  NC_ASSIGN(out.person, prove_person(db, *entry));
  return out;
}

Result<std::map<std::string, std::int64_t>> sealed_up_to(store::Database& db, const std::set<std::string>& streams) {
  std::map<std::string, std::int64_t> out;
  for (const auto& name : streams) {
    NC_ASSIGN(const auto row, find_stream(db, name));
    if (row) out.emplace(name, row->sealed_seq);
  }
  return out;
}

}  // namespace nc::journal
