// For tests: whether a value fits a JSON Schema of the description. Knows exactly the words that the description
// uses and refuses any other, so that nothing in it goes unchecked.
#pragma once

#include <algorithm>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

#include "base/json.h"
#include "ledger/catalog/values.h"

namespace nc::catalog::test {

class SchemaCheck {
 public:
  explicit SchemaCheck(const Json& description) : description_(description) {}

  // Empty when it fits, else where and why it does not.
  [[nodiscard]] std::string fault(const Json& schema, const Json& value, const std::string& at = "$") const {
    for (const auto& [word, says] : schema.as_object()) {
      const auto found = check(word, says, schema, value, at);
      if (!found.empty()) return found;
    }
    return {};
  }
  [[nodiscard]] const Json& resolve(const Json& schema) const {
    if (!schema.has("$ref")) return schema;
    const auto name = schema.text("$ref").substr(std::string_view("#/components/schemas/").size());
    const auto& found = description_["components"]["schemas"][name];
    if (found.is_null()) throw std::runtime_error("no schema " + name);
    return found;
  }

 private:
  static bool is(const Json& value, const std::string& type) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_int();
    if (type == "boolean") return value.is_bool();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    if (type == "null") return value.is_null();
    throw std::runtime_error("type " + type);
  }
  static bool has_type(const Json& types, const Json& value) {
    if (types.is_string()) return is(value, types.as_string());
    return std::ranges::any_of(types.as_array(), [&](const Json& one) { return is(value, one.as_string()); });
  }
  static bool matches(const std::string& pattern, const std::string& text) {
    static std::map<std::string, std::regex> compiled;
    return std::regex_search(text, compiled.try_emplace(pattern, pattern).first->second);
  }

  [[nodiscard]] std::string check(const std::string& word, const Json& says, const Json& schema, const Json& value,
                                  const std::string& at) const {
    static const std::set<std::string> notes{"title", "description", "default", "deprecated", "format", "writeOnly"};
    if (notes.contains(word)) return {};
    const auto no = [&](bool right) {
      return right ? std::string() : at + ": " + word + " " + canonical(says) + ", not " + canonical(value).substr(0, 200);
    };
    if (word == "$ref") return fault(resolve(schema), value, at);
    if (word == "type") return no(has_type(says, value));
    if (word == "enum") return no(std::ranges::find(says.as_array(), value) != says.as_array().end());
    if (word == "const") return no(says == value);
    if (word == "anyOf") return no(std::ranges::any_of(says.as_array(), [&](const Json& one) { return fault(one, value, at).empty(); }));
    if (word == "minimum") return no(!value.is_int() || value.as_int() >= says.as_int());
    if (word == "maximum") return no(!value.is_int() || value.as_int() <= says.as_int());
    if (word == "pattern") return no(!value.is_string() || matches(says.as_string(), value.as_string()));
    if (word == "minLength") return no(!value.is_string() || characters(value.as_string()) >= static_cast<std::size_t>(says.as_int()));
    if (word == "maxLength") return no(!value.is_string() || characters(value.as_string()) <= static_cast<std::size_t>(says.as_int()));
    if (word == "maxItems") return no(!value.is_array() || value.as_array().size() <= static_cast<std::size_t>(says.as_int()));
    if (word == "minProperties") return no(!value.is_object() || value.as_object().size() >= static_cast<std::size_t>(says.as_int()));
    if (word == "uniqueItems") return no(!value.is_array() || all_different(value.as_array()));
    if (word == "required")
      return no(!value.is_object() ||
                std::ranges::all_of(says.as_array(), [&](const Json& name) { return value.as_object().contains(name.as_string()); }));
    if (word == "items") return each(says, value, at);
    if (word == "properties") return members(says, value, at);
    if (word == "additionalProperties") return others(says, schema["properties"], value, at);
    throw std::runtime_error("the schema says " + word);
  }
  static bool all_different(const JsonArray& items) {
    std::set<std::string> seen;
    return std::ranges::all_of(items, [&](const Json& item) { return seen.insert(canonical(item)).second; });
  }
  [[nodiscard]] std::string each(const Json& schema, const Json& value, const std::string& at) const {
    if (!value.is_array()) return {};
    for (std::size_t i = 0; i < value.as_array().size(); ++i)
      if (auto found = fault(schema, value.as_array()[i], at + "[" + std::to_string(i) + "]"); !found.empty()) return found;
    return {};
  }
  [[nodiscard]] std::string members(const Json& schemas, const Json& value, const std::string& at) const {
    if (!value.is_object()) return {};
    for (const auto& [name, schema] : schemas.as_object())
      if (const auto member = value.as_object().find(name); member != value.as_object().end())
        if (auto found = fault(schema, member->second, at + "." + name); !found.empty()) return found;
    return {};
  }
  [[nodiscard]] std::string others(const Json& says, const Json& known, const Json& value, const std::string& at) const {
    if (!value.is_object() || says == Json(true)) return {};
    for (const auto& [name, member] : value.as_object()) {
      if (known.is_object() && known.as_object().contains(name)) continue;
      if (says.is_bool()) return at + "." + name + " is not in the schema";
      if (auto found = fault(says, member, at + "." + name); !found.empty()) return found;
    }
    return {};
  }

  const Json& description_;
};

}  // namespace nc::catalog::test
