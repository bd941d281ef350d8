#include "channels/sync/card.h"

#include "base/files.h"
#include "channels/sync/peer.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/net/exchange_client.h"
#include "ledger/journal/node_names.h"
#include "ledger/records/cutting_off.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/foreign.h"

namespace nc::sync {

std::string_view word_list_text();  // made from the file words-1

namespace {

constexpr std::string_view kCardSigned = "nhipcau-card-1\n", kRequestSigned = "nhipcau-request-1\n";

using Secret = Id<struct CardSecretTag, 32>;

Error no_card() { return Error(ErrorCode::kCorrupt, NC_MSG("This is not a card or request of nhipcau, or it was changed")); }

// `secret` is in it while the card waits; then the hash of the proof that used it, or zeros.
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS sync_card(record BLOB PRIMARY KEY, unit BLOB NOT NULL, unit_code TEXT NOT NULL, ceiling INTEGER NOT NULL, "
    "secret BLOB NOT NULL, made INTEGER NOT NULL, used_by BLOB, refused INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS sync_request(record BLOB NOT NULL, key BLOB NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, "
    "PRIMARY KEY(record, key)) WITHOUT ROWID";

std::string signed_line(Json line, std::string_view domain, const crypto::SigningKey& key) {
  line.set("sig", key.sign(std::string(domain) + canonical(line)).hex());
  return canonical(line) + "\n";
}

// The line with a good signature by the key that it names.
Result<Json> checked_line(std::string_view text, std::string_view domain, std::string_view form) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() > kCardTextMax) return fail(no_card());
  auto line = parse_canonical(text);
  if (!line || !line->is_object() || line->integer(form) != 1) return fail(no_card());
  const auto key = PublicKey::from_hex(line->text("key"));
  const auto signature = Signature::from_hex(line->text("sig"));
  line->erase("sig");
  if (!key || !signature || !crypto::verify(*key, std::string(domain) + canonical(*line), *signature)) return fail(no_card());
  return std::move(*line);
}

std::string proof_of(const Secret& secret, const PublicKey& key, const journal::Identity& who) {
  return crypto::sha256("nhipcau-proof-1\n" + secret.hex() + "\n" + key.hex() + "\n" + who.node.hex() + "\n" + who.incarnation.hex()).hex();
}

Result<bool> has_tables(store::Database& db) {
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_request'"));
  return tables != 0;
}

Digest used_by_proof(std::string_view proof) { return crypto::sha256("nhipcau-used-1\n" + std::string(proof)); }

// A card that waited too long is void, and its secret is gone.
Status forget_old_secrets(store::Database& db, std::int64_t now_ms) {
  NC_TRY(db.exec(kSchema));
  return db.run("UPDATE sync_card SET secret=?1 WHERE used_by IS NULL AND secret<>?1 AND made<?2", Secret(), now_ms - kCardKeptMs);
}

Error over() {
  return Error(ErrorCode::kDenied, NC_MSG("This card was withdrawn or is older than {1} days"), {std::to_string(kCardKeptMs / 86'400'000)})
      .then(NC_MSG("Make a new card"));
}

std::filesystem::path parent_file(const std::filesystem::path& dir) { return dir / "parent.json"; }

}  // namespace

std::filesystem::path request_file(const std::filesystem::path& dir) { return dir / "request.json"; }

Result<std::int64_t> cards_waiting(store::Database& db) {
  NC_ASSIGN(const bool there, has_tables(db));
  if (!there) return 0;
  return db.integer("SELECT count(*) FROM sync_card WHERE used_by IS NULL AND secret<>zeroblob(32)");
}

