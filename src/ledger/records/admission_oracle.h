// What a node may write once more, straight from docs/formats/journal.md over sets of hashes: for tests.
// It shares no code with the journal or admission_rules.cpp and is as slow as it is plain.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "foundation/crypto/hash.h"
#include "foundation/crypto/sign.h"
#include "ledger/journal/entry.h"

namespace nc::records::testing {

enum class Expected : std::uint8_t { kNotHeld, kParked, kCounts, kRefused, kPurged };

class AdmissionOracle {
 public:
  using Hashes = std::set<EntryHash>;
  explicit AdmissionOracle(const std::vector<journal::Entry>& entries) {
    for (const auto& entry : entries) all_.emplace(entry.hash, entry);
  }

  Expected of(const EntryHash& hash) {
    const auto judged = judge(hash);
    return judged == Expected::kCounts && purged(all_.at(hash)) ? Expected::kPurged : judged;
  }

 private:
  using Entry = journal::Entry;

  Expected judge(const EntryHash& hash) {
    if (!all_.contains(hash)) return Expected::kNotHeld;
    if (const auto known = judged_.find(hash); known != judged_.end()) return known->second;
    const auto answer = work_out(all_.at(hash));
    judged_.emplace(hash, answer);
    return answer;
  }
  bool here(const EntryHash& hash) {
    const auto answer = judge(hash);
    return answer != Expected::kNotHeld && answer != Expected::kParked;
  }
  Hashes closure(const std::vector<EntryHash>& from) {
    Hashes out;
    std::vector<EntryHash> work = from;
    while (!work.empty()) {
      const auto hash = work.back();
      work.pop_back();
      if (!all_.contains(hash) || !out.insert(hash).second) continue;
      const auto& base = all_.at(hash).header.base;
      work.insert(work.end(), base.begin(), base.end());
    }
    return out;
  }
  std::vector<const Entry*> counting(const Hashes& past) {
    std::vector<const Entry*> out;
    for (const auto& hash : past)
      if (judge(hash) == Expected::kCounts) out.push_back(&all_.at(hash));
    return out;
  }
  static std::string text(const Entry& entry, const char* member) { return Json(entry.body.set).text(member); }
  static bool authority(const Entry& entry) { return entry.header.stream.lane == journal::Lane::kAuthority; }

  std::vector<const Entry*> certificates(const Entry& of, const Hashes& past) {
    std::vector<const Entry*> out;
    for (const auto* one : counting(past))
      if (one->body.act == "certify-node" && text(*one, "node") == of.header.stream.node.hex() &&
          text(*one, "incarnation") == of.header.stream.incarnation.hex())
        out.push_back(one);
    return out;
  }
  bool whole(const Entry& of, const Hashes& past) {
    for (const auto* certificate : certificates(of, past)) {
      if (!certificate->header.auth) return true;
      const bool handed =
          text(*certificate, "node") == certificate->header.stream.node.hex() || text(*certificate, "unit") == UnitId{}.hex();
      if (handed && whole(*certificate, closure({*certificate->header.auth}))) return true;
    }
    return false;
  }
  std::set<std::string> units(const Entry& of, const Hashes& past) {
    std::set<std::string> out;
    for (const auto* certificate : certificates(of, past)) out.insert(text(*certificate, "unit"));
    return out;
  }
  // By how the type was published in that past.
  std::string feeds(const Entry& entry, const Hashes& past) { return definition(entry, past).text("feeds"); }
  Json definition(const Entry& entry, const Hashes& past) {
    for (const auto* one : counting(past))
      if (one->body.act == "publish-type" && text(*one, "type_id") == entry.header.type)
        return parse_json(text(*one, "definition")).value_or(Json(JsonObject{}));
    return Json();
  }
  std::vector<Json> rows(const Entry& entry, const char* field) {
    const auto it = entry.body.set.find(field);
    if (it == entry.body.set.end() || !it->second.is_array()) return {};
    return {it->second.as_array().begin(), it->second.as_array().end()};
  }
  bool under(const std::string& unit, const std::set<std::string>& held, const Hashes& past, std::set<std::string> seen = {}) {
    if (unit.empty() || !seen.insert(unit).second) return false;
    if (held.contains(unit)) return true;
    for (const auto* change : counting(past)) {
      if (!authority(*change) || feeds(*change, past) != "org-change" || replaced(*change, past)) continue;
      for (const auto& row : rows(*change, "rows")) {
        if (row.text("unit") != unit) continue;
        const bool line = row.text("line", "command") != "coordination";
        if (line && row.has("parent") && under(row.text("parent"), held, past, seen)) return true;
        if (row.has("successor") && under(row.text("successor"), held, past, seen)) return true;
      }
    }
    return false;
  }
  bool replaced(const Entry& change, const Hashes& past) {
    for (const auto* later : counting(past))
      if (later->header.record == change.header.record && later->hash != change.hash && feeds(*later, past) == "org-change" &&
          later->body.set.contains("rows") && closure({later->hash}).contains(change.hash))
        return true;
    return false;
  }
  bool may_write(const Entry& by, const journal::Audience& audience, const Hashes& past) {
    if (whole(by, past) || audience.units.empty()) return true;
    for (const auto& unit : audience.units)
      if (under(unit.hex(), units(by, past), past)) return true;
    return false;
  }

