// History and proof of a record: every entry with its author, time, change, seal and hash.
#include <algorithm>

#include "base/text.h"
#include "face/web/pages/record_parts.h"
#include "face/web/pages/record_values.h"
#include "face/web/site.h"
#include "foundation/store/database.h"
#include "ledger/access/capability_words.h"
#include "ledger/journal/journal.h"
#include "ledger/records/accounts.h"
#include "ledger/records/live_states.h"
#include "ledger/records/purges.h"
#include "ledger/records/reliance.h"

namespace nc::web {
namespace {

std::string short_hash(const EntryHash& hash) { return hash.hex().substr(0, 16) + "…"; }

// A stream is named by its node first.
std::string node_of(const records::HistoryItem& item) { return item.stream.substr(0, item.stream.find('/')); }

// Names of nodes that are not this one; it is read only when a record was changed elsewhere.
void name_nodes(const Visit& visit, RecordHistory& history) {
  const auto own = visit.ledger().identity().node.hex();
  history.nodes[own] = visit.site.node_name(visit.ui.lang());
  if (std::ranges::all_of(history.items, [&](const auto& item) { return node_of(item) == own; })) return;
  records::ListQuery query;
  query.feeds = {"node-key"};
  query.limit = 500;
  query.count_max = 0;
  const auto found = visit.ledger().list(visit.who, query);
  if (!found) return;
  for (const auto& node : found->items) {
    const auto& unit = node.slot("unit");
    const auto id = unit.is_string() ? UnitId::from_hex(unit.as_string()) : std::nullopt;
    const auto& id_text = node.slot("node");
    if (id_text.is_string() && id) history.nodes.try_emplace(id_text.as_string(), visit.name(*id));
  }
}

std::string act_text(const Visit& visit, const records::RecordView& record, const records::HistoryItem& item) {
  if (item.act == "create") return item.imported ? visit.tr("Imported") : visit.tr("Created");
  if (item.act == "void") return visit.tr("Declared void");
  if (item.act == "restore") return visit.tr("Restored");
  if (item.act == journal::acts::kRaise)
    return visit.tr("Handling raised to “{1}”", visit.tr(access::handling_words(static_cast<catalog::Handling>(item.part.handling))));
  if (item.act == journal::acts::kPartClosed)
    return visit.tr("Withdrawn from “{1}”", visit.tr(access::handling_words(static_cast<catalog::Handling>(item.part.handling))));
  if (item.act.empty()) return item.imported ? visit.tr("Changed by an import") : visit.tr("Amended");
  if (item.act == records::kKeepState) {
    const auto* state = record.type ? record.type->state(item.state) : nullptr;
    return visit.tr("Kept, of two steps: {1}", state ? state->label.in(visit.lang()) : item.state);
  }
  const auto* transition = record.type ? record.type->transition(item.act) : nullptr;
  return transition ? transition->label.in(visit.lang()) : item.act;
}

std::string question_text(const Visit& visit, const records::RecordView& record, const std::string& id) {
  if (record.type)
    for (const auto& question : record.type->questions)
      if (question.id == id) return question.message.in(visit.lang());
  if (id == records::kUnitNamed) return visit.tr("Records name the unit");
  return id;
}

std::vector<Change> changes_of(const Visit& visit, const records::RecordView& record, const records::HistoryItem& item) {
  std::vector<Change> out;
  if (item.act == "create" || !record.type) return out;
  for (const auto& id : item.fields)
    if (const auto* field = record.type->field(id))
      out.push_back({field->label.in(visit.lang()), value_of(visit, record, *field, item.before[id]),
                     value_of(visit, record, *field, item.after[id])});
  return out;
}

std::string purge_text(const Visit& visit, const records::HistoryItem& item) {
  const auto purge = records::purge_of(visit.ledger(), item.hash).value_or(records::Purge{});
  std::vector<std::string> persons;
  for (const auto& person : purge.by) persons.push_back(visit.author(person));
  if (persons.empty()) return visit.tr("The content of this entry was destroyed by order; that it was there stays provable.");
  return visit.tr("The content of this entry was destroyed by order of {1}, on {2}; that it was there stays provable.",
                  nc::join(persons, ", "), visit.ui.datetime(purge.at_ms));
}

std::string note_of(const Visit& visit, const records::RecordView& record, const records::HistoryItem& item) {
  std::vector<std::string> notes;
  if (!item.reason.empty()) notes.push_back(visit.tr("Reason: {1}", item.reason));
  for (const auto& [question, reason] : item.confirmed)
    notes.push_back(visit.tr("Confirmed: {1} Reason: {2}", question_text(visit, record, question), reason));
  if (item.clock_doubtful) notes.push_back(visit.tr("The clock of the node was wrong: this instant cannot be true."));
  if (item.purged) notes.push_back(purge_text(visit, item));
  if (item.act == "create")
    notes.push_back(visit.ui.trn("{1} field filled in", "{1} fields filled in", static_cast<std::int64_t>(item.fields.size())));
  notes.push_back(item.sealed ? visit.tr("sealed") : visit.tr("not sealed yet"));
  if (item.alone) notes.push_back(visit.tr("submitted and approved by one person in a short-handed post"));
  if (item.signed_by_person) notes.push_back(visit.tr("with the person's own signature"));
  return nc::join(notes, " · ");
}

// What the check of an entry has shown, in words.
Html verdict_of(const Visit& visit, const journal::EntryProof& proof) {
  if (!proof.bytes) return badge(Tone::kBad, visit.tr("bytes changed"));
  if (proof.seal == journal::SealProof::kWrong) return badge(Tone::kBad, visit.tr("seal is wrong"));
  if (proof.person == false) return badge(Tone::kBad, visit.tr("signature is wrong"));
  if (proof.seal == journal::SealProof::kNone) return badge(Tone::kAccent, visit.tr("hash right, not sealed yet"));
  if (proof.seal == journal::SealProof::kDistant) return badge(Tone::kGood, visit.tr("hash right; the next seal is far on, and right"));
  return badge(Tone::kGood, proof.person ? visit.tr("hash, seal and signature right") : visit.tr("sealed, hash right"));
}

}  // namespace

std::string author_text(const Visit& visit, const records::HistoryItem& item) {
  const auto words = records::author_words(visit.ledger(), item, visit.lang());
  const auto who = visit.tr(words.message, words.name);
  return item.acting_for ? visit.tr("{1}, in place of {2}", who, visit.author(*item.acting_for)) : who;
}

std::string node_text(const Visit& visit, const RecordHistory& history, const records::HistoryItem& item) {
  const auto id = node_of(item);
  const auto name = history.nodes.find(id);
  const auto text = name == history.nodes.end() || name->second.empty() ? id.substr(0, 8) + "…" : name->second;
  return visit.tr("at the node of {1}", text);
}

bool RecordHistory::all_right() const {
  return std::ranges::all_of(proofs, [](const auto& proof) { return proof.right(); });
}

Result<RecordHistory> load_history(const Visit& visit, const records::RecordView& record) {
  RecordHistory out;
  NC_ASSIGN(out.items, visit.ledger().history(visit.who, record.id));
  std::ranges::reverse(out.items);
  NC_TRY(visit.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    for (const auto& item : out.items) {
      NC_ASSIGN(const auto proof, journal::prove(db, item.hash));
      out.proofs.push_back(proof);
    }
    return {};
  }));
  name_nodes(visit, out);
  return out;
}

