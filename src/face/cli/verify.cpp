// verify, rebuild, digest, export: the care of a ledger.
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "base/files.h"
#include "face/cli/closing.h"
#include "face/cli/record_files.h"
#include "face/cli/room.h"
#include "foundation/crypto/hash.h"

namespace nc::cli {
namespace {

// The whole current state: derived tables and counted rows.
Result<Digest> whole_digest(const records::Ledger& ledger) {
  NC_ASSIGN(const auto tables, ledger.digest());
  NC_ASSIGN(const auto columns, load_columns(ledger));
  return crypto::sha256(tables.hex() + columns->digest().hex());
}

}  // namespace

Error derived_differs(const records::Ledger::RebuildReport& report) {
  std::string names;
  for (const auto& name : report.differs) names += (names.empty() ? "" : ", ") + name;
  return Error(ErrorCode::kCorrupt, NC_MSG("The derived state differs from the journal: {1}"), {std::move(names)})
      .then(NC_MSG("Run: nhipcau rebuild DIR"));
}

std::string why_not_compared(const Context& context, const std::filesystem::path& dir) {
  if (has_no_room(dir))
    return context.tr(
        NC_MSG("The derived state was not compared: the disk is full, and comparing takes room. Free some space and do it again"));
  return context.tr(NC_MSG("The derived state was not compared: the directory is open for reading only"));
}

namespace {

// What is shown must be what the journal says.
Status compare_derived(const Context& context, records::Ledger& ledger) {
  const auto rebuilt = ledger.rebuild(true);
  if (!rebuilt && rebuilt.error().code == ErrorCode::kBusy) {
    context.out() << context.tr(NC_MSG("The journal verifies")) << ". " << why_not_compared(context, ledger.dir()) << '\n';
    return {};
  }
  if (!rebuilt) return fail(rebuilt.error());
  if (!rebuilt->differs.empty()) return fail(derived_differs(*rebuilt));
  context.out() << context.tr(NC_MSG("Everything verifies, and the derived state equals the journal")) << '\n';
  return {};
}

// Files that entries name: here, and with the bytes that were attached.
Status check_files(const Context& context, const records::Ledger& ledger) {
  NC_ASSIGN(const auto report, ledger.verify_files());
  if (report.files > 0) context.out() << context.tr(NC_MSG("{1} attached files, {2} bytes checked"), report.files, report.bytes) << '\n';
  for (const auto& problem : report.problems)
    context.out() << problem.record.hex() << " " << problem.file.name << " " << problem.file.sha256.hex() << ": "
                  << context.words.error_text(problem.error) << '\n';
  if (report.problems.empty()) return {};
  return fail(Error(ErrorCode::kCorrupt, NC_MSG("{1} attached files are missing or changed"), {std::to_string(report.problems.size())})
                  .then(NC_MSG("Restore a backup beside it, and attach what is missing again")));
}

// Closings whose parts are missing or hold something else than was signed. What was purged was purged: it is said, and
// is no error.
Status check_closings(const Context& context, const records::Ledger& ledger) {
  NC_ASSIGN(const auto found, stats::closings_not_whole(ledger, ledger.console()));
  std::int64_t changed = 0;
  for (const auto& closing : found) {
    for (const auto& part : closing.broken) context.out() << closing.closing.hex() << ": " << broken_text(context, part) << '\n';
    changed += std::any_of(closing.broken.begin(), closing.broken.end(), [](const auto& part) { return !part.missing; }) ? 1 : 0;
  }
  if (changed == 0) return {};
  return fail(Error(ErrorCode::kCorrupt, NC_MSG("{1} closings do not hold what was closed"), {std::to_string(changed)})
                  .then(NC_MSG("See the history of their parts; reopen the period and close it anew")));
}

Status verify(const Context& context, const std::string& dir) {
  NC_ASSIGN(const auto ledger, open_for_reading(dir));
  NC_ASSIGN(const auto report, ledger->verify());
  context.out() << context.tr(NC_MSG("{1} streams, {2} entries, {3} seals checked"), report.streams, report.entries, report.seals) << '\n';
  for (const auto& problem : report.problems)
    context.out() << problem.stream << " #" << problem.seq << ": " << context.words.error_text(problem.error) << '\n';
  if (!report.problems.empty())
    return fail(Error(ErrorCode::kCorrupt, NC_MSG("{1} entries do not verify"), {std::to_string(report.problems.size())})
                    .then(NC_MSG("Keep this directory as it is and restore a backup beside it")));
  NC_TRY(check_files(context, *ledger));
  NC_TRY(check_closings(context, *ledger));
  NC_TRY(check_audit(context, *ledger));
  return compare_derived(context, *ledger);
}

Status rebuild(const Context& context, const std::string& dir, bool check) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(dir));
  NC_ASSIGN(const auto report, ledger->rebuild(check));
  context.out() << context.tr(NC_MSG("{1} records derived from the journal"), report.records) << '\n'
                << context.tr(NC_MSG("Hash of the tables as they stood: {1}"), report.before.hex()) << '\n'
                << context.tr(NC_MSG("Hash of the tables as derived: {1}"), report.after.hex()) << '\n'
                << context.tr(NC_MSG("(the hash that digest prints covers the counted rows as well: it is another)")) << '\n';
  if (report.differs.empty() || !check) return {};
  return fail(derived_differs(report));
}