  Expected work_out(const Entry& entry) {
    const auto& header = entry.header;
    if (header.prev && judge(*header.prev) == Expected::kNotHeld) return Expected::kNotHeld;
    if (!header.auth) return Expected::kCounts;
    if (!here(*header.auth)) return Expected::kNotHeld;  // no key to compare the seal with
    const auto past = closure({*header.auth});
    if (certificates(entry, past).empty()) return Expected::kNotHeld;
    for (const auto& base : header.base)
      if (!here(base)) return Expected::kParked;
    const bool native =
        authority(entry) && (entry.body.act.starts_with("certify-") || entry.body.act == "publish-type" || entry.body.act == "purge");
    const auto type = native ? Json() : definition(entry, past);
    if (!native && type.is_null()) return Expected::kParked;
    if (!may_begin(entry, past)) return Expected::kRefused;
    if (!may_write(entry, header.stream.part.audience, past)) return Expected::kRefused;
    if (!native && (type.text("audience") == "authority") != authority(entry)) return Expected::kRefused;
    const bool for_all = header.stream.part.audience.kind == journal::Audience::Kind::kAll;
    if (for_all && type.text("audience") != "all" && !whole(entry, past)) return Expected::kRefused;
    if (authority(entry) && !whole(entry, past) && !within(entry, past)) return Expected::kRefused;
    return entry.body.act != "purge" || signed_well(entry, past) ? Expected::kCounts : Expected::kRefused;
  }

  // docs/formats/journal.md, "Ids" and "What a node may write".
  bool may_begin(const Entry& entry, const Hashes& auth) {
    const bool names_some = names_a_node(entry.header.record);
    if (names_some && !names_another(entry)) return true;
    const bool creates = entry.body.act == "create";
    if (whole(entry, auth)) return !(creates && names_some);
    if (creates) return false;
    if (!authority(entry)) return names_some || !entry.header.base.empty();
    for (const auto* one : counting(closure(entry.header.base)))
      if (authority(*one) && one->header.record == entry.header.record) return true;
    return false;
  }
  static bool names_a_node(const RecordId& record) {
    const auto id = record.hex();
    return id[12] == 'b' && id.find_first_of("89ab", 16) == 16;
  }
  static bool names_another(const Entry& entry) {
    const auto id = entry.header.record.hex();
    std::string text = "nhipcau-id-1\n";
    for (const auto byte : entry.header.stream.node.bytes) text += static_cast<char>(byte);
    for (std::size_t i = 0; i < 8; ++i) text += static_cast<char>(entry.header.record.bytes[i]);
    return crypto::sha256(text).hex().substr(2, 14) != id.substr(18);  // the 6 bits before are left out here
  }

