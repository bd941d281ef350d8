// Files: officers attach them, and what must hold of them when all is quiet.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "channels/sync/file_messages.h"
#include "channels/sync/frames.h"
#include "channels/sync/messages.h"
#include "channels/sync/runs.h"
#include "foundation/crypto/hash.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

using journal::Audience;

// As docs/formats/attachments.md says, in words of our own.
fs::path place_of(const Member& member, const std::string& part, const Digest& sha256) {
  return member.node->dir() / "blobs" / crypto::sha256(part).hex().substr(0, 32) / sha256.hex();
}

bool holds(const Member& member, const AttachedFile& file) {
  const auto bytes = read_file(place_of(member, file.part, file.sha256), std::size_t{64} << 20);
  return bytes && crypto::sha256(*bytes) == file.sha256;
}

// The entry is here, and counts or waits.
bool names_it(Member& member, const AttachedFile& file) {
  if (held_at(*member.node, file.stream, file.seq) != file.entry) return false;
  bool out = false;
  must(member.node->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(auto row, db.prepare("SELECT 1 FROM journal_entry WHERE hash=?1 AND status IN (0, 1)"));
    row.bind(1, file.entry);
    NC_ASSIGN(out, row.step());
    return {};
  }));
  return out;
}

}  // namespace

void World::note_attached(Member& member, const RecordId& record, const Digest& sha256) {
  must(member.node->ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(const auto entries, journal.entries_of(db, record));
    if (entries.empty()) return {};
    const auto& entry = entries.front().entry;
    AttachedFile file{entry.header.stream.text(), entry.header.seq, entry.hash, entry.header.stream.part.text(), sha256, member.node->id()};
    attached_.push_back(std::move(file));
    return {};
  }));
}

// Small papers of any audience; now and then the same bytes as somewhere else.
void World::attach(Member& member) {
  if (member.disk->is_off() || member.full) return;
  auto text = fmt::format("{} kem tep {}", member.code, ++papers_);
  auto bytes = text;
  while (files_rng_.below(6) != 0 && bytes.size() < 6000) bytes += std::to_string(files_rng_.next());
  if (files_rng_.below(4) == 0) bytes = "mau chung";
  const auto& other = *members_[static_cast<std::size_t>(files_rng_.below(members_.size()))];
  const auto kind = files_rng_.below(8);
  auto audience = Audience::own(member.unit);
  if (kind == 0 && other.unit != member.unit)
    audience = {Audience::Kind::kWith, {std::min(member.unit, other.unit), std::max(member.unit, other.unit)}};
  if (kind == 1) audience = {Audience::Kind::kBelow, {member.unit}};
  if (kind == 2) audience = Audience::own(other.unit);  // refused where it may not
  const auto handling = secretly(member)                                                         ? catalog::Handling::kRestricted
                        : files_rng_.below(3) == 0 || member.reach() == catalog::Handling::kOpen ? catalog::Handling::kOpen
                                                                                                 : catalog::Handling::kInternal;
  const auto file = member.node->upload("kem.txt", bytes);
  const auto result = member.node->write_paper(text, file, audience, handling);
  count("files attached");
  written(member, text, result);
  if (!result)
    left_behind_.emplace(member.code, journal::PartKey{static_cast<journal::HandlingLevel>(handling), audience}.text(),
                         crypto::sha256(bytes));
  if (result && !member.disk->is_off()) note_attached(member, result->id, crypto::sha256(bytes));
}

// What a parent sends of a file must be of a part that the receiver may read.
Finding World::file_on_the_wire(const Member& from, const Member& to, std::string_view content) const {
  const auto bytes = sync::decode_file_bytes(content);
  if (!bytes) return {};
  bool known = false;  // one that was attached while the power failed is not
  for (const auto& file : attached_) {
    if (file.sha256 != bytes->file.sha256 || sync::tag_of(file.part) != bytes->file.part_tag) continue;
    known = true;
    if (model_.reads(must(journal::PartKey::parse(file.part)), to.unit, to.parent == nullptr, to.reach(), true)) return {};
  }
  if (!known) return {};
  return fmt::format("{} sends {} a file of a part that is for others: {}", from.code, to.code, bytes->file.sha256.hex());
}

// Whoever subscribes to the entry that names a file has its bytes, as far as anybody has them who should, and nobody else.
Finding Checks::files() const {
  for (const auto& file : world_.attached_) {
    const auto part = must(journal::PartKey::parse(file.part));
    const auto reads = [&](const Member& member, bool ever) {
      return world_.model_.reads(part, member.unit, member.parent == nullptr, member.reach(), ever);
    };
    std::string holders;
    for (const auto& member : world_.members_)
      if (!member->hostile && reads(*member, false) && names_it(*member, file) && holds(*member, file)) holders += " " + member->code;
    const bool somewhere = !holders.empty();
    for (const auto& member : world_.members_) {
      if (member->hostile) continue;
      const bool here = holds(*member, file);
      const bool must_have = somewhere && reads(*member, false) && !is_forked(file.stream) && names_it(*member, file);
      if (must_have && !here)
        return fmt::format("{} lacks the file {} of {}, which{} has", member->code, file.sha256.hex().substr(0, 8), file.part, holders);
      if (!here || reads(*member, true) || member->was_under_a_rogue || handed_in_by(*member, file.part)) continue;
      if (world_.left_behind_.contains({member->code, file.part, file.sha256})) continue;
      return fmt::format("{} has the file {} of {}, which is not for it", member->code, file.sha256.hex().substr(0, 8), file.part);
    }
  }
  return {};
}

// The part holds a file that the node itself, or one below it, has named.
bool Checks::handed_in_by(const Member& member, const std::string& part) const {
  std::set<std::string> below;
  for (const auto& other : world_.members_)
    for (const auto* at = other.get(); at != nullptr; at = at->parent)
      if (at == &member) below.insert(other->node->id().hex());
  return std::any_of(world_.attached_.begin(), world_.attached_.end(),
                     [&](const auto& one) { return one.part == part && below.contains(one.writer.hex()); });
}

// The bugs that are planted of files: one is lost, one lies where it is not for.
void World::plant_file(Member& member) {
  for (const auto& file : attached_) {
    const auto path = place_of(member, file.part, file.sha256);
    const bool reads = model_.reads(must(journal::PartKey::parse(file.part)), member.unit, member.parent == nullptr, member.reach(), true);
    std::error_code ec;
    if (wish_.plant == Plant::kLoseFile && reads) fs::remove(path, ec);
    if (wish_.plant != Plant::kLeakFile || reads) continue;
    for (const auto& other : members_) {
      if (!holds(*other, file)) continue;
      fs::create_directories(path.parent_path());
      fs::copy_file(place_of(*other, file.part, file.sha256), path, fs::copy_options::overwrite_existing, ec);
    }
  }
}

}  // namespace nc::simulation
