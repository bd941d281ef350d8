// The parent's side: one request, one answer, nothing kept but what was taken.
#include <algorithm>

#include "channels/sync/below.h"
#include "channels/sync/contacts.h"
#include "channels/sync/key_post.h"
#include "channels/sync/listening.h"
#include "channels/sync/runs_ahead.h"
#include "channels/sync/session.h"
#include "channels/sync/shared.h"
#include "channels/sync/watermarks.h"

namespace nc::sync {
namespace {

using journal::HeldStream;
using journal::StreamKey;

constexpr std::size_t kWantsMax = 4096;

// Reads a request, whole or cut, inside the transaction in which its entries are taken.
class Hearing {
 public:
  Hearing(records::Intake& intake, const records::Ledger& ledger, const NodeId& child, Shared& shared, Asked& asked, RunsAhead& ahead)
      : intake_(intake),
        now_ms_(ledger.now_ms()),
        child_(child),
        known_(intake.db(), child, shared.theirs()),
        inbox_(intake, child, shared, asked.taken, &ahead),
        files_(intake.db(), ledger, child,
               [&](const KnownFile& file) { return asks_of_child(intake.db(), ledger.files(), child, shared, file); }),
        post_(intake, ledger, shared, child, asked.taken.notices),
        asked_(asked),
        world_(shared.world()),
        peer_(shared.peer()) {}

  Status hear(std::string_view request) {
    FrameReader reader;
    reader.feed(request);
    while (auto frame = reader.next())
      for (const auto& message : *frame) {
        if (asked_.unknown_kind || (message.kind != kHello && message.kind != kAgain && !asked_.hello)) break;
        NC_TRY(one(message));
      }
    NC_TRY(files_.flush());
    asked_.files.came = files_.came();
    asked_.letters_came = post_.came();
    return forget_what_was_not_said();
  }

