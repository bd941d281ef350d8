// For tools/bench_sync.py: prepares children of a parent, and sends what they have to say to the parent all at once.
//
// sync_load prepare PARENT FOLDER COUNT RECORDS   enters COUNT units below the top, lets a node in for each, and keeps of each its key and
//                                                 the request with which it hands in RECORDS records that it wrote by itself
// sync_load apply PARENT FOLDER THREADS           all of them answered in this process; nothing else runs
// sync_load replay FOLDER PORT                    all of them at once over the line, until each was told "the same"
// sync_load fair FOLDER PORT QUIET SECONDS        QUIET children ask every quarter of a second whether there is anything new, first alone,
//                                                 then beside one that says all that it has without a pause
// sync_load raw DIR COUNT                         the bytes of the last COUNT entries as they are signed
// Each but the first prints one line of JSON.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <thread>

#include "base/bench.h"
#include "base/files.h"
#include "base/rng.h"
#include "channels/sync/messages.h"
#include "channels/sync/session.h"
#include "foundation/crypto/key_file.h"
#include "foundation/crypto/node_certificate.h"
#include "foundation/net/exchange_client.h"
#include "ledger/journal/passing_on.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/foreign.h"

namespace {

using namespace nc;
using bench::must;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Of all threads.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// --- preparing ---

// A node with the units below which others are let in.
class Parent {
 public:
  explicit Parent(const fs::path& dir) : ledger_(must(records::Ledger::open(dir))) {
    must(ledger_->inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(const auto root, journal::trusted_root(db));
      root_ = root.value();
      return {};
    }));
    top_ = records::imported_id("units", must(records::read_config({dir})).unit_code);
  }
  [[nodiscard]] records::Ledger& ledger() { return *ledger_; }

  std::vector<UnitId> enter_units(std::int64_t count) {
    const auto force = must(parse_json(must(read_file("data/bench/force.json"))));
    const auto data = must(parse_json(must(read_file("data/bench/records.json"))));
    std::vector<records::Imported> rows;
    Json placed{JsonArray{}};
    std::vector<UnitId> out;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto code = "sync-post-" + std::to_string(i);
      Json values{JsonObject{}};
      values.set("code", code)
          .set("name", "Đồn Biên phòng " + std::to_string(i))
          .set("country", "VN")
          .set("own", true)
          .set("level", "post");
      rows.push_back(row(code, force.text("unit"), std::move(values)));
      out.push_back(rows.back().id);
      placed.push(Json(JsonObject{{"unit", out.back().hex()}, {"line", "command"}, {"parent", top_.hex()}, {"change", "place"}}));
    }
    rows.push_back(row("sync-other", data["counterpart"].text("type"), data["counterpart"]["values"]));
    other_ = rows.back().id;
    take(*ledger_, rows);
    Json values{JsonObject{}};
    values.set("code", "sync-1").set("rows", std::move(placed));
    take(*ledger_, {row("sync-placing", force.text("placing"), values)});
    return out;
  }

  struct Guest {
    records::NewNode who;
    crypto::SigningKey key;
  };
  Guest let_in(const UnitId& unit, std::int64_t number) {
    Guest out{{}, crypto::SigningKey::generate(system_rng())};
    out.who.self = {system_rng().make<NodeId>(), system_rng().make<IncarnationId>()};
    out.who.key = out.key.public_key();
    out.who.node_record = ledger_->new_node_record();
    out.who.unit = unit;
    out.who.unit_code = "sync-post-" + std::to_string(number);
    const auto done = ledger_->enrol(ledger_->console(), out.who);
    if (!done) std::fprintf(stderr, "%s\n", done.error().error.english().c_str());
    NC_CHECK(done.has_value());
    return out;
  }

  // Its key, and what it says when it comes back after having written `count` records.
  void keep(const Guest& guest, std::int64_t number, std::int64_t count, const fs::path& into) {
    const auto dir = into / ("child-" + std::to_string(number));
    const auto& who = guest.who;
    must(records::Ledger::join(dir, "catalog", {who.self, who.node_record, who.unit_code, root_}, guest.key));
    {
      const auto child = must(records::Ledger::open(dir));
      talk(*child, who.self.node);
      const auto rows = activities(*child, who.unit, number, count);
      constexpr std::size_t kInOneCommit = 20;
      for (std::size_t at = 0; at < rows.size(); at += kInOneCommit)
        take(*child, {rows.begin() + static_cast<std::ptrdiff_t>(at),
                      rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), at + kInOneCommit))});
      const auto session = must(sync::Session::start(*child, ledger_->identity().node));
      must(write_file_durably(into / (std::to_string(number) + ".request"), must(session->request()), 0600));
      must(write_file_durably(into / (std::to_string(number) + ".node"), who.self.node.hex(), 0600));
      fs::copy_file(records::DataDir{dir}.key(), into / (std::to_string(number) + ".key"));
    }
    fs::remove_all(dir);
  }

 private:
  static records::Imported row(const std::string& key, std::string type, Json values) {
    records::Imported out;
    out.id = records::imported_id("bench", key);
    out.type = std::move(type);
    out.values = std::move(values);
    out.origin.bytes[0] = 1;
    std::copy(out.id.bytes.begin(), out.id.bytes.end(), out.origin.bytes.begin() + 1);
    return out;
  }
  static void take(records::Ledger& ledger, const std::vector<records::Imported>& rows) {
    for (const auto& result : ledger.import(ledger.console(), rows)) {
      if (!result) std::fprintf(stderr, "%s\n", result.error().error.english().c_str());
      NC_CHECK(result.has_value());
    }
  }
  void talk(records::Ledger& child, const NodeId& node) {
    const auto session = must(sync::Session::start(child, ledger_->identity().node));
    for (bool more = true; more;) {
      must(session->feed(must(sync::answer(*ledger_, node, must(session->request())))));
      more = must(session->finish()).go_on;
    }
  }
  [[nodiscard]] std::vector<records::Imported> activities(records::Ledger& child, const UnitId& unit, std::int64_t number,
                                                          std::int64_t count) const {
    const auto data = must(parse_json(must(read_file("data/bench/records.json"))));
    const auto& activity = data["activity"];
    std::vector<records::Imported> rows;
    for (std::int64_t i = 0; i < count; ++i) {
      Json values = activity["values"];
      auto place = values["place"];
      values.set("place", place.set("text", place.text("text") + " " + std::to_string(number) + "." + std::to_string(i)));
      values.set(activity.text("lead"), unit.hex());
      values.set(activity.text("with"), JsonArray{Json(JsonObject{{"ref", other_.hex()}, {"role", "take_part"}})});
      rows.push_back(row(std::to_string(number) + "." + std::to_string(i), activity.text("type"), std::move(values)));
      rows.back().id = child.new_row_id("bench", std::to_string(i));
      rows.back().audience = journal::Audience::own(unit);
    }
    return rows;
  }

  std::unique_ptr<records::Ledger> ledger_;
  EntryHash root_;
  UnitId top_;
  RecordId other_;
};

