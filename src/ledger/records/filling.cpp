#include "ledger/records/filling.h"

#include <algorithm>

#include "base/term.h"
#include "ledger/access/capability_words.h"

namespace nc::records {
namespace {

bool lies_above(const catalog::Field& field, const access::Object& base) { return field.handling && *field.handling > base.handling; }

}  // namespace

bool may_fill(const access::Subject& who, const catalog::Field& field, const access::Object& base, const World& world) {
  if (!lies_above(field, base)) return true;
  auto part = base;
  part.handling = *field.handling;
  return access::decide(who, access::Action::kKnow, part, *world.tree, *world.catalog).allow;
}

Status may_fill_all(const access::Subject& who, const catalog::Type& type, const Json& typed, const access::Object& base,
                    const World& world) {
  for (const auto& [id, value] : typed.as_object()) {
    const auto* field = type.field(id);
    if (!field || may_fill(who, *field, base, world)) continue;
    return fail(Error(ErrorCode::kDenied, NC_MSG("“{1}” is handled as “{2}”, above what you may read, so you cannot enter it either"),
                      {term(field->label.in("en"), field->label.vi), term(access::handling_words(*field->handling))})
                    .at(id)
                    .then(NC_MSG("Leave it out, and have it entered by somebody who may read it")));
  }
  return {};
}

access::Handling highest_part(const catalog::Type& type, const Json& typed, const access::Object& base) {
  auto highest = base.handling;
  for (const auto& [id, value] : typed.as_object())
    if (const auto* field = type.field(id); field && lies_above(*field, base)) highest = std::max(highest, *field->handling);
  return highest;
}

}  // namespace nc::records
