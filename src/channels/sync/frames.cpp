#include "channels/sync/frames.h"

#include <algorithm>

#include "base/check.h"
#include "channels/sync/bytes.h"
#include "foundation/crypto/hash.h"
#include "foundation/store/dictionary.h"

namespace nc::sync {
namespace {

constexpr std::size_t kLengthBytes = 2, kCheckBytes = 4;
constexpr std::size_t kPayloadMax = kFrameBytesMax - kLengthBytes - kCheckBytes;  // content with its first byte
constexpr std::size_t kFrameBytesLeast = 512;
constexpr char kPlain = 0, kCompressed = 1;
constexpr int kLevel = 7;
constexpr std::size_t kMessagesMax = 16 * 1024;  // of one frame

const store::Dictionary& dictionary() {
  static const store::Dictionary kDictionary(dictionary_bytes(), kLevel);
  return kDictionary;
}

std::string check_of(std::uint64_t number, std::string_view payload) {
  std::string count(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) count[i] = static_cast<char>(number >> (8 * i));
  crypto::Sha256 hash;
  hash.update(std::string_view("nhipcau-frame-1\n")).update(std::string_view(count)).update(payload);
  const auto digest = hash.finish();
  return {reinterpret_cast<const char*>(digest.bytes.data()), kCheckBytes};
}

std::string pack(const std::string& content) {
  auto frame = dictionary().compress(content);
  if (frame.size() < content.size()) return kCompressed + std::move(frame);
  return kPlain + content;
}

std::string encoded(const std::vector<Message>& messages) {
  Packer out;
  for (const auto& message : messages) out.number(message.kind).number(std::uint64_t{message.content.size()}).text(message.content);
  return out.take();
}

std::optional<std::vector<Message>> decoded(std::string_view content) {
  std::vector<Message> out;
  Unpacker in(content);
  while (!in.empty()) {
    Message message;
    message.kind = in.number();
    message.content = in.text(in.number());
    if (!in.good() || out.size() >= kMessagesMax) return std::nullopt;
    out.push_back(std::move(message));
  }
  return out;
}

}  // namespace

FrameWriter::FrameWriter(std::size_t frame_bytes)
    : payload_max_(std::clamp<std::size_t>(frame_bytes, kFrameBytesLeast, kFrameBytesMax) - kLengthBytes - kCheckBytes) {}

bool FrameWriter::add_undivided(const std::vector<Message>& messages) { return add(messages, kPayloadMax); }

bool FrameWriter::add(const std::vector<Message>& messages, std::size_t payload_max) {
  auto content = content_ + encoded(messages);
  if (content.size() > kFrameContentMax) return false;
  // Measured only where it could matter: nothing grows by compression.
  std::string packed;
  if (content.size() + 1 > payload_max) {
    packed = pack(content);
    if (packed.size() > payload_max) return false;
  }
  content_ = std::move(content);
  packed_ = std::move(packed);
  return true;
}

void FrameWriter::flush() {
  if (content_.empty()) return;
  write(packed_.empty() ? pack(content_) : std::move(packed_));
  content_.clear();
  packed_.clear();
}

void FrameWriter::write(std::string payload) {
  NC_CHECK(payload.size() <= kPayloadMax);
  const auto length = kCheckBytes + payload.size();
  out_ += static_cast<char>(length & 0xff);
  out_ += static_cast<char>(length >> 8);
  out_ += check_of(number_++, payload) + payload;
}

std::string FrameWriter::take() {
  flush();
  return std::exchange(out_, {});
}

std::optional<std::vector<Message>> FrameReader::next() {
  if (broken_ || buffer_.size() < kLengthBytes) return std::nullopt;
  const std::string_view rest(buffer_);
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(rest[0]) | static_cast<unsigned char>(rest[1]) << 8);
  broken_ = length <= kCheckBytes || length > kFrameBytesMax - kLengthBytes;
  if (broken_ || rest.size() < kLengthBytes + length) return std::nullopt;
  broken_ = true;
  const auto check = rest.substr(kLengthBytes, kCheckBytes);
  const auto payload = rest.substr(kLengthBytes + kCheckBytes, length - kCheckBytes);
  if (check_of(number_, payload) != check) return std::nullopt;
  std::optional<std::vector<Message>> messages;
  if (payload[0] == kPlain) messages = decoded(payload.substr(1));
  if (payload[0] == kCompressed)
    if (const auto content = dictionary().decompress(payload.substr(1), kFrameContentMax)) messages = decoded(*content);
  if (!messages) return std::nullopt;
  broken_ = false;
  ++number_;
  buffer_.erase(0, kLengthBytes + length);
  return messages;
}

}  // namespace nc::sync
