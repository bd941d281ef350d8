#include "ledger/records/account_eras.h"

#include <algorithm>

#include "foundation/crypto/hash.h"

namespace nc::records {
namespace {

bool closes(const journal::Entry& entry, const catalog::Catalog& catalog) {
  const auto& body = entry.body;
  if (body.act == journal::acts::kVoid) return true;
  const auto* type = catalog.find(entry.header.type);
  const auto* disabled = type ? type->slot("disabled") : nullptr;
  const auto said = disabled ? body.set.find(disabled->id) : body.set.end();
  return said != body.set.end() && said->second.is_bool() && said->second.as_bool();
}

}  // namespace

Result<Digest> era_of(const Ledger& ledger, const PersonId& person) {
  const auto world = ledger.world();
  std::vector<std::string> closings;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(const auto entries, journal.entries_of(db, person));
    for (const auto& stored : entries)
      if (closes(stored.entry, *world->catalog)) closings.push_back(stored.entry.hash.hex());
    return {};
  }));
  if (closings.empty()) return Digest{};
  std::ranges::sort(closings);
  std::string text = "nhipcau-account-era-1";
  for (const auto& one : closings) text += "\n" + one;
  return crypto::sha256(text);
}

Result<bool> AccountEras::goes_on(const Ledger& ledger, access::Credentials& credentials, const PersonId& person) {
  auto world = ledger.world();
  {
    const std::lock_guard lock(mutex_);
    if (world_ == world && looked_at_.contains(person)) return true;
  }
  NC_ASSIGN(const auto era, era_of(ledger, person));
  NC_ASSIGN(const bool same, credentials.begin_era(person, era));
  const std::lock_guard lock(mutex_);
  if (world_ != world) {
    world_ = std::move(world);
    looked_at_.clear();
  }
  looked_at_.insert(person);
  return same;
}

}  // namespace nc::records
