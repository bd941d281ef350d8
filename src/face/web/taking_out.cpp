#include "face/web/taking_out.h"

#include <algorithm>

#include "face/web/site.h"
#include "ledger/access/capability_words.h"

namespace nc::web {
bool takes_out(const Visit& visit) {
  return !access::ReadScope::resolve(visit.who, access::Action::kExport, *visit.world->tree, *visit.world->catalog).nothing();
}

bool may_take_out(const Visit& visit, const records::RecordView& record) {
  return std::ranges::all_of(record.parts, [&](const auto& part) {
    return access::decide(visit.who, access::Action::kExport, records::object_of(record, part, *visit.world->tree), *visit.world->tree,
                          *visit.world->catalog)
        .allow;
  });
}

Status write_taken_out(const Visit& visit, std::string_view action, const RecordId& record) {
  return visit.ledger().audit().write({visit.who.person, action, record, {}, access::AuditOutcome::kDone});
}

catalog::Handling highest_handling(const records::RecordView& record) {
  auto out = catalog::Handling::kOpen;
  for (const auto& part : record.parts) out = std::max(out, static_cast<catalog::Handling>(part.key.handling));
  return out;
}

Html not_taken_out(const Visit& visit) {
  return el("p", {{"class", "hint screen-only"}},
            visit.tr("There is no Print and no Export here: your rights do not hold taking this out. Ask your superior, or whoever gives "
                     "rights at this node, if your work needs it."));
}

Html taken_out_head(const Visit& visit, catalog::Handling handling) {
  return join(
      el("p", {{"class", "handling-mark"}}, visit.tr("Handling"), ": ", el("strong", {}, visit.tr(access::handling_words(handling)))),
      el("p", {{"class", "hint"}},
         visit.tr("Printed on {1} by {2}, {3}. It is written down.", visit.ui.datetime(visit.ledger().now_ms()),
                  visit.site.account_name(visit.who.person), visit.site.node_name(visit.ui.lang()))),
      el("p", {{"class", "hint screen-only"}}, visit.tr("Print this page with Ctrl+P; what is not for paper is left out.")));
}

}  // namespace nc::web
