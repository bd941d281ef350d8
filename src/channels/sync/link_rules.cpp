#include "channels/sync/link_rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/files.h"
#include "base/json.h"
#include "channels/sync/tables.h"
#include "ledger/records/foreign.h"

namespace nc::sync {
namespace {

constexpr std::size_t kFileBytesMax = 16 * 1024;
constexpr std::int64_t kEveryMin = 5, kEveryMax = 7 * 24 * 3600, kRateMin = 64, kBytesMax = std::int64_t{1} << 50;
constexpr std::array kKeys = {"parent", "background", "every_s", "from", "to", "bytes_a_second", "bytes_a_day"};

Error wrong(const std::string& where, std::string_view key) {
  return Error(ErrorCode::kInvalid, NC_MSG("“{1}” has a wrong value"), {std::string(key)})
      .at(where)
      .then(NC_MSG("See docs/operations/sync.md"));
}

// "HH:MM"
Result<std::int64_t> minute(const Json& file, const char* key, const std::string& where) {
  const auto text = file.text(key);
  if (!file.has(key)) return 0;
  int hour = -1, minutes = -1;
  const bool shape = text.size() == 5 && text[2] == ':';
  if (shape && std::from_chars(text.data(), text.data() + 2, hour).ptr == text.data() + 2 &&
      std::from_chars(text.data() + 3, text.data() + 5, minutes).ptr == text.data() + 5 && hour >= 0 && hour < 24 && minutes >= 0 &&
      minutes < 60)
    return hour * 60 + minutes;
  return fail(wrong(where, key));
}

Result<std::int64_t> integer(const Json& file, const char* key, const std::string& where, std::int64_t usual, std::int64_t least,
                             std::int64_t most) {
  if (!file.has(key)) return usual;
  if (!file[key].is_int() || file[key].as_int() < least || file[key].as_int() > most) return fail(wrong(where, key));
  return file[key].as_int();
}

}  // namespace

Result<LinkRules> parse_link_rules(std::string_view text, const std::string& where) {
  auto file = parse_json(text);
  if (!file) return fail(std::move(file.error()).at(where));
  if (!file->is_object()) return fail(wrong(where, "{}"));
  for (const auto& [key, value] : file->as_object())
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end())
      return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is no setting"), {key}).at(where).then(NC_MSG("See docs/operations/sync.md")));
  LinkRules out;
  if (file->has("parent") && !(*file)["parent"].is_string()) return fail(wrong(where, "parent"));
  out.parent = file->text("parent");
  if (file->has("background") && !(*file)["background"].is_bool()) return fail(wrong(where, "background"));
  out.background = file->boolean("background", true);
  NC_ASSIGN(out.every_s, integer(*file, "every_s", where, out.every_s, kEveryMin, kEveryMax));
  NC_ASSIGN(out.from_minute, minute(*file, "from", where));
  NC_ASSIGN(out.to_minute, minute(*file, "to", where));
  NC_ASSIGN(out.bytes_a_second, integer(*file, "bytes_a_second", where, 0, kRateMin, kBytesMax));
  NC_ASSIGN(out.bytes_a_day, integer(*file, "bytes_a_day", where, 0, 1, kBytesMax));
  return out;
}

Result<LinkRules> read_link_rules(const std::filesystem::path& dir) {
  const auto file = dir / "sync.json";
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) return LinkRules{};
  NC_ASSIGN(const auto text, read_file(file, kFileBytesMax));
  return parse_link_rules(text, file.string());
}

bool within_hours(const LinkRules& rules, std::int64_t now) {
  if (rules.from_minute == rules.to_minute) return true;
  if (rules.from_minute < rules.to_minute) return now >= rules.from_minute && now < rules.to_minute;
  return now >= rules.from_minute || now < rules.to_minute;
}

Result<std::int64_t> bytes_of_day(const records::Ledger& ledger, std::int32_t day) {
  std::int64_t out = 0;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_day'"));
    if (tables == 0) return {};
    NC_ASSIGN(out, db.integer("SELECT coalesce(sum(bytes), 0) FROM sync_day WHERE day=?1", day));
    return {};
  }));
  return out;
}

Status add_bytes_of_day(records::Ledger& ledger, std::int32_t day, std::int64_t bytes) {
  return ledger.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(make_tables(intake.db()));
    NC_TRY(intake.db().run("DELETE FROM sync_day WHERE day<>?1", day));
    return intake.db().run("INSERT INTO sync_day(day, bytes) VALUES(?1, ?2) ON CONFLICT(day) DO UPDATE SET bytes=bytes+excluded.bytes", day,
                           bytes);
  });
}

}  // namespace nc::sync
