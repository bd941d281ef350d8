// A question for figures: what was typed into the address, the query it means, and what is wrong with it.
//
// The address is the question: every link of the figures pages is made from `typed`, so that it can be
// sent, kept and asked again. Plain values.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "face/web/html.h"
#include "foundation/i18n/translator.h"
#include "insight/stats/stats.h"

namespace nc::web {

// The names of the parameters, in the order of the form. "kind" may be repeated.
inline constexpr std::array<std::string_view, 12> kAskedNames = {"unit",    "line", "counterpart", "kind", "detail", "level",
                                                                 "measure", "from", "to",          "as",   "rows",   "columns"};

struct Asked {
  net::Fields typed;                                       // of the known names only, empty ones left out
  stats::Query query;                                      // of what is right
  std::map<std::string, std::string, std::less<>> errors;  // by name, in the reader's language

  [[nodiscard]] bool right() const { return errors.empty(); }
  [[nodiscard]] std::string_view text(std::string_view name) const { return typed.get(name); }
  // The same question at another page ("/figures", "/figures.csv", ...) with some parameters changed;
  // an empty text takes a parameter away.
  [[nodiscard]] Url at(std::string_view path, const net::Fields& changes = {}) const;
};

// Units are given by code or by a name that only one has; days as people type them.
[[nodiscard]] Asked read_asked(const net::Fields& parameters, const records::World& world, const i18n::Translator& ui);

}  // namespace nc::web
