// The worked example of docs/formats/audit.md is made here, and must stand in the page byte for byte.
#include <gtest/gtest.h>

#include "base/files.h"
#include "ledger/access/audit.h"

namespace nc::access {
namespace {

RecordId counting(std::uint8_t first) {
  RecordId out;
  for (auto& byte : out.bytes) byte = first++;
  return out;
}

std::string worked_example() {
  AuditRow begin, read, refused;
  begin.seq = 1;
  begin.at_ms = read.at_ms = 1'700'000'000'000;
  begin.action = audited::kBegin;
  begin.record = counting(0x30);
  read.seq = 2;
  read.action = audited::kReadPersonal;
  read.actor = counting(0x10);
  read.record = counting(0x20);
  read.purpose = "lập danh sách nhận học bổng";
  refused.seq = 3;
  refused.at_ms = 1'699'999'980'000;
  refused.action = audited::kLogIn;
  refused.outcome = AuditOutcome::kRefused;
  refused.count = 1'000'000;
  refused.origin = "192.0.2.7";
  std::string out;
  std::optional<Digest> prev;
  for (const auto* row : {&begin, &read, &refused}) {
    const auto hash = audit_row_hash(*row, prev);
    out += audit_row_bytes(*row, prev) + "\n" + hash.hex() + "\n";
    prev = hash;
  }
  return out;
}

TEST(AuditFormat, TheWorkedExampleStandsInThePageByteForByte) {
  const auto page = read_file(std::filesystem::path(NC_SOURCE_DIR) / "docs" / "formats" / "audit.md");
  ASSERT_TRUE(page) << page.error().english();
  const auto example = worked_example();
  EXPECT_NE(page->find("```\n" + example + "```"), std::string::npos) << "The page must hold:\n" << example;
}

TEST(AuditFormat, ThePageNamesEveryAction) {
  const auto page = read_file(std::filesystem::path(NC_SOURCE_DIR) / "docs" / "formats" / "audit.md");
  ASSERT_TRUE(page);
  for (const auto action : audited::kAll) EXPECT_NE(page->find("`" + std::string(action) + "`"), std::string::npos) << action;
}

}  // namespace
}  // namespace nc::access
