#include "tests/crash/trial_node.h"

#include <fmt/format.h>

#include <thread>

#include "foundation/crypto/hash.h"
#include "foundation/store/database.h"
#include "ledger/records/data_dir.h"

namespace nc::crash {
namespace {

namespace fs = std::filesystem;

constexpr const char* kType = "trial_note";

// Few types, so that opening, which reads and compares all of them, is quick.
Status copy_catalog(const fs::path& source, const fs::path& to) {
  std::error_code ec;
  fs::create_directories(to / "places", ec);
  const auto options = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
  fs::copy(source / "catalog" / "system", to / "system", options, ec);
  if (!ec) fs::copy_file(source / "catalog/places/unit.toml", to / "places/unit.toml", ec);
  if (!ec) fs::copy_file(source / "tests/crash/catalog/trial_note.toml", to / "places/trial_note.toml", ec);
  if (!ec) fs::copy_file(source / "tests/crash/catalog/roles.toml", to / "roles.toml", ec);
  if (ec) return fail(ErrorCode::kIo, "{1}", {ec.message()});
  return {};
}

bool is_answer_of_disk(ErrorCode code) { return code == ErrorCode::kIo || code == ErrorCode::kFull || code == ErrorCode::kBusy; }

}  // namespace

void Tally::add(const Tally& other) {
  cuts += other.cuts;
  acknowledged += other.acknowledged;
  checked_entries += other.checked_entries;
  in_closing += other.in_closing;
  in_opening += other.in_opening;
  failures += other.failures;
  full += other.full;
  kills += other.kills;
  bursts += other.bursts;
  backups += other.backups;
  dropped += other.dropped;
  unanswered_kept += other.unanswered_kept;
}

std::string Tally::text() const {
  return fmt::format(
      "{} power cuts ({} while closing, {} while opening, {} with failing calls, {} with a full disk), {} kills, {} changes acknowledged, "
      "{} bursts of threads, {} backups, {} unsynced pieces dropped, {} unanswered changes kept, {} entries checked",
      cuts, in_closing, in_opening, failures, full, kills, acknowledged, bursts, backups, dropped, unanswered_kept, checked_entries);
}

TrialNode::TrialNode(fs::path dir) : dir_(std::move(dir)), disk_("nc-faulty", 1) { clock_.now_ms = 1'795'000'000'000; }

TrialNode::~TrialNode() {
  ledger_.reset();
  std::error_code ec;
  fs::remove_all(dir_, ec);
}

Result<std::unique_ptr<TrialNode>> TrialNode::make(const fs::path& source) {
  const auto dir = fs::temp_directory_path() / ("nhipcau-cuts-" + system_rng().make<RecordId>().hex());
  std::unique_ptr<TrialNode> node(new TrialNode(dir));
  NC_TRY(copy_catalog(source, dir / "catalog"));
  SeededRng rng(1);
  records::OpenOptions options;
  options.clock = &node->clock_;
  options.rng = &rng;
  options.vfs = node->disk_.name();
  NC_TRY(records::Ledger::found(dir / "node", dir / "catalog", "vn-post-a", options));
  {
    NC_ASSIGN(const auto opened, records::Ledger::open(dir / "node", options));
    NC_TRY(opened->verify());
  }
  node->founded_ = node->disk_.files();
  return node;
}

Finding TrialNode::live(std::uint64_t seed, int cuts, store::FaultyDisk::Lie lie) {
  ledger_.reset();
  disk_.load(founded_, seed);
  disk_.set_lie(lie);
  rng_ = std::make_unique<SeededRng>(seed * 2 + 1);
  ledger_rng_ = std::make_unique<SeededRng>(seed * 3 + 2);
  notebook_ = {};
  voided_.clear();
  finding_.clear();
  checkpoint_bytes_ = 1 + static_cast<std::int64_t>(rng_->below(4)) * 60'000;
  disk_.set_sector_bytes(rng_->below(2) == 0 ? 512 : 4096);
  if (auto bad = open_ledger(); !bad.empty()) return bad;
  for (int cut = 1; cut <= cuts; ++cut) {
    auto bad = one_cut();
    if (!bad.empty()) {
      ledger_.reset();
      return fmt::format("seed {}, cut {}: {}", seed, cut, bad);
    }
  }
  ledger_.reset();
  return {};
}

Finding TrialNode::open_ledger() {
  records::OpenOptions options;
  options.clock = &clock_;
  options.rng = ledger_rng_.get();
  options.vfs = disk_.name();
  options.checkpoint_bytes = checkpoint_bytes_;
  auto opened = records::Ledger::open(dir_ / "node", options);
  if (!opened) return "the node does not open: " + opened.error().english();
  ledger_ = std::move(*opened);
  return {};
}

Finding TrialNode::one_cut() {
  const auto dropped = disk_.counts().dropped;
  stop_ = false;
  clock_.now_ms += 1000;
  break_something();
  work();
  if (!finding_.empty()) return finding_;
  // The process may also only be killed: nothing is lost then, but what was not synced still is not.
  if (!disk_.is_off() && !stop_ && rng_->below(8) == 0) {
    ++tally_.kills;
    disk_.cut_after(0);
    ledger_.reset();
    disk_.restart_process();
    if (auto bad = open_ledger(); !bad.empty()) return bad;
    work();
  }
  lose_power();
  if (rng_->below(8) == 0) {  // and once more, while the log is being read
    ++tally_.in_opening;
    disk_.cut_after(1 + static_cast<std::int64_t>(rng_->below(40)));
    static_cast<void>(open_ledger());
    ledger_.reset();
    disk_.power_on();
  }
  ++tally_.cuts;
  tally_.dropped += disk_.counts().dropped - dropped;
  if (auto bad = open_ledger(); !bad.empty()) return bad;
  auto bad = check();
  return bad.empty() ? finding_ : bad;
}

// What will go wrong while the node works.
void TrialNode::break_something() {
  const auto kind = rng_->below(10);
  if (kind < 2) disk_.cut_at_sync(1 + static_cast<std::int64_t>(rng_->below(6)));
  if (kind >= 2 && kind < 6) disk_.cut_after(1 + static_cast<std::int64_t>(rng_->below(250)));
  if (kind == 6 || kind == 7) {
    ++tally_.failures;
    disk_.fail_after(static_cast<std::int64_t>(rng_->below(400)), 1 + static_cast<std::int64_t>(rng_->below(3)));
  }
  if (kind == 8) {
    ++tally_.full;
    std::int64_t bytes = 0;
    for (const auto& [path, content] : disk_.files()) bytes += static_cast<std::int64_t>(content.size());
    disk_.set_capacity(bytes + static_cast<std::int64_t>(rng_->below(80'000)));
  }
}

void TrialNode::work() {
  const auto changes = 1 + rng_->below(9);
  for (std::uint64_t i = 0; i < changes && !disk_.is_off() && !stop_; ++i) one_change(*rng_);
}

void TrialNode::one_change(Rng& ids) {
  const auto kind = rng_->below(100);
  if (kind < 38) create(ids);
  else if (kind < 64) amend();
  else if (kind < 74) void_or_restore();
  else if (kind < 86) import();
  else if (kind < 93) read_while_writing();
  else if (kind < 98) burst();
  else back_up();
}

void TrialNode::lose_power() {
  // With the power still on, it goes now or while the node is closed, which moves the log.
  if (!disk_.is_off()) {
    disk_.repair();
    const bool closing = rng_->below(2) == 0;
    disk_.cut_after(closing ? 1 + static_cast<std::int64_t>(rng_->below(80)) : 0);
    tally_.in_closing += closing ? 1 : 0;
  }
  ledger_.reset();
  disk_.cut_after(0);
  disk_.power_on();
}

std::string TrialNode::next_text() {
  const std::lock_guard guard(mutex_);
  return fmt::format("văn bản {}", ++texts_);
}

Json TrialNode::values(const std::string& text) const { return Json(JsonObject{{"text", Json(text)}}); }

std::optional<RecordId> TrialNode::some_record() {
  if (notebook_.shown.empty()) return std::nullopt;
  auto at = notebook_.shown.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(rng_->below(notebook_.shown.size())));
  return at->first;
}

void TrialNode::note(const records::WriteResult& result, const Asked& asked) {
  const std::lock_guard guard(mutex_);
  if (result) {
    ++tally_.acknowledged;
    notebook_.saved.insert(asked.text);
    if (!asked.changes_text) return;
    notebook_.shown[asked.id] = asked.text;
    notebook_.may_show.erase(asked.id);
    return;
  }
  const auto& error = result.error().error;
  if (!is_answer_of_disk(error.code)) finding_ = "a change was refused: " + error.english();
  notebook_.unanswered.insert(asked.text);
  if (asked.changes_text) notebook_.may_show[asked.id].insert(asked.text);
  // As the program asks for: after a failing disk nothing goes on before a new start.
  if (error.code != ErrorCode::kFull) stop_ = true;
}

void TrialNode::create(Rng& ids) {
  const Asked asked{make_uuid7(clock_.now_ms, ids), next_text()};
  note(ledger_->create(ledger_->console(), {asked.id, kType, values(asked.text), std::nullopt, std::nullopt}), asked);
}

void TrialNode::amend() {
  const auto id = some_record();
  if (!id || voided_.contains(*id)) return create(*rng_);
  const Asked asked{*id, next_text()};
  auto changed = values(asked.text);
  if (rng_->below(2) == 0) changed.set("marks", JsonArray{Json(std::string(1, static_cast<char>('a' + rng_->below(3))))});
  note(ledger_->amend(ledger_->console(), {*id, {}, changed, {}}), asked);
}

void TrialNode::void_or_restore() {
  const auto id = some_record();
  if (!id) return create(*rng_);
  const bool voiding = !voided_.contains(*id);
  const Asked asked{*id, next_text(), false};
  const auto result = ledger_->transition(ledger_->console(), {*id, voiding ? "void" : "restore", asked.text, nullptr});
  note(result, asked);
  if (result && voiding) voided_.insert(*id);
  if (result && !voiding) voided_.erase(*id);
}

void TrialNode::import() {
  std::vector<records::Imported> rows;
  std::vector<Asked> asked;
  const auto count = 1 + rng_->below(6);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto text = next_text();
    asked.push_back({records::imported_id("cuts", text), text});
    rows.push_back({asked.back().id, kType, values(text), crypto::sha256(text), "", std::nullopt});
  }
  const auto results = ledger_->import(ledger_->console(), rows);
  for (std::size_t i = 0; i < rows.size(); ++i) note(results[i], asked[i]);
}

// A reader keeps his snapshot while others write: the log cannot begin anew meanwhile.
void TrialNode::read_while_writing() {
  const auto count = [](store::Database& db) { return db.integer("SELECT count(*) FROM journal_entry"); };
  const Status read = ledger_->inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto before, count(db));
    create(*rng_);
    if (!disk_.is_off() && !stop_) amend();
    NC_ASSIGN(const auto after, count(db));
    if (before != after) finding_ = "a reader saw others' changes inside his snapshot";
    return {};
  });
  if (!read && !is_answer_of_disk(read.error().code)) finding_ = "reading failed: " + read.error().english();
}

