// For tests: a catalogue from a folder of its own, and a small tree of units.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/files.h"
#include "ledger/access/access.h"

namespace nc::access::test {

inline UnitId id(std::uint8_t number) {
  UnitId out;
  out.bytes[15] = number;
  return out;
}

// A folder that is gone with the object.
class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "nc-access-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    if (!write_file_durably(path_ / name, text)) throw std::runtime_error("cannot write " + name);
  }

 private:
  std::filesystem::path path_;
};

struct RoleText {
  std::string id;
  std::vector<std::string> capabilities, groups;
};

inline std::string toml_list(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "\"" : ", \"") + item + "\"";
  return "[" + out + "]";
}

// A catalogue with one type in each of the groups alpha, beta (sensitive) and gamma.
inline std::shared_ptr<const catalog::Catalog> make_catalog(const std::vector<RoleText>& roles) {
  const Folder folder;
  std::string text;
  for (const auto& role : roles)
    text += "[[role]]\nid = \"" + role.id + "\"\nlabel = { vi = \"v\", en = \"e\" }\ncapabilities = " + toml_list(role.capabilities) +
            "\ngroups = " + toml_list(role.groups) + "\n";
  folder.write("roles.toml", text);
  for (const std::string group : {"alpha", "beta", "gamma"})
    folder.write(group + "/" + group + "_thing.toml",
                 "id = \"" + group + "_thing\"\nversion = 1\ngroup = \"" + group + "\"\nlabel = { vi = \"v\", en = \"e\" }\nsensitive = " +
                     (group == "beta" ? "true" : "false") + "\ntitle = [\"name\"]\nlist = [\"name\"]\n" +
                     "[[field]]\nid = \"name\"\nkind = \"text\"\nlabel = { vi = \"v\", en = \"e\" }\n");
  auto loaded = catalog::Catalog::load(folder.path());
  if (!loaded) throw std::runtime_error(loaded.error().english());
  return *loaded;
}

}  // namespace nc::access::test
