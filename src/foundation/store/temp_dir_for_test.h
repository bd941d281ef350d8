// For the tests of this room: a folder that goes away, and a file of ours in it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "foundation/store/database.h"

namespace nc::store {

inline constexpr std::uint32_t kTestApplicationId = 0x4e43544c;

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "nc-store-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  [[nodiscard]] std::filesystem::path path() const { return dir_ / "test.db"; }
  static Options ours(bool create = true) { return Options{.create = create, .application_id = kTestApplicationId}; }
  Database must_open(bool create = true) {
    auto opened = Database::open(path(), ours(create));
    if (!opened) throw std::runtime_error(opened.error().english());
    return std::move(*opened);
  }
  // With CREATE TABLE t(k INTEGER PRIMARY KEY, v).
  Database with_table() {
    Database database = must_open();
    const Status made = database.exec("CREATE TABLE IF NOT EXISTS t(k INTEGER PRIMARY KEY, v)");
    if (!made) throw std::runtime_error(made.error().english());
    return database;
  }

  std::filesystem::path dir_;
};

}  // namespace nc::store
