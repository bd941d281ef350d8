// The line between real ledgers over loopback: enrolment, wrong and cut keys, lines that are cut or stand still, hostile bytes.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/files.h"
#include "channels/sync/card.h"
#include "channels/sync/chaos_proxy_for_test.h"
#include "channels/sync/contacts.h"
#include "channels/sync/frames.h"
#include "channels/sync/keeper.h"
#include "channels/sync/link_server.h"
#include "channels/sync/parent_link.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/key_file.h"
#include "foundation/crypto/node_certificate.h"
#include "foundation/net/test_client.h"
#include "ledger/records/cutting_off.h"
#include "ledger/records/data_dir.h"

namespace nc::sync {
namespace {

using namespace std::chrono_literals;
using simulation::must;
using simulation::Node;

constexpr std::int64_t kTenYearsMs = std::int64_t{10} * 365 * 86'400'000;

template <typename Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 400; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(25ms);
  }
  return false;
}

class LinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    clock_.now_ms = 1'795'000'000'000 + kTenYearsMs;
    dir_ = std::filesystem::temp_directory_path() / ("nc-link-" + system_rng().make<RecordId>().hex());
    std::filesystem::create_directories(dir_);
    simulation::make_catalog(NC_SOURCE_DIR, dir_ / "catalog");
    parent_ = std::make_unique<Node>(dir_ / "parent", "p", 1, "");
    parent_->found(dir_ / "catalog");
    unit_ = simulation::enter_unit(*parent_, "p-post", parent_->unit());
    serve();
  }
  void TearDown() override {
    server_.reset();
    child_.reset();
    parent_.reset();
    std::filesystem::remove_all(dir_);
  }
  void serve(const net::ExchangeServerOptions& net = {}) {
    server_.reset();
    LinkServerOptions options;
    options.net = net;
    options.program = "9.9-test";
    server_ = must(LinkServer::start(parent_->ledger(), options));
  }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }
  [[nodiscard]] std::filesystem::path child_dir() const { return dir_ / "child"; }
  // Made by a card; asks to be let in when it first connects. Its clock is ten years ahead.
  Joined join(const std::string& name = "child") {
    const auto card = must(make_card(parent_->ledger(), "p-post", catalog::Handling::kInternal, system_rng(), address()));
    return must(join_by_card(dir_ / name, dir_ / "catalog", card, options()));
  }
  [[nodiscard]] records::OpenOptions options() const {
    records::OpenOptions out;
    out.clock = &clock_;
    return out;
  }
  void enrol() {
    const auto joined = join();
    must(admit(parent_->ledger(), parent_->ledger().console(), must(read_request(parent_->ledger(), joined.request))));
    child_ = must(records::Ledger::open(child_dir(), options()));
  }
  std::unique_ptr<ParentLink> line(const LinkRules& rules = {}) { return must(ParentLink::make(*child_, rules, {"1.2-test", &stop_})); }
  static LinkRules by(const std::string& where) {
    LinkRules out;
    out.parent = where;
    return out;
  }
  RecordId note(const std::string& text) {
    const auto written = child_->create(child_->console(), {std::nullopt, "sim_note", Json(JsonObject{{"text", Json(text)}}), std::nullopt,
                                                            journal::Audience::own(unit_), true});
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  }
  // A connection with the child's own key.
  std::unique_ptr<net::ExchangeClient> client(const std::string& where, std::int64_t stall_ms = 60'000, std::int64_t answer_ms = 60'000) {
    const auto key = must(crypto::read_key_file(records::DataDir{child_dir()}.key()));
    net::ExchangeClientOptions options;
    options.address = where;
    options.stall_ms_max = stall_ms;
    options.answer_ms_max = answer_ms;
    return must(net::ExchangeClient::connect(
        {crypto::node_certificate(key), crypto::private_key_der(key)}, [](const PublicKey&) { return true; }, options));
  }
  static int status_of(net::ExchangeClient& client, const std::string& path, const std::string& body) {
    net::ExchangeClient::Asked asked;
    asked.path = path;
    asked.body = body;
    asked.answer_max = 1 << 20;
    const auto answered = client.post(asked, [](std::string_view) { return Status(); });
    return answered ? answered->status : -1;
  }

  std::filesystem::path dir_;
  ManualClock clock_;
  std::unique_ptr<Node> parent_;
  std::unique_ptr<records::Ledger> child_;
  std::unique_ptr<LinkServer> server_;
  UnitId unit_;
  std::atomic<bool> stop_ = false;
};