void TrialNode::back_up() {
  const auto path = dir_ / "copy.db";
  std::error_code ec;
  fs::remove(path, ec);
  const auto before = notebook_.saved.size();
  const Status done = ledger_->inspect([&](store::Database& db, const journal::Journal&) { return db.backup_to(path); });
  if (!done) return;
  ++tally_.backups;
  auto copy = store::Database::open(path, {.read_only = true, .immutable = true, .application_id = records::kLedgerApplicationId});
  if (!copy) finding_ = "a backup does not open: " + copy.error().english();
  else if (const auto good = copy->quick_check(); !good) finding_ = "a backup is damaged: " + good.error().english();
  else if (copy->integer("SELECT count(*) FROM journal_entry").value_or(0) < static_cast<std::int64_t>(before))
    finding_ = "a backup lacks entries";
}

void TrialNode::burst() {
  ++tally_.bursts;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([this, seed = rng_->next()] {
      SeededRng ids(seed);
      for (int i = 0; i < 3 && !disk_.is_off(); ++i) create(ids);
    });
  }
  for (auto& thread : threads) thread.join();
}

Finding TrialNode::check() {
  if (auto bad = check_journal(); !bad.empty()) return bad;
  if (auto bad = check_shown(); !bad.empty()) return bad;
  const auto report = ledger_->verify();
  if (!report) return "verify stopped: " + report.error().english();
  if (!report->problems.empty())
    return fmt::format("{} entries do not verify, first {} #{}: {}", report->problems.size(), report->problems[0].stream,
                       report->problems[0].seq, report->problems[0].error.english());
  const auto digest = ledger_->digest();
  const auto rebuilt = ledger_->rebuild(true);
  if (!digest || !rebuilt) return "rebuild stopped: " + (rebuilt ? digest.error() : rebuilt.error()).english();
  if (*digest != rebuilt->after) return "rebuild gives another digest";
  if (!rebuilt->differs.empty()) return "rebuild gives another " + rebuilt->differs.front();
  return {};
}

