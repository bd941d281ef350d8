#include "ledger/records/project.h"

#include <algorithm>

#include "ledger/journal/home.h"
#include "ledger/records/checks.h"
#include "ledger/records/seen.h"

namespace nc::records {
namespace {

std::optional<journal::Home> home_of_all(const std::vector<journal::Stored>& entries) {
  std::vector<const journal::Entry*> all;
  all.reserve(entries.size());
  for (const auto& stored : entries) all.push_back(&stored.entry);
  return journal::home_of(all);
}

}  // namespace

journal::RankOf rank_of_home(const World& world, const std::vector<journal::Stored>& entries) {
  const auto home = home_of_all(entries);
  const auto* type = home ? world.catalog->find(home->type) : nullptr;
  return type ? rank_by(*type) : journal::RankOf([](std::string_view) { return 0; });
}

std::optional<Rows> rows_of_entries(const World& world, const RecordId& id, const std::vector<journal::Stored>& entries,
                                    const journal::RecordState& state) {
  const auto home = home_of_all(entries);
  if (!home) return std::nullopt;
  const auto is_home = [&](const journal::Stored& stored) { return stored.entry.header.stream.part.audience == home->audience; };
  // What restates it may have come before what it restates.
  auto begun = std::find_if(entries.begin(), entries.end(), [&](const auto& stored) { return is_home(stored) && !is_moving(stored); });
  if (begun == entries.end()) begun = std::find_if(entries.begin(), entries.end(), is_home);
  const auto& first = *begun;
  const auto& last = *std::find_if(entries.rbegin(), entries.rend(), is_home);
  const Meta meta{first.entry.header.wall_ms, last.entry.header.wall_ms, last.arrival, first.entry.body.author,
                  alone_of(world.catalog->find(home->type), entries, state)};
  return rows_of(*world.catalog, id, home->type, state, meta);
}

std::optional<Rows> rows_of_new(const World& world, const RecordId& id, const std::vector<journal::Stored>& entries) {
  std::vector<const journal::Entry*> all;
  for (const auto& stored : entries) all.push_back(&stored.entry);
  return rows_of_entries(world, id, entries, journal::merge_entries(std::move(all), rank_of_home(world, entries)));
}

bool has_home(const std::vector<journal::Stored>& entries) { return home_of_all(entries).has_value(); }

Result<RecordView> project_record(store::Database& db, const journal::Journal& journal, const World& world, const RecordId& id) {
  NC_ASSIGN(const auto entries, journal.entries_of(db, id));
  if (entries.empty()) return fail(ErrorCode::kNotFound, NC_MSG("The journal has no entry of the record {1}"), {id.hex()});
  return project_entries(db, journal, world, id, entries);
}

Result<RecordView> project_entries(store::Database& db, const journal::Journal& journal, const World& world, const RecordId& id,
                                   const std::vector<journal::Stored>& entries) {
  NC_ASSIGN(const auto state, journal.state_of(db, entries, rank_of_home(world, entries)));
  auto rows = rows_of_entries(world, id, entries, state);
  if (!rows) {
    RecordView nothing;
    nothing.id = id;
    return nothing;
  }
  NC_TRY(store_rows(db, *rows, false));
  return std::move(rows->view);
}

}  // namespace nc::records
