#include "face/cli/closing.h"

namespace nc::cli {

Status check_closing(const records::Ledger& ledger, const access::Subject& who, const RecordId& id, std::string_view act) {
  NC_ASSIGN(const auto view, ledger.read(who, id));
  if (!stats::signs_closing(view, act)) return {};
  NC_ASSIGN(const auto columns, load_columns(ledger));
  return stats::closing_holds(view, stats::read_by(ledger, who), *columns, who, *ledger.world());
}

Status signed_if_binding(const Context& context, const catalog::Type* type, const std::string& act, bool sign) {
  const auto* step = type && !sign ? type->transition(act) : nullptr;
  if (!step || !step->binding) return {};
  return fail(Error(ErrorCode::kDenied, NC_MSG("The step “{1}” is taken by signing"), {step->label.in(context.lang())})
                  .then(NC_MSG("Repeat it with --sign: the passphrase of your key is asked for, no password")));
}

std::string broken_text(const Context& context, const stats::BrokenPart& part) {
  const auto number = static_cast<std::int64_t>(part.number);
  return part.missing ? context.tr(NC_MSG("Part {1} of this closing is missing: it was purged, or is not on this node"), number)
                      : context.tr(NC_MSG("Part {1} of this closing does not hold what was closed"), number);
}

}  // namespace nc::cli
