// Inside the room only: the kinds of messages and their small contents, docs/formats/sync.md section "Messages".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/sync/bytes.h"
#include "channels/sync/frames.h"
#include "channels/sync/tables.h"

namespace nc::sync {

enum Kind : std::uint64_t {
  kNotice = 1,
  kFileWish = 3,
  kFileOffer = 5,
  kFileBytes = 7,
  kFileKept = 9,
  kComplete = 11,
  kLetter = 13,
  kLetters = 15,
  kForked = 17,
  kBelow = 19,
  kHello = 2,
  kCursors = 4,
  kRun = 6,
  kPiece = 8,
  kReached = 10,
  kHave = 12,
  kPartial = 14,
  kCompare = 16,
  kStreams = 18,
  kWant = 20,
  kEnd = 22,
  kAsk = 24,
  kStreamHead = 26,
  kAgain = 28,
};
inline constexpr unsigned kVersion = 1;
inline constexpr std::size_t kDigestBytes = 8;
inline constexpr std::size_t kIncarnationBytes = 8;
inline constexpr std::size_t kToldBytes = 8;

struct Hello {
  std::string incarnation, known;  // 8 bytes each
  std::string digest;              // 8 bytes
  bool plain = false;              // write to me without references
  bool compare_only = false;
  std::int64_t clock_ms = 0;
  bool say_all = false;      // what you told me before is not here: greet with hello
  bool short_forms = false;  // I understand `again`, and runs that go on from the entry before them
  bool letters = false;      // I take letters
  bool restricted = false;   // I take restricted content now
};
[[nodiscard]] std::string encode(const Hello& hello);
// kUnsupported: of a version that this program does not know.
Result<Hello> decode_hello(std::string_view content);

// The greeting of those who know each other.
struct Again {
  bool plain = false, compare_only = false;
  std::string told;    // 8 bytes, or empty
  std::string digest;  // 8 bytes, or empty: as the other said
  std::int64_t clock_ms = 0;
  bool letters = false, restricted = false;
};
[[nodiscard]] std::string encode(const Again& again);
std::optional<Again> decode_again(std::string_view content);
// What it stands for, said in full.
[[nodiscard]] Hello greeting_of(const Again& again, const std::string& incarnation, const std::string& known);
// What a child has told its parent: who both are, and how far it has the channels.
[[nodiscard]] std::string told_tag(std::string_view child, std::string_view parent, std::vector<Cursor> cursors);

struct Reached {
  std::string tag;
  std::int64_t from = 0, to = 0;
};
[[nodiscard]] std::string encode(const Reached& reached);
std::optional<Reached> decode_reached(std::string_view content);

enum class Holds : unsigned { kHeld = 0, kRefused = 1, kGap = 2 };
struct Have {
  std::string tag;
  std::int64_t seq = 0;
  Holds how = Holds::kHeld;
};
[[nodiscard]] std::string encode(const std::vector<Have>& have);
std::optional<std::vector<Have>> decode_have(std::string_view content);

[[nodiscard]] std::string encode(const std::vector<Cursor>& cursors);
std::optional<std::vector<Cursor>> decode_cursors(std::string_view content);

struct ChannelDigest {
  std::string tag, digest;
};
[[nodiscard]] std::string encode(const std::vector<ChannelDigest>& digests);
std::optional<std::vector<ChannelDigest>> decode_digests(std::string_view content);

struct End {
  std::int64_t left = 0;
  bool same = false;
};
[[nodiscard]] std::string encode(const End& end);
std::optional<End> decode_end(std::string_view content);

}  // namespace nc::sync
