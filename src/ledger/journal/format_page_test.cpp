// The worked example of docs/formats/journal.md is made here, and must stand in the page byte for byte.
#include <gtest/gtest.h>

#include "base/bytes_for_test.h"
#include "base/files.h"
#include "ledger/journal/bound_id.h"
#include "ledger/journal/node_for_test.h"
#include "ledger/journal/stored_form.h"

namespace nc::journal {
namespace {

using test::counting;
using test::hex_of;
using namespace testing;

// Of the bytes 00 01 02 ...: easy to type in another language.
crypto::SigningKey example_key() {
  class Counting final : public Rng {
    void fill(std::span<std::uint8_t> out) override {
      for (auto& byte : out) byte = next_++;
    }
    std::uint8_t next_ = 0;
  } rng;
  return crypto::SigningKey::generate(rng);
}

void show(std::string& out, const std::string& name, const std::string& bytes) { out += name + "\n" + bytes + "\n"; }

void show(std::string& out, const std::string& name, const Entry& entry) {
  show(out, name + " body", entry.body_bytes);
  show(out, name + " header", entry.header_bytes);
  show(out, name + " hash", entry.hash.hex());
}

std::string worked_example() {
  const auto key = example_key();
  const auto node = counting<NodeId>(0x10);
  const auto incarnation = counting<IncarnationId>(0x20);
  const auto unit = counting<UnitId>(0x30);
  Header root;
  root.stream = {node, incarnation, {0, Audience::authority()}, Lane::kAuthority};
  root.record = counting<RecordId>(0x40);
  root.type = "authority_note";
  root.form = Form::kAct;
  root.wall_ms = 1'700'000'000'000;
  Body certify;
  certify.salt = counting<Salt>(0x50);
  certify.author = counting<PersonId>(0x60);
  certify.act = acts::kCertifyNode;
  certify.set = {{"node", node.hex()}, {"incarnation", incarnation.hex()}, {"public_key", key.public_key().hex()}, {"unit", unit.hex()}};
  const auto first = finish(root, certify);
  Header patrol;
  patrol.stream = {node, incarnation, {1, Audience::own(unit)}, Lane::kOrdinary};
  patrol.record = counting<RecordId>(0x70);
  patrol.type = "sample";
  patrol.auth = first.hash;
  patrol.wall_ms = 1'700'000'060'000;
  Body values;
  values.salt = counting<Salt>(0x80);
  values.author = certify.author;
  values.set = {{"place", "Bù Prăng"}, {"people", 8}};
  values.add["with_units"] = {unit.hex()};
  const auto second = finish(patrol, values);
  std::string out;
  show(out, "public key", key.public_key().hex());
  show(out, "1", first);
  const auto message = seal_message(first.header.stream, 1, first.hash);
  show(out, "1 seal message", message);
  show(out, "1 seal", key.sign(message).hex());
  show(out, "2", second);
  const auto second_message = seal_message(second.header.stream, 1, second.hash);
  show(out, "2 seal message", second_message);
  show(out, "2 seal", key.sign(second_message).hex());
  Body approval;
  approval.author = certify.author;
  approval.act = "approve";
  approval.state = "approved";
  approval.over[second.header.stream.part] = {{second.hash}, crypto::sha256("the values")};
  const auto binding = binding_message(second.header.record, approval.act, approval);
  show(out, "3 binding message, no text shown", binding);
  approval.shown = crypto::sha256("the text shown");
  show(out, "3 binding message, with a text shown", binding_message(second.header.record, approval.act, approval));
  show(out, "id that names node 1 (time 1700000000000, nonce fedcba98)", bound_id(1'700'000'000'000, 0xfedcba98, node).hex());
  const auto row = crypto::sha256(std::string_view("nhipcau-import-1\nevents\nE001"));
  show(out, "ids of the row E001 of the source events: by node 1; by a node that holds the whole tree",
       bound_row_id(row, node).hex() + "\n" + make_uuid8(row).hex());
  show(out, "2 stored header", hex_of(to_stored(second, true).header));
  return out;
}

TEST(FormatPage, TheWorkedExampleStandsInItByteForByte) {
  const auto page = must(read_file(std::string(NC_SOURCE_DIR) + "/docs/formats/journal.md"));
  const auto example = worked_example();
  EXPECT_NE(page.find("```\n" + example + "```\n"), std::string::npos) << "the page needs this block:\n" << example;
}

TEST(FormatPage, ItNamesEveryLimit) {
  const auto page = must(read_file(std::string(NC_SOURCE_DIR) + "/docs/formats/journal.md"));
  for (const auto* name :
       {"kBodyBytesMax", "kHeaderBytesMax", "kBaseHashesMax", "kFieldsMax", "kAudienceUnitsMax", "kBatchEntriesMax", "kKeptAsideMax"})
    EXPECT_NE(page.find(name), std::string::npos) << name;
}

}  // namespace
}  // namespace nc::journal