const std::vector<std::string_view>& word_list() {
  static const auto words = [] {
    std::vector<std::string_view> out;
    auto rest = word_list_text();
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      out.push_back(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return out;
  }();
  return words;
}

std::string words_of(const PublicKey& parent, const PublicKey& child) {
  constexpr std::size_t kWords = 6;
  const auto digest = crypto::sha256("nhipcau-words-1\n" + parent.hex() + "\n" + child.hex());
  std::string out;
  for (std::size_t i = 0; i < kWords; ++i) {
    const auto number = static_cast<std::size_t>(digest.bytes[2 * i]) * 256 + digest.bytes[2 * i + 1];
    out += (i > 0 ? " " : "") + std::string(word_list()[number % kWordCount]);
  }
  return out;
}

Result<std::string> make_card(records::Ledger& parent, std::string_view unit_code, catalog::Handling ceiling, Rng& rng,
                              std::string_view at) {
  if (!at.empty()) { NC_ASSIGN([[maybe_unused]] const auto where, net::parse_host_port(std::string(at))); }
  const auto world = parent.world();
  const auto* unit = world->tree->by_code(unit_code);
  if (unit == nullptr) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no unit “{1}”"), {std::string(unit_code)}).at("--unit"));
  // The unit whose node founded the tree may not say yet whose it is.
  NC_ASSIGN(const auto config, records::read_config(records::DataDir{parent.dir()}));
  if (!unit->own && unit->code != config.unit_code)
    return fail(
        Error(ErrorCode::kInvalid, NC_MSG("“{1}” is a unit of the other side; own units alone have nodes"), {unit->code}).at("--unit"));
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{parent.dir()}.key()));
  const auto secret = rng.make<Secret>();
  const auto record = parent.new_node_record();
  std::optional<EntryHash> root;
  const Status kept = parent.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(forget_old_secrets(intake.db(), parent.now_ms()));
    NC_ASSIGN(root, journal::trusted_root(intake.db()));
    return intake.db().run("INSERT INTO sync_card(record, unit, unit_code, ceiling, secret, made) VALUES(?1, ?2, ?3, ?4, ?5, ?6)", record,
                           unit->id, unit->code, static_cast<int>(ceiling), secret, parent.now_ms());
  });
  NC_TRY(kept);
  if (!root) return fail(ErrorCode::kNotFound, NC_MSG("No node {1} is certified here"), {parent.identity().node.hex()});
  Json line;
  line.set("card", 1).set("ceiling", std::string(catalog::handling_name(ceiling))).set("key", key.public_key().hex());
  line.set("made", parent.now_ms()).set("node", parent.identity().node.hex()).set("incarnation", parent.identity().incarnation.hex());
  line.set("record", record.hex()).set("root", root->hex()).set("secret", secret.hex());
  line.set("unit", unit->id.hex()).set("unit_code", unit->code);
  if (!at.empty()) line.set("at", at);
  return signed_line(std::move(line), kCardSigned, key);
}

namespace {

struct Card {
  Json line;
  EntryHash root;
  RecordId record;
  Secret secret;
  PublicKey key;  // of the parent
};

Result<Card> read_card(std::string_view text) {
  NC_ASSIGN(auto line, checked_line(text, kCardSigned, "card"));
  const auto root = EntryHash::from_hex(line.text("root"));
  const auto record = RecordId::from_hex(line.text("record"));
  const auto secret = Secret::from_hex(line.text("secret"));
  if (!root || !record || !secret || !NodeId::from_hex(line.text("node")) || !IncarnationId::from_hex(line.text("incarnation")))
    return fail(no_card());
  const auto key = *PublicKey::from_hex(line.text("key"));
  return Card{std::move(line), *root, *record, *secret, key};
}

}  // namespace

Status keep_parent(const std::filesystem::path& dir, const KnownParent& parent) {
  Json line;
  line.set("node", parent.node.hex()).set("incarnation", parent.incarnation.hex()).set("key", parent.key.hex());
  if (!parent.at.empty()) line.set("at", parent.at);
  return write_file_durably(parent_file(dir), pretty(line), 0600);
}

namespace {

// What the card's parent is asked, and who he is, for later.
Result<Joined> ask_parent(const std::filesystem::path& dir, const Card& card, const journal::Identity& self,
                          const crypto::SigningKey& key) {
  NC_TRY(keep_parent(dir, {*NodeId::from_hex(card.line.text("node")), *IncarnationId::from_hex(card.line.text("incarnation")), card.key,
                           card.line.text("at")}));
  Json request;
  request.set("asks", key.sign(journal::asks_message(card.record, self.node, self.incarnation)).hex());
  request.set("request", 1).set("incarnation", self.incarnation.hex()).set("key", key.public_key().hex()).set("node", self.node.hex());
  request.set("proof", proof_of(card.secret, key.public_key(), self)).set("record", card.record.hex());
  const auto signed_request = signed_line(std::move(request), kRequestSigned, key);
  NC_TRY(write_file_durably(request_file(dir), signed_request, 0600));
  return Joined{signed_request, words_of(card.key, key.public_key())};
}

}  // namespace

