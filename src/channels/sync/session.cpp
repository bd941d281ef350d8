// The child's side.
#include "channels/sync/session.h"

#include <algorithm>

#include "base/limits.h"
#include "channels/sync/contacts.h"
#include "channels/sync/inbox.h"
#include "channels/sync/outbox.h"
#include "channels/sync/shared.h"

namespace nc::sync {
namespace {

using journal::HeldStream;
using journal::StreamKey;

constexpr int kComparesMax = 3;  // in one session
constexpr std::size_t kAskedMax = 64;

std::string stream_and(const StreamKey& stream, std::int64_t number) {
  Packer out;
  pack_stream(out, stream, false);
  out.number(number);
  return out.take();
}

}  // namespace

struct Session::Impl {
  records::Ledger& ledger;
  NodeId parent;
  Limits most;

  // How far the talk has come.
  bool plain_out = false, plain_in = false;  // no references in what is sent, in what is received
  bool comparing = false, ask_where = false, wants_sent = false;
  bool told_unsure = false;               // whether the parent has what it was told last
  std::vector<Cursor> told_now;           // with the last request it knows these
  std::string digest_now;                 // what that said
  bool void_cursors = false;              // the parent is another incarnation than we knew: its numbers are asked for anew
  int compares = 0;                       // since something was taken
  std::map<std::string, StreamKey> sent;  // in the last request
  std::map<std::string, std::int64_t> sent_from;
  std::set<std::string> stalled;  // the parent did not get on with what it was sent
  std::map<std::string, std::int64_t> wants;
  std::map<std::string, PartHeld> parts_there, waiting_there;  // by stream: came in part, came without its seal

  // Of the answer that comes.
  FrameReader reader;
  std::optional<Hello> hello;
  std::optional<End> end;
  bool other_incarnation = false, unknown_kind = false;
  std::vector<Cursor> offered;
  std::set<std::string> have_said;
  Taken taken;

  Impl(records::Ledger& own, const NodeId& other, const Limits& limit) : ledger(own), parent(other), most(limit) {}

