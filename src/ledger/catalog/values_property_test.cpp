// Laws over random input: the rule language is total and Kleene's; what a form shows reads back.
#include <gtest/gtest.h>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include <rapidcheck/gtest.h>
#pragma GCC diagnostic pop

#include "base/civil.h"
#include "base/text.h"
#include "ledger/catalog/expression.h"
#include "ledger/catalog/json_schema.h"
#include "ledger/catalog/schema_for_test.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

using rc::gen::inRange;

std::string pick(const std::vector<std::string>& words) { return *rc::gen::elementOf(words); }

// A random expression text, syntactically right.
std::string random_expression(int depth) {
  static const std::vector<std::string> kLeaves{"a",     "b",    "c.total", "day1", "rows", "missing", "1", "0.5", "9223372036854775807",
                                                "\"x\"", "true", "false"};
  if (depth == 0) return pick(kLeaves);
  const auto sub = [&] { return random_expression(depth - 1); };
  switch (*inRange(0, 9)) {
    case 0: return "(" + sub() + ") and (" + sub() + ")";
    case 1: return "(" + sub() + ") or (" + sub() + ")";
    case 2: return "not (" + sub() + ")";
    case 3: return "(" + sub() + ") " + pick({"==", "!=", "<", "<=", ">", ">="}) + " (" + sub() + ")";
    case 4: return "(" + sub() + ") " + pick({"+", "-", "*"}) + " (" + sub() + ")";
    case 5: return pick({"present", "count", "first_day", "last_day", "year", "length"}) + "(" + sub() + ")";
    case 6: return pick({"min", "max", "one_of", "contains", "sum"}) + "(" + sub() + ", " + sub() + ")";
    case 7: return "day(" + sub() + ", " + sub() + ", " + sub() + ")";
    default: return pick(kLeaves);
  }
}

Json random_values() {
  Json out;
  const auto maybe = [&](const char* key, const Json& value) {
    if (*inRange(0, 3) > 0) out.set(key, value);
  };
  maybe("a", Json(std::int64_t{*inRange(-1000, 1000)}));
  maybe("b", Json(pick({"x", "1.5", "-3", "held"})));
  maybe("c", Json().set("total", std::int64_t{*inRange(0, 50)}));
  maybe("day1", json_from_date({*inRange(-1000, 30000), DatePrecision::kDay, false}));
  maybe("rows", Json(JsonArray{Json().set("x", 1), Json("x"), Json().set("x", "2.5")}));
  return out.is_null() ? Json(JsonObject{}) : out;
}

std::optional<bool> truth(const std::string& text, const Json& values) {
  const auto expression = Expression::parse(text);
  RC_ASSERT(expression.has_value());
  return expression->truth(values);
}

RC_GTEST_PROP(ExpressionLaws, EveryExpressionHasAnAnswer, ()) {
  const auto text = random_expression(*inRange(0, 4));
  const auto values = random_values();
  const auto expression = Expression::parse(text);
  RC_ASSERT(expression.has_value());
  const auto first = expression->truth(values);
  RC_ASSERT(first == expression->truth(values));
  RC_ASSERT(!(first && expression->number(values, 3)));  // a truth is no number
}

RC_GTEST_PROP(ExpressionLaws, Kleene, ()) {
  const auto values = random_values();
  const auto a = "(" + random_expression(2) + ")", b = "(" + random_expression(2) + ")", c = "(" + random_expression(1) + ")";
  const auto is = [&](const std::string& left, const std::string& right) { RC_ASSERT(truth(left, values) == truth(right, values)); };
  is(a + " and " + b, b + " and " + a);
  is(a + " or " + b, b + " or " + a);
  is("not (" + a + " and " + b + ")", "not " + a + " or not " + b);
  is("not (" + a + " or " + b + ")", "not " + a + " and not " + b);
  is("not not " + a, a + " and " + a);
  is("(" + a + " and " + b + ") and " + c, a + " and " + b + " and " + c);
  is(a + " and (" + b + " or " + c + ")", a + " and " + b + " or " + a + " and " + c);
  is(a + " or false", a + " and true");
}

RC_GTEST_PROP(ExpressionLaws, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto expression = Expression::parse(text);
  if (!expression) RC_ASSERT(expression.error().where.starts_with("column "));
  if (expression) {
    const auto values = random_values();
    RC_ASSERT(!(expression->truth(values) && expression->number(values, 0)));
  }
}

