#include "channels/intake/map_reader.h"

namespace nc::intake {

const Json& MapReader::ask(std::string_view key) {
  asked_.insert(std::string(key));
  return json_[key];
}

void MapReader::refuse(std::string_view reason) { problems_.push_back(path_ + ": " + std::string(reason)); }

MapReader MapReader::member(std::string_view key) { return {ask(key), path_ + "." + std::string(key), problems_}; }

std::vector<MapReader> MapReader::items() {
  std::vector<MapReader> out;
  if (json_.is_null()) return out;
  if (!json_.is_array()) {
    refuse("a list is wanted");
    return out;
  }
  for (std::size_t i = 0; i < json_.as_array().size(); ++i)
    out.emplace_back(json_.as_array()[i], path_ + "[" + std::to_string(i + 1) + "]", problems_);
  return out;
}

std::vector<std::string> MapReader::names() const {
  std::vector<std::string> out;
  if (json_.is_object())
    for (const auto& [name, value] : json_.as_object()) out.push_back(name);
  return out;
}

std::string MapReader::text(std::string_view key) {
  const auto& value = ask(key);
  if (value.is_string()) return value.as_string();
  if (!value.is_null()) refuse(std::string(key) + ": a text is wanted");
  return {};
}

std::vector<std::string> MapReader::texts(std::string_view key) {
  const auto& value = ask(key);
  if (value.is_string()) return {value.as_string()};
  std::vector<std::string> out;
  if (value.is_null()) return out;
  if (!value.is_array()) {
    refuse(std::string(key) + ": a list of texts is wanted");
    return out;
  }
  for (const auto& item : value.as_array()) {
    if (item.is_string()) out.push_back(item.as_string());
    else refuse(std::string(key) + ": a list of texts is wanted");
  }
  return out;
}

std::int64_t MapReader::number(std::string_view key) {
  const auto& value = ask(key);
  if (value.is_int() && value.as_int() >= 0 && value.as_int() <= 30) return value.as_int();
  refuse(std::string(key) + ": a number from 0 to 30 is wanted");
  return 0;
}

bool MapReader::flag(std::string_view key) {
  const auto& value = ask(key);
  if (!value.is_null() && !value.is_bool()) refuse(std::string(key) + ": true or false is wanted");
  return value.is_bool() && value.as_bool();
}

Json MapReader::any(std::string_view key) { return ask(key); }

std::vector<Phrase> MapReader::phrases(std::string_view key) {
  std::vector<Phrase> out;
  for (const auto& pattern : texts(key)) {
    auto phrase = Phrase::parse(pattern);
    if (phrase) out.push_back(std::move(*phrase));
    else refuse(phrase.error().english());
  }
  return out;
}

Phrase MapReader::phrase(std::string_view key) {
  auto list = phrases(key);
  if (list.size() == 1) return std::move(list.front());
  refuse(std::string(key) + ": one phrase is wanted");
  return {};
}

std::map<std::string, std::string> MapReader::text_map() {
  std::map<std::string, std::string> out;
  for (const auto& name : names()) out[name] = text(name);
  return out;
}

void MapReader::finish() {
  for (const auto& name : names())
    if (!asked_.contains(name)) refuse(name + ": no such key");
}

}  // namespace nc::intake
