#include "face/cli/figure_table.h"

#include <map>

#include "base/text.h"
#include "ledger/catalog/words.h"

namespace nc::cli {
namespace {

std::string kinds_text(const Context& context, const stats::Figure& figure, const records::World& world) {
  if (context.lang() == "en" && !figure.indicator_name_en.empty()) return figure.indicator_name_en;
  if (!figure.indicator_name.empty()) return figure.indicator_name;
  std::vector<std::string> names;
  for (const auto& kind : figure.kinds) {
    const auto* type = world.catalog->find(kind);
    names.push_back(type ? type->label.in(context.lang()) : kind);
  }
  return names.empty() ? context.tr(NC_MSG("All activities")) : join(names, " + ");
}

std::string measure_text(const Context& context, const stats::Figure& figure, const records::World& world) {
  if (figure.measure == "count") return context.tr(NC_MSG("times"));
  return catalog::measure_label(*world.catalog, figure.kinds, figure.measure, figure.unit_of_count, context.lang());
}

// Qualifiers stand among the arguments as words of their own.
std::string difference_text(const Context& context, const stats::Difference& difference) {
  std::vector<std::string> args;
  for (const auto& arg : difference.args) args.emplace_back(catalog::fixed_word(arg, context.lang()));
  return context.words.error_text(Error(ErrorCode::kInvalid, difference.message, args));
}

std::string amount_text(const Context& context, const stats::Amount& amount) { return context.words.decimal(amount.text()); }

std::string qualifier_text(const Context& context, const std::string& qualifier) {
  if (qualifier.empty() || qualifier == "exact" || qualifier == "magnitude") return {};
  return std::string(catalog::fixed_word(qualifier, context.lang())) + " ";
}

std::string option_text(const Context& context, const records::World& world, std::string_view slot, const std::string& id) {
  const auto* option = catalog::find_slot_option(*world.catalog, slot, id);
  return option ? option->label.in(context.lang()) : id;
}

std::string declared_text(const Context& context, const stats::Declared& declared, const records::World& world) {
  std::string text = qualifier_text(context, declared.qualifier);
  text += declared.value ? amount_text(context, *declared.value) : option_text(context, world, "magnitude", declared.magnitude);
  if (declared.denominator) text += " / " + amount_text(context, *declared.denominator);
  if (declared.parts.empty()) return text;
  std::vector<std::string> parts;
  for (const auto& part : declared.parts) {
    std::vector<std::string> levels;
    for (const auto& level : part.levels) levels.push_back(option_text(context, world, "level", level));
    parts.push_back((levels.empty() ? part.code : join(levels, "+")) + " " + declared_text(context, part, world));
  }
  return text + " (" + join(parts, ", ") + ")";
}

std::string recorded_text(const Context& context, const stats::Recorded& recorded) {
  std::string text = recorded.value ? amount_text(context, *recorded.value) : context.tr(NC_MSG("not yet"));
  if (recorded.undated_within > 0) text += " " + context.tr(NC_MSG("(+{1} undated)"), static_cast<std::int64_t>(recorded.undated_within));
  if (recorded.announced > 0) text += " " + context.tr(NC_MSG("({1} announced)"), static_cast<std::int64_t>(recorded.announced));
  return text;
}

std::string key_text(const Context& context, stats::Dimension dimension, const std::string& key, const records::World& world) {
  if (key.empty()) return context.tr(NC_MSG("(not stated)"));
  if (dimension == stats::Dimension::kKind)
    if (const auto* type = world.catalog->find(key)) return type->label.in(context.lang());
  if (const auto* unit = world.tree->by_code(key)) return context.lang() == "en" ? unit->name_en : unit->name;
  return key;
}

std::string_view dimension_words(stats::Dimension dimension) {
  using D = stats::Dimension;
  switch (dimension) {
    case D::kUnit: return NC_MSG("Unit");
    case D::kProvince: return NC_MSG("Province");
    case D::kPartner: return NC_MSG("Country");
    case D::kChain: return NC_MSG("Force of the other side");
    case D::kCounterpart: return NC_MSG("Counterpart");
    case D::kArea: return NC_MSG("Area of the other side");
    case D::kKind: return NC_MSG("Kind");
    case D::kDetail: return NC_MSG("Sub-kind");
    case D::kLevel: return NC_MSG("Level");
    case D::kYear: return NC_MSG("Year");
    case D::kQuarter: return NC_MSG("Quarter");
    case D::kMonth: return NC_MSG("Month");
    case D::kMeasure: return NC_MSG("Measure");
    case D::kNone: break;
  }
  return stats::dimension_name(dimension);
}

std::string options_text(const Context& context, const records::World& world, std::string_view slot, const std::vector<std::string>& ids) {
  std::vector<std::string> labels;
  for (const auto& id : ids) labels.push_back(option_text(context, world, slot, id));
  return join(labels, ", ");
}

// With whom and when: what sets figures apart that are named alike.
std::string bounds_text(const Context& context, const stats::Figure& figure, const records::World& world) {
  std::vector<std::string> terms;
  if (const auto* unit = figure.unit ? world.tree->find(*figure.unit) : nullptr)
    terms.push_back(context.lang() == "en" && !unit->name_en.empty() ? unit->name_en : unit->name);
  if (!figure.area.empty()) terms.push_back(figure.area);
  if (!figure.declared.empty())
    for (const auto& id : figure.declared.front().counterparts)
      if (const auto* unit = world.tree->find(id))
        terms.push_back(context.lang() == "en" && !unit->name_en.empty() ? unit->name_en : unit->name);
  if (!figure.countries.empty()) terms.push_back(options_text(context, world, "country", figure.countries));
  const auto day = [](std::int32_t at) { return i18n::day_text(at); };
  if (figure.nature == stats::Nature::kStock && figure.to) terms.push_back(day(*figure.to));
  else if (figure.from || figure.to)
    terms.push_back((figure.from ? day(*figure.from) : std::string("…")) + " – " + (figure.to ? day(*figure.to) : std::string("…")));
  return join(terms, ", ");
}

// The names of figures. Where several that are measured alike have one name, the level sets them apart, or else the
// bounds; a stock of a kind is always of its level.
std::vector<std::string> names_of(const Context& context, const std::vector<stats::Figure>& figures, const records::World& world) {
  std::vector<std::string> names;
  const auto extend_alike = [&](const auto& more) {
    std::map<std::pair<std::string, std::string>, int> alike;
    for (std::size_t i = 0; i < figures.size(); ++i) ++alike[{names[i], figures[i].measure}];
    for (std::size_t i = 0; i < figures.size(); ++i)
      if (alike.at({names[i], figures[i].measure}) > 1) names[i] += more(figures[i]);
  };
  const auto level = [&](const stats::Figure& figure) {
    return figure.levels.empty() ? std::string() : ", " + options_text(context, world, "level", figure.levels);
  };
  for (const auto& figure : figures) {
    names.push_back(kinds_text(context, figure, world));
    if (figure.indicator) continue;
    if (!figure.details.empty()) names.back() += " (" + options_text(context, world, "detail", figure.details) + ")";
    names.back() += level(figure);
  }
  extend_alike([&](const stats::Figure& figure) { return figure.indicator ? level(figure) : std::string(); });
  extend_alike([&](const stats::Figure& figure) { return " [" + bounds_text(context, figure, world) + "]"; });
  return names;
}

std::string cell_text(const Context& context, const stats::Cell& cell) {
  return cell.value ? amount_text(context, *cell.value) : std::string("–");
}

}  // namespace

void print_figures(const Context& context, const std::vector<stats::Figure>& figures, const records::World& world,
                   const stats::NameOf& name_of) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({context.tr(NC_MSG("What")), context.tr(NC_MSG("Measure")), context.tr(NC_MSG("Declared")),
                  context.tr(NC_MSG("Recorded from single reports")), context.tr(NC_MSG("Sources"))});
  std::vector<std::string> remarks;
  const auto names = names_of(context, figures, world);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const auto& figure = figures[i];
    std::vector<std::string> declared, sources;
    for (const auto& item : figure.declared) {
      declared.push_back(declared_text(context, item, world));
      for (const auto& source : item.sources) sources.push_back(shorten(name_of(source), 60));
    }
    rows.push_back({names[i], measure_text(context, figure, world), declared.empty() ? "–" : join(declared, "; "),
                    recorded_text(context, figure.recorded), join(sources, "; ")});
    for (const auto& difference : figure.differences) remarks.push_back(names[i] + ": " + difference_text(context, difference));
  }
  print_table(context.out(), rows);
  if (!remarks.empty()) context.out() << context.tr(NC_MSG("Differences between figures:")) << '\n';
  for (const auto& remark : remarks) context.out() << "  - " << remark << '\n';
}

