#include <charconv>

#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // 1 to `digits_max` digits; false when there is none or one too many.
  bool number(std::size_t digits_max, int& out) {
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') ++digits;
    if (digits == 0 || digits > digits_max) return false;
    std::from_chars(rest_.data(), rest_.data() + digits, out);
    rest_.remove_prefix(digits);
    return true;
  }

  bool twin(int& out) { return !take('(') || (number(1, out) && take(')')); }

 private:
  std::string_view rest_;
};

bool read(Cursor in, MarkerNotation& out) {
  if (!in.number(4, out.main) || !in.twin(out.main_twin)) return false;
  if (in.take('/') && (!in.number(3, out.sub) || !in.twin(out.sub_twin))) return false;
  if (in.take('+') && !in.number(4, out.metres)) return false;
  return in.at_end();
}

}  // namespace

Result<MarkerNotation> parse_marker(std::string_view text) {
  MarkerNotation out;
  if (read(Cursor(text), out)) return out;
  return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not a marker"), {std::string(text.substr(0, 64))})
                  .then(NC_MSG("Write 165, 165(1), 1088/3 or 260+500")));
}

}  // namespace nc::catalog
