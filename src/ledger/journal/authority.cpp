#include "ledger/journal/authority.h"

#include <algorithm>
#include <array>
#include <map>

namespace nc::journal {
namespace {

constexpr std::array<std::string_view, 8> kNativeActs = {acts::kCertifyNode, acts::kCertifyPerson, acts::kEndPerson, acts::kPublishType,
                                                         acts::kCut,         acts::kReadmit,       acts::kPurge,     acts::kErase};

template <typename SomeId>
Result<std::string> id_value(const Body& body, std::string_view field) {
  const auto it = body.set.find(field);
  if (it == body.set.end() || !it->second.is_string() || !SomeId::from_hex(it->second.as_string()))
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The act “{1}” needs {2} hexadecimal digits in “{3}”"),
                      {body.act, std::to_string(2 * SomeId::kSize), std::string(field)})
                    .at(std::string(field)));
  return it->second.as_string();
}

std::unexpected<Error> wrong_value(const Body& body, const std::string& field) {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The act “{1}” has no usable “{2}”"), {body.act, field}).at(field));
}

Result<std::vector<Fact>> certify_node(const Body& body) {
  NC_ASSIGN(auto node, id_value<NodeId>(body, "node"));
  NC_ASSIGN(auto incarnation, id_value<IncarnationId>(body, "incarnation"));
  NC_ASSIGN(auto key, id_value<PublicKey>(body, "public_key"));
  NC_ASSIGN(auto unit, id_value<UnitId>(body, "unit"));
  return std::vector<Fact>{{body.act, node + "/" + incarnation, key, unit}};
}

// What the key may sign beyond the acts of records: names with one blank between; here also before and after.
Result<std::string> rights_of(const Body& body) {
  constexpr std::size_t kRightsBytesMax = 200;
  const auto it = body.set.find("rights");
  if (it == body.set.end()) return std::string();
  if (!it->second.is_string() || it->second.as_string().size() > kRightsBytesMax) return wrong_value(body, "rights");
  auto out = " " + it->second.as_string() + " ";
  if (out.find_first_not_of("abcdefghijklmnopqrstuvwxyz_ ") != std::string::npos || out.find("  ") != std::string::npos)
    return wrong_value(body, "rights");
  return out;
}

Result<std::vector<Fact>> certify_person(const Body& body) {
  NC_ASSIGN(auto person, id_value<PersonId>(body, "person"));
  NC_ASSIGN(auto key, id_value<PublicKey>(body, "public_key"));
  NC_ASSIGN(auto rights, rights_of(body));
  return std::vector<Fact>{{body.act, person, key, std::move(rights)}};
}

Result<std::vector<Fact>> publish_type(const Body& body) {
  const Json values(body.set);
  NC_ASSIGN(auto definition, id_value<Digest>(body, "definition_hash"));
  if (values.text("type_id").empty()) return wrong_value(body, "type_id");
  if (values.integer("version") < 1) return wrong_value(body, "version");
  return std::vector<Fact>{{body.act, values.text("type_id") + "@" + std::to_string(values.integer("version")), definition, {}}};
}

// "node/incarnation", as incarnation_subject writes it.
bool is_incarnation(std::string_view text) {
  constexpr std::size_t kNodeDigits = 2 * NodeId::kSize;
  return text.size() == kNodeDigits + 1 + 2 * IncarnationId::kSize && text[kNodeDigits] == '/' &&
         NodeId::from_hex(text.substr(0, kNodeDigits)) && IncarnationId::from_hex(text.substr(kNodeDigits + 1));
}

Result<std::vector<Fact>> cut(const Body& body) {
  const Json values(body.set);
  NC_ASSIGN(auto hash, id_value<EntryHash>(body, "hash"));
  const bool whole = is_incarnation(values.text("stream"));
  if (!whole && !StreamKey::parse(values.text("stream"))) return wrong_value(body, "stream");
  // Of a whole incarnation nothing stays but what cuts of single streams leave.
  if (whole ? values.integer("seq") != 0 || hash != EntryHash{}.hex() : values.integer("seq") < 1) return wrong_value(body, "seq");
  if (values.text("reason").empty()) return wrong_value(body, "reason");
  return std::vector<Fact>{{body.act, values.text("stream"), std::to_string(values.integer("seq")), hash}};
}

