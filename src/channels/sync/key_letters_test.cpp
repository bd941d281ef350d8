// Letters about keys: what is written is read again, what is wrong is not, and the page's example stands in it.
#include <gtest/gtest.h>

#include "base/bytes_for_test.h"
#include "base/files.h"
#include "channels/sync/key_letters.h"

namespace nc::sync {
namespace {

using records::PersonKeys;
using test::bytes_of;
using test::counting;
using test::hex_of;

crypto::SigningKey key_from(std::uint8_t first) {
  const auto seed = counting<Digest>(first);
  return crypto::SigningKey::from_seed(crypto::SecretBytes<32>::copy_of(seed.bytes));
}

PersonKeys::Key person_key(std::uint8_t first) { return PersonKeys::Key::copy_of(counting<Digest>(first).bytes); }

KeyLetter about(Letters kind, std::uint8_t node) {
  KeyLetter out;
  out.kind = kind;
  out.node = counting<NodeId>(node);
  out.incarnation = counting<IncarnationId>(0x50);
  out.key = counting<RecordId>(0x70);
  out.part = "own:303132333435363738393a3b3c3d3e3f/internal";
  return out;
}

KeyLetter ask() {
  auto out = about(Letters::kAsk, 0x10);
  out.under = key_from(0x80).public_key();
  out.held = {print_of(person_key(0xa0))};
  out.at_ms = 1'700'000'000'000;
  return out;
}

TEST(KeyLetters, WhatIsWrittenIsReadAgain) {
  const auto key = key_from(0);
  auto parcel = about(Letters::kParcel, 0x20);
  parcel.to = counting<NodeId>(0x10);
  parcel.about = letter_name("an ask");
  parcel.box = std::string(200, 'b');
  auto taken = about(Letters::kTaken, 0x10);
  taken.about = letter_name("a parcel");
  auto erased = about(Letters::kErased, 0x20);
  erased.at_ms = 5;
  erased.was_here = true;
  for (const auto& letter : {ask(), parcel, taken, erased}) {
    const auto bytes = write_letter(letter, key);
    const auto read = read_letter(bytes);
    ASSERT_TRUE(read) << static_cast<unsigned>(letter.kind);
    EXPECT_TRUE(signed_by(key.public_key(), bytes));
    EXPECT_FALSE(signed_by(key_from(1).public_key(), bytes));
    EXPECT_EQ(write_letter(*read, key), bytes);
    for (std::size_t size = 0; size < bytes.size(); size += 5) {
      const auto cut = bytes.substr(0, size);
      if (read_letter(cut)) { EXPECT_FALSE(signed_by(key.public_key(), cut)) << size; }
    }
  }
}

TEST(KeyLetters, WhatIsNoPartOrTooLongIsNoLetter) {
  auto letter = ask();
  letter.part = "own:3031/internal";
  EXPECT_FALSE(read_letter(write_letter(letter, key_from(0))));
  letter = about(Letters::kParcel, 1);
  letter.box = std::string(kLetterBytesMax, 'b');
  EXPECT_FALSE(read_letter(write_letter(letter, key_from(0))));
  letter = ask();
  letter.held.assign(records::kKeysOfOneMax + 1, std::string(kKeyPrintBytes, 'p'));
  EXPECT_FALSE(read_letter(write_letter(letter, key_from(0))));
}

// Kinds and bytes of a later version are signed with the rest, and read over.
TEST(KeyLetters, WhatALaterVersionAddsIsPassedOver) {
  auto letter = about(static_cast<Letters>(9), 0x10);
  const auto bytes = write_letter(letter, key_from(0));
  const auto read = read_letter(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->part, letter.part);
  EXPECT_TRUE(signed_by(key_from(0).public_key(), bytes));
}

TEST(KeyLetters, ABoxOpensForItsKeyAndItsIdOnly) {
  const auto id = counting<RecordId>(0x70);
  const auto one = person_key(1), two = person_key(2);
  const auto box = box_keys(id, {&one, &two}, key_from(0x80).public_key(), system_rng()).value();
  const auto opened = open_keys(id, box, key_from(0x80));
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->size(), 2U);
  EXPECT_TRUE(std::ranges::equal((*opened)[1].bytes(), two.bytes()));
  EXPECT_EQ(open_keys(id, box, key_from(0x81)).error().code, ErrorCode::kDenied);
  EXPECT_EQ(open_keys(counting<RecordId>(0x71), box, key_from(0x80)).error().code, ErrorCode::kDenied);
  for (std::size_t at = 0; at < box.size(); ++at) {
    auto altered = box;
    altered[at] = static_cast<char>(altered[at] ^ 4);
    EXPECT_FALSE(open_keys(id, altered, key_from(0x80))) << at;
    EXPECT_FALSE(open_keys(id, box.substr(0, at), key_from(0x80))) << at;
  }
}

TEST(KeyLetters, TagsAreReadAsFarAsTheyGo) {
  const std::vector<std::string> tags = {letter_tag(letter_name("a")), letter_tag(letter_name("b"))};
  EXPECT_EQ(decode_tags(encode_tags(tags)), tags);
  EXPECT_EQ(decode_tags(encode_tags(tags) + "cut"), tags);
}

TEST(KeyLetters, TheExampleOfThePage) {
  const auto page = read_file(std::string(NC_SOURCE_DIR) + "/docs/formats/keys.md", 1 << 20).value();
  const auto key = person_key(0xc0);
  const auto asked = write_letter(ask(), key_from(0));
  // The box of the page, which was drawn by lot.
  const std::string label = "box\n";
  const auto at = page.find("\n" + label);
  const auto begin = at == std::string::npos ? 0 : at + 1 + label.size();
  auto box = at == std::string::npos ? std::string() : bytes_of(page.substr(begin, page.find('\n', begin) - begin));
  if (box.empty()) box = box_keys(ask().key, {&key}, ask().under, system_rng()).value();
  const auto opened = open_keys(ask().key, box, key_from(0x80));
  ASSERT_TRUE(opened && opened->size() == 1);
  EXPECT_TRUE(std::ranges::equal(opened->front().bytes(), key.bytes()));
  auto parcel = about(Letters::kParcel, 0x20);
  parcel.to = ask().node;
  parcel.about = letter_name(asked);
  parcel.box = box;
  const auto given = write_letter(parcel, key_from(1));
  auto taken = about(Letters::kTaken, 0x10);
  taken.about = letter_name(given);
  auto erased = about(Letters::kErased, 0x20);
  erased.at_ms = 1'700'000'000'000;
  erased.was_here = true;
  const std::string example =
      "the key a0...bf has the print\n" + hex_of(print_of(person_key(0xa0))) +
      "\nask by the node 10...1f, of the key with the seed 00...1f, for a parcel under the key with the seed 80...9f; it has a0...bf\n" +
      hex_of(asked) + "\nwhose name is\n" + letter_name(asked).hex() + "\nbox\n" + hex_of(box) +
      "\nparcel by the node 20...2f, of the key with the seed 01...20, with the key c0...df in this box\n" + hex_of(given) + "\ntaken\n" +
      hex_of(write_letter(taken, key_from(0))) + "\nerased by the node 20...2f, which had it, at 1700000000000 ms\n" +
      hex_of(write_letter(erased, key_from(1))) + "\n";
  EXPECT_NE(page.find("```\n" + example + "```"), std::string::npos) << example;
}

}  // namespace
}  // namespace nc::sync