 private:
  Status one(const Message& message) {
    switch (message.kind) {
      case kHello: return hello(message);
      case kAgain: return again(message);
      case kCursors: return cursors(message);
      case kRun:
      case kPiece: return inbox_.take(message);
      case kCompare: return compare(message);
      case kWant: return want(message);
      case kAsk: return ask(message);
      case kPartial: return partial(message);
      case kEnd: return end(message);
      case kComplete: return complete(message);
      case kBelow:
        if (const auto one = decode_below(message.content); one && below_.size() < kBelowMax) below_.push_back(*one);
        return {};
      case kFileBytes: return files_.take(message.content);
      case kFileWish:
      case kFileOffer: asked_.files.hear(message); return {};
      case kLetter:
      case kLetters: {
        NC_ASSIGN([[maybe_unused]] const bool is_one, post_.take(message));
        return {};
      }
      default: asked_.unknown_kind = message.kind % 2 == 0; return {};
    }
  }
  Status hello(const Message& message) {
    auto read = decode_hello(message.content);
    if (!read) {
      asked_.taken.notices.push_back(read.error());
      asked_.unknown_kind = true;
      return {};
    }
    asked_.hello = std::move(*read);
    NC_ASSIGN([[maybe_unused]] const bool other, note_incarnation(intake_.db(), child_, asked_.hello->incarnation));
    NC_TRY(note_takes_restricted(intake_.db(), child_, asked_.hello->restricted));
    NC_ASSIGN(stored_, stored_cursors(intake_.db(), child_));
    return {};
  }
  // Who says less than all means what was told before: the rows here, or it has to be told anew.
  Status again(const Message& message) {
    const auto read = decode_again(message.content);
    if (!read || read->told.empty() || read->digest.empty()) {
      asked_.taken.notices.emplace_back(ErrorCode::kCorrupt, NC_MSG("What was received is no greeting of a node"));
      asked_.unknown_kind = true;
      return {};
    }
    NC_ASSIGN(stored_, stored_cursors(intake_.db(), child_));
    const auto self = incarnation_tag(intake_.self().incarnation);
    NC_ASSIGN(const auto incarnation, known_incarnation(intake_.db(), child_));
    asked_.say_all = told_here(incarnation, self, stored_) != read->told;
    asked_.again = true;
    if (!asked_.say_all) asked_.cursors = stored_;
    NC_TRY(note_takes_restricted(intake_.db(), child_, read->restricted));
    asked_.hello = greeting_of(*read, incarnation, asked_.say_all ? std::string() : self);
    return {};
  }
  // Kept for bundles too: what the child has for certain.
  Status cursors(const Message& message) {
    const auto told = decode_cursors(message.content);
    if (!told || !knows_us()) return {};
    for (const auto& one : *told) {
      asked_.cursors[one.tag] = one.number;
      const auto at = stored_.find(one.tag);
      if (at != stored_.end() && at->second == one.number) continue;
      stored_[one.tag] = one.number;
      NC_TRY(set_cursor(intake_.db(), child_, one.tag, one.number));
    }
    return {};
  }
  // A whole greeting names every cursor: what is here beyond that is of another time.
  Status forget_what_was_not_said() {
    if (!asked_.hello || asked_.again || !knows_us()) return {};
    for (const auto& [tag, number] : stored_)
      if (!asked_.cursors.contains(tag)) NC_TRY(forget_cursor(intake_.db(), child_, tag));
    return {};
  }
  Status compare(const Message& message) {
    asked_.compares = true;
    if (auto digests = decode_digests(message.content)) asked_.digests.insert(asked_.digests.end(), digests->begin(), digests->end());
    return {};
  }
  Status want(const Message& message) {
    Unpacker in(message.content);
    const auto key = unpack_stream(in, known_);
    const auto from = in.count();
    if (key && in.good() && from >= 1 && asked_.wants.size() < kWantsMax) asked_.wants.emplace_back(*key, from);
    return {};
  }
  Status ask(const Message& message) {
    Unpacker in(message.content);
    while (!in.empty() && asked_.where.size() < kWantsMax) {
      const auto key = unpack_stream(in, known_);
      if (!key) break;
      asked_.where.push_back(*key);
    }
    return {};
  }
  Status partial(const Message& message) {
    Unpacker in(message.content);
    const auto key = unpack_stream(in, known_);
    PartHeld part;
    part.seq = in.count();
    part.bytes = in.count();
    if (key && in.good() && asked_.parts.size() < kWantsMax) asked_.parts.emplace_back(key->text(), part);
    return {};
  }
  Status complete(const Message& message) {
    const auto marks = decode_watermarks(message.content).value_or(std::vector<Watermark>());
    if (marks_.size() < kWatermarksMax) marks_.insert(marks_.end(), marks.begin(), marks.end());
    return {};
  }
  // With this request all is here that the child had when it spoke.
  Status end(const Message& message) {
    NC_TRY(take_below(intake_.db(), world_, intake_.self().node, peer_, below_, now_ms_));
    const auto rest = decode_end(message.content);
    if (!rest || rest->left > 0 || asked_.taken.unresolved || !asked_.taken.gaps.empty() || !asked_.taken.refused.empty()) return {};
    NC_TRY(take_watermarks(intake_.db(), world_, intake_.self().node, peer_, marks_, now_ms_));
    return note_complete(intake_.db(), child_, std::min(asked_.hello->clock_ms, now_ms_));
  }
  [[nodiscard]] bool knows_us() const { return asked_.hello->known == incarnation_tag(intake_.self().incarnation); }

  records::Intake& intake_;
  std::int64_t now_ms_;
  NodeId child_;
  HeldKnown known_;
  Inbox inbox_;
  FileInbox files_;
  KeyPost post_;
  Asked& asked_;
  Stored stored_;
  const records::World& world_;
  const Peer& peer_;
  std::vector<Watermark> marks_;
  std::vector<Below> below_;
};

class Answer {
 public:
  Answer(store::Database& db, const records::Ledger& ledger, const NodeId& child, Shared& shared, const Asked& asked, const Limits& limits)
      : db_(db),
        ledger_(ledger),
        child_(child),
        shared_(shared),
        asked_(asked),
        limits_(limits),
        writer_(limits.frame_bytes),
        out_(db, writer_, !(asked.hello && asked.hello->plain), limits.answer_bytes, {}, asked.hello && asked.hello->short_forms) {}

  // What the answer shows of the child; the rest of the contact is not known here.
  [[nodiscard]] Contact shown() const { return shown_; }

