// Text forms of audiences, parts and streams. One text for one value: what parses re-writes to the
// same bytes, because these texts are hashed and signed.
#include <algorithm>
#include <array>

#include "base/limits.h"
#include "ledger/journal/entry.h"

namespace nc::journal {
namespace {

constexpr std::array<std::string_view, 3> kHandlingNames = {"open", "internal", "restricted"};
constexpr std::array<std::string_view, 3> kLaneNames = {"authority", "urgent", "ordinary"};

Error bad(const char* message, std::string_view text) { return Error(ErrorCode::kInvalid, message, {std::string(text.substr(0, 200))}); }

template <std::size_t N>
std::optional<std::size_t> index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) return std::nullopt;
  return static_cast<std::size_t>(it - names.begin());
}

Result<UnitId> parse_unit(std::string_view text) {
  const auto unit = UnitId::from_hex(text);
  if (!unit) return fail(bad(NC_MSG("“{1}” is not the id of a unit"), text));
  return *unit;
}

Result<Audience> parse_with(std::string_view list) {
  Audience out{Audience::Kind::kWith, {}};
  while (true) {
    const auto plus = list.find('+');
    NC_ASSIGN(auto unit, parse_unit(list.substr(0, plus)));
    if (!out.units.empty() && !(out.units.back() < unit))
      return fail(bad(NC_MSG("The units of the audience are not in order: “{1}”"), list));
    out.units.push_back(unit);
    if (out.units.size() > limits::kAudienceUnitsMax)
      return fail(ErrorCode::kLimit, NC_MSG("An audience names more than {1} units"), {std::to_string(limits::kAudienceUnitsMax)});
    if (plus == std::string_view::npos) return out;
    list.remove_prefix(plus + 1);
  }
}

}  // namespace

std::string Audience::text() const {
  switch (kind) {
    case Kind::kAuthority: return "authority";
    case Kind::kAll: return "all";
    case Kind::kOwn: return "own:" + (units.empty() ? UnitId{} : units[0]).hex();
    case Kind::kBelow: return "below:" + (units.empty() ? UnitId{} : units[0]).hex();
    case Kind::kWith: break;
  }
  std::string out = "with:";
  for (const auto& unit : units) {
    if (out.back() != ':') out += '+';
    out += unit.hex();
  }
  return out;
}

Result<Audience> Audience::parse(std::string_view text) {
  if (text == "authority") return authority();
  if (text == "all") return all();
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (colon != std::string_view::npos && name == "with") return parse_with(rest);
  if (colon != std::string_view::npos && (name == "own" || name == "below")) {
    NC_ASSIGN(auto unit, parse_unit(rest));
    return Audience{name == "own" ? Kind::kOwn : Kind::kBelow, {unit}};
  }
  return fail(bad(NC_MSG("“{1}” is not an audience"), text));
}

std::string PartKey::text() const { return audience.text() + "/" + std::string(kHandlingNames[std::min<std::size_t>(handling, 2)]); }

Result<PartKey> PartKey::parse(std::string_view text) {
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos) return fail(bad(NC_MSG("“{1}” is not a part: audience/handling"), text));
  const auto level = index_of(kHandlingNames, text.substr(slash + 1));
  if (!level) return fail(bad(NC_MSG("“{1}” is not a handling: open, internal or restricted"), text.substr(slash + 1)));
  NC_ASSIGN(auto audience, Audience::parse(text.substr(0, slash)));
  return PartKey{static_cast<HandlingLevel>(*level), std::move(audience)};
}

std::string StreamKey::chain_text() const {
  return node.hex() + "/" + incarnation.hex() + "/" + std::string(kLaneNames[static_cast<std::size_t>(lane)]);
}

std::string StreamKey::text() const { return chain_text() + "/" + part.text(); }

Result<StreamKey> StreamKey::parse(std::string_view text) {
  constexpr std::size_t kIdEnd = 2 * NodeId::kSize;
  constexpr std::size_t kLaneBegin = 2 * kIdEnd + 2;
  if (text.size() <= kLaneBegin || text[kIdEnd] != '/' || text[kLaneBegin - 1] != '/')
    return fail(bad(NC_MSG("“{1}” is not a stream: node/incarnation/lane/audience/handling"), text));
  const auto node = NodeId::from_hex(text.substr(0, kIdEnd));
  const auto incarnation = IncarnationId::from_hex(text.substr(kIdEnd + 1, kIdEnd));
  const auto slash = text.find('/', kLaneBegin);
  if (!node || !incarnation || slash == std::string_view::npos)
    return fail(bad(NC_MSG("“{1}” is not a stream: node/incarnation/lane/audience/handling"), text));
  const auto lane = index_of(kLaneNames, text.substr(kLaneBegin, slash - kLaneBegin));
  if (!lane) return fail(bad(NC_MSG("“{1}” is not a lane: authority, urgent or ordinary"), text.substr(kLaneBegin, slash - kLaneBegin)));
  NC_ASSIGN(auto part, PartKey::parse(text.substr(slash + 1)));
  StreamKey key{*node, *incarnation, std::move(part), static_cast<Lane>(*lane)};
  if ((key.lane == Lane::kAuthority) != (key.part.audience.kind == Audience::Kind::kAuthority))
    return fail(
        bad(NC_MSG("Lane and audience disagree in “{1}”: the authority lane is for the authority audience and for it alone"), text));
  return key;
}

}  // namespace nc::journal