TEST_F(LinkTest, ANodeIsLetInOverTheLineOnceAPersonHasComparedTheWords) {
  const auto joined = join();
  child_ = must(records::Ledger::open(child_dir(), options()));
  const auto link = line();
  const auto waits = link->exchange();
  ASSERT_FALSE(waits);
  ASSERT_EQ(waits.error().code, ErrorCode::kDenied) << waits.error().english();
  ASSERT_EQ(waits.error().args, std::vector<std::string>{joined.words}) << waits.error().english();
  const auto waiting = must(waiting_requests(parent_->ledger()));
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].request.words, joined.words);
  EXPECT_FALSE(waiting[0].raced);
  must(admit(parent_->ledger(), parent_->ledger().console(), waiting[0].request));
  EXPECT_TRUE(must(waiting_requests(parent_->ledger())).empty());

  const auto above = parent_->note("xuong don", std::nullopt, journal::Audience::own(unit_));
  const auto first = must(link->exchange());
  EXPECT_TRUE(first.same);
  EXPECT_EQ(first.clock_ahead_ms, -kTenYearsMs);
  const auto below = note("len tinh");
  EXPECT_TRUE(must(link->exchange()).same);
  EXPECT_EQ(parent_->text_of(below), "len tinh");
  EXPECT_TRUE(child_->read(child_->console(), above));
  const auto seen = must(contact_with(*child_, parent_->id()));
  EXPECT_EQ(seen->version, "9.9-test");
  EXPECT_TRUE(seen->same && seen->failed_at_ms == 0);
  EXPECT_EQ(must(contact_with(parent_->ledger(), child_->identity().node))->version, "1.2-test");
}

TEST_F(LinkTest, ACopiedCardIsSeenAndLetsOneIn) {
  const auto card = must(make_card(parent_->ledger(), "p-post", catalog::Handling::kInternal, system_rng(), address()));
  must(join_by_card(dir_ / "child", dir_ / "catalog", card, options()));
  must(join_by_card(dir_ / "thief", dir_ / "catalog", card, options()));
  child_ = must(records::Ledger::open(dir_ / "thief", options()));
  EXPECT_FALSE(line()->exchange());
  child_ = must(records::Ledger::open(child_dir(), options()));
  EXPECT_FALSE(line()->exchange());
  const auto waiting = must(waiting_requests(parent_->ledger()));
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_TRUE(waiting[0].raced && waiting[1].raced);
  for (const auto& one : waiting)
    if (one.request.node == child_->identity().node) must(admit(parent_->ledger(), parent_->ledger().console(), one.request));
  EXPECT_TRUE(must(line()->exchange()).same);
  child_ = must(records::Ledger::open(dir_ / "thief", options()));
  const auto refused = line()->exchange();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied) << refused.error().english();
}

TEST_F(LinkTest, WhoHasNotTheParentsKeyIsNotTalkedTo) {
  enrol();
  Node other(dir_ / "other", "o", 77, "");
  other.found(dir_ / "catalog");
  const auto impostor = must(LinkServer::start(other.ledger(), {}));
  const auto failed = line(by("127.0.0.1:" + std::to_string(impostor->port())))->exchange();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kDenied) << failed.error().english();
  EXPECT_NE(failed.error().english().find("parent's key"), std::string::npos);
  EXPECT_NE(must(contact_with(*child_, parent_->id()))->failed_at_ms, 0);
}