Result<Joined> join_by_card(const std::filesystem::path& dir, const std::filesystem::path& catalog_files, std::string_view text,
                            const records::OpenOptions& options) {
  NC_ASSIGN(const auto card, read_card(text));
  Rng& rng = options.rng != nullptr ? *options.rng : system_rng();
  const auto key = crypto::SigningKey::generate(rng);
  const journal::Identity self{rng.make<NodeId>(), journal::incarnation_of(key.public_key())};
  NC_TRY(records::Ledger::join(dir, catalog_files, {self, card.record, card.line.text("unit_code"), card.root}, key, options));
  return ask_parent(dir, card, self, key);
}

Result<Joined> renew_by_card(records::Ledger& ledger, std::string_view text) {
  NC_ASSIGN(const auto card, read_card(text));
  std::optional<EntryHash> root;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(root, journal::trusted_root(db));
    return {};
  }));
  if (root && *root != card.root)
    return fail(Error(ErrorCode::kConflict, NC_MSG("The card is of another tree than this node's"))
                    .then(NC_MSG("Hand its records over by export and import")));
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{ledger.dir()}.key()));
  return ask_parent(ledger.dir(), card, ledger.identity(), key);
}

Result<std::optional<KnownParent>> known_parent(const std::filesystem::path& dir) {
  std::error_code ec;
  if (!std::filesystem::exists(parent_file(dir), ec)) return std::optional<KnownParent>();
  NC_ASSIGN(const auto text, read_file(parent_file(dir), kCardTextMax));
  NC_ASSIGN(const auto line, parse_json(text));
  const auto node = NodeId::from_hex(line.text("node"));
  const auto incarnation = IncarnationId::from_hex(line.text("incarnation"));
  const auto key = PublicKey::from_hex(line.text("key"));
  if (!node || !incarnation || !key) return fail(no_card());
  return std::optional(KnownParent{*node, *incarnation, *key, line.text("at")});
}

Result<Request> read_request(records::Ledger& parent, std::string_view text) {
  NC_ASSIGN(const auto line, checked_line(text, kRequestSigned, "request"));
  const auto node = NodeId::from_hex(line.text("node"));
  const auto incarnation = IncarnationId::from_hex(line.text("incarnation"));
  const auto record = RecordId::from_hex(line.text("record"));
  if (!node || !incarnation || !record) return fail(no_card());
  Request out;
  out.node = *node;
  out.incarnation = *incarnation;
  out.record = *record;
  out.key = *PublicKey::from_hex(line.text("key"));
  out.asks = Signature::from_hex(line.text("asks"));
  bool found = false, other = false, gone = false;
  const Status asked = parent.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(forget_old_secrets(intake.db(), parent.now_ms()));
    NC_ASSIGN(auto row, intake.db().prepare("SELECT unit, unit_code, ceiling, secret, used_by FROM sync_card WHERE record=?1"));
    row.bind(1, *record);
    NC_ASSIGN(found, row.step());
    if (!found) return {};
    const auto secret = row.id<Secret>(3);
    const auto used_by = row.optional_id<PublicKey>(4);
    const bool again = used_by && secret.bytes == used_by_proof(line.text("proof")).bytes;
    gone = !used_by && secret.is_zero();
    found = used_by.has_value() || gone || line.text("proof") == proof_of(secret, out.key, {*node, *incarnation});
    out.unit = row.id<UnitId>(0);
    out.unit_code = row.text(1);
    out.ceiling = static_cast<catalog::Handling>(row.integer(2));
    NC_ASSIGN(const auto certified, journal::certificates(intake.db(), *node));
    for (const auto& one : certified) out.admitted = out.admitted || (one.incarnation == *incarnation && one.key == out.key);
    other = used_by && !again;
    // Whoever looks later sees that somebody else had the card.
    return other ? intake.db().run("UPDATE sync_card SET refused=refused+1 WHERE record=?1", *record) : Status();
  });
  NC_TRY(asked);
  if (!found) return fail(Error(ErrorCode::kDenied, NC_MSG("No such card was made here")));
  if (gone) return fail(over());
  if (other)
    return fail(Error(ErrorCode::kDenied, NC_MSG("This card has already let another node in"))
                    .then(NC_MSG("Make a new card, and find out who used this one")));
  out.proof = line.text("proof");
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{parent.dir()}.key()));
  out.words = words_of(key.public_key(), out.key);
  return out;
}

