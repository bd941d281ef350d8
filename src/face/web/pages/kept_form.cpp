#include "face/web/pages/kept_form.h"

#include <algorithm>

#include "base/text.h"
#include "face/web/pages/form_fields.h"

namespace nc::web {
namespace {

constexpr std::size_t kTextBytesMax = 600;  // of one field; the form itself has the whole

// Whose form it is, when it is a record's.
const catalog::Type* type_of(const Visit& visit, const net::Request& there) {
  constexpr std::string_view kBefore = "/records/", kAfter = "/edit";
  const std::string_view path = there.path;
  if (path == "/records/new") return visit.world->catalog->find(there.query.get("type"));
  if (!path.starts_with(kBefore) || !path.ends_with(kAfter)) return nullptr;
  const auto id = RecordId::from_hex(path.substr(kBefore.size(), path.size() - kBefore.size() - kAfter.size()));
  const auto record = id ? visit.ledger().read(visit.who, *id) : fail(ErrorCode::kNotFound, "");
  return record ? record->type : nullptr;
}

std::string option_label(const Field& field, std::string_view value) {
  const auto at = std::ranges::find(field.options, value, &Option::value);
  return at == field.options.end() ? std::string(value) : at->label;
}

std::string typed_text(const Visit& visit, const Field& field) {
  std::vector<std::string> out;
  switch (field.input) {
    case Input::kPassword: return {};
    case Input::kCheck: return field.value == "1" ? visit.tr("yes") : std::string();
    case Input::kChoice:
    case Input::kRadio: return field.value.empty() ? std::string() : option_label(field, field.value);
    case Input::kChoices:
      for (const auto& value : field.values) out.push_back(option_label(field, value));
      return nc::join(out, "; ");
    case Input::kFiles:
      for (const auto& file : field.attached)
        if (!file.dropped) out.push_back(file.name);
      return nc::join(out, "; ");
    default: return std::string(trim(field.value));
  }
}

// Named as the summary of errors names them: "Time: from", and in rows "Units 2: unit".
void add_typed(const Visit& visit, const Field& field, const std::string& within, std::vector<Fact>& out) {
  const auto label = within.empty() ? field.label : within + ": " + field.label;
  const bool has_parts = field.input == Input::kGroup || field.input == Input::kLines;
  const auto text = has_parts ? std::string() : typed_text(visit, field);
  if (!text.empty()) out.push_back({label, Html(shorten(text, kTextBytesMax) + (field.unit.empty() ? "" : " " + field.unit)), ""});
  const bool only_currency =
      std::ranges::all_of(field.parts, [&](const Field& part) { return typed_text(visit, part).empty() || part.value == "VND"; });
  if (!only_currency)
    for (const auto& part : field.parts) add_typed(visit, part, label, out);
  for (std::size_t i = 0; i < field.lines.size(); ++i)
    for (const auto& part : field.lines[i]) add_typed(visit, part, label + " " + std::to_string(i + 1), out);
}

std::string longest_text(const net::Fields& form) {
  constexpr std::size_t kShown = 160;
  std::string_view longest;
  for (const auto& [name, value] : form)
    if (value.size() > longest.size()) longest = value;
  return shorten(longest, kShown);
}

}  // namespace

Html kept_form(const Visit& visit, const Draft& draft) {
  const auto kept = keepable(draft.form);
  net::Request there;
  const auto* type = net::set_target(there, draft.target) ? type_of(visit, there) : nullptr;
  std::vector<Fact> out;
  if (type)
    for (const auto& set : fieldsets_of(visit, {*type, kept, {}, {}, ""}))
      for (const auto& field : set.fields) add_typed(visit, field, "", out);
  for (const auto& [name, value] : kept)
    if ((name == "reason" || name.starts_with("confirm.")) && !trim(value).empty())
      out.push_back({name == "reason" ? visit.tr("Why") : visit.tr("It is so, because"), Html(shorten(trim(value), kTextBytesMax)), ""});
  if (out.empty()) return hint(longest_text(kept));
  return type ? join(el("h2", {}, type->label.in(visit.lang())), facts(out)) : facts(out);
}

}  // namespace nc::web
