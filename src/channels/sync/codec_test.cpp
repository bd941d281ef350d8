// Frames and runs: what is written is read again, what is wrong is not read, and the page's example stands in it.
#include <gtest/gtest.h>

#include "base/bytes_for_test.h"
#include "base/files.h"
#include "base/rng.h"
#include "channels/sync/below.h"
#include "channels/sync/file_messages.h"
#include "channels/sync/frames.h"
#include "channels/sync/messages.h"
#include "channels/sync/outbox.h"
#include "channels/sync/runs.h"
#include "channels/sync/watermarks.h"
#include "foundation/crypto/hash.h"
#include "ledger/journal/testing.h"

namespace nc::sync {
namespace {

using journal::testing::finish;
using test::counting;
using test::hex_of;

class Holds final : public Known {
 public:
  Result<std::optional<journal::StreamKey>> stream(std::string_view tag) override {
    for (const auto& one : streams)
      if (tag_of(one.text()) == tag) return std::optional(one);
    return std::optional<journal::StreamKey>();
  }
  Result<std::optional<EntryHash>> hash_at(const journal::StreamKey&, std::int64_t seq) override {
    const auto found = at.find(seq);
    return found == at.end() ? std::nullopt : std::optional(found->second);
  }
  Result<std::optional<EntryHash>> entry(std::string_view beginning, const journal::StreamKey&, bool) override {
    for (const auto& one : entries)
      if (std::string_view(reinterpret_cast<const char*>(one.bytes.data()), beginning.size()) == beginning) return std::optional(one);
    return std::optional<EntryHash>();
  }
  Result<std::optional<Before>> entry_at(const journal::StreamKey&, std::int64_t seq) override {
    const auto found = before.find(seq);
    return found == before.end() ? std::nullopt : std::optional(Before{found->second.header, found->second.body_bytes});
  }
  Result<std::optional<RecordId>> record_of(const EntryHash& hash) override {
    for (const auto& [seq, one] : before)
      if (one.hash == hash) return std::optional(one.header.record);
    return std::optional<RecordId>();
  }
  std::vector<journal::StreamKey> streams;
  std::map<std::int64_t, EntryHash> at;
  std::map<std::int64_t, journal::HeldEntry> before;
  std::vector<EntryHash> entries;
};

journal::HeldEntry held(const journal::Entry& entry) {
  return {0, entry.header.seq, 0, entry.hash, entry.header, entry.header_bytes, entry.body_bytes};
}

// Three entries of one stream: a creation, an amendment on it, one whose body is gone.
std::vector<journal::HeldEntry> three() {
  journal::Header header;
  header.stream = {
      counting<NodeId>(0x10), counting<IncarnationId>(0x20), {1, journal::Audience::own(counting<UnitId>(0x30))}, journal::Lane::kOrdinary};
  header.record = counting<RecordId>(0x70);
  header.type = "sample";
  header.auth = counting<EntryHash>(0xa0);
  header.wall_ms = 1'700'000'060'000;
  journal::Body body;
  body.salt = counting<Salt>(0x80);
  body.author = counting<PersonId>(0x60);
  body.set = {{"place", "Bù Prăng"}, {"people", 8}, {"salt", "not this \"salt\""}};
  const auto first = finish(header, body);
  header.seq = 2;
  header.prev = first.hash;
  header.base = {first.hash};
  header.wall_ms += 60'000;
  body.salt = counting<Salt>(0x90);
  body.set = {{"people", 9}};
  const auto second = finish(header, body);
  header.seq = 3;
  header.prev = second.hash;
  header.base = {second.hash};
  header.record = counting<RecordId>(0x71);
  auto third = finish(header, body);
  third.body_bytes.clear();
  return {held(first), held(second), held(third)};
}

void expect_same(const Run& run, const std::vector<journal::HeldEntry>& entries) {
  ASSERT_EQ(run.entries.size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(run.entries[i].header_bytes, entries[i].header_bytes);
    EXPECT_EQ(run.entries[i].body_bytes, entries[i].body_bytes);
    EXPECT_EQ(run.hashes[i], entries[i].hash);
  }
}

TEST(Runs, GiveBackTheCanonicalBytes) {
  const auto entries = three();
  Holds holds;
  holds.entries = {counting<EntryHash>(0xa0)};
  for (const bool references : {true, false}) {
    const auto bytes = encode_run({entries[0].header.stream, 1, entries, counting<Signature>(0), false, std::nullopt, {}}, references);
    const auto run = decode_run(bytes, holds);
    ASSERT_TRUE(run) << run.error().english();
    EXPECT_EQ(run->stream, entries[0].header.stream);
    EXPECT_EQ(run->seal, counting<Signature>(0));
    expect_same(*run, entries);
  }
}

TEST(Runs, GoOnFromWhatTheReceiverHolds) {
  const auto entries = three();
  const std::vector<journal::HeldEntry> rest(entries.begin() + 1, entries.end());
  const auto bytes = encode_run({rest[0].header.stream, 2, rest, std::nullopt, false, std::nullopt, {}}, true);
  Holds holds;
  EXPECT_EQ(decode_run(bytes, holds).error().code, ErrorCode::kNotFound) << "the stream is named by its tag";
  holds.streams = {rest[0].header.stream};
  EXPECT_EQ(decode_run(bytes, holds).error().code, ErrorCode::kConflict) << "entry 1 is not there";
  holds.at[1] = entries[0].hash;
  EXPECT_EQ(decode_run(bytes, holds).error().code, ErrorCode::kNotFound) << "the base is not there";
  holds.entries = {counting<EntryHash>(0xa0), entries[0].hash};
  const auto run = decode_run(bytes, holds);
  ASSERT_TRUE(run) << run.error().english();
  expect_same(*run, rest);
  holds.at[1] = counting<EntryHash>(1);
  EXPECT_EQ(decode_run(bytes, holds).error().code, ErrorCode::kCorrupt) << "another chain";
}

TEST(Runs, LeaveOutWhatIsAsInTheEntryBeforeThem) {
  const auto entries = three();
  const std::vector<journal::HeldEntry> rest(entries.begin() + 1, entries.end());
  const auto& stream = rest[0].header.stream;
  const auto bytes = encode_run({stream, 2, rest, std::nullopt, true, entries[0], {}}, true);
  const auto whole = encode_run({stream, 2, rest, std::nullopt, false, std::nullopt, {}}, true);
  EXPECT_LE(bytes.size() + 16 + 6 + 6 + 44, whole.size()) << "record, authority, base, author";
  Holds holds;
  holds.streams = {stream};
  holds.at[1] = entries[0].hash;
  EXPECT_EQ(decode_run(bytes, holds).error().code, ErrorCode::kNotFound) << "the entry before is not at hand";
  holds.before[1] = entries[0];
  const auto run = decode_run(bytes, holds);
  ASSERT_TRUE(run) << run.error().english();
  expect_same(*run, rest);
  holds.before[1].header.wall_ms += 1;
  EXPECT_EQ(decode_run(bytes, holds).error().code, ErrorCode::kCorrupt) << "another header";
  holds.before[1] = entries[0];
  holds.before[1].body_bytes.clear();
  EXPECT_EQ(decode_run(bytes, holds).error().code, ErrorCode::kNotFound) << "its body was destroyed here";
}

// An entry of a record that was begun long before: its record is that of its base.
TEST(Runs, NameNoRecordThatTheirBaseHas) {
  auto entries = three();
  auto second = entries[1];
  second.seq = second.header.seq = 7;
  second.header.prev = counting<EntryHash>(0x33);
  second.header_bytes = journal::encode_header(second.header);
  second.hash = journal::hash_header(second.header_bytes);
  auto before = entries[2];
  before.header.seq = 6;
  before.hash = *second.header.prev;
  const auto& stream = second.header.stream;
  const auto bytes = encode_run({stream, 7, {second}, std::nullopt, true, before, {7}}, true);
  EXPECT_LE(bytes.size() + 16, encode_run({stream, 7, {second}, std::nullopt, true, before, {}}, true).size());
  Holds holds;
  holds.streams = {stream};
  holds.at[6] = before.hash;
  holds.before[6] = before;
  holds.entries = {counting<EntryHash>(0xa0), entries[0].hash};
  EXPECT_EQ(decode_run(bytes, holds).error().code, ErrorCode::kNotFound) << "the base is not at hand";
  holds.before[1] = entries[0];
  const auto run = decode_run(bytes, holds);
  ASSERT_TRUE(run) << run.error().english();
  expect_same(*run, {second});
}

TEST(Greetings, SayOnlyWhatTheOtherDoesNotKnow) {
  const std::vector<Cursor> cursors = {{"aaaaaa", 7}, {"bbbbbb", 300}};
  const auto told = told_tag(std::string(8, 'c'), std::string(8, 'p'), cursors);
  EXPECT_EQ(told, told_tag(std::string(8, 'c'), std::string(8, 'p'), {cursors[1], cursors[0]})) << "in any order";
  EXPECT_NE(told, told_tag(std::string(8, 'c'), std::string(8, 'q'), cursors));
  EXPECT_NE(told, told_tag(std::string(8, 'c'), std::string(8, 'p'), {cursors[0], {"bbbbbb", 301}}));
  const auto asked = decode_again(encode(Again{true, false, told, std::string(8, 'd'), 1'700'000'000'000}));
  ASSERT_TRUE(asked);
  EXPECT_TRUE(asked->plain && !asked->compare_only);
  EXPECT_EQ(asked->told, told);
  EXPECT_EQ(asked->digest, std::string(8, 'd'));
  EXPECT_EQ(asked->clock_ms, 1'700'000'000'000);
  const auto answered = encode(Again{false, false, {}, {}, 1'700'000'000'000});
  EXPECT_EQ(answered.size(), 7U);
  EXPECT_TRUE(decode_again(answered + "later versions")->told.empty());
  EXPECT_FALSE(decode_again(encode(Again{false, false, told, {}, 5}).substr(0, 6)));
}

TEST(Runs, AnyChangedByteIsNoticed) {
  const auto entries = three();
  const auto good = encode_run({entries[0].header.stream, 1, entries, std::nullopt, false, std::nullopt, {}}, false);
  Holds holds;
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x15);
    const auto run = decode_run(bad, holds);
    if (!run) continue;
    // What is not covered by the checks of entries names another stream or has a seal: the journal refuses that by its chain.
    EXPECT_TRUE(run->seal || run->stream != entries[0].header.stream || run->first != 1) << "byte " << i;
  }
}

