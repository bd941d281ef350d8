// Term: a word with both languages as an argument of an Error, where the ledger itself knows no language.
//
// An Error's arguments are text. One made by `term` carries an English word and its Vietnamese one (a label
// of the catalogue), or an English message id alone (translated like any message). fill_in() shows the
// English; i18n::Translator shows the reader's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nc {

[[nodiscard]] std::string term(std::string_view en, std::string_view vi = {});

struct Term {
  std::string_view en, vi;  // empty vi: en is a message id
};
[[nodiscard]] std::optional<Term> term_of(std::string_view arg);

}  // namespace nc
