// The summary: the questions of share/demo/summary.json (insight/stats/summary.h), answered by the figures
// themselves.
#include <map>
#include <set>

#include "base/files.h"
#include "face/web/figures/answer_view.h"
#include "face/web/figures/words.h"
#include "face/web/site_pages.h"
#include "insight/stats/summary.h"

namespace nc::web {
namespace {

Result<std::vector<stats::SummaryBlock>> blocks_of(const Visit& visit) {
  NC_ASSIGN(const auto text, read_file(visit.site.share() / "demo" / "summary.json"));
  return stats::read_summary(text, *visit.world->tree);
}

Asked asked_of(const stats::SummaryBlock& block) {
  Asked out;
  for (const auto& [name, text] : block.asked) out.typed.add(name, text);
  out.query = *block.query;
  return out;
}

Tile tile_of(const Visit& visit, const Asked& asked, const stats::Figure& figure) {
  const auto& lead = figure.declared.front();
  Tile tile;
  tile.label = figure_name(visit, figure);
  tile.value = quantity_text(visit, lead);
  tile.basis = measure_name(visit, figure);
  if (!figure.levels.empty()) tile.basis += " · " + levels_text(visit, figure.levels);
  tile.basis += " · " + period_text(visit, figure.nature, figure.from, figure.to);
  for (const auto& part : lead.parts) {
    const auto label = part.levels.empty() ? partner_text(visit, part) : levels_text(visit, part.levels);
    tile.beside.push_back({visit.tr("of which {1}", label), Html(quantity_text(visit, part)), {}});
  }
  const auto& said = figure.recorded;
  tile.beside.push_back(
      {visit.tr("recorded from single reports"),
       Html(said.value ? amount_text(visit, *said.value) + " (" + visit.tr("incomplete") + ")" : visit.tr("no report yet")),
       {}});
  for (const auto& difference : figure.differences)
    tile.beside.push_back({visit.tr("difference"), Html(difference_text(visit, difference)), {}});
  tile.drill = behind_url(asked, figure, "recorded");
  return tile;
}

// Figures of one name and measure say with whom.
void set_apart(std::vector<Tile>& all, const std::vector<std::string>& partners) {
  std::map<std::pair<std::string, std::string>, int> alike;
  for (const auto& tile : all) ++alike[{tile.label, tile.basis}];
  for (std::size_t i = 0; i < all.size(); ++i)
    if (alike.at({all[i].label, all[i].basis}) > 1 && !partners[i].empty()) all[i].basis += " · " + partners[i];
}

// Nothing when the visitor's scope holds nothing of the question.
Html block_view(const Visit& visit, const stats::SummaryBlock& block, const access::ReadScope& read) {
  const auto title = block.title.in(visit.lang());
  // Of a unit that this node does not have nothing can be asked; the other questions go on.
  if (!block.query)
    return section(title, hint(visit.ui.tr("This question cannot be asked here: {1}", visit.ui.error_text(block.query.error()))));
  const auto asked = asked_of(block);
  auto answer = visit.site.columns().answer(asked.query, read, *visit.world);
  stats::keep_of_summary(block, answer);
  if (answer.pivot ? answer.pivot->row_keys.empty() : answer.figures.empty()) return {};
  Html body;
  if (answer.pivot) {
    body = pivot_view(visit, asked, *answer.pivot, title, false);
  } else {
    std::vector<Tile> all;
    std::vector<std::string> partners;
    std::vector<stats::Figure> rest;
    for (auto& figure : answer.figures) {
      if (figure.declared.empty()) {
        rest.push_back(std::move(figure));
        continue;
      }
      all.push_back(tile_of(visit, asked, figure));
      partners.push_back(partner_text(visit, figure.declared.front()));
    }
    set_apart(all, partners);
    if (!all.empty()) body = tiles(all, visit.ui);
    answer.figures = std::move(rest);
    if (!answer.figures.empty()) body.add(answer_view(visit, asked, answer));
  }
  if (!block.note.empty()) body.add(hint(block.note.in(visit.lang())));
  return section(title, body, link(visit.tr("Open this question"), asked.at("/figures")));
}

// The same day in another year; the last of February has no other.
std::int32_t same_day(std::int32_t today, int year) {
  const auto date = from_day(today);
  return to_day(year, date.month, is_civil(year, date.month, date.dom) ? date.dom : date.dom - 1);
}

// Activities of one year up to the same day of the year, by kind.
stats::Pivot kinds_of_year(const Visit& visit, const access::ReadScope& read, int year) {
  stats::Query query;
  query.from = to_day(year, 1, 1);
  query.to = same_day(visit.who.today, year);
  query.rows = stats::Dimension::kKind;
  return visit.site.columns().answer(query, read, *visit.world).pivot.value_or(stats::Pivot{});
}

std::optional<stats::Amount> row_total(const stats::Pivot& table, const std::string& row) {
  const auto at = table.row_totals.find(row);
  return at == table.row_totals.end() ? std::nullopt : at->second.value;
}

}  // namespace

Html figure_summary(const Visit& visit) {
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  if (read.nothing()) return {};
  const auto year = from_day(visit.who.today).year;
  const auto now = kinds_of_year(visit, read, year), before = kinds_of_year(visit, read, year - 1);
  std::set<std::string> kinds(now.row_keys.begin(), now.row_keys.end());
  kinds.insert(before.row_keys.begin(), before.row_keys.end());
  auto questions = summary_section(visit, false);
  if (!questions.empty()) questions.add(el("p", {}, button_link(visit.tr("The whole summary"), Url::to("/summary"))));
  const auto heading = visit.tr("This year beside last year, up to the same day");
  if (kinds.empty())
    return join(section(heading, hint(visit.tr("No activity is recorded up to this day of {1} or of {2}: there is nothing to compare.",
                                               std::to_string(year), std::to_string(year - 1)))),
                questions);
  const auto nothing_in = [&](const stats::Pivot& of, int in) {
    return of.row_keys.empty() ? hint(visit.tr("Nothing is recorded up to this day of {1}.", std::to_string(in))) : Html();
  };
  const auto this_day = i18n::day_text(visit.who.today).substr(0, 5);
  Pivot table{visit.tr("Recorded from 01/01 to {1}", this_day), visit.tr("Kind"), {std::to_string(year), std::to_string(year - 1)}, {}};
  const auto cell = [&](const stats::Pivot& of, const std::string& kind, int in) {
    const auto value = row_total(of, kind);
    const auto to = i18n::day_text(same_day(visit.who.today, in));
    return PivotCell{value ? amount_text(visit, *value) : std::string(),
                     value ? std::optional(Url::to("/figures", {{"kind", kind}, {"from", std::to_string(in)}, {"to", to}})) : std::nullopt,
                     false};
  };
  for (const auto& kind : kinds) table.rows.push_back({kind_name(visit, kind), {cell(now, kind, year), cell(before, kind, year - 1)}});
  return join(section(heading,
                      join(pivot(table, visit.ui), nothing_in(now, year), nothing_in(before, year - 1),
                           hint(visit.tr("From single reports: incomplete; what nobody reported is not zero."))),
                      link(visit.tr("Figures"), Url::to("/figures"))),
              questions);
}

Html summary_section(const Visit& visit, bool tables) {
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  const auto blocks = blocks_of(visit);
  if (!blocks || read.nothing()) return {};
  Html out;
  for (const auto& block : *blocks)
    if (tables || !block.query || block.query->rows == stats::Dimension::kNone) out.add(block_view(visit, block, read));
  return out;
}

}  // namespace nc::web