Field field(FieldKind kind) {
  Field out;
  out.id = "f";
  out.kind = kind;
  out.scale = *inRange(1, 7);
  out.options = out.roles = {{"a", {"Một", "One"}}, {"b", {"Hai", "Two"}}, {"old", {"Cũ", "Old"}, true}};
  out.counts = true;
  return out;
}

std::string random_text(bool lines) {
  static const std::vector<std::string> kPieces{"Đồn", "x", " ", "ạ", "会", "1", "“", ".", "ກ"};
  std::string out = "t";
  const int pieces = *inRange(0, 8);
  for (int i = 0; i < pieces; ++i) out += lines && *inRange(0, 4) == 0 ? "\n" : pick(kPieces);
  return to_nfc(trim(out));
}

Json random_date() {
  CivilDate date;
  const int year = *inRange(1000, 9999), month = *inRange(1, 13), dom = *inRange(1, 29);
  switch (*inRange(0, 4)) {
    case 0: date = {to_day(year, month, dom), DatePrecision::kDay}; break;
    case 1: date = {to_day(year, month, 1), DatePrecision::kMonth}; break;
    case 2: date = {to_day(year, 1, 1), DatePrecision::kYear}; break;
    default: date = {month * 100 + dom, DatePrecision::kMonthDay};
  }
  date.inferred = *rc::gen::arbitrary<bool>();
  return json_from_date(date);
}

std::string random_decimal(int scale) {
  const auto whole = *inRange<std::int64_t>(0, 10'000'000);
  std::string fraction;
  for (int i = 0; i < scale; ++i) fraction += static_cast<char>('0' + *inRange(0, 10));
  fraction.erase(fraction.find_last_not_of('0') + 1);
  auto out = std::to_string(whole) + (fraction.empty() ? "" : "." + fraction);
  return out != "0" && *inRange(0, 3) == 0 ? "-" + out : out;
}

std::string random_hex(int digits) {
  std::string out;
  for (int i = 0; i < digits; ++i) out += "0123456789abcdef"[static_cast<std::size_t>(*inRange(0, 16))];
  return out;
}

Json random_refs() {
  JsonArray out;
  const int count = *inRange(1, 5);
  for (int i = 0; i < count; ++i) {
    Json item = Json().set("ref", random_hex(31) + std::to_string(i));
    if (*rc::gen::arbitrary<bool>()) item.set("role", pick({"a", "b"}));
    if (*rc::gen::arbitrary<bool>()) item.set("count", std::int64_t{*inRange(0, 100000)});
    out.push_back(std::move(item));
  }
  return out;
}

Json random_persons() {
  Json out = Json().set(pick({"own", "counterpart", "total"}), std::int64_t{*inRange(0, 100000)});
  if (*rc::gen::arbitrary<bool>()) out.set("total", std::int64_t{*inRange(0, 100000)});
  if (*rc::gen::arbitrary<bool>()) out.set("basis", pick({"each_side", "both_sides", "unknown"}));
  if (*rc::gen::arbitrary<bool>()) out.set("counted", pick({"a", "b"}));
  if (*rc::gen::arbitrary<bool>()) out.set("qualifier", pick({"exact", "nearly", "magnitude"}));
  return out;
}

Json random_file() {
  Json out = Json()
                 .set("sha256", random_hex(64))
                 .set("name", random_text(false))
                 .set("media", "application/pdf")
                 .set("bytes", std::int64_t{*inRange(0, 60'000'000)});
  return *rc::gen::arbitrary<bool>() ? out.set("chunks", random_hex(64)) : out;
}

Json random_files() {
  JsonArray out;
  const int count = *inRange(1, 4);
  for (int i = 0; i < count; ++i) out.push_back(random_file());
  return out;
}

Json random_value(const Field& f);

Json random_lines(const Field& f) {
  JsonArray out;
  const int rows = *inRange(1, 4);
  for (int row = 0; row < rows; ++row) {
    Json cells;
    for (const auto& column : f.columns)
      if (*rc::gen::arbitrary<bool>()) cells.set(column.id, random_value(column));
    if (!cells.is_null()) out.push_back(std::move(cells));
  }
  return out.empty() ? Json() : Json(std::move(out));
}

