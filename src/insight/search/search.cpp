#include "insight/search/search.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/words.h"
#include "insight/search/days_named.h"
#include "ledger/catalog/values.h"

namespace nc::search {
namespace {

using catalog::FieldKind;

constexpr std::size_t kSnippetCharacters = 160;
constexpr std::size_t kJumpsOfAKind = 5, kJumpsLookedAt = 20;

// What the index has words of, and names of units.
bool shows_words(const catalog::Field& field) {
  switch (field.kind) {
    case FieldKind::kText:
    case FieldKind::kLongText:
    case FieldKind::kPlace:
    case FieldKind::kMarker:
    case FieldKind::kChoice:
    case FieldKind::kChoices:
    case FieldKind::kFile:
    case FieldKind::kFiles:
    case FieldKind::kLines:
    case FieldKind::kRef:
    case FieldKind::kRefs: return true;
    default: return false;
  }
}

std::string_view without(std::string_view folded, std::initializer_list<std::string_view> leading) {
  for (const auto word : leading)
    if (folded.starts_with(word) && folded.size() > word.size() && folded[word.size()] == ' ') return trim(folded.substr(word.size()));
  return folded;
}

// What stands before the number of a marker or a paper is said, and written nowhere.
std::string_view number_named(std::string_view folded) { return without(folded, {"so", "moc", "cot moc", "coc dau", "no"}); }

bool names_markers(const catalog::Type& type) {
  return std::any_of(type.title.begin(), type.title.end(), [&](const std::string& id) {
    const auto* field = type.field(id);
    return field && field->kind == FieldKind::kMarker;
  });
}

// A field of the record is this text and nothing else.
bool has_exactly(const records::RecordView& record, std::string_view folded, bool marker) {
  return record.type && std::any_of(record.type->fields.begin(), record.type->fields.end(), [&](const catalog::Field& field) {
           const bool fits = marker ? field.kind == FieldKind::kMarker : field.kind == FieldKind::kText || field.kind == FieldKind::kMarker;
           const auto& value = record.values[field.id];
           return fits && value.is_string() && fold(value.as_string()) == folded;
         });
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Hit Search::hit_of(records::RecordView record, const Question& question, std::string_view lang, const catalog::NameOf& name_of) {
  Hit hit;
  hit.title = mark_words(records::title_of(record, lang, name_of), question);
  std::vector<std::pair<std::size_t, Snippet>> found;
  for (const auto& field : record.type->fields) {
    const auto& value = record.values[field.id];
    if (value.is_null() || !shows_words(field)) continue;
    const bool in_title = std::find(record.type->title.begin(), record.type->title.end(), field.id) != record.type->title.end();
    auto text = catalog::show_value(field, value, lang, name_of);
    const auto words = words_found(text, question);
    if (words == 0 || (in_title && field.kind != FieldKind::kLongText)) continue;
    found.push_back({words, {field.label.in(lang), cut_around(text, question, kSnippetCharacters)}});
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < std::min(kSnippets, found.size()); ++i) hit.snippets.push_back(std::move(found[i].second));
  hit.record = std::move(record);
  return hit;
}

void Search::add_units(const access::Subject& who, std::string_view typed, const Question& question, std::string_view lang,
                       std::vector<Jump>& out) const {
  const auto world = ledger_.world();
  if (!records::reads_units(who, *world)) return;
  std::vector<const orgtree::Unit*> found;
  if (const auto* unit = world->tree->by_code(trim(typed))) found = {unit};
  else found = world->tree->by_name(trim(typed));
  if (found.empty()) found = words_.units_named(question.words, *world);
  if (found.size() > kJumpsOfAKind) found.resize(kJumpsOfAKind);
  for (const auto* unit : found) out.push_back({Jump::Kind::kUnit, unit->id, ledger_.title(who, unit->id, lang), {}});
}

Status Search::add_records(const access::Subject& who, std::string_view typed, std::string_view lang, std::vector<Jump>& out) const {
  const auto folded = fold(typed);
  if (!has_digit(folded)) return {};
  const std::string text(number_named(folded));
  const bool marker = catalog::parse_marker(text).has_value();
  if (!marker && signed_numbers(text).empty()) return {};
  records::WordQuestion wanted;
  NC_ASSIGN(const auto exact, parse_question(text));
  wanted.words = exact.words;
  wanted.limit = kJumpsLookedAt;
  const auto world = ledger_.world();
  if (marker)
    for (const auto& type : world->catalog->types())
      if (names_markers(type)) wanted.types.push_back(type.id);
  if (marker && wanted.types.empty()) return {};
  NC_ASSIGN(const auto answer, words_.find(who, wanted));
  std::size_t taken = 0;
  for (const auto& record : answer.groups.front().records) {
    if (taken == kJumpsOfAKind || !has_exactly(record, text, marker)) continue;
    ++taken;
    const auto name_of = [&](const RecordId& id) { return ledger_.title(who, id, lang); };
    out.push_back({marker ? Jump::Kind::kMarker : Jump::Kind::kNumber, record.id, records::title_of(record, lang, name_of), {}});
  }
  return {};
}

Result<std::vector<Jump>> Search::jumps(const access::Subject& who, std::string_view typed, std::string_view lang) const {
  std::vector<Jump> out;
  NC_ASSIGN(const auto question, parse_question(typed));
  if (const auto days = days_named(typed)) out.push_back({Jump::Kind::kDays, {}, std::string(trim(typed)), days});
  NC_TRY(add_records(who, typed, lang, out));
  add_units(who, typed, question, lang, out);
  return out;
}

namespace {

// What is asked of the index: `days` beside the words, and the year of the list, both.
records::WordQuestion wanted_of(const Asked& asked, const Question& question, const std::optional<DayRange>& days,
                                const records::World& world) {
  records::WordQuestion wanted{question.words, question.phrases, asked.types};
  if (asked.unit) {
    wanted.units = world.tree->predecessors(*asked.unit);
    wanted.units.insert(*asked.unit);
    for (const auto& span : world.tree->scope_as_recorded(*asked.unit, orgtree::Line::kCommand)) wanted.units.insert(span.unit);
  }
  if (days) wanted.from = days->first, wanted.until = days->last;
  if (asked.year) {
    wanted.from = std::max(wanted.from.value_or(kDayMin), to_day(*asked.year, 1, 1));
    wanted.until = std::min(wanted.until.value_or(kDayMax), to_day(*asked.year, 12, 31));
  }
  wanted.by_type = asked.types.empty();
  wanted.cursor = asked.cursor;
  wanted.limit = asked.limit != 0 ? asked.limit : wanted.by_type ? kOfEachType : kInOrder;
  return wanted;
}

}  // namespace

Result<Answer> Search::ask(const access::Subject& who, const Asked& asked) const {
  const auto folded = fold(asked.typed.substr(0, kQuestionBytesMax));
  const auto number = number_named(folded);
  const bool named = number.size() < folded.size() && (catalog::parse_marker(number) || !signed_numbers(number).empty());
  const auto world = ledger_.world();
  // Days beside words say when; where no record of those days has the words, all that was typed is looked for.
  auto split = named || asked.typed.size() > kQuestionBytesMax ? std::nullopt : words_and_days(asked.typed);
  NC_ASSIGN(auto question, parse_question(named ? number : std::string_view(split ? split->words : asked.typed)));
  NC_ASSIGN(auto found, words_.find(who, wanted_of(asked, question, split ? std::optional(split->days) : std::nullopt, *world)));
  if (split && found.total == 0) {
    NC_ASSIGN(const auto as_written, parse_question(asked.typed));
    NC_ASSIGN(auto others, words_.find(who, wanted_of(asked, as_written, std::nullopt, *world)));
    if (others.total > 0) question = as_written, found = std::move(others), split.reset();
  }
  Answer out;
  out.world = ledger_.world();
  const auto& catalog = *out.world->catalog;
  std::map<RecordId, std::string> names;
  const catalog::NameOf name_of = [&](const RecordId& id) {
    const auto [at, fresh] = names.try_emplace(id);
    if (fresh) at->second = ledger_.title(who, id, asked.lang);
    return at->second;
  };
  for (auto& group : found.groups) {
    Answer::Group shown{group.type.empty() ? nullptr : catalog.find(group.type), group.count, {}};
    for (auto& record : group.records)
      if (record.type) shown.hits.push_back(hit_of(std::move(record), question, asked.lang, name_of));
    out.groups.push_back(std::move(shown));
  }
  for (const auto& [id, count] : found.types) out.types.emplace_back(catalog.find(id), count);
  out.total = found.total;
  out.years = std::move(found.years);
  out.units = std::move(found.units);
  out.next_cursor = std::move(found.next_cursor);
  out.phrases_cut = found.phrases_cut;
  if (asked.cursor.empty()) { NC_ASSIGN(out.jumps, jumps(who, split ? split->words : asked.typed, asked.lang)); }
  if (split) out.jumps.insert(out.jumps.begin(), Jump{Jump::Kind::kDays, {}, split->named, split->days});
  return out;
}

}  // namespace nc::search
