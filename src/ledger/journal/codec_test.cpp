#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/limits.h"
#include "foundation/crypto/sign.h"
#include "ledger/journal/testing.h"

namespace nc::journal {
namespace {

using namespace testing;

constexpr const char* kUnit = "00112233445566778899aabbccddeeff";

Entry sample() {
  Desk desk;
  auto entry = desk.set({{"place", "Bù Prăng"}, {"people", 8}}, {});
  entry.body.confirmed["many"] = "counted twice";
  entry.body.origin = id_of<Digest>(4);
  return finish(entry.header, entry.body);
}

Entry binding_sample() {
  Desk desk;
  const auto first = desk.set({{"place", "x"}}, {});
  auto entry = desk.approve({first.hash});
  entry.body.shown = id_of<Digest>(9);
  return finish(entry.header, entry.body);
}

std::string without(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  return text.replace(at, from.size(), to);
}

void refused_header(const std::string& from, const std::string& to, const std::string& where) {
  const auto bytes = without(sample().header_bytes, from, to);
  const auto result = decode_header(bytes);
  ASSERT_FALSE(result) << bytes;
  EXPECT_EQ(result.error().where, where) << result.error().english();
}

std::string refused_body(const std::string& bytes, Form form) {
  const auto result = decode_body(bytes, form);
  return result ? "taken: " + bytes : result.error().english();
}

std::string body_with(const std::string& members) {
  // Put into canonical order, so that a test reads in the order of its thought.
  return canonical(*parse_json(R"({"author":"00000000000000000000000000000000",)" + members + "}"));
}

TEST(Codec, HeadersAndBodiesComeBackAsTheyWere) {
  for (const auto& entry : {sample(), binding_sample()}) {
    const auto header = decode_header(entry.header_bytes);
    ASSERT_TRUE(header) << header.error().english();
    EXPECT_EQ(encode_header(*header), entry.header_bytes);
    EXPECT_EQ(header->stream, entry.header.stream);
    const auto body = decode_body(entry.body_bytes, entry.header.form);
    ASSERT_TRUE(body) << body.error().english();
    EXPECT_EQ(encode_body(*body, entry.header.form), entry.body_bytes);
    EXPECT_EQ(hash_body(body->salt, entry.body_bytes), header->body_hash);
  }
}

TEST(Codec, MembersOfALaterVersionAreKeptByteForByte) {
  const auto bytes = body_with(R"("future":{"a":[1,2]},"salt":"00000000000000000000000000000001","set":{"x":1})");
  const auto body = decode_body(bytes, Form::kSet);
  ASSERT_TRUE(body) << body.error().english();
  EXPECT_TRUE(body->unknown.contains("future"));
  EXPECT_EQ(encode_body(*body, Form::kSet), bytes);
}

TEST(Codec, AnUnknownMemberMayNotLookLikeAKnownOne) {
  EXPECT_THAT(refused_body(body_with(R"("salt":"00000000000000000000000000000001","set":{"x":1},"set2":{"y":1})"), Form::kSet),
              ::testing::HasSubstr("begins with the known name"));
}

TEST(Codec, HeadersAreRefusedByName) {
  refused_header(R"("v":1)", R"("v":2)", "v");
  refused_header(R"("wall":0)", R"("wall":0,"x":1)", "x");
  refused_header(R"("prev":null,)", "", "prev");
  refused_header(R"("seq":1)", R"("seq":0)", "seq");
  refused_header(R"("seq":1)", R"("seq":2)", "prev");
  refused_header(R"("form":"set")", R"("form":"Set")", "form");
  refused_header(R"("type":"sample@1")", R"("type":"sample@01")", "type");
  refused_header(R"("type":"sample@1")", R"("type":"Sample@1")", "type");
  refused_header(R"("wall":0)", R"("wall":"0")", "wall");
  refused_header(R"("base":[])", R"("base":["00"])", "base");
}

TEST(Codec, ABaseIsSortedAndLimited) {
  auto entry = sample();
  entry.header.base = {id_of<EntryHash>(2), id_of<EntryHash>(1)};
  EXPECT_FALSE(decode_header(encode_header(entry.header)));
  entry.header.base = {id_of<EntryHash>(1), id_of<EntryHash>(1)};
  EXPECT_FALSE(decode_header(encode_header(entry.header)));
  entry.header.base.clear();
  for (unsigned i = 0; i < limits::kBaseHashesMax; ++i) entry.header.base.push_back(id_of<EntryHash>(i));
  EXPECT_TRUE(decode_header(encode_header(entry.header)));
  entry.header.base.push_back(id_of<EntryHash>(999));
  const auto result = decode_header(encode_header(entry.header));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().english(), ::testing::HasSubstr("kBaseHashesMax"));
}

TEST(Codec, BodiesAreRefusedByName) {
  const std::string salt = R"("salt":"00000000000000000000000000000001")";
  EXPECT_THAT(refused_body(body_with(salt), Form::kSet), ::testing::HasSubstr("must set, add or remove"));
  EXPECT_THAT(refused_body(body_with(R"("add":{"a":[1]},"remove":{"a":[1,2]},)" + salt), Form::kSet),
              ::testing::HasSubstr("both added and removed"));
  EXPECT_THAT(refused_body(body_with(R"("add":{"a":[1]},)" + salt + R"(,"set":{"a":1})"), Form::kSet),
              ::testing::HasSubstr("both set and added"));
  EXPECT_THAT(refused_body(body_with(R"("remove":{"a":[1]},)" + salt + R"(,"set":{"a":1})"), Form::kSet),
              ::testing::HasSubstr("both set and removed"));
  EXPECT_THAT(refused_body(body_with(R"("add":{"a":[2,1]},)" + salt), Form::kSet), ::testing::HasSubstr("not in order"));
  EXPECT_THAT(refused_body(body_with(salt + R"(,"set":{"a":1},"state":"x")"), Form::kSet), ::testing::HasSubstr("no member “state”"));
  EXPECT_THAT(refused_body(body_with(salt + R"(,"set":{"a":1})"), Form::kAct), ::testing::HasSubstr("must name its act"));
  EXPECT_THAT(refused_body(body_with(R"("origin":null,)" + salt + R"(,"set":{"a":1})"), Form::kSet), ::testing::HasSubstr("left out"));
  auto unsigned_act = binding_sample();
  unsigned_act.body.signature.reset();
  EXPECT_THAT(refused_body(encode_body(unsigned_act.body, Form::kAct), Form::kAct), ::testing::HasSubstr("both what it covers"));
}

TEST(Codec, BodiesHaveLimitsWithNames) {
  Desk desk;
  const auto large = desk.set({{"text", std::string(limits::kBodyBytesMax, 'x')}}, {});
  EXPECT_THAT(refused_body(large.body_bytes, Form::kSet), ::testing::HasSubstr("kBodyBytesMax"));
  JsonObject many;
  for (std::size_t i = 0; i <= limits::kFieldsMax; ++i) many.emplace("f" + std::to_string(i), 1);
  EXPECT_THAT(refused_body(desk.set(many, {}).body_bytes, Form::kSet), ::testing::HasSubstr("kFieldsMax"));
}

// --- what a writer settles is what a reader takes ---

class RandomBodies {
 public:
  explicit RandomBodies(std::uint64_t seed) : rng_(seed) {}

