#include "ledger/journal/merge.h"

#include <algorithm>

#include "foundation/crypto/hash.h"
#include "ledger/journal/graph.h"
#include "ledger/journal/home.h"

namespace nc::journal {
namespace {

using Indices = std::vector<std::size_t>;

// One merge on its way: the graph, and which entries give values.
class Merge {
 public:
  Merge(std::vector<const Entry*> entries, const RankOf& rank_of, const Ancestry* foreign)
      : graph_(std::move(entries), foreign), rank_of_(rank_of) {}

  RecordState run() {
    out_.parked = graph_.parked();
    find_home();
    find_raises();
    for (const auto i : at_home_) out_.depth = std::max(out_.depth, graph_.depth(i));
    read_acts();
    state();
    binding();
    for (const auto i : at_home_) place(i);
    for (auto& [key, members] : members_) values(out_.parts[key], members);
    for (auto& [key, part] : out_.parts) finish(key, part);
    return std::move(out_);
  }

 private:
  struct Members {
    std::map<std::string, Indices> set, add, remove;  // field -> entries, effective ones only
  };

  [[nodiscard]] const Body& body(std::size_t i) const { return graph_.entry(i).body; }
  [[nodiscard]] const PartKey& part_of(std::size_t i) const { return graph_.entry(i).header.stream.part; }
  // Later in the order (depth, hash), in which a shown value is chosen.
  [[nodiscard]] bool later(std::size_t a, std::size_t b) const {
    return std::pair(graph_.depth(a), graph_.entry(a).hash) > std::pair(graph_.depth(b), graph_.entry(b).hash);
  }
  [[nodiscard]] std::vector<EntryHash> hashes(const Indices& indices) const {
    std::vector<EntryHash> out;
    out.reserve(indices.size());
    for (const auto i : indices) out.push_back(graph_.entry(i).hash);
    std::sort(out.begin(), out.end());
    return out;
  }

  // Most records have one audience, and all of their entries count.
  void find_home() {
    std::vector<const Entry*> entries;
    for (std::size_t i = 0; i < graph_.size(); ++i) entries.push_back(&graph_.entry(i));
    const auto home = home_of(entries);
    for (std::size_t i = 0; home && i < graph_.size(); ++i)
      if (part_of(i).audience == home->audience) at_home_.push_back(i);
  }

  [[nodiscard]] bool is_act(std::size_t i, std::string_view act) const {
    return graph_.entry(i).header.form == Form::kAct && body(i).act == act;
  }

  // A raise names, in its base, what it restates from lower parts of the record. The highest counts: all below is left.
  void find_raises() {
    std::map<PartKey, Indices> raises;
    for (const auto i : at_home_)
      if (is_act(i, acts::kRaise) && std::any_of(at_home_.begin(), at_home_.end(), [&](std::size_t below) {
            return part_of(below) < part_of(i) && graph_.in_past(i, below);
          }))
        raises[part_of(i)].push_back(i);
    if (raises.empty()) return;
    raised_to_ = raises.rbegin()->first;
    raises_ = raises.rbegin()->second;
  }

  [[nodiscard]] bool is_left(const PartKey& part) const { return raised_to_ && part < *raised_to_; }
  // It stands in a part that was left, and who left it had not seen it.
  [[nodiscard]] bool is_late(std::size_t i) const {
    return is_left(part_of(i)) && !is_act(i, acts::kPartClosed) &&
           std::none_of(raises_.begin(), raises_.end(), [&](std::size_t raise) { return graph_.seen(raise, i); });
  }
  // The part that it is read in: of what is late, the one that the record was raised to.
  [[nodiscard]] const PartKey& read_in(std::size_t i) const { return is_late(i) ? *raised_to_ : part_of(i); }

  void read_acts() {
    for (const auto i : at_home_) {
      if (graph_.entry(i).header.form != Form::kAct) continue;
      if (body(i).binding() && is_late(i)) continue;  // what was approved had been withdrawn: approve it where it is
      const auto& act = body(i).act;
      if (!body(i).state.empty()) states_.push_back(i);
      if (act == acts::kVoid) voids_.push_back(i);
      if (act == acts::kRestore) restores_.push_back(i);
      if (act == acts::kReopen) reopens_.push_back(i);
      if (act == acts::kPartClosed) closes_.push_back(i);
      if (body(i).binding()) bindings_.push_back(i);
    }
  }

  // Those of `from` that no member of `by` has seen.
  [[nodiscard]] Indices holding(const Indices& from, const Indices& by) const {
    Indices out;
    for (const auto i : from)
      if (std::none_of(by.begin(), by.end(), [&](std::size_t j) { return graph_.seen(j, i); })) out.push_back(i);
    return out;
  }

