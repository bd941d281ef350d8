// For this room's tests and fuzz targets: entries made in one line, and histories of several replicas.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ledger/journal/entry.h"

namespace nc::journal::testing {

template <typename SomeId>
SomeId id_of(unsigned number) {
  SomeId out;
  out.bytes[SomeId::kSize - 1] = static_cast<std::uint8_t>(number);
  out.bytes[SomeId::kSize - 2] = static_cast<std::uint8_t>(number >> 8);
  out.bytes[0] = 1;
  return out;
}

inline PartKey part_at(HandlingLevel handling, unsigned unit = 7) { return {handling, Audience::own(id_of<UnitId>(unit))}; }

// Completes hashes and bytes.
inline Entry finish(Header header, Body body) {
  Entry out;
  out.body_bytes = encode_body(body, header.form);
  header.body_hash = hash_body(body.salt, out.body_bytes);
  out.header_bytes = encode_header(header);
  out.hash = hash_header(out.header_bytes);
  out.header = std::move(header);
  out.body = std::move(body);
  return out;
}

// Entries of one record; each gets another salt, so that two equal ones are two.
class Desk {
 public:
  Entry set(JsonObject values, std::vector<EntryHash> base, HandlingLevel handling = 1) {
    Body body;
    body.set = std::move(values);
    return make(Form::kSet, std::move(body), std::move(base), handling);
  }
  Entry act(std::string name, std::string state, std::vector<EntryHash> base, HandlingLevel handling = 1, JsonObject values = {}) {
    Body body;
    body.act = std::move(name);
    body.state = std::move(state);
    body.set = std::move(values);
    return make(Form::kAct, std::move(body), std::move(base), handling);
  }
  Entry add(std::string field, JsonArray elements, std::vector<EntryHash> base) {
    Body body;
    body.add[std::move(field)] = std::move(elements);
    return make(Form::kSet, std::move(body), std::move(base), 1);
  }
  Entry remove(std::string field, JsonArray elements, std::vector<EntryHash> base) {
    Body body;
    body.remove[std::move(field)] = std::move(elements);
    return make(Form::kSet, std::move(body), std::move(base), 1);
  }
  Entry import(JsonObject values, unsigned row, std::vector<EntryHash> base) {
    Body body;
    body.set = std::move(values);
    body.origin = id_of<Digest>(row);
    return make(Form::kSet, std::move(body), std::move(base), 1);
  }
  // Covers its own part, as seen in `base`, and the others named.
  Entry approve(std::vector<EntryHash> base, std::map<PartKey, CoveredPart> others = {}, HandlingLevel handling = 1) {
    Body body;
    body.act = "approve";
    body.state = "approved";
    std::sort(base.begin(), base.end());
    body.over = std::move(others);
    body.over[part_at(handling)].heads = base;
    body.signature = PersonSignature{};
    return make(Form::kAct, std::move(body), std::move(base), handling);
  }
  Entry make(Form form, Body body, std::vector<EntryHash> base, HandlingLevel handling) {
    return make(form, std::move(body), std::move(base), part_at(handling));
  }
  Entry make(Form form, Body body, std::vector<EntryHash> base, const PartKey& part, const std::string& type = "sample") {
    Header header;
    header.stream = {node, id_of<IncarnationId>(1), part, Lane::kOrdinary};
    header.record = record;
    header.type = type;
    header.form = form;
    std::sort(base.begin(), base.end());
    header.base = std::move(base);
    body.salt = id_of<Salt>(++count_);
    return finish(std::move(header), std::move(body));
  }

  NodeId node = id_of<NodeId>(1);  // whose chain it is
  RecordId record = id_of<RecordId>(3);

 private:
  unsigned count_ = 0;
};

inline std::vector<EntryHash> on(std::initializer_list<const Entry*> entries) {
  std::vector<EntryHash> out;
  for (const auto* entry : entries) out.push_back(entry->hash);
  return out;
}

}  // namespace nc::journal::testing
