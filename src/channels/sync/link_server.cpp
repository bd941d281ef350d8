#include "channels/sync/link_server.h"

#include <chrono>

#include "channels/sync/card.h"
#include "channels/sync/contacts.h"
#include "channels/sync/frames.h"
#include "channels/sync/session.h"
#include "channels/sync/vouched.h"
#include "foundation/crypto/key_file.h"
#include "foundation/crypto/node_certificate.h"
#include "ledger/journal/passing_on.h"
#include "ledger/records/data_dir.h"

namespace nc::sync {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(500);
constexpr std::size_t kSlowAnswerFrames = 8;

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kDenied: return 403;
    case ErrorCode::kLimit: return 413;
    case ErrorCode::kCorrupt:
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported: return 400;
    default: return 500;
  }
}

}  // namespace

Result<std::unique_ptr<LinkServer>> LinkServer::start(records::Ledger& ledger, const LinkServerOptions& options) {
  std::unique_ptr<LinkServer> out(new LinkServer(ledger, options));
  NC_ASSIGN(const auto key, crypto::read_key_file(records::DataDir{ledger.dir()}.key()));
  net::PinnedIdentity identity{crypto::node_certificate(key), crypto::private_key_der(key)};
  NC_TRY(out->refresh());
  auto server = net::ExchangeServer::start(
      options.net, identity, [raw = out.get()](const PublicKey& shown) { return raw->admit(shown); },
      [raw = out.get()](const Asked& asked) { return raw->handle(asked); });
  crypto::wipe(identity.private_key);
  if (!server) return fail(server.error());
  out->server_ = std::move(*server);
  out->watcher_ = std::thread([raw = out.get()] { raw->watch(); });
  return out;
}

LinkServer::~LinkServer() { stop(); }

void LinkServer::stop() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (watcher_.joinable()) watcher_.join();
  if (server_) server_->stop();
}

Result<bool> LinkServer::refresh() {
  std::int64_t arrival = 0, cards = 0;
  std::map<PublicKey, NodeId> keys;
  bool same = false;
  NC_TRY(ledger_.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(arrival, journal::last_arrival(db));
    NC_ASSIGN(cards, cards_waiting(db));
    {
      const std::lock_guard guard(mutex_);
      same = arrival == seen_arrival_ && cards == seen_cards_;
    }
    if (same) return {};
    return connecting_keys(db, *ledger_.world(), [&](const journal::Certificate& one) {
      if (one.node != ledger_.identity().node) keys.emplace(one.key, one.node);
    });
  }));
  if (same) return false;
  const std::lock_guard guard(mutex_);
  seen_arrival_ = arrival;
  seen_cards_ = cards;
  const bool other = keys != keys_ || guests_ != (cards > 0);
  keys_ = std::move(keys);
  guests_ = cards > 0;
  return other;
}

void LinkServer::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    stop_.wait_for(lock, kLookEvery, [this] { return stopping_; });
    if (stopping_) return;
    lock.unlock();
    if (refresh().value_or(false)) server_->recheck();
    lock.lock();
  }
}

// A key that is not known may have been certified a moment ago; when nothing has changed, looking costs two small queries.
net::Admission LinkServer::admit(const PublicKey& key) {
  {
    const std::lock_guard guard(mutex_);
    if (keys_.contains(key)) return net::Admission::kPinned;
  }
  static_cast<void>(refresh());
  const std::lock_guard guard(mutex_);
  if (keys_.contains(key)) return net::Admission::kPinned;
  return guests_ ? net::Admission::kGuest : net::Admission::kRefused;
}

// A node that was certified or cut a moment ago is treated so at once.
std::optional<NodeId> LinkServer::node_of(const PublicKey& key) {
  if (!refresh()) return std::nullopt;
  const std::lock_guard guard(mutex_);
  const auto found = keys_.find(key);
  return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

LinkServer::Answer LinkServer::handle(const Asked& asked) {
  Answer out;
  if (asked.path == "/1/sync") out = sync(asked);
  else if (asked.path == "/1/enrol") out = enrol(asked);
  else out = {404, "1\n", {}};
  if (!asked.program.empty()) out.program = options_.program;
  return out;
}

LinkServer::Answer LinkServer::sync(const Asked& asked) {
  const auto child = node_of(asked.key);
  if (!child) return {403, "this key is of no node that may connect\n", {}};
  Limits limits;
  if (asked.frame > 0) {
    limits.frame_bytes = asked.frame;
    limits.answer_bytes = kSlowAnswerFrames * asked.frame;
  }
  auto answered = answer(ledger_, *child, asked.body, limits);
  if (!asked.program.empty() && answered) static_cast<void>(note_version(ledger_, *child, asked.program));
  if (answered) return {200, std::move(*answered), {}};
  return {status_of(answered.error().code), answered.error().english() + "\n", {}};
}

LinkServer::Answer LinkServer::enrol(const Asked& asked) {
  if (asked.cut) return {400, "cut\n", {}};
  const auto request = read_request(ledger_, asked.body);
  if (!request) return {status_of(request.error().code), request.error().english() + "\n", {}};
  if (request->key != asked.key) return {403, "the request is of another key\n", {}};
  if (request->admitted) return {200, "", {}};
  const auto kept = keep_request(ledger_, *request, asked.body);
  if (!kept) return {kept.error().code == ErrorCode::kLimit ? 429 : status_of(kept.error().code), kept.error().english() + "\n", {}};
  return {202, "a person has to compare the words\n", {}};
}

}  // namespace nc::sync
