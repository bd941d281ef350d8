// nhipcau-preview: a picture on standard input, a small JPEG of it on standard output. Run by nhipcau alone, in a
// limited process (foundation/sandbox); exit 1 says that the picture cannot be read.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/limits.h"
#include "foundation/pictures/thumbnail.h"

int main(int argc, char** argv) {
  constexpr int kEdgeLeast = 16, kEdgeMost = 2000;
  int edge = 0;
  if (argc == 2) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), edge);
  if (edge < kEdgeLeast || edge > kEdgeMost) return 1;
  std::string picture;
  if (std::fseek(stdin, 0, SEEK_END) == 0) {  // a file: in one piece, because its copies would count as memory
    picture.reserve(static_cast<std::size_t>(std::clamp(std::ftell(stdin), 0L, static_cast<long>(nc::limits::kBlobBytesMax))));
    std::rewind(stdin);
  }
  std::vector<char> piece(64 * 1024);
  while (const auto n = std::fread(piece.data(), 1, piece.size(), stdin)) {
    picture.append(piece.data(), n);
    if (picture.size() > nc::limits::kBlobBytesMax) return 1;
  }
  const auto small = nc::pictures::thumbnail(picture, edge);
  return std::fwrite(small.data(), 1, small.size(), stdout) == small.size() && std::fflush(stdout) == 0 ? 0 : 1;
}