  bool signed_well(const Entry& entry, const Hashes& past) {
    std::vector<const Entry*> keys;
    for (const auto* one : counting(past))
      if (one->body.act == "certify-person" && text(*one, "person") == entry.body.author.hex()) keys.push_back(one);
    for (const auto* key : keys) {
      bool replaced = false;
      for (const auto* later : keys) replaced = replaced || (later != key && closure({later->hash}).contains(key->hash));
      if (!replaced && text(*key, "public_key") == entry.body.signature->key.hex()) return text(*key, "rights") == "purge";
    }
    return false;
  }

  bool within(const Entry& entry, const Hashes& auth) {
    const auto held = units(entry, auth);
    const auto past = closure(entry.header.base);
    std::vector<const Entry*> said;
    for (const auto* one : counting(past))
      if (authority(*one) && one->header.record == entry.header.record) said.push_back(one);
    const bool first = said.empty();
    said.push_back(&entry);
    for (const auto* one : said)
      if (!reaches_only(*one, held, past, first)) return false;
    return entry.body.act != "certify-node" || asked_for(entry, held, past);
  }
  // docs/formats/journal.md, "Names of nodes".
  bool asked_for(const Entry& entry, const std::set<std::string>& held, const Hashes& past) {
    const auto key = PublicKey::from_hex(text(entry, "public_key"));
    const auto asks = Signature::from_hex(text(entry, "asks"));
    const auto node = text(entry, "node"), incarnation = text(entry, "incarnation");
    if (!key || !asks || crypto::sha256("nhipcau-incarnation-1\n" + key->hex()).hex().substr(0, 32) != incarnation) return false;
    if (!crypto::verify(*key, "nhipcau-asks-1\n" + entry.header.record.hex() + "\n" + node + "\n" + incarnation, *asks)) return false;
    for (const auto* one : counting(past))
      if (one->body.act == "certify-node" && text(*one, "node") == node && !under(text(*one, "unit"), held, past)) return false;
    return true;
  }
  bool only_by(const std::string& unit, const Entry& by, const Hashes& past) {
    bool any = false;
    for (const auto* one : counting(past)) {
      if (!authority(*one) || one->header.record.hex() != unit) continue;
      any = true;
      if (one->header.stream.node != by.header.stream.node) return false;
    }
    return any;
  }
  bool reaches_only(const Entry& said, const std::set<std::string>& held, const Hashes& past, bool first) {
    const auto& act = said.body.act;
    if (act == "purge") return true;
    if (act == "publish-type") return false;
    if (act == "certify-node") return under(text(said, "unit"), held, past);
    if (act == "certify-person") {
      for (const auto* one : counting(past))
        if (one->body.act == act && text(*one, "person") == text(said, "person") && !under(text(*one, "unit"), held, past)) return false;
      return under(text(said, "unit"), held, past);
    }
    const auto kind = feeds(said, past);
    if (kind == "org-unit") return first || under(said.header.record.hex(), held, past) || only_by(said.header.record.hex(), said, past);
    if (kind == "person-account") {
      if (said.body.set.contains("unit") && !under(text(said, "unit"), held, past)) return false;
      for (const auto& row : rows(said, "grants"))
        if (!under(row.text("unit"), held, past)) return false;
      return true;
    }
    if (kind != "org-change") return false;
    for (const auto& row : rows(said, "rows")) {
      if (row.has("parent") && !under(row.text("parent"), held, past)) return false;
      if (row.has("successor") && !under(row.text("successor"), held, past) && !only_by(row.text("successor"), said, past)) return false;
      if (!under(row.text("unit"), held, past) && !only_by(row.text("unit"), said, past)) return false;
    }
    return true;
  }
  bool purged(const Entry& target) {
    if (authority(target)) return false;
    std::set<PersonId> persons;
    for (const auto& [hash, entry] : all_) {
      if (entry.body.act != "purge" || judge(hash) != Expected::kCounts) continue;
      for (const auto& named : rows(entry, "entries"))
        if (named.as_string() == target.hash.hex() && may_write(entry, target.header.stream.part.audience, closure({*entry.header.auth})))
          persons.insert(entry.body.author);
    }
    return persons.size() >= 2;
  }

  std::map<EntryHash, Entry> all_;
  std::map<EntryHash, Expected> judged_;
};

}  // namespace nc::records::testing
