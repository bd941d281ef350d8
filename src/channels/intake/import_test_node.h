// Nodes and small folders for the tests of this room.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/text.h"
#include "channels/intake/intake.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::intake::testing {

namespace fs = std::filesystem;

inline const ImportMap& project_map() {
  static const auto map = [] {
    auto read = ImportMap::load(fs::path(NC_SOURCE_DIR) / "data/import/public-record.json");
    if (!read) ADD_FAILURE() << read.error().english();
    return *read;
  }();
  return map;
}

// A folder below the system's temporary one, gone when the test is.
class TempDir {
 public:
  explicit TempDir(const std::string& name) : path(fs::temp_directory_path() / ("nc-intake-" + name + "-" + std::to_string(::getpid()))) {
    fs::remove_all(path);
    fs::create_directories(path.parent_path());
  }
  ~TempDir() { fs::remove_all(path); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const fs::path path;
};

class Node {
 public:
  explicit Node(const std::string& name, const std::string& unit = "vn-bg") : dir_(name) {
    const auto founded = records::Ledger::found(dir_.path, fs::path(NC_SOURCE_DIR) / "catalog", unit);
    if (!founded) throw std::runtime_error(founded.error().english());
    auto opened = records::Ledger::open(dir_.path);
    if (!opened) throw std::runtime_error(opened.error().english());
    ledger = std::move(*opened);
    records::test::allow_restricted(*ledger);
  }

  Result<Report> import(const std::vector<fs::path>& inputs) { return import_folder(*ledger, ledger->console(), inputs, project_map()); }

  // The values of an imported row; null when it is not there.
  Json values(const std::string& table, const std::string& key) const {
    const auto record = ledger->read(ledger->console(), records::imported_id(project_map().table(table)->source, key));
    return record ? record->values : Json();
  }
  std::string type(const std::string& table, const std::string& key) const {
    const auto record = ledger->read(ledger->console(), records::imported_id(project_map().table(table)->source, key));
    return record ? record->type_id : std::string();
  }

 private:
  TempDir dir_;

 public:
  std::unique_ptr<records::Ledger> ledger;  // closed before its folder goes
};

// A folder of files with the headers of the map; a row is "column=value" pairs separated by " | ".
class Folder {
 public:
  explicit Folder(const std::string& name) : dir_(name) { fs::create_directories(dir_.path); }

  void write(const std::string& table, const std::vector<std::string>& rows) const {
    const auto& rule = *project_map().table(table);
    std::string text = join(rule.columns, ",") + "\n";
    for (const auto& row : rows) {
      std::vector<std::string> cells(rule.columns.size());
      for (const auto& pair : split_trimmed(row, '|')) {
        const auto sign = pair.find('=');
        for (std::size_t i = 0; i < rule.columns.size(); ++i)
          if (rule.columns[i] == pair.substr(0, sign)) cells[i] = "\"" + pair.substr(sign + 1) + "\"";
      }
      text += join_all(cells) + "\n";
    }
    raw(rule.file, text);
  }
  void raw(const std::string& file, const std::string& text) const { std::ofstream(dir_.path / file, std::ios::binary) << text; }
  [[nodiscard]] const fs::path& path() const { return dir_.path; }

  // What small events need: a source and four units.
  void write_base() const {
    write("sources", {"source_id=S1 | title=A report | publisher=A paper | date=2024 | language=en"});
    write("units", {"id=vn-bg | name_vi=Command | country=VN | force=border guard | level=command",
                    "id=vn-post-a | name_vi=Post A | country=VN | force=border guard | level=post | parent_id=vn-bg",
                    "id=la-co-1 | name_vi=Company 1 | country=LA | force=border guard | level=post",
                    "id=cn-bm-x | name_vi=Station X | country=CN | force=border management | level=post"});
  }

 private:
  static std::string join_all(const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i ? "," : "") + cells[i];
    return out;
  }
  TempDir dir_;
};

inline const RowReport& row_of(const Report& report, const std::string& table, const std::string& key) {
  static const RowReport none;
  for (const auto& row : report.rows)
    if (row.table == table && row.key == key) return row;
  ADD_FAILURE() << "no row " << key << " in " << table;
  return none;
}

inline std::string notes_of(const RowReport& row) {
  Report one;
  one.rows = {row};
  return to_text(one, "en", true);
}

}  // namespace nc::intake::testing
