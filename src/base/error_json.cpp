#include "base/error_json.h"

#include <algorithm>

#include "base/text.h"

namespace nc {
namespace {

constexpr std::size_t kTextMax = 500;

// Parts of it may be what another node said: any bytes.
std::string clean(std::string_view said) {
  std::string out(said.substr(0, 4 * kTextMax));
  if (!is_utf8(out)) std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '\0'; });
  return shorten(to_nfc(out), kTextMax);
}

}  // namespace

Json error_to_json(const Error& error) {
  Json args{JsonArray{}}, out;
  for (const auto& one : error.args) args.push(clean(one));
  return out.set("code", static_cast<int>(error.code))
      .set("message", clean(error.message))
      .set("args", args)
      .set("where", clean(error.where))
      .set("next", clean(error.next));
}

Error error_from_json(const Json& json) {
  Error out(static_cast<ErrorCode>(json.integer("code")), json.text("message"));
  if (json["args"].is_array())
    for (const auto& one : json["args"].as_array())
      if (one.is_string()) out.args.push_back(one.as_string());
  out.where = json.text("where");
  out.next = json.text("next");
  return out;
}

std::string kept_text(const Error& error) { return canonical(error_to_json(error)); }

Error kept_error(const std::string& text) {
  const auto json = parse_json(text);
  if (json && json->is_object() && json->has("message")) return error_from_json(*json);
  return {ErrorCode::kInvalid, text};
}

}  // namespace nc
