#include "app/serve.h"

#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <iostream>
#include <thread>

#include "base/limits.h"
#include "channels/sync/keeper.h"
#include "channels/sync/link_server.h"
#include "face/cli/local.h"
#include "face/web/api/refusal.h"
#include "face/web/site.h"
#include "foundation/net/server.h"
#include "insight/stats/start.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/ledger.h"

namespace nc::app {
namespace {

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};

Result<Endpoint> parse_listen(const std::string& listen, const std::string& written_at) {
  const auto colon = listen.rfind(':');
  const auto port_text = colon == std::string::npos ? std::string() : listen.substr(colon + 1);
  int port = -1;
  const auto [end, ec] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (ec != std::errc() || end != port_text.data() + port_text.size()) port = -1;
  if (colon == 0 || port < 0 || port > 65535)
    return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is not an address with a port"), {listen})
                    .at(written_at)
                    .then(NC_MSG("Write it as 127.0.0.1:8600")));
  auto address = listen.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  return Endpoint{address, static_cast<std::uint16_t>(port)};
}

// Blocks the ending signals for every thread that starts from here on; wait() takes them.
class EndingSignals {
 public:
  EndingSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
};

// Figures follow every commit. What was kept for the start is read, and is not there while the node serves.
Status follow(records::Ledger& ledger, stats::Columns& columns) {
  ledger.observe([&columns](const records::CommitNotice& notice) {
    for (const auto& record : notice.changed) columns.apply(record, *notice.world);
  });
  NC_TRY(stats::fill(columns, ledger));
  return stats::drop_saved(ledger);
}

blobs::Previews::Programs previews() {
  std::error_code ec;
  return blobs::Previews::beside(std::filesystem::read_symlink("/proc/self/exe", ec));
}

// Uploads that nobody saved are thrown away, at the start and every few hours; files that were made for people when their
// time is over or a purge came in.
class DailyCare {
 public:
  DailyCare(records::Ledger& ledger, web::Works& works) : ledger_(ledger), works_(works), thread_([this] { work(); }) {}
  ~DailyCare() {
    {
      const std::lock_guard guard(mutex_);
      stopping_ = true;
    }
    stop_.notify_all();
    thread_.join();
  }
  DailyCare(const DailyCare&) = delete;
  DailyCare& operator=(const DailyCare&) = delete;

 private:
  void work() {
    constexpr int kMinutesBetween = 6 * 60;
    std::unique_lock lock(mutex_);
    for (int minute = 0; !stopping_; ++minute) {
      lock.unlock();
      if (minute % kMinutesBetween == 0)
        if (const auto gone = ledger_.collect_files(); !gone) std::cerr << "nhipcau: " << gone.error().english() << std::endl;
      works_.tidy();
      lock.lock();
      stop_.wait_for(lock, std::chrono::minutes(1), [this] { return stopping_; });
    }
  }
  records::Ledger& ledger_;
  web::Works& works_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

// Browsers keep the cookie of a session over plain HTTP only when the address is their own machine's.
bool is_own_machine(std::string_view address) { return address.starts_with("127.") || address == "::1" || address == "localhost"; }

void complain(const Error& error) { std::cerr << "nhipcau: " << error.english() << std::endl; }

// The lines to other own nodes: to those below, if they shall connect here, and to the parent, if there is one.
class Lines {
 public:
  Lines(records::Ledger& ledger, const cli::ServeRequest& request) : ledger_(ledger), request_(request) {}
  // Before anything is served: observers are added then.
  void observe() {
    ledger_.observe([this](const records::CommitNotice& notice) {
      if (auto* keeper = in_touch_.load()) keeper->notice(notice);
    });
  }
  // The address for the nodes below; empty: none.
  Result<std::string> open() {
    std::string out;
    if (!request_.sync_listen.empty()) {
      NC_ASSIGN(const auto endpoint, parse_listen(request_.sync_listen, request_.sync_listen_at));
      sync::LinkServerOptions options;
      options.net.listen_address = endpoint.address;
      options.net.port = endpoint.port;
      options.program = request_.version;
      NC_ASSIGN(below_, sync::LinkServer::start(ledger_, options));
      out = place(endpoint.address, below_->port());
    }
    NC_ASSIGN(above_, sync::Keeper::start(ledger_, {request_.version, complain}));
    in_touch_ = above_.get();
    return out;
  }
  void close() {
    if (below_) below_->stop();
    in_touch_ = nullptr;
    above_.reset();
  }
  ~Lines() { close(); }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  static std::string place(const std::string& address, std::uint16_t port) {
    const bool v6 = address.find(':') != std::string::npos;
    return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
  }

