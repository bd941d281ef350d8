// A node for benches: founded with the project's catalogue, with an own unit, a counterpart and the account
// of a post officer. The records that are saved stand in data/bench/records.json.
#pragma once

#include "base/bench.h"
#include "base/files.h"
#include "ledger/records/ledger.h"

namespace nc::bench {

// Run from the project's root, as ./dev bench does.
class Node {
 public:
  explicit Node(const std::filesystem::path& dir, const records::OpenOptions& options = {})
      : data_(must(parse_json(must(read_file("data/bench/records.json"))))) {
    must(records::Ledger::found(dir, "catalog", "bench-post", options));
    ledger_ = must(records::Ledger::open(dir, options));
    unit_ = records::imported_id("units", "bench-post");
    auto counterpart = data_["counterpart"]["values"];
    other_ = saved(ledger_->create(ledger_->console(), request(data_["counterpart"].text("type"), counterpart)));
    auto account = data_["person"]["values"];
    const auto& role = data_["person"].text("role");
    account.set("unit", unit_.hex()).set("grants", JsonArray{Json(JsonObject{{"line", "command"}, {"role", role}, {"unit", unit_.hex()}})});
    saved(ledger_->create(ledger_->console(), request(data_["person"].text("type"), account)));
    officer_ = must(ledger_->subject(account.text("login")));
    const auto& activity = data_["activity"];
    type_ = activity.text("type");
    values_ = activity["values"];
    values_.set(activity.text("lead"), unit_.hex());
    values_.set(activity.text("with"), JsonArray{Json(JsonObject{{"ref", other_.hex()}, {"role", "take_part"}})});
  }

  [[nodiscard]] records::Ledger& ledger() { return *ledger_; }
  [[nodiscard]] const access::Subject& officer() const { return officer_; }
  [[nodiscard]] const std::string& type() const { return type_; }
  // The number-th activity: the same but for a number in its text, so that no two are equal.
  [[nodiscard]] Json values(std::int64_t number) const {
    Json out = values_;
    auto place = out["place"];
    out.set("place", place.set("text", place.text("text") + " " + std::to_string(number)));
    return out;
  }
  [[nodiscard]] const Json& amendment() const { return data_["activity"]["amend"]; }

  RecordId save(std::int64_t number) { return saved(ledger_->create(officer_, request(type_, values(number)))); }
  void amend(const RecordId& id) { saved(ledger_->amend(officer_, {id, {}, amendment(), {}})); }
  // `count` activities in groups of one commit, as an import makes them.
  void fill(std::int64_t first, std::int64_t count) {
    constexpr std::int64_t kAtOnce = 10'000;
    for (std::int64_t done = 0; done < count; done += kAtOnce) {
      std::vector<records::Imported> rows;
      for (auto number = first + done; number < first + std::min(count, done + kAtOnce); ++number) {
        records::Imported row;
        row.id = records::imported_id("bench", std::to_string(number));
        row.type = type_;
        row.values = values(number);
        row.origin.bytes[0] = 1;
        std::copy(row.id.bytes.begin(), row.id.bytes.end(), row.origin.bytes.begin() + 1);
        row.audience = journal::Audience::own(unit_);
        rows.push_back(std::move(row));
      }
      for (auto& result : ledger_->import(ledger_->console(), rows)) saved(std::move(result));
    }
  }

 private:
  static records::Create request(const std::string& type, const Json& values) {
    return {std::nullopt, type, values, std::nullopt, std::nullopt, true};
  }
  static RecordId saved(records::WriteResult result) {
    if (!result) {
      std::fprintf(stderr, "%s\n", result.error().error.english().c_str());
      for (const auto& finding : result.error().findings)
        std::fprintf(stderr, "  %s %s\n", finding.rule.c_str(), finding.error.english().c_str());
    }
    NC_CHECK(result.has_value());
    return result->id;
  }

  Json data_;
  std::unique_ptr<records::Ledger> ledger_;
  UnitId unit_;
  RecordId other_;
  access::Subject officer_;
  std::string type_;
  Json values_;
};

}  // namespace nc::bench
