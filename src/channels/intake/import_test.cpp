#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "channels/intake/intake.h"

namespace nc::intake {
namespace {

namespace fs = std::filesystem;

const fs::path kRecord = fs::path(NC_SOURCE_DIR) / "data/public-record";

class Node {
 public:
  explicit Node(const std::string& name, const std::string& unit = "vn-bg") : dir_(fs::temp_directory_path() / ("nc-intake-" + name + "-" + std::to_string(::getpid()))) {
    fs::remove_all(dir_);
    const auto founded = records::Ledger::found(dir_, fs::path(NC_SOURCE_DIR) / "catalog", unit);
    EXPECT_TRUE(founded) << founded.error().english();
    auto opened = records::Ledger::open(dir_);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().english());
    if (opened) ledger = std::move(*opened);
  }
  ~Node() {
    ledger.reset();
    fs::remove_all(dir_);
  }
  std::unique_ptr<records::Ledger> ledger;

 private:
  fs::path dir_;
};

TEST(Import, Smoke) {
  const auto map = ImportMap::load(std::string(NC_SOURCE_DIR) + "/data/import/public-record.json");
  ASSERT_TRUE(map) << map.error().english();
  Node node("smoke");
  const auto report = import_folder(*node.ledger, node.ledger->console(), {kRecord}, *map);
  ASSERT_TRUE(report) << report.error().english();
  std::cout << to_text(*report, "en", false);
}

}  // namespace
}  // namespace nc::intake
