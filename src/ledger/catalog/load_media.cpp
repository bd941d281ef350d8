// attachments.toml: which kinds of files may be attached.
#include <algorithm>

#include "base/limits.h"
#include "ledger/catalog/loader.h"
#include "ledger/catalog/toml_reader.h"

namespace nc::catalog {
namespace {

bool is_extension(const std::string& text) {
  return !text.empty() && text.size() <= 8 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

MediaType read_one(TableReader& item) {
  constexpr std::int64_t kMiB = 1024 * 1024;
  MediaType out;
  out.id = item.text("id", true);
  out.label = item.label("label", true);
  item.need("look");
  out.look = item.word("look", {"pdf", "jpeg", "png", "webp", "docx", "xlsx", "pptx", "odt", "ods", "odp", "text", "mp3", "m4a"}, "text");
  item.need("extensions");
  out.extensions = item.texts("extensions");
  item.need("mib_max");
  out.bytes_max = kMiB * item.integer("mib_max", 1, static_cast<std::int64_t>(limits::kBlobBytesMax) / kMiB).value_or(1);
  item.finish();
  return out;
}

}  // namespace

Result<std::vector<MediaType>> parse_media(std::string_view toml, std::string_view file_name) {
  NC_ASSIGN(const Toml tree, parse_toml(toml, file_name));
  Problem problem(file_name);
  TableReader in(problem, tree);
  std::vector<MediaType> out;
  for (const auto* table : in.tables("media")) {
    TableReader item(problem, *table);
    auto media = read_one(item);
    if (problem.found()) break;
    if (media.extensions.empty() || !std::all_of(media.extensions.begin(), media.extensions.end(), is_extension))
      problem.refuse(*item.find("extensions"), NC_MSG("An ending is 1 to 8 letters a to z or digits, without the dot"));
    if (std::any_of(out.begin(), out.end(), [&](const MediaType& other) { return other.id == media.id; }))
      problem.refuse(*table, NC_MSG("The kind of file “{1}” stands twice"), {media.id});
    out.push_back(std::move(media));
  }
  in.finish();
  if (problem.found()) return fail(problem.error());
  return out;
}

}  // namespace nc::catalog
