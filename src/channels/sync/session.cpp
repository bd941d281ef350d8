// The child's side.

#include <algorithm>

#include "base/limits.h"
#include "channels/sync/contacts.h"
#include "channels/sync/session_impl.h"

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

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::start(records::Ledger& ledger, const NodeId& parent, const Limits& limits) {
  const Status ready = ledger.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(make_tables(intake.db()));
    NC_TRY(index_files(intake.db(), ledger.files(), kIndexedAtOnce));
    NC_TRY(note_what_is_here(intake.db(), ledger.files()));
    NC_TRY(look_for_lost_keys(intake));
    NC_ASSIGN(const auto known, known_incarnation(intake.db(), parent));
    return note_parent(intake.db(), parent, known);
  });
  NC_TRY(ready);
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
  impl_->files.begin_request();
  NC_TRY(impl_->keys.begin_request());
  impl_->complete_now.clear();
  impl_->below_now = {};
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
  const bool with_files = most.files && wants.empty() && !void_cursors;
  NC_TRY(greet(db, digest_of(streams), shared->restricted_here(), out));
  NC_TRY(out.put_parts_of(parent, nullptr));
  for (const auto& [name, from] : wants) {
    NC_ASSIGN(const auto key, StreamKey::parse(name));
    NC_TRY(out.put(kWant, stream_and(key, from)));
  }
  if (comparing) return put_compare(streams, out);
  if (ask_where) {
    Packer asked;
    for (const auto& [name, key] : sent) pack_stream(asked, key, false);
    NC_TRY(out.put(kAsk, asked.take()));
    return with_files ? files.compose(db, *shared, out, true) : Status();
  }
  sent.clear();
  sent_from.clear();
  NC_ASSIGN(const auto handed, put_runs(db, *shared, out));
  if (handed.end.left == 0) {
    NC_ASSIGN(complete_now, watermarks_to_tell(db, *ledger.world(), *shared, false));
    NC_TRY(put_watermarks(out, complete_now));
    if (!most.urgent_only) { NC_ASSIGN(below_now, below_to_tell(db, ledger, parent, *shared, false)); }
    NC_TRY(put_below(out, below_now.news));
  }
  if (!handed.more && wants.empty() && !void_cursors && !most.urgent_only) NC_TRY(keys.compose(db, *shared, out));
  if (with_files) NC_TRY(files.compose(db, *shared, out, !handed.more));
  return out.put(kEnd, encode(handed.end));
}

// What both know is not said again.
Status Session::Impl::greet(store::Database& db, const std::string& digest, bool restricted, Outbox& out) {
  Hello hi;
  hi.incarnation = incarnation_tag(ledger.identity().incarnation);
  NC_ASSIGN(hi.known, known_incarnation(db, parent));
  hi.digest = digest_now = digest;
  hi.plain = plain_in;
  hi.compare_only = comparing || !wants.empty() || void_cursors || most.urgent_only;
  hi.clock_ms = std::max<std::int64_t>(0, ledger.now_ms());
  hi.short_forms = hi.letters = true;
  hi.restricted = restricted;
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
  NC_TRY(out.put(kAgain, encode(Again{hi.plain, hi.compare_only, told_tag(hi.incarnation, hi.known, *before), hi.digest, hi.clock_ms, true,
                                      hi.restricted})));
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

Result<Session::Impl::Handed> Session::Impl::put_runs(store::Database& db, Shared& shared, Outbox& out) {
  NC_ASSIGN(const auto streams, shared.to_hand_up(db));
  Handed rest;
  for (const auto& stream : streams) {
    NC_ASSIGN(const auto there, held_there(db, parent, stream.name));
    if (stream.seq <= there.seq) continue;
    // What was refused is not there either: nobody may take the parent for complete.
    const bool stays = stalled.contains(stream.name) || stream.seq <= there.refused || !has_turn(stream.key);
    if (stays || out.full() || sent.size() >= kAskedMax) {
      rest.end.left += stream.seq - there.seq;
      rest.more = rest.more || !stays;
      continue;
    }
    for (const auto* parts : {&parts_there, &waiting_there})
      if (const auto part = parts->find(stream.name); part != parts->end()) out.set_part_held(stream.name, part->second);
    sent.emplace(stream.name, stream.key);
    sent_from.emplace(stream.name, there.seq);
    NC_ASSIGN(const auto last, out.send_stream(stream, there.seq + 1));
    rest.end.left += stream.seq - last;
    rest.more = rest.more || last < stream.seq;
  }
  return rest;
}

// --- judging ---

Result<Outcome> Session::finish() {
  Outcome out;
  NC_TRY(impl_->ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, impl_->judge(db));
    return {};
  }));
  if (out.same && out.to_send > 0) NC_TRY(impl_->note_all_there(out));
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
  if (!impl_->most.urgent_only) {
    NC_TRY(impl_->conclude_files(out));
    NC_TRY(impl_->conclude_keys(out));
  }
  if (!impl_->hello) return out;
  Contact seen;
  seen.node = impl_->parent;
  seen.whole = out.whole;
  seen.same = out.same;
  seen.to_send = out.to_send;
  seen.notices = out.notices;
  if (out.whole) {
    if (!impl_->most.urgent_only) seen.to_get = out.to_get;
    seen.clock_ahead_ms = out.clock_ahead_ms;
  }
  NC_TRY(note_contact(impl_->ledger, std::move(seen)));
  return out;
}