TEST(Frames, ReadWhatWasWrittenInAnyPieces) {
  SeededRng rng(5);
  std::vector<Message> all;
  for (std::size_t i = 0; i < 300; ++i) {
    std::string content(static_cast<std::size_t>(rng.below(900)), '\0');
    for (auto& c : content) c = static_cast<char>(rng.below(i % 2 == 0 ? 256 : 3));
    all.push_back({2 * (i % 9), content});
  }
  FrameWriter writer;
  for (const auto& message : all) {
    if (writer.add({message})) continue;
    writer.flush();
    ASSERT_TRUE(writer.add({message}));
  }
  const auto row = writer.take();
  for (const std::size_t step : {std::size_t{1}, std::size_t{777}, row.size()}) {
    FrameReader reader;
    std::size_t read = 0;
    for (std::size_t at = 0; at < row.size(); at += step) {
      reader.feed(std::string_view(row).substr(at, step));
      while (const auto frame = reader.next())
        for (const auto& message : *frame) {
          ASSERT_LT(read, all.size());
          EXPECT_EQ(message.kind, all[read].kind);
          EXPECT_EQ(message.content, all[read].content);
          ++read;
        }
    }
    EXPECT_EQ(read, all.size());
    EXPECT_FALSE(reader.broken() || reader.inside());
  }
}

