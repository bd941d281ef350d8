// A whole force's node for benches of pages: a command, its provinces and their posts, counterparts in two chains of three
// neighbours, and activities of many kinds, years, levels and units. What it is made of stands in data/bench/force.json.
#pragma once

#include "base/bench.h"
#include "base/civil.h"
#include "base/files.h"
#include "base/rng.h"
#include "ledger/records/ledger.h"

namespace nc::bench {

// Run from the project's root, as ./dev bench does. The same records come from the same numbers, in any run.
class Force {
 public:
  explicit Force(const std::filesystem::path& dir) : data_(must(parse_json(must(read_file("data/bench/force.json"))))) {
    must(records::Ledger::found(dir, "catalog", "bench-force", {}));
    ledger_ = must(records::Ledger::open(dir, {}));
    top_ = records::imported_id("units", "bench-force");
    make_units();
    make_people();
  }

  // `count` activities in groups of one commit, as an import makes them.
  void fill(std::int64_t count) {
    constexpr std::int64_t kAtOnce = 10'000;
    for (std::int64_t first = 0; first < count; first += kAtOnce) {
      std::vector<records::Imported> rows;
      for (auto number = first; number < std::min(count, first + kAtOnce); ++number) rows.push_back(activity(number));
      take(rows);
    }
  }

 private:
  struct Post {
    UnitId unit;
    std::vector<RecordId> others;
    std::string country;
  };

  static records::Imported row(const std::string& key, std::string type, Json values) {
    records::Imported out;
    out.id = records::imported_id("bench", key);
    out.type = std::move(type);
    out.values = std::move(values);
    out.origin.bytes[0] = 1;
    std::copy(out.id.bytes.begin(), out.id.bytes.end(), out.origin.bytes.begin() + 1);
    return out;
  }

  void take(const std::vector<records::Imported>& rows) {
    for (const auto& result : ledger_->import(ledger_->console(), rows)) {
      if (!result) std::fprintf(stderr, "%s\n", result.error().error.english().c_str());
      NC_CHECK(result.has_value());
    }
  }

  UnitId add_unit(std::vector<records::Imported>& rows, const std::string& code, const std::string& name, const std::string& country,
                  const std::string& level, const std::string& chain) {
    Json values{JsonObject{}};
    values.set("code", code).set("name", name).set("country", country).set("own", country == "VN").set("level", level);
    if (!chain.empty()) values.set("chain", chain);
    rows.push_back(row(code, data_.text("unit"), values));
    return rows.back().id;
  }

  void make_units() {
    std::vector<records::Imported> units;
    Json placed{JsonArray{}};
    const auto place = [&](const UnitId& unit, const UnitId& above) {
      placed.push(Json(JsonObject{{"unit", unit.hex()}, {"line", "command"}, {"parent", above.hex()}, {"change", "place"}}));
    };
    const auto& chains = data_["chains"].as_array();
    for (std::int64_t p = 0; p < data_.integer("provinces"); ++p) {
      const auto number = std::to_string(p);
      const auto province = add_unit(units, "bench-province-" + number, "Bộ đội Biên phòng tỉnh " + number, "VN", "province", "");
      place(province, top_);
      std::vector<RecordId> others;
      const auto& country = chains[static_cast<std::size_t>(p) % chains.size()].as_array()[0].as_string();
      for (std::int64_t i = 0; i < data_.integer("others_of_a_province"); ++i) {
        const auto& chain = chains[static_cast<std::size_t>(p) % chains.size() / 2 * 2 + static_cast<std::size_t>(i) % 2].as_array();
        others.push_back(add_unit(units, "bench-other-" + number + "-" + std::to_string(i),
                                  "Đồn bảo vệ biên giới " + number + "." + std::to_string(i), chain[0].as_string(), "post",
                                  chain[1].as_string()));
      }
      for (std::int64_t i = 0; i < data_.integer("posts_of_a_province"); ++i) {
        posts_.push_back({add_unit(units, "bench-post-" + number + "-" + std::to_string(i),
                                   "Đồn Biên phòng " + number + "." + std::to_string(i), "VN", "post", ""),
                          {},
                          country});
        place(posts_.back().unit, province);
        for (std::size_t other = 0; other < 3; ++other)
          posts_.back().others.push_back(others[(static_cast<std::size_t>(i) / 4 * 2 + other) % others.size()]);
      }
    }
    take(units);
    Json values{JsonObject{}};
    values.set("code", "bench-1").set("rows", std::move(placed));
    take({row("placing", data_.text("placing"), values)});
  }

