#include "channels/sync/bundle.h"

#include <algorithm>

#include "base/file_stream.h"
#include "base/files.h"
#include "channels/sync/below.h"
#include "channels/sync/contacts.h"
#include "channels/sync/file_bundle.h"
#include "channels/sync/inbox.h"
#include "channels/sync/key_post.h"
#include "channels/sync/outbox.h"
#include "channels/sync/shared.h"
#include "channels/sync/vouched.h"
#include "channels/sync/watermarks.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/crypto/sealed_row.h"
#include "ledger/records/data_dir.h"

namespace nc::sync {
namespace {

using journal::HeldStream;
using journal::StreamKey;

constexpr std::string_view kMagic = "nhipcau-bundle-1\n";
constexpr std::string_view kSigned = "nhipcau-bundle-sig-1\n";
constexpr std::size_t kHeadLineMax = 4096;
constexpr std::size_t kFramesAtOnce = 16;  // taken in one commit

Error damaged() {
  return Error(ErrorCode::kCorrupt, NC_MSG("The bundle is damaged or was changed: its signature is wrong"))
      .then(NC_MSG("Have it made again and copied anew; nothing was taken"));
}

std::string signed_text(const Digest& digest) {
  return std::string(kSigned) + std::string(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
}

// --- making ---

class Making {
 public:
  Making(records::Ledger& ledger, const NodeId& to, bool to_parent, std::size_t bytes_max, OutputFile& file)
      : ledger_(ledger), to_(to), to_parent_(to_parent), bytes_max_(bytes_max), file_(file) {}

  Result<BundleMade> make(const crypto::SigningKey& key, const PublicKey& theirs, const IncarnationId& their_incarnation) {
    const auto self = ledger_.identity();
    Json line;
    line.set("from", self.node.hex()).set("incarnation", self.incarnation.hex()).set("made", std::max<std::int64_t>(0, ledger_.now_ms()));
    line.set("to", to_.hex()).set("to_incarnation", their_incarnation.hex()).set("to_key", theirs.hex());
    NC_ASSIGN(sealer_, crypto::RowSealer::to(theirs));
    NC_TRY(write(std::string(kMagic) + canonical(line) + "\n" + sealer_->head()));
    BundleMade made;
    made.to = to_;
    const Status filled = ledger_.inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(made.left, fill(db));
      return {};
    });
    NC_TRY(filled);
    made.files_left = files_left_;
    NC_TRY(chunk({}, true));
    const auto digest = hash_.finish();
    const auto signature = key.sign(signed_text(digest));
    NC_TRY(file_.write({reinterpret_cast<const char*>(signature.bytes.data()), signature.bytes.size()}));
    NC_TRY(file_.sync());
    made.bytes = file_.size();
    return made;
  }

 private:
  Status write(const std::string& bytes) {
    hash_.update(std::string_view(bytes));
    return file_.write(bytes);
  }
  Status chunk(std::string_view frame, bool last) {
    const auto sealed = sealer_->seal(frame, last);
    std::string length(1, static_cast<char>(sealed.size() & 0xff));
    length += static_cast<char>(sealed.size() >> 8);
    return write(length + sealed);
  }
  // Whole frames, one a chunk.
  Status drain(std::string_view row) {
    while (!row.empty()) {
      const auto size = 2 + static_cast<std::size_t>(static_cast<unsigned char>(row[0]) | static_cast<unsigned char>(row[1]) << 8);
      NC_TRY(chunk(row.substr(0, size), false));
      row.remove_prefix(size);
    }
    return {};
  }

