#include "channels/sync/parent_link.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "base/files.h"
#include "channels/sync/card.h"
#include "channels/sync/contacts.h"
#include "channels/sync/frames.h"
#include "channels/sync/standing.h"
#include "channels/sync/vouched.h"
#include "foundation/crypto/key_file.h"
#include "foundation/crypto/node_certificate.h"
#include "ledger/journal/passing_on.h"
#include "ledger/records/data_dir.h"

namespace nc::sync {
namespace {

constexpr int kTalksMax = 100'000, kVainMax = 6;
constexpr std::int64_t kFrameSeconds = 4, kRequestSeconds = 16;  // how long a frame and a request may take on a slow line
constexpr std::size_t kFrameBytesMin = 1024, kFirstRequestBytes = 16 * 1024;
const std::string kSyncPath = "/1/sync";

Error refused(int status, const std::string& text, const std::string& address) {
  if (status == 403) return net::not_let_in(address);
  return Error(ErrorCode::kIo, NC_MSG("The parent answered {1}: {2}"), {std::to_string(status), text.substr(0, text.find('\n'))});
}

// Where the parent is stands in no backup.
Error no_parent(const records::Ledger& ledger) {
  bool has_one = false;
  static_cast<void>(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    const auto self = ledger.identity().node;
    NC_ASSIGN(const auto own, journal::certificates(db, self));
    has_one = std::ranges::any_of(own, [&](const auto& one) { return one.by != self; });
    return {};
  }));
  if (!has_one) return Error(ErrorCode::kNotFound, NC_MSG("This node has no parent: it founded its tree"));
  return Error(ErrorCode::kNotFound, NC_MSG("Who its parent is was not in the backup from which this node was restored"))
      .then(NC_MSG("Ask the superior for a card and say “nhipcau renew”: docs/operations/restore-old-backup.md"));
}

}  // namespace

Result<std::unique_ptr<ParentLink>> ParentLink::make(records::Ledger& ledger, const LinkRules& rules, const ParentLinkOptions& options) {
  NC_ASSIGN(auto parent, known_parent(ledger.dir()));
  if (!parent) return fail(no_parent(ledger));
  if (!rules.parent.empty()) parent->at = rules.parent;
  if (parent->at.empty())
    return fail(Error(ErrorCode::kNotFound, NC_MSG("It is not known where the parent listens"))
                    .then(NC_MSG("Write its address into sync.json of the data directory (docs/operations/sync.md)")));
  std::unique_ptr<ParentLink> out(new ParentLink(ledger, std::move(*parent), options));
  out->bytes_a_second_ = rules.bytes_a_second;
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{ledger.dir()}.key()));
  out->identity_ = {crypto::node_certificate(key), crypto::private_key_der(key)};
  out->know_line();
  return out;
}

ParentLink::~ParentLink() { crypto::wipe(identity_.private_key); }

// The keys that count as the parent's are those of the ledger; until it has come, the one of the card. Also of whoever stands above
// our unit today.
Status ParentLink::connect() {
  std::map<PublicKey, KnownParent> keys;
  NC_TRY(ledger_.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const bool come, has_come(db, parent_.node));
    if (!come) keys.emplace(parent_.key, parent_);
    const auto world = ledger_.world();
    const auto own = peer_of(db, *world, ledger_.identity().node);
    return connecting_keys(db, *world, [&](const journal::Certificate& one) {
      if (one.node == parent_.node || (own && stands_above(one, *own, *world->tree)))
        keys.emplace(one.key, KnownParent{one.node, one.incarnation, one.key, parent_.at});
    });
  }));
  const auto met = std::make_shared<PublicKey>();
  net::ExchangeClientOptions options;
  options.address = parent_.at;
  options.bytes_a_second = bytes_a_second_;
  options.stop = options_.stop;
  counted_ = 0;
  version_asked_ = false;
  NC_ASSIGN(client_,
            net::ExchangeClient::connect(identity_, [keys, met](const PublicKey& key) { return keys.contains(*met = key); }, options));
  const auto& who = keys.at(*met);
  return who.node == parent_.node ? Status() : follow(who);
}

// A reorganisation has put the unit under another superior, and somebody has written where that one listens: from now on it is the parent.
Status ParentLink::follow(const KnownParent& now) {
  parent_ = now;
  return keep_parent(ledger_.dir(), now);
}

void ParentLink::count_bytes() {
  const auto moved = client_->bytes_moved();
  bytes_ += moved - std::exchange(counted_, moved);
}

void ParentLink::know_line() {
  if (client_ && client_->measured_rate() > 0) rate_ = client_->measured_rate();
  else if (rate_ == 0) rate_ = bytes_a_second_;
  const auto frame = static_cast<std::size_t>(std::min<std::int64_t>(rate_ * kFrameSeconds, kFrameBytesMax));
  frame_ = std::min(rate_ == 0 ? kFrameBytesMax : std::max(frame, kFrameBytesMin), careful_);
  if (frame_ >= kFrameBytesMax) frame_ = 0;
}