TEST_F(LinkTest, AKeyThatNobodyCertifiedEndsTheHandshake) {
  enrol();
  SeededRng rng(5);
  const auto stranger = crypto::SigningKey::generate(rng);
  net::ExchangeClientOptions options;
  options.address = address();
  const auto client = must(net::ExchangeClient::connect(
      {crypto::node_certificate(stranger), crypto::private_key_der(stranger)}, [](const PublicKey&) { return true; }, options));
  const auto refused = client->post({"/1/enrol", "{}", {}, 0, 0}, [](std::string_view) { return Status(); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied) << refused.error().english();
  // While a card waits for its node, any key may ask to be let in, and nothing else.
  must(make_card(parent_->ledger(), "p-post", catalog::Handling::kInternal));
  std::this_thread::sleep_for(1s);
  const auto guest = must(net::ExchangeClient::connect(
      {crypto::node_certificate(stranger), crypto::private_key_der(stranger)}, [](const PublicKey&) { return true; }, options));
  EXPECT_EQ(status_of(*guest, "/1/enrol", "{}"), 400);
  EXPECT_EQ(status_of(*guest, "/1/sync", "x"), 403);
}

// The cut stands in the ledger as any: its fact, by an entry of who certified the child.
TEST_F(LinkTest, ANodeThatIsCutOffIsRefusedAndItsOpenConnectionEnds) {
  enrol();
  const auto link = line();
  EXPECT_TRUE(must(link->exchange()).same);
  const auto open = client(address());
  ASSERT_TRUE(open->usable());
  journal::StreamKey stream;
  stream.node = child_->identity().node;
  stream.incarnation = child_->identity().incarnation;
  stream.part = {1, journal::Audience::own(unit_)};
  stream.lane = journal::Lane::kOrdinary;
  must(parent_->ledger().exchange([&](records::Intake& intake) {
    return intake.db().run(
        "INSERT INTO journal_fact(kind, subject, entry, value, detail) "
        "SELECT 'cut', ?1, max(entry), '1', ?2 FROM journal_fact WHERE kind='certify-node'",
        stream.text(), EntryHash{}.hex());
  }));
  parent_->note("then something is written");
  EXPECT_TRUE(soon([&] { return !open->usable(); }));
  const auto refused = link->exchange();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied) << refused.error().english();
  EXPECT_NE(refused.error().english().find("does not let this node in"), std::string::npos) << refused.error().english();
}

// A province that the founder cuts off; the post hears of it by a stick.
TEST_F(LinkTest, WithASuperiorThatIsCutOffAChildDoesNotTalkThoughItHasItsCard) {
  Node province(dir_ / "province", "q", 2, "");
  province.join(*parent_, dir_ / "catalog", simulation::enter_unit(*parent_, "q", parent_->unit()));
  simulation::enter_unit(*parent_, "q-post", province.unit());
  simulation::sync_until_quiet(province, *parent_);
  server_ = must(LinkServer::start(province.ledger(), {}));
  const auto card = must(make_card(province.ledger(), "q-post", catalog::Handling::kInternal, system_rng(), address()));
  const auto joined = must(join_by_card(child_dir(), dir_ / "catalog", card, options()));
  must(admit(province.ledger(), province.ledger().console(), must(read_request(province.ledger(), joined.request))));
  child_ = must(records::Ledger::open(child_dir(), options()));
  EXPECT_TRUE(must(line()->exchange()).same);
  simulation::sync_until_quiet(province, *parent_);
  const records::CutOff order{province.id(), province.ledger().identity().incarnation, records::CutReason::kStolen, std::nullopt};
  ASSERT_TRUE(records::cut_off(parent_->ledger(), parent_->ledger().console(), order));
  must(make_bundle(parent_->ledger(), child_->identity().node, std::nullopt, dir_ / "of-the-cut"));
  must(take_bundle(*child_, dir_ / "of-the-cut", std::nullopt));
  const auto refused = line()->exchange();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied) << refused.error().english();
  EXPECT_NE(refused.error().english().find("parent's key"), std::string::npos) << refused.error().english();
  EXPECT_FALSE(make_bundle(*child_, province.id(), must(known_parent(child_dir())), dir_ / "stick")) << "nor by stick";
  const auto written = make_bundle(parent_->ledger(), province.id(), std::nullopt, dir_ / "for-the-cut");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().english().find("was cut off"), std::string::npos) << written.error().english();
}

