// Files of rows sent to the pages: in the person's own right, as long work, told row by row; importing twice changes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "channels/intake/import_map.h"
#include "face/web/small_site_test.h"
#include "face/web/works/import_files.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::must;
using test::shows;
using test::SmallSite;

class ImportPages : public ::testing::Test {
 protected:
  ImportPages() {
    world_.add_account("inspector", "inspector", world_.post());
    for (auto* browser : {&officer_, &inspector_}) browser->cookies["__Host-nhipcau-lang"] = "en";
    officer_.log_in("officer");
    inspector_.log_in("inspector");
  }
  static const intake::ImportMap& map() {
    static const auto read = must(intake::ImportMap::load(std::filesystem::path(NC_SOURCE_DIR) / "data" / "import" / "public-record.json"));
    return read;
  }
  // A file of the map's table; a row is its cells by column.
  static std::string file_of(const std::string& table, const std::vector<std::map<std::string, std::string>>& rows) {
    const auto& columns = map().table(table)->columns;
    std::string out = nc::join(columns, ",") + "\n";
    for (const auto& row : rows)
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto cell = row.find(columns[i]);
        out += (cell == row.end() ? std::string() : "\"" + cell->second + "\"") + (i + 1 == columns.size() ? "\n" : ",");
      }
    return out;
  }
  static std::string sources(int rows) {
    std::vector<std::map<std::string, std::string>> out;
    for (int i = 1; i <= rows; ++i)
      out.push_back(
          {{"source_id", "S" + std::to_string(i)}, {"title", "Bài báo " + std::to_string(i)}, {"publisher", "Báo"}, {"date", "2024"}});
    return file_of("sources", out);
  }
  net::Response send(Browser& browser, const std::vector<Browser::SentFile>& files, const std::string& once = {}) {
    const auto page = browser.get(std::string(kImportPath));
    return browser.send_files(
        std::string(kImportPath),
        {{"csrf", Browser::hidden(browser.get("/account"), "csrf")}, {"once", once.empty() ? Browser::hidden(page, "once") : once}}, files);
  }
  net::Response after(Browser& browser, const net::Response& sent) {
    EXPECT_EQ(sent.status, 303) << sent.body.substr(sent.body.find("<main"), 1500);
    world_.site->works().wait();
    return browser.get(location(sent));
  }
  [[nodiscard]] std::size_t left_behind() const {
    const std::filesystem::directory_iterator folder(world_.site->works().folder()), end;
    return static_cast<std::size_t>(std::count_if(folder, end, [](const auto& entry) { return entry.is_directory(); }));
  }
  std::size_t sources_here() {
    records::ListQuery query;
    query.feeds = {"printed-source"};
    query.limit = 500;
    return must(world_.ledger().list(world_.ledger().console(), query)).items.size();
  }

  SmallSite world_;
  Browser officer_{world_}, inspector_{world_};
};

TEST_F(ImportPages, RowsBecomeRecordsAndASecondTimeNothingChanges) {
  const auto form = officer_.get(std::string(kImportPath));
  EXPECT_TRUE(shows(form, "enctype=\"multipart/form-data\"") && shows(form, "type=\"file\"") && shows(form, "events.csv"));
  const auto done = after(officer_, send(officer_, {{"files", "sources.csv", sources(3)}}));
  EXPECT_TRUE(shows(done, "sources: 3 taken")) << done.body.substr(done.body.find("<main"), 1500);
  EXPECT_TRUE(shows(done, "sources.csv"));
  EXPECT_EQ(sources_here(), 3U);
  EXPECT_TRUE(shows(after(officer_, send(officer_, {{"files", "renamed by somebody.csv", sources(3)}})), "3 unchanged"))
      << "known by its columns";
  EXPECT_EQ(sources_here(), 3U);
  EXPECT_EQ(left_behind(), 0U) << "what was sent does not stay";
  records::ListQuery query;
  query.feeds = {"printed-source"};
  const auto first = must(world_.ledger().list(world_.ledger().console(), query)).items.front();
  EXPECT_EQ(must(world_.ledger().history(world_.ledger().console(), first.id)).front().author,
            must(world_.ledger().subject("officer")).person);
}