int prepare(const fs::path& parent_dir, const fs::path& folder, std::int64_t count, std::int64_t records) {
  Parent parent(parent_dir);
  const auto units = parent.enter_units(count);
  fs::create_directories(folder);
  std::vector<Parent::Guest> guests;  // all of them first: each changes what all hold
  for (std::int64_t i = 0; i < count; ++i) guests.push_back(parent.let_in(units[static_cast<std::size_t>(i)], i));
  std::atomic<std::int64_t> next = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread)
    threads.emplace_back([&] {
      for (auto i = next++; i < count; i = next++) parent.keep(guests[static_cast<std::size_t>(i)], i, records, folder);
    });
  for (auto& thread : threads) thread.join();
  return 0;
}

// --- what was prepared ---

struct Child {
  crypto::SigningKey key;
  NodeId node;
  std::string request;
};

std::vector<Child> children_in(const fs::path& folder) {
  std::vector<Child> out;
  for (int i = 0; fs::exists(folder / (std::to_string(i) + ".request")); ++i) {
    const auto base = folder / std::to_string(i);
    out.push_back({must(crypto::read_key_file(base.string() + ".key")), NodeId::from_hex(must(read_file(base.string() + ".node"))).value(),
                   must(read_file(base.string() + ".request"))});
  }
  NC_CHECK(!out.empty());
  return out;
}