// A reorganisation puts the post under another province: when its line is turned there it takes that node for its parent, and nobody else.
TEST_F(LinkTest, AfterAReorganisationTheLineIsTurnedToTheNewSuperior) {
  enrol();
  EXPECT_TRUE(must(line()->exchange()).same);
  Node province(dir_ / "province", "q", 2, ""), stranger(dir_ / "stranger", "r", 3, "");
  province.join(*parent_, dir_ / "catalog", simulation::enter_unit(*parent_, "q", parent_->unit()));
  stranger.join(*parent_, dir_ / "catalog", simulation::enter_unit(*parent_, "r", parent_->unit()));
  simulation::move_under(*parent_, unit_, province.unit());
  for (auto* node : {&province, &stranger})
    for (int i = 0; i < 2; ++i) simulation::sync_until_quiet(*node, *parent_);
  EXPECT_TRUE(must(line()->exchange()).same);
  const auto after = note("sau khi chuyen");
  auto theirs = must(LinkServer::start(stranger.ledger(), {}));
  const auto wrong = line(by("127.0.0.1:" + std::to_string(theirs->port())))->exchange();
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kDenied);
  EXPECT_EQ(must(known_parent(child_dir()))->node, parent_->id());
  theirs = must(LinkServer::start(province.ledger(), {}));
  EXPECT_TRUE(must(line(by("127.0.0.1:" + std::to_string(theirs->port())))->exchange()).same);
  EXPECT_EQ(province.text_of(after), "sau khi chuyen");
  EXPECT_EQ(must(known_parent(child_dir()))->node, province.id());
  EXPECT_TRUE(must(line()->exchange()).same) << "it remembers where";
}

TEST_F(LinkTest, ALineThatIsCutAgainAndAgainBringsAllInTheEnd) {
  enrol();
  EXPECT_TRUE(must(line()->exchange()).same);
  ChaosProxy proxy(server_->port());
  proxy.cut_after_bytes = 24'000;
  std::vector<RecordId> up;
  for (int i = 0; i < 60; ++i) {
    std::string text(1500, 'x');
    std::uint64_t word = static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15U + 1;
    for (auto& c : text) c = static_cast<char>('a' + ((word = word * 6364136223846793005U + 1) >> 60));
    up.push_back(note(text));
    parent_->note(text, std::nullopt, journal::Audience::own(unit_));
  }
  const auto link = line(by("127.0.0.1:" + std::to_string(proxy.port())));
  Outcome outcome;
  for (int i = 0; i < 20 && !outcome.same; ++i) outcome = link->exchange().value_or(Outcome{});
  EXPECT_TRUE(outcome.same);
  EXPECT_GT(proxy.cuts(), 3);
  for (const auto& one : up) EXPECT_NE(parent_->text_of(one), "");
}