  Result<std::string> compose() {
    NC_ASSIGN(const auto streams, shared_.streams(db_));
    const auto digest = digest_of(streams);
    const auto self = incarnation_tag(ledger_.identity().incarnation);
    NC_TRY(put_greeting(self, digest));
    for (const auto& notice : asked_.taken.notices) NC_TRY(out_.put(kNotice, notice.english().substr(0, 200)));
    NC_TRY(put_have());
    for (const auto& [name, part] : asked_.parts) out_.set_part_held(name, part);
    NC_TRY(put_forks(db_, child_, asked_.hello->incarnation, out_));
    NC_TRY(put_heads_of_refused(db_, child_, asked_.taken.refused, out_));
    NC_TRY(put_letter_tags(out_, asked_.letters_came));
    End end;
    const bool met = asked_.hello->known == self || asked_.hello->known == std::string(kIncarnationBytes, '\0');
    if (asked_.compares) NC_TRY(put_streams(streams));
    for (const auto& [key, from] : asked_.wants) NC_TRY(put_wanted(key, from));
    NC_TRY(put_file_replies(db_, ledger_, child_, shared_, asked_.files, out_));
    if (met && !asked_.hello->compare_only) {
      NC_ASSIGN(end.left, put_channels());
      if (end.left == 0 && asked_.hello->letters) { NC_ASSIGN([[maybe_unused]] const auto sent, put_letters(db_, shared_, child_, out_)); }
      if (end.left == 0 && limits_.files) NC_TRY(put_file_bytes(db_, ledger_.files(), shared_, asked_.files, out_));
    }
    end.same = asked_.hello->digest == digest;
    shown_.same = end.same;
    shown_.to_send = end.left;
    NC_TRY(out_.put(kEnd, encode(end)));
    return writer_.take();
  }

 private:
  Status put_greeting(const std::string& self, const std::string& digest) {
    const auto now = std::max<std::int64_t>(0, ledger_.now_ms());
    if (asked_.again && !asked_.say_all)
      return out_.put(kAgain, encode(Again{asked_.taken.unresolved,
                                           false,
                                           {},
                                           digest == asked_.hello->digest ? std::string() : digest,
                                           now,
                                           true,
                                           shared_.restricted_here()}));
    return out_.put(kHello, encode(Hello{self, incarnation_tag(shared_.peer().incarnation), digest, asked_.taken.unresolved, false, now,
                                         asked_.say_all, true, true, shared_.restricted_here()}));
  }

  Status put_have() {
    std::map<std::string, StreamKey> about = asked_.taken.streams;
    for (const auto& key : asked_.where) about.emplace(key.text(), key);
    std::vector<Have> have;
    for (const auto& [name, key] : about) {
      Have one{tag_of(name), 0, Holds::kHeld};
      NC_ASSIGN(one.seq, durable(db_, child_, key));
      if (asked_.taken.gaps.contains(name)) one.how = Holds::kGap;
      if (asked_.taken.refused.contains(name)) one.how = Holds::kRefused;
      have.push_back(std::move(one));
      if (have.size() < 1024) continue;
      NC_TRY(out_.put(kHave, encode(have)));
      have.clear();
    }
    if (!have.empty()) NC_TRY(out_.put(kHave, encode(have)));
    return out_.put_parts_of(child_, &about);
  }

  Status put_streams(const std::vector<HeldStream>& streams) {
    const auto ours = channel_digests(streams);
    std::map<std::string, std::string> theirs;
    for (const auto& one : asked_.digests) theirs[one.tag] = one.digest;
    std::set<std::string> differ;
    for (const auto& [tag, digest] : ours)
      if (!theirs.contains(tag) || theirs[tag] != digest) differ.insert(tag);
    for (const auto& [tag, digest] : theirs)
      if (!ours.contains(tag)) differ.insert(tag);
    for (const auto& tag : differ) {
      if (out_.full()) return {};
      NC_TRY(put_streams_of(tag, streams));
    }
    // The present numbers, for whoever lacks nothing of all this.
    std::vector<Cursor> numbers;
    NC_ASSIGN(const auto all, channels(db_, shared_.parts()));
    for (const auto& one : all) numbers.push_back({tag_of(one.text), one.count});
    return out_.put_cursors(numbers);
  }

  Status put_streams_of(const std::string& tag, const std::vector<HeldStream>& streams) {
    constexpr std::size_t kStreamsBytes = 12 * 1024;
    Packer out;
    out.text(tag);
    for (const auto& one : streams) {
      if (tag_of(channel_text(one.key.part, one.key.lane)) != tag) continue;
      pack_stream(out, one.key, false);
      out.number(one.seq).text({reinterpret_cast<const char*>(one.head.bytes.data()), kDigestBytes});
    }
    // A channel of more streams than a message holds is told as far as it goes; what is not named is asked about next time.
    if (out.size() > kStreamsBytes) return put_long(tag, streams);
    return out_.put(kStreams, out.take());
  }
  Status put_long(const std::string& tag, const std::vector<HeldStream>& streams) {
    for (const auto& one : streams) {
      if (tag_of(channel_text(one.key.part, one.key.lane)) != tag || out_.full()) continue;
      Packer want;
      pack_stream(want, one.key, false);
      NC_TRY(out_.put(kStreamHead, want.number(one.seq).text({reinterpret_cast<const char*>(one.head.bytes.data()), kDigestBytes}).take()));
    }
    return {};
  }