// The same child when it has nothing new.
std::string without_entries(std::string_view request) {
  sync::FrameReader reader;
  reader.feed(request);
  sync::FrameWriter writer;
  while (auto frame = reader.next())
    for (const auto& message : *frame)
      if (message.kind == sync::kHello || message.kind == sync::kAgain || message.kind == sync::kCursors) NC_CHECK(writer.add({message}));
  NC_CHECK(writer.add({{sync::kEnd, sync::encode(sync::End{})}}));
  return writer.take();
}

bool says_same(std::string_view answer) {
  sync::FrameReader reader;
  reader.feed(answer);
  std::optional<sync::End> end;
  while (auto frame = reader.next())
    for (const auto& message : *frame)
      if (message.kind == sync::kEnd) end = sync::decode_end(message.content);
  return end && end->same;
}

int apply(const fs::path& parent_dir, const fs::path& folder, int threads) {
  const auto children = children_in(folder);
  const auto ledger = must(records::Ledger::open(parent_dir));
  const auto entries = [&] {
    std::int64_t out = 0;
    must(ledger->inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(out, db.integer("SELECT count(*) FROM journal_entry WHERE status=0"));
      return {};
    }));
    return out;
  };
  const auto before = entries();
  const auto spent = processor_seconds();
  std::atomic<std::size_t> next = 0, same = 0;
  const auto took = bench::seconds([&] {
    std::vector<std::thread> some;
    for (int i = 0; i < threads; ++i)
      some.emplace_back([&] {
        for (auto at = next++; at < children.size(); at = next++)
          if (says_same(must(sync::answer(*ledger, children[at].node, children[at].request)))) ++same;
      });
    for (auto& one : some) one.join();
  });
  const auto used = processor_seconds() - spent;
  std::printf("{\"entries\": %lld, \"seconds\": %.4f, \"processor\": %.4f, \"same\": %zu, \"children\": %zu}\n",
              static_cast<long long>(entries() - before), took, used, same.load(), children.size());
  return 0;
}

// --- over the line ---

class Line {
 public:
  Line(const Child& child, std::string address) : child_(child), address_(std::move(address)) {}
  // Whether the answer came; a parent that is busy with strangers drops some of those who knock at once, and they knock again.
  std::optional<std::string> say() {
    for (int tries = 0; tries < 200; ++tries) {
      if (!client_ || !client_->usable()) connect();
      if (client_) {
        std::string answer;
        net::ExchangeClient::Asked asked;
        asked.path = "/1/sync";
        asked.body = child_.request;
        asked.answer_max = 2 * sync::kAnswerBytesMax;
        const auto answered = client_->post(asked, [&](std::string_view bytes) {
          answer += bytes;
          return Status();
        });
        if (answered && answered->status == 200) return answer;
        client_.reset();
      }
      ++again_;
      std::this_thread::sleep_for(std::chrono::milliseconds(50 + 10 * (tries % 20)));
    }
    return std::nullopt;
  }
  bool connect() {
    net::ExchangeClientOptions options;
    options.address = address_;
    auto client = net::ExchangeClient::connect(
        {crypto::node_certificate(child_.key), crypto::private_key_der(child_.key)}, [](const PublicKey&) { return true; }, options);
    client_ = client ? std::move(*client) : nullptr;
    return client_ != nullptr;
  }
  [[nodiscard]] int tried_again() const { return again_; }

 private:
  const Child& child_;
  std::string address_;
  std::unique_ptr<net::ExchangeClient> client_;
  int again_ = 0;
};

double quantile_or_zero(const bench::Runs& runs, double q) { return runs.empty() ? 0 : bench::quantile(runs, q); }

