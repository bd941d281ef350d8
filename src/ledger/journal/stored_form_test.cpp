#include "ledger/journal/stored_form.h"

#include <gtest/gtest.h>

#include "ledger/journal/testing.h"

namespace nc::journal {
namespace {

using namespace testing;

Entry sample(bool first) {
  Header header;
  header.stream = {id_of<NodeId>(1), id_of<IncarnationId>(2), part_at(1), Lane::kUrgent};
  header.record = id_of<RecordId>(3);
  header.type = "patrol";
  header.type_version = 300;
  header.form = first ? Form::kAct : Form::kSet;
  header.wall_ms = first ? 1'700'000'000'123 : -5;
  if (!first) {
    header.seq = 70'000;
    header.prev = id_of<EntryHash>(4);
    header.auth = id_of<EntryHash>(5);
    header.base = {id_of<EntryHash>(6), id_of<EntryHash>(7)};
  }
  Body body;
  body.salt = id_of<Salt>(8);
  body.author = id_of<PersonId>(9);
  if (first) body.act = "create";
  body.set = {{"place", std::string(400, 'x')}, {"remark", "\"salt\":\"0\""}};
  return finish(header, body);
}

RowPlace place_of(const Entry& entry) { return {entry.header.stream, entry.header.seq, entry.header.record}; }

TEST(StoredForm, GivesBackTheExactBytesAndIsMuchShorter) {
  for (const bool first : {true, false}) {
    const auto entry = sample(first);
    const auto stored = to_stored(entry, true);
    const auto again = from_stored(stored, place_of(entry));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->header_bytes, entry.header_bytes);
    EXPECT_EQ(again->body_bytes, entry.body_bytes);
    EXPECT_EQ(encode_header(again->header), entry.header_bytes);
    EXPECT_LT(stored.header.size() * 2, entry.header_bytes.size());
    EXPECT_LT(stored.body->size() * 2, entry.body_bytes.size());
  }
}

TEST(StoredForm, WithoutABodyItKeepsTheBodysHash) {
  const auto entry = sample(false);
  const auto stored = to_stored(entry, false);
  EXPECT_FALSE(stored.body);
  const auto again = from_stored(stored, place_of(entry));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->header_bytes, entry.header_bytes);
  EXPECT_EQ(from_stored({to_stored(entry, true).header, std::nullopt}, place_of(entry)).error().code, ErrorCode::kCorrupt)
      << "neither body nor hash";
}

TEST(StoredForm, ReadsRowsOfOlderVersions) {
  const auto entry = sample(false);
  const auto again = from_stored({entry.header_bytes, entry.body_bytes}, place_of(entry));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->header_bytes, entry.header_bytes);
  EXPECT_EQ(again->body_bytes, entry.body_bytes);
}

TEST(StoredForm, ABodyThatWasNotWrittenByThisProgramIsStoredAsItIs) {
  auto entry = sample(false);
  entry.body_bytes = R"({"author":"not even canonical" })";
  const auto stored = to_stored(entry, true);
  EXPECT_EQ(stored.header, entry.header_bytes);
  EXPECT_EQ(stored.body, entry.body_bytes);
}

TEST(StoredForm, EveryShorteningIsDamage) {
  const auto entry = sample(false);
  const auto stored = to_stored(entry, true);
  for (std::size_t size = 0; size < stored.header.size() - 6; ++size)
    EXPECT_FALSE(from_stored({stored.header.substr(0, size), stored.body}, place_of(entry))) << size;
  for (std::size_t size = 0; size < stored.body->size(); ++size)
    EXPECT_FALSE(from_stored({stored.header, stored.body->substr(0, size)}, place_of(entry))) << size;
}

}  // namespace
}  // namespace nc::journal