  // How many entries did not fit.
  Result<std::int64_t> fill(store::Database& db) {
    NC_ASSIGN(const auto shared, Shared::with(db, ledger_, to_));
    NC_ASSIGN(const auto streams, shared->streams(db));
    FrameWriter writer;
    // The receiver may lack what was sent before: nothing is left to references that could be missing there.
    Outbox out(db, writer, false, bytes_max_, [this](const std::string& row) { return drain(row); });
    Hello hello;
    hello.incarnation = incarnation_tag(ledger_.identity().incarnation);
    NC_ASSIGN(hello.known, known_incarnation(db, to_));
    hello.digest = digest_of(streams);
    hello.clock_ms = std::max<std::int64_t>(0, ledger_.now_ms());
    hello.restricted = shared->restricted_here();
    NC_TRY(out.put(kHello, encode(hello)));
    NC_ASSIGN(const auto handed_up, shared->to_hand_up(db));
    NC_ASSIGN(const auto left, to_parent_ ? up(db, handed_up, out) : down(db, *shared, out));
    if (to_parent_ && left == 0) {
      NC_ASSIGN(const auto marks, watermarks_to_tell(db, *ledger_.world(), *shared, true));
      NC_TRY(put_watermarks(out, marks));
      NC_ASSIGN(const auto below, below_to_tell(db, ledger_, to_, *shared, true));
      NC_TRY(put_below(out, below.news));
    }
    if (!to_parent_) {
      NC_TRY(put_forks(db, to_, hello.known, out));
      NC_ASSIGN(const auto refused, refused_of(db, to_));
      NC_TRY(put_heads_of_refused(db, to_, refused, out));
    }
    NC_ASSIGN(const auto tags, letters_to_acknowledge(db, to_));
    NC_TRY(put_letter_tags(out, tags));
    if (left == 0) { NC_ASSIGN([[maybe_unused]] const auto sent, put_letters(db, *shared, to_, out, kLettersInBundle)); }
    FilePacking files(db, ledger_.files(), to_, *shared, out);
    NC_ASSIGN(files_left_, to_parent_ ? files.up(handed_up) : files.down(begun_));
    NC_TRY(out.put(kEnd, encode(End{left, false})));
    NC_TRY(drain(writer.take()));
    return left;
  }

  Result<std::int64_t> up(store::Database& db, const std::vector<HeldStream>& streams, Outbox& out) {
    NC_ASSIGN(const auto told, cursors(db, to_));
    NC_TRY(out.put_cursors(told));
    std::int64_t left = 0;
    for (const auto& stream : streams) {
      NC_ASSIGN(const auto there, held_there(db, to_, stream.name));
      if (stream.seq <= there.seq) continue;
      NC_ASSIGN(const auto last, out.send_stream(stream, there.seq + 1));
      left += stream.seq - last;
    }
    return left;
  }

  Result<std::int64_t> down(store::Database& db, Shared& shared, Outbox& out) {
    NC_ASSIGN(const auto streams, shared.streams(db));
    std::vector<Have> have;
    for (const auto& stream : streams) {
      NC_ASSIGN(const auto there, held_there(db, to_, stream.name));
      if (there.seq == 0) continue;
      NC_ASSIGN(const auto here, durable(db, to_, stream.key));
      have.push_back({tag_of(stream.name), here, Holds::kHeld});
    }
    for (std::size_t at = 0; at < have.size(); at += 1024)
      NC_TRY(out.put(kHave, encode(std::vector<Have>(have.begin() + static_cast<std::ptrdiff_t>(at),
                                                     have.begin() + static_cast<std::ptrdiff_t>(std::min(have.size(), at + 1024))))));
    const auto held = [&](const HeldStream& stream) -> Result<std::int64_t> {
      NC_ASSIGN(const auto there, held_there(db, to_, stream.name));
      return there.seq;
    };
    std::int64_t left = 0;
    NC_ASSIGN(const auto all, channels(db, shared.parts()));
    for (const auto& channel : all) {
      NC_ASSIGN(const auto from, cursor(db, to_, tag_of(channel.text)));
      NC_ASSIGN(const auto reached, out.send_channel(channel, from, held));
      begun_[channel.id] = from;
      left += std::max<std::int64_t>(0, channel.count - reached);
    }
    return left;
  }

