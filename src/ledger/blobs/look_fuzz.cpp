// Files from outside: what they are, what is taken out of them, what they are called. Oracles: a picture that was taken
// and stripped is of the same kind and stays as it is when it is stripped again; a safe name is safe.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "ledger/blobs/file_name.h"
#include "ledger/blobs/look.h"
#include "ledger/blobs/strip.h"

namespace {

using namespace nc;

// A file in memory under a name that can be opened.
std::filesystem::path file_of(std::string_view bytes) {
  static const std::string kFolder = [] {
    std::string name = "/tmp/nc-look-fuzz-XXXXXX";
    NC_CHECK(::mkdtemp(name.data()) != nullptr);
    return name;
  }();
  const std::filesystem::path path = kFolder + "/file";
  std::filesystem::remove(path);
  auto out = OutputFile::create(path);
  NC_CHECK(out && out->write(bytes));
  return path;
}

const std::vector<catalog::MediaType>& kinds() {
  static const std::vector<catalog::MediaType> kAll = [] {
    std::vector<catalog::MediaType> out;
    for (const char* look : {"pdf", "jpeg", "png", "webp", "docx", "xlsx", "pptx", "odt", "ods", "odp", "text", "mp3", "m4a"})
      out.push_back({look, {}, look, {look}, 1024 * 1024});
    return out;
  }();
  return kAll;
}

std::string stripped(std::string_view bytes, const std::string& look, bool& good) {
  std::string out;
  good = blobs::copy_without_metadata(look, *InputFile::open(file_of(bytes)), [&](std::string_view piece) -> Status {
           out += piece;
           return {};
         }).has_value();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto name = blobs::safe_file_name(bytes.substr(0, 400));
  NC_CHECK(!name.empty() && is_utf8(name) && is_nfc(name) && name.size() <= blobs::kNameBytesMax + 1);
  NC_CHECK(name.find_first_of("/\\\"<>|:*?") == std::string::npos && blobs::safe_file_name(name) == name);
  const auto file = InputFile::open(file_of(bytes));
  const auto kind = blobs::look_at(*file, "x", kinds());
  if (!kind || !blobs::has_metadata_to_strip((*kind)->look)) return 0;
  bool good = false;
  const auto clean = stripped(bytes, (*kind)->look, good);
  if (!good) return 0;
  const auto again = blobs::look_at(*InputFile::open(file_of(clean)), "x", kinds());
  NC_CHECK(again && *again == *kind);
  NC_CHECK(stripped(clean, (*kind)->look, good) == clean && good);
  return 0;
}
