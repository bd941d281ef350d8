// Verify: everything that can be checked from the journal alone. Names stream and number of each fault.
#include <algorithm>

#include "ledger/journal/admission.h"
#include "ledger/journal/journal.h"
#include "ledger/journal/seals.h"
#include "ledger/journal/verify_told.h"

namespace nc::journal {
namespace {

constexpr const char* kStage = NC_MSG("Reading the entries");

class Verifier {
 public:
  Verifier(store::Database& db, const ReceiveRules& rules, const Progress& progress)
      : db_(db), admission_(db, rules), progress_(progress) {}

  Result<VerifyReport> run() {
    NC_ASSIGN(total_, db_.integer("SELECT count(*) FROM journal_entry"));
    NC_ASSIGN(auto query, db_.prepare("SELECT id, name, seq, sealed_seq, head FROM journal_stream ORDER BY name"));
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      StreamRow row{query.integer(0), query.integer(2), query.integer(3), query.optional_id<EntryHash>(4)};
      NC_TRY(stream(row, query.text(1)));
    }
    NC_TRY(strays());
    return std::move(report_);
  }

 private:
  void problem(std::int64_t seq, Error error) { report_.problems.push_back({name_, seq, std::move(error)}); }
  void problem(std::int64_t seq, const char* message, std::vector<std::string> args = {}) {
    problem(seq, Error(ErrorCode::kCorrupt, message, std::move(args)));
  }

  // Entries and seals of one stream side by side, both in order of their numbers.
  Status stream(const StreamRow& row, std::string name) {
    name_ = std::move(name);
    NC_ASSIGN(const auto key, StreamKey::parse(name_));
    std::int64_t seq = 0;
    std::optional<EntryHash> prev;
    ++report_.streams;
    static const std::string kSql = select_entries("WHERE e.stream=?1 ORDER BY e.seq");
    NC_ASSIGN(auto query, db_.prepare(kSql));
    query.bind(1, row.id);
    NC_ASSIGN(auto seal, db_.prepare("SELECT seq, sig FROM journal_seal WHERE stream=?1 ORDER BY seq"));
    seal.bind(1, row.id);
    NC_ASSIGN(bool more_seals, seal.step());
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      const auto one = read_row(query);
      if (one.seq != seq + 1) problem(seq + 1, NC_MSG("Entries are missing before number {1}"), {std::to_string(one.seq)});
      NC_TRY(entry(one, seq + 1 == one.seq ? prev : std::nullopt, one.seq == seq + 1));
      seq = one.seq;
      prev = one.hash;
      if (++report_.entries % 256 == 0) NC_TRY(step(progress_, kStage, report_.entries, total_));
      while (more_seals && seal.integer(0) <= seq) {
        NC_TRY(check_seal(key, seal, &one));
        NC_ASSIGN(more_seals, seal.step());
      }
    }
    while (more_seals) {
      NC_TRY(check_seal(key, seal, nullptr));
      NC_ASSIGN(more_seals, seal.step());
    }
    NC_ASSIGN(const auto sealed, db_.integer("SELECT coalesce(max(seq), 0) FROM journal_seal WHERE stream=?1", row.id));
    if (sealed < seq) problem(seq, NC_MSG("The entries after number {1} are not sealed"), {std::to_string(sealed)});
    if (row.seq != seq || row.head != prev || row.sealed_seq > seq)
      problem(row.seq, NC_MSG("The stream ends at number {1}, not where its head says"), {std::to_string(seq)});
    return {};
  }

  Status entry(const EntryRow& row, const std::optional<EntryHash>& prev, bool chained) {
    const auto bytes = bytes_of(row);
    const auto decoded = bytes ? decode_entry(bytes->header_bytes, bytes->body_bytes) : Result<Entry>(std::unexpected(bytes.error()));
    if (!decoded) {
      problem(row.seq, decoded.error());
      return {};
    }
    if (decoded->hash != row.hash) problem(row.seq, NC_MSG("The header does not have the hash under which it is stored"));
    if (decoded->header.stream.text() != name_ || decoded->header.seq != row.seq || decoded->header.record != row.record)
      problem(row.seq, NC_MSG("The entry lies in another place than its header says"));
    if (chained && decoded->header.prev != prev) problem(row.seq, NC_MSG("It does not follow the entry before it"));
    if (!row.stored.body && row.standing != Standing::kPurged) problem(row.seq, NC_MSG("Its body is missing without a purge"));
    return standing(row, *decoded);
  }