  records::Ledger& ledger_;
  NodeId to_;
  bool to_parent_;
  std::size_t bytes_max_;
  OutputFile& file_;
  std::int64_t files_left_ = 0;
  std::map<std::int64_t, std::int64_t> begun_;  // of each channel, after which number it was put in
  std::unique_ptr<crypto::RowSealer> sealer_;
  crypto::Sha256 hash_;
};

struct Other {
  IncarnationId incarnation;
  PublicKey key;
};

Result<Other> other_of(records::Ledger& ledger, const NodeId& node, const std::optional<KnownParent>& parent) {
  Other out;
  const Status asked = ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    auto peer = peer_of(db, *ledger.world(), node);
    NC_ASSIGN(const bool come, has_come(db, node));
    if (!peer && !come && parent && parent->node == node) {
      out = {parent->incarnation, parent->key};
      return {};
    }
    if (!peer) return fail(peer.error());
    out = {peer->incarnation, peer->key};
    // Restored with its recovery key it has another at hand, which it said when it was last heard.
    NC_ASSIGN(const auto heard, known_incarnation(db, node));
    NC_ASSIGN(const auto all, Vouched(db, *ledger.world()).of(node));
    for (const auto& one : all)
      if (one.in_reserve && incarnation_tag(one.incarnation) == heard) out = {one.incarnation, one.key};
    return {};
  });
  NC_TRY(asked);
  return out;
}

// A child that was restored or replaced has not spoken yet: what its former incarnation held, it may lack.
Status begin_anew_with_another(records::Ledger& ledger, const NodeId& child, const IncarnationId& now) {
  return ledger.exchange([&](records::Intake& intake) -> Status {
    NC_ASSIGN(const auto known, known_incarnation(intake.db(), child));
    if (known == std::string(kIncarnationBytes, '\0')) return {};
    NC_ASSIGN([[maybe_unused]] const bool other, note_incarnation(intake.db(), child, incarnation_tag(now)));
    return {};
  });
}

}  // namespace

Result<BundleMade> make_bundle(records::Ledger& ledger, const NodeId& to, const std::optional<KnownParent>& parent,
                               const std::filesystem::path& path, std::size_t bytes_max) {
  std::error_code ec;
  if (std::filesystem::exists(path, ec))
    return fail(Error(ErrorCode::kConflict, NC_MSG("The file exists already"))
                    .at(path.string())
                    .then(NC_MSG("Choose another name; nothing was changed")));
  const Status ready = ledger.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(make_tables(intake.db()));
    NC_TRY(order_entries(intake.db()));
    NC_TRY(index_files(intake.db(), ledger.files()));
    NC_TRY(look_for_lost_keys(intake));
    return tend_keys(intake, ledger);
  });
  NC_TRY(ready);
  NC_ASSIGN(const auto other, other_of(ledger, to, parent));
  if (!parent || parent->node != to) NC_TRY(begin_anew_with_another(ledger, to, other.incarnation));
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{ledger.dir()}.key()));
  auto temporary = path;
  temporary += ".part";
  std::filesystem::remove(temporary, ec);
  NC_ASSIGN(auto file, OutputFile::create(temporary));
  auto made = Making(ledger, to, parent && parent->node == to, bytes_max, file).make(key, other.key, other.incarnation);
  if (!made) {
    std::filesystem::remove(temporary, ec);
    return made;
  }
  std::filesystem::rename(temporary, path, ec);
  if (ec) return fail(io_error(path, ec.value()));
  NC_TRY(sync_directory(path.has_parent_path() ? path.parent_path() : "."));
  const Status said = ledger.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(note_letters_acknowledged(intake.db(), to));
    return note_acknowledged(intake.db(), to);
  });
  NC_TRY(said);
  Contact seen;
  seen.node = to;
  seen.way = Way::kBundleOut;
  seen.whole = true;
  seen.to_send = made->left;
  NC_TRY(note_contact(ledger, std::move(seen)));
  return made;
}

// --- taking ---

namespace {

class Reading {
 public:
  explicit Reading(const InputFile& file) : file_(file) {}

