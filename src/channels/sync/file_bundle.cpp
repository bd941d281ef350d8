#include "channels/sync/file_bundle.h"

#include <algorithm>

#include "channels/sync/file_answer.h"
#include "channels/sync/file_outbox.h"
#include "ledger/records/foreign.h"

namespace nc::sync {
namespace {

constexpr std::size_t kBundleWishesMax = 4096;

bool is_shared(Shared& shared, const KnownFile& file) {
  const auto part = journal::PartKey::parse(file.part);
  return part && shared.has(*part);
}

// What a file takes in frames, at most: little is smaller in a frame than in its own form.
std::size_t room_for(std::int64_t bytes) {
  constexpr std::size_t kFrameOf = 15 * 1024, kBeside = 256;
  const auto size = static_cast<std::size_t>(bytes);
  return size + (size / kFrameOf + 1) * kBeside;
}

}  // namespace

// Nothing is to be sent, or it was; false: no room for all of it.
Result<bool> FilePacking::send(const KnownFile& file, std::int64_t from) {
  if (!files_.holds(file.part, file.name.sha256)) return true;
  if (out_.room() < room_for(file.name.bytes - from)) return false;
  NC_ASSIGN([[maybe_unused]] const auto to, send_file(out_, files_, file, from));
  return true;
}

Result<std::int64_t> FilePacking::up(const std::vector<journal::HeldStream>& streams) {
  std::vector<FileWish> wishes;
  NC_ASSIGN(const auto missing, lacking(db_, files_, std::nullopt));
  for (const auto& file : missing) {
    if (!is_shared(shared_, file) || wishes.size() >= kBundleWishesMax) continue;
    NC_ASSIGN(const auto here, arriving(db_, to_, file));
    wishes.push_back({file.name, here ? here->bytes : 0});
  }
  NC_TRY(put_list(out_, kFileWish, wishes));
  std::set<std::string> goes;
  for (const auto& one : streams) goes.insert(one.name);
  std::map<std::int64_t, std::int64_t> there;
  NC_ASSIGN(const auto said, wishes_of(db_, to_));
  for (const auto& [file, from] : said) there[file.id] = from;
  std::int64_t left = 0;
  NC_ASSIGN(const auto unsaid, untold(db_, std::nullopt));
  for (const auto& file : unsaid) {
    NC_ASSIGN(const bool named,
              is_named_in(db_, file.id, [&](const std::string& stream, std::int64_t) -> Result<bool> { return goes.contains(stream); }));
    if (!named) continue;
    NC_ASSIGN(const bool sent, send(file, there.contains(file.id) ? there[file.id] : 0));
    left += sent ? 0 : 1;
  }
  return left;
}

Result<std::int64_t> FilePacking::down(const std::map<std::int64_t, std::int64_t>& from) {
  std::vector<FileKept> kept;
  std::set<std::int64_t> came;  // from there
  NC_ASSIGN(const auto done, to_acknowledge(db_, to_));
  for (const auto& one : done) kept.push_back({one.file.name, one.state == Arrival::kRefused});
  NC_TRY(put_list(out_, kFileKept, kept));
  std::vector<FileWish> wishes;
  NC_ASSIGN(const auto parts, all_arriving(db_, to_));
  for (const auto& one : parts) wishes.push_back({one.file.name, one.bytes});
  NC_TRY(put_list(out_, kFileWish, wishes));
  std::map<std::int64_t, std::pair<KnownFile, std::int64_t>> goes;
  for (const auto& [channel, number] : from) {
    NC_ASSIGN(const auto named, named_after(db_, channel, number));
    for (const auto& file : named) {
      NC_ASSIGN(const auto theirs, arriving(db_, to_, file));
      if (!theirs) goes.emplace(file.id, std::pair(file, 0));
    }
  }
  NC_ASSIGN(const auto wished, wishes_of(db_, to_));
  for (const auto& [file, at] : wished) goes.insert_or_assign(file.id, std::pair(file, at));
  std::int64_t left = 0;
  for (const auto& [id, one] : goes) {
    if (!is_shared(shared_, one.first)) continue;
    NC_ASSIGN(const bool sent, send(one.first, one.second));
    left += sent ? 0 : 1;
  }
  return left;
}

FileUnpacking::FileUnpacking(store::Database& db, const records::Ledger& ledger, const NodeId& from, bool from_parent, Shared& shared)
    : db_(db),
      from_(from),
      from_parent_(from_parent),
      inbox_(db, ledger, from, [&db, &ledger, from, from_parent, &shared](const KnownFile& file) -> Result<FileAsked> {
        if (!from_parent) return asks_of_child(db, ledger.files(), from, shared, file);
        return FileAsked{is_shared(shared, file), ledger.files().holds(file.part, file.name.sha256)};
      }) {}

Result<bool> FileUnpacking::take(const Message& message) {
  if (message.kind == kFileBytes) {
    NC_TRY(inbox_.take(message.content));
    return true;
  }
  if (message.kind == kFileWish) {
    for (const auto& one : decode_wishes(message.content).value_or(std::vector<FileWish>())) {
      NC_ASSIGN(const auto file, find_file(db_, one.file));
      if (file) NC_TRY(set_wish(db_, from_, file->id, one.here));
    }
    return true;
  }
  if (message.kind != kFileKept) return false;
  for (const auto& one : decode_kept(message.content).value_or(std::vector<FileKept>())) {
    NC_ASSIGN(const auto file, find_file(db_, one.file));
    if (file && from_parent_) NC_TRY(set_told(db_, file->id, one.refused));
  }
  return true;
}

Status finish_unpacked(records::Ledger& ledger, const NodeId& from, bool from_parent, std::vector<Error>& notices) {
  NC_ASSIGN(const auto done, finish_files(ledger, from, notices));
  if (!from_parent || (done.kept.empty() && done.refused.empty())) return {};
  return ledger.exchange([&](records::Intake& intake) -> Status {
    for (const auto& file : done.kept) NC_TRY(set_told(intake.db(), file.id, false));
    for (const auto& file : done.refused) NC_TRY(set_refused_here(intake.db(), file.id));
    return {};
  });
}

}  // namespace nc::sync
