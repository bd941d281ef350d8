// The one form component: labels, help, errors beside the field, values kept as they were typed.
//
// The server checks everything; the browser's own checks are off, because they speak the browser's
// language and cannot know the catalogue. Every form carries the session's token against forged
// requests (field "csrf") and a token of its own (field "once"), so that a second click is seen.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "face/web/frame.h"
#include "face/web/html.h"
#include "foundation/i18n/translator.h"

namespace nc::web {

struct Option {
  std::string value;
  std::string label;
  std::string group;  // options of equal group stand together; empty: none
};

enum class Input {
  kText,
  kLongText,
  kDate,    // text with the form of typed dates, so that 12/2024 may be written
  kNumber,  // text with a number keyboard; 1.384 may be written
  kPassword,
  kChoice,   // one of the options in a drop-down list
  kRadio,    // one of few options, all in view
  kChoices,  // several of the options, check boxes
  kCheck,    // yes or no; sends "1" when on
  kSuggest,  // text with the options as suggestions
  kStatic,   // shown, not sent
  kGroup,    // several inputs of one value in a row: `parts`
  kLines,    // a table of inputs: `lines`, each as `parts` of the header
  kFiles,    // files to send, with those that are there: `attached`
};

enum class Width { kNarrow, kNormal, kFull };

// A file that a field has already, or that was sent and waits to be saved with the form.
struct AttachedFile {
  std::string name, about;
  std::string id;  // sent as "<field>.drop" when it is to be left out; as "<field>.upload" for an upload
  bool is_upload = false;
  bool dropped = false;
  std::optional<Url> picture = std::nullopt;
};

struct Field {
  std::string name;
  std::string label;
  Input input = Input::kText;
  std::string value;                // as typed; for kCheck "1" is on
  std::vector<std::string> values;  // kChoices
  std::vector<Option> options;
  std::string help;
  std::string error;
  std::string unit;          // after the input: "km"
  std::string autocomplete;  // "username", "current-password"; empty: off
  bool required = false;
  bool autofocus = false;
  Width width = Width::kNormal;
  std::vector<Field> parts;
  std::vector<std::vector<Field>> lines;
  std::vector<AttachedFile> attached;  // kFiles
  bool multiple = false;               // kFiles: several at once
  std::string accept;                  // kFiles: endings that the browser offers first
  std::string suggest_from;            // kSuggest: name of one of Form::suggestions instead of own options
  std::string more_label;              // kLines: a button that asks for more rows; sends "more" = more_value
  std::string more_value;
};

struct Fieldset {
  std::string legend;  // empty: fields without a frame
  std::string help;
  std::vector<Field> fields;
  Tone tone = Tone::kNeutral;  // kWarn for questions that may be confirmed
  bool folded = false;         // behind its legend until opened; never with an error inside
};

struct SubmitButton {
  std::string label;
  std::string name;  // empty: sends nothing of its own
  std::string value;
};

struct Form {
  Url action;
  std::string id;  // "entry": the one whose contents the button that locks the screen sends along; empty: none
  std::string csrf_token;
  std::string once_token;  // empty: the form changes nothing (log in)
  net::Fields hidden;
  std::string error;  // of the form as a whole
  std::vector<Fieldset> fieldsets;
  std::vector<SubmitButton> submits;  // the first is the main one
  std::optional<Url> cancel;
  bool own_tab = false;  // the answer opens beside this page
  SubmitButton keep;     // keeps what is typed and saves nothing; with scripts it happens by itself while typing. No label: not offered
  std::map<std::string, std::vector<Option>> suggestions;  // shared by several fields
};

// The id of the place beside the buttons that says when the form was kept last.
inline constexpr std::string_view kDraftState = "draft-state";

// A summary of all errors with links to the fields comes first.
[[nodiscard]] Html render(const Form& form, const i18n::Translator& ui);

// One field with label, input, help and error; for forms of other shape (filters).
[[nodiscard]] Html render_field(const Field& field, const i18n::Translator& ui);
// The id of the field's input in the page; links go to it.
[[nodiscard]] std::string field_id(std::string_view name);

}  // namespace nc::web