Result<bool> keep_request(records::Ledger& parent, const Request& request, std::string_view text) {
  std::int64_t others = 0;
  const Status done = parent.exchange([&](records::Intake& intake) -> Status {
    auto& db = intake.db();
    NC_TRY(db.exec(kSchema));
    NC_ASSIGN(others, db.integer("SELECT count(*) FROM sync_request WHERE record=?1 AND key<>?2", request.record, request.key));
    NC_ASSIGN(const auto kept, db.integer("SELECT count(*) FROM sync_request WHERE record=?1 AND key=?2", request.record, request.key));
    if (kept > 0) return {};
    if (others >= kRequestsOfCardMax) return fail(ErrorCode::kLimit, NC_MSG("Too many nodes ask with this card; make a new one"));
    return db.run("INSERT INTO sync_request(record, key, text, at) VALUES(?1, ?2, ?3, ?4)", request.record, request.key, std::string(text),
                  parent.now_ms());
  });
  NC_TRY(done);
  return others > 0;
}

Result<std::vector<Waiting>> waiting_requests(records::Ledger& parent) {
  struct Row {
    std::string text;
    std::int64_t at_ms = 0, of_card = 0;
  };
  std::vector<Row> rows;
  NC_TRY(parent.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const bool there, has_tables(db));
    if (!there) return {};
    NC_ASSIGN(auto query,
              db.prepare("SELECT r.text, r.at, (SELECT count(*) FROM sync_request o WHERE o.record=r.record) FROM sync_request r "
                         "JOIN sync_card c ON c.record=r.record WHERE c.used_by IS NULL AND c.secret<>zeroblob(32) ORDER BY r.at, r.key"));
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) return {};
      rows.push_back({query.text(0), query.integer(1), query.integer(2)});
    }
  }));
  std::vector<Waiting> out;
  for (const auto& row : rows) {
    auto request = read_request(parent, row.text);
    if (request) out.push_back({std::move(*request), row.at_ms, row.of_card > 1, row.text});
  }
  return out;
}

Status admit(records::Ledger& parent, const access::Subject& who, const Request& request) {
  if (request.admitted) return {};
  NC_TRY(records::may_govern_node(who, request.unit, *parent.world()));
  // First the card, so that a power cut in between lets nobody else in; the same request can come again.
  bool taken = false;
  const Status used = parent.exchange([&](records::Intake& intake) -> Status {
    // The secret has done its work: what stays knows the same request again.
    NC_TRY(intake.db().run("UPDATE sync_card SET used_by=?2, secret=?3 WHERE record=?1 AND (used_by IS NULL OR used_by=?2)", request.record,
                           request.key, used_by_proof(request.proof)));
    taken = intake.db().changes() == 1;
    return {};
  });
  NC_TRY(used);
  if (!taken)
    return fail(Error(ErrorCode::kDenied, NC_MSG("This card has already let another node in"))
                    .then(NC_MSG("Make a new card, and find out who used this one")));
  records::NewNode node{
      {request.node, request.incarnation}, request.key, request.record, request.unit, request.unit_code, request.ceiling, request.asks};
  const auto done = parent.enrol(who, node);
  return done ? Status() : Status(fail(done.error().error));
}

Result<std::vector<CardState>> cards(records::Ledger& parent) {
  std::vector<CardState> out;
  const Status asked = parent.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(forget_old_secrets(intake.db(), parent.now_ms()));
    NC_ASSIGN(auto row, intake.db().prepare("SELECT record, unit, unit_code, ceiling, made, used_by, refused, secret FROM sync_card "
                                            "ORDER BY made DESC, record"));
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) return {};
      CardState one;
      one.record = row.id<RecordId>(0);
      one.unit = row.id<UnitId>(1);
      one.unit_code = row.text(2);
      one.ceiling = static_cast<catalog::Handling>(row.integer(3));
      one.made_ms = row.integer(4);
      one.refused = row.integer(6);
      const bool old = one.made_ms < parent.now_ms() - kCardKeptMs;
      if (row.optional_id<PublicKey>(5)) one.is = CardState::Is::kUsed;
      else if (row.id<Secret>(7).is_zero()) one.is = old ? CardState::Is::kExpired : CardState::Is::kWithdrawn;
      out.push_back(std::move(one));
    }
  });
  NC_TRY(asked);
  return out;
}

Status withdraw_card(records::Ledger& parent, const RecordId& record) {
  bool done = false;
  const Status asked = parent.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(intake.db().exec(kSchema));
    NC_TRY(intake.db().run("UPDATE sync_card SET secret=?2 WHERE record=?1 AND used_by IS NULL", record, Secret()));
    done = intake.db().changes() == 1;
    return {};
  });
  NC_TRY(asked);
  return done ? Status() : Status(fail(ErrorCode::kNotFound, NC_MSG("No such card waits to be used")));
}

}  // namespace nc::sync
