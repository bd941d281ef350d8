#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

Finding built_in(bool question, std::string rule, const std::string& field, Error error) {
  if (error.where.empty()) error.where = field;
  return {question, std::move(rule), {field}, {}, std::move(error)};
}

bool is_empty(const Json& value) { return value.is_null() || (value.is_array() && value.as_array().empty()); }

// A chosen option that is retired, or null.
const Option* retired_option(const Field& field, const Json& value) {
  const auto retired = [&](const Json& id) -> const Option* {
    const auto* option = id.is_string() ? field.option(id.as_string()) : nullptr;
    return option != nullptr && option->retired ? option : nullptr;
  };
  if (field.kind == FieldKind::kChoice) return retired(value);
  if (field.kind != FieldKind::kChoices || !value.is_array()) return nullptr;
  for (const auto& item : value.as_array())
    if (const auto* option = retired(item)) return option;
  return nullptr;
}

void check_known_fields(const Type& type, const Json& values, std::vector<Finding>& out) {
  if (!values.is_object()) return;
  for (const auto& [id, value] : values.as_object())
    if (type.field(id) == nullptr)
      out.push_back(built_in(false, "unknown", id,
                             Error(ErrorCode::kInvalid, NC_MSG("The type “{1}” has no field “{2}”"), {type.id, id})
                                 .then(NC_MSG("Leave the field out, or use a type that has it"))));
}

void check_field(const Field& field, const Json& value, bool well_formed, std::vector<Finding>& out) {
  if (is_empty(value)) {
    if (field.required && !field.retired)
      out.push_back(built_in(false, "required", field.id, Error(ErrorCode::kInvalid, NC_MSG("This must be filled in"))));
    return;
  }
  if (!well_formed) {
    if (const auto status = check_value(field, value); !status) {
      out.push_back(built_in(false, "value", field.id, status.error()));
      return;
    }
  }
  if (field.retired) out.push_back(built_in(true, "retired", field.id, Error(ErrorCode::kInvalid, NC_MSG("This field is no longer used"))));
  if (const auto* option = retired_option(field, value))
    out.push_back(
        built_in(true, "retired", field.id, Error(ErrorCode::kInvalid, NC_MSG("The option “{1}” is no longer used"), {option->id})));
}

std::vector<Finding> check(const Type& type, const Json& values, bool well_formed) {
  std::vector<Finding> out;
  check_known_fields(type, values, out);
  for (const auto& field : type.fields) check_field(field, values[field.id], well_formed, out);
  for (const auto& rule : type.rules)
    if (rule.check.truth(values) == false) out.push_back({false, rule.id, rule.fields, rule.message, {}});
  for (const auto& question : type.questions)
    if (question.check.truth(values) == true) out.push_back({true, question.id, question.fields, question.message, {}});
  return out;
}

}  // namespace

std::vector<Finding> check_record(const Type& type, const Json& values) { return check(type, values, false); }
std::vector<Finding> check_well_formed(const Type& type, const Json& values) { return check(type, values, true); }

}  // namespace nc::catalog
