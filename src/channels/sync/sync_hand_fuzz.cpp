// What comes by hand or from a child that knows its key: cards, requests, bundles, requests of a session. Any bytes, and well signed
// ones around them, so that what lies behind the signature is reached, go into real ledgers: all are answered, none ends the program.
//
// The first byte says which: 0 a card, 1 a request, 2 a bundle, 3 a session's request; its high bit: the bytes as they are. The two
// nodes stay from input to input, so that a finding may need those before it (tests/corpus/sync_hand in its order).
#include "base/check.h"
#include "base/file_stream.h"
#include "channels/sync/bundle.h"
#include "channels/sync/card.h"
#include "channels/sync/frames.h"
#include "channels/sync/messages.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/crypto/sealed_row.h"
#include "ledger/records/data_dir.h"

namespace {

using namespace nc;
using namespace nc::sync;
using simulation::must;

struct World : simulation::Tree {
  World() : Tree(NC_SOURCE_DIR) {
    must(make_card(parent.ledger(), "f-post", catalog::Handling::kInternal, rng));
    simulation::sync_until_quiet(child, parent);
  }
  simulation::Node& parent = found("f");
  simulation::Node& child = join(parent, "a", simulation::enter_unit(parent, "a", parent.unit()));
  UnitId post = simulation::enter_unit(parent, "f-post", parent.unit());
  SeededRng rng{7};
  crypto::SigningKey stranger = crypto::SigningKey::generate(rng);
  crypto::SigningKey of_child = must(crypto::read_key_file(records::DataDir{child.dir()}.key()));
};

std::string bytes_of(const Signature& signature) { return {reinterpret_cast<const char*>(signature.bytes.data()), signature.bytes.size()}; }

// The line as its writer would have signed it; as it is when it is no object.
std::string signed_by(const crypto::SigningKey& key, std::string_view domain, std::string_view text) {
  auto line = parse_json(text);
  if (!line || !line->is_object()) return std::string(text);
  line->erase("sig");
  line->set("key", key.public_key().hex());
  const auto signature = key.sign(std::string(domain) + canonical(*line));
  return canonical(line->set("sig", signature.hex()));
}

// Messages, each by a byte for its kind and two for its length, as a row of frames after a greeting of the child.
std::string row_of(World& world, std::string_view in) {
  FrameWriter writer;
  const auto self = world.child.ledger().identity();
  Hello hello;
  hello.incarnation = std::string(reinterpret_cast<const char*>(self.incarnation.bytes.data()), kIncarnationBytes);
  hello.known = hello.digest = std::string(8, '\0');
  hello.short_forms = hello.letters = true;
  NC_CHECK(writer.add({{kHello, encode(hello)}}));
  while (in.size() > 3) {
    const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(in[at])); };
    const auto size = std::min(byte(1) | byte(2) << 8, in.size() - 3);
    const Message message{byte(0), std::string(in.substr(3, size))};
    if (!writer.add({message})) {
      writer.flush();
      static_cast<void>(writer.add({message}));
    }
    in.remove_prefix(3 + size);
  }
  return writer.take();
}

// docs/formats/bundle.md.
std::string bundle_of(World& world, std::string row) {
  const auto from = world.child.ledger().identity(), to = world.parent.ledger().identity();
  const auto receiver = must(crypto::read_key_file(records::DataDir{world.parent.dir()}.key())).public_key();
  const auto sealer = must(crypto::RowSealer::to(receiver));
  Json head;
  head.set("from", from.node.hex()).set("incarnation", from.incarnation.hex()).set("made", world.child.clock().now_ms);
  head.set("to", to.node.hex()).set("to_incarnation", to.incarnation.hex()).set("to_key", receiver.hex());
  std::string out = "nhipcau-bundle-1\n" + canonical(head) + "\n" + sealer->head();
  const auto chunk = [&](std::string_view frame, bool last) {
    const auto sealed = sealer->seal(frame, last);
    out += static_cast<char>(sealed.size() & 0xff);
    out += static_cast<char>(sealed.size() >> 8);
    out += sealed;
  };
  while (row.size() > 1) {
    const auto size = 2 + static_cast<std::size_t>(static_cast<unsigned char>(row[0]) | static_cast<unsigned char>(row[1]) << 8);
    chunk(std::string_view(row).substr(0, size), false);
    row.erase(0, size);
  }
  chunk({}, true);
  const auto digest = crypto::sha256(out);
  return out + bytes_of(world.of_child.sign("nhipcau-bundle-sig-1\n" +
                                            std::string(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size())));
}

void take_file(World& world, const std::string& bytes) {
  const auto file = world.dir() / "stick";
  must(write_file_durably(file, bytes));
  static_cast<void>(take_bundle(world.parent.ledger(), file, std::nullopt));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  if (size < 1 || size > 64 * 1024) return 0;
  const std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool raw = (data[0] & 0x80) != 0;
  switch (data[0] & 3) {
    // No folder can be made there: a good card ends so, too.
    case 0:
      NC_CHECK(
          !join_by_card("/dev/null/child", world.catalog(), raw ? std::string(in) : signed_by(world.stranger, "nhipcau-card-1\n", in)));
      break;
    case 1:
      static_cast<void>(read_request(world.parent.ledger(), raw ? std::string(in) : signed_by(world.stranger, "nhipcau-request-1\n", in)));
      break;
    case 2: take_file(world, raw ? std::string(in) : bundle_of(world, row_of(world, in))); break;
    default: static_cast<void>(answer(world.parent.ledger(), world.child.id(), raw ? std::string(in) : row_of(world, in))); break;
  }
  return 0;
}
