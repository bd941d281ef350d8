#include "insight/stats/summary.h"

#include <array>

namespace nc::stats {
namespace {

constexpr std::array<std::string_view, 8> kTexts{"unit", "line", "counterpart", "measure", "from", "to", "rows", "columns"};

catalog::Label label_of(const Json& json) { return {json.text("vi"), json.text("en")}; }

Result<Query> query_of(const Json& block, const orgtree::OrgTree& tree) {
  Query query;
  if (block.has("unit")) {
    const auto* unit = tree.by_code(block.text("unit"));
    if (!unit) return fail(ErrorCode::kNotFound, NC_MSG("There is no unit with the code “{1}”"), {block.text("unit")});
    query.unit = unit->id;
  }
  const auto refused = [&](std::string_view name) {
    return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not possible here"), {block.text(name)}).at(std::string(name)));
  };
  const auto line = orgtree::line_from_name(block.text("line", "command"));
  if (!line) return refused("line");
  query.line = *line;
  if (block.has("counterpart")) { NC_ASSIGN(query.partner, partner_from_text(block.text("counterpart"), tree)); }
  if (block["kinds"].is_array())
    for (const auto& kind : block["kinds"].as_array())
      if (kind.is_string()) query.kinds.push_back(kind.as_string());
  query.measure = block.text("measure");
  if (block.has("from")) {
    NC_ASSIGN(const auto days, parse_period_edge(block.text("from")));
    query.from = days.first;
  }
  if (block.has("to")) {
    NC_ASSIGN(const auto days, parse_period_edge(block.text("to")));
    query.to = days.last;
  }
  for (const auto& [name, into] : {std::pair{"rows", &query.rows}, std::pair{"columns", &query.columns}}) {
    if (!block.has(name)) continue;
    const auto dimension = dimension_from_name(block.text(name));
    if (!dimension) return refused(name);
    *into = *dimension;
  }
  return query;
}

SummaryBlock block_of(const Json& json, const orgtree::OrgTree& tree) {
  SummaryBlock out{label_of(json["title"]), label_of(json["note"]), {}, query_of(json, tree), json.boolean("declared_only")};
  for (const auto name : kTexts)
    if (json.has(name)) out.asked.emplace_back(name, json.text(name));
  if (out.query)
    for (const auto& kind : out.query->kinds) out.asked.emplace_back("kind", kind);
  return out;
}

}  // namespace

Result<std::vector<SummaryBlock>> read_summary(std::string_view json, const orgtree::OrgTree& tree) {
  NC_ASSIGN(const auto file, parse_json(json));
  if (!file["blocks"].is_array())
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The file has no list “{1}”"), {"blocks"}).then(NC_MSG("See data/demo/summary.json")));
  std::vector<SummaryBlock> out;
  for (const auto& block : file["blocks"].as_array()) out.push_back(block_of(block, tree));
  return out;
}

void keep_of_summary(const SummaryBlock& block, Answer& answer) {
  if (block.declared_only) std::erase_if(answer.figures, [](const auto& figure) { return figure.declared.empty(); });
  answer.below.clear();
  answer.outside.clear();
}

}  // namespace nc::stats
