#include "foundation/i18n/translator.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <boost/locale/gnu_gettext.hpp>
#include <boost/locale/message.hpp>

#include "base/check.h"
#include "base/files.h"
#include "base/term.h"

namespace nc::i18n {
namespace {

namespace gettext = boost::locale::gnu_gettext;
using Messages = boost::locale::message_format<char>;

constexpr std::size_t kMessagesBytesMax = 16 * 1024 * 1024;

std::string two_digits(int value) {
  std::array<char, 16> out{};
  const int n = std::snprintf(out.data(), out.size(), "%02d", value);
  return {out.data(), static_cast<std::size_t>(n)};
}

const Messages* messages_of(const std::locale& locale) {
  return std::has_facet<Messages>(locale) ? &std::use_facet<Messages>(locale) : nullptr;
}

}  // namespace

Result<Translator> Translator::load(const std::filesystem::path& dir, Lang lang) {
  if (lang == Lang::en) return Translator(lang, std::locale::classic());
  const auto path = dir / std::string(lang_code(lang)) / "nhipcau.mo";
  NC_ASSIGN(const std::string bytes, read_file(path, kMessagesBytesMax));
  gettext::messages_info info;
  info.language = std::string(lang_code(lang));
  info.encoding = "UTF-8";
  info.domains.emplace_back("nhipcau");
  info.paths.emplace_back(".");
  info.callback = [&](const std::string&, const std::string&) { return std::vector<char>(bytes.begin(), bytes.end()); };
  try {
    return Translator(lang, std::locale(std::locale::classic(), gettext::create_messages_facet<char>(info)));
  } catch (const std::exception& e) {  // Boost.Locale throws runtime_error on a broken file
    return fail(Error(ErrorCode::kCorrupt, NC_MSG("The message file is broken: {1}"), {e.what()})
                    .at(path.string())
                    .then(NC_MSG("Install the program again")));
  }
}

std::string Translator::message(std::string_view id) const {
  const std::string key(id);
  const auto* messages = messages_of(locale_);
  const char* found = messages == nullptr || key.empty() ? nullptr : messages->get(0, nullptr, key.c_str());
  return found == nullptr || *found == '\0' ? key : found;
}

std::string Translator::plural(std::string_view one, std::string_view many, std::int64_t n) const {
  const std::string key(one);
  const auto* messages = messages_of(locale_);
  // Plural rules look at the last digits only, so a large number keeps its form.
  const int small = static_cast<int>(n >= -1'000'000 && n <= 1'000'000 ? n : 1'000'000 + n % 1'000'000);
  const char* found = messages == nullptr || key.empty() ? nullptr : messages->get(0, nullptr, key.c_str(), small);
  if (found != nullptr && *found != '\0') return found;
  return n == 1 ? key : std::string(many);
}

std::string Translator::error_text(const Error& error) const {
  std::vector<std::string> args;
  for (const auto& arg : error.args) {
    const auto word = term_of(arg);
    args.push_back(!word ? arg : lang_ == Lang::vi && !word->vi.empty() ? std::string(word->vi) : message(word->en));
  }
  auto out = fill_in(message(error.message), args);
  if (error.next.empty()) return out;
  return out + ". " + fill_in(message(error.next), args) + '.';
}

std::string Translator::located_text(const Error& error) const {
  return error.where.empty() ? error_text(error) : error.where + ": " + error_text(error);
}

std::string day_text(std::int32_t day) {
  const auto parts = from_day(day);
  std::array<char, 48> out{};
  const int n = std::snprintf(out.data(), out.size(), "%02d/%02d/%04d", parts.dom, parts.month, parts.year);
  return {out.data(), static_cast<std::size_t>(n)};
}

std::string Translator::date(const CivilDate& date) const {
  switch (date.precision) {
    case DatePrecision::kDay: return day_text(date.day);
    case DatePrecision::kMonth: return day_text(date.day).substr(3);
    case DatePrecision::kYear: return day_text(date.day).substr(6);
    case DatePrecision::kMonthDay: return tr("{1} (year unknown)", two_digits(date.day % 100) + '/' + two_digits(date.day / 100));
  }
  return {};
}

std::string Translator::span(std::int64_t ms) const {
  constexpr std::int64_t kMinuteMs = 60'000, kHourMs = 60 * kMinuteMs, kDayMs = 24 * kHourMs;
  if (ms >= 2 * kDayMs) return trn("{1} day", "{1} days", ms / kDayMs);
  if (ms >= 2 * kHourMs) return trn("{1} hour", "{1} hours", ms / kHourMs);
  return trn("{1} minute", "{1} minutes", ms / kMinuteMs);
}

std::string Translator::days(const DayRange& range) const {
  const bool open_start = range.first <= kDayMin;
  const bool open_end = range.last >= kDayMax;
  if (open_start && open_end) return tr("all time");
  if (open_start) return tr("until {1}", day_text(range.last));
  if (open_end) return tr("since {1}", day_text(range.first));
  if (range.first == range.last) return day_text(range.first);
  return day_text(range.first) + " – " + day_text(range.last);
}

std::string Translator::datetime(std::int64_t wall_ms, int offset_minutes) const {
  constexpr std::int64_t kMinuteMs = 60'000, kDayMinutes = 24 * 60;
  auto minutes = wall_ms / kMinuteMs - (wall_ms % kMinuteMs < 0 ? 1 : 0) + offset_minutes;
  auto day = minutes / kDayMinutes;
  auto of_day = minutes % kDayMinutes;
  if (of_day < 0) {
    of_day += kDayMinutes;
    --day;
  }
  if (day < kDayMin || day > kDayMax) return "—";  // a clock that is this wrong tells nothing
  return day_text(static_cast<std::int32_t>(day)) + ' ' + two_digits(static_cast<int>(of_day / 60)) + ':' +
         two_digits(static_cast<int>(of_day % 60));
}

}  // namespace nc::i18n
