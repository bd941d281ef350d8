#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 32
// toml++ 3.3 asserts some of what a broken file may cause (a table header that begins with "=") though
// it handles it right after; without assertions it would even promise the compiler that it never
// happens. Both are switched off here: files are outside input.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <toml++/toml.h>
#pragma GCC diagnostic pop
#pragma pop_macro("NDEBUG")

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/catalog/text_rules.h"
#include "ledger/catalog/toml_tree.h"

namespace nc::catalog {
namespace {

// Dotted keys make one table a dot without counting as nesting in the library, and its tables are
// destroyed by recursion: a line of a hundred thousand dots would end the stack.
constexpr int kDotsOfALineMax = 400;

// toml++ 3.3 asks of characters from U+00A1 to U+0499 and of some others whether they are white space
// and then runs into __builtin_unreachable (is_non_ascii_horizontal_whitespace), for example for a "đ"
// at a line's begin in a long string. Characters above U+FEFF are safe. So every character of the basic
// plane is lent a place in plane 15 (private use) while the library reads, and what it returns is put
// back; lines and columns stay, as it counts characters.
constexpr std::uint32_t kLent = 0xf0000;

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr std::uint32_t kLeads[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(kLeads[more] | (c >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | ((c >> (6 * i)) & 0x3f));
}

// Calls `each` with every code point. Precondition: well-formed UTF-8.
template <typename Each>
void for_each_code_point(std::string_view utf8, Each each) {
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t code = size == 1 ? lead : lead & (0x7fu >> size);
    for (std::size_t k = 1; k < size; ++k) code = (code << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3f);
    each(code);
    i += size;
  }
}

std::string lend(std::string_view utf8) {
  std::string out;
  for_each_code_point(utf8, [&](std::uint32_t c) { append_utf8(out, c >= 0x80 && c < 0x10000 ? c + kLent : c); });
  return out;
}

// Escapes may name any character: what puts back to none at all is refused as text that is no UTF-8.
std::string put_back(std::string_view utf8) {
  std::string out;
  for_each_code_point(utf8, [&](std::uint32_t c) { append_utf8(out, c >= kLent && c < kLent + 0x10000 ? c - kLent : c); });
  return out;
}

std::string place(std::string_view file_name, std::size_t line, std::size_t column) {
  return std::string(file_name) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

class Converter {
 public:
  explicit Converter(std::string_view file_name) : file_name_(file_name) {}

  Result<Toml> table(const toml::table& from, int depth) {
    Toml out = begin(Toml::Kind::kTable, from);
    for (const auto& [key, value] : from) {
      TomlMember member;
      member.line = std::max<std::size_t>(key.source().begin.line, 1);
      member.column = std::max<std::size_t>(key.source().begin.column, 1);
      NC_ASSIGN(member.key, text(key.str(), member.line, member.column));
      NC_ASSIGN(member.value, node(value, depth + 1));
      out.members.push_back(std::move(member));
    }
    std::sort(out.members.begin(), out.members.end(),
              [](const TomlMember& a, const TomlMember& b) { return std::pair(a.line, a.column) < std::pair(b.line, b.column); });
    return out;
  }

 private:
  static Toml begin(Toml::Kind kind, const toml::node& from) {
    Toml out;
    out.kind = kind;
    out.line = std::max<std::size_t>(from.source().begin.line, 1);
    out.column = std::max<std::size_t>(from.source().begin.column, 1);
    return out;
  }

  Result<std::string> text(std::string_view lent, std::size_t line, std::size_t column) const {
    const auto raw = is_utf8(lent) ? put_back(lent) : std::string("\xff");
    if (!is_utf8(raw)) return fail(Error(ErrorCode::kInvalid, NC_MSG("Text is not valid UTF-8")).at(place(file_name_, line, column)));
    auto normal = to_nfc(raw);
    if (const auto name = forbidden_character(normal, true); !name.empty())
      return fail(
          Error(ErrorCode::kInvalid, NC_MSG("The text holds the control character {1}"), {name}).at(place(file_name_, line, column)));
    return normal;
  }

  Result<Toml> node(const toml::node& from, int depth) {
    if (depth > static_cast<int>(limits::kJsonDepthMax) / 2) {
      const auto at = begin(Toml::Kind::kOther, from);
      return fail(Error(ErrorCode::kLimit, NC_MSG("The file is nested too deeply")).at(place(file_name_, at.line, at.column)));
    }
    if (const auto* inner = from.as_table()) return table(*inner, depth);
    if (const auto* array = from.as_array()) {
      Toml out = begin(Toml::Kind::kArray, from);
      for (const auto& item : *array) {
        NC_ASSIGN(Toml converted, node(item, depth + 1));
        out.items.push_back(std::move(converted));
      }
      return out;
    }
    if (const auto* string = from.as_string()) {
      Toml out = begin(Toml::Kind::kText, from);
      NC_ASSIGN(out.text, text(string->get(), out.line, out.column));
      return out;
    }
    if (const auto* integer = from.as_integer()) {
      Toml out = begin(Toml::Kind::kInteger, from);
      out.integer = integer->get();
      return out;
    }
    if (const auto* flag = from.as_boolean()) {
      Toml out = begin(Toml::Kind::kFlag, from);
      out.flag = flag->get();
      return out;
    }
    return begin(Toml::Kind::kOther, from);
  }

  std::string_view file_name_;
};

Status check_bytes(std::string_view text, std::string_view file_name) {
  if (text.size() > limits::kCatalogFileBytesMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("The file is larger than {1} bytes"), {std::to_string(limits::kCatalogFileBytesMax)})
                    .at(place(file_name, 1, 1)));
  if (!is_utf8(text)) return fail(Error(ErrorCode::kInvalid, NC_MSG("Text is not valid UTF-8")).at(place(file_name, 1, 1)));
  bool lent_already = false;
  for_each_code_point(text, [&](std::uint32_t c) { lent_already |= c >= kLent && c < kLent + 0x10000; });
  if (lent_already)
    return fail(
        Error(ErrorCode::kInvalid, NC_MSG("The file holds a character for private use (U+F0000 to U+FFFFF)")).at(place(file_name, 1, 1)));
  std::size_t line = 1;
  int dots = 0;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      dots = 0;
    }
    if (c == '.' && ++dots > kDotsOfALineMax)
      return fail(Error(ErrorCode::kLimit, NC_MSG("The line has more than {1} dots"), {std::to_string(kDotsOfALineMax)})
                      .at(place(file_name, line, 1)));
  }
  return {};
}

}  // namespace

Result<Toml> parse_toml(std::string_view text, std::string_view file_name) {
  NC_TRY(check_bytes(text, file_name));
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  const auto parsed = toml::parse(lend(text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text), file_name);
  if (!parsed) {
    const auto& error = parsed.error();
    const auto at = error.source().begin;
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The file is not TOML; its reader says: “{1}”"),
                      {is_utf8(error.description()) ? put_back(error.description()) : std::string()})
                    .at(place(file_name, std::max<std::size_t>(at.line, 1), std::max<std::size_t>(at.column, 1)))
                    .then(NC_MSG("Look at the line and the column named there")));
  }
  return Converter(file_name).table(parsed.table(), 0);
}

}  // namespace nc::catalog
