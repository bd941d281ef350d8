// What people type. The first byte chooses the kind, zero bytes separate the inputs. Oracle: a value
// that is taken is right for its field and reads back from what a form shows for it.
#include <cstdint>

#include "base/check.h"
#include "ledger/catalog/values.h"

namespace {

using namespace nc;
using namespace nc::catalog;

Field field(FieldKind kind) {
  Field out;
  out.id = "f";
  out.kind = kind;
  out.scale = 3;
  out.options = out.roles = {{"a", {"Một", "One"}}, {"b", {"Hai", "Two"}}};
  out.counts = true;
  if (kind == FieldKind::kLines)
    for (const auto column : {FieldKind::kText, FieldKind::kDate, FieldKind::kMoney, FieldKind::kPersons}) {
      out.columns.push_back(field(column));
      out.columns.back().id = field_kind_name(column);
    }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Field f = field(static_cast<FieldKind>(data[0] % (static_cast<int>(FieldKind::kLines) + 1)));
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  TypedParts parts;
  const auto names = form_parts(f);
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const auto end = rest.find('\0');
    parts[names[i % names.size()]].emplace_back(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  const auto value = value_from_typed(f, parts);
  if (!value || f.kind == FieldKind::kPersonal) return 0;  // a text that is sealed before it is a value
  NC_CHECK(check_value(f, *value).has_value());
  const auto again = value_from_typed(f, typed_from_value(f, *value));
  NC_CHECK(again && *again == *value);
  (void)show_value(f, *value, "vi", {});
  return 0;
}
