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
  // Sent twice it is one form.
  if (const auto before = kept_.find(whose); before != kept_.end()) {
    const auto same = std::ranges::find_if(before->second, [&](const Kept& one) {
      return one.draft.target == kept.draft.target && std::ranges::equal(one.draft.form, kept.draft.form);
    });
    if (same != before->second.end()) drop(whose, static_cast<std::size_t>(same - before->second.begin()));
    else if (before->second.size() == kFormsMax) drop(whose, 0);
  }
  if (kept.bytes > kBytesMax) return;
  while (bytes_ + kept.bytes > kBytesMax) {
    const auto oldest = std::ranges::min_element(kept_, {}, [](const auto& one) { return one.second.front().turn; });
    drop(oldest->first, 0);
  }
  kept.turn = ++turns_;
  bytes_ += kept.bytes;
  kept_[whose].push_back(std::move(kept));
}

void Drafts::drop(const Whose& whose, std::size_t at) {
  const auto forms = kept_.find(whose);
  bytes_ -= forms->second[at].bytes;
  forms->second.erase(forms->second.begin() + static_cast<std::ptrdiff_t>(at));
  if (forms->second.empty()) kept_.erase(forms);
}

access::SessionId Drafts::mark_of(std::string_view browser_cookie) {
  access::SessionId out;
  const auto hash = crypto::sha256("browser:" + std::string(browser_cookie));
  std::copy_n(hash.bytes.begin(), out.bytes.size(), out.bytes.begin());
  return out;
}

std::vector<Draft> Drafts::take(const PersonId& person, std::initializer_list<access::SessionId> places) {
  const std::lock_guard lock(mutex_);
  auto at = kept_.end();
  for (const auto& place : places)
    if (at == kept_.end()) at = kept_.find(Whose{person, place});
  std::vector<Draft> out;
  if (at == kept_.end()) return out;
  for (auto one = at->second.rbegin(); one != at->second.rend(); ++one) {
    bytes_ -= one->bytes;
    out.push_back(std::move(one->draft));
  }
  kept_.erase(at);
  return out;
}

}  // namespace nc::web
