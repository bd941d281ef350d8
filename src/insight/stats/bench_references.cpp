#include "insight/stats/bench_references.h"

#include <algorithm>
#include <fstream>

#include "insight/stats/scan.h"

namespace nc::stats::bench {
namespace {

// The scopes that the questions ask for: 0 the province, 1 the post.
void write_scopes(const World& world, const std::filesystem::path& folder) {
  std::ofstream out(folder / "own_under.csv");
  const auto& store = world.store();
  int number = 0;
  for (const auto& unit : {world.province(30), world.post(225)}) {
    const UnitScope scope(*world.world().tree, unit, orgtree::Line::kCommand, {});
    for (std::uint32_t own = 0; own < store.own_sets.size(); ++own) {
      auto days = scope.presence(store.own_sets.at(own).units).days;
      std::sort(days.begin(), days.end());
      std::int32_t open = kDayMin;  // days before it are told already
      for (const auto& range : days) {
        const auto first = std::max(range.first, open);
        if (first > range.last) continue;
        out << own << ',' << number << ',' << first << ',' << range.last << '\n';
        open = range.last == kDayMax ? kDayMax : range.last + 1;
      }
    }
    ++number;
  }
}

void write_counterparts(const World& world, const std::filesystem::path& folder) {
  std::ofstream out(folder / "cp_country.csv");
  const auto& store = world.store();
  for (std::uint32_t set = 0; set < store.counterpart_sets.size(); ++set)
    for (std::size_t country = 0; country < kCountries.size(); ++country) {
      const auto& units = store.counterpart_sets.at(set).units;
      if (std::any_of(units.begin(), units.end(),
                      [&](const auto& id) { return world.world().tree->find(id)->country == kCountries[country]; }))
        out << set << ',' << country << '\n';
    }
}

void write_sights(const World& world, const std::vector<access::ReadScope>& viewers, const std::filesystem::path& folder) {
  std::ofstream out(folder / "seen.csv");
  const auto& store = world.store();
  for (std::size_t viewer = 0; viewer < viewers.size(); ++viewer) {
    Sight sight;
    sight.resolve(store, viewers[viewer], world.world());
    std::set<std::int32_t> seen;
    for (std::uint32_t lock = 0; lock < store.locks.size(); ++lock)
      for (const auto& kind : world.kinds()) {
        const auto of = sight.class_of_kind[store.words.find(kind).value()];
        if ((sight.locks[lock * sight.stride + of / 64] >> (of % 64) & 1) != 0) seen.insert(world.lock_of(lock, kind));
      }
    for (const auto lock : seen) out << viewer << ',' << lock << '\n';
  }
}

std::int32_t number_of(const World& world, const std::string& code) {
  const auto& units = world.units();
  const auto at = std::find_if(units.begin(), units.end(), [&](const auto& unit) { return unit.code == code; });
  return at == units.end() ? -1 : static_cast<std::int32_t>(at - units.begin());
}

// The province above each of our units, on the days between moves.
void write_provinces(const World& world, const std::filesystem::path& folder) {
  std::ofstream out(folder / "lead_province.csv");
  const auto& tree = *world.world().tree;
  for (std::size_t i = 0; i < world.units().size(); ++i) {
    const auto& unit = world.units()[i];
    if (!unit.own) continue;
    std::set<std::int32_t> edges{kDayMin};
    for (const auto& link : tree.links_of(unit.id))
      if (link.from) edges.insert(*link.from);
    for (auto edge = edges.begin(); edge != edges.end(); ++edge) {
      const auto parent = unit.level == "province" ? std::optional(unit.id) : tree.parent(unit.id, orgtree::Line::kCommand, *edge);
      const auto province = parent && tree.find(*parent)->level == "province" ? number_of(world, tree.find(*parent)->code) : -1;
      const auto next = std::next(edge);
      out << i << ',' << province << ',' << *edge << ',' << (next == edges.end() ? kDayMax : *next - 1) << '\n';
    }
  }
}

std::int64_t key_of(const World& world, Dimension dimension, const std::string& text) {
  if (text.empty()) return -1;
  if (dimension == Dimension::kKind) return world.store().words.find(text).value();
  if (dimension == Dimension::kProvince) return number_of(world, text);
  std::string digits;
  for (const char c : text)
    if (c != '-') digits += c;
  return std::stoll(digits);
}

}  // namespace

void write_tables(const World& world, const std::vector<access::ReadScope>& viewers, const std::filesystem::path& folder) {
  std::ofstream out(folder / "act.csv");
  for (const auto& row : world.plain())
    out << row.first << ',' << row.last << ',' << row.year << ',' << row.month << ',' << row.kind << ',' << row.own << ',' << row.lead
        << ',' << row.counterpart << ',' << row.lock << ',' << row.status << ',' << row.better << ',' << row.twin_lock << ','
        << row.parent_kind << ',' << row.parent_year << ',' << row.parent_lock << '\n';
  write_scopes(world, folder);
  write_counterparts(world, folder);
  write_sights(world, viewers, folder);
  write_provinces(world, folder);
}

void write_questions(const std::vector<Asked>& asked, const std::filesystem::path& folder) {
  std::ofstream out(folder / "questions.json");
  const auto* between = "[\n";
  for (const auto& question : asked) {
    out << between << "{\"sql\": " << canonical(Json(question.sql)) << ", \"answer\": " << canonical(question.answer)
        << ", \"line\": " << nc::bench::text(question.line) << "}";
    between = ",\n";
  }
  out << "\n]\n";
}

Json plain_answer(const World& world, const Answer& answer) {
  Json out{JsonObject{}};
  const auto set = [&](const std::string& key, std::size_t records) {
    if (records > 0) out.set(key, records);
  };
  for (const auto& figure : answer.figures)
    set(std::to_string(figure.kinds.empty() ? -1 : key_of(world, Dimension::kKind, figure.kinds.front())), figure.recorded.records);
  if (!answer.pivot) return out;
  for (const auto& [key, cell] : answer.pivot->cells) {
    auto text = std::to_string(key_of(world, answer.pivot->rows, key.first));
    if (answer.pivot->columns != Dimension::kNone) text += "|" + std::to_string(key_of(world, answer.pivot->columns, key.second));
    set(text, cell.records);
  }
  return out;
}

namespace sql {

std::string one_province(std::int32_t from, std::int32_t to) {
  const auto days = "a.first >= " + std::to_string(from) + " AND a.first <= " + std::to_string(to) + " AND a.last <= " + std::to_string(to);
  return "WITH s AS (SELECT a.kind AS kind, a.pkind AS pkind FROM own_under u JOIN act a ON a.own = u.own JOIN cp_country c ON c.cp = a.cp "
         "WHERE u.above = 0 AND c.country = 1 AND a.first BETWEEN u.first AND u.last AND " +
         days +
         " AND a.status = 0 AND a.better = 1) SELECT kind, count(*) FROM s WHERE pkind <> kind GROUP BY kind UNION ALL SELECT -1, count(*) "
         "FROM s WHERE pkind = -1";
}

// Where the one that counts of an activity told twice is hidden, the other one does.
std::string kind_by_year_seen(int viewer) {
  const auto seen = "IN (SELECT lk FROM seen WHERE viewer = " + std::to_string(viewer) + ")";
  return "SELECT kind, year, count(*) FROM act WHERE status = 0 AND lk " + seen + " AND (better = 1 OR twin NOT " + seen +
         ") AND NOT (pkind = kind AND pyear = year AND plk " + seen + ") GROUP BY kind, year";
}

}  // namespace sql
}  // namespace nc::stats::bench
