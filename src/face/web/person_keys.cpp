#include "face/web/person_keys.h"

#include "face/web/site.h"

namespace nc::web {

PersonKeys::PersonKeys(const Visit& visit) : visit_(visit) {
  records::ListQuery query;
  query.feeds = {"person-key"};
  query.limit = 500;
  query.count_max = 0;
  while (true) {
    const auto page = visit.ledger().list(visit.ledger().console(), query);
    if (!page) return;
    for (const auto& record : page->items) {
      const auto &person = record.slot("person"), &key = record.slot("public_key");
      if (person.is_string() && key.is_string()) ended_[{person.as_string(), key.as_string()}] = record.slot("ended") != Json();
    }
    if (page->next_cursor.empty()) return;
    query.cursor = page->next_cursor;
  }
}

KeyState PersonKeys::of(const PersonId& person) const {
  const auto kept = visit_.site.credentials().person_key(person);
  if (!kept || !*kept) return {};
  const auto at = ended_.find({person.hex(), (*kept)->hex()});
  if (at == ended_.end()) return {KeyState::Is::kWaiting, **kept};
  return {at->second ? KeyState::Is::kEnded : KeyState::Is::kCertified, **kept};
}

Html key_badge(const Visit& visit, const KeyState& state) {
  switch (state.is) {
    case KeyState::Is::kNone: return badge(Tone::kNeutral, visit.tr("no key"));
    case KeyState::Is::kWaiting: return badge(Tone::kWarn, visit.tr("waits to be certified"));
    case KeyState::Is::kCertified: return badge(Tone::kGood, visit.tr("certified"));
    case KeyState::Is::kEnded: return badge(Tone::kNeutral, visit.tr("ended"));
  }
  return {};
}

}  // namespace nc::web
