#include "ledger/access/capability_words.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace nc::access {
namespace {

struct Words {
  std::string_view capability;
  std::string_view words;
};

constexpr std::array kWords = {
    Words{"know", NC_MSG("know that a record is there")},
    Words{"read", NC_MSG("read records")},
    Words{"read_restricted", NC_MSG("read restricted content")},
    Words{"read_personal", NC_MSG("read personal data")},
    Words{"count", NC_MSG("make figures")},
    Words{"count_sensitive", NC_MSG("count sensitive kinds")},
    Words{"create", NC_MSG("enter records")},
    Words{"amend", NC_MSG("amend records")},
    Words{"void", NC_MSG("declare records void")},
    Words{"resolve", NC_MSG("decide between two values")},
    Words{"submit", NC_MSG("submit records")},
    Words{"return", NC_MSG("return records for completion")},
    Words{"approve", NC_MSG("approve records")},
    Words{"reopen", NC_MSG("reopen records")},
    Words{"close_period", NC_MSG("close periods")},
    Words{"raise_handling", NC_MSG("raise the handling")},
    Words{"declassify", NC_MSG("lower the handling")},
    Words{"export", NC_MSG("export records")},
    Words{"release", NC_MSG("pass records on to a counterpart")},
    Words{"grant", NC_MSG("grant rights")},
    Words{"purge", NC_MSG("destroy content by order")},
    Words{"erase", NC_MSG("erase personal data")},
    Words{"administer", NC_MSG("run the node")},
    Words{"read_audit", NC_MSG("read the audit trail")},
    Words{"publish_type", NC_MSG("publish record types")},
    Words{"keep_lists", NC_MSG("keep the lists that all use")},
    Words{"waive_volume", NC_MSG("let restricted content be held without an encrypted volume")},
    Words{"transition", NC_MSG("take this step")},
};

}  // namespace

std::string_view capability_words(std::string_view capability) {
  if (capability.empty()) return capability_words("transition");  // a step that the catalogue gives to nobody
  const auto at = std::ranges::find(kWords, capability, &Words::capability);
  return at == kWords.end() ? capability : at->words;
}

std::string_view handling_words(catalog::Handling handling) {
  switch (handling) {
    case catalog::Handling::kOpen: return NC_MSG("for everybody");
    case catalog::Handling::kInternal: return NC_MSG("internal");
    case catalog::Handling::kRestricted: return NC_MSG("restricted");
  }
  return {};
}

}  // namespace nc::access
