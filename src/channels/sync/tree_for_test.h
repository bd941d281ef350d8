// A tree of real nodes for tests: real ledgers with few record types, units and certificates, and the carrying of requests and
// answers between a child and its parent. Used by the tests of channels/sync and by the simulation.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/rng.h"
#include "channels/sync/session.h"
#include "ledger/catalog/values.h"
#include "ledger/journal/node_names.h"
#include "ledger/journal/passing_on.h"
#include "ledger/records/foreign.h"
#include "ledger/records/ledger.h"

namespace nc::simulation {

namespace fs = std::filesystem;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().english());
  return std::move(*result);
}
inline void must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().english());
}

// The types that the nodes of a tree know. `source` is the project's folder.
inline void make_catalog(const fs::path& source, const fs::path& to) {
  const auto options = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
  fs::create_directories(to / "places");
  fs::copy(source / "catalog" / "system", to / "system", options);
  fs::copy_file(source / "catalog/places/unit.toml", to / "places/unit.toml");
  for (const auto* file :
       {"reorganisation.toml", "sim_alert.toml", "sim_march.toml", "sim_note.toml", "sim_order.toml", "sim_paper.toml", "sim_person.toml"})
    fs::copy_file(source / "tests/simulation/catalog" / file, to / "places" / file);
  fs::copy_file(source / "tests/simulation/catalog/roles.toml", to / "roles.toml");
  fs::copy_file(source / "catalog/attachments.toml", to / "attachments.toml");
}

// A row of random numbers of a node's own, or for a while another.
class NodeRng final : public Rng {
 public:
  explicit NodeRng(std::uint64_t seed) : own_(seed) {}
  void fill(std::span<std::uint8_t> out) override { (other_ != nullptr ? *other_ : own_).fill(out); }
  void draw_from(SeededRng* other) { other_ = other; }
  void begin_anew(std::uint64_t seed) { own_ = SeededRng(seed); }

 private:
  SeededRng own_;
  SeededRng* other_ = nullptr;
};

class Node {
 public:
  Node(fs::path dir, std::string code, std::uint64_t seed, std::string vfs) : dir_(std::move(dir)), code_(std::move(code)), rng_(seed) {
    clock_.now_ms = 1'795'000'000'000;
    options_.clock = &clock_;
    options_.rng = &rng_;
    options_.vfs = std::move(vfs);
  }
  void found(const fs::path& catalog) {
    must(records::Ledger::found(dir_, catalog, code_, options_));
    unit_ = records::imported_id("units", code_);
    open();
  }
  // A node of the same unit and parent on another machine.
  void stand_for(const Node& other) {
    unit_ = other.unit_;
    parent_ = other.parent_;
  }
  void hang_on(Node& parent) { parent_ = &parent; }
  // Certified by `parent` for the unit; holds nothing yet.
  void join(Node& parent, const fs::path& catalog, const UnitId& unit, catalog::Handling ceiling = catalog::Handling::kInternal) {
    const auto key = crypto::SigningKey::generate(rng_);
    records::NewNode who;
    who.self = {rng_.make<NodeId>(), journal::incarnation_of(key.public_key())};
    who.key = key.public_key();
    who.node_record = parent.ledger().new_node_record();
    who.asks = key.sign(journal::asks_message(who.node_record, who.self.node, who.self.incarnation));
    who.unit = unit;
    who.unit_code = code_;
    who.ceiling = ceiling;
    const auto done = parent.ledger().enrol(parent.ledger().console(), who);
    if (!done) throw std::runtime_error(done.error().error.english());
    must(records::Ledger::join(dir_, catalog, {who.self, who.node_record, code_, parent.root()}, key, options_));
    unit_ = unit;
    parent_ = &parent;
    open();
  }
  void open() {
    ledger_.reset();
    ledger_ = must(records::Ledger::open(dir_, options_));
  }
  [[nodiscard]] Result<std::unique_ptr<records::Ledger>> try_open() { return records::Ledger::open(dir_, options_); }
  void close() { ledger_.reset(); }
  void take(std::unique_ptr<records::Ledger> ledger) { ledger_ = std::move(ledger); }