TEST_F(LinkTest, WhoStandsStillIsDroppedAndWhoMovesSlowlyIsNot) {
  net::ExchangeServerOptions quick;
  quick.handshake_ms_max = 400;
  quick.stall_ms_max = 400;
  enrol();
  serve(quick);
  // Connects and says nothing.
  net::TestClient silent(server_->port());
  EXPECT_TRUE(silent.closes_within(5000));
  // Stands still within the body: the server lets go, the client notices too.
  ChaosProxy proxy(server_->port());
  proxy.freeze_after_bytes = 30'000;
  const auto frozen = client("127.0.0.1:" + std::to_string(proxy.port()), 700, 700);
  EXPECT_EQ(status_of(*frozen, "/1/sync", std::string(100'000, 'x')), -1);
  // 20 KB at 20 KB a second take longer than that, and arrive.
  ChaosProxy slow(server_->port());
  slow.bytes_a_second = 20'000;
  const auto creeping = client("127.0.0.1:" + std::to_string(slow.port()), 700);
  EXPECT_EQ(status_of(*creeping, "/1/sync", std::string(20'000, 'x')), 400);
}

// Whoever opens connections and says nothing must not shut the children out.
TEST_F(LinkTest, ManyWhoKnockAndSayNothingKeepNobodyOut) {
  enrol();
  std::vector<std::unique_ptr<net::TestClient>> silent;
  for (int i = 0; i < 200; ++i) silent.push_back(std::make_unique<net::TestClient>(server_->port()));
  EXPECT_TRUE(must(line()->exchange()).same);
}

TEST_F(LinkTest, HostileBytesAreAnsweredByNameAndHarmNobody) {
  enrol();
  for (const std::string& noise : {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), std::string(70'000, '\xff'), std::string(5, '\x16')}) {
    net::TestClient rude(server_->port());
    rude.send(noise);
  }
  EXPECT_EQ(status_of(*client(address()), "/1/sync", "noise"), 400);
  EXPECT_EQ(status_of(*client(address()), "/1/sync", ""), 400);
  EXPECT_EQ(status_of(*client(address()), "/2/sync", "noise"), 404);
  EXPECT_EQ(status_of(*client(address()), "/1/sync", std::string(400'000, 'x')), 413);
  EXPECT_EQ(status_of(*client(address()), "/1/ sync", "x"), 400);
  EXPECT_EQ(status_of(*client(address()), "/1/enrol", "{\"request\":1}"), 400);
  FrameWriter writer;
  writer.add({{1000, "an even kind that nobody knows"}});
  EXPECT_EQ(status_of(*client(address()), "/1/sync", writer.take()), 400);
  // A later connection of the same key ends the earlier.
  const auto first = client(address()), second = client(address());
  EXPECT_EQ(status_of(*second, "/2/sync", "x"), 404);
  EXPECT_TRUE(soon([&] { return !first->usable(); }));
  EXPECT_TRUE(must(line()->exchange()).same);
}

// The day's bytes are used up: what is urgent goes, and nothing with it.
TEST_F(LinkTest, BeyondTheDaysBytesOnlyWhatIsUrgentGoes) {
  enrol();
  must(line()->exchange());
  must(write_file_durably(child_dir() / "sync.json", R"({"every_s":3600,"bytes_a_day":1000})"));
  must(add_bytes_of_day(*child_, child_->today(), 2000));
  const auto keeper = must(Keeper::start(*child_, {"1.2-test", {}}));
  const auto ordinary = note("cho den mai");
  const auto alert = child_->create(child_->console(), {std::nullopt, "sim_alert", Json(JsonObject{{"text", Json("khan")}}), std::nullopt,
                                                        journal::Audience::own(unit_), true});
  ASSERT_TRUE(alert);
  keeper->hurry();
  EXPECT_TRUE(soon([&] { return parent_->text_of(alert->id) == "khan"; }));
  EXPECT_TRUE(soon([&] { return must(bytes_of_day(*child_, child_->today())) > 2000; }));
  const auto used = must(bytes_of_day(*child_, child_->today()));
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(parent_->text_of(ordinary), "");
  EXPECT_EQ(must(bytes_of_day(*child_, child_->today())), used);
  EXPECT_TRUE(must(ask_serving_node(child_dir())).same) << "who asks himself gets all";
  EXPECT_EQ(parent_->text_of(ordinary), "cho den mai");
}

TEST_F(LinkTest, AServingNodeSyncsByIntervalAndWhenAsked) {
  enrol();
  must(write_file_durably(child_dir() / "sync.json", R"({"every_s":3600,"bytes_a_day":100000000})"));
  const auto keeper = must(Keeper::start(*child_, {"1.2-test", {}}));
  const auto same = [&] {
    const auto seen = must(contact_with(*child_, parent_->id()));
    return seen && seen->same;
  };
  EXPECT_TRUE(soon(same));
  const auto later = note("cho lan sau");
  const auto outcome = must(ask_serving_node(child_dir()));
  EXPECT_TRUE(outcome.same);
  EXPECT_EQ(parent_->text_of(later), "cho lan sau");
  const auto urgent = note("khan");
  keeper->hurry();
  EXPECT_TRUE(soon([&] { return parent_->text_of(urgent) == "khan"; }));
  EXPECT_GT(must(bytes_of_day(*child_, child_->today())), 1000);
  // The parent is gone: the asker is told why.
  server_.reset();
  const auto failed = ask_serving_node(child_dir());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo) << failed.error().english();
}

TEST(LinkRulesTest, AreReadStrictly) {
  const auto read = must(parse_link_rules(
      R"({"parent":"10.0.0.5:8610","every_s":60,"from":"22:00","to":"05:30","bytes_a_second":1200,"bytes_a_day":5000000})", "f"));
  EXPECT_EQ(read.parent, "10.0.0.5:8610");
  EXPECT_TRUE(within_hours(read, 23 * 60) && within_hours(read, 5 * 60) && !within_hours(read, 5 * 60 + 30) && !within_hours(read, 720));
  EXPECT_TRUE(within_hours(LinkRules{}, 0));
  EXPECT_EQ(must(read_link_rules("/absent")).every_s, 300);
  for (const auto* wrong : {R"({"parents":"x"})", R"({"every_s":1})", R"({"every_s":"60"})", R"({"from":"24:00"})", R"({"from":5})",
                            R"({"bytes_a_day":-1})", R"([])", R"({"background":1})"})
    EXPECT_FALSE(parse_link_rules(wrong, "f")) << wrong;
}

}  // namespace
}  // namespace nc::sync