  void make_people() {
    for (const auto& person : data_["people"].as_array()) {
      const auto unit = person.text("at") == "post" ? posts_[posts_.size() / 2].unit : top_;
      Json values{JsonObject{}};
      values.set("login", person.text("login")).set("display", person.text("display")).set("clearance", person.text("clearance"));
      values.set("unit", unit.hex());
      values.set("grants", JsonArray{Json(JsonObject{{"line", "command"}, {"role", person.text("role")}, {"unit", unit.hex()}})});
      NC_CHECK(
          ledger_->create(ledger_->console(), {std::nullopt, data_.text("person"), values, std::nullopt, std::nullopt, true}).has_value());
    }
  }

  // One of [[what, weight], ...].
  std::string one_of(const char* list) {
    std::uint64_t whole = 0;
    for (const auto& item : data_[list].as_array()) whole += static_cast<std::uint64_t>(item.as_array()[1].as_int());
    auto at = rng_.below(whole);
    for (const auto& item : data_[list].as_array()) {
      const auto weight = static_cast<std::uint64_t>(item.as_array()[1].as_int());
      if (at < weight) return item.as_array()[0].as_string();
      at -= weight;
    }
    return {};
  }
  std::string any_of(const char* list) {
    const auto& items = data_[list].as_array();
    return items[rng_.below(items.size())].as_string();
  }

  records::Imported activity(std::int64_t number) {
    const auto& post = posts_[rng_.below(posts_.size())];
    const auto kind = one_of("kinds");
    const auto& type = *ledger_->world()->catalog->find(kind);
    const auto first = to_day(static_cast<int>(data_.integer("first_year")), 1, 1);
    const auto last = to_day(static_cast<int>(data_.integer("last_year")), 12, 31);
    const auto day = first + static_cast<std::int32_t>(rng_.below(static_cast<std::uint64_t>(last - first + 1)));
    const auto own = static_cast<std::int64_t>(2 + rng_.below(12)), other = static_cast<std::int64_t>(2 + rng_.below(10));
    Json values{JsonObject{}};
    values.set("when", JsonObject{{"from", JsonObject{{"day", day}, {"precision", "day"}}}});
    values.set("status", one_of("statuses")).set("level", one_of("levels")).set("countries", JsonArray{post.country, "VN"});
    values.set("lead_unit", post.unit.hex());
    values.set("counterpart_units",
               JsonArray{Json(JsonObject{{"ref", post.others[rng_.below(post.others.size())].hex()}, {"role", "take_part"}})});
    values.set("place", JsonObject{{"text", any_of("places") + " " + std::to_string(100 + rng_.below(900))}});
    values.set("summary", any_of("summaries") + " (" + std::to_string(number) + ")").set("remark", data_.text("remark"));
    values.set("persons", JsonObject{{"total", own + other}, {"own", own}, {"counterpart", other}, {"basis", "both_sides"}});
    for (const auto& field : type.fields)
      if ((field.required || &field == type.slot("detail")) && !field.options.empty() && values[field.id].is_null())
        values.set(field.id, field.options[rng_.below(field.options.size())].id);
    auto out = row(std::to_string(number), kind, std::move(values));
    out.audience = journal::Audience::own(post.unit);
    return out;
  }

  Json data_;
  std::unique_ptr<records::Ledger> ledger_;
  UnitId top_;
  std::vector<Post> posts_;
  SeededRng rng_{20251122};
};

}  // namespace nc::bench
