#include "face/web/pages/form_fields.h"

#include <algorithm>

#include "base/text.h"
#include "face/web/pages/file_parts.h"
#include "face/web/pages/record_parts.h"
#include "face/web/type_groups.h"
#include "face/web/unit_lookup.h"
#include "ledger/catalog/names.h"
#include "ledger/catalog/words.h"
#include "ledger/records/filling.h"

namespace nc::web {
namespace {

using CatalogField = catalog::Field;
using catalog::FieldKind;

constexpr std::size_t kEmptyRows = 1, kMoreRows = 3;

struct Maker {
  const Visit& visit;
  const FormState& state;

  [[nodiscard]] std::string tr(std::string_view id) const { return visit.tr(id); }
  [[nodiscard]] Field input(const std::string& name, std::string label, Input kind) const {
    Field out;
    out.name = name;
    out.label = std::move(label);
    out.input = kind;
    out.value = state.typed.get(name);
    if (const auto at = state.errors.find(name); at != state.errors.end()) out.error = at->second;
    return out;
  }
};

std::vector<Option> options_of(const Maker& make, const std::vector<catalog::Option>& all, std::string_view chosen, bool with_none) {
  std::vector<Option> out;
  if (with_none) out.push_back({"", "–", ""});
  for (const auto& option : all)
    if (!option.retired || option.id == chosen) out.push_back({option.id, option.label.in(make.visit.lang()), ""});
  return out;
}

Field choice(const Maker& make, const std::string& name, std::string label, const std::vector<catalog::Option>& all,
             bool with_none = true) {
  auto out = make.input(name, std::move(label), Input::kChoice);
  out.options = options_of(make, all, out.value, with_none);
  return out;
}

Field words(const Maker& make, const std::string& name, std::string label, std::vector<Option> options) {
  auto out = make.input(name, std::move(label), Input::kChoice);
  out.options = std::move(options);
  return out;
}

// The fixed words of the catalogue, none chosen first.
Field fixed(const Maker& make, const std::string& name, std::string label, const std::vector<std::string_view>& ids) {
  std::vector<Option> options{{"", "–", ""}};
  for (const auto id : ids) options.push_back({std::string(id), std::string(catalog::fixed_word(id, make.visit.lang())), ""});
  return words(make, name, std::move(label), std::move(options));
}

Field yes_or_no(const Maker& make, const std::string& name, std::string label) {
  const auto word = [&](std::string_view id) { return std::string(catalog::fixed_word(id, make.visit.lang())); };
  return words(make, name, std::move(label), {{"", "–", ""}, {"1", word("yes"), ""}, {"0", word("no"), ""}});
}

Field qualifier(const Maker& make, const std::string& name, std::string label) {
  return fixed(make, name, std::move(label), catalog::qualifier_ids());
}

Field inferred(const Maker& make, const std::string& name) { return make.input(name, make.tr("inferred, not printed"), Input::kCheck); }

// A reference: units by suggestion, others by code.
Field reference(const Maker& make, const CatalogField& field, const std::string& name, std::string label) {
  auto out = make.input(name, std::move(label), Input::kSuggest);
  if (refers_to_units(make.visit, field)) {
    const auto& type = make.state.type;
    const bool own = type.slot("lead") == &field || type.slot("own") == &field;
    out.suggest_from = own ? "own" : type.slot("counterpart") == &field ? "counterpart" : "unit";
  } else if (field.to.size() == 1) {
    out.suggest_from = "of-" + field.to.front();
  } else {
    out.input = Input::kText;
  }
  return out;
}

Field input_of(const Maker& make, const CatalogField& field, const std::string& name, std::string label);

std::vector<Field> persons_parts(const Maker& make, const CatalogField& field, const std::string& name) {
  return {make.input(name + ".own", make.tr("our side"), Input::kNumber),
          make.input(name + ".counterpart", make.tr("their side"), Input::kNumber),
          make.input(name + ".total", make.tr("together"), Input::kNumber),
          fixed(make, name + ".basis", make.tr("counted for"), catalog::basis_ids()),
          choice(make, name + ".counted", make.tr("who"), field.roles),
          qualifier(make, name + ".qualifier", make.tr("how exact"))};
}

std::vector<Field> group_parts(const Maker& make, const CatalogField& field, const std::string& name) {
  switch (field.kind) {
    case FieldKind::kDate: return {make.input(name, make.tr("day, month or year"), Input::kDate), inferred(make, name + ".inferred")};
    case FieldKind::kDateRange:
      return {make.input(name + ".from", make.tr("from"), Input::kDate), inferred(make, name + ".from_inferred"),
              make.input(name + ".to", make.tr("to"), Input::kDate), inferred(make, name + ".to_inferred")};
    case FieldKind::kMoney: {
      auto currency = make.input(name + ".currency", make.tr("currency"), Input::kText);
      if (currency.value.empty()) currency.value = "VND";
      currency.width = Width::kNarrow;
      return {make.input(name + ".amount", make.tr("amount"), Input::kNumber), currency};
    }
    case FieldKind::kPlace:
      return {make.input(name + ".text", make.tr("place as it is called"), Input::kText),
              make.input(name + ".area", make.tr("province"), Input::kText)};
    case FieldKind::kPersons: return persons_parts(make, field, name);
    default: return {};
  }
}

bool is_group(FieldKind kind) {
  return kind == FieldKind::kDate || kind == FieldKind::kDateRange || kind == FieldKind::kMoney || kind == FieldKind::kPlace ||
         kind == FieldKind::kPersons;
}

Field group(const Maker& make, const CatalogField& field, const std::string& name, std::string label) {
  auto out = make.input(name, std::move(label), Input::kGroup);
  out.parts = group_parts(make, field, name);
  // Of a date the first part has the name of the field itself, and so its error.
  if (!out.parts.empty() && out.parts.front().name == name) out.error.clear();
  out.name = name + ".group";
  return out;
}

Field choices(const Maker& make, const CatalogField& field, const std::string& name, std::string label) {
  auto out = make.input(name, std::move(label), Input::kChoices);
  for (const auto value : make.state.typed.all(name)) out.values.emplace_back(value);
  for (const auto& option : field.options) {
    const bool chosen = std::ranges::find(out.values, option.id) != out.values.end();
    if (!option.retired || chosen) out.options.push_back({option.id, option.label.in(make.visit.lang()), ""});
  }
  out.width = out.options.size() > 6 ? Width::kFull : Width::kNormal;
  return out;
}

// Kinds by name, to be ticked. What the catalogue does not know (any more) stands as it was written.
Field names_ticked(const Maker& make, const CatalogField& field, const std::string& name, std::string label) {
  auto out = make.input(name, std::move(label), Input::kChoices);
  const auto& names = field.columns.front().options;
  const auto& catalog = *make.visit.world->catalog;
  for (const auto value : make.state.typed.all(name)) out.values.emplace_back(value);
  for (const auto& group : type_groups())
    for (const auto& one : names)
      if (const auto* type = catalog.find(one.id); type && type->group == group)
        out.options.push_back({one.id, one.label.in(make.visit.lang()), group_label(make.visit, type->group)});
  const auto offered = [&](const std::string& id) { return std::ranges::find(out.options, id, &Option::value) != out.options.end(); };
  for (const auto& one : names)
    if (const auto* type = catalog.find(one.id); type && !offered(one.id))
      out.options.push_back({one.id, one.label.in(make.visit.lang()), type->group});
  for (const auto& value : out.values)
    if (!offered(value)) out.options.push_back({value, value, ""});
  out.width = Width::kFull;
  return out;
}

// One row of references or lines.
std::vector<Field> row(const Maker& make, const CatalogField& field, std::size_t index) {
  std::vector<Field> out;
  if (field.kind == FieldKind::kRefs) {
    out.push_back(reference(make, field, row_input_name(field, index, "ref"),
                            refers_to_units(make.visit, field) ? make.tr("unit: name or code") : make.tr("code or address")));
    if (!field.roles.empty()) out.push_back(choice(make, row_input_name(field, index, "role"), make.tr("role"), field.roles));
    if (field.counts) out.push_back(make.input(row_input_name(field, index, "count"), make.tr("people"), Input::kNumber));
    return out;
  }
  for (const auto& column : field.columns) {
    if (!is_offered(column) || column.holds_files()) continue;
    const auto name = row_input_name(field, index, column.id);
    const auto label = column.label.in(make.visit.lang());
    if (!is_group(column.kind)) {
      out.push_back(input_of(make, column, name, label));
      continue;
    }
    // Within a row each part of a value is a cell of its own.
    for (auto& part : group_parts(make, column, name)) {
      part.label = part.name == name ? label : label + ": " + part.label;
      if (part.value == "VND") part.value.clear();
      out.push_back(std::move(part));
    }
  }
  return out;
}

Field rows(const Maker& make, const CatalogField& field, const std::string& name, std::string label) {
  auto out = make.input(name, std::move(label), Input::kLines);
  const auto sent = rows_sent(field, make.state.typed);
  const bool more = make.state.more == field.id;
  const auto count = std::max<std::size_t>(sent + (more ? kMoreRows : 0), kEmptyRows);
  for (std::size_t i = 0; i < count; ++i) out.lines.push_back(row(make, field, i));
  out.more_label = make.tr("More rows");
  out.more_value = field.id;
  return out;
}

Field input_of(const Maker& make, const CatalogField& field, const std::string& name, std::string label) {
  switch (field.kind) {
    case FieldKind::kLongText: return make.input(name, std::move(label), Input::kLongText);
    case FieldKind::kFlag: return yes_or_no(make, name, std::move(label));
    case FieldKind::kInteger:
    case FieldKind::kDecimal: return make.input(name, std::move(label), Input::kNumber);
    case FieldKind::kChoice: return choice(make, name, std::move(label), field.options, !field.required || field.default_value.is_null());
    case FieldKind::kChoices: return choices(make, field, name, std::move(label));
    case FieldKind::kQualifier: return qualifier(make, name, std::move(label));
    case FieldKind::kRef: return reference(make, field, name, std::move(label));
    case FieldKind::kRefs:
    case FieldKind::kLines:
      if (catalog::is_list_of_names(field)) return names_ticked(make, field, name, std::move(label));
      return rows(make, field, name, std::move(label));
    default: return is_group(field.kind) ? group(make, field, name, std::move(label)) : make.input(name, std::move(label), Input::kText);
  }
}

Field field_of(const Maker& make, const CatalogField& field) {
  auto out = input_of(make, field, input_name(field), field.label.in(make.visit.lang()));
  out.help = field.help.in(make.visit.lang());
  if (out.help.empty() && field.kind == FieldKind::kRef && !refers_to_units(make.visit, field))
    out.help = make.tr("Code of the record, or its address in this program.");
  if (field.kind == FieldKind::kPersonal && out.help.empty())
    out.help = make.tr("Sealed when it is saved, shown to its custodian only. Left empty: what stands there stays.");
  out.required = field.required;
  if (field.holds_files()) show_files(make.visit, field, make.state.typed, make.state.amended, out);
  if (field.kind == FieldKind::kText && field.length_max > 200) out.width = Width::kFull;
  if (field.kind == FieldKind::kMarker) out.width = Width::kNarrow;
  return out;
}

bool has_content(const Field& field) {
  if (!field.error.empty() || !field.values.empty() || !field.attached.empty()) return true;
  if (field.input != Input::kGroup && field.input != Input::kLines && !field.value.empty()) return true;
  for (const auto& part : field.parts)
    if (part.value != "VND" && has_content(part)) return true;
  return std::ranges::any_of(field.lines, [](const auto& line) { return std::ranges::any_of(line, has_content); });
}

// What every report needs: required fields, what lists show, the units, and what is already there.
bool is_wanted(const FormState& state, const CatalogField& field, const Field& shown) {
  const auto& list = state.type.list;
  return field.required || state.type.slot("persons") == &field || state.more == field.id ||
         std::ranges::find(list, field.id) != list.end() || has_content(shown);
}

bool is_his(const Visit& visit, const FormState& state, const CatalogField& field) {
  return is_offered(field) && records::may_fill(visit.who, field, state.base, *visit.world);
}

// The field as the short form has it: a day, the first reference, both sides' people, the place's name.
Field quick_field(const Maker& make, const CatalogField& field) {
  const auto name = input_name(field);
  const auto label = field.label.in(make.visit.lang());
  Field out;
  switch (field.kind) {
    case FieldKind::kDate: out = make.input(name, label, Input::kDate); break;
    case FieldKind::kDateRange: out = make.input(input_name(field, "from"), label, Input::kDate); break;
    case FieldKind::kPlace: out = make.input(input_name(field, "text"), label, Input::kText); break;
    case FieldKind::kRefs: out = reference(make, field, row_input_name(field, 0, "ref"), label); break;
    case FieldKind::kPersons:
      out = group(make, field, name, label);
      out.parts.resize(2);
      break;
    default: return field_of(make, field);
  }
  out.required = field.required;
  out.help = field.help.in(make.visit.lang());
  return out;
}

}  // namespace

Fieldset quick_fields(const Visit& visit, const FormState& state) {
  const Maker make{visit, state};
  Fieldset out;
  out.legend = state.type.label.in(visit.lang());
  for (const auto& id : state.type.quick)
    if (const auto* field = state.type.field(id); field && is_his(visit, state, *field)) out.fields.push_back(quick_field(make, *field));
  return out;
}

std::vector<Fieldset> fieldsets_of(const Visit& visit, const FormState& state) {
  const Maker make{visit, state};
  std::vector<Fieldset> out;
  for (const auto& part : sections_of(state.type, visit.lang())) {
    Fieldset set;
    set.legend = part.heading.empty() ? state.type.label.in(visit.lang()) : part.heading;
    set.folded = true;
    for (const auto* field : part.fields) {
      if (!is_his(visit, state, *field)) continue;
      auto shown = field_of(make, *field);
      if (is_wanted(state, *field, shown)) set.folded = false;
      set.fields.push_back(std::move(shown));
    }
    if (!set.fields.empty()) out.push_back(std::move(set));
  }
  return out;
}

std::map<std::string, std::vector<Option>> suggestions_of(const Visit& visit, const catalog::Type& type) {
  constexpr std::size_t kSuggestedMax = 60;
  std::map<std::string, std::vector<Option>> out;
  const auto& tree = *visit.world->tree;
  const auto add = [&](const CatalogField& field) {
    if (field.kind != FieldKind::kRef && field.kind != FieldKind::kRefs) return;
    if (refers_to_units(visit, field)) {
      const bool own = type.slot("lead") == &field || type.slot("own") == &field, theirs = type.slot("counterpart") == &field;
      const auto side = own ? Side::kOwn : theirs ? Side::kCounterpart : Side::kAny;
      out.try_emplace(own ? "own" : theirs ? "counterpart" : "unit", unit_suggestions(tree, side, visit.lang(), visit.who.today));
      return;
    }
    if (field.to.size() != 1 || out.contains("of-" + field.to.front())) return;
    auto& list = out["of-" + field.to.front()];
    records::ListQuery query;
    query.types = field.to;
    query.limit = kSuggestedMax;
    query.count_max = 0;
    if (const auto found = visit.ledger().list(visit.who, query))
      for (const auto& record : found->items) list.push_back({ref_text(visit, record.id), "", ""});
  };
  for (const auto& field : type.fields) {
    add(field);
    for (const auto& column : field.columns) add(column);
  }
  return out;
}

std::vector<Fieldset> question_fields(const Visit& visit, const FormState& state) {
  std::vector<Fieldset> out;
  for (const auto& question : state.questions) {
    Field reason;
    reason.name = "confirm." + question.rule;
    reason.label = visit.tr("It is so, because");
    reason.value = state.typed.get(reason.name);
    reason.width = Width::kFull;
    const auto message = question.message.empty() ? visit.ui.error_text(question.error) : question.message.in(visit.lang());
    out.push_back(
        {message,
         visit.tr(
             "If the number or date is right, write why and save again; the reason is kept with the record. If not, correct it below."),
         {reason},
         Tone::kWarn});
  }
  return out;
}

}  // namespace nc::web
