#include "channels/sync/messages.h"

#include <algorithm>

#include "channels/sync/runs.h"
#include "foundation/crypto/hash.h"

namespace nc::sync {
namespace {

constexpr std::uint64_t kFlagPlain = 1, kFlagCompareOnly = 2;
constexpr std::uint64_t kFlagSayAll = 4, kFlagShortForms = 8;     // of hello
constexpr std::uint64_t kFlagHasTold = 4, kFlagHasDigest = 8;     // of again
constexpr std::uint64_t kFlagLetters = 16, kFlagRestricted = 32;  // of both
constexpr std::string_view kToldLabel = "nhipcau-told-1\n";

// Bytes at the end are of later versions.
template <typename Value>
std::optional<Value> if_good(const Unpacker& in, Value value) {
  return in.good() ? std::optional(std::move(value)) : std::nullopt;
}

template <typename Item, typename Read>
std::optional<std::vector<Item>> list(std::string_view content, Read read) {
  Unpacker in(content);
  std::vector<Item> out;
  while (!in.empty()) {
    out.push_back(read(in));
    if (!in.good()) return std::nullopt;
  }
  return out;
}

}  // namespace

std::string encode(const Hello& hello) {
  Packer out;
  out.byte(kVersion).byte(kVersion).text(hello.incarnation).text(hello.known).text(hello.digest);
  out.number((hello.plain ? kFlagPlain : 0) | (hello.compare_only ? kFlagCompareOnly : 0) | (hello.say_all ? kFlagSayAll : 0) |
             (hello.short_forms ? kFlagShortForms : 0) | (hello.letters ? kFlagLetters : 0) | (hello.restricted ? kFlagRestricted : 0));
  out.number(hello.clock_ms);
  return out.take();
}

Result<Hello> decode_hello(std::string_view content) {
  Unpacker in(content);
  const auto version = in.byte(), lowest = in.byte();
  if (in.good() && (version < kVersion || lowest > kVersion))
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("The other node speaks version {1} of sync, this one version {2}"),
                      {std::to_string(version), std::to_string(kVersion)})
                    .then(NC_MSG("Install the newer version")));
  Hello out;
  out.incarnation = in.text(kIncarnationBytes);
  out.known = in.text(kIncarnationBytes);
  out.digest = in.text(kDigestBytes);
  const auto flags = in.number();
  out.plain = (flags & kFlagPlain) != 0;
  out.compare_only = (flags & kFlagCompareOnly) != 0;
  out.say_all = (flags & kFlagSayAll) != 0;
  out.short_forms = (flags & kFlagShortForms) != 0;
  out.letters = (flags & kFlagLetters) != 0;
  out.restricted = (flags & kFlagRestricted) != 0;
  out.clock_ms = in.count();
  if (!in.good()) return fail(ErrorCode::kCorrupt, NC_MSG("What was received is no greeting of a node"));
  return out;
}

std::string encode(const Again& again) {
  Packer out;
  out.number((again.plain ? kFlagPlain : 0) | (again.compare_only ? kFlagCompareOnly : 0) | (again.told.empty() ? 0 : kFlagHasTold) |
             (again.digest.empty() ? 0 : kFlagHasDigest) | (again.letters ? kFlagLetters : 0) | (again.restricted ? kFlagRestricted : 0));
  return out.text(again.told).text(again.digest).number(again.clock_ms).take();
}
std::optional<Again> decode_again(std::string_view content) {
  Unpacker in(content);
  const auto flags = in.number();
  Again out;
  out.plain = (flags & kFlagPlain) != 0;
  out.compare_only = (flags & kFlagCompareOnly) != 0;
  out.letters = (flags & kFlagLetters) != 0;
  out.restricted = (flags & kFlagRestricted) != 0;
  if ((flags & kFlagHasTold) != 0) out.told = in.text(kToldBytes);
  if ((flags & kFlagHasDigest) != 0) out.digest = in.text(kDigestBytes);
  out.clock_ms = in.count();
  return if_good(in, std::move(out));
}

Hello greeting_of(const Again& again, const std::string& incarnation, const std::string& known) {
  Hello out;
  out.incarnation = incarnation;
  out.known = known;
  out.digest = again.digest;
  out.plain = again.plain;
  out.compare_only = again.compare_only;
  out.clock_ms = again.clock_ms;
  out.short_forms = true;
  out.letters = again.letters;
  out.restricted = again.restricted;
  return out;
}

std::string told_tag(std::string_view child, std::string_view parent, std::vector<Cursor> cursors) {
  std::sort(cursors.begin(), cursors.end(), [](const Cursor& a, const Cursor& b) { return a.tag < b.tag; });
  crypto::Sha256 hash;
  hash.update(kToldLabel).update(child).update(parent);
  for (const auto& one : cursors) {
    Packer row;
    row.text(one.tag);
    for (int shift = 0; shift < 64; shift += 8) row.byte(static_cast<unsigned>(static_cast<std::uint64_t>(one.number) >> shift & 0xff));
    hash.update(std::string_view(row.bytes()));
  }
  const auto digest = hash.finish();
  return {reinterpret_cast<const char*>(digest.bytes.data()), kToldBytes};
}

std::string encode(const Reached& reached) { return Packer().text(reached.tag).number(reached.from).number(reached.to).take(); }
std::optional<Reached> decode_reached(std::string_view content) {
  Unpacker in(content);
  Reached out;
  out.tag = in.text(kTagBytes);
  out.from = in.count();
  out.to = in.count();
  return out.to >= out.from ? if_good(in, std::move(out)) : std::nullopt;
}

std::string encode(const std::vector<Have>& have) {
  Packer out;
  for (const auto& one : have) out.text(one.tag).number(one.seq).byte(static_cast<unsigned>(one.how));
  return out.take();
}
std::optional<std::vector<Have>> decode_have(std::string_view content) {
  return list<Have>(content, [](Unpacker& in) {
    Have one;
    one.tag = in.text(kTagBytes);
    one.seq = in.count();
    const auto how = in.byte();
    one.how = how == 1 ? Holds::kRefused : how == 2 ? Holds::kGap : Holds::kHeld;
    return one;
  });
}

std::string encode(const std::vector<Cursor>& cursors) {
  Packer out;
  for (const auto& one : cursors) out.text(one.tag).number(one.number);
  return out.take();
}
std::optional<std::vector<Cursor>> decode_cursors(std::string_view content) {
  return list<Cursor>(content, [](Unpacker& in) {
    Cursor one;
    one.tag = in.text(kTagBytes);
    one.number = in.count();
    return one;
  });
}

std::string encode(const std::vector<ChannelDigest>& digests) {
  Packer out;
  for (const auto& one : digests) out.text(one.tag).text(one.digest);
  return out.take();
}
std::optional<std::vector<ChannelDigest>> decode_digests(std::string_view content) {
  return list<ChannelDigest>(content, [](Unpacker& in) {
    ChannelDigest one;
    one.tag = in.text(kTagBytes);
    one.digest = in.text(kDigestBytes);
    return one;
  });
}

std::string encode(const End& end) { return Packer().number(end.left).byte(end.same ? 1 : 0).take(); }
std::optional<End> decode_end(std::string_view content) {
  Unpacker in(content);
  End out;
  out.left = in.count();
  out.same = in.byte() == 1;
  return if_good(in, out);
}

}  // namespace nc::sync