// Every acknowledged text stands in the journal. What stands there without an answer stays from now on.
Finding TrialNode::check_journal() {
  std::set<std::string> held;
  const Status read = ledger_->inspect([&](store::Database& db, const journal::Journal& journal) {
    return journal.for_each(db, [&](const journal::Stored& stored) -> Status {
      ++tally_.checked_entries;
      const auto& body = stored.entry.body;
      if (const auto text = body.set.find("text"); text != body.set.end() && text->second.is_string())
        held.insert(text->second.as_string());
      for (const auto& [question, reason] : body.confirmed) held.insert(reason);
      return {};
    });
  });
  if (!read) return "the journal cannot be read: " + read.error().english();
  for (const auto& text : notebook_.saved)
    if (!held.contains(text)) return fmt::format("“{}” was acknowledged and is gone", text);
  for (const auto& text : notebook_.unanswered) {
    if (!held.contains(text)) continue;
    ++tally_.unanswered_kept;
    notebook_.saved.insert(text);
  }
  notebook_.unanswered.clear();
  return {};
}

Finding TrialNode::check_shown() {
  for (const auto& [id, texts] : notebook_.may_show) notebook_.shown.try_emplace(id);
  for (auto at = notebook_.shown.begin(); at != notebook_.shown.end();) {
    auto& [id, text] = *at;
    const auto view = ledger_->read(ledger_->console(), id);
    const auto allowed = notebook_.may_show.find(id);
    if (!view) {
      if (!text.empty()) return fmt::format("the record of “{}” is gone: {}", text, view.error().english());
      at = notebook_.shown.erase(at);  // its creation was never acknowledged
      continue;
    }
    const auto now = view->values.text("text");
    if (now != text && (allowed == notebook_.may_show.end() || !allowed->second.contains(now)))
      return fmt::format("a record shows “{}”, not “{}”", now, text);
    text = now;
    if (view->voided) voided_.insert(id);
    else voided_.erase(id);
    ++at;
  }
  notebook_.may_show.clear();
  return {};
}

}  // namespace nc::crash