  // From the next opening on its directory lies on an encrypted volume, as the kernel would tell in files of `told`.
  void lie_encrypted(const fs::path& told) {
    must(write_file_durably(made(told / "sys/dev/block/253:7/dm/uuid"), "CRYPT-LUKS2-0123456789abcdef0123456789abcdef-data\n"));
    must(write_file_durably(made(told / "mountinfo"), "27 1 253:7 / / rw shared:1 - ext4 /dev/mapper/data rw\n"));
    options_.volume = {told / "mountinfo", told / "sys"};
  }

  [[nodiscard]] bool is_open() const { return ledger_ != nullptr; }
  [[nodiscard]] records::Ledger& ledger() { return *ledger_; }
  [[nodiscard]] const UnitId& unit() const { return unit_; }
  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const fs::path& dir() const { return dir_; }
  [[nodiscard]] Node* parent() const { return parent_; }
  [[nodiscard]] NodeId id() { return ledger().identity().node; }
  ManualClock& clock() { return clock_; }
  Rng& rng() { return rng_; }
  // So that what is made meanwhile leaves no trace in what is made later.
  void draw_from(SeededRng& other) { rng_.draw_from(&other); }
  void draw_from_own() { rng_.draw_from(nullptr); }
  void draw_anew(std::uint64_t seed) { rng_.begin_anew(seed); }

  [[nodiscard]] EntryHash root() {
    std::optional<EntryHash> out;
    must(ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(out, journal::trusted_root(db));
      return {};
    }));
    return out.value();
  }
  [[nodiscard]] std::int64_t count(std::string_view sql) {
    std::int64_t out = 0;
    must(ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(out, db.integer(sql));
      return {};
    }));
    return out;
  }
  records::WriteResult write(const std::string& type, const Json& values, std::optional<catalog::Handling> handling = std::nullopt,
                             std::optional<journal::Audience> audience = std::nullopt) {
    return ledger().create(ledger().console(), {std::nullopt, type, values, handling, std::move(audience), true});
  }
  RecordId note(const std::string& text, std::optional<catalog::Handling> handling = std::nullopt,
                std::optional<journal::Audience> audience = std::nullopt) {
    return written(write("sim_note", Json(JsonObject{{"text", Json(text)}}), handling,
                         audience ? std::move(audience) : std::optional(journal::Audience::own(unit_))));
  }
  // A record about a person, whose name is sealed.
  RecordId person(const std::string& name, std::optional<catalog::Handling> handling = std::nullopt,
                  std::optional<journal::Audience> audience = std::nullopt) {
    return written(write("sim_person", Json(JsonObject{{"text", Json("x")}, {"person_name", Json(name)}}), handling,
                         audience ? std::move(audience) : std::optional(journal::Audience::own(unit_))));
  }
  // A file of the console, which a record may name.
  Json upload(const std::string& name, const std::string& bytes) {
    const auto who = ledger().console().person;
    const auto upload = must(ledger().files().start(who, name, static_cast<std::int64_t>(bytes.size())));
    must(ledger().files().append(who, upload.id, 0, bytes));
    return blobs::json_of(must(ledger().finish_upload(ledger().console(), upload.id)).file.value());
  }
  records::WriteResult write_paper(const std::string& text, const Json& file, std::optional<journal::Audience> audience = std::nullopt,
                                   std::optional<catalog::Handling> handling = std::nullopt) {
    return write("sim_paper", Json(JsonObject{{"text", Json(text)}, {"files", Json(JsonArray{file})}}), handling,
                 audience ? std::move(audience) : std::optional(journal::Audience::own(unit_)));
  }
  static RecordId written(const records::WriteResult& result) {
    if (!result) throw std::runtime_error(result.error().error.english());
    return result->id;
  }
  [[nodiscard]] std::string text_of(const RecordId& record) {
    const auto view = ledger().read(ledger().console(), record);
    return view ? view->values.text("text") : std::string();
  }

 private:
  static fs::path made(const fs::path& file) {
    fs::create_directories(file.parent_path());
    return file;
  }
  fs::path dir_;
  std::string code_;
  ManualClock clock_;
  NodeRng rng_;
  records::OpenOptions options_;
  UnitId unit_;
  Node* parent_ = nullptr;
  std::unique_ptr<records::Ledger> ledger_;
};