// What it had refused, or lacked when it last spoke of it, has come to it by another way.
Status Session::Impl::note_all_there(Outcome& out) {
  out.to_send = 0;
  return ledger.exchange([&](records::Intake& intake) -> Status {
    NC_ASSIGN(const auto shared, Shared::with(intake.db(), ledger, parent));
    NC_ASSIGN(const auto streams, shared->to_hand_up(intake.db()));
    for (const auto& stream : streams) {
      if (shared->has(stream.key.part)) NC_TRY(raise_held_there(intake.db(), parent, stream.name, stream.seq));
      NC_ASSIGN(const auto there, held_there(intake.db(), parent, stream.name));
      out.to_send += std::max<std::int64_t>(0, stream.seq - there.seq);
    }
    return {};
  });
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
    can_send = can_send || (stream.seq > there.refused && !stalled.contains(stream.name) && has_turn(stream.key));
  }
  if (unknown_kind)
    out.notices.emplace_back(ErrorCode::kUnsupported, NC_MSG("The other node said something that this version does not understand"));
  out.whole = hello && end && !reader.broken();
  if (!out.whole) {
    told_unsure = told_unsure || !hello;
    ask_where = !sent.empty();
    out.go_on = true;
    return out;
  }
  ask_where = false;
  if (wants_sent) {
    for (const auto& [name, from] : wants)
      if (taken.refused.contains(name) || taken.gaps.contains(name)) refused_here.insert(name);
    wants.clear();  // what did not come is seen by comparing again
  }
  out.to_get = end->left;
  out.same = hello->digest == digest_of(streams);
  out.clock_ahead_ms = hello->clock_ms - ledger.now_ms();
  out.go_on = can_send || end->left > 0 || !wants.empty();
  return out;
}

// Files go on as long as something can be done about them, whatever the entries do.
Status Session::Impl::conclude_files(Outcome& out) {
  out.file_bytes = files.bytes_moved();
  if (!out.whole) {
    files.broken();
    return {};
  }
  NC_TRY(files.judge(out.to_get > 0));
  return ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto shared, Shared::with(db, ledger, parent));
    NC_ASSIGN(const bool more, files.more(db, *shared));
    out.go_on = out.go_on || more;
    return {};
  });
}

// Letters, too.
Status Session::Impl::conclude_keys(Outcome& out) {
  if (!out.whole) return {};
  keys.answered();
  return ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto shared, Shared::with(db, ledger, parent));
    NC_ASSIGN(const bool more, keys.more(db, *shared));
    out.go_on = out.go_on || more;
    return {};
  });
}

void Session::Impl::conclude(Outcome& out) {
  if (!out.whole || most.urgent_only) return;
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
  if (taken.admitted + taken.parked > 0) {
    compares = 0;
    refused_here.clear();  // it may have lacked what came now
  }
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
