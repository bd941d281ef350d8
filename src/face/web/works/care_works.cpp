// Checks and backups of the node, as an administrator orders them: each is written down when it is ordered.
#include <array>

#include "face/web/works/work_pages.h"
#include "ledger/records/care.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/admin/care";

std::string text(std::int64_t value) { return std::to_string(value); }

// The entries, the files that they name, and the audit trail.
Result<WorkResult> verify(records::Ledger& ledger, const std::filesystem::path&, const Progress& progress) {
  WorkResult out;
  NC_ASSIGN(const auto entries, records::verify_entries(ledger, progress));
  out.lines.push_back(
      {NC_MSG("{1} entries in {2} streams under {3} seals"), {text(entries.entries), text(entries.streams), text(entries.seals)}});
  if (!entries.problems.empty())
    out.lines.push_back({NC_MSG("The journal is damaged. Keep the machine as it is and restore the last backup beside it."), {}, true});
  for (const auto& problem : entries.problems)
    out.lines.push_back({NC_MSG("{1}, number {2}: {3}"), {problem.stream, text(problem.seq), problem.error.english()}, true});
  NC_ASSIGN(const auto files, records::verify_attachments(ledger, progress));
  out.lines.push_back({NC_MSG("{1} attached files, {2} bytes checked"), {text(files.files), text(files.bytes)}});
  if (!files.problems.empty())
    out.lines.push_back(
        {NC_MSG("{1} attached files are missing or changed"), {text(static_cast<std::int64_t>(files.problems.size()))}, true});
  NC_ASSIGN(const auto audit, ledger.verify_audit());
  out.lines.push_back({NC_MSG("{1} rows of the audit trail checked"), {text(audit.rows)}});
  for (const auto& fault : audit.faults) out.lines.push_back({fault.error.message, fault.error.args, true});
  return out;
}

Result<WorkResult> compare(records::Ledger& ledger, const std::filesystem::path& folder, const Progress& progress) {
  WorkResult out;
  NC_ASSIGN(const auto report, records::check_derived(ledger, folder, progress));
  out.lines.push_back({NC_MSG("{1} records derived from the journal"), {text(report.records)}});
  for (const auto& name : report.differs) out.lines.push_back({NC_MSG("The derived state differs from the journal: {1}"), {name}, true});
  if (report.differs.empty()) out.lines.push_back({NC_MSG("What is shown is what the journal says."), {}});
  else out.lines.push_back({NC_MSG("Run: nhipcau rebuild DIR"), {}});
  return out;
}

Result<WorkResult> back_up(records::Ledger& ledger, const std::filesystem::path&, const Progress& progress) {
  WorkResult out;
  NC_ASSIGN(const auto made, records::back_up_now(ledger.dir(), system_clock(), progress));
  out.lines.push_back({NC_MSG("{1}: {2} entries, {3} bytes. Keys and passwords are not in it"),
                       {made.ledger.filename().string(), text(made.entries), text(made.bytes)}});
  if (made.left_out > 0) out.lines.push_back({NC_MSG("{1} attached files are missing or changed"), {text(made.left_out)}, true});
  if (made.keys) out.lines.push_back({NC_MSG("The keys of personal data have their own backup: {1}"), {made.keys->filename().string()}});
  return out;
}

struct Care {
  std::string_view what;
  const char* title;
  std::string_view audited;
  Result<WorkResult> (*run)(records::Ledger&, const std::filesystem::path& folder, const Progress&);
};
constexpr std::array kCares = {
    Care{"backup", NC_MSG("Back up now"), access::audited::kBackup, back_up},
    Care{"verify", NC_MSG("Verify now"), access::audited::kCheck, verify},
    Care{"compare", NC_MSG("Compare what is shown with the journal"), access::audited::kCheck, compare},
};

net::Response order_care(Visit& visit, const net::Params&, const net::Fields& form) {
  if (!visit.administers()) return visit.not_found();
  const auto* care = std::ranges::find(kCares, form.get("what"), &Care::what);
  if (care == kCares.end()) return visit.not_found();
  if (const auto written = visit.ledger().audit().write({visit.who.person, care->audited}); !written) return visit.refuse(written.error());
  WorkOrder order;
  order.title = care->title;
  order.run = [&ledger = visit.ledger(), folder = visit.site.works().folder(), run = care->run](
                  const Progress& progress, const std::filesystem::path&) { return run(ledger, folder, progress); };
  return order_work(visit, std::move(order), form);
}

}  // namespace

Html care_buttons(const Visit& visit) {
  Html out;
  for (const auto& care : kCares)
    out.add(work_button(visit, visit.tr(care.title), Url::to(kPath), {{"what", std::string(care.what)}})).add(" ");
  return out;
}

void add_care_works(net::Router& router, Site& site) { site.add_change(router, kPath, order_care); }

}  // namespace nc::web
