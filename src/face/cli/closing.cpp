#include "face/cli/closing.h"

#include "insight/stats/closing.h"

namespace nc::cli {

Status check_closing(const records::Ledger& ledger, const access::Subject& who, const RecordId& id, std::string_view act) {
  NC_ASSIGN(const auto view, ledger.read(who, id));
  if (!stats::signs_closing(view, act)) return {};
  NC_ASSIGN(const auto columns, load_columns(ledger));
  return stats::closing_holds(view, *columns, who, *ledger.world());
}

}  // namespace nc::cli
