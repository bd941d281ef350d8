#include "face/web/form.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "face/web/parts.h"

namespace nc::web {
namespace {

using i18n::Translator;
using Maybe = std::optional<std::string>;

Maybe maybe(const std::string& text) { return text.empty() ? Maybe() : Maybe(text); }
Maybe only(bool condition, const char* text) { return condition ? Maybe(text) : Maybe(); }

// Ids of the help and the error, for screen readers.
Maybe described_by(const Field& field) {
  std::string ids;
  if (!field.error.empty()) ids += field_id(field.name) + "-error";
  if (!field.help.empty()) ids += (ids.empty() ? "" : " ") + field_id(field.name) + "-help";
  return maybe(ids);
}

Html option_list(const Field& field) {
  Html out, group;
  std::string group_name;
  const auto flush = [&] {
    if (!group_name.empty()) out.add(el("optgroup", {{"label", group_name}}, group));
    else out.add(group);
    group = {};
  };
  for (const auto& option : field.options) {
    if (option.group != group_name) {
      flush();
      group_name = option.group;
    }
    group.add(el("option", {{"value", option.value}, {"selected", option.value == field.value}}, option.label));
  }
  flush();
  return out;
}

Html text_input(const Field& field, const char* type, const Maybe& mode, const Maybe& list = {}) {
  return el("input", {{"type", type},
                      {"id", field_id(field.name)},
                      {"name", field.name},
                      {"value", maybe(field.value)},
                      {"inputmode", mode},
                      {"list", list},
                      {"autocomplete", field.autocomplete.empty() ? "off" : field.autocomplete.c_str()},
                      {"aria-required", only(field.required, "true")},
                      {"aria-invalid", only(!field.error.empty(), "true")},
                      {"aria-describedby", described_by(field)},
                      {"autofocus", field.autofocus}});
}

Html choice_input(const Field& field) {
  return el("select",
            {{"id", field_id(field.name)},
             {"name", field.name},
             {"aria-required", only(field.required, "true")},
             {"aria-invalid", only(!field.error.empty(), "true")},
             {"aria-describedby", described_by(field)},
             {"autofocus", field.autofocus}},
            option_list(field));
}

Html long_text(const Field& field) {
  // The line break after the tag is eaten by the browser, so that a text may begin with one.
  return el("textarea",
            {{"id", field_id(field.name)},
             {"name", field.name},
             {"rows", "4"},
             {"aria-required", only(field.required, "true")},
             {"aria-invalid", only(!field.error.empty(), "true")},
             {"aria-describedby", described_by(field)},
             {"autofocus", field.autofocus}},
            "\n", field.value);
}

// Options of a group stand under its name.
Html check_groups(const std::vector<std::pair<std::string, Html>>& groups) {
  Html out;
  for (const auto& [name, boxes] : groups)
    out.add(el("div", {{"class", "check-group"}, {"role", only(!name.empty(), "group")}, {"aria-label", maybe(name)}},
               name.empty() ? Html() : el("p", {{"class", "group-name"}}, name), el("div", {{"class", "checks"}}, boxes)));
  return el("div", {{"class", "check-groups"}}, out);
}

Html check_list(const Field& field) {
  std::vector<std::pair<std::string, Html>> groups;
  const bool many = field.input == Input::kChoices;
  for (std::size_t i = 0; i < field.options.size(); ++i) {
    const auto& option = field.options[i];
    const auto id = i == 0 ? field_id(field.name) : field_id(field.name) + '-' + std::to_string(i);
    const bool on = many ? std::ranges::find(field.values, option.value) != field.values.end() : option.value == field.value;
    if (groups.empty() || groups.back().first != option.group) groups.emplace_back(option.group, Html());
    groups.back().second.add(
        el("div", {{"class", "check"}},
           el("input", {{"type", many ? "checkbox" : "radio"}, {"id", id}, {"name", field.name}, {"value", option.value}, {"checked", on}}),
           el("label", {{"for", id}}, option.label)));
  }
  if (groups.size() > 1 || (groups.size() == 1 && !groups.front().first.empty())) return check_groups(groups);
  return el("div", {{"class", "checks"}}, groups.empty() ? Html() : groups.front().second);
}

Html input_of(const Field& field, const Translator& ui);
Html hidden_input(std::string_view name, std::string_view value);

Html group_input(const Field& field, const Translator& ui) {
  Html out;
  for (const auto& part : field.parts)
    out.add(
        el("div",
           {{"class", part.width == Width::kNarrow || part.input == Input::kNumber || part.input == Input::kDate ? "part narrow" : "part"}},
           el("label", {{"for", field_id(part.name)}}, part.label), input_of(part, ui),
           part.error.empty() ? Html() : el("p", {{"class", "error"}, {"id", field_id(part.name) + "-error"}}, part.error)));
  return el("div", {{"class", "group"}}, out);
}

Html line_cell(const Field& part, const Translator& ui) {
  Html label = el("label", {{"class", "cell-label"}, {"for", field_id(part.name)}}, part.label);
  return el("td", {}, label, input_of(part, ui),
            part.error.empty() ? Html() : el("p", {{"class", "error"}, {"id", field_id(part.name) + "-error"}}, part.error));
}

Html lines_input(const Field& field, const Translator& ui) {
  Html head, body;
  if (field.lines.empty()) return {};
  for (const auto& part : field.lines.front()) head.add(el("th", {{"scope", "col"}}, part.label));
  for (const auto& line : field.lines) {
    Html cells;
    for (const auto& part : line) cells.add(line_cell(part, ui));
    body.add(el("tr", {}, cells));
  }
  const auto table = el("table", {{"class", "lines"}}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
  if (field.more_label.empty()) return table;
  return join(table, el("button", {{"type", "submit"}, {"class", "button small"}, {"name", "more"}, {"value", field.more_value}},
                        field.more_label));
}

std::string suggestions_id(std::string_view name) { return "list-" + std::string(name); }

Html datalist(const std::string& id, const std::vector<Option>& all) {
  Html options;
  for (const auto& option : all) options.add(el("option", {{"value", option.value}}, option.label));
  return el("datalist", {{"id", id}}, options);
}

Html suggest_input(const Field& field) {
  if (!field.suggest_from.empty()) return text_input(field, "text", {}, suggestions_id(field.suggest_from));
  const auto list = field_id(field.name) + "-list";
  return join(text_input(field, "text", {}, list), datalist(list, field.options));
}

Html attached_file(const Field& field, const AttachedFile& file, const Translator& ui) {
  const auto id = field_id(field.name) + "-drop-" + file.id.substr(0, 12);
  Html out =
      file.picture ? el("img", {{"src", *file.picture}, {"alt", ""}, {"width", "80"}, {"height", "60"}, {"loading", "lazy"}}) : Html();
  out.add(
      el("div", {{"class", "file-words"}}, el("p", {{"class", "file-name"}}, file.name), el("p", {{"class", "file-about"}}, file.about),
         el("div", {{"class", "check"}},
            el("input", {{"type", "checkbox"}, {"id", id}, {"name", field.name + ".drop"}, {"value", file.id}, {"checked", file.dropped}}),
            el("label", {{"for", id}}, ui.tr("leave out")))));
  if (file.is_upload) out.add(hidden_input(field.name + ".upload", file.id));
  return el("li", {{"class", "file small"}}, out);
}

Html files_input(const Field& field, const Translator& ui) {
  Html items;
  for (const auto& file : field.attached) items.add(attached_file(field, file, ui));
  return join(items.empty() ? Html() : el("ul", {{"class", "files"}}, items),
              el("input", {{"type", "file"},
                           {"id", field_id(field.name)},
                           {"name", field.name},
                           {"multiple", field.multiple},
                           {"accept", maybe(field.accept)},
                           {"aria-required", only(field.required, "true")},
                           {"aria-invalid", only(!field.error.empty(), "true")},
                           {"aria-describedby", described_by(field)}}));
}

Html input_of(const Field& field, const Translator& ui) {
  switch (field.input) {
    case Input::kText: return text_input(field, "text", {});
    case Input::kDate: return text_input(field, "text", "numeric");
    case Input::kNumber: return text_input(field, "text", "decimal");
    case Input::kPassword: return text_input(field, "password", {});
    case Input::kSuggest: return suggest_input(field);
    case Input::kLongText: return long_text(field);
    case Input::kChoice: return choice_input(field);
    case Input::kRadio:
    case Input::kChoices: return check_list(field);
    case Input::kStatic: return el("p", {{"class", "static"}, {"id", field_id(field.name)}}, field.value);
    case Input::kGroup: return group_input(field, ui);
    case Input::kLines: return lines_input(field, ui);
    case Input::kFiles: return files_input(field, ui);
    case Input::kCheck:
      return el("input", {{"type", "checkbox"},
                          {"id", field_id(field.name)},
                          {"name", field.name},
                          {"value", "1"},
                          {"checked", field.value == "1"},
                          {"aria-invalid", only(!field.error.empty(), "true")},
                          {"aria-describedby", described_by(field)}});
  }
  return {};
}

Html required_mark(const Field& field, const Translator& ui) {
  return field.required ? el("span", {{"class", "required"}, {"title", ui.tr("required")}}, " *") : Html();
}

bool has_many_inputs(const Field& field) {
  return field.input == Input::kRadio || field.input == Input::kChoices || field.input == Input::kGroup || field.input == Input::kLines;
}

// Check boxes and radio buttons carry the field's id themselves.
Maybe only_id(const Field& field) {
  return field.input == Input::kGroup || field.input == Input::kLines ? Maybe(field_id(field.name)) : Maybe();
}

std::string field_class(const Field& field) {
  std::string out = "field";
  if (field.width == Width::kNarrow || field.input == Input::kDate || field.input == Input::kNumber) out += " narrow";
  if (field.width == Width::kFull || field.input == Input::kLines || field.input == Input::kLongText) out += " full";
  if (field.input == Input::kGroup) out += " grouped";
  if (field.input == Input::kCheck) out += " single-check";
  if (!field.error.empty()) out += " wrong";
  return out;
}

// Parts are named with the field they belong to: "Time: from", and in rows "Units 2: unit".
void add_errors(const Field& field, const std::string& within, Html& out) {
  const auto label = within.empty() ? field.label : within + ": " + field.label;
  if (!field.error.empty()) out.add(el("li", {}, el("a", {{"href", Url::fragment(field_id(field.name))}}, label), ": ", field.error));
  for (const auto& part : field.parts) add_errors(part, label, out);
  for (std::size_t i = 0; i < field.lines.size(); ++i)
    for (const auto& part : field.lines[i]) add_errors(part, label + " " + std::to_string(i + 1), out);
}

Html error_summary(const Form& form, const Translator& ui) {
  Html items;
  for (const auto& set : form.fieldsets)
    for (const auto& field : set.fields) add_errors(field, {}, items);
  if (items.empty() && form.error.empty()) return {};
  return el("div", {{"class", "notice bad"}, {"role", "alert"}}, el("span", {{"class", "mark"}, {"aria-hidden", "true"}}, "×"),
            el("div", {}, el("p", {}, form.error.empty() ? ui.tr("Nothing was saved yet. Please look at:") : form.error),
               items.empty() ? Html() : el("ul", {}, items)));
}

Html fieldset(const Fieldset& set, const Translator& ui) {
  Html fields;
  for (const auto& field : set.fields) fields.add(render_field(field, ui));
  const auto grid = el("div", {{"class", "fields"}}, fields);
  const auto help = set.help.empty() ? Html() : hint(set.help);
  if (set.legend.empty()) return join(help, grid);
  if (set.folded) return el("details", {{"class", "fieldset"}}, el("summary", {}, set.legend), help, grid);
  return el("fieldset", {{"class", set.tone == Tone::kWarn ? "warn" : "plain"}}, el("legend", {}, set.legend), help, grid);
}

Html hidden_input(std::string_view name, std::string_view value) {
  return el("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
}

// Enter in an input presses the first button of the form; that must be "save", not "more rows".
Html default_button(const Form& form) {
  if (form.submits.empty()) return {};
  const auto& submit = form.submits.front();
  return el("button",
            {{"type", "submit"},
             {"class", "visually-hidden"},
             {"tabindex", "-1"},
             {"aria-hidden", "true"},
             {"name", maybe(submit.name)},
             {"value", submit.name.empty() ? Maybe() : Maybe(submit.value)}},
            submit.label);
}

Html buttons(const Form& form, const Translator& ui) {
  Html out;
  for (std::size_t i = 0; i < form.submits.size(); ++i) {
    const auto& submit = form.submits[i];
    out.add(el("button",
               {{"type", "submit"},
                {"class", i == 0 ? "button primary" : "button"},
                {"name", maybe(submit.name)},
                {"value", submit.name.empty() ? Maybe() : Maybe(submit.value)}},
               submit.label));
  }
  if (!form.keep.label.empty())
    out.add(el("button", {{"type", "submit"}, {"class", "button"}, {"name", form.keep.name}, {"value", form.keep.value}}, form.keep.label));
  if (form.cancel) out.add(el("a", {{"class", "button quiet"}, {"href", *form.cancel}}, ui.tr("Cancel")));
  if (!form.keep.label.empty()) out.add(el("span", {{"id", std::string(kDraftState)}, {"class", "hint"}, {"role", "status"}}));
  return el("div", {{"class", "submit"}}, out);
}

}  // namespace

std::string field_id(std::string_view name) {
  std::string id = "f-";
  for (const char c : name) id += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ? c : '-';
  return id;
}

Html render_field(const Field& field, const Translator& ui) {
  const auto id = field_id(field.name);
  const auto error = field.error.empty() ? Html() : el("p", {{"class", "error"}, {"id", id + "-error"}}, field.error);
  const auto help = field.help.empty() ? Html() : el("p", {{"class", "help"}, {"id", id + "-help"}}, field.help);
  auto input = input_of(field, ui);
  if (!field.unit.empty()) input = el("div", {{"class", "with-unit"}}, input, el("span", {{"class", "unit"}}, field.unit));
  if (has_many_inputs(field)) {
    const auto label = el("span", {{"class", "label"}, {"id", id + "-label"}}, field.label, required_mark(field, ui));
    return el("div",
              {{"class", field_class(field)},
               {"id", only_id(field)},
               {"role", field.input == Input::kRadio ? "radiogroup" : "group"},
               {"aria-labelledby", id + "-label"},
               {"aria-describedby", described_by(field)}},
              label, input, error, help);
  }
  if (field.input == Input::kStatic)
    return el("div", {{"class", field_class(field)}}, el("span", {{"class", "label"}}, field.label), input, help);
  const auto label = el("label", {{"for", id}}, field.label, required_mark(field, ui));
  if (field.input == Input::kCheck) return el("div", {{"class", field_class(field)}}, input, label, error, help);
  return el("div", {{"class", field_class(field)}}, label, input, error, help);
}

namespace {

// Files go with the form as a whole; keeping a draft now and then does not send them each time.
std::vector<std::string> file_inputs(const Form& form) {
  std::vector<std::string> out;
  for (const auto& set : form.fieldsets)
    for (const auto& field : set.fields)
      if (field.input == Input::kFiles) out.push_back(field.name);
  return out;
}

}  // namespace

Html render(const Form& form, const Translator& ui) {
  Html body = hidden_input("csrf", form.csrf_token);
  if (!form.once_token.empty()) body.add(hidden_input("once", form.once_token));
  for (const auto& [name, value] : form.hidden) body.add(hidden_input(name, value));
  body.add(default_button(form));
  for (const auto& set : form.fieldsets) body.add(fieldset(set, ui));
  for (const auto& [name, options] : form.suggestions) body.add(datalist(suggestions_id(name), options));
  body.add(buttons(form, ui));
  const auto summary = error_summary(form, ui);
  const auto files = file_inputs(form);
  const auto encoding = only(!files.empty(), "multipart/form-data");
  if (form.keep.label.empty())
    return join(summary, el("form",
                            {{"class", "entry"},
                             {"id", maybe(form.id)},
                             {"method", "post"},
                             {"enctype", encoding},
                             {"action", form.action},
                             {"target", only(form.own_tab, "_blank")},
                             {"novalidate", true},
                             {"accept-charset", "utf-8"}},
                            body));
  // Read by htmx: two seconds after the last key, and when an input is left, the form is kept.
  const auto state = '#' + std::string(kDraftState);
  return join(summary, el("form",
                          {{"class", "entry"},
                           {"id", maybe(form.id)},
                           {"method", "post"},
                           {"enctype", encoding},
                           {"action", form.action},
                           {"novalidate", true},
                           {"accept-charset", "utf-8"},
                           {"hx-post", form.action},
                           {"hx-trigger", "input delay:2s, change delay:500ms"},
                           {"hx-vals", canonical(Json(JsonObject{{form.keep.name, Json(form.keep.value)}}))},
                           {"hx-target", state},
                           {"hx-select", state},
                           {"hx-swap", "outerHTML"},
                           {"hx-params", files.empty() ? Maybe() : Maybe("not " + nc::join(files, ","))},
                           {"hx-sync", "this:replace"}},
                          body));
}

}  // namespace nc::web