void print_pivot(const Context& context, const stats::Pivot& pivot, const records::World& world) {
  std::vector<std::vector<std::string>> rows(1);
  rows[0].push_back(context.tr(dimension_words(pivot.rows)));
  for (const auto& key : pivot.column_keys) rows[0].push_back(key_text(context, pivot.columns, key, world));
  rows[0].push_back(context.tr(NC_MSG("Total")));
  for (const auto& row_key : pivot.row_keys) {
    std::vector<std::string> row{key_text(context, pivot.rows, row_key, world)};
    for (const auto& column_key : pivot.column_keys) {
      const auto it = pivot.cells.find({row_key, column_key});
      row.push_back(it == pivot.cells.end() ? "" : cell_text(context, it->second));
    }
    const auto total = pivot.row_totals.find(row_key);
    row.push_back(total == pivot.row_totals.end() ? "" : cell_text(context, total->second));
    rows.push_back(std::move(row));
  }
  std::vector<std::string> last{context.tr(NC_MSG("Total"))};
  for (const auto& column_key : pivot.column_keys) {
    const auto total = pivot.column_totals.find(column_key);
    last.push_back(total == pivot.column_totals.end() ? "" : cell_text(context, total->second));
  }
  last.push_back(cell_text(context, pivot.total));
  rows.push_back(std::move(last));
  print_table(context.out(), rows);
  if (pivot.by_lead_unit) context.out() << context.tr(NC_MSG("Units stand for the records they lead.")) << '\n';
  if (pivot.undated_within > 0)
    context.out() << context.tr(NC_MSG("{1} records may lie in the period; their date is too imprecise to say."),
                                static_cast<std::int64_t>(pivot.undated_within))
                  << '\n';
}

void print_answer(const Context& context, const stats::Answer& answer, const records::World& world, const stats::NameOf& name_of) {
  if (answer.pivot) {
    print_pivot(context, *answer.pivot, world);
    return;
  }
  print_figures(context, answer.figures, world, name_of);
  if (!answer.below.empty())
    context.out() << context.tr(NC_MSG("{1} figures declared by units below: listed with --format json, never added"),
                                static_cast<std::int64_t>(answer.below.size()))
                  << '\n';
  if (!answer.outside.empty())
    context.out() << context.tr(NC_MSG("{1} declared figures fit but for their period"), static_cast<std::int64_t>(answer.outside.size()))
                  << '\n';
}

}  // namespace nc::cli