TEST(Frames, AreAtMostAsLongAsTheirLimit) {
  FrameWriter writer;
  SeededRng rng(6);
  std::string noise(kFrameBytesMax, '\0');
  for (auto& c : noise) c = static_cast<char>(rng.below(256));
  EXPECT_FALSE(writer.add({{2, noise}}));
  EXPECT_TRUE(writer.add({{2, noise.substr(0, kFrameBytesMax - 100)}}));
  EXPECT_FALSE(writer.add({{2, noise.substr(0, 100)}}));
  EXPECT_LE(writer.take().size(), kFrameBytesMax);
}

TEST(Frames, OneThatIsMissingRepeatedSwappedOrChangedEndsTheRow) {
  FrameWriter writer;
  std::vector<std::string> frames;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(writer.add({{2, std::string(40, static_cast<char>('a' + i))}}));
    frames.push_back(writer.take());
  }
  const auto good_frames = [](const std::vector<std::string>& row) {
    FrameReader reader;
    int good = 0;
    for (const auto& frame : row) reader.feed(frame);
    while (reader.next()) ++good;
    return good;
  };
  EXPECT_EQ(good_frames(frames), 4);
  EXPECT_EQ(good_frames({frames[0], frames[2], frames[3]}), 1);
  EXPECT_EQ(good_frames({frames[0], frames[0], frames[1]}), 1);
  EXPECT_EQ(good_frames({frames[1], frames[0]}), 0);
  for (std::size_t i = 0; i < frames[0].size(); ++i) {
    auto changed = frames[0];
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(good_frames({changed}), 0) << "byte " << i;
  }
}

