// Makers of the forms of a signed-in person that change something (form.h): the tokens that each must carry stand in one place.
#pragma once

#include <string>

#include "face/web/form.h"
#include "face/web/visit.h"

namespace nc::web {

// With the token of his session and a new one of its own, by which a second click is seen.
[[nodiscard]] Form change_form(const Visit& visit, Url action);

// A form that does nothing but hand in files.
struct FileForm {
  Url action;
  std::string legend, explanation;  // around the input; empty: the input without a frame
  std::string name, label, help;    // of the input
  std::string endings;              // that the browser offers first, ".csv"
  bool several = false;
  std::string button;
  std::string error;  // beside the input
};
[[nodiscard]] Form file_form(const Visit& visit, FileForm wanted);

}  // namespace nc::web