// Nodes in a folder of their own, which goes with them; what a test derives from it is gone before. `source` as in make_catalog.
class Tree {
 public:
  explicit Tree(const fs::path& source) { make_catalog(source, catalog()); }
  ~Tree() {
    nodes_.clear();
    std::error_code ec;
    fs::remove_all(dir_, ec);
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  [[nodiscard]] const fs::path& dir() const { return dir_; }
  [[nodiscard]] fs::path catalog() const { return dir_ / "catalog"; }
  // In the folder `name`: neither founded nor opened yet.
  Node& place(const std::string& name, const std::string& code) {
    nodes_.push_back(std::make_unique<Node>(dir_ / name, code, nodes_.size() + 1, ""));
    return *nodes_.back();
  }
  Node& found(const std::string& code) {
    auto& out = place(code, code);
    out.found(catalog());
    return out;
  }
  Node& join(Node& parent, const std::string& code, const UnitId& unit) {
    auto& out = place(code, code);
    out.join(parent, catalog(), unit);
    return out;
  }

 private:
  fs::path dir_ = fs::temp_directory_path() / ("nc-tree-" + system_rng().make<RecordId>().hex());
  std::vector<std::unique_ptr<Node>> nodes_;
};

// Enters a unit at the founding node and places it under another.
inline UnitId enter_unit(Node& root, const std::string& code, const UnitId& parent) {
  const auto id = Node::written(root.write("unit", Json(JsonObject{{"code", Json(code)}, {"name", Json(code)}, {"own", Json(true)}})));
  Json row;
  row.set("unit", id.hex()).set("parent", parent.hex()).set("line", "command").set("change", "place");
  Node::written(root.write("reorganisation", Json(JsonObject{{"subject", Json(code)}, {"rows", Json(JsonArray{row})}})));
  return id;
}

// Moves a unit under another superior, on 1 December 2026.
inline void move_under(Node& root, const UnitId& unit, const UnitId& superior) {
  Json row;
  row.set("unit", unit.hex()).set("parent", superior.hex()).set("line", "command").set("change", "transfer");
  row.set("from", catalog::json_from_date({to_day(2026, 12, 1), DatePrecision::kDay, false}));
  Node::written(root.write("reorganisation", Json(JsonObject{{"subject", Json("chuyen")}, {"rows", Json(JsonArray{row})}})));
}

// What went over the line between two nodes.
struct Traffic {
  std::size_t up = 0, down = 0, exchanges = 0;
};

// Until nothing is left to do, at most `most` exchanges.
inline sync::Outcome sync_until_quiet(Node& child, Node& parent, Traffic* traffic = nullptr, int most = 200,
                                      const sync::Limits& limits = {}) {
  const auto session = must(sync::Session::start(child.ledger(), parent.id(), limits));
  sync::Outcome outcome;
  for (int i = 0; i < most; ++i) {
    const auto request = must(session->request());
    const auto answered = must(sync::answer(parent.ledger(), child.id(), request, limits));
    must(session->feed(answered));
    outcome = must(session->finish());
    if (traffic != nullptr) {
      traffic->up += request.size();
      traffic->down += answered.size();
      ++traffic->exchanges;
    }
    if (!outcome.go_on) break;
  }
  return outcome;
}

}  // namespace nc::simulation
