#include "ledger/catalog/values.h"

#include <gtest/gtest.h>

namespace nc::catalog {
namespace {

const char* const kRef1 = "00000000000000000000000000000001";
const char* const kRef2 = "00000000000000000000000000000002";

Field field(FieldKind kind) {
  Field out;
  out.id = "f";
  out.kind = kind;
  out.label = {"F", "F"};
  out.scale = 3;
  out.options = out.roles = {{"a", {"Một", "One"}}, {"b", {"Hai", "Two"}}, {"old", {"Cũ", "Old"}, true}};
  out.counts = true;
  if (kind == FieldKind::kLines) {
    Field item = field(FieldKind::kText), day = field(FieldKind::kDate), worth = field(FieldKind::kMoney);
    item.id = "item";
    item.required = true;
    day.id = "day";
    worth.id = "worth";
    out.columns = {item, day, worth};
  }
  return out;
}

Json json(std::string_view text) {
  const auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Json();
}

// The refusal without its next step.
std::string reason(Error error) {
  error.next.clear();
  return error.english();
}

std::string checked(const Field& f, const Json& value) {
  const auto status = check_value(f, value);
  return status ? "fine" : reason(status.error());
}

std::string typed(const Field& f, const TypedParts& parts) {
  const auto value = value_from_typed(f, parts);
  return value ? canonical(*value) : value.error().english();
}

struct ValueCase {
  FieldKind kind;
  const char* value;
  const char* answer;
};
const ValueCase kValueCases[] = {
    {FieldKind::kText, R"("Đồn")", "fine"},
    {FieldKind::kText, R"("a\nb")", "f: The text may have only one line"},
    {FieldKind::kText, R"("a\u0007b")", "f: The text holds the control character U+0007"},
    {FieldKind::kText, R"("a\u202eb")", "f: The text holds the control character U+202E"},
    {FieldKind::kText, R"("")", "f: The text is empty"},
    {FieldKind::kText, "1", "f: This must be text"},
    {FieldKind::kLongText, R"("a\nb")", "fine"},
    {FieldKind::kFlag, "true", "fine"},
    {FieldKind::kFlag, "1", "f: This must be yes or no"},
    {FieldKind::kDate, R"({"day":18142,"precision":"day"})", "fine"},
    {FieldKind::kDate, R"({"day":18142,"precision":"month"})", "f: The value is not a date"},
    {FieldKind::kDate, R"({"day":1121,"precision":"month_day","inferred":true})", "fine"},
    {FieldKind::kDate, R"({"day":1131,"precision":"month_day"})", "f: There is no day 31 of a month 11"},
    {FieldKind::kDate, R"({"day":18142,"precision":"day","inferred":false})", "f: The value is not a date"},
    {FieldKind::kDate, R"({"day":18142,"precision":"day","hour":3})", "f: The value has an unknown part “hour”"},
    {FieldKind::kDate, R"({"day":99999999999,"precision":"day"})", "f: The value is not a date"},
    {FieldKind::kDateRange, R"({"from":{"day":10,"precision":"day"},"to":{"day":9,"precision":"day"}})",
     "f: The range ends before it begins"},
    {FieldKind::kDateRange, R"({"to":{"day":9,"precision":"day"}})", "fine"},
    {FieldKind::kDateRange, "{}", "f: The value is missing"},
    {FieldKind::kInteger, "5", "fine"},
    {FieldKind::kInteger, R"("5")", "f: This must be a whole number"},
    {FieldKind::kDecimal, R"("157.422")", "fine"},
    {FieldKind::kDecimal, R"("157.4221")", "f: The number has more than 3 decimals"},
    {FieldKind::kDecimal, R"("157.40")", "f: “157.40” is not the shortest form of the number"},
    {FieldKind::kDecimal, R"("-0")", "f: “-0” is not the shortest form of the number"},
    {FieldKind::kDecimal, R"("1e3")", "f: “1e3” is not a decimal number"},
    {FieldKind::kDecimal, "5", "f: A decimal must be written as text"},
    {FieldKind::kMoney, R"({"amount":"250000000","currency":"VND"})", "fine"},
    {FieldKind::kMoney, R"({"amount":"1","currency":"DNV"})", "f.currency: This is not a currency of ISO 4217"},
    {FieldKind::kMoney, R"({"amount":"1.234","currency":"VND"})", "f.amount: The number has more than 2 decimals"},
    {FieldKind::kChoice, R"("a")", "fine"},
    {FieldKind::kChoice, R"("old")", "fine"},
    {FieldKind::kChoice, R"("z")", "f: “z” cannot be chosen here"},
    {FieldKind::kChoices, R"(["a","b"])", "fine"},
    {FieldKind::kChoices, R"(["a","a"])", "f: An element stands twice"},
    {FieldKind::kChoices, R"(["a",7])", "f[2]: This must be text"},
    {FieldKind::kRef, R"("00000000000000000000000000000001")", "fine"},
    {FieldKind::kRef, R"("xyz")", "f: This is not the id of a record: 32 digits 0 to 9, a to f"},
    {FieldKind::kRefs, R"([{"ref":"00000000000000000000000000000001","role":"a","count":3}])", "fine"},
    {FieldKind::kRefs, R"([{"role":"a"}])", "f[1].ref: This is not the id of a record: 32 digits 0 to 9, a to f"},
    {FieldKind::kRefs, R"([{"ref":"00000000000000000000000000000001","role":"z"}])", "f[1].role: “z” cannot be chosen here"},
    {FieldKind::kMarker, R"("1088/3")", "fine"},
    {FieldKind::kPlace, R"({"text":"Bu Prăng","area":"Mondulkiri"})", "fine"},
    {FieldKind::kPlace, R"({"text":null})", "f.text: The value is missing"},
    {FieldKind::kPersons, R"({"total":23,"basis":"both_sides","counted":"a","qualifier":"nearly"})", "fine"},
    {FieldKind::kPersons, R"({"basis":"both_sides"})", "f: At least one number of persons is needed"},
    {FieldKind::kPersons, R"({"total":-1})", "f.total: A number of persons or things cannot be negative"},
    {FieldKind::kPersons, R"({"total":1,"basis":"all"})", "f.basis: “all” cannot be chosen here"},
    {FieldKind::kQualifier, R"("nearly")", "fine"},
    {FieldKind::kQualifier, R"("circa")", "f: “circa” cannot be chosen here"},
    {FieldKind::kFile, R"({"sha256":"00","name":"a.pdf","media":"application/pdf","bytes":1})",
     "f.sha256: This is not a SHA-256: 64 digits 0 to 9, a to f"},
    {FieldKind::kPersonal, R"({"enc":["k1","bm9uY2U=","Y2lwaGVy"]})", "fine"},
    {FieldKind::kPersonal, R"("Nguyễn Văn A")", "f: This must be an object"},
    {FieldKind::kPersonal, R"({"enc":["k1","","Nguyễn"]})", "f: Personal data must be encrypted"},
    {FieldKind::kLines, R"([{"item":"Gạo","worth":{"amount":"5","currency":"VND"}}])", "fine"},
    {FieldKind::kLines, R"([{"item":"Gạo"},{"day":{"day":1,"precision":"day"}}])", "f[2].item: This must be filled in"},
    {FieldKind::kLines, R"([{"item":"Gạo","x":1}])", "f[1]: There is no column “x”"},
    {FieldKind::kLines, R"([{}])", "f[1]: A row must have a value in a column"},
    {FieldKind::kText, "null", "fine"},
};

TEST(CheckValue, EachKind) {
  for (const auto& c : kValueCases) EXPECT_EQ(checked(field(c.kind), json(c.value)), c.answer) << field_kind_name(c.kind) << " " << c.value;
}

TEST(CheckValue, LengthIsInCharactersAndTextIsNfc) {
  Field f = field(FieldKind::kText);
  f.length_max = 3;
  EXPECT_EQ(checked(f, Json("Đồn")), "fine");
  EXPECT_EQ(checked(f, Json("Đồn1")), "f: The text is longer than 3 characters");
  EXPECT_EQ(checked(f, Json("e\xcc\x81")), "f: Text is not in Unicode normal form NFC");
  EXPECT_EQ(checked(f, Json("\xff")), "f: Text is not valid UTF-8");
}

std::string said(const Field& f, const Json& value) {
  const auto status = check_value(f, value);
  return status ? "fine" : status.error().english();
}

TEST(CheckValue, DateWrittenAsTextIsAnsweredWithTheNotationOrTheDayThatIsMissing) {
  EXPECT_EQ(said(field(FieldKind::kDate), Json("3/9/2019")),
            "f: A date stands here as text: “3/9/2019”. Write it as {\"day\":18142,\"precision\":\"day\"}");
  EXPECT_EQ(said(field(FieldKind::kDateRange), Json("2019")),
            "f: A date stands here as text: “2019”. Write it as {\"from\":{\"day\":17897,\"precision\":\"year\"}}");
  for (const auto kind : {FieldKind::kDate, FieldKind::kDateRange})
    EXPECT_TRUE(said(field(kind), Json("31/02/2024"))
                    .starts_with("f: There is no date “31/02/2024”, and none is written as text here. 1 January 2024 is written {"));
  EXPECT_TRUE(said(field(FieldKind::kDateRange), json(R"({"from":"soon"})")).starts_with("f.from: There is no date “soon”, "));
  EXPECT_TRUE(
      said(field(FieldKind::kDate), json(R"({"day":231,"precision":"month_day"})")).starts_with("f: There is no day 31 of a month 2. A "));
}

TEST(CheckValue, RefusalsThatAFormShowsNameTheNextStep) {
  Field number = field(FieldKind::kInteger), text = field(FieldKind::kText);
  number.min = "0";
  text.length_max = 3;
  EXPECT_EQ(said(number, Json(-1)), "f: The number is less than 0. Check the number");
  EXPECT_EQ(said(text, Json("long")), "f: The text is longer than 3 characters. Shorten it");
  EXPECT_EQ(said(text, Json("a\nb")), "f: The text may have only one line. Take out the line breaks");
  EXPECT_EQ(said(text, Json("a\xe2\x80\xae")),
            "f: The text holds the control character U+202E. Remove this character; it is often copied along unseen");
  const auto range = json(R"({"from":{"day":2,"precision":"day"},"to":{"day":1,"precision":"day"}})");
  EXPECT_EQ(said(field(FieldKind::kDateRange), range), "f: The range ends before it begins. Check both days");
}

TEST(CheckValue, Bounds) {
  Field f = field(FieldKind::kDecimal);
  f.min = "0.5";
  f.max = "10";
  EXPECT_EQ(checked(f, Json("0.5")), "fine");
  EXPECT_EQ(checked(f, Json("0.499")), "f: The number is less than 0.5");
  EXPECT_EQ(checked(f, Json("10.001")), "f: The number is more than 10");
}

TEST(Typed, NumbersAsVietnameseWriteThem) {
  const auto integer = field(FieldKind::kInteger), decimal = field(FieldKind::kDecimal), money = field(FieldKind::kMoney);
  struct Case {
    const Field* f;
    const char* part;
    const char* text;
    const char* answer;
  };
  const Case cases[] = {
      {&integer, "", "1.384", "1384"},
      {&integer, "", " 1 384 ", "1384"},
      {&integer, "", "1.384.000", "1384000"},
      {&integer, "", "-7", "-7"},
      {&integer, "", "\u22127", "-7"},
      {&integer, "", "007", "7"},
      {&integer, "", "13.84", "f: “13.84” is not a number. Write a whole number, as 1384 or 1.384"},
      {&integer, "", "1,384", "f: “1,384” is not a number. Write a whole number, as 1384 or 1.384"},
      {&integer, "", "99999999999999999", "f: A whole number is larger than 2^53"},
      {&integer, "", "", "null"},
      {&decimal, "", "15,8", "\"15.8\""},
      {&decimal, "", "15.8", "\"15.8\""},
      {&decimal, "", "1.384", "\"1.384\""},
      {&decimal, "", "1.384,5", "\"1384.5\""},
      {&decimal, "", "1.384.000", "\"1384000\""},
      {&decimal, "", "15,800", "\"15.8\""},
      {&decimal, "", "-0,0", "\"0\""},
      {&decimal, "", "1,384.5", "f: “1,384.5” is not a number. Write a number with a comma before the decimals, as 15,8 or 1.384,5"},
      {&decimal, "", "1,2345",
       "f: The number has more than 3 decimals. Write a number with a comma before the decimals, as 15,8 or 1.384,5"},
      {&money, "amount", "250.000.000", R"({"amount":"250000000","currency":"VND"})"},
      {&money, "amount", "250.000", R"({"amount":"250000","currency":"VND"})"},
      {&money, "amount", "12,5", R"({"amount":"12.5","currency":"VND"})"},
  };
  for (const auto& c : cases) EXPECT_EQ(typed(*c.f, {{c.part, {c.text}}}), c.answer) << c.text;
}

TEST(Typed, Dates) {
  const auto date = field(FieldKind::kDate), range = field(FieldKind::kDateRange);
  EXPECT_EQ(typed(date, {{"", {"3/9/2019"}}}), R"({"day":18142,"precision":"day"})");
  EXPECT_EQ(typed(date, {{"", {"21/11"}}, {"inferred", {"on"}}}), R"({"day":1121,"inferred":true,"precision":"month_day"})");
  EXPECT_EQ(typed(date, {{"", {"31/02/2024"}}}), "f: There is no day 31/2/2024. Check the day and the month");
  EXPECT_EQ(typed(range, {{"from", {"9/2019"}}}), R"({"from":{"day":18140,"precision":"month"}})");
  EXPECT_EQ(typed(range, {{"", {"2019"}}}), R"({"from":{"day":17897,"precision":"year"},"to":{"day":17897,"precision":"year"}})");
  EXPECT_EQ(typed(range, {{"from", {"2/1/2020"}}, {"to", {"1/1/2020"}}}), "f: The range ends before it begins. Check both days");
  EXPECT_EQ(typed(range, {{"from", {"x"}}}).substr(0, 29), "f.from: “x” is not a date");
}

TEST(Typed, TextIsCleanedAndControlCharactersNamed) {
  EXPECT_EQ(typed(field(FieldKind::kText), {{"", {"  He\xcc\x81 \t"}}}), "\"H\u00e9\"");
  EXPECT_EQ(typed(field(FieldKind::kLongText), {{"", {"a\r\nb"}}}), "\"a\\nb\"");
  EXPECT_EQ(typed(field(FieldKind::kText), {{"", {"a\x01"}}}),
            "f: The text holds the control character U+0001. Remove this character; it is often copied along unseen");
  EXPECT_EQ(typed(field(FieldKind::kText), {{"", {"\xff"}}}), "f: Text is not valid UTF-8");
  EXPECT_EQ(typed(field(FieldKind::kText), {{"", {"a", "b"}}}), "f: Only one value can stand here. Leave one of them");
  EXPECT_EQ(typed(field(FieldKind::kText), {}), "null");
}

TEST(Typed, OptionsByIdOrLabel) {
  const auto choice = field(FieldKind::kChoice);
  EXPECT_EQ(typed(choice, {{"", {"a"}}}), "\"a\"");
  EXPECT_EQ(typed(choice, {{"", {"MỘT"}}}), "\"a\"");
  EXPECT_EQ(typed(choice, {{"", {"two"}}}), "\"b\"");
  EXPECT_EQ(typed(choice, {{"", {"ba"}}}), "f: “ba” cannot be chosen here");
  EXPECT_EQ(typed(field(FieldKind::kChoices), {{"", {"a", "", "b", "a"}}}), R"(["a","b"])");
}

TEST(Typed, RefsAreParallelLists) {
  const auto refs = field(FieldKind::kRefs);
  EXPECT_EQ(form_parts(refs), (std::vector<std::string>{"ref", "role", "count"}));
  EXPECT_EQ(typed(refs, {{"ref", {kRef1, "", kRef2}}, {"role", {"a", "", ""}}, {"count", {"12", "", ""}}}),
            R"([{"count":12,"ref":"00000000000000000000000000000001","role":"a"},{"ref":"00000000000000000000000000000002"}])");
  EXPECT_EQ(typed(refs, {{"ref", {kRef1}}, {"count", {"1", "2"}}}), "f.count: The inputs of the rows do not fit together");
  EXPECT_EQ(typed(refs, {{"ref", {""}}, {"count", {"5"}}}), "f[1].ref: A number stands here without the record it belongs to");
}

TEST(Typed, LinesDropEmptyRows) {
  const auto lines = field(FieldKind::kLines);
  EXPECT_EQ(form_parts(lines), (std::vector<std::string>{"item", "day", "day.inferred", "worth.amount", "worth.currency"}));
  EXPECT_EQ(typed(lines, {{"item", {"Gạo", "", "Áo"}}, {"worth.amount", {"50.000", "", ""}}, {"worth.currency", {"VND", "VND", "VND"}}}),
            R"([{"item":"Gạo","worth":{"amount":"50000","currency":"VND"}},{"item":"Áo"}])");
  EXPECT_EQ(typed(lines, {{"item", {"Gạo"}}, {"day", {"31/02/2024"}}}).substr(0, 9), "f[1].day:");
  EXPECT_EQ(typed(lines, {{"item", {"Gạo", "Áo"}}, {"day", {"1/2/2024"}}}), "f.day: The inputs of the rows do not fit together");
}

TEST(Typed, PersonsPlaceMarkerFlag) {
  EXPECT_EQ(typed(field(FieldKind::kPersons), {{"own", {"1.200"}}, {"counted", {"Một"}}, {"basis", {"own_only"}}}),
            R"({"basis":"own_only","counted":"a","own":1200})");
  EXPECT_EQ(typed(field(FieldKind::kPersons), {{"basis", {"own_only"}}}), "f: At least one number of persons is needed");
  EXPECT_EQ(typed(field(FieldKind::kPlace), {{"", {"Bu Prăng"}}}), R"({"text":"Bu Prăng"})");
  EXPECT_EQ(typed(field(FieldKind::kMarker), {{"", {" 165 (1) "}}}), "\"165(1)\"");
  EXPECT_EQ(typed(field(FieldKind::kFlag), {{"", {"Có"}}}), "true");
  EXPECT_EQ(typed(field(FieldKind::kFlag), {{"", {"0"}}}), "false");
  EXPECT_EQ(typed(field(FieldKind::kPersonal), {{"", {"Nguyễn Văn A"}}}), "\"Nguyễn Văn A\"") << "a text, to be sealed";
  EXPECT_TRUE(typed_from_value(field(FieldKind::kPersonal), parse_json(R"({"enc":["k1","bm9uY2U=","Y2lwaGVy"]})").value()).empty());
}

TEST(Marker, Notation) {
  const auto full = parse_marker("1088(2)/3(1)+500");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->main, 1088);
  EXPECT_EQ(full->main_twin, 2);
  EXPECT_EQ(full->sub, 3);
  EXPECT_EQ(full->sub_twin, 1);
  EXPECT_EQ(full->metres, 500);
  EXPECT_EQ(parse_marker("62")->sub, -1);
  for (const char* bad : {"", "12345", "165(", "165()", "165(12)", "1/", "1/1234", "1+", "1+12345", "a", "1 ", "1/2/3", "1+5/2", "-1"})
    EXPECT_FALSE(parse_marker(bad)) << bad;
}

TEST(Show, ForPeople) {
  const NameOf name_of = [](const RecordId& id) { return "#" + id.hex().substr(31); };
  struct Case {
    FieldKind kind;
    const char* value;
    const char* vi;
    const char* en;
  };
  const Case cases[] = {
      {FieldKind::kInteger, "1384", "1.384", "1,384"},
      {FieldKind::kInteger, "-123456", "-123.456", "-123,456"},
      {FieldKind::kDecimal, R"("15.3")", "15,3", "15.3"},
      {FieldKind::kMoney, R"({"amount":"250000000","currency":"VND"})", "250.000.000 VND", "250,000,000 VND"},
      {FieldKind::kDate, R"({"day":18142,"precision":"day"})", "03/09/2019", "03/09/2019"},
      {FieldKind::kDate, R"({"day":18140,"precision":"month","inferred":true})", "09/2019 (suy ra)", "09/2019 (inferred)"},
      {FieldKind::kDate, R"({"day":1121,"precision":"month_day"})", "21/11 (không rõ năm)", "21/11 (year not known)"},
      {FieldKind::kDateRange, R"({"from":{"day":18142,"precision":"day"},"to":{"day":18144,"precision":"day"}})", "03/09/2019 – 05/09/2019",
       "03/09/2019 – 05/09/2019"},
      {FieldKind::kDateRange, R"({"from":{"day":18142,"precision":"day"}})", "03/09/2019", "03/09/2019"},
      {FieldKind::kChoice, R"("a")", "Một", "One"},
      {FieldKind::kChoices, R"(["a","b"])", "Một; Hai", "One; Two"},
      {FieldKind::kRefs, R"([{"ref":"00000000000000000000000000000001","role":"b","count":1200}])", "#1 (Hai, 1.200)", "#1 (Two, 1,200)"},
      {FieldKind::kPersons, R"({"own":12,"counterpart":11,"total":23,"basis":"both_sides","counted":"a","qualifier":"nearly"})",
       "gần 23 Một (ta 12, bạn 11; cả hai bên)", "nearly 23 One (ours 12, theirs 11; both sides)"},
      {FieldKind::kPersons, R"({"total":1,"counted":"a"})", "1 Một", "One: 1"},
      {FieldKind::kPersons, R"({"total":2,"counted":"a"})", "2 Một", "2 One"},
      {FieldKind::kPlace, R"({"text":"Bu Prăng","area":"Mondulkiri"})", "Bu Prăng (Mondulkiri)", "Bu Prăng (Mondulkiri)"},
      {FieldKind::kFlag, "true", "có", "yes"},
      {FieldKind::kPersonal, R"({"enc":["a","b","c"]})", "•••", "•••"},
      {FieldKind::kLines, R"([{"item":"Gạo","worth":{"amount":"5","currency":"VND"}}])", "F: Gạo, F: 5 VND", "F: Gạo, F: 5 VND"},
      {FieldKind::kText, "null", "", ""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(show_value(field(c.kind), json(c.value), "vi", name_of), c.vi) << c.value;
    EXPECT_EQ(show_value(field(c.kind), json(c.value), "en", name_of), c.en) << c.value;
  }
}

class CheckRecord : public testing::Test {
 protected:
  void SetUp() override {
    const auto catalog = Catalog::load(NC_SOURCE_DIR "/src/ledger/catalog/testdata/good");
    ASSERT_TRUE(catalog) << catalog.error().english();
    catalog_ = *catalog;
    type_ = catalog_->find("sample_visit");
  }
  [[nodiscard]] std::vector<std::string> findings(const char* values) const {
    std::vector<std::string> out;
    for (const auto& f : check_record(*type_, json(values)))
      out.push_back((f.question ? "?" : "!") + f.rule + ":" + (f.fields.empty() ? "" : f.fields[0]));
    return out;
  }
  std::shared_ptr<const Catalog> catalog_;
  const Type* type_ = nullptr;
};

TEST_F(CheckRecord, FineIsEmpty) {
  EXPECT_TRUE(findings(R"({"status":"held","sub_kind":"courtesy","own_units":[],"persons":{"total":2}})").empty());
}

TEST_F(CheckRecord, FindsEverythingAtOnce) {
  using Found = std::vector<std::string>;
  EXPECT_EQ(findings(R"({"status":"held"})"), (Found{"!required:sub_kind"}));
  EXPECT_EQ(findings(R"({"colour":"red","status":"gone","sub_kind":"courtesy"})"), (Found{"!unknown:colour", "!value:status"}));
  EXPECT_EQ(findings(R"({"status":"held","sub_kind":"old","hours":5})"), (Found{"?retired:sub_kind", "?retired:hours"}));
  EXPECT_EQ(findings(R"({"status":"held","sub_kind":"courtesy","marker_to":"5"})"), (Found{"!markers_pair:marker_from"}));
  EXPECT_EQ(findings(R"({"status":"held","sub_kind":"courtesy","persons":{"total":1}})"), (Found{"?few_persons:persons"}));
  EXPECT_EQ(findings(R"({"status":"held","sub_kind":"courtesy","persons":{"own":1}})"), (Found{})) << "an unknown total asks nothing";
}

TEST_F(CheckRecord, MessagesSayWhere) {
  const auto found = check_record(*type_, json(R"({"status":"held","sub_kind":"courtesy","gifts":[{"item":"a"},{"pieces":1}]})"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].error.where, "gifts[2].item");
  const auto rule = check_record(*type_, json(R"({"status":"held","sub_kind":"courtesy","marker_to":"5"})"));
  ASSERT_EQ(rule.size(), 1u);
  EXPECT_EQ(rule[0].message.vi, "Thiếu mốc đầu.");
}

}  // namespace
}  // namespace nc::catalog
