#include "channels/sync/file_answer.h"

#include "channels/sync/file_outbox.h"
#include "channels/sync/file_talk.h"
#include "ledger/blobs/arriving.h"

namespace nc::sync {
namespace {

bool is_shared(Shared& shared, const KnownFile& file) {
  const auto part = journal::PartKey::parse(file.part);
  return part && shared.has(*part);
}

}  // namespace

bool FilesAsked::hear(const Message& message) {
  if (message.kind == kFileWish) {
    for (auto& one : decode_wishes(message.content).value_or(std::vector<FileWish>()))
      if (wishes.size() < kWishesMax) wishes.push_back(std::move(one));
    return true;
  }
  if (message.kind != kFileOffer) return false;
  for (auto& one : decode_offers(message.content).value_or(std::vector<FileName>()))
    if (offers.size() < kOffersMax) offers.push_back(std::move(one));
  return true;
}

// Of a part to which the child does not subscribe it is not told what is here: its own bytes are taken, whoever else sent the same.
Result<FileAsked> asks_of_child(store::Database& db, const blobs::Store& files, const NodeId& child, Shared& shared,
                                const KnownFile& file) {
  if (is_shared(shared, file)) return FileAsked{true, files.holds(file.part, file.name.sha256)};
  NC_ASSIGN(const bool named, is_named_in(db, file.id, [&](const std::string& stream, std::int64_t seq) -> Result<bool> {
              NC_ASSIGN(const auto there, held_there(db, child, stream));
              return seq <= there.seq;
            }));
  if (!named) return FileAsked{};
  NC_ASSIGN(const auto came, arriving(db, child, file));
  return FileAsked{true, came && came->state == Arrival::kDone};
}

Status put_file_replies(store::Database& db, const records::Ledger& ledger, const NodeId& child, Shared& shared, const FilesAsked& asked,
                        Outbox& out) {
  auto about = asked.came;
  for (const auto& name : asked.offers) {
    NC_ASSIGN(const auto file, find_file(db, name));
    if (file) about.emplace(file->id, *file);
  }
  if (about.empty()) return {};
  const auto& files = ledger.files();
  const blobs::Arriving arrivals(ledger.files(), ledger.dir());
  NC_ASSIGN(const auto open, count_open(db, child));
  std::vector<FileWish> wishes;
  std::vector<FileKept> kept;
  for (const auto& [id, file] : about) {
    NC_ASSIGN(const auto asks, asks_of_child(db, files, child, shared, file));
    if (!asks.wanted) continue;
    NC_ASSIGN(const auto came, arriving(db, child, file));
    const auto here = came && came->state == Arrival::kOpen ? came->bytes : 0;  // what came once may have gone
    if (asks.whole_here) kept.push_back({file.name, false});
    else if (came && came->state == Arrival::kRefused) kept.push_back({file.name, true});
    else if (!came && open >= kArrivingMax) continue;
    else if (arrivals.room_for(file.name.bytes - here)) wishes.push_back({file.name, here});
  }
  NC_TRY(put_list(out, kFileKept, kept));
  return put_list(out, kFileWish, wishes);
}

Status put_file_bytes(store::Database& db, const blobs::Store& files, Shared& shared, const FilesAsked& asked, Outbox& out) {
  for (const auto& wish : asked.wishes) {
    if (out.full()) return {};
    NC_ASSIGN(const auto file, find_file(db, wish.file));
    if (!file || !is_shared(shared, *file)) continue;
    NC_ASSIGN([[maybe_unused]] const auto to, send_file(out, files, *file, wish.here));
  }
  return {};
}

}  // namespace nc::sync
