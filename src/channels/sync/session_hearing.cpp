// The child's side: what an answer says.
#include <algorithm>

#include "channels/sync/session_impl.h"
#include "ledger/records/foreign.h"

namespace nc::sync {

using journal::HeldStream;
using journal::StreamKey;

Status Session::feed(std::string_view bytes) {
  impl_->reader.feed(bytes);
  std::vector<std::vector<Message>> frames;
  while (auto frame = impl_->reader.next()) frames.push_back(std::move(*frame));
  if (frames.empty()) return {};
  std::unique_ptr<Shared> shared;
  NC_TRY(impl_->ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(shared, Shared::with(db, impl_->ledger, impl_->parent));
    return {};
  }));
  std::vector<std::string> came;
  const Status heard = impl_->ledger.exchange([&](records::Intake& intake) -> Status {
    KeyPost post(intake, impl_->ledger, *shared, impl_->parent, impl_->taken.notices);
    for (const auto& frame : frames) NC_TRY(impl_->handle(intake, *shared, post, frame));
    came = post.came();
    if (impl_->taken.admitted + impl_->taken.parked > 0) NC_TRY(index_files(intake.db(), impl_->ledger.files()));
    return impl_->files.flush(intake.db());
  });
  NC_TRY(heard);
  impl_->keys.came(came);
  return impl_->files.finish(impl_->taken.notices);
}

Status Session::Impl::handle(records::Intake& intake, Shared& shared, KeyPost& post, const std::vector<Message>& frame) {
  Inbox inbox(intake, parent, shared, taken);
  for (const auto& message : frame) {
    if (unknown_kind) return {};
    if (message.kind != kHello && message.kind != kAgain && !hello) return {};  // nobody speaks before he greets
    switch (message.kind) {
      case kHello: NC_TRY(on_hello(intake, message)); break;
      case kAgain: NC_TRY(on_again(intake, message)); break;
      case kRun:
      case kPiece: NC_TRY(inbox.take(message)); break;
      case kReached: NC_TRY(on_reached(intake, message)); break;
      case kHave: NC_TRY(on_have(intake, shared, message)); break;
      case kPartial: NC_TRY(on_partial(intake, message)); break;
      case kStreams: NC_TRY(on_streams(intake, shared, message)); break;
      case kStreamHead: NC_TRY(on_head(intake, shared, message)); break;
      case kCursors: {
        const auto numbers = decode_cursors(message.content).value_or(std::vector<Cursor>());
        offered.insert(offered.end(), numbers.begin(), numbers.end());
        break;
      }
      case kFileWish:
      case kFileKept:
      case kFileBytes: NC_TRY(files.hear(intake.db(), shared, message)); break;
      case kEnd:
        end = decode_end(message.content);
        NC_TRY(set_watermarks_told(intake.db(), complete_now));
        NC_TRY(set_below_told(intake.db(), below_now));
        break;
      case kLetter:
      case kLetters: {
        NC_ASSIGN([[maybe_unused]] const bool is_one, post.take(message));
        break;
      }
      case kForked: NC_TRY(hear_forked(intake, message.content, taken.notices)); break;
      case kNotice: taken.notices.emplace_back(ErrorCode::kInvalid, message.content.substr(0, 200)); break;
      default: unknown_kind = message.kind % 2 == 0;
    }
  }
  return {};
}

Status Session::Impl::on_hello(records::Intake& intake, const Message& message) {
  auto read = decode_hello(message.content);
  if (!read) return fail(read.error());
  hello = std::move(*read);
  plain_out = plain_out || hello->plain;
  keys.parent_takes(hello->letters);
  NC_ASSIGN(other_incarnation, note_incarnation(intake.db(), parent, hello->incarnation));
  NC_TRY(note_parent(intake.db(), parent, hello->incarnation));
  NC_TRY(note_takes_restricted(intake.db(), parent, hello->restricted));
  told_unsure = false;
  if (hello->say_all || !hello->short_forms || other_incarnation) return forget_told(intake.db(), parent);
  return set_told(intake.db(), parent, told_now);
}

// It is who it was, and has what it was told.
Status Session::Impl::on_again(records::Intake& intake, const Message& message) {
  const auto again = decode_again(message.content);
  if (!again) {
    unknown_kind = true;
    return {};
  }
  NC_ASSIGN(const auto incarnation, known_incarnation(intake.db(), parent));
  auto said = greeting_of(*again, incarnation, {});
  if (said.digest.empty()) said.digest = digest_now;
  keys.parent_takes(again->letters);
  NC_TRY(note_takes_restricted(intake.db(), parent, again->restricted));
  hello = std::move(said);
  plain_out = plain_out || hello->plain;
  told_unsure = false;
  return set_told(intake.db(), parent, told_now);
}

