// Reads the import map's JSON and notes what nobody asked for. Private to this room.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "channels/intake/phrase.h"

namespace nc::intake {

// One place in the map. Problems are collected, not thrown: the first is what the person is told.
class MapReader {
 public:
  MapReader(const Json& json, std::string path, std::vector<std::string>& problems)
      : json_(json), path_(std::move(path)), problems_(problems) {}

  [[nodiscard]] const Json& json() const { return json_; }
  [[nodiscard]] bool present() const { return !json_.is_null(); }
  [[nodiscard]] bool has(std::string_view key) const { return json_.has(key); }

  MapReader member(std::string_view key);
  std::vector<MapReader> items();          // of a list; none when absent
  std::vector<std::string> names() const;  // of an object
  std::string text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);  // one text counts as a list of one
  std::int64_t number(std::string_view key);
  bool flag(std::string_view key);
  Json any(std::string_view key);
  std::vector<Phrase> phrases(std::string_view key);
  Phrase phrase(std::string_view key);
  std::map<std::string, std::string> text_map();  // of this object

  void refuse(std::string_view reason);
  // Every key of the object was asked for.
  void finish();

 private:
  const Json& ask(std::string_view key);

  const Json& json_;
  std::string path_;
  std::vector<std::string>& problems_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace nc::intake
