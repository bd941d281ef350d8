// The bundle of docs/formats/bundle.md: opened with the keys of the page, and made anew but for what is drawn by lot.
#include <gtest/gtest.h>

#include "base/bytes_for_test.h"
#include "base/files.h"
#include "base/json.h"
#include "channels/sync/messages.h"
#include "channels/sync/runs.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/sealed_row.h"

namespace nc::sync {
namespace {

using test::bytes_of;
using test::counting;
using test::hex_of;

crypto::SigningKey key_of(std::uint8_t first) {
  crypto::SecretBytes<32> seed;
  for (auto& byte : seed.bytes()) byte = first++;
  return crypto::SigningKey::from_seed(std::move(seed));
}

// The line of the page's example that follows another.
std::string line_after(const std::string& page, const std::string& name) {
  const auto at = page.find("\n" + name + "\n");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return page.substr(begin, page.find('\n', begin) - begin);
}

TEST(BundlePage, TheWorkedExampleIsOpenedAndMadeAnew) {
  const auto page = read_file(std::string(NC_SOURCE_DIR) + "/docs/formats/bundle.md");
  ASSERT_TRUE(page);
  const auto child = key_of(0x00), parent = key_of(0x20);
  Json head;
  head.set("from", counting<NodeId>(0x10).hex()).set("incarnation", hex_of(std::string(16, 'i')));
  head.set("made", std::int64_t{1'700'000'000'000}).set("to", counting<NodeId>(0x40).hex());
  head.set("to_incarnation", hex_of(std::string(16, 'p'))).set("to_key", parent.public_key().hex());
  const auto first = "nhipcau-bundle-1\n" + canonical(head) + "\n";
  EXPECT_NE(page->find("first lines\n" + first), std::string::npos) << first;

  const Hello hello{std::string(8, 'i'), std::string(8, '\0'), std::string(8, 'd'), false, false, 1'700'000'000'000, false, false};
  FrameWriter writer;
  ASSERT_TRUE(writer.add(
      {{kHello, encode(hello)}, {kCursors, encode(std::vector<Cursor>{{bytes_of("473df5d6a3fd"), 300}})}, {kEnd, encode(End{0, false})}}));
  const auto row = writer.take();
  EXPECT_EQ(line_after(*page, "the row of frames: hello of 69...69 to one never met, cursors, end"), hex_of(row));

  const auto box = bytes_of(line_after(*page, "box and head")), chunks = bytes_of(line_after(*page, "chunks: the row, the end"));
  const auto opener = crypto::RowOpener::with(parent, box);
  ASSERT_TRUE(opener);
  EXPECT_FALSE(crypto::RowOpener::with(child, box));
  std::string opened;
  bool last = false;
  for (std::string_view rest = chunks; rest.size() > 2;) {
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(rest[0]) | static_cast<unsigned char>(rest[1]) << 8);
    ASSERT_LE(size + 2, rest.size());
    const auto piece = (*opener)->open(rest.substr(2, size));
    ASSERT_TRUE(piece);
    EXPECT_FALSE(last);
    opened += piece->text;
    last = piece->last;
    rest.remove_prefix(2 + size);
  }
  EXPECT_TRUE(last);
  EXPECT_EQ(opened, row);
  const auto digest = crypto::sha256(first + box + chunks);
  const auto message = "nhipcau-bundle-sig-1\n" + std::string(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
  EXPECT_EQ(line_after(*page, "sig"), child.sign(message).hex());
}

}  // namespace
}  // namespace nc::sync