  // Live setters: overridden by no other. Rows that were imported back and forth on several nodes can
  // override one another in a ring; then the twins are left out of it and the plain past decides.
  [[nodiscard]] Indices live(const Indices& setters) const {
    if (setters.size() == 1) return setters;
    Indices out;
    for (const auto i : setters)
      if (std::none_of(setters.begin(), setters.end(), [&](std::size_t j) { return graph_.overrides(j, i); })) out.push_back(i);
    if (!out.empty()) return out;
    for (const auto i : setters)
      if (std::none_of(setters.begin(), setters.end(), [&](std::size_t j) { return graph_.in_past(j, i); })) out.push_back(i);
    return out;
  }

  void state() {
    if (!states_.empty()) {
      const auto rank = [&](std::size_t i) { return rank_of_ ? rank_of_(body(i).state) : 0; };
      auto alive = live(states_);
      std::sort(alive.begin(), alive.end(), [&](std::size_t a, std::size_t b) {
        const int ra = rank(a), rb = rank(b);
        return ra != rb ? ra > rb : later(a, b);
      });
      out_.state = body(alive.front()).state;
      for (const auto i : alive)
        if (std::find(out_.live_states.begin(), out_.live_states.end(), body(i).state) == out_.live_states.end())
          out_.live_states.push_back(body(i).state);
    }
    voids_ = holding(voids_, restores_);
    out_.voided = !voids_.empty();
  }

  void binding() {
    bindings_ = holding(bindings_, reopens_);
    out_.bindings = hashes(bindings_);
    out_.bound = !bindings_.empty();
    for (const auto i : bindings_) covers_.push_back(covered_parts(i));
    for (const auto i : voids_) void_covers_.push_back(covered_parts(i));
  }

  // Per part that an act speaks of: what it has seen there. Its own part by its past, others by `over`.
  [[nodiscard]] std::map<PartKey, Bits> covered_parts(std::size_t act) const {
    std::map<PartKey, Bits> out;
    for (const auto& [key, covered] : body(act).over) out.emplace(key, graph_.closure(covered.heads));
    out.insert_or_assign(part_of(act), graph_.past(act));
    // What was bound below stays so above, as it was restated.
    if (is_left(part_of(act)))
      for (const auto raise : raises_)
        if (graph_.seen(raise, act)) {
          auto& restated = out.try_emplace(*raised_to_, graph_.size()).first->second;
          restated.join(graph_.past(raise));
          restated.add(raise);
        }
    return out;
  }

  [[nodiscard]] bool is_proposal(std::size_t i) const {
    for (std::size_t b = 0; b < bindings_.size(); ++b) {
      const auto covered = covers_[b].find(read_in(i));
      if (covered == covers_[b].end() || graph_.twin(i, bindings_[b])) continue;
      if (!graph_.sees(covered->second, i)) return true;
    }
    if (is_left(part_of(i))) return false;
    return std::any_of(closes_.begin(), closes_.end(),
                       [&](std::size_t close) { return part_of(close) == part_of(i) && !graph_.twin(close, i) && !graph_.seen(close, i); });
  }

  [[nodiscard]] bool is_after_void(std::size_t i) const {
    for (std::size_t v = 0; v < voids_.size(); ++v) {
      if (graph_.twin(i, voids_[v])) continue;
      const auto covered = void_covers_[v].find(part_of(i));
      if (covered == void_covers_[v].end() || !graph_.sees(covered->second, i)) return true;
    }
    return false;
  }

  // An entry elsewhere that names it does not make it old.
  [[nodiscard]] bool is_head(std::size_t i) const {
    if (at_home_.size() == graph_.size()) return graph_.is_head(i);
    return std::none_of(at_home_.begin(), at_home_.end(), [&](std::size_t j) { return graph_.in_past(j, i); });
  }

  void place(std::size_t i) {
    const auto& hash = graph_.entry(i).hash;
    auto& own = out_.parts[part_of(i)];
    if (is_head(i)) own.heads.push_back(hash);
    if (is_act(i, acts::kPartClosed)) own.closed = true;
    if (!body(i).has_values()) return;
    auto& part = out_.parts[read_in(i)];
    auto& members = members_[read_in(i)];
    if (is_after_void(i)) part.after_void.push_back(hash);
    if (is_proposal(i)) {
      part.proposals.push_back(hash);
      return;
    }
    for (const auto& [field, value] : body(i).set) members.set[field].push_back(i);
    for (const auto& [field, value] : body(i).add) members.add[field].push_back(i);
    for (const auto& [field, value] : body(i).remove) members.remove[field].push_back(i);
  }