  // Judged anew, as if it came today; signatures of persons are part of that.
  Status standing(const EntryRow& row, const Entry& decoded) {
    NC_ASSIGN(const auto verdict, admission_.check(decoded));
    if (verdict.standing != row.standing) {
      auto error = verdict.error.value_or(Error(ErrorCode::kCorrupt, NC_MSG("It is kept from counting without a reason")));
      problem(row.seq, std::move(error));
    } else if (verdict.standing != Standing::kParked && verdict.depth != row.depth) {
      problem(row.seq, NC_MSG("Its depth is {1}, not {2}"), {std::to_string(verdict.depth), std::to_string(row.depth)});
    }
    return is_authority(decoded) && verdict.standing != Standing::kParked ? authority(row, decoded, verdict) : Status();
  }

  // The index over the authority set, on which every verdict leans.
  Status authority(const EntryRow& row, const Entry& decoded, const Verdict& verdict) {
    std::vector<std::int64_t> held;
    NC_ASSIGN(auto query, db_.prepare("SELECT parent FROM journal_base WHERE child=?1 ORDER BY parent"));
    query.bind(1, row.arrival);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      held.push_back(query.integer(0));
    }
    auto bases = verdict.bases;
    std::sort(bases.begin(), bases.end());
    NC_ASSIGN(const bool chain_fits, in_its_chain(row.arrival, bases));
    NC_ASSIGN(const auto facts, db_.integer("SELECT count(*) FROM journal_fact WHERE entry=?1", row.arrival));
    const auto meant = facts_of(decoded);
    bool same_facts = !meant || facts == static_cast<std::int64_t>(meant->size());
    for (std::size_t i = 0; meant && same_facts && i < meant->size(); ++i) {
      const auto& fact = (*meant)[i];
      NC_ASSIGN(const auto found,
                db_.integer("SELECT count(*) FROM journal_fact WHERE kind=?1 AND subject=?2 AND entry=?3 AND value=?4 AND detail=?5",
                            fact.kind, fact.subject, row.arrival, fact.value, fact.detail));
      same_facts = found == 1;
    }
    if (held != bases || !chain_fits || !same_facts)
      problem(row.seq, NC_MSG("The index over authority entries does not say what the entry says"));
    return {};
  }

  Result<bool> in_its_chain(std::int64_t arrival, const std::vector<std::int64_t>& bases) {
    NC_ASSIGN(auto query, db_.prepare("SELECT a.pos, b.entry FROM journal_authority a LEFT JOIN journal_authority b "
                                      "ON b.chain=a.chain AND b.pos=a.pos-1 WHERE a.entry=?1"));
    query.bind(1, arrival);
    NC_ASSIGN(const bool found, query.step());
    if (!found) return false;
    return query.integer(0) == 0 || (bases.size() == 1 && query.integer(1) == bases[0]);
  }

  // `entry` is the one with the seal's number, or the first after it, or none.
  Status check_seal(const StreamKey& key, const store::Statement& seal, const EntryRow* entry) {
    const auto seq = seal.integer(0);
    ++report_.seals;
    if (entry == nullptr || entry->seq != seq) {
      problem(seq, NC_MSG("The seal is over an entry that is not here"));
      return {};
    }
    const auto bytes = bytes_of(*entry);
    if (!bytes) return {};  // named already
    NC_ASSIGN(const bool good, seal_is_good(db_, key, seq, {entry->hash, bytes->header.auth, entry->standing}, seal.id<Signature>(1)));
    if (!good) problem(seq, NC_MSG("The seal is wrong: no certified key of its node made it"));
    return {};
  }

  Status strays() {
    name_.clear();
    NC_ASSIGN(const auto strays,
              db_.integer("SELECT count(*) FROM journal_entry e WHERE NOT EXISTS(SELECT 1 FROM journal_stream s WHERE s.id=e.stream)"));
    if (strays > 0) problem(0, NC_MSG("{1} entries belong to no stream"), {std::to_string(strays)});
    NC_ASSIGN(const auto facts,
              db_.integer("SELECT count(*) FROM journal_fact f WHERE NOT EXISTS(SELECT 1 FROM journal_authority a WHERE a.entry=f.entry)"));
    if (facts > 0) problem(0, NC_MSG("{1} facts belong to no authority entry"), {std::to_string(facts)});
    return step(progress_, kStage, total_, total_);
  }

  store::Database& db_;
  Admission admission_;
  const Progress& progress_;
  VerifyReport report_;
  std::string name_;
  std::int64_t total_ = 0;
};

}  // namespace

Result<VerifyReport> Journal::verify(store::Database& db, const std::function<void(std::int64_t, std::int64_t)>& progress) const {
  return verify_told(db, rules_, [&](const char*, std::int64_t done, std::int64_t total) {
    if (progress) progress(done, total);
    return true;
  });
}

Result<VerifyReport> verify_told(store::Database& db, const ReceiveRules& rules, const Progress& progress) {
  return Verifier(db, rules, progress).run();
}

}  // namespace nc::journal