  Body body(Form form) {
    Body out;
    out.salt = id_of<Salt>(1);
    if (form == Form::kAct) out.act = one_of({"create", "amend", "amend", "", "Á"});
    if (form == Form::kAct || below(20) == 0) out.state = one_of({"", "", "draft", "Draft"});
    for (auto n = below(4); n > 0; --n) out.set.emplace(field(), value(0));
    for (auto* lists : {&out.add, &out.remove})
      for (auto n = below(3); n > 0; --n)
        for (auto items = below(4); items > 0; --items) (*lists)[field()].push_back(value(0));
    if (below(15) == 0) out.add["empty"];
    if (below(4) == 0) out.confirmed[text()] = text();
    if (below(20) == 0) out.shown = id_of<Digest>(7);
    return out;
  }

 private:
  std::size_t below(std::size_t end) { return rng_() % end; }
  std::string one_of(std::initializer_list<const char*> texts) { return *(texts.begin() + below(texts.size())); }
  std::string field() { return one_of({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}); }
  std::string text() {
    if (below(30) == 0) return one_of({"a\xcc\x81", "\xff", "\xed\xa0\x80"});  // not NFC, no UTF-8, half a surrogate pair
    if (below(60) == 0) return std::string("a\0b", 3);
    return one_of({"", "Bù Prăng", "a\nb\"", "😀", "đồn", "x"});
  }
  Json value(int depth) {
    switch (below(depth > 2 ? 4 : 7)) {
      case 0: return {};
      case 1: return below(2) == 0;
      case 2: return below(30) == 0 ? Json(limits::kJsonIntegerMax + 1) : Json(std::int64_t{-3} + static_cast<std::int64_t>(below(7)));
      case 3: return text();
      case 4: return deep();
      case 5: return JsonArray{value(depth + 1), value(depth + 1)};
      default: return JsonObject{{text(), value(depth + 1)}, {"k", value(depth + 1)}};
    }
  }
  Json deep() {
    Json out(1);
    for (auto n = below(8) == 0 ? 28 + below(5) : below(3); n > 0; --n) out = JsonArray{std::move(out)};
    return out;
  }
  std::mt19937_64 rng_;
};

TEST(Codec, WhatIsSettledIsReadAgainAndNothingElse) {
  RandomBodies random(20261122);
  int taken = 0, refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto form = round % 2 == 0 ? Form::kAct : Form::kSet;
    auto body = random.body(form);
    const auto settled = settle_body(body, form);
    const auto bytes = encode_body(body, form);
    const auto read = decode_body(bytes, form);
    // The bytes of form set leave out what only an act has; that it was meant is an error of the writer.
    const bool left_out = form == Form::kSet && (!body.act.empty() || !body.state.empty() || body.shown);
    ASSERT_EQ(settled.has_value(), read.has_value() && !left_out) << bytes << "\n"
                                                                  << (settled ? "" : settled.error().english()) << "\n"
                                                                  << (read ? "" : read.error().english());
    if (!settled) {
      ++refused;
      continue;
    }
    ++taken;
    EXPECT_EQ(read->set, body.set) << bytes;
    EXPECT_EQ(read->add, body.add) << bytes;
    EXPECT_EQ(read->remove, body.remove) << bytes;
    EXPECT_EQ(read->confirmed, body.confirmed);
    EXPECT_EQ(encode_body(*read, form), bytes);
  }
  EXPECT_GT(taken, 2'000);
  EXPECT_GT(refused, 2'000);
}

TEST(Codec, PartsAndStreamsHaveOneText) {
  const std::string unit = kUnit, node = unit + "/" + unit;
  for (const auto& text : {"own:" + unit + "/internal", std::string("all/open"), "below:" + unit + "/restricted",
                           "with:" + unit + "+ff112233445566778899aabbccddeeff/open", std::string("authority/open")}) {
    const auto part = PartKey::parse(text);
    ASSERT_TRUE(part) << part.error().english();
    EXPECT_EQ(part->text(), text);
  }
  for (const auto& text :
       {"own:" + unit, "own:" + unit + "/secret", std::string("own:/open"), "with:" + unit + "+" + unit + "/open",
        std::string("with:/open"), std::string("All/open"), "own:" + unit + "+" + unit + "/open", std::string("/open"), std::string()})
    EXPECT_FALSE(PartKey::parse(text)) << text;
  const auto stream = StreamKey::parse(node + "/ordinary/own:" + unit + "/internal");
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->text(), node + "/ordinary/own:" + unit + "/internal");
  EXPECT_FALSE(StreamKey::parse(node + "/ordinary/authority/open")) << "authority goes in its own lane";
  EXPECT_FALSE(StreamKey::parse(node + "/authority/all/open"));
  EXPECT_FALSE(StreamKey::parse(node + "/slow/all/open"));
  EXPECT_FALSE(StreamKey::parse(node + "/ordinary"));
}

TEST(Codec, AnAudienceNamesAtMostEightUnits) {
  Audience audience{Audience::Kind::kWith, {}};
  for (unsigned i = 0; i < 8; ++i) audience.units.push_back(id_of<UnitId>(i));
  EXPECT_TRUE(Audience::parse(audience.text()));
  audience.units.push_back(id_of<UnitId>(8));
  EXPECT_FALSE(Audience::parse(audience.text()));
}

TEST(Codec, TheBasePartIsTheOneOfLowestHandling) {
  EXPECT_LT(part_at(0), part_at(1));
  EXPECT_LT((PartKey{1, Audience::own(id_of<UnitId>(200))}), (PartKey{2, Audience::all()}));
}

TEST(Codec, APersonSignsValuesStateAndWhatWasShown) {
  const auto entry = binding_sample();
  const auto message = binding_message(entry.header.record, entry.body.act, entry.body);
  auto changed = entry.body;
  changed.set = {{"remark", "added by the node"}};
  EXPECT_NE(binding_message(entry.header.record, entry.body.act, changed), message);
  changed = entry.body;
  changed.state = "draft";
  EXPECT_NE(binding_message(entry.header.record, entry.body.act, changed), message);
  changed = entry.body;
  changed.shown.reset();
  EXPECT_NE(binding_message(entry.header.record, entry.body.act, changed), message);
  changed = entry.body;
  changed.over.begin()->second.values = id_of<Digest>(77);
  EXPECT_NE(binding_message(entry.header.record, entry.body.act, changed), message);
  EXPECT_NE(binding_message(id_of<RecordId>(4), entry.body.act, entry.body), message);
}

}  // namespace
}  // namespace nc::journal