  Status put_wanted(const StreamKey& key, std::int64_t from) {
    NC_ASSIGN(const auto stream, journal::held_stream(db_, key));
    if (!stream || !shared_.has(key.part) || out_.full()) return {};
    NC_ASSIGN([[maybe_unused]] const auto last, out_.send_stream(*stream, from));
    return {};
  }

  // How many entries did not fit.
  Result<std::int64_t> put_channels() {
    std::int64_t left = 0;
    NC_ASSIGN(const auto all, channels(db_, shared_.parts()));
    std::map<std::string, std::int64_t> known;
    const auto held = [&](const HeldStream& stream) -> Result<std::int64_t> {
      const auto found = known.find(stream.name);
      if (found != known.end()) return found->second;
      NC_ASSIGN(const auto there, held_there(db_, child_, stream.name));
      return known.emplace(stream.name, there.seq).first->second;
    };
    for (const auto& channel : all) {
      const auto at = asked_.cursors.find(tag_of(channel.text));
      auto reached = at == asked_.cursors.end() ? 0 : at->second;
      if (reached < channel.count && !out_.full()) { NC_ASSIGN(reached, out_.send_channel(channel, reached, held)); }
      left += std::max<std::int64_t>(0, channel.count - reached);
    }
    return left;
  }

  store::Database& db_;
  const records::Ledger& ledger_;
  NodeId child_;
  Shared& shared_;
  const Asked& asked_;
  const Limits& limits_;
  FrameWriter writer_;
  Outbox out_;
  Contact shown_;
};

}  // namespace

Result<std::string> answer(records::Ledger& ledger, const NodeId& child, std::string_view request, const Limits& limits) {
  if (request.size() > limits.request_bytes + 2 * kFrameBytesMax)
    return fail(ErrorCode::kLimit, NC_MSG("A request is longer than {1} bytes (limit kRequestBytesMax)"),
                {std::to_string(limits.request_bytes)});
  Asked asked;
  std::unique_ptr<Shared> shared;
  const auto share = [&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(shared, Shared::with(db, ledger, child));
    if (shared->peer_is_certified()) return {};
    return fail(Error(ErrorCode::kDenied, NC_MSG("No node {1} is certified here"), {child.hex()}));
  };
  std::optional<Asked> quiet;
  RunsAhead ahead;
  const Status listened = ledger.inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_TRY(share(db, journal));
    NC_ASSIGN(quiet, listen(db, ledger, child, request));
    if (!quiet) ahead = RunsAhead(db, child, shared->theirs(), request);
    return {};
  });
  NC_TRY(listened);
  if (quiet) {
    asked = std::move(*quiet);
  } else {
    const Status heard = ledger.exchange([&](records::Intake& intake) -> Status {
      NC_TRY(make_tables(intake.db()));
      NC_TRY(make_file_tables(intake.db()));
      NC_TRY(Hearing(intake, ledger, child, *shared, asked, ahead).hear(request));
      NC_TRY(order_entries(intake.db()));
      NC_TRY(index_files(intake.db(), ledger.files(), kIndexedAtOnce));
      NC_TRY(look_for_lost_keys(intake));
      NC_ASSIGN(const bool due, keys_want_tending(intake.db(), ledger));
      return due ? tend_keys(intake, ledger) : Status();
    });
    NC_TRY(heard);
    NC_TRY(finish_files(ledger, child, asked.taken.notices));
    if (!asked.hello) return fail(ErrorCode::kCorrupt, NC_MSG("What was received is no greeting of a node"));
    NC_TRY(ledger.inspect(share));  // what came may have changed who gets what
  }
  std::string out;
  Contact seen;
  const Status composed = ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    Answer answer(db, ledger, child, *shared, asked, limits);
    NC_ASSIGN(out, answer.compose());
    seen = answer.shown();
    return {};
  });
  NC_TRY(composed);
  seen.node = child;
  seen.whole = !asked.unknown_kind;
  seen.notices = std::move(asked.taken.notices);
  seen.clock_ahead_ms = asked.hello->clock_ms - ledger.now_ms();
  NC_TRY(note_contact(ledger, std::move(seen)));
  return out;
}

}  // namespace nc::sync