  // The first line, and where the row begins.
  Result<Json> head() {
    NC_ASSIGN(const auto text, bytes(0, std::min<std::int64_t>(file_.size(), kHeadLineMax)));
    const auto end = text.find('\n', kMagic.size());
    const Error no_bundle = Error(ErrorCode::kInvalid, NC_MSG("This is not a bundle of nhipcau"));
    if (!text.starts_with(kMagic) || end == std::string::npos) return fail(no_bundle);
    auto line = parse_canonical(std::string_view(text).substr(kMagic.size(), end - kMagic.size()));
    if (!line || !line->is_object()) return fail(no_bundle);
    at_ = static_cast<std::int64_t>(end) + 1;
    end_ = file_.size() - static_cast<std::int64_t>(Signature::kSize);
    if (end_ < at_ + static_cast<std::int64_t>(crypto::kRowHeadBytes)) return fail(damaged());
    return std::move(*line);
  }
  Status verify(const PublicKey& key) const {
    crypto::Sha256 hash;
    constexpr std::int64_t kStep = 1024 * 1024;
    for (std::int64_t at = 0; at < end_; at += kStep) {
      NC_ASSIGN(const auto piece, bytes(at, std::min(kStep, end_ - at)));
      hash.update(std::string_view(piece));
    }
    NC_ASSIGN(const auto last, bytes(end_, Signature::kSize));
    Signature signature;
    std::copy(last.begin(), last.end(), reinterpret_cast<char*>(signature.bytes.data()));
    return crypto::verify(key, signed_text(hash.finish()), signature) ? Status() : Status(fail(damaged()));
  }
  Result<std::string> next(std::int64_t size) {
    if (size > end_ - at_) return fail(damaged());
    NC_ASSIGN(auto out, bytes(at_, size));
    at_ += size;
    return out;
  }

 private:
  [[nodiscard]] Result<std::string> bytes(std::int64_t at, std::int64_t size) const {
    std::string out(static_cast<std::size_t>(size), '\0');
    NC_ASSIGN(const auto got, file_.read_at(at, out));
    if (got != out.size()) return fail(damaged());
    return out;
  }
  const InputFile& file_;
  std::int64_t at_ = 0, end_ = 0;
};

class Taking {
 public:
  Taking(records::Ledger& ledger, const NodeId& from, bool from_parent) : ledger_(ledger), from_(from), from_parent_(from_parent) {}

