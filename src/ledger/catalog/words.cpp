#include "ledger/catalog/words.h"

#include <set>

#include "ledger/catalog/value_words.h"

namespace nc::catalog {
namespace {

struct Word {
  std::string_view id, vi, en;
};

constexpr Word kWords[] = {
    {"yes", "có", "yes"},
    {"no", "không", "no"},
    {"inferred", "suy ra", "inferred"},
    {"year_missing", "không rõ năm", "year not known"},
    {"to", "đến", "until"},
    {"own", "ta", "ours"},
    {"counterpart", "bạn", "theirs"},
    {"total", "tổng", "total"},
    {"each_side", "mỗi bên", "each side"},
    {"both_sides", "cả hai bên", "both sides"},
    {"own_only", "chỉ bên ta", "our side only"},
    {"counterpart_only", "chỉ bên bạn", "their side only"},
    {"unknown", "không rõ cách tính", "basis not known"},
    {"exact", "chính xác", "exact"},
    {"about", "khoảng", "about"},
    {"over", "hơn", "over"},
    {"nearly", "gần", "nearly"},
    {"magnitude", "chỉ nêu cỡ số", "order of magnitude"},
    {"hidden", "•••", "•••"},
    {"erased", "đã xóa", "erased"},
    {"void", "đã hủy", "void"},
};

}  // namespace

std::string_view fixed_word(std::string_view id, std::string_view lang) {
  for (const auto& entry : kWords)
    if (entry.id == id) return lang == "en" ? entry.en : entry.vi;
  return id;
}

const std::vector<std::string_view>& qualifier_ids() {
  static const std::vector<std::string_view> ids(kQualifierWords.begin(), kQualifierWords.end());
  return ids;
}

const std::vector<std::string_view>& basis_ids() {
  static const std::vector<std::string_view> ids(kBasisWords.begin(), kBasisWords.end());
  return ids;
}

const Option* find_slot_option(const Catalog& catalog, std::string_view slot, std::string_view id) {
  for (const auto& type : catalog.types())
    if (const auto* field = type.slot(slot))
      if (const auto* option = field->option(id)) return option;
  return nullptr;
}

std::vector<const Option*> all_slot_options(const Catalog& catalog, std::string_view slot) {
  std::vector<const Option*> out;
  std::set<std::string_view> seen;
  for (const auto& type : catalog.types())
    if (const auto* field = type.slot(slot))
      for (const auto& option : field->options)
        if (!option.retired && seen.insert(option.id).second) out.push_back(&option);
  return out;
}

std::string measure_label(const Catalog& catalog, const std::vector<std::string>& kinds, std::string_view measure,
                          std::string_view counted_in, std::string_view lang) {
  for (const auto& kind : kinds)
    if (const auto* type = catalog.find(kind))
      if (const auto* known = type->measure(measure)) return known->label.in(lang);
  for (const auto id : {counted_in, measure})
    if (const auto* option = id.empty() ? nullptr : find_slot_option(catalog, "unit_of_count", id)) return option->label.in(lang);
  for (const auto& type : catalog.types())
    if (const auto* known = type.measure(measure)) return known->label.in(lang);
  return std::string(measure);
}

}  // namespace nc::catalog
