#include "channels/intake/report.h"

#include <algorithm>

namespace nc::intake {
namespace {

std::string translated(const Translate& translate, Error message) {
  message.where.clear();  // the place stands before it
  return translate ? translate(message) : message.english();
}
std::string translated(const Translate& translate, const char* message) {
  return translated(translate, Error(ErrorCode::kInvalid, message));
}

std::string_view weight_name(Note::Weight weight) {
  return weight == Note::Weight::kRefusal ? "refusal" : weight == Note::Weight::kQuestion ? "question" : "note";
}

std::string text_of(const Note& note, std::string_view lang, const Translate& translate) {
  return note.label.empty() ? translated(translate, note.error) : note.label.in(lang);
}

}  // namespace

const char* outcome_message(Outcome outcome) {
  switch (outcome) {
    case Outcome::kTaken: return NC_MSG("taken");
    case Outcome::kUnchanged: return NC_MSG("unchanged");
    case Outcome::kAmended: return NC_MSG("changed");
    case Outcome::kLinked: return NC_MSG("linked");
    case Outcome::kQuestion: return NC_MSG("taken with a question");
    case Outcome::kRefused: return NC_MSG("refused");
  }
  return "";
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kTaken: return "taken";
    case Outcome::kUnchanged: return "unchanged";
    case Outcome::kAmended: return "amended";
    case Outcome::kLinked: return "linked";
    case Outcome::kQuestion: return "question";
    case Outcome::kRefused: return "refused";
  }
  return "";
}

std::map<std::string, Report::Counts> Report::by_table() const {
  std::map<std::string, Counts> out;
  for (const auto& row : rows) ++out[row.table][row.outcome];
  return out;
}

std::size_t Report::count(Outcome outcome) const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row.outcome == outcome; }));
}

bool Report::changed_nothing() const {
  return std::none_of(rows.begin(), rows.end(), [](const auto& row) { return row.changed; });
}

std::string to_text(const Report& report, std::string_view lang, bool all, const Translate& translate) {
  std::string out;
  for (const auto& row : report.rows) {
    const auto wanted = [&](const Note& note) { return all || note.weight != Note::Weight::kNote; };
    if (!all && std::none_of(row.notes.begin(), row.notes.end(), wanted)) continue;
    out += row.file + (row.line > 0 ? ":" + std::to_string(row.line) : "") + "  " + row.key + "  " +
           translated(translate, outcome_message(row.outcome)) + "\n";
    for (const auto& note : row.notes)
      if (wanted(note)) out += "    " + (note.column.empty() ? "" : note.column + ": ") + text_of(note, lang, translate) + "\n";
  }
  return out;
}

Json to_json(const Report& report, std::string_view lang, const Translate& translate) {
  Json rows{JsonArray{}};
  for (const auto& row : report.rows) {
    Json one;
    one.set("table", row.table).set("file", row.file).set("line", row.line).set("key", row.key).set("outcome", outcome_name(row.outcome));
    if (!row.type.empty()) one.set("type", row.type);
    if (!row.id.is_zero()) one.set("id", row.id.hex());
    for (const auto& note : row.notes) {
      Json remark;
      remark.set("weight", weight_name(note.weight)).set("text", text_of(note, lang, translate));
      if (!note.column.empty()) remark.set("column", note.column);
      auto notes = one["notes"];
      one.set("notes", notes.push(std::move(remark)));
    }
    rows.push(std::move(one));
  }
  Json counts{JsonObject{}};
  for (const auto& [table, by_outcome] : report.by_table()) {
    Json one;
    for (const auto& [outcome, number] : by_outcome) one.set(outcome_name(outcome), number);
    counts.set(table, std::move(one));
  }
  Json passed{JsonArray{}};
  for (const auto& file : report.passed_over) passed.push(file);
  Json out;
  out.set("counts", std::move(counts)).set("rows", std::move(rows)).set("passed_over", std::move(passed));
  return out;
}

}  // namespace nc::intake
