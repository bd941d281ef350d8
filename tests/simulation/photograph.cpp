#include "tests/simulation/photograph.h"

#include <fmt/format.h>

#include "base/files.h"
#include "channels/sync/frames.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/hash.h"

namespace nc::simulation {
namespace {

constexpr std::int64_t kBytesASecond = 1200, kLatencyMs = 800, kCutEachMs = 30'000, kReconnectMs = 3'000;
constexpr std::size_t kPhotograph = 5 * 1024 * 1024;

// What a camera's file is to everybody who does not look at the picture: a size, then coded bytes.
std::string picture(SeededRng& rng) {
  std::string out("\xff\xd8\xff\xc0\x00\x0b\x08\x0b\xb8\x0f\xa0\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00", 25);
  while (out.size() < kPhotograph - 2) {
    const auto word = rng.next();
    for (int i = 0; i < 8; ++i) {
      const auto byte = static_cast<char>(word >> (8 * i));
      out += byte == '\xff' ? '\x7f' : byte;
    }
  }
  out.resize(kPhotograph - 2);
  return out + "\xff\xd9";
}

// One connection after the other, each of 30 s; what a cut leaves of a row has passed.
class Line {
 public:
  explicit Line(std::vector<Node*> ends) : ends_(std::move(ends)) {}
  // How much of the row arrives.
  std::size_t carry(std::size_t bytes) {
    const auto left_ms = kCutEachMs - connected_ms_ - kLatencyMs;
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(0, left_ms) * kBytesASecond / 1000);
    const auto through = std::min(bytes, most);
    pass(kLatencyMs + static_cast<std::int64_t>(through) * 1000 / kBytesASecond);
    carried += through;
    if (through < bytes) {
      ++cuts;
      pass(kReconnectMs);
      connected_ms_ = 0;
    }
    return through;
  }
  std::size_t carried = 0, cuts = 0;
  std::int64_t elapsed_ms = 0;

 private:
  void pass(std::int64_t ms) {
    connected_ms_ += ms;
    elapsed_ms += ms;
    for (auto* one : ends_) one->clock().now_ms += ms;
  }
  std::vector<Node*> ends_;
  std::int64_t connected_ms_ = 0;
};

}  // namespace

std::string photograph(const fs::path& source, std::uint64_t seed, std::string& told) {
  SeededRng rng(seed);
  const auto dir = fs::temp_directory_path() / ("nhipcau-photograph-" + system_rng().make<RecordId>().hex());
  fs::create_directories(dir);
  struct Away {
    fs::path dir;
    ~Away() {
      std::error_code ec;
      fs::remove_all(dir, ec);
    }
  } away{dir};
  make_catalog(source, dir / "catalog");
  Node province(dir / "province", "province", seed, ""), post(dir / "post", "post", seed + 1, "");
  province.found(dir / "catalog");
  const auto unit = enter_unit(province, "post", province.unit());
  post.join(province, dir / "catalog", unit);
  sync_until_quiet(post, province);
  const auto bytes = picture(rng);
  const auto file = post.upload("anh.jpg", bytes);
  Node::written(post.write_paper("anh tu don", file));
  const auto sha256 = file.text("sha256");
  const auto place =
      province.dir() / "blobs" / crypto::sha256(journal::PartKey{1, journal::Audience::own(unit)}.text()).hex().substr(0, 32) / sha256;

  // As the child of a slow line does it: frames of 4 s, requests of 16 s, answers of eight frames.
  constexpr auto kFrame = static_cast<std::size_t>(4 * kBytesASecond);
  const sync::Limits up{16 * kBytesASecond, sync::kAnswerBytesMax, kFrame}, down{sync::kRequestBytesMax, 8 * kFrame, kFrame};
  Line line({&province, &post});
  const auto session = must(sync::Session::start(post.ledger(), province.id(), up));
  std::optional<RecordId> urgent;
  std::int64_t urgent_at = 0, urgent_took = -1;
  std::size_t exchanges = 0;
  sync::Outcome outcome;
  constexpr std::size_t kExchangesMax = 3000;
  do {
    auto request = must(session->request());
    const auto there = line.carry(request.size());
    const bool whole = there == request.size();
    request.resize(there);
    const auto answered = sync::answer(province.ledger(), post.id(), request, down);
    auto row = whole ? must(answered) : std::string();  // what was cut is taken as far as it goes
    row.resize(line.carry(row.size()));
    must(session->feed(row));
    outcome = must(session->finish());
    if (++exchanges == 100) {
      urgent = post.note("duong day nong");
      urgent_at = line.elapsed_ms;
    }
    if (urgent && urgent_took < 0 && !province.text_of(*urgent).empty()) urgent_took = line.elapsed_ms - urgent_at;
  } while ((outcome.go_on || !outcome.whole) && exchanges < kExchangesMax);
  const auto arrived = read_file(place, 2 * kPhotograph);
  told = fmt::format("{} bytes in {} s, {} exchanges, {} cuts, {} bytes over the line; an entry written meanwhile took {} s", bytes.size(),
                     line.elapsed_ms / 1000, exchanges, line.cuts, line.carried, urgent_took / 1000);
  if (!arrived || *arrived != bytes) return "the photograph did not arrive: " + told;
  if (line.cuts < 50) return "the line was hardly ever cut: " + told;
  constexpr std::int64_t kUrgentMs = 90'000;
  if (urgent_took < 0 || urgent_took > kUrgentMs) return "what was written last waited for the photograph: " + told;
  constexpr std::size_t kGreetings = 700;
  if (line.carried > bytes.size() * 21 / 20 + line.cuts * kFrame + exchanges * kGreetings)
    return "more was sent again than a frame for each cut: " + told;
  return {};
}

}  // namespace nc::simulation
