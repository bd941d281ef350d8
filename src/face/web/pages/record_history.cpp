// History and proof of a record: every entry with its author, time, change, seal and hash.
#include <algorithm>

#include "base/text.h"
#include "face/web/pages/record_parts.h"
#include "face/web/site.h"
#include "foundation/store/database.h"
#include "ledger/journal/journal.h"

namespace nc::web {
namespace {

std::string short_hash(const EntryHash& hash) { return hash.hex().substr(0, 16) + "…"; }

std::string author_text(const Visit& visit, const PersonId& author) {
  if (author == visit.ledger().console().person) return visit.tr("the node's command line");
  auto name = visit.site.account_name(author);
  if (name.empty()) return author.is_zero() ? visit.tr("the program") : author.hex().substr(0, 8) + "…";
  for (const auto& [login, subject] : visit.world->accounts)
    if (subject.person == author && login != name) name += " (" + login + ")";
  return name;
}

std::string act_text(const Visit& visit, const records::RecordView& record, const records::HistoryItem& item) {
  if (item.act == "create") return item.imported ? visit.tr("Imported") : visit.tr("Created");
  if (item.act == "void") return visit.tr("Declared void");
  if (item.act == "restore") return visit.tr("Restored");
  if (item.act.empty()) return item.imported ? visit.tr("Changed by an import") : visit.tr("Amended");
  const auto* transition = record.type ? record.type->transition(item.act) : nullptr;
  return transition ? transition->label.in(visit.lang()) : item.act;
}

std::string question_text(const Visit& visit, const records::RecordView& record, const std::string& id) {
  if (record.type)
    for (const auto& question : record.type->questions)
      if (question.id == id) return question.message.in(visit.lang());
  return id;
}

std::vector<Change> changes_of(const Visit& visit, const records::RecordView& record, const records::HistoryItem& item) {
  std::vector<Change> out;
  if (item.act == "create" || !record.type) return out;
  for (const auto& id : item.fields)
    if (const auto* field = record.type->field(id))
      out.push_back({field->label.in(visit.lang()), visit.value(*field, item.before[id]), visit.value(*field, item.after[id])});
  return out;
}

std::string note_of(const Visit& visit, const records::RecordView& record, const records::HistoryItem& item) {
  std::vector<std::string> notes;
  if (!item.reason.empty()) notes.push_back(visit.tr("Reason: {1}", item.reason));
  for (const auto& [question, reason] : item.confirmed)
    notes.push_back(visit.tr("Confirmed: {1} Reason: {2}", question_text(visit, record, question), reason));
  if (item.clock_doubtful) notes.push_back(visit.tr("The clock of the node was wrong: this instant cannot be true."));
  if (item.purged) notes.push_back(visit.tr("The content of this entry was destroyed by order; that it was there stays provable."));
  if (item.act == "create")
    notes.push_back(visit.ui.trn("{1} field filled in", "{1} fields filled in", static_cast<std::int64_t>(item.fields.size())));
  notes.push_back(item.sealed ? visit.tr("sealed") : visit.tr("not sealed yet"));
  if (item.alone) notes.push_back(visit.tr("submitted and approved by one person in a short-handed post"));
  if (item.signed_by_person) notes.push_back(visit.tr("with the person's own signature"));
  return nc::join(notes, " · ");
}

}  // namespace

bool RecordHistory::all_right() const {
  return std::ranges::all_of(checked, [](const auto& entry) { return entry.second; });
}

Result<RecordHistory> load_history(const Visit& visit, const records::RecordView& record) {
  RecordHistory out;
  NC_ASSIGN(out.items, visit.ledger().history(visit.who, record.id));
  std::ranges::reverse(out.items);
  NC_TRY(visit.ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    for (const auto& item : out.items) {
      NC_ASSIGN(const auto stored, journal.find(db, item.hash));
      bool right = stored && journal::hash_header(stored->entry.header_bytes) == item.hash;
      if (right && !stored->purged)
        right = journal::hash_body(stored->entry.body.salt, stored->entry.body_bytes) == stored->entry.header.body_hash;
      out.checked.emplace_back(item.hash, right);
    }
    return {};
  }));
  return out;
}

Html history_section(const Visit& visit, const records::RecordView& record, const RecordHistory& history) {
  std::vector<Event> events;
  for (const auto& item : history.items) {
    Event event;
    event.when = visit.ui.datetime(item.wall_ms);
    event.who = author_text(visit, item.author);
    if (item.acting_for) event.who = visit.tr("{1}, in place of {2}", event.who, author_text(visit, *item.acting_for));
    event.what = act_text(visit, record, item);
    event.changes = changes_of(visit, record, item);
    event.note = note_of(visit, record, item);
    events.push_back(std::move(event));
  }
  return section(visit.tr("History"), timeline(events, visit.ui));
}

Html proof_section(const Visit& visit, const RecordHistory& history) {
  Html rows;
  for (std::size_t i = 0; i < history.items.size(); ++i) {
    const auto& item = history.items[i];
    const auto verdict = !history.checked[i].second ? badge(Tone::kBad, visit.tr("bytes changed"))
                         : item.sealed              ? badge(Tone::kGood, visit.tr("sealed, hash right"))
                                                    : badge(Tone::kAccent, visit.tr("hash right, not sealed yet"));
    rows.add(el("tr", {}, el("td", {}, visit.ui.datetime(item.wall_ms)),
                el("td", {}, el("code", {{"title", item.hash.hex()}}, short_hash(item.hash))),
                el("td", {{"class", "number"}}, visit.ui.number(item.seq)), el("td", {}, el("code", {{"class", "stream"}}, item.stream)),
                el("td", {}, verdict)));
  }
  const auto head =
      el("tr", {}, el("th", {{"scope", "col"}}, visit.tr("Entered")), el("th", {{"scope", "col"}}, visit.tr("Hash of the entry")),
         el("th", {{"scope", "col"}, {"class", "number"}}, visit.tr("Number")), el("th", {{"scope", "col"}}, visit.tr("Stream")),
         el("th", {{"scope", "col"}}, visit.tr("Check")));
  const auto table = el("table", {{"class", "small"}}, el("thead", {}, head), el("tbody", {}, rows));
  const auto scroll = el("div", {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", visit.tr("Proof")}}, table);
  const auto verdict =
      history.all_right()
          ? notice(Tone::kGood, visit.tr("Verified just now: every entry of this record still has the bytes that its hash says."))
          : notice(Tone::kBad, visit.tr("An entry of this record no longer has the bytes that its hash says."),
                   visit.tr("Tell the administrator; the program's verify command names the place."));
  return section(visit.tr("Verification"),
                 join(verdict, el("details", {}, el("summary", {}, visit.tr("Entries, hashes and seals")), scroll)));
}

}  // namespace nc::web