TEST_F(ImportPages, TheSameFormTwiceIsOneImport) {
  const auto once = system_rng().make<RecordId>().hex();
  const auto first = send(officer_, {{"files", "sources.csv", sources(2)}}, once);
  const auto again = send(officer_, {{"files", "sources.csv", sources(2)}}, once);
  EXPECT_EQ(location(first), location(again));
  world_.site->works().wait();
  EXPECT_EQ(left_behind(), 0U);
}

TEST_F(ImportPages, ABrokenFileChangesNothingAndIsToldWithItsPlace) {
  const auto bad =
      after(officer_, send(officer_, {{"files", "sources.csv", sources(2)}, {"files", "events.csv", "event_id,what\nE1,x\n"}}));
  EXPECT_TRUE(shows(bad, "badge bad"));
  EXPECT_EQ(sources_here(), 0U);
  EXPECT_EQ(send(officer_, {}).status, 422);
  EXPECT_TRUE(shows(send(officer_, {}), "Choose a file"));
  const auto huge = send(officer_, {{"files", "sources.csv", std::string(static_cast<std::size_t>(kImportBytesMax) + 1, 'a')}});
  EXPECT_EQ(huge.status, 413);
  EXPECT_TRUE(shows(huge, "larger than 32 MiB"));
  EXPECT_EQ(left_behind(), 0U);
}

TEST_F(ImportPages, RefusedRowsStandInTheReport) {
  const auto rows =
      file_of("sources", {{{"source_id", "S1"}, {"title", "Bài"}, {"date", "2024"}}, {{"source_id", "S2"}, {"date", "2024"}}});
  const auto sent = send(officer_, {{"files", "sources.csv", rows}});
  const auto done = after(officer_, sent);
  EXPECT_TRUE(shows(done, "1 taken") && shows(done, "1 refused")) << done.body.substr(done.body.find("<main"), 1500);
  ASSERT_TRUE(shows(done, location(sent) + "/file"));
  EXPECT_EQ(officer_.get(location(sent) + "/file").status, 200);
  EXPECT_EQ(inspector_.get(location(sent) + "/file").status, 404) << "for its person alone";
}

TEST_F(ImportPages, WhoCreatesNothingImportsNothing) {
  EXPECT_EQ(inspector_.get(std::string(kImportPath)).status, 404);
  EXPECT_FALSE(shows(inspector_.get("/activities"), "href=\"/import\""));
  EXPECT_TRUE(shows(officer_.get("/activities"), "href=\"/import\""));
  EXPECT_EQ(send(inspector_, {{"files", "sources.csv", sources(1)}}).status, 404);
  Browser nobody(world_);
  EXPECT_NE(nobody.send_files(std::string(kImportPath), {{"csrf", "x"}}, {{"files", "sources.csv", sources(1)}}).status, 200);
  EXPECT_EQ(sources_here(), 0U);
  EXPECT_EQ(left_behind(), 0U);
}

// Cancelled while it runs: what was written stays and is said to stay; the next import goes on from there.
TEST_F(ImportPages, CancelledItSaysThatWhatIsThereStays) {
  const auto ordered = send(officer_, {{"files", "sources.csv", sources(2'000)}});
  ASSERT_EQ(ordered.status, 303);
  officer_.post(location(ordered) + "/cancel", {{"csrf", Browser::hidden(officer_.get("/account"), "csrf")}});
  const auto page = after(officer_, ordered);
  ASSERT_TRUE(shows(page, "cancelled")) << page.body.substr(page.body.find("<main"), 1500);
  EXPECT_TRUE(shows(page, "What was imported until then stays."));
  EXPECT_FALSE(shows(page, "nothing of it stays"));
  EXPECT_EQ(left_behind(), 0U);
  const auto rest = after(officer_, send(officer_, {{"files", "sources.csv", sources(2'000)}}));
  EXPECT_TRUE(shows(rest, "0 refused"));
  records::ListQuery query;
  query.feeds = {"printed-source"};
  query.count_max = 5'000;
  EXPECT_EQ(must(world_.ledger().list(world_.ledger().console(), query)).total, 2'000);
}

TEST_F(ImportPages, WhatACrashLeftIsDestroyedAtTheNextStart) {
  const auto left = world_.site->works().folder() / (system_rng().make<RecordId>().hex() + ".in");
  std::filesystem::create_directory(left);
  must(write_file_durably(left / "events.csv", "event_id\n"));
  world_.while_closed([] {});
  EXPECT_FALSE(std::filesystem::exists(left));
}

}  // namespace
}  // namespace nc::web
