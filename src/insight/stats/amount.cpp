#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "insight/stats/stats.h"

namespace nc::stats {
namespace {

Amount shortest(Amount amount) {
  while (amount.scale > 0 && amount.value % 10 == 0) {
    amount.value /= 10;
    --amount.scale;
  }
  return amount;
}

constexpr std::array<std::string_view, 14> kDimensionNames = {"",     "unit",   "province", "partner", "chain",   "counterpart", "area",
                                                              "kind", "detail", "level",    "year",    "quarter", "month",       "measure"};

}  // namespace

bool Amount::operator==(const Amount& other) const {
  const auto a = shortest(*this), b = shortest(other);
  return a.value == b.value && a.scale == b.scale;
}

std::string Amount::text() const {
  const auto amount = shortest(*this);
  std::string digits = std::to_string(amount.value);
  if (amount.scale == 0) return digits;
  const bool minus = digits[0] == '-';
  if (minus) digits.erase(0, 1);
  const auto decimals = static_cast<std::size_t>(amount.scale);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  digits.insert(digits.size() - decimals, ".");
  return minus ? "-" + digits : digits;
}

Json Amount::json() const {
  constexpr std::int64_t kExactMax = (std::int64_t{1} << 53) - 1;
  const auto amount = shortest(*this);
  if (amount.scale == 0 && amount.value <= kExactMax && amount.value >= -kExactMax) return amount.value;
  return text();
}

std::string_view dimension_name(Dimension dimension) { return kDimensionNames[static_cast<std::size_t>(dimension)]; }

std::optional<Dimension> dimension_from_name(std::string_view name) {
  const auto at = std::find(kDimensionNames.begin() + 1, kDimensionNames.end(), name);
  if (at == kDimensionNames.end()) return std::nullopt;
  return static_cast<Dimension>(at - kDimensionNames.begin());
}

Result<Partner> partner_from_text(std::string_view text, const orgtree::OrgTree& tree) {
  Partner partner;
  const auto wanted = trim(text);
  if (wanted.empty()) return partner;
  if (const auto* unit = tree.by_code(wanted)) {
    partner.unit = unit->id;
    return partner;
  }
  const auto folded = fold(wanted);
  bool area = false;
  for (const auto& unit : tree.units()) {
    if (!unit.country.empty() && fold(unit.country) == folded) {
      partner.country = unit.country;
      return partner;
    }
    area = area || (!unit.own && !unit.area.empty() && fold(unit.area) == folded);
  }
  if (!area) {
    const auto named = tree.by_name(wanted);
    if (named.size() > 1)
      return fail(Error(ErrorCode::kInvalid, NC_MSG("{1} is the name of several units"), {std::string(wanted)})
                      .at("counterpart")
                      .then(NC_MSG("Give the unit's code")));
    if (named.size() == 1) {
      partner.unit = named.front()->id;
      return partner;
    }
  }
  partner.area = std::string(wanted);
  return partner;
}

}  // namespace nc::stats