  void finish(const PartKey& key, PartState& out) const {
    out.closed = out.closed || is_left(key);
    for (auto* list : {&out.heads, &out.proposals, &out.after_void}) std::sort(list->begin(), list->end());
  }

  void values(PartState& out, const Members& members) {
    for (const auto& [field, setters] : members.set) out.registers.emplace(field, register_state(field, setters));
    for (const auto& [field, removers] : members.remove) out.sets[field];
    for (const auto& [field, adders] : members.add) {
      const auto removers = members.remove.find(field);
      out.sets[field] = elements(field, adders, removers == members.remove.end() ? Indices() : removers->second);
    }
  }

  [[nodiscard]] RegisterState register_state(const std::string& field, const Indices& setters) const {
    auto alive = live(setters);
    std::sort(alive.begin(), alive.end(), [&](std::size_t a, std::size_t b) { return later(a, b); });
    const auto value_of = [&](std::size_t i) -> const Json& { return body(i).set.find(field)->second; };
    RegisterState out;
    out.shown = value_of(alive.front());
    out.setter = graph_.entry(alive.front()).hash;
    for (const auto i : alive) {
      auto same = std::find_if(out.live.begin(), out.live.end(), [&](const LiveValue& live) { return live.value == value_of(i); });
      if (same == out.live.end()) same = out.live.insert(out.live.end(), LiveValue{value_of(i), {}});
      same->setters.push_back(graph_.entry(i).hash);
    }
    for (auto& value : out.live) std::sort(value.setters.begin(), value.setters.end());
    return out;
  }

  [[nodiscard]] std::vector<Json> elements(const std::string& field, const Indices& adders, const Indices& removers) const {
    std::map<std::string, std::pair<Json, Indices>> added;
    for (const auto i : adders)
      for (const auto& element : body(i).add.find(field)->second) {
        auto& [value, by] = added[canonical(element)];
        value = element;
        by.push_back(i);
      }
    std::map<std::string, Indices> removed;
    for (const auto i : removers)
      for (const auto& element : body(i).remove.find(field)->second) removed[canonical(element)].push_back(i);
    std::vector<Json> out;
    for (const auto& [text, adds] : added) {
      const auto& killers = removed[text];
      const bool alive = std::any_of(adds.second.begin(), adds.second.end(), [&](std::size_t add) {
        return std::none_of(killers.begin(), killers.end(), [&](std::size_t killer) { return graph_.overrides(killer, add); });
      });
      if (alive) out.push_back(adds.first);
    }
    return out;
  }

  Graph graph_;
  const RankOf& rank_of_;
  RecordState out_;
  Indices at_home_, states_, voids_, restores_, reopens_, closes_, bindings_;
  std::optional<PartKey> raised_to_;
  Indices raises_;                                             // to there
  std::vector<std::map<PartKey, Bits>> covers_, void_covers_;  // of bindings_ and voids_ in force
  std::map<PartKey, Members> members_;
};

void put_values(const PartState& part, JsonObject& out) {
  for (const auto& [field, state] : part.registers) {
    if (state.shown.is_null()) out.erase(field);
    else out.insert_or_assign(field, state.shown);
  }
  for (const auto& [field, elements] : part.sets) {
    if (elements.empty()) out.erase(field);
    else out.insert_or_assign(field, JsonArray(elements));
  }
}

}  // namespace

RecordState merge_record(std::span<const Entry> entries, const RankOf& rank_of, const Ancestry* foreign) {
  std::vector<const Entry*> all;
  all.reserve(entries.size());
  for (const auto& entry : entries) all.push_back(&entry);
  return merge_entries(std::move(all), rank_of, foreign);
}

RecordState merge_entries(std::vector<const Entry*> entries, const RankOf& rank_of, const Ancestry* foreign) {
  return Merge(std::move(entries), rank_of, foreign).run();
}

Json RecordState::values() const {
  JsonObject out;
  for (const auto& [key, part] : parts)
    if (!part.closed) put_values(part, out);
  return out;
}

std::vector<std::pair<PartKey, std::string>> RecordState::conflicts() const {
  std::vector<std::pair<PartKey, std::string>> out;
  for (const auto& [key, part] : parts)
    for (const auto& [field, live] : part.registers)
      if (live.in_conflict()) out.emplace_back(key, field);
  return out;
}

Digest conflict_id(const RecordId& record, const PartKey& part, std::string_view field) {
  return crypto::sha256("nhipcau-conflict-1\n" +
                        canonical(Json(JsonObject{{"field", Json(field)}, {"part", Json(part.text())}, {"record", Json(record.hex())}})));
}

Digest values_digest(const PartState& part) {
  JsonObject values;
  put_values(part, values);
  return crypto::sha256(canonical(Json(std::move(values))));
}

}  // namespace nc::journal
