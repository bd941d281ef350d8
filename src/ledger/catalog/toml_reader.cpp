#include "ledger/catalog/toml_reader.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/text.h"
#include "ledger/catalog/text_rules.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {
constexpr std::size_t kLabelLengthMax = 2000, kNearestShown = 3;
}

std::string nearest_of(std::string_view typed, std::vector<std::string> valid) {
  auto shown = nearest_first(typed, std::move(valid));
  shown.resize(std::min(shown.size(), kNearestShown));
  return join(shown, ", ");
}

std::string Problem::place(std::size_t line, std::size_t column) const {
  return file_name_ + ":" + std::to_string(line) + ":" + std::to_string(column);
}

void Problem::refuse(const Toml& at, const char* message, std::vector<std::string> args) {
  refuse(at.line, at.column, message, std::move(args));
}

void Problem::refuse(std::size_t line, std::size_t column, const char* message, std::vector<std::string> args) {
  refuse(Error(ErrorCode::kInvalid, message, std::move(args)).at(place(line, column)));
}

const Toml* TableReader::find(std::string_view key) {
  known_.emplace(key);
  for (const auto& member : table_.members)
    if (member.key == key) return &member.value;
  return nullptr;
}

const Toml* TableReader::need(std::string_view key) {
  const auto* found = find(key);
  if (found == nullptr) problem_.refuse(table_, NC_MSG("The key “{1}” is missing"), {std::string(key)});
  return found;
}

std::string TableReader::text(std::string_view key, bool required) {
  const auto* found = required ? need(key) : find(key);
  if (found == nullptr) return {};
  if (found->kind != Toml::Kind::kText) problem_.refuse(*found, NC_MSG("“{1}” must be text in quotes"), {std::string(key)});
  else if (trim(found->text).empty()) problem_.refuse(*found, NC_MSG("“{1}” is empty"), {std::string(key)});
  else if (characters(found->text) > kLabelLengthMax)
    problem_.refuse(*found, NC_MSG("“{1}” is longer than {2} characters"), {std::string(key), std::to_string(kLabelLengthMax)});
  return found->text;
}

std::string TableReader::id(std::string_view key) {
  const auto value = text(key, true);
  if (!problem_.found() && !is_id(value))
    problem_.refuse(*find(key), NC_MSG("“{1}” is not an id: small letters a to z, digits and _, at most 64"), {value});
  return value;
}

std::string TableReader::option_id(std::string_view key) {
  const auto value = text(key, true);
  if (!problem_.found() && !is_option_id(value))
    problem_.refuse(*find(key), NC_MSG("“{1}” is not an option id: letters, digits, _ and -, at most 64"), {value});
  return value;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (found->kind != Toml::Kind::kInteger || found->integer < least || found->integer > most) {
    problem_.refuse(*found, NC_MSG("“{1}” must be a whole number from {2} to {3}"),
                    {std::string(key), std::to_string(least), std::to_string(most)});
    return std::nullopt;
  }
  return found->integer;
}

bool TableReader::flag(std::string_view key, bool fallback) {
  const auto* found = find(key);
  if (found == nullptr) return fallback;
  if (found->kind != Toml::Kind::kFlag) problem_.refuse(*found, NC_MSG("“{1}” must be true or false"), {std::string(key)});
  return found->flag;
}

Label TableReader::label(std::string_view key, bool required) {
  const auto* found = required ? need(key) : find(key);
  if (found == nullptr) return {};
  if (found->kind != Toml::Kind::kTable) {
    problem_.refuse(*found, NC_MSG("“{1}” must be written { vi = \"...\", en = \"...\" }"), {std::string(key)});
    return {};
  }
  TableReader inner(problem_, *found);
  Label out{inner.text("vi", true), inner.text("en", true)};
  inner.finish();
  return out;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  std::vector<std::string> out;
  const auto* found = find(key);
  if (found == nullptr) return out;
  if (found->kind != Toml::Kind::kArray) problem_.refuse(*found, NC_MSG("“{1}” must be a list in square brackets"), {std::string(key)});
  for (const auto& item : found->items) {
    if (item.kind != Toml::Kind::kText) problem_.refuse(item, NC_MSG("“{1}” may hold only text in quotes"), {std::string(key)});
    else if (std::find(out.begin(), out.end(), item.text) != out.end()) problem_.refuse(item, NC_MSG("“{1}” stands twice"), {item.text});
    out.push_back(item.text);
  }
  return out;
}

std::vector<const Toml*> TableReader::tables(std::string_view key) {
  std::vector<const Toml*> out;
  const auto* found = find(key);
  if (found == nullptr) return out;
  if (found->kind != Toml::Kind::kArray) problem_.refuse(*found, NC_MSG("“{1}” must be a list of tables"), {std::string(key)});
  for (const auto& item : found->items) {
    if (item.kind != Toml::Kind::kTable) problem_.refuse(item, NC_MSG("“{1}” must be a list of tables"), {std::string(key)});
    else out.push_back(&item);
  }
  return out;
}

std::string TableReader::word(std::string_view key, std::initializer_list<std::string_view> names, std::string_view fallback) {
  const auto* found = find(key);
  if (found == nullptr) return std::string(fallback);
  if (found->kind == Toml::Kind::kText && std::find(names.begin(), names.end(), found->text) != names.end()) return found->text;
  problem_.refuse(*found, NC_MSG("“{1}” must be one of: {2}"),
                  {std::string(key), join(std::vector<std::string>(names.begin(), names.end()), ", ")});
  return std::string(fallback);
}

void TableReader::finish() {
  for (const auto& member : table_.members)
    if (!known_.contains(member.key))
      problem_.refuse(Error(ErrorCode::kInvalid, NC_MSG("The key “{1}” is unknown here"),
                            {member.key, nearest_of(member.key, {known_.begin(), known_.end()})})
                          .at(problem_.place(member.line, member.column))
                          .then(NC_MSG("The nearest that there are: {2}")));
}

}  // namespace nc::catalog