// What was not reached from where we stand says nothing: something before it is missing.
Status Session::Impl::on_reached(records::Intake& intake, const Message& message) const {
  const auto reached = decode_reached(message.content);
  if (!reached || other_incarnation) return {};
  if (taken.unresolved || !taken.gaps.empty()) return {};
  NC_ASSIGN(const auto now, cursor(intake.db(), parent, reached->tag));
  if (reached->from > now || reached->to <= now) return {};
  return set_cursor(intake.db(), parent, reached->tag, reached->to);
}

Status Session::Impl::on_have(records::Intake& intake, Shared& shared, const Message& message) {
  const auto have = decode_have(message.content);
  if (!have) return {};
  NC_ASSIGN(const auto streams, shared.to_hand_up(intake.db()));
  std::map<std::string, const HeldStream*> by_tag;
  for (const auto& one : streams) by_tag.emplace(tag_of(one.name), &one);
  for (const auto& one : *have) {
    const auto found = by_tag.find(one.tag);
    if (found == by_tag.end()) continue;
    const auto& stream = *found->second;
    have_said.insert(stream.name);
    const auto there = std::min(one.seq, stream.seq);
    NC_TRY(set_held_there(intake.db(), parent, stream.name, {there, one.how == Holds::kRefused ? stream.seq : 0}));
    // What it said before of parts no longer holds; if it has some, it says so anew.
    const bool had_part = parts_there.erase(stream.name) + waiting_there.erase(stream.name) > 0;
    const auto from = sent_from.find(stream.name);
    if (from != sent_from.end() && there <= from->second && !ask_where && !had_part) stalled.insert(stream.name);
  }
  return {};
}

// Follows the `have` of its stream.
Status Session::Impl::on_partial(records::Intake& intake, const Message& message) {
  Unpacker in(message.content);
  NothingKnown nothing;
  const auto key = unpack_stream(in, nothing);
  PartHeld part;
  part.seq = in.count();
  part.bytes = in.count();
  if (!key || !in.good()) return {};
  const auto name = key->text();
  stalled.erase(name);
  if (part.bytes < kWaitingForSeal) {
    parts_there[name] = part;
    return {};
  }
  // It is here, and is not held until its seal has come.
  waiting_there[name] = part;
  NC_ASSIGN(const auto there, held_there(intake.db(), parent, name));
  if (there.seq < part.seq) return {};
  return set_held_there(intake.db(), parent, name, {std::max<std::int64_t>(0, part.seq - 1), there.refused});
}

Status Session::Impl::on_streams(records::Intake& intake, Shared& shared, const Message& message) {
  NC_ASSIGN(const auto streams, shared.streams(intake.db()));
  Unpacker in(message.content);
  const std::string tag(in.text(kTagBytes));
  HeldKnown known(intake.db(), parent, shared.theirs());
  std::set<std::string> named;
  while (!in.empty()) {
    const auto key = unpack_stream(in, known);
    const auto seq = in.count();
    const auto head = in.text(kDigestBytes);
    if (!key || !in.good()) return {};
    named.insert(key->text());
    NC_TRY(compare_one(intake, *key, seq, head));
  }
  for (const auto& one : streams)
    if (tag_of(channel_text(one.key.part, one.key.lane)) == tag && !named.contains(one.name))
      NC_TRY(set_held_there(intake.db(), parent, one.name, {}));
  return {};
}

Status Session::Impl::on_head(records::Intake& intake, Shared& shared, const Message& message) {
  Unpacker in(message.content);
  HeldKnown known(intake.db(), parent, shared.theirs());
  const auto key = unpack_stream(in, known);
  const auto seq = in.count();
  const auto head = in.text(kDigestBytes);
  return key && in.good() ? compare_one(intake, *key, seq, head) : Status();
}

Status Session::Impl::compare_one(records::Intake& intake, const StreamKey& key, std::int64_t seq, std::string_view head) {
  const auto name = key.text();
  NC_ASSIGN(const auto held, journal::held_stream(intake.db(), key));
  const auto own = held ? held->seq : 0;
  const bool differs = own == seq && std::string_view(reinterpret_cast<const char*>(held->head.bytes.data()), kDigestBytes) != head;
  if (own < seq && !refused_here.contains(name)) {
    NC_ASSIGN(const auto here, durable(intake.db(), parent, key));
    wants[name] = std::min(here, seq - 1) + 1;
  }
  // Two heads for one number: the other is shown ours, and keeps both.
  return set_held_there(intake.db(), parent, name, {differs ? std::max<std::int64_t>(0, seq - 1) : std::min(own, seq), 0});
}

}  // namespace nc::sync