template <typename SomeId>
Result<std::vector<Fact>> list_of(const Body& body, const std::string& field) {
  const auto it = body.set.find(field);
  if (it == body.set.end() || !it->second.is_array() || it->second.as_array().empty()) return wrong_value(body, field);
  std::vector<Fact> out;
  for (const auto& item : it->second.as_array()) {
    if (!item.is_string() || !SomeId::from_hex(item.as_string())) return wrong_value(body, field);
    out.push_back({body.act, item.as_string(), {}, {}});
  }
  return out;
}

}  // namespace

bool is_native_act(const Entry& entry) {
  return is_authority(entry) && entry.header.form == Form::kAct &&
         std::find(kNativeActs.begin(), kNativeActs.end(), entry.body.act) != kNativeActs.end();
}

Result<std::vector<Fact>> facts_of(const Entry& entry) {
  if (!is_native_act(entry)) return std::vector<Fact>();
  const auto& body = entry.body;
  if (entry.header.stream.part.handling != 0)
    return fail(ErrorCode::kInvalid, NC_MSG("The act “{1}” stands in the part authority/open, which every node reads"), {body.act});
  if (body.act == acts::kCertifyNode) return certify_node(body);
  if (body.act == acts::kCertifyPerson || body.act == acts::kEndPerson) return certify_person(body);
  if (body.act == acts::kPublishType) return publish_type(body);
  if (body.act == acts::kCut) return cut(body);
  if (body.act == acts::kErase) return list_of<RecordId>(body, "keys");
  return list_of<EntryHash>(body, "entries");
}

std::string incarnation_subject(const NodeId& node, const IncarnationId& incarnation) { return node.hex() + "/" + incarnation.hex(); }

namespace {

// The chain that an entry on `bases` continues, or a new one.
Status put_into_chain(store::Database& db, std::int64_t arrival, const std::vector<std::int64_t>& bases) {
  std::int64_t chain = arrival, pos = 0;
  if (bases.size() == 1) {
    NC_ASSIGN(auto query, db.prepare("SELECT a.chain, a.pos FROM journal_authority a WHERE a.entry=?1 AND NOT EXISTS("
                                     "SELECT 1 FROM journal_authority b WHERE b.chain=a.chain AND b.pos=a.pos+1)"));
    query.bind(1, bases[0]);
    NC_ASSIGN(const bool last, query.step());
    if (last) {
      chain = query.integer(0);
      pos = query.integer(1) + 1;
    }
  }
  return db.run("INSERT INTO journal_authority(entry, chain, pos) VALUES(?1, ?2, ?3)", arrival, chain, pos);
}

}  // namespace

Status index_authority(store::Database& db, std::int64_t arrival, const Entry& entry, const std::vector<std::int64_t>& bases) {
  NC_TRY(put_into_chain(db, arrival, bases));
  const int handling = entry.header.stream.part.handling;
  for (const auto base : bases) {
    NC_TRY(db.run("INSERT INTO journal_base(child, parent) VALUES(?1, ?2)", arrival, base));
    NC_TRY(db.run("DELETE FROM journal_authority_head WHERE entry=?1 AND level>=?2", base, handling));
  }
  for (int level = handling; level <= 2; ++level)
    NC_TRY(db.run("INSERT INTO journal_authority_head(level, entry) VALUES(?1, ?2)", level, arrival));
  // A refused entry stays in others' past, so it is indexed; its facts count only while it does.
  const auto facts = facts_of(entry);
  if (!facts) return {};
  for (const auto& fact : *facts)
    NC_TRY(db.run("INSERT OR IGNORE INTO journal_fact(kind, subject, entry, value, detail) VALUES(?1, ?2, ?3, ?4, ?5)", fact.kind,
                  fact.subject, arrival, fact.value, fact.detail));
  return {};
}

namespace {

struct Place {
  std::int64_t chain = 0, pos = 0;
};

Result<Place> place_of(store::Database& db, std::int64_t entry) {
  NC_ASSIGN(auto query, db.prepare("SELECT chain, pos FROM journal_authority WHERE entry=?1"));
  query.bind(1, entry);
  NC_ASSIGN(const bool found, query.step());
  if (!found) return fail(ErrorCode::kCorrupt, NC_MSG("Entry number {1} is not indexed as an authority entry"), {std::to_string(entry)});
  return Place{query.integer(0), query.integer(1)};
}

constexpr std::string_view kBasesOfChain =
    "SELECT a.chain, a.pos FROM journal_authority first JOIN journal_base b ON b.child=first.entry "
    "JOIN journal_authority a ON a.entry=b.parent WHERE first.chain=?1 AND first.pos=0";

}  // namespace