int replay(const fs::path& folder, const std::string& address) {
  const auto children = children_in(folder);
  std::mutex mutex;
  bench::Runs took;
  std::size_t same = 0, again = 0;
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (const auto& child : children)
    threads.emplace_back([&] {
      Line line(child, address);
      const auto answer = line.say();
      const std::lock_guard guard(mutex);
      took.push_back(seconds_since(start));
      again += static_cast<std::size_t>(line.tried_again());
      if (answer && says_same(*answer)) ++same;
    });
  for (auto& thread : threads) thread.join();
  std::printf("{\"children\": %zu, \"same\": %zu, \"p50\": %.3f, \"all\": %.3f, \"processor\": %.3f, \"again\": %zu}\n", children.size(),
              same, quantile_or_zero(took, 0.5), quantile_or_zero(took, 1), processor_seconds(), again);
  return same == children.size() ? 0 : 1;
}

bench::Runs quiet_ones(const std::vector<Child>& children, std::size_t quiet, const std::string& address, double seconds) {
  constexpr auto kEvery = std::chrono::milliseconds(250);
  std::mutex mutex;
  bench::Runs took;
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i <= quiet; ++i)
    threads.emplace_back([&, i] {
      Line line(children[i], address);
      NC_CHECK(line.say().has_value());
      std::this_thread::sleep_for(kEvery * i / quiet);
      bench::Runs mine;
      const auto start = Clock::now();
      for (auto due = start; seconds_since(start) < seconds; due += kEvery) {
        std::this_thread::sleep_until(due);
        NC_CHECK(line.say().has_value());
        mine.push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count());
      }
      const std::lock_guard guard(mutex);
      took.insert(took.end(), mine.begin(), mine.end());
    });
  for (auto& thread : threads) thread.join();
  return took;
}

int fair(const fs::path& folder, const std::string& address, std::size_t quiet, double seconds) {
  auto children = children_in(folder);
  NC_CHECK(children.size() > quiet);
  for (std::size_t i = 1; i <= quiet; ++i) children[i].request = without_entries(children[i].request);
  const auto alone = quiet_ones(children, quiet, address, seconds);
  std::atomic<bool> stop = false;
  std::atomic<int> floods = 0;
  std::thread flood([&] {
    Line line(children[0], address);
    for (; !stop; ++floods) NC_CHECK(line.say().has_value());
  });
  const auto beside = quiet_ones(children, quiet, address, seconds);
  stop = true;
  flood.join();
  std::printf("{\"alone\": {%s}, \"beside\": {%s}, \"floods\": %d}\n", bench::spread(alone).c_str(), bench::spread(beside).c_str(),
              floods.load());
  return 0;
}

int raw(const fs::path& dir, std::int64_t count) {
  records::OpenOptions options;
  options.read_only = true;
  const auto ledger = must(records::Ledger::open(dir, options));
  std::size_t bytes = 0;
  must(ledger->inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(auto query, db.prepare("SELECT stream, seq FROM journal_entry ORDER BY arrival DESC LIMIT ?1"));
    query.bind(1, count);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) return {};
      NC_TRY(journal::each_held(db, query.integer(0), query.integer(1), [&](const journal::HeldEntry& entry) -> Result<bool> {
        bytes += entry.header_bytes.size() + entry.body_bytes.size();
        return false;
      }));
    }
  }));
  std::printf("{\"bytes\": %zu}\n", bytes);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  const auto number = [&](std::size_t at) { return std::atoll(args[at].c_str()); };
  const auto is = [&](const char* name, std::size_t count) { return args.size() == count + 1 && args[0] == name; };
  if (is("prepare", 4)) return prepare(args[1], args[2], number(3), number(4));
  if (is("apply", 3)) return apply(args[1], args[2], static_cast<int>(number(3)));
  if (is("replay", 2)) return replay(args[1], "127.0.0.1:" + args[2]);
  if (is("fair", 4)) return fair(args[1], "127.0.0.1:" + args[2], static_cast<std::size_t>(number(3)), static_cast<double>(number(4)));
  if (is("raw", 2)) return raw(args[1], number(2));
  return 2;
}
