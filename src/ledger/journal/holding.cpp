// What a node holds under an authority, and what two persons have purged.
#include <algorithm>
#include <atomic>

#include "ledger/journal/admission.h"

namespace nc::journal {

void Admission::forget_cuts() {
  cuts_.reset();
  era_.clear();
  gives_the_tree_.clear();
}

void Admission::set_remaking(bool remaking) {
  remaking_ = remaking;
  forget_cuts();
}

// The cuts and readmissions that are held decide which authority entries count; while that is being
// worked out, every turn is an era of its own.
Status Admission::load_era() {
  if (!era_.empty()) return {};
  static std::atomic<std::uint64_t> turn = 0;
  era_ = remaking_ ? "turn " + std::to_string(++turn) : "cuts ";
  if (remaking_) return {};
  NC_ASSIGN(auto query, db_.prepare("SELECT e.hash FROM journal_fact f JOIN journal_entry e ON e.arrival=f.entry "
                                    "WHERE f.kind IN ('cut', 'readmit') ORDER BY e.hash"));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return {};
    era_ += query.id<EntryHash>(0).hex();
  }
}

Result<Question> Admission::question(const Holding& writer, const std::vector<std::int64_t>& under) {
  NC_TRY(load_era());
  std::vector<std::string> names;
  for (const auto one : under) {
    NC_ASSIGN(const auto row, row_at(db_, one));
    names.push_back(row.hash.hex());
  }
  std::sort(names.begin(), names.end());
  std::string name;
  for (const auto& one : names) name += one;
  return Question{db_, under, std::move(name), writer, era_};
}

Result<bool> Admission::may_write(const Holding& writer, std::int64_t auth, const Audience& audience) {
  if (writer.whole || !rules_.may_write) return true;
  NC_ASSIGN(const auto asked, question(writer, {auth}));
  return rules_.may_write(asked, audience);
}

Result<Holding> Admission::holding(const StreamKey& stream, std::int64_t auth) {
  NC_ASSIGN(const auto certificates, facts_under(db_, acts::kCertifyNode, incarnation_subject(stream.node, stream.incarnation), auth));
  return held_by(certificates);
}

Result<Holding> Admission::held_by(const std::vector<HeldFact>& certificates) {
  Holding out;
  for (const auto& certificate : certificates) {
    NC_ASSIGN(const bool whole, gives_the_tree(certificate.entry));
    out.whole = out.whole || whole;
    if (const auto unit = UnitId::from_hex(certificate.detail)) out.units.push_back(*unit);
  }
  return out;
}

// The founding entry gives the whole tree; so does who holds it, to another incarnation of himself or to
// a node of no unit. The chain of certificates is short and ends at the root.
Result<bool> Admission::gives_the_tree(std::int64_t certificate) {
  if (const auto known = gives_the_tree_.find(certificate); known != gives_the_tree_.end()) return known->second;
  NC_ASSIGN(const auto entry, authority_entry(db_, certificate));
  bool whole = !entry.header.auth;
  const Json values(entry.body.set);
  const bool hands_on = values.text("node") == entry.header.stream.node.hex() || values.text("unit") == UnitId{}.hex();
  if (!whole && hands_on) {
    NC_ASSIGN(const auto auth, find_row(db_, *entry.header.auth));
    if (auth) {
      NC_ASSIGN(const auto certifier, holding(entry.header.stream, auth->arrival));
      whole = certifier.whole;
    }
  }
  gives_the_tree_.emplace(certificate, whole);
  return whole;
}

// Authority entries are never purged: verdicts on others lean on what they say.
Result<bool> Admission::purged(const Entry& target) {
  if (is_authority(target)) return false;
  NC_ASSIGN(const auto persons, who_want(acts::kPurge, target.hash.hex(), {target.header.stream.part.audience}));
  return persons.size() >= kPersonsToDestroy;
}

Result<std::set<PersonId>> Admission::who_want(std::string_view act, const std::string& subject, const std::vector<Audience>& audiences) {
  std::vector<std::int64_t> arrivals;
  {
    NC_ASSIGN(auto query, db_.prepare("SELECT f.entry FROM journal_fact f JOIN journal_entry e ON e.arrival=f.entry "
                                      "WHERE f.kind=?1 AND f.subject=?2 AND e.status IN (0, 3)"));
    query.bind_all(act, subject);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      arrivals.push_back(query.integer(0));
    }
  }
  std::set<PersonId> persons;
  for (const auto arrival : arrivals) {
    NC_ASSIGN(const auto entry, authority_entry(db_, arrival));
    NC_ASSIGN(const auto auth, find_row(db_, *entry.header.auth));
    if (!auth) continue;
    NC_ASSIGN(const auto writer, holding(entry.header.stream, auth->arrival));
    for (const auto& audience : audiences) {
      NC_ASSIGN(const bool reaches, may_write(writer, auth->arrival, audience));
      if (reaches) persons.insert(entry.body.author);
    }
  }
  return persons;
}

}  // namespace nc::journal
