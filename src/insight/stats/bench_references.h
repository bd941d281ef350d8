// For the bench: the same rows and questions for databases (tools/bench/figures_references.mjs).
#pragma once

#include <filesystem>

#include "base/bench.h"
#include "insight/stats/bench_world.h"

namespace nc::stats::bench {

// The tables as CSV: rows, scopes of units with their days, countries of counterparts, what each viewer sees.
void write_tables(const World& world, const std::vector<access::ReadScope>& viewers, const std::filesystem::path& folder);
// A question with the columns' own answer and times.
struct Asked {
  nc::bench::Line line;
  std::string sql;
  Json answer;
};
// As questions.json.
void write_questions(const std::vector<Asked>& asked, const std::filesystem::path& folder);
// Keys in the numbers that the tables have, joined by a bar, to counts of activities; zero is left out.
Json plain_answer(const World& world, const Answer& answer);

namespace sql {
std::string one_province(std::int32_t from, std::int32_t to);
std::string kind_by_year_seen(int viewer);
inline const std::string kKindByYear =
    "SELECT kind, year, count(*) FROM act WHERE status = 0 AND better = 1 AND NOT (pkind = kind AND pyear = year) GROUP BY kind, year";
inline const std::string kProvinceByKind =
    "SELECT p.province, a.kind, count(*) FROM cp_country c JOIN act a ON a.cp = c.cp JOIN lead_province p ON p.lead = a.lead AND a.first "
    "BETWEEN p.first AND p.last WHERE c.country = 1 AND a.status = 0 AND a.better = 1 AND a.pkind <> a.kind GROUP BY p.province, a.kind";
inline const std::string kMonths =
    "SELECT a.month, count(*) FROM own_under u JOIN act a ON a.own = u.own WHERE u.above = 1 AND a.first BETWEEN u.first AND u.last AND "
    "a.status = 0 AND a.better = 1 AND a.pkind = -1 GROUP BY a.month";
}  // namespace sql

}  // namespace nc::stats::bench
