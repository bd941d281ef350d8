// The merge again, written straight from docs/LEDGER.md section 3 over sets of hashes, without any
// cleverness: for tests and fuzzing. It shares no code with merge.cpp. Foreign ancestry is not modelled.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "foundation/crypto/hash.h"
#include "ledger/journal/merge.h"

namespace nc::journal::oracle {

using Set = std::set<EntryHash>;

template <typename List, typename T>
bool contains(const List& list, const T& item) {
  return std::ranges::find(list, item) != list.end();
}

struct Oracle {
  std::map<EntryHash, Entry> all, known;  // given; and those whose past is complete
  Set elsewhere;                          // those that are not of the record's home

  static Oracle of(std::span<const Entry> entries) {
    Oracle out;
    for (const auto& entry : entries) out.all.emplace(entry.hash, entry);
    for (bool grew = true; grew;) {
      grew = false;
      for (const auto& [hash, entry] : out.all)
        if (!out.known.contains(hash) && std::ranges::all_of(entry.header.base, [&](const auto& b) { return out.known.contains(b); }))
          grew = out.known.emplace(hash, entry).second;
    }
    out.leave_the_home();
    return out;
  }
  // docs/formats/journal.md, "Ids": the id says which node may found the record.
  static bool names_a_node(const RecordId& id) { return id.hex()[12] == 'b' && std::string_view("89ab").contains(id.hex()[16]); }
  static bool begins(const Entry& entry) { return entry.header.base.empty() || entry.header.stream.lane == Lane::kAuthority; }
  static bool founds(const Entry& entry) {
    const auto& header = entry.header;
    if (!names_a_node(header.record)) return header.form == Form::kAct && entry.body.act == "create" && begins(entry);
    std::string text = "nhipcau-id-1\n";
    for (const auto byte : header.stream.node.bytes) text += static_cast<char>(byte);
    for (std::size_t i = 0; i < 8; ++i) text += static_cast<char>(header.record.bytes[i]);
    const auto wanted = crypto::sha256(text).hex(), id = header.record.hex();
    return header.form == Form::kAct && begins(entry) && id.substr(18) == wanted.substr(2, 14) &&
           (header.record.bytes[8] & 0x3f) == (crypto::sha256(text).bytes[0] & 0x3f);
  }
  // docs/LEDGER.md section 3: entries of other audiences say nothing about the record. They still are a past.
  void leave_the_home() {
    std::set<Audience> begun, created, open;
    std::map<Audience, PartKey> smallest;
    for (const auto& [hash, entry] : known) {
      const auto& key = part(hash);
      if (begins(entry)) begun.insert(key.audience);
      if (founds(entry)) created.insert(key.audience);
      const auto [at, fresh] = smallest.emplace(key.audience, key);
      if (!fresh) at->second = std::min(at->second, key);
      if (std::ranges::none_of(known, [&](const auto& other) {
            return part(other.first) == key && other.second.header.form == Form::kAct && other.second.body.act == "part-closed";
          }))
        open.insert(key.audience);
    }
    const bool named = !known.empty() && names_a_node(known.begin()->second.header.record);
    const auto& may_be = named ? created : begun;
    std::vector<Audience> best(may_be.begin(), may_be.end());
    const auto prefer = [&](const std::function<bool(const Audience&)>& wanted) {
      if (std::ranges::any_of(best, wanted)) std::erase_if(best, [&](const Audience& one) { return !wanted(one); });
    };
    prefer([](const Audience& one) { return one.kind == Audience::Kind::kAuthority; });
    prefer([&](const Audience& one) { return open.contains(one); });
    prefer([&](const Audience& one) { return created.contains(one); });
    prefer([](const Audience& one) { return one.kind == Audience::Kind::kAll; });
    for (const auto& [hash, entry] : known)
      if (std::ranges::any_of(best, [&](const Audience& one) { return smallest.at(one) < smallest.at(part(hash).audience); }) ||
          !contains(best, part(hash).audience))
        elsewhere.insert(hash);
  }
  Set past(const EntryHash& e) const { return closure(known.at(e).header.base); }
  Set closure(const std::vector<EntryHash>& heads) const {
    Set out;
    for (const auto& head : heads)
      if (known.contains(head)) {
        out.insert(head);
        out.merge(past(head));
      }
    return out;
  }
  std::uint32_t depth(const EntryHash& e) const {
    std::uint32_t deepest = 0;
    for (const auto& base : known.at(e).header.base) deepest = std::max(deepest, depth(base));
    return deepest + 1;
  }
  // Imports of one row are one setter.
  bool twins(const EntryHash& a, const EntryHash& b) const {
    const auto &x = known.at(a), &y = known.at(b);
    return a == b ||
           (x.body.origin && x.body.origin == y.body.origin && x.header.stream.part == y.header.stream.part && x.body.set == y.body.set &&
            x.body.add == y.body.add && x.body.remove == y.body.remove && x.body.act == y.body.act && x.body.state == y.body.state);
  }
  bool holds(const Set& set, const EntryHash& e) const {
    return std::ranges::any_of(set, [&](const auto& member) { return twins(member, e); });
  }
  bool seen(const EntryHash& by, const EntryHash& e) const { return holds(past(by), e); }
  bool overrides(const EntryHash& by, const EntryHash& e) const {
    return past(by).contains(e) || (!twins(by, e) && seen(by, e) && !seen(e, by));
  }
  Set live(const Set& setters) const {
    Set out, plain;
    for (const auto& e : setters) {
      if (std::ranges::none_of(setters, [&](const auto& by) { return overrides(by, e); })) out.insert(e);
      if (std::ranges::none_of(setters, [&](const auto& by) { return past(by).contains(e); })) plain.insert(e);
    }
    return out.empty() ? plain : out;
  }
  Set acts(const std::function<bool(const Body&)>& wanted) const {
    Set out;
    for (const auto& [hash, entry] : known)
      if (!elsewhere.contains(hash) && entry.header.form == Form::kAct && wanted(entry.body)) out.insert(hash);
    return out;
  }
  Set in_force(const Set& acts_wanted, std::string_view lifted_by) const {
    Set out;
    const auto lifts = counting(acts([&](const Body& body) { return body.act == lifted_by; }));
    for (const auto& act : acts_wanted)
      if (std::ranges::none_of(lifts, [&](const auto& lift) { return seen(lift, act); })) out.insert(act);
    return out;
  }
  // docs/LEDGER.md section 3, "Raising": the raises to the highest part that one leads to, and what they leave.
  Set raises() const {
    auto out = acts([](const Body& body) { return body.act == "raise"; });
    std::erase_if(out, [&](const auto& e) {
      return std::ranges::none_of(past(e), [&](const auto& other) { return !elsewhere.contains(other) && part(other) < part(e); });
    });
    if (out.empty()) return out;
    const auto highest = part(*std::ranges::max_element(out, {}, [&](const auto& e) { return part(e); }));
    std::erase_if(out, [&](const auto& e) { return part(e) != highest; });
    return out;
  }
  bool left(const PartKey& key) const {
    const auto all_raises = raises();
    return !all_raises.empty() && key < part(*all_raises.begin());
  }
  bool late(const EntryHash& e) const {
    return left(part(e)) && !(known.at(e).header.form == Form::kAct && known.at(e).body.act == "part-closed") &&
           std::ranges::none_of(raises(), [&](const auto& raise) { return seen(raise, e); });
  }
  const PartKey& read_in(const EntryHash& e) const { return late(e) ? part(*raises().begin()) : part(e); }
  // Acts that count: what was approved below after the record was withdrawn there does not.
  Set counting(const Set& some) const {
    Set out;
    for (const auto& e : some)
      if (known.at(e).body.over.empty() || !late(e)) out.insert(e);
    return out;
  }
  Set voids() const {
    return in_force(counting(acts([](const Body& body) { return body.act == "void"; })), "restore");
  }
  Set bindings() const {
    return in_force(counting(acts([](const Body& body) { return !body.over.empty(); })), "reopen");
  }
  const PartKey& part(const EntryHash& e) const { return known.at(e).header.stream.part; }
  // What the act speaks of in that part; what was bound in a part that was left binds above what its raises restated.
  std::optional<Set> spoken_of(const EntryHash& act, const PartKey& key) const {
    std::optional<Set> out;
    const auto add = [&](const Set& some) {
      if (!out) out.emplace();
      out->insert(some.begin(), some.end());
    };
    const auto& over = known.at(act).body.over;
    if (key == part(act)) add(past(act));
    else if (over.contains(key)) add(closure(over.at(key).heads));
    for (const auto& raise : raises()) {
      if (key != part(raise) || !left(part(act)) || !seen(raise, act)) continue;
      add(past(raise));
      add({raise});
    }
    return out;
  }
  bool bound_by(const EntryHash& act, const EntryHash& e) const {
    const auto spoken = spoken_of(act, read_in(e));
    return !twins(act, e) && spoken && !holds(*spoken, e);
  }
  bool proposal(const EntryHash& e) const {
    if (std::ranges::any_of(bindings(), [&](const auto& act) { return bound_by(act, e); })) return true;
    const auto closes = acts([](const Body& body) { return body.act == "part-closed"; });
    return !left(part(e)) &&
           std::ranges::any_of(closes, [&](const auto& act) { return part(act) == part(e) && !twins(act, e) && !seen(act, e); });
  }
  bool after_void(const EntryHash& e) const {
    return std::ranges::any_of(voids(), [&](const auto& act) {
      const auto spoken = spoken_of(act, part(e));
      return !twins(act, e) && (!spoken || !holds(*spoken, e));
    });
  }
  Set effective(const PartKey& key, const std::function<bool(const Body&)>& wanted) const {
    Set out;
    for (const auto& [hash, entry] : known)
      if (!elsewhere.contains(hash) && read_in(hash) == key && wanted(entry.body) && !proposal(hash)) out.insert(hash);
    return out;
  }
};

inline std::string list_of(const Set& hashes) {
  std::string text;
  for (const auto& hash : hashes) text += hash.hex().substr(0, 12) + " ";
  return text;
}

inline std::string render_register(const Oracle& o, const PartKey& key, const std::string& field) {
  const auto alive = o.live(o.effective(key, [&](const Body& body) { return body.set.contains(field); }));
  const auto shown = *std::ranges::max_element(alive, {}, [&](const auto& e) { return std::pair(o.depth(e), e); });
  std::map<std::string, Set> values;
  for (const auto& e : alive) values[canonical(o.known.at(e).body.set.at(field))].insert(e);
  std::string out = field + " = " + shown.hex().substr(0, 12) + " " + canonical(o.known.at(shown).body.set.at(field));
  for (const auto& [value, setters] : values) out += " | " + value + " by " + list_of(setters);
  return out + "\n";
}

inline std::string render_set(const Oracle& o, const PartKey& key, const std::string& field) {
  std::set<std::string> alive;
  for (const auto& add : o.effective(key, [&](const Body& body) { return body.add.contains(field); }))
    for (const auto& element : o.known.at(add).body.add.at(field)) {
      const auto removers =
          o.effective(key, [&](const Body& body) { return body.remove.contains(field) && contains(body.remove.at(field), element); });
      if (std::ranges::none_of(removers, [&](const auto& remover) { return o.overrides(remover, add); })) alive.insert(canonical(element));
    }
  std::string out = field + " {";
  for (const auto& element : alive) out += element + " ";
  return out + "}\n";
}

inline std::string render_part(const Oracle& o, const PartKey& key, const Set& members) {
  std::set<std::string> registers, sets;
  Set heads, proposals, after_void;
  bool closed = o.left(key);
  for (const auto& [e, entry] : o.known) {
    if (o.elsewhere.contains(e) || (!members.contains(e) && o.read_in(e) != key)) continue;
    const auto& body = entry.body;
    const bool old = std::ranges::any_of(
        o.known, [&](const auto& other) { return !o.elsewhere.contains(other.first) && o.past(other.first).contains(e); });
    if (!old && members.contains(e)) heads.insert(e);
    closed = closed || (o.part(e) == key && entry.header.form == Form::kAct && body.act == "part-closed");
    if (!body.has_values() || o.read_in(e) != key) continue;
    if (o.proposal(e)) proposals.insert(e);
    if (o.after_void(e)) after_void.insert(e);
    if (o.proposal(e)) continue;
    for (const auto& [field, v] : body.set) registers.insert(field);
    for (const auto& [field, v] : body.add) sets.insert(field);
    for (const auto& [field, v] : body.remove) sets.insert(field);
  }
  std::string out = key.text() + "\nheads " + list_of(heads) + "\nproposals " + list_of(proposals) + "\nafter void " + list_of(after_void) +
                    (closed ? "\nclosed" : "") + "\n";
  for (const auto& field : registers) out += render_register(o, key, field);
  for (const auto& field : sets) out += render_set(o, key, field);
  return out;
}

inline std::string render_state(const Oracle& o, const RankOf& rank_of) {
  const auto states = o.counting(o.acts([](const Body& body) { return !body.state.empty(); }));
  std::set<std::string> live_states;
  std::string state;
  if (!states.empty()) {
    const auto alive = o.live(states);
    const auto state_of = [&](const EntryHash& e) { return o.known.at(e).body.state; };
    state = state_of(
        *std::ranges::max_element(alive, {}, [&](const auto& e) { return std::tuple(rank_of ? rank_of(state_of(e)) : 0, o.depth(e), e); }));
    for (const auto& e : alive) live_states.insert(state_of(e));
  }
  std::string out = "state " + state + " of";
  for (const auto& one : live_states) out += " " + one;
  return out;
}

// Everything derived, as one text.
inline std::string render(const Oracle& o, const RankOf& rank_of) {
  std::map<PartKey, Set> parts;
  std::uint32_t deepest = 0;
  Set parked;
  for (const auto& [hash, entry] : o.known) {
    if (o.elsewhere.contains(hash)) continue;
    parts[o.part(hash)].insert(hash);
    deepest = std::max(deepest, o.depth(hash));
  }
  for (const auto& [hash, entry] : o.all)
    if (!o.known.contains(hash)) parked.insert(hash);
  std::string out;
  for (const auto& [key, members] : parts) out += render_part(o, key, members);
  return out + render_state(o, rank_of) + (o.voids().empty() ? "" : " voided") + " bindings " + list_of(o.bindings()) + " parked " +
         list_of(parked) + " depth " + std::to_string(deepest) + "\n";
}

// What the program derives, as the same text.
inline std::string render(const RecordState& state) {
  std::string out;
  const auto list = [](const std::vector<EntryHash>& hashes) {
    std::string text;
    for (const auto& h : hashes) text += h.hex().substr(0, 12) + " ";
    return text;
  };
  for (const auto& [key, part] : state.parts) {
    out += key.text() + "\nheads " + list(part.heads) + "\nproposals " + list(part.proposals) + "\nafter void " + list(part.after_void) +
           (part.closed ? "\nclosed" : "") + "\n";
    for (const auto& [field, value] : part.registers) {
      std::map<std::string, std::string> values;
      for (const auto& live : value.live) values[canonical(live.value)] = list(live.setters);
      out += field + " = " + value.setter.hex().substr(0, 12) + " " + canonical(value.shown);
      for (const auto& [text, setters] : values) out += " | " + text + " by " + setters;
      out += "\n";
    }
    for (const auto& [field, elements] : part.sets) {
      out += field + " {";
      for (const auto& element : elements) out += canonical(element) + " ";
      out += "}\n";
    }
  }
  out += "state " + state.state + " of";
  for (const auto& one : std::set<std::string>(state.live_states.begin(), state.live_states.end())) out += " " + one;
  return out + (state.voided ? " voided" : "") + " bindings " + list(state.bindings) + " parked " + list(state.parked) + " depth " +
         std::to_string(state.depth) + "\n";
}

}  // namespace nc::journal::oracle
