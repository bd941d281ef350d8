// Runs one fuzz target as an ordinary test: every file of the corpus folder named on the command
// line, each cut short and with bytes changed, and texts made from a fixed seed. It finds again
// what a corpus file once found; the search for new crashes is `./dev fuzz`.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kChangesOfEach = 20;
constexpr int kRandomTexts = 200;
constexpr std::size_t kRandomBytesMax = 300;

// SplitMix64; written out because a fuzz target links only its own room.
class Seeded {
 public:
  std::size_t below(std::size_t bound) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::size_t>((z ^ (z >> 31)) % bound);
  }
  char byte() { return static_cast<char>(below(256)); }

 private:
  std::uint64_t state_ = 1;
};

void run(const std::string& bytes) { LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()); }

std::vector<std::string> read_corpus(const char* folder) {
  std::vector<std::string> inputs{""};
  if (!std::filesystem::is_directory(folder)) return inputs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

void run_changed(const std::string& input, Seeded& seeded) {
  if (input.empty()) return;
  for (int i = 0; i < kChangesOfEach; ++i) {
    run(input.substr(0, seeded.below(input.size())));
    std::string changed = input;
    changed[seeded.below(changed.size())] = seeded.byte();
    run(changed);
  }
}

}  // namespace

int main(int count, char** words) {
  Seeded seeded;
  const auto corpus = read_corpus(count > 1 ? words[1] : "");
  for (const auto& input : corpus) run(input);
  for (const auto& input : corpus) run_changed(input, seeded);
  for (int i = 0; i < kRandomTexts; ++i) {
    std::string text(seeded.below(kRandomBytesMax), '\0');
    for (auto& c : text) c = seeded.byte();
    run(text);
  }
  std::printf("%zu inputs of the corpus\n", corpus.size());
  return 0;
}