// On a line that is cut before anything has come, less is asked for at a time; what goes well makes it bolder.
void ParentLink::learn(bool brought) {
  careful_ = brought ? std::min(careful_ * 2, kFrameBytesMax) : std::max(careful_ / 4, kFrameBytesMin);
  know_line();
}

// Frames and requests of at most some seconds of the line, so that a cut costs no more and what is urgent soon has its turn. A line
// that is not known yet begins with a small request.
Limits ParentLink::limits_for_line() const {
  Limits out;
  if (frame_ > 0) out.frame_bytes = frame_;
  auto fits = rate_ == 0 ? kFirstRequestBytes : static_cast<std::size_t>(rate_ * kRequestSeconds);
  if (careful_ < kFrameBytesMax) fits = std::min(fits, careful_ * kRequestSeconds / kFrameSeconds);
  out.request_bytes = std::clamp<std::size_t>(fits, 2 * kFrameBytesMin, kRequestBytesMax);
  return out;
}

Result<net::ExchangeClient::Answered> ParentLink::post(const std::string& path, std::string body,
                                                       const std::function<Status(std::string_view)>& take) {
  net::ExchangeClient::Asked asked;
  asked.path = path;
  asked.body = std::move(body);
  asked.frame = frame_;
  asked.answer_max = kAnswerBytesMax + 4 * kFrameBytesMax;
  if (path == kSyncPath && !std::exchange(version_asked_, true)) asked.program = options_.program;
  auto answered = client_->post(asked, take);
  count_bytes();
  know_line();
  if (!answered) client_.reset();
  if (answered && !answered->program.empty()) NC_TRY(note_version(ledger_, parent_.node, answered->program));
  return answered;
}

Result<bool> ParentLink::is_certified() const {
  bool out = false;
  NC_TRY(ledger_.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, journal::is_certified(db, ledger_.identity().node, ledger_.identity().incarnation));
    return {};
  }));
  return out;
}

Status ParentLink::ask_to_be_let_in() {
  std::error_code ec;
  if (!std::filesystem::exists(request_file(ledger_.dir()), ec)) return fail(journal::not_certified());
  NC_ASSIGN(const auto request, read_file(request_file(ledger_.dir()), 64 * 1024));
  NC_ASSIGN(const auto answered, post("/1/enrol", request, [](std::string_view) { return Status(); }));
  if (answered.status == 200) return {};
  if (answered.status != 202) return fail(refused(answered.status, answered.text, parent_.at));
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{ledger_.dir()}.key()));
  return fail(Error(ErrorCode::kDenied, NC_MSG("The parent has the request of this node; its words: {1}"),
                    {words_of(parent_.key, key.public_key())})
                  .then(NC_MSG("Compare them with the parent's screen; when they are confirmed there, this node goes on by itself")));
}

Result<Outcome> ParentLink::exchange(std::int64_t bytes_max, bool urgent_only) {
  auto outcome = talk(bytes_max, urgent_only);
  if (!outcome && outcome.error().code != ErrorCode::kBusy) NC_TRY(note_failure(ledger_, parent_.node, outcome.error()));
  return outcome;
}

Result<Outcome> ParentLink::talk(std::int64_t bytes_max, bool urgent_only) {
  const auto begun = bytes_;
  const bool warm = client_ && client_->usable();
  if (!warm) NC_TRY(connect());
  NC_ASSIGN(const bool certified, is_certified());
  if (!certified) NC_TRY(ask_to_be_let_in());
  NC_ASSIGN(const auto session, Session::start(ledger_, parent_.node));
  Outcome outcome;
  std::int64_t to_send = -1;
  std::int64_t pause_ms = 100;
  for (int talks = 0, vain = 0; talks < kTalksMax; ++talks) {
    if (!client_) NC_TRY(connect());
    auto limits = limits_for_line();
    limits.files = !urgent_only;
    limits.urgent_only = urgent_only;
    session->set_limits(limits);
    NC_ASSIGN(auto request, session->request());
    auto answered = post(kSyncPath, std::move(request), [&](std::string_view bytes) { return session->feed(bytes); });
    if (answered && answered->status != 200) {
      client_.reset();
      return fail(refused(answered->status, answered->text, parent_.at));
    }
    NC_ASSIGN(outcome, session->finish());
    const bool moved = outcome.taken + outcome.parked + outcome.file_bytes > 0 || (to_send >= 0 && outcome.to_send < to_send);
    to_send = outcome.to_send;
    if (!answered) {
      if (answered.error().code != ErrorCode::kIo) return fail(answered.error());
      // A connection that was kept may have ended long ago; a line that is cut again and again may still bring something each time.
      vain = moved ? 0 : vain + 1;
      learn(moved);
      if (vain >= kVainMax) return fail(answered.error());
      std::this_thread::sleep_for(std::chrono::milliseconds(std::exchange(pause_ms, moved ? 100 : pause_ms * 2)));
      continue;
    }
    learn(true);
    if (!outcome.go_on || (bytes_max > 0 && bytes_ - begun >= bytes_max)) break;
  }
  return outcome;
}

}  // namespace nc::sync
