// A purpose for which personal data are read: as it is stated, as the audit trail keeps it, as people read it.
//
// Stated is "support" or "support: decision 12": the id of a purpose of the catalogue that holds today, and what is added to
// it. Kept is "@support: decision 12": the id, so that a purpose that is called otherwise later still reads well, and so that
// what was kept before purposes were data, plain words, is told apart. docs/formats/catalogue.md, Purposes.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "ledger/catalog/catalog.h"

namespace nc::catalog {

// As it is kept. Errors, kInvalid: no such purpose today (those that there are are named), or nothing is said of one that
// wants words. Where the catalogue has no purposes, any words are taken as they are.
Result<std::string> kept_purpose(const Catalog& catalog, std::string_view stated, std::int32_t today);
// As it is read; an id that the catalogue does not know any more stays as it is.
std::string purpose_words(const Catalog& catalog, std::string_view kept, std::string_view lang);

}  // namespace nc::catalog