// Each file once, under its hash and the ending of its name: what the lines of the journal name.
Status export_files(const Context& context, const records::Ledger& ledger, const std::filesystem::path& folder) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec) return fail(io_error(folder, ec.value()));
  std::int64_t files = 0;
  NC_TRY(ledger.export_files([&](const std::string&, const blobs::FileRef& file, const blobs::CheckedFile& bytes) -> Status {
    const auto target = folder / (file.sha256.hex() + std::filesystem::path(file.name).extension().string());
    if (std::filesystem::exists(target, ec)) return {};  // another part has the same
    ++files;
    return copy_out(bytes, target);
  }));
  context.out() << context.tr(NC_MSG("{1} attached files written to {2}"), files, folder.string()) << '\n';
  return {};
}

// Written beside its place and moved there whole; a file that is there already is never touched.
Status export_plain(const Context& context, const std::string& dir, const std::string& file, const std::string& folder) {
  std::error_code ec;
  if (std::filesystem::exists(file, ec))
    return fail(
        Error(ErrorCode::kConflict, NC_MSG("The file exists already")).at(file).then(NC_MSG("Choose another name; nothing was changed")));
  NC_ASSIGN(const auto ledger, open_for_reading(dir));
  if (!folder.empty()) NC_TRY(export_files(context, *ledger, folder));
  const auto temporary = file + ".part";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  std::int64_t lines = 0;
  const Status written = ledger->export_plain([&](std::string_view line) -> Status {
    out << line << '\n';
    ++lines;
    if (!out) return fail(io_error(temporary, errno));
    return {};
  });
  out.close();
  if (!written || !out) {
    std::filesystem::remove(temporary, ec);
    return written ? Status(fail(io_error(file, errno))) : written;
  }
  std::filesystem::rename(temporary, file, ec);
  if (ec) return fail(io_error(file, ec.value()));
  context.out() << context.tr(NC_MSG("{1} lines written to {2}"), lines, file) << '\n';
  return {};
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("verify", context.tr(NC_MSG("Check every chain, hash, seal and signature of the journal")));
  const auto dir = dir_argument(*command, context);
  command->callback([=, &context] { context.chosen = [=, &context] { return verify(context, *dir); }; });
}

void add_rebuild(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("rebuild", context.tr(NC_MSG("Derive the current state anew from the journal; print the hashes of its tables")));
  const auto dir = dir_argument(*command, context);
  auto check = std::make_shared<bool>(false);
  command->add_flag("--check", *check, context.tr(NC_MSG("Only compare; change nothing")));
  command->callback([=, &context] { context.chosen = [=, &context] { return rebuild(context, *dir, *check); }; });
}

void add_digest(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "digest",
      context.tr(NC_MSG(
          "Print one line: the hash of the whole current state, tables and counted rows (rebuild prints that of the tables alone)")));
  const auto dir = dir_argument(*command, context);
  command->callback([=, &context] {
    context.chosen = [=, &context]() -> Status {
      NC_ASSIGN(const auto ledger, open_for_reading(*dir));
      NC_ASSIGN(const auto digest, whole_digest(*ledger));
      context.out() << digest.hex() << '\n';
      return {};
    };
  });
}

void add_export(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("export", context.tr(NC_MSG("Write the whole journal as lines of text")));
  const auto dir = dir_argument(*command, context);
  auto file = std::make_shared<std::string>();
  command->add_option("--plain", *file, context.tr(NC_MSG("The file to write")))->required();
  auto folder = std::make_shared<std::string>();
  command->add_option("--attachments", *folder, context.tr(NC_MSG("The folder for the attached files")));
  command->callback([=, &context] { context.chosen = [=, &context] { return export_plain(context, *dir, *file, *folder); }; });
}

}  // namespace nc::cli
