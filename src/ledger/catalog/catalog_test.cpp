#include <gtest/gtest.h>

#include "ledger/catalog/catalog.h"

namespace nc::catalog {
namespace {

TEST(Catalog, ProjectCatalogueLoads) {
  const auto catalog = Catalog::load(NC_SOURCE_DIR "/catalog");
  ASSERT_TRUE(catalog) << catalog.error().english();
}

}  // namespace
}  // namespace nc::catalog
