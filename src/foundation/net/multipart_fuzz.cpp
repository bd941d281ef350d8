// Forms with files from outside. Oracles: where the bytes are cut on their way changes nothing; what is read is UTF-8 and
// NFC; each file that begins ends; what lies between is never more than was sent.
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "foundation/net/multipart.h"

namespace {

struct Kept final : nc::net::MultipartReader::Files {
  std::string all;
  int open = 0;
  void begin(const std::string& name, const std::string& file_name) override {
    NC_CHECK(open++ == 0 && nc::is_utf8(name));
    all += "<" + name + "|" + file_name + ">";
  }
  void bytes(std::string_view piece) override {
    NC_CHECK(open == 1);
    all += piece;
  }
  void end() override {
    NC_CHECK(--open == 0);
    all += "</>";
  }
};

struct Read {
  Kept files;
  nc::net::Fields fields;
  bool good = false;
};

void read(std::string_view body, std::size_t step, Read& out) {
  nc::net::MultipartReader reader("b", &out.files);
  out.good = true;
  for (std::size_t at = 0; at < body.size(); at += step) out.good = reader.feed(body.substr(at, step)) && out.good;
  out.good = reader.finish() && out.good;
  out.fields = reader.fields();
  NC_CHECK(out.files.open == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  Read whole, cut;
  read(body, body.size() + 1, whole);
  read(body, 1 + data[0] % 40U, cut);
  NC_CHECK(whole.good == cut.good);
  if (whole.good) NC_CHECK(whole.fields == cut.fields && whole.files.all == cut.files.all);
  for (const auto& [name, value] : whole.fields) NC_CHECK(nc::is_utf8(name) && nc::is_utf8(value) && nc::is_nfc(value));
  static_cast<void>(nc::net::multipart_boundary(body));
  return 0;
}