  Status compose(store::Database& db, FrameWriter& writer);
  Status greet(store::Database& db, const std::string& digest, Outbox& out);
  Status put_runs(store::Database& db, Shared& shared, Outbox& out);
  Status put_compare(const std::vector<HeldStream>& streams, Outbox& out) const;
  Status handle(records::Intake& intake, Shared& shared, const std::vector<Message>& frame);
  Status on_hello(records::Intake& intake, const Message& message);
  Status on_again(records::Intake& intake, const Message& message);
  Status on_reached(records::Intake& intake, const Message& message) const;
  Status on_have(records::Intake& intake, Shared& shared, const Message& message);
  Status on_partial(records::Intake& intake, const Message& message);
  Status on_streams(records::Intake& intake, Shared& shared, const Message& message);
  Status on_head(records::Intake& intake, Shared& shared, const Message& message);
  Status compare_one(records::Intake& intake, const StreamKey& key, std::int64_t seq, std::string_view head);
  Result<Outcome> judge(store::Database& db);
  void conclude(Outcome& out);
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::start(records::Ledger& ledger, const NodeId& parent, const Limits& limits) {
  NC_TRY(ledger.exchange([](records::Intake& intake) { return make_tables(intake.db()); }));
  return std::unique_ptr<Session>(new Session(std::make_unique<Impl>(ledger, parent, limits)));
}

void Session::set_limits(const Limits& limits) { impl_->most = limits; }

// --- asking ---

Result<std::string> Session::request() {
  impl_->reader = {};
  impl_->hello.reset();
  impl_->end.reset();
  impl_->offered.clear();
  impl_->have_said.clear();
  impl_->taken = {};
  impl_->other_incarnation = impl_->unknown_kind = false;
  FrameWriter writer(impl_->most.frame_bytes);
  NC_TRY(impl_->ledger.inspect([&](store::Database& db, const journal::Journal&) { return impl_->compose(db, writer); }));
  return writer.take();
}

Status Session::Impl::compose(store::Database& db, FrameWriter& writer) {
  NC_ASSIGN(const auto shared, Shared::with(db, ledger, parent));
  NC_ASSIGN(const auto streams, shared->streams(db));
  NC_ASSIGN(const auto known_to_parent, told(db, parent));
  Outbox out(db, writer, !plain_out, most.request_bytes, {}, known_to_parent.has_value());
  wants_sent = !wants.empty();
  NC_TRY(greet(db, digest_of(streams), out));
  NC_TRY(out.put_parts_of(parent, nullptr));
  for (const auto& [name, from] : wants) {
    NC_ASSIGN(const auto key, StreamKey::parse(name));
    NC_TRY(out.put(kWant, stream_and(key, from)));
  }
  if (comparing) return put_compare(streams, out);
  if (ask_where) {
    Packer asked;
    for (const auto& [name, key] : sent) pack_stream(asked, key, false);
    return out.put(kAsk, asked.take());
  }
  sent.clear();
  sent_from.clear();
  return put_runs(db, *shared, out);
}

// What both know is not said again.
Status Session::Impl::greet(store::Database& db, const std::string& digest, Outbox& out) {
  Hello hi;
  hi.incarnation = incarnation_tag(ledger.identity().incarnation);
  NC_ASSIGN(hi.known, known_incarnation(db, parent));
  hi.digest = digest_now = digest;
  hi.plain = plain_in;
  hi.compare_only = comparing || !wants.empty() || void_cursors;
  hi.clock_ms = std::max<std::int64_t>(0, ledger.now_ms());
  hi.short_forms = true;
  NC_ASSIGN(told_now, cursors(db, parent));
  NC_ASSIGN(const auto before, told(db, parent));
  std::map<std::string, std::int64_t> known, now;
  for (const auto& one : before.value_or(std::vector<Cursor>())) known[one.tag] = one.number;
  for (const auto& one : told_now) now[one.tag] = one.number;
  const bool lost = std::any_of(known.begin(), known.end(), [&](const auto& one) { return !now.contains(one.first); });
  if (!before || told_unsure || lost) {
    NC_TRY(out.put(kHello, encode(hi)));
    return out.put_cursors(told_now);
  }
  NC_TRY(out.put(kAgain, encode(Again{hi.plain, hi.compare_only, told_tag(hi.incarnation, hi.known, *before), hi.digest, hi.clock_ms})));
  auto fresh = told_now;
  std::erase_if(fresh, [&](const Cursor& one) { return known.contains(one.tag) && known[one.tag] == one.number; });
  return out.put_cursors(fresh);
}

Status Session::Impl::put_compare(const std::vector<HeldStream>& streams, Outbox& out) const {
  std::vector<ChannelDigest> digests;
  for (const auto& [tag, digest] : channel_digests(streams)) {
    digests.push_back({tag, digest});
    if (digests.size() < 512) continue;
    NC_TRY(out.put(kCompare, encode(digests)));
    digests.clear();
  }
  return out.put(kCompare, encode(digests));
}

Status Session::Impl::put_runs(store::Database& db, Shared& shared, Outbox& out) {
  NC_ASSIGN(const auto streams, shared.to_hand_up(db));
  End rest;
  for (const auto& stream : streams) {
    NC_ASSIGN(const auto there, held_there(db, parent, stream.name));
    if (stream.seq <= there.seq || stream.seq <= there.refused) continue;
    if (out.full() || sent.size() >= kAskedMax || stalled.contains(stream.name)) {
      rest.left += stream.seq - there.seq;
      continue;
    }
    for (const auto* parts : {&parts_there, &waiting_there})
      if (const auto part = parts->find(stream.name); part != parts->end()) out.set_part_held(stream.name, part->second);
    sent.emplace(stream.name, stream.key);
    sent_from.emplace(stream.name, there.seq);
    NC_ASSIGN(const auto last, out.send_stream(stream, there.seq + 1));
    rest.left += stream.seq - last;
  }
  return out.put(kEnd, encode(rest));
}

// --- hearing ---

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
  return impl_->ledger.exchange([&](records::Intake& intake) -> Status {
    for (const auto& frame : frames) NC_TRY(impl_->handle(intake, *shared, frame));
    return {};
  });
}

Status Session::Impl::handle(records::Intake& intake, Shared& shared, const std::vector<Message>& frame) {
  Inbox inbox(intake, parent, shared.theirs(), taken);
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
      case kEnd: end = decode_end(message.content); break;
      case kNotice: taken.notices.push_back(message.content.substr(0, 200)); break;
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
  NC_ASSIGN(other_incarnation, note_incarnation(intake.db(), parent, hello->incarnation));
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
  Hello said;
  NC_ASSIGN(said.incarnation, known_incarnation(intake.db(), parent));
  said.digest = again->digest.empty() ? digest_now : again->digest;
  said.plain = again->plain;
  said.clock_ms = again->clock_ms;
  said.short_forms = true;
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
  class Nothing final : public Known {
    Result<std::optional<StreamKey>> stream(std::string_view) override { return std::optional<StreamKey>(); }
    Result<std::optional<EntryHash>> hash_at(const StreamKey&, std::int64_t) override { return std::optional<EntryHash>(); }
    Result<std::optional<EntryHash>> entry(std::string_view, const StreamKey&, bool) override { return std::optional<EntryHash>(); }
  } nothing;
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
  if (own < seq) {
    NC_ASSIGN(const auto here, durable(intake.db(), parent, key));
    wants[name] = std::min(here, seq - 1) + 1;
  }
  // Two heads for one number: the other is shown ours, and keeps both.
  return set_held_there(intake.db(), parent, name, {differs ? std::max<std::int64_t>(0, seq - 1) : std::min(own, seq), 0});
}

// --- judging ---

Result<Outcome> Session::finish() {
  Outcome out;
  NC_TRY(impl_->ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, impl_->judge(db));
    return {};
  }));
  const bool nothing_wanted = impl_->wants.empty();
  const bool take_numbers = out.whole && impl_->comparing && nothing_wanted && !impl_->offered.empty();
  if (take_numbers) {
    const Status moved = impl_->ledger.exchange([&](records::Intake& intake) -> Status {
      for (const auto& one : impl_->offered) {
        NC_ASSIGN(const auto now, cursor(intake.db(), impl_->parent, one.tag));
        if (one.number > now) NC_TRY(set_cursor(intake.db(), impl_->parent, one.tag, one.number));
      }
      return {};
    });
    NC_TRY(moved);
  }
  impl_->conclude(out);
  if (!impl_->hello) return out;
  Contact seen;
  seen.node = impl_->parent;
  seen.whole = out.whole;
  seen.same = out.same;
  seen.to_send = out.to_send;
  seen.notices = out.notices;
  if (out.whole) {
    seen.to_get = out.to_get;
    seen.clock_ahead_ms = out.clock_ahead_ms;
  }
  NC_TRY(note_contact(impl_->ledger, std::move(seen)));
  return out;
}

