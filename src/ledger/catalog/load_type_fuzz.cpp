// One catalogue file from memory. Oracle: a file that is taken has a canonical definition that can
// follow itself, and its expressions evaluate.
#include <cstdint>

#include "base/check.h"
#include "ledger/catalog/loader.h"
#include "ledger/catalog/tasks.h"
#include "ledger/catalog/values.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc;
  using namespace nc::catalog;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // The kinds of file; the id and group of the samples in testdata.
  const auto type = parse_type(text, "meetings/sample.toml", nullptr);
  if (type) {
    const Json definition = Catalog().definition(*type);
    const auto again = parse_canonical(canonical(definition));
    NC_CHECK(again && *again == definition);
    NC_CHECK(check_additive(definition, *again).has_value());
    (void)check_record(*type, Json(JsonObject{}));
  } else {
    NC_CHECK(!type.error().where.empty());
  }
  (void)parse_shared(text, "shared/activity.toml");
  (void)parse_roles(text, "roles.toml", {"meetings"});
  (void)parse_purposes(text, "purposes.toml");
  (void)TaskBook::parse(text, "tasks.toml", Catalog());
  return 0;
}
