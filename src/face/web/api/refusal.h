// A request that was refused before its body was read, told to a program as all it is told.
#pragma once

#include "face/web/site.h"

namespace nc::web {

// For ServerOptions::refusal_page. Does not throw.
[[nodiscard]] net::Response refusal(const Site& site, const net::Request& head, int status);

// 413: a body that is larger than any that is read.
[[nodiscard]] net::Response too_large(const i18n::Translator& ui);

}  // namespace nc::web
