// Translator: messages, numbers and dates in one language.
//
// Messages are English ids (NC_MSG and tr literals); Vietnamese comes from
// <dir>/vi/nhipcau.mo, compiled from po/vi.po. An id without a translation shows as it is.
// Arguments fill {1} {2} ... A value: cheap to copy, and const from any thread.
// Not here: labels of record types (they stand in the catalogue files, in both languages).
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <locale>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil.h"
#include "base/error.h"
#include "foundation/i18n/numbers.h"

namespace nc::i18n {

inline constexpr int kVietnamOffsetMinutes = 7 * 60;  // Asia/Ho_Chi_Minh, without summer time since 1975

class Translator {
 public:
  // English needs no file. Errors: kIo or kCorrupt with the file.
  static Result<Translator> load(const std::filesystem::path& dir, Lang lang);

  [[nodiscard]] Lang lang() const { return lang_; }

  // tr("{1} of {2} posts", 11, 12): numbers are grouped, texts go in as they are.
  template <typename... Args>
  [[nodiscard]] std::string tr(std::string_view id, const Args&... args) const {
    return fill_in(message(id), {arg_text(args)...});
  }
  // trn("{1} record", "{1} records", n): the form for n; {1} is n, further arguments follow.
  template <typename... Args>
  [[nodiscard]] std::string trn(std::string_view one, std::string_view many, std::int64_t n, const Args&... args) const {
    return fill_in(plural(one, many, n), {number(n), arg_text(args)...});
  }

  // "Message. Next step." in the reader's language; the place stays with the caller, who shows it
  // beside the field. located_text puts the place in front ("file.csv:12: ...").
  [[nodiscard]] std::string error_text(const Error& error) const;
  [[nodiscard]] std::string located_text(const Error& error) const;

  [[nodiscard]] std::string number(std::int64_t value) const { return number_text(value, lang_); }
  [[nodiscard]] std::string decimal(std::string_view value) const { return decimal_text(value, lang_); }

  // 22/11/2026, 09/2019, 2019, "21/11 (year unknown)"; the same order in both languages.
  [[nodiscard]] std::string date(const CivilDate& date) const;
  // "03/09/2019 – 05/09/2019", one day alone, "since ...", "until ...", "all time".
  [[nodiscard]] std::string days(const DayRange& range) const;
  // How long: in days or hours from two on, else in minutes.
  [[nodiscard]] std::string span(std::int64_t ms) const;
  // "22/11/2026 09:51" in the zone that lies `offset_minutes` east of UTC.
  [[nodiscard]] std::string datetime(std::int64_t wall_ms, int offset_minutes = kVietnamOffsetMinutes) const;

 private:
  Translator(Lang lang, std::locale locale) : lang_(lang), locale_(std::move(locale)) {}
  [[nodiscard]] std::string message(std::string_view id) const;
  [[nodiscard]] std::string plural(std::string_view one, std::string_view many, std::int64_t n) const;
  [[nodiscard]] std::string arg_text(std::string_view text) const { return std::string(text); }
  template <std::integral T>
  [[nodiscard]] std::string arg_text(T value) const {
    return number(static_cast<std::int64_t>(value));
  }

  Lang lang_;
  std::locale locale_;
};

// Day and month with two digits, year with four: "03/09/2019".
[[nodiscard]] std::string day_text(std::int32_t day);

}  // namespace nc::i18n
