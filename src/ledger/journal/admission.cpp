#include "ledger/journal/admission.h"

#include <algorithm>

#include "ledger/journal/bound_id.h"
#include "ledger/journal/standing.h"

namespace nc::journal {
namespace {

struct Known {
  std::int64_t arrival = 0;
  RecordId record;
  std::uint32_t depth = 0;
  Standing standing = Standing::kAdmitted;
  PartKey part;
};

// What is held under a hash, unless it waits itself.
Result<std::optional<Known>> find_known(store::Database& db, const EntryHash& hash) {
  NC_ASSIGN(auto query, db.prepare("SELECT e.arrival, e.record, e.depth, e.status, s.part FROM journal_entry e "
                                   "JOIN journal_stream s ON s.id=e.stream WHERE e.hash=?1 AND e.status<>1"));
  query.bind(1, hash);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<Known>();
  Known out;
  out.arrival = query.integer(0);
  out.record = query.id<RecordId>(1);
  out.depth = static_cast<std::uint32_t>(query.integer(2));
  out.standing = static_cast<Standing>(query.integer(3));
  NC_ASSIGN(out.part, PartKey::parse(query.text_view(4)));
  return std::optional(std::move(out));
}

// Of one audience, so that who holds the part may hold what it names.
bool is_at_or_below(const PartKey& named, const PartKey& part) {
  return named.audience == part.audience && named.handling <= part.handling;
}

void refuse(Verdict& verdict, const char* message, std::vector<std::string> args = {}, const char* next = "") {
  verdict.standing = Standing::kRefused;
  verdict.error = Error(ErrorCode::kDenied, message, std::move(args)).then(next);
}

void park(Verdict& verdict, const char* message, std::vector<std::string> args) {
  verdict.standing = Standing::kParked;
  verdict.error = Error(ErrorCode::kNotFound, message, std::move(args));
}

// Of several that published one type and version, the one that every node picks: the greatest hash.
Result<std::int64_t> greatest(store::Database& db, const std::vector<HeldFact>& facts) {
  std::int64_t best = facts.front().entry;
  if (facts.size() == 1) return best;
  EntryHash greatest_hash;
  for (const auto& fact : facts) {
    NC_ASSIGN(const auto row, row_at(db, fact.entry));
    if (row.hash < greatest_hash) continue;
    greatest_hash = row.hash;
    best = fact.entry;
  }
  return best;
}

// All of the record that matters to what its node may write.
const char* beginning_of(const Entry& entry) {
  const auto& header = entry.header;
  const bool begins = header.base.empty(), creates = entry.body.act == acts::kCreate;
  if ((!begins && !creates) || is_bound_to(header.record, header.stream.node)) return "";
  return is_bound(header.record) ? (creates ? " creates another's" : "") : creates ? " creates nobody's" : " begins nobody's";
}

bool is_authority_part(const PartKey& part) { return part.audience.kind == Audience::Kind::kAuthority; }

}  // namespace

Standings* Admission::kept() const { return kept_ && !kept_->moving ? kept_ : nullptr; }

Result<Verdict> Admission::check(const Entry& entry) {
  Verdict verdict;
  NC_TRY(check_bases(entry, verdict));
  if (verdict.error) return verdict;
  if (!entry.header.auth) {
    NC_TRY(check_root(entry, verdict));
    return verdict;
  }
  NC_ASSIGN(const auto auth, authority_of(entry, verdict));
  if (!auth) return verdict;
  NC_TRY(check_under(entry, *auth, verdict));
  if (verdict.error) return verdict;
  if (!cuts_ && kept() && kept()->cuts) cuts_ = kept()->cuts;
  if (!cuts_) { NC_ASSIGN(cuts_, Cuts::load(db_)); }
  if (kept() && !kept()->cuts) kept()->cuts = cuts_;
  NC_ASSIGN(const bool cut, cuts_->beyond(db_, entry.header.stream.text(), entry.header.seq, entry.hash));
  if (cut) {
    verdict.standing = Standing::kQuarantined;
    verdict.error =
        Error(ErrorCode::kDenied, NC_MSG("It lies beyond the cut of its stream")).then(NC_MSG("The unit's superior may readmit it"));
    return verdict;
  }
  NC_ASSIGN(const bool asked, any_purge());
  NC_ASSIGN(const bool gone, asked ? purged(entry) : Result<bool>(false));
  if (gone) verdict.standing = Standing::kPurged;
  return verdict;
}

// The arrival of what it names as its authority; nothing: the verdict says why.
Result<std::optional<std::int64_t>> Admission::authority_of(const Entry& entry, Verdict& verdict) {
  const auto level = entry.header.stream.part.handling;
  if (kept() && kept()->heads[level])  // heads up to that handling
    for (const auto& head : *kept()->heads[level])
      if (head.hash == *entry.header.auth) return std::optional(head.arrival);
  const std::pair named(*entry.header.auth, level);
  if (kept() && kept()->named && kept()->named->first == named) return std::optional(kept()->named->second);
  NC_ASSIGN(const auto auth, find_known(db_, *entry.header.auth));
  if (!auth) {
    park(verdict, NC_MSG("The authority entry {1} under which it was written is not here"), {entry.header.auth->hex()});
    return std::optional<std::int64_t>();
  }
  if (!is_authority_part(auth->part) || auth->part.handling > level) {
    refuse(verdict, NC_MSG("What it names as its authority is not an authority entry that its readers may read"));
    return std::optional<std::int64_t>();
  }
  if (kept()) kept()->named.emplace(named, auth->arrival);
  return std::optional(auth->arrival);
}

Result<bool> Admission::any_purge() {
  if (kept() && kept()->any_purge) return *kept()->any_purge;
  NC_ASSIGN(auto query, db_.prepare("SELECT 1 FROM journal_fact WHERE kind=?1 LIMIT 1"));
  query.bind(1, acts::kPurge);
  NC_ASSIGN(const bool any, query.step());
  if (kept()) kept()->any_purge = any;
  return any;
}

Status Admission::check_bases(const Entry& entry, Verdict& verdict) {
  const auto& part = entry.header.stream.part;
  bool foreign = false;
  for (const auto& hash : entry.header.base) {
    NC_ASSIGN(const auto base, find_known(db_, hash));
    if (!base) {
      park(verdict, NC_MSG("The entry {1} that its author had seen is not here"), {hash.hex()});
      return {};
    }
    verdict.bases.push_back(base->arrival);
    verdict.depth = std::max(verdict.depth, base->depth);
    const bool fits = is_authority(entry) ? is_authority_part(base->part) && base->part.handling <= part.handling
                                          : is_at_or_below(base->part, part) && base->record == entry.header.record;
    foreign = foreign || !fits;
  }
  ++verdict.depth;
  if (foreign) refuse(verdict, NC_MSG("Its base names an entry of another record or part"));
  return {};
}

// The first entry of a tree vouches for itself; a tree has one.
Status Admission::check_root(const Entry& entry, Verdict& verdict) {
  NC_ASSIGN(const auto root, root_of(db_));
  if (rules_.root ? entry.hash != *rules_.root : root && *root != entry.hash) {
    refuse(verdict, NC_MSG("It founds another tree than this node's"), {}, NC_MSG("Hand its records over by export and import"));
    return {};
  }
  const auto facts = facts_of(entry);
  const bool founds = facts && facts->size() == 1 && facts->front().kind == acts::kCertifyNode && entry.header.base.empty() &&
                      entry.header.seq == 1 &&
                      facts->front().subject == incarnation_subject(entry.header.stream.node, entry.header.stream.incarnation);
  if (!founds) refuse(verdict, NC_MSG("An entry without authority must found the tree: it certifies the node that writes it"));
  return {};
}

// Outside the authority what its node may write depends on the part, the type, `auth`, and whether it begins something.
Status Admission::check_under(const Entry& entry, std::int64_t auth, Verdict& verdict) {
  constexpr std::size_t kKeptMax = 4096;
  std::string what;
  if (kept() && !is_authority(entry))
    what = entry.header.stream.text() + " " + entry.header.type + "@" + std::to_string(entry.header.type_version) + " " +
           std::to_string(auth) + beginning_of(entry);
  if (what.empty() || !kept()->may.contains(what)) {
    NC_TRY(check_writer(entry, auth, verdict));
    if (verdict.error) return {};
    if (!what.empty() && kept()->may.size() >= kKeptMax) kept()->may.clear();
    if (!what.empty()) kept()->may.insert(std::move(what));
  }
  return check_binding(entry, auth, verdict);
}

Status Admission::check_writer(const Entry& entry, std::int64_t auth, Verdict& verdict) {
  const auto& stream = entry.header.stream;
  NC_ASSIGN(const auto certified, facts_under(db_, acts::kCertifyNode, incarnation_subject(stream.node, stream.incarnation), auth));
  if (certified.empty()) {
    refuse(verdict, NC_MSG("Its node was not certified under the authority that it names"));
    return {};
  }
  if (const auto facts = facts_of(entry); !facts) {
    verdict.standing = Standing::kRefused;
    verdict.error = facts.error();
    return {};
  }
  if (is_authority(entry)) {
    bool built_on = false;
    for (const auto base : verdict.bases) {
      NC_ASSIGN(const bool known, knows(db_, base, auth));
      built_on = built_on || known;
    }
    if (!built_on) refuse(verdict, NC_MSG("An authority entry must have seen the authority that it names"));
    if (!built_on) return {};
  }
  std::int64_t definition = 0;
  if (!is_native_act(entry)) {
    const auto type = entry.header.type + "@" + std::to_string(entry.header.type_version);
    NC_ASSIGN(const auto published, facts_under(db_, acts::kPublishType, type, auth));
    if (published.empty()) {
      park(verdict, NC_MSG("The type {1} was not published under the authority that it names"), {type});
      return {};
    }
    NC_ASSIGN(definition, greatest(db_, published));
  }
  return check_judge(entry, auth, definition, verdict);
}

// What its node holds must reach its audience, and all that an authority entry says.
Status Admission::check_judge(const Entry& entry, std::int64_t auth, std::int64_t definition, Verdict& verdict) {
  NC_ASSIGN(const auto writer, holding(entry.header.stream, auth));
  NC_ASSIGN(const bool may, may_write(writer, auth, entry.header.stream.part.audience));
  if (!may) {
    refuse(verdict, NC_MSG("Its node may not write for the audience {1}"), {entry.header.stream.part.audience.text()},
           NC_MSG("A node writes for its own unit and the units below it; have the record made there, or higher up"));
    return {};
  }
  if (!rules_.judge) return {};
  NC_ASSIGN(const auto asked, question(writer, is_authority(entry) ? verdict.bases : std::vector<std::int64_t>{auth}));
  NC_ASSIGN(auto objection, rules_.judge(asked, entry, definition));
  if (!objection) return {};
  verdict.standing = Standing::kRefused;
  verdict.error = std::move(objection);
  return {};
}

// The base of an authority entry names the authority heads of all records: there the heads that it covers are
// entries of its own record that it knows. Elsewhere they are those of the base that lie in its own part.
Result<bool> Admission::covers_what_it_saw(const Entry& entry, const std::vector<EntryHash>& heads, const Verdict& verdict) {
  if (heads == entry.header.base) return true;
  if (!is_authority(entry)) {
    std::vector<EntryHash> own;
    for (const auto& hash : entry.header.base) {
      NC_ASSIGN(const auto base, find_known(db_, hash));
      if (base && base->part == entry.header.stream.part) own.push_back(hash);
    }
    return heads == own;
  }
  for (const auto& hash : heads) {
    NC_ASSIGN(const auto head, find_known(db_, hash));
    bool seen = false;
    for (std::size_t i = 0; head && !seen && i < verdict.bases.size(); ++i) {
      NC_ASSIGN(seen, knows(db_, verdict.bases[i], head->arrival));
    }
    if (!seen || head->record != entry.header.record) return false;
  }
  return true;
}

Status Admission::check_binding(const Entry& entry, std::int64_t auth, Verdict& verdict) {
  const auto& body = entry.body;
  const bool by_two = is_native_act(entry) && (body.act == acts::kPurge || body.act == acts::kErase);
  if (!body.binding()) {
    if (by_two) refuse(verdict, NC_MSG("To purge or erase takes the signatures of persons"));
    return {};
  }
  const auto& part = entry.header.stream.part;
  const auto own = body.over.find(part);
  NC_ASSIGN(const bool covers_own, own == body.over.end() ? Result<bool>(false) : covers_what_it_saw(entry, own->second.heads, verdict));
  if (!covers_own) {
    refuse(verdict, NC_MSG("A binding act must cover its own part, and there exactly the heads in its base"));
    return {};
  }
  if (body.over.rbegin()->first.handling > part.handling) {
    refuse(verdict, NC_MSG("A binding act in the part {1} may not name the part {2}, whose handling is higher"),
           {part.text(), body.over.rbegin()->first.text()}, NC_MSG("Sign the higher part by an act of its own"));
    return {};
  }
  NC_ASSIGN(const auto keys, keys_of(db_, body.author, auth));
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const HeldFact& fact) { return fact.value == body.signature->key.hex(); });
  if (key == keys.end()) {
    refuse(verdict, NC_MSG("The key of the signature is not certified for the author"));
    return {};
  }
  if (by_two && !has_right(*key, body.act)) {
    refuse(verdict, NC_MSG("The key of the signature is not certified for “{1}”"), {body.act},
           NC_MSG("Have it certified anew after the role was given"));
    return {};
  }
  NC_ASSIGN(const auto ended, facts_under(db_, acts::kEndPerson, body.author.hex(), auth));
  if (std::any_of(ended.begin(), ended.end(), [&](const HeldFact& fact) { return fact.value == key->value; })) {
    refuse(verdict, NC_MSG("The key of the signature was ended before"), {}, NC_MSG("Sign with your present key"));
    return {};
  }
  if (!crypto::verify(body.signature->key, binding_message(entry.header.record, body.act, body), body.signature->signature))
    refuse(verdict, NC_MSG("The person's signature is wrong"));
  return {};
}

}  // namespace nc::journal