Html history_section(const Visit& visit, const records::RecordView& record, const RecordHistory& history) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < history.items.size(); ++i) {
    const auto& item = history.items[i];
    Event event;
    event.when = visit.ui.datetime(item.wall_ms);
    event.who = author_text(visit, item);
    event.where = node_text(visit, history, item);
    event.verified = history.proofs[i].person;
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
    rows.add(el("tr", {}, el("td", {}, visit.ui.datetime(item.wall_ms)),
                el("td", {}, el("code", {{"title", item.hash.hex()}}, short_hash(item.hash))),
                el("td", {{"class", "number"}}, visit.ui.number(item.seq)), el("td", {}, el("code", {{"class", "stream"}}, item.stream)),
                el("td", {}, verdict_of(visit, history.proofs[i]))));
  }
  const auto head =
      el("tr", {}, el("th", {{"scope", "col"}}, visit.tr("Entered")), el("th", {{"scope", "col"}}, visit.tr("Hash of the entry")),
         el("th", {{"scope", "col"}, {"class", "number"}}, visit.tr("Number")), el("th", {{"scope", "col"}}, visit.tr("Stream")),
         el("th", {{"scope", "col"}}, visit.tr("Check")));
  const auto table = el("table", {{"class", "small"}}, el("thead", {}, head), el("tbody", {}, rows));
  const auto scroll = el("div", {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", visit.tr("Proof")}}, table);
  const bool purged = std::ranges::any_of(history.items, [](const auto& item) { return item.purged; });
  const auto good = purged
                        ? visit.tr(
                              "Verified just now: every entry of this record that was not purged has the bytes that its hash says; of the "
                              "purged ones the hash and the place stand. Seals and signatures are right.")
                        : visit.tr(
                              "Verified just now: every entry of this record has the bytes that its hash says, and its seal and "
                              "signatures are right.");
  const auto verdict =
      history.all_right()
          ? notice(Tone::kGood, good)
          : notice(Tone::kBad, visit.tr("An entry of this record no longer has the bytes, the seal or the signature that it should have."),
                   visit.tr("Tell the administrator; the program's verify command names the place."));
  return section(visit.tr("Verification"),
                 join(verdict, el("details", {}, el("summary", {}, visit.tr("Entries, hashes and seals")), scroll)));
}

}  // namespace nc::web