Result<Outcome> Session::Impl::judge(store::Database& db) {
  Outcome out;
  out.taken = taken.admitted;
  out.parked = taken.parked;
  out.notices = taken.notices;
  NC_ASSIGN(const auto shared, Shared::with(db, ledger, parent));
  NC_ASSIGN(const auto streams, shared->streams(db));
  NC_ASSIGN(const auto handed_up, shared->to_hand_up(db));
  bool can_send = false;
  for (const auto& stream : handed_up) {
    NC_ASSIGN(const auto there, held_there(db, parent, stream.name));
    if (stream.seq <= there.seq) continue;
    out.to_send += stream.seq - there.seq;
    can_send = can_send || (stream.seq > there.refused && !stalled.contains(stream.name));
  }
  if (unknown_kind)
    out.notices.emplace_back(
        Error(ErrorCode::kUnsupported, NC_MSG("The other node said something that this version does not understand")).english());
  out.whole = hello && end && !reader.broken();
  if (!out.whole) {
    told_unsure = told_unsure || !hello;
    ask_where = !sent.empty();
    out.go_on = true;
    return out;
  }
  ask_where = false;
  if (wants_sent) wants.clear();  // what did not come is seen by comparing again
  out.to_get = end->left;
  out.same = hello->digest == digest_of(streams);
  out.clock_ahead_ms = hello->clock_ms - ledger.now_ms();
  out.go_on = can_send || end->left > 0 || !wants.empty();
  return out;
}

void Session::Impl::conclude(Outcome& out) {
  if (!out.whole) return;
  if (hello->say_all && !other_incarnation) {  // the same once more, in full
    out.go_on = true;
    return;
  }
  void_cursors = void_cursors || other_incarnation;
  const bool compared = std::exchange(comparing, false);
  if (compared && wants.empty() && !offered.empty()) void_cursors = false;
  if (taken.unresolved) {
    out.go_on = out.go_on || !plain_in;
    plain_in = true;
  }
  if (taken.admitted + taken.parked > 0) compares = 0;
  if (out.same && !void_cursors) {
    out.go_on = out.to_send > 0 && out.go_on;  // what is handed in is no part of the shared set
    return;
  }
  const bool lost = void_cursors || !taken.gaps.empty() || wants_sent;
  if (compared && !out.same) {
    out.go_on = true;  // what it showed is done next
    return;
  }
  if (out.go_on && !lost) return;
  comparing = compares++ < kComparesMax;
  out.go_on = comparing;
}

}  // namespace nc::sync