  Status take(const std::vector<std::vector<Message>>& frames) {
    std::unique_ptr<Shared> shared;
    const Status share = ledger_.inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(shared, Shared::with(db, ledger_, from_));
      return {};
    });
    NC_TRY(share);
    return ledger_.exchange([&](records::Intake& intake) -> Status {
      Inbox inbox(intake, from_, *shared, taken);
      KeyPost post(intake, ledger_, *shared, from_, taken.notices);
      FileUnpacking files(intake.db(), ledger_, from_, from_parent_, *shared);
      for (const auto& frame : frames)
        for (const auto& message : frame) {
          NC_ASSIGN(const bool of_files, hello_ && !stopped_ ? files.take(message) : Result<bool>(false));
          NC_ASSIGN(const bool letter, hello_ && !stopped_ && !of_files ? post.take(message) : Result<bool>(false));
          if (!of_files && !letter) NC_TRY(one(intake, *shared, inbox, message));
        }
      NC_TRY(note_letters_came(intake.db(), from_, post.came()));
      return files.flush();
    });
  }
  Taken taken;

 private:
  Status one(records::Intake& intake, Shared& shared, Inbox& inbox, const Message& message) {
    if (stopped_ || (message.kind != kHello && !hello_)) return {};
    switch (message.kind) {
      case kHello: {
        NC_ASSIGN(hello_, decode_hello(message.content));
        NC_ASSIGN([[maybe_unused]] const bool other, note_incarnation(intake.db(), from_, hello_->incarnation));
        NC_TRY(note_takes_restricted(intake.db(), from_, hello_->restricted));
        if (from_parent_) NC_TRY(note_parent(intake.db(), from_, hello_->incarnation));
        return forget_wishes(intake.db(), from_);  // it says anew what it lacks
      }
      case kRun:
      case kPiece: return inbox.take(message);
      case kReached: return from_parent_ ? reached(intake.db(), message) : Status();
      case kCursors: return from_parent_ ? Status() : cursors(intake, message);
      case kComplete:
        marks_ = decode_watermarks(message.content).value_or(std::vector<Watermark>());
        return from_parent_ || gap() ? Status() : complete(intake, shared);
      case kBelow:
        if (const auto one = decode_below(message.content); one && below_.size() < kBelowMax) below_.push_back(*one);
        return {};
      case kForked: return hear_forked(intake, message.content, taken.notices);
      case kEnd:
        if (from_parent_) return {};
        NC_TRY(take_below(intake.db(), shared.world(), intake.self().node, shared.peer(), below_, ledger_.now_ms()));
        return end(intake.db(), message);
      case kHave: return from_parent_ ? have(intake.db(), shared, message) : Status();
      default: stopped_ = message.kind % 2 == 0; return {};
    }
  }
  Status reached(store::Database& db, const Message& message) {
    const auto reached = decode_reached(message.content);
    if (!reached || !taken.gaps.empty() || taken.unresolved) return {};
    NC_ASSIGN(const auto now, cursor(db, from_, reached->tag));
    if (reached->from > now) gap_ = true;
    if (reached->from > now || reached->to <= now) return {};
    return set_cursor(db, from_, reached->tag, reached->to);
  }
  // Said only when everything went into the bundle.
  Status complete(records::Intake& intake, const Shared& shared) const {
    return take_watermarks(intake.db(), shared.world(), intake.self().node, shared.peer(), marks_, ledger_.now_ms());
  }
  // With this bundle all is here that the child had when it made it.
  Status end(store::Database& db, const Message& message) const {
    const auto rest = decode_end(message.content);
    if (!rest || rest->left > 0 || gap() || !taken.refused.empty()) return {};
    return note_complete(db, from_, std::min(hello_->clock_ms, ledger_.now_ms()));
  }
  // A receipt. An older one than the last does no harm: what it names is sent once more.
  Status cursors(records::Intake& intake, const Message& message) const {
    const auto told = decode_cursors(message.content);
    if (!told || hello_->known != incarnation_tag(intake.self().incarnation)) return {};
    for (const auto& one : *told) {
      NC_ASSIGN(const auto before, cursor(intake.db(), from_, one.tag));
      if (one.number > before) NC_TRY(set_cursor(intake.db(), from_, one.tag, one.number));
    }
    return {};
  }
  Status have(store::Database& db, Shared& shared, const Message& message) const {
    const auto have = decode_have(message.content);
    if (!have) return {};
    NC_ASSIGN(const auto streams, shared.to_hand_up(db));
    for (const auto& stream : streams) {
      const auto said = std::find_if(have->begin(), have->end(), [&](const Have& one) { return one.tag == tag_of(stream.name); });
      if (said != have->end()) NC_TRY(raise_held_there(db, from_, stream.name, std::min(said->seq, stream.seq)));
    }
    return {};
  }

 public:
  [[nodiscard]] bool gap() const { return gap_ || !taken.gaps.empty() || taken.unresolved; }

 private:
  records::Ledger& ledger_;
  NodeId from_;
  bool from_parent_;
  bool stopped_ = false, gap_ = false;
  std::vector<Watermark> marks_;
  std::vector<Below> below_;
  std::optional<Hello> hello_;
};

struct Addressed {
  NodeId from, to;
  IncarnationId incarnation, to_incarnation;
};

Result<Addressed> addresses(const Json& head) {
  const auto from = NodeId::from_hex(head.text("from")), to = NodeId::from_hex(head.text("to"));
  const auto incarnation = IncarnationId::from_hex(head.text("incarnation")),
             for_whom = IncarnationId::from_hex(head.text("to_incarnation"));
  if (!from || !to || !incarnation || !for_whom) return fail(ErrorCode::kInvalid, NC_MSG("This is not a bundle of nhipcau"));
  return Addressed{*from, *to, *incarnation, *for_whom};
}

