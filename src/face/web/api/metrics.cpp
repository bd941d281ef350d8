#include "face/web/api/metrics.h"

#include <fstream>

#include "face/web/site.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr std::array<std::string_view, Metrics::kAreas> kAreaNames{"pages", "api", "assets", "feeds", "care"};

void head(std::string& out, const char* name, const char* type, const char* help) {
  out += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

// Seconds as a decimal.
std::string seconds(std::int64_t ms) {
  auto rest = std::to_string(ms % 1000);
  rest.insert(0, 3 - rest.size(), '0');
  return std::to_string(ms / 1000) + "." + rest;
}

// Of /proc/self/status in bytes; 0 where there is none.
std::int64_t resident_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::int64_t kib = 0;
  while (status >> word)
    if (word == "VmRSS:" && status >> kib) return kib * 1024;
  return 0;
}

net::Response plain(std::string text, int status = 200) {
  auto response = net::Response::text(std::move(text), status);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

Metrics::Area Metrics::area_of(std::string_view path) {
  if (Api::is_for_programs(path)) return Area::kApi;
  if (path.starts_with("/assets/")) return Area::kAssets;
  if (path.starts_with("/feeds/")) return Area::kFeeds;
  if (path == "/metrics" || path == "/health" || path == "/ready") return Area::kCare;
  return Area::kPages;
}

void Metrics::count(Area area, int status, std::int64_t ms) {
  auto& row = rows_[static_cast<std::size_t>(area)];
  ++row.by_class[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
  std::size_t bucket = 0;
  while (bucket < kBounds.size() && ms > kBounds[bucket]) ++bucket;
  ++row.by_time[bucket];
  row.ms += ms;
}

std::string Metrics::text(std::int64_t now_ms) const {
  std::string out;
  const auto line = [&](const std::string& name, const std::string& labels, const std::string& value) {
    out += name + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
  };
  head(out, "nhipcau_http_requests_total", "counter", "Answers by area and class of status.");
  for (std::size_t area = 0; area < kAreas; ++area)
    for (std::size_t status = 2; status < 6; ++status)
      line("nhipcau_http_requests_total", "area=\"" + std::string(kAreaNames[area]) + "\",status=\"" + std::to_string(status) + "xx\"",
           std::to_string(rows_[area].by_class[status].load()));
  head(out, "nhipcau_http_request_seconds", "histogram", "Time to make an answer.");
  for (std::size_t area = 0; area < kAreas; ++area) {
    const auto label = "area=\"" + std::string(kAreaNames[area]) + "\"";
    std::int64_t sum = 0;
    for (std::size_t i = 0; i <= kBounds.size(); ++i) {
      sum += rows_[area].by_time[i].load();
      line("nhipcau_http_request_seconds_bucket", label + ",le=\"" + (i < kBounds.size() ? seconds(kBounds[i]) : "+Inf") + "\"",
           std::to_string(sum));
    }
    line("nhipcau_http_request_seconds_sum", label, seconds(rows_[area].ms.load()));
    line("nhipcau_http_request_seconds_count", label, std::to_string(sum));
  }
  head(out, "process_resident_memory_bytes", "gauge", "Resident memory.");
  line("process_resident_memory_bytes", "", std::to_string(resident_bytes()));
  head(out, "process_start_time_seconds", "gauge", "When the process began, seconds since 1970.");
  line("process_start_time_seconds", "", std::to_string(started_ms_ / 1000));
  head(out, "nhipcau_uptime_seconds", "gauge", "Since when it serves.");
  line("nhipcau_uptime_seconds", "", std::to_string(std::max<std::int64_t>(0, now_ms - started_ms_) / 1000));
  return out;
}

void add_care_routes(net::Router& router, Site& site) {
  // Alive: it answers. Ready: it can read its ledger too.
  router.add("GET", "/health", [](const net::Request&, const net::Params&) { return plain("ok\n"); });
  router.add("GET", "/ready", [&site](const net::Request&, const net::Params&) {
    const auto read = site.ledger().read(site.ledger().console(), site.ledger().console().person);
    return read ? plain("ready\n") : plain("not ready\n", 503);
  });
  router.add("GET", "/metrics", [&site](const net::Request& request, const net::Params&) {
    const auto who = site.api().subject_of(request, Rate::kReads);
    if (!who) return who.error();
    const auto world = site.ledger().world();
    if (!access::decide(*who, access::Action::kAdminister, {}, *world->tree, *world->catalog).allow)
      return problem(ProblemType::kDenied, Error(ErrorCode::kDenied, NC_MSG("Metrics are for a token of who administers this node")),
                     site.words_for(request));
    auto response = plain(site.metrics().text(site.ledger().now_ms()));
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    return response;
  });
}

}  // namespace nc::web
