#include "tests/simulation/twins.h"

#include <fmt/format.h>

#include <algorithm>

#include "channels/sync/frames.h"
#include "channels/sync/key_letters.h"
#include "channels/sync/messages.h"

namespace nc::simulation {
namespace {

struct Said {
  std::string compared;  // what counts of it
  std::string bytes;     // kind:content
};
using Answer = std::vector<Said>;

std::string without_lots(const sync::Message& message) {
  const auto letter = message.kind == sync::kLetter ? sync::read_letter(message.content) : std::nullopt;
  if (letter)
    return fmt::format("letter {} of {}/{} about {} in {} to {}, {} held, {}, {}, {} bytes", static_cast<unsigned>(letter->kind),
                       letter->node.hex(), letter->incarnation.hex(), letter->key.hex(), letter->part, letter->to.hex(),
                       letter->held.size(), letter->at_ms, letter->was_here, message.content.size());
  if (message.kind == sync::kLetters) return fmt::format("{} tags of letters", sync::decode_tags(message.content).size());
  return fmt::format("{}:{}", message.kind, message.content);
}

// Letters go in the order of their names, which are lots.
Answer messages_of(const std::string& row) {
  sync::FrameReader reader;
  reader.feed(row);
  Answer out, letters;
  while (const auto frame = reader.next())
    for (const auto& message : *frame)
      (message.kind == sync::kLetter ? letters : out)
          .push_back({without_lots(message), fmt::format("{}:{}", message.kind, message.content)});
  std::ranges::sort(letters, {}, &Said::compared);
  out.insert(out.end(), letters.begin(), letters.end());
  return out;
}

bool alike(const std::string& one, const std::string& other) {
  return one == other || std::ranges::equal(messages_of(one), messages_of(other), {}, &Said::compared, &Said::compared);
}

// With the first bytes in hexadecimal digits.
void tell(const char* whose, const Answer& mine, const Answer& theirs, std::vector<std::string>& trace) {
  constexpr std::size_t kBytesTold = 120;
  for (const auto& [compared, bytes] : mine) {
    if (std::ranges::find(theirs, compared, &Said::compared) != theirs.end()) continue;
    const auto at = bytes.find(':') + 1;
    std::string digits;
    for (const unsigned char byte : bytes.substr(at, kBytesTold)) digits += fmt::format("{:02x}", byte);
    trace.push_back(fmt::format("{} message {}{} bytes: {}", whose, bytes.substr(0, at), bytes.size() - at, digits));
  }
}

}  // namespace

std::string tell_apart(const Sent& bare, const Sent& full, std::vector<std::string>& trace) {
  for (const auto& [code, rows] : bare) {
    const auto found = full.find(code);
    const auto& others = found == full.end() ? std::vector<std::string>() : found->second;
    const auto [at, other] = std::mismatch(rows.begin(), rows.end(), others.begin(), others.end(), alike);
    if (at == rows.end() && other == others.end()) continue;
    if (at != rows.end() && other != others.end()) {
      const auto one = messages_of(*at), two = messages_of(*other);
      tell("without what is hidden:", one, two, trace);
      tell("with it:", two, one, trace);
    }
    const auto bytes = [](bool none, const auto& row) { return none ? "none" : std::to_string(row->size()); };
    return fmt::format("twin: answer {} to {} follows what is hidden from it ({} and {} bytes)", at - rows.begin() + 1, code,
                       bytes(at == rows.end(), at), bytes(other == others.end(), other));
  }
  return {};
}

}  // namespace nc::simulation
