#include "ledger/catalog/purposes.h"

#include "base/text.h"

namespace nc::catalog {
namespace {

constexpr char kMark = '@';

struct Said {
  std::string_view id, more;
};

Said split(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {trim(text), {}};
  return {trim(text.substr(0, colon)), trim(text.substr(colon + 1))};
}

std::string put_together(std::string_view first, std::string_view more) {
  return std::string(first) + (more.empty() ? "" : ": " + std::string(more));
}

}  // namespace

Result<std::string> kept_purpose(const Catalog& catalog, std::string_view stated, std::int32_t today) {
  if (catalog.purposes().empty()) {
    if (!trim(stated).empty()) return std::string(trim(stated));
    return fail(Error(ErrorCode::kInvalid, NC_MSG("Personal data are shown only for a stated purpose")).at("purpose"));
  }
  const auto said = split(stated);
  const auto* purpose = catalog.purpose(said.id);
  if (!purpose || !purpose->holds_on(today)) {
    std::vector<std::string> valid;
    for (const auto& one : catalog.purposes())
      if (one.holds_on(today)) valid.push_back(one.id);
    return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is no purpose for which personal data may be read today"),
                      {std::string(said.id), join(valid, ", ")})
                    .at("purpose")
                    .then(NC_MSG("There are: {2}; more may be said after a colon")));
  }
  if (purpose->in_words && said.more.empty()) return fail(Error(ErrorCode::kInvalid, NC_MSG("Say what for, after a colon")).at("purpose"));
  return kMark + put_together(said.id, said.more);
}

std::string purpose_words(const Catalog& catalog, std::string_view kept, std::string_view lang) {
  if (!kept.starts_with(kMark)) return std::string(kept);
  const auto said = split(kept.substr(1));
  const auto* purpose = catalog.purpose(said.id);
  if (!purpose) return std::string(kept.substr(1));
  if (purpose->in_words && !said.more.empty()) return std::string(said.more);
  return put_together(purpose->label.in(lang), said.more);
}

}  // namespace nc::catalog