Result<bool> knows(store::Database& db, std::int64_t entry, std::int64_t known) {
  if (entry == known) return true;
  NC_ASSIGN(const auto from, place_of(db, entry));
  NC_ASSIGN(const auto wanted, place_of(db, known));
  std::vector<Place> work = {from};
  std::vector<std::int64_t> visited;
  while (!work.empty()) {
    const auto place = work.back();
    work.pop_back();
    if (place.chain == wanted.chain && wanted.pos <= place.pos) return true;
    if (std::find(visited.begin(), visited.end(), place.chain) != visited.end()) continue;
    visited.push_back(place.chain);
    NC_ASSIGN(auto query, db.prepare(kBasesOfChain));
    query.bind(1, place.chain);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      work.push_back({query.integer(0), query.integer(1)});
    }
  }
  return false;
}

Result<std::vector<KnownAuthority>> authority_under(store::Database& db, const std::vector<std::int64_t>& under) {
  // How far into each chain the past reaches.
  std::map<std::int64_t, std::int64_t> reach;
  std::vector<Place> work;
  for (const auto one : under) {
    NC_ASSIGN(const auto from, place_of(db, one));
    work.push_back(from);
  }
  while (!work.empty()) {
    const auto place = work.back();
    work.pop_back();
    const auto [held, first_visit] = reach.emplace(place.chain, place.pos);
    if (!first_visit) {
      held->second = std::max(held->second, place.pos);
      continue;
    }
    NC_ASSIGN(auto query, db.prepare(kBasesOfChain));
    query.bind(1, place.chain);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      work.push_back({query.integer(0), query.integer(1)});
    }
  }
  std::vector<KnownAuthority> out;
  NC_ASSIGN(auto query, db.prepare("SELECT a.chain, a.pos, e.arrival, e.hash, e.record FROM journal_authority a "
                                   "JOIN journal_entry e ON e.arrival=a.entry WHERE e.status IN (0, 3) ORDER BY e.arrival"));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    const auto chain = reach.find(query.integer(0));
    if (chain != reach.end() && query.integer(1) <= chain->second)
      out.push_back({query.integer(2), query.id<EntryHash>(3), query.id<RecordId>(4)});
  }
}

Result<Entry> authority_entry(store::Database& db, std::int64_t arrival) {
  NC_ASSIGN(const auto row, row_at(db, arrival));
  return decode_whole(row);
}

Result<std::vector<HeldFact>> facts_under(store::Database& db, std::string_view kind, const std::string& subject, std::int64_t under) {
  std::vector<HeldFact> found, out;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT f.entry, f.value, f.detail FROM journal_fact f JOIN journal_entry e ON e.arrival=f.entry "
                                     "WHERE f.kind=?1 AND f.subject=?2 AND e.status IN (0, 3)"));
    query.bind_all(kind, subject);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      found.push_back({query.integer(0), query.text(1), query.text(2)});
    }
  }
  for (auto& fact : found) {
    NC_ASSIGN(const bool known, knows(db, under, fact.entry));
    if (known) out.push_back(std::move(fact));
  }
  return out;
}

bool has_right(const HeldFact& key, std::string_view right) { return key.detail.find(" " + std::string(right) + " ") != std::string::npos; }

Result<std::vector<HeldFact>> keys_of(store::Database& db, const PersonId& person, std::int64_t under) {
  NC_ASSIGN(const auto all, facts_under(db, acts::kCertifyPerson, person.hex(), under));
  std::vector<HeldFact> out;
  for (const auto& key : all) {
    bool replaced = false;
    for (const auto& other : all) {
      if (other.entry == key.entry) continue;
      NC_ASSIGN(const bool later, knows(db, other.entry, key.entry));
      replaced = replaced || later;
    }
    if (!replaced) out.push_back(key);
  }
  return out;
}

Result<std::vector<AuthorityHead>> authority_heads(store::Database& db, HandlingLevel level) {
  NC_ASSIGN(auto query,
            db.prepare("SELECT e.arrival, e.hash, e.depth FROM journal_authority_head h JOIN journal_entry e ON e.arrival=h.entry "
                       "WHERE h.level=?1 ORDER BY e.depth DESC, e.hash DESC"));
  query.bind(1, level);
  std::vector<AuthorityHead> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) break;
    out.push_back({query.integer(0), query.id<EntryHash>(1), static_cast<std::uint32_t>(query.integer(2))});
  }
  return out;
}

Result<std::optional<EntryHash>> root_of(store::Database& db) {
  NC_ASSIGN(auto query, db.prepare("SELECT hash FROM journal_root"));
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<EntryHash>();
  return std::optional(query.id<EntryHash>(0));
}

}  // namespace nc::journal