// The key under which that incarnation signs, as this node knows it.
Result<PublicKey> key_of(records::Ledger& ledger, const Addressed& who, const std::optional<KnownParent>& parent) {
  std::optional<PublicKey> out;
  const Status asked = ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto all, Vouched(db, *ledger.world()).of(who.from));
    for (const auto& one : all)
      if (one.incarnation == who.incarnation) out = one.key;
    return {};
  });
  NC_TRY(asked);
  if (!out && parent && parent->node == who.from && parent->incarnation == who.incarnation) out = parent->key;
  if (out) return *out;
  return fail(
      Error(ErrorCode::kDenied, NC_MSG("No node {1} is certified here"), {who.from.hex()}).then(NC_MSG("Enrol it first: nhipcau enrol")));
}

}  // namespace

Result<BundleTaken> take_bundle(records::Ledger& ledger, const std::filesystem::path& path, const std::optional<KnownParent>& parent) {
  NC_ASSIGN(const auto file, InputFile::open(path));
  Reading reading(file);
  NC_ASSIGN(const auto head, reading.head());
  NC_ASSIGN(const auto who, addresses(head));
  if (who.to != ledger.identity().node)
    return fail(Error(ErrorCode::kDenied, NC_MSG("The bundle is for the node {1}"), {who.to.hex()}).then(NC_MSG("Take it to that node")));
  NC_ASSIGN(const auto theirs, key_of(ledger, who, parent));
  NC_TRY(reading.verify(theirs));
  // Sealed to a key that this node had before a restore: nobody can open it any more.
  if (who.to_incarnation != ledger.identity().incarnation)
    return fail(Error(ErrorCode::kDenied, NC_MSG("The bundle is sealed to a key that this node had before it was restored"))
                    .then(NC_MSG("Make a bundle for the other node here and take it there; the next one from there can be opened")));
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{ledger.dir()}.key()));
  NC_ASSIGN(const auto row_head, reading.next(crypto::kRowHeadBytes));
  NC_ASSIGN(const auto opener, crypto::RowOpener::with(key, row_head));
  const Status ready = ledger.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(make_tables(intake.db()));
    return index_files(intake.db(), ledger.files());
  });
  NC_TRY(ready);
  Taking taking(ledger, who.from, parent && parent->node == who.from);
  FrameReader frames;
  std::vector<std::vector<Message>> waiting;
  while (true) {
    NC_ASSIGN(const auto length, reading.next(2));
    const auto size = static_cast<unsigned char>(length[0]) | static_cast<unsigned char>(length[1]) << 8;
    NC_ASSIGN(const auto sealed, reading.next(size));
    NC_ASSIGN(const auto piece, opener->open(sealed));
    frames.feed(piece.text);
    while (auto frame = frames.next()) waiting.push_back(std::move(*frame));
    if (waiting.size() >= kFramesAtOnce || piece.last) {
      NC_TRY(taking.take(waiting));
      waiting.clear();
    }
    if (piece.last) break;
  }
  NC_TRY(ledger.exchange([&](records::Intake& intake) { return note_refused(intake.db(), who.from, taking.taken.refused); }));
  NC_TRY(finish_unpacked(ledger, who.from, parent && parent->node == who.from, taking.taken.notices));
  BundleTaken out;
  out.from = who.from;
  out.made_ms = head.integer("made");
  out.admitted = taking.taken.admitted;
  out.parked = taking.taken.parked;
  out.known = taking.taken.known;
  out.gap = taking.gap();
  out.notices = taking.taken.notices;
  Contact seen;
  seen.node = out.from;
  seen.way = Way::kBundleIn;
  seen.whole = !out.gap;
  seen.notices = out.notices;
  NC_TRY(note_contact(ledger, std::move(seen)));
  return out;
}

}  // namespace nc::sync
