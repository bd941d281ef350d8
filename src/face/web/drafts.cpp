#include "face/web/drafts.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "foundation/crypto/hash.h"

namespace nc::web {

net::Fields keepable(const net::Fields& form) {
  static constexpr std::array<std::string_view, 10> kNever = {
      "csrf", "password", "passphrase", "passphrase_again", "second_password", "pin", "new_password", "again", "code", "second_code"};
  net::Fields out;
  for (const auto& [name, value] : form)
    if (std::ranges::find(kNever, name) == kNever.end()) out.add(name, value);
  return out;
}

void Drafts::keep(const PersonId& person, std::string target, const net::Fields& form, const access::SessionId& only_in) {
  const Whose whose{person, only_in};
  Kept kept{{std::move(target), keepable(form)}, 0, 0};
  for (const auto& [name, value] : kept.draft.form) kept.bytes += name.size() + value.size();
  const std::lock_guard lock(mutex_);
  if (const auto before = kept_.find(whose); before != kept_.end()) {
    bytes_ -= before->second.bytes;
    kept_.erase(before);
  }
  if (kept.bytes > kBytesMax) return;
  while (bytes_ + kept.bytes > kBytesMax) {
    const auto oldest = std::ranges::min_element(kept_, {}, [](const auto& one) { return one.second.turn; });
    bytes_ -= oldest->second.bytes;
    kept_.erase(oldest);
  }
  kept.turn = ++turns_;
  bytes_ += kept.bytes;
  kept_.emplace(whose, std::move(kept));
}

access::SessionId Drafts::mark_of(std::string_view browser_cookie) {
  access::SessionId out;
  const auto hash = crypto::sha256("browser:" + std::string(browser_cookie));
  std::copy_n(hash.bytes.begin(), out.bytes.size(), out.bytes.begin());
  return out;
}

std::optional<Draft> Drafts::take(const PersonId& person, std::initializer_list<access::SessionId> places) {
  const std::lock_guard lock(mutex_);
  auto at = kept_.end();
  for (const auto& place : places)
    if (at == kept_.end()) at = kept_.find(Whose{person, place});
  if (at == kept_.end()) return std::nullopt;
  auto draft = std::move(at->second.draft);
  bytes_ -= at->second.bytes;
  kept_.erase(at);
  return draft;
}

}  // namespace nc::web