 private:
  records::Ledger& ledger_;
  const cli::ServeRequest& request_;
  std::unique_ptr<sync::LinkServer> below_;
  std::unique_ptr<sync::Keeper> above_;
  std::atomic<sync::Keeper*> in_touch_ = nullptr;
};

}  // namespace

Status serve(const cli::ServeRequest& request, const std::filesystem::path& share, const cli::Ready& ready) {
  NC_ASSIGN(const auto endpoint, parse_listen(request.listen, request.listen_at));
  const EndingSignals ending;
  NC_ASSIGN(const auto ledger, records::Ledger::open(request.dir));
  stats::Columns columns;
  NC_TRY(follow(*ledger, columns));
  Lines lines(*ledger, request);
  lines.observe();
  NC_ASSIGN(const auto credentials, cli::open_credentials(request.dir));
  const bool tls = !request.tls_cert.empty();
  if (!tls && !is_own_machine(endpoint.address))
    complain(Error(ErrorCode::kInvalid,
                   NC_MSG("Without TLS people at other machines cannot log in at {1}: their browsers keep a session over https only"),
                   {request.listen})
                 .then(NC_MSG("Give it a certificate (tls_cert and tls_key), unless a proxy in front of it speaks https")));
  NC_ASSIGN(auto rates, web::read_rate_rules(records::DataDir{request.dir}.rates_of_programs()));
  NC_ASSIGN(const auto site,
            web::Site::make({*ledger, columns, *credentials, share, {tls, request.listen, request.hosts, rates}, nullptr, previews()}));
  net::ServerOptions options;
  options.listen_address = endpoint.address;
  options.port = endpoint.port;
  options.tls_cert_file = request.tls_cert;
  options.tls_key_file = request.tls_key;
  options.body_bytes_max = 4 * 1024 * 1024;  // more than a form may have: the page that says so is the site's
  options.streamed_bytes_max = limits::kUploadBodyBytesMax;
  options.body_sink = [&site](const net::Request& head) { return site->body_sink(head); };
  options.refusal_page = [&site](const net::Request& head, int status) { return web::refusal(*site, head, status); };
  options.failure_page = [&site](const net::Request& failed, const std::string& incident) { return site->failure(failed, incident); };
  NC_ASSIGN(const auto server, net::Server::start(options, [&site](const net::Request& asked) { return site->handle(asked); }));
  site->allow_listener(endpoint.address, server->port());
  const DailyCare care(*ledger, site->works());
  const records::BackupKeeper backups(
      [&request]() -> Result<std::vector<records::BackupJob>> {
        NC_ASSIGN(auto ledger_job, records::ledger_backup_job(request.dir));
        NC_ASSIGN(auto key_job, records::key_backup_job(request.dir));
        std::vector jobs{std::move(ledger_job)};
        if (key_job) jobs.push_back(std::move(*key_job));
        return jobs;
      },
      complain);
  NC_ASSIGN(const auto for_children, lines.open());
  ready({(tls ? "https://" : "http://") + Lines::place(endpoint.address, server->port()), for_children});
  ending.wait();
  server->stop();
  lines.close();
  return stats::keep_saved(columns, *ledger);
}

}  // namespace nc::app