// What is said of files is read again; what has no such form is not read, and what is too long for any file neither.
TEST(FileMessages, AreReadAgainOrNotAtAll) {
  const FileName file{"123456", counting<Digest>(3), 70'000}, empty{"123456", counting<Digest>(9), 0};
  const auto wishes = decode_wishes(encode(std::vector<FileWish>{{file, 69'999}, {empty, 0}}));
  ASSERT_TRUE(wishes);
  EXPECT_EQ(wishes->front().file, file);
  EXPECT_EQ(wishes->front().here, 69'999);
  EXPECT_EQ(decode_offers(encode(std::vector<FileName>{file, empty})), (std::vector<FileName>{file, empty}));
  const auto kept = decode_kept(encode(std::vector<FileKept>{{file, true}, {empty, false}}));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->front().refused && !kept->back().refused);
  const auto row = encode(FileBytes{file, 69'990, "0123456789"});
  ASSERT_TRUE(decode_file_bytes(row));
  EXPECT_EQ(decode_file_bytes(row)->bytes, "0123456789");
  EXPECT_FALSE(decode_file_bytes(encode(FileBytes{file, 69'991, "0123456789"}))) << "beyond its end";
  EXPECT_FALSE(decode_wishes(encode(std::vector<FileWish>{{file, 70'001}})));
  EXPECT_FALSE(decode_offers(encode(std::vector<FileName>{{"123456", counting<Digest>(3), 65 * 1024 * 1024}})));
  for (std::size_t size = 1; size < 40; ++size) {
    EXPECT_FALSE(decode_file_bytes(std::string_view(row).substr(0, size)));
    EXPECT_FALSE(decode_offers(encode(std::vector<FileName>{file}).substr(0, size)));
  }
}

TEST(SyncPage, TheWorkedExampleStandsInItByteForByte) {
  const auto entries = three();
  Hello hello{std::string(8, 'i'), std::string(8, '\0'), std::string(8, 'd'), false, false, 1'700'000'000'000, false, true};
  FrameWriter writer;
  ASSERT_TRUE(
      writer.add({{kHello, encode(hello)}, {kRun, encode_run({entries[0].header.stream, 1, {entries[0]}, counting<Signature>(0)}, true)}}));
  std::string out;
  const auto show = [&](const std::string& name, const std::string& bytes) { out += name + "\n" + bytes + "\n"; };
  show("hello of the incarnation 69...69 to one never met, at 1700000000000 ms", hex_of(encode(hello)));
  show("stream", entries[0].header.stream.text());
  show("tag of the stream", hex_of(tag_of(entries[0].header.stream.text())));
  show("entry 1: header", entries[0].header_bytes);
  show("entry 1: body", entries[0].body_bytes);
  show("run of entry 1 with a seal of 00 01 ... 3f, with references",
       hex_of(encode_run({entries[0].header.stream, 1, {entries[0]}, counting<Signature>(0)}, true)));
  show("run of entry 2 without a seal, with references",
       hex_of(encode_run({entries[0].header.stream, 2, {entries[1]}, std::nullopt}, true)));
  show("the same to a receiver that knows short forms and has entry 1",
       hex_of(encode_run({entries[0].header.stream, 2, {entries[1]}, std::nullopt, true, entries[0], {}}, true)));
  const std::vector<Cursor> told = {{tag_of(entries[0].header.stream.text()), 300}};
  show("what is told by 69...69 to 70...70 with the cursor 300 of the channel with the tag of the stream",
       hex_of(told_tag(std::string(8, 'i'), std::string(8, 'p'), told)));
  show("again: a child that told this, with the digest 64...64, at 1700000000000 ms",
       hex_of(
           encode(Again{false, false, told_tag(std::string(8, 'i'), std::string(8, 'p'), told), std::string(8, 'd'), 1'700'000'000'000})));
  show("again: its parent, which holds the same", hex_of(encode(Again{false, false, {}, {}, 1'700'000'000'000})));
  show("reached: from 4 to 300 of the channel with the tag of the stream",
       hex_of(encode(Reached{tag_of(entries[0].header.stream.text()), 4, 300})));
  const FileName file{tag_of(entries[0].header.stream.part.text()), counting<Digest>(0x40), 40'000};
  show("wish: 15,360 bytes are here of the file 40...5f of 40,000 bytes of the part of the stream",
       hex_of(encode(std::vector<FileWish>{{file, 15'360}})));
  show("bytes: the last three, abc, of it", hex_of(encode(FileBytes{file, 39'997, "abc"})));
  show("complete: of the node 10...1f to 1700000000000 ms",
       hex_of(encode(std::vector<Watermark>{{counting<NodeId>(0x10), 1'700'000'000'000}})));
  show(
      "below: of the node 10...1f, seen by link at 1700000000000 ms, 3 entries behind since 1699999000000 ms, its clock 2,000 ms slow, "
      "version 1.0",
      hex_of(encode(Below{counting<NodeId>(0x10), 1'700'000'000'000, Way::kLink, false, 3, 1'699'999'000'000, -2'000, "1.0"})));
  show("forked: of the stream, entry 2 with the hash 40...5f and a seal of 00 01 ... 3f",
       hex_of(encode_fork({entries[0].header.stream, 2, counting<EntryHash>(0x40), counting<Signature>(0)})));
  FrameWriter small;
  ASSERT_TRUE(small.add({{kEnd, encode(End{0, true})}}));
  show("a row of one frame: end, the same", hex_of(small.take()));
  const auto page = read_file(std::string(NC_SOURCE_DIR) + "/docs/formats/sync.md");
  ASSERT_TRUE(page);
  EXPECT_NE(page->find("```\n" + out + "```\n"), std::string::npos) << "the page needs this block:\n" << out;
  EXPECT_NE(page->find(crypto::sha256(dictionary_bytes()).hex()), std::string::npos) << "the dictionary is another";
  for (const auto* name : {"kFrameBytesMax", "kFrameContentMax", "kRequestBytesMax", "kAnswerBytesMax", "kSpoolBytesMax"})
    EXPECT_NE(page->find(name), std::string::npos) << name;
}

}  // namespace
}  // namespace nc::sync