Json random_value(const Field& f) {
  switch (f.kind) {
    case FieldKind::kText: return random_text(false);
    case FieldKind::kLongText: return random_text(true);
    case FieldKind::kFlag: return *rc::gen::arbitrary<bool>();
    case FieldKind::kDate: return random_date();
    case FieldKind::kDateRange: return Json().set(pick({"from", "to"}), random_date());
    case FieldKind::kInteger: return *inRange<std::int64_t>(-9'000'000'000'000'000, 9'000'000'000'000'000);
    case FieldKind::kDecimal: return random_decimal(f.scale);
    case FieldKind::kMoney: return Json().set("amount", random_decimal(2)).set("currency", pick({"VND", "USD", "LAK", "KHR"}));
    case FieldKind::kChoice: return pick({"a", "b", "old"});
    case FieldKind::kChoices: return *rc::gen::arbitrary<bool>() ? Json(JsonArray{"a", "old"}) : Json(JsonArray{"b"});
    case FieldKind::kRef: return random_hex(32);
    case FieldKind::kRefs: return random_refs();
    case FieldKind::kMarker: return pick({"165(1)", "1088/3", "260+500", "62", "5(2)/3(1)+10"});
    case FieldKind::kPlace: return Json().set("text", random_text(false)).set("area", random_text(false));
    case FieldKind::kPersons: return random_persons();
    case FieldKind::kQualifier: return pick({"exact", "about", "over", "nearly", "magnitude"});
    case FieldKind::kFile: return random_file();
    case FieldKind::kFiles: return random_files();
    case FieldKind::kPersonal: return Json().set("enc", Json(JsonArray{random_hex(8), random_hex(24), random_hex(40)}));
    case FieldKind::kLines: return random_lines(f);
  }
  return {};
}

RC_GTEST_PROP(TypedLaws, WhatAFormShowsReadsBack, ()) {
  Field f = field(static_cast<FieldKind>(*inRange(0, static_cast<int>(FieldKind::kLines) + 1)));
  if (f.kind == FieldKind::kLines)
    for (const auto kind : {FieldKind::kText, FieldKind::kInteger, FieldKind::kDate, FieldKind::kMoney, FieldKind::kPersons,
                            FieldKind::kFlag, FieldKind::kPlace}) {
      f.columns.push_back(field(kind));
      f.columns.back().id = field_kind_name(kind);
    }
  const Json value = random_value(f);
  const auto status = check_value(f, value);
  RC_LOG() << field_kind_name(f.kind) << " " << canonical(value) << (status ? "" : status.error().english());
  RC_ASSERT(status.has_value());
  if (f.kind == FieldKind::kPersonal) RC_SUCCEED("a form never shows what is sealed");
  const auto again = value_from_typed(f, typed_from_value(f, value));
  RC_ASSERT(again.has_value());
  RC_ASSERT(canonical(*again) == canonical(value));
  show_value(f, value, "vi", {});
}

RC_GTEST_PROP(SchemaLaws, AValueThatIsRightFitsItsSchema, ()) {
  static const Json description = Json().set("components", Json().set("schemas", shared_schemas()));
  Field f = field(static_cast<FieldKind>(*inRange(0, static_cast<int>(FieldKind::kLines) + 1)));
  if (f.kind == FieldKind::kPersonal) RC_SUCCEED("sent as text, kept sealed");
  if (f.kind == FieldKind::kLines)
    for (const auto kind : {FieldKind::kText, FieldKind::kInteger, FieldKind::kDate, FieldKind::kMoney, FieldKind::kPersons,
                            FieldKind::kFlag, FieldKind::kPlace}) {
      f.columns.push_back(field(kind));
      f.columns.back().id = field_kind_name(kind);
    }
  const Json value = random_value(f);
  RC_ASSERT(check_value(f, value).has_value());
  const auto fault = test::SchemaCheck(description).fault(value_schema(f, "vi", "#/components/schemas/"), value);
  RC_LOG() << field_kind_name(f.kind) << " " << fault;
  RC_ASSERT(fault.empty());
}

RC_GTEST_PROP(TypedLaws, AnyInputGivesARightValueOrARefusal, (const std::string& text)) {
  const Field f = field(static_cast<FieldKind>(*inRange(0, static_cast<int>(FieldKind::kLines))));
  TypedParts parts;
  for (const auto& part : form_parts(f)) parts[part] = {*rc::gen::arbitrary<bool>() ? text : std::string("1.384")};
  const auto value = value_from_typed(f, parts);
  const bool sealed_first = f.kind == FieldKind::kPersonal;
  if (value) RC_ASSERT(sealed_first || check_value(f, *value).has_value());
  else RC_ASSERT(value.error().where.starts_with("f"));
}

}  // namespace
}  // namespace nc::catalog
