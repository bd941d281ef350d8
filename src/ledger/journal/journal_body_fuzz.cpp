// Bodies in both forms: what decodes writes itself again to the same bytes, unknown members included.
#include "base/check.h"
#include "ledger/journal/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc::journal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto form : {Form::kSet, Form::kAct}) {
    const auto body = decode_body(text, form);
    if (!body) continue;
    NC_CHECK(encode_body(*body, form) == text);
    NC_CHECK(form == Form::kAct || body->has_values());
    NC_CHECK(body->binding() == body->signature.has_value());
    NC_CHECK(!binding_message({}, body->act, *body).empty());
  }
  return 0;
}
