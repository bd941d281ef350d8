#include "channels/sync/messages.h"

#include "channels/sync/runs.h"

namespace nc::sync {
namespace {

constexpr std::uint64_t kFlagPlain = 1, kFlagCompareOnly = 2;

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
  out.number((hello.plain ? kFlagPlain : 0) | (hello.compare_only ? kFlagCompareOnly : 0)).number(hello.clock_ms);
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
  out.clock_ms = in.count();
  if (!in.good()) return fail(ErrorCode::kCorrupt, NC_MSG("What was received is no greeting of a node"));
  return out;
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
