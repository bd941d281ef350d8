#include "ledger/catalog/toml_scan.h"

namespace nc::catalog {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  std::optional<StrayCharacter> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') comment();
      else if (c == '"' || c == '\'') quoted(c);
      else if (static_cast<unsigned char>(c) >= 0x80) return StrayCharacter{character(), line_, column_};
      else step();
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool is_start(std::size_t at) const { return (static_cast<unsigned char>(text_[at]) & 0xc0) != 0x80; }

  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      column_ = 0;
    }
    ++at_;
    if (at_ == text_.size() || is_start(at_)) ++column_;
  }

  [[nodiscard]] std::string character() const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && !is_start(end)) ++end;
    return std::string(text_.substr(at_, end - at_));
  }

  void comment() {
    while (at_ < text_.size() && text_[at_] != '\n') step();
  }

  // Past the string, or to its end of line when it has no closing quote: the library says so there.
  void quoted(char quote) {
    const std::string three(3, quote);
    const bool long_form = text_.substr(at_).starts_with(three);
    for (int i = 0; i < (long_form ? 3 : 1); ++i) step();
    while (at_ < text_.size()) {
      if (!long_form && text_[at_] == '\n') return;
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) step();
      else if (long_form ? text_.substr(at_).starts_with(three) : text_[at_] == quote) return close(quote, long_form);
      step();
    }
  }

  // A long string may end with up to two quotes of its own before the closing three.
  void close(char quote, bool long_form) {
    for (int i = 0; i < (long_form ? 5 : 1) && at_ < text_.size() && text_[at_] == quote; ++i) step();
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 1, column_ = 1;
};

}  // namespace

std::optional<StrayCharacter> stray_character(std::string_view toml) { return Scan(toml).run(); }

}  // namespace nc::catalog
