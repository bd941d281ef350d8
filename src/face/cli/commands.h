// What the commands share, and one function per command that adds it to the parser.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "face/cli/cli.h"
#include "foundation/i18n/translator.h"
#include "insight/stats/stats.h"
#include "ledger/records/ledger.h"

namespace nc::cli {

struct Context {
  const Environment& environment;
  i18n::Translator words;
  std::function<Status()> chosen;  // set by the parsed sub-command

  [[nodiscard]] std::ostream& out() const { return environment.out; }
  [[nodiscard]] std::string lang() const { return words.lang() == i18n::Lang::en ? "en" : "vi"; }
  template <typename... Args>
  [[nodiscard]] std::string tr(std::string_view id, const Args&... args) const {
    return words.tr(id, args...);
  }
};

// Adds `dir` as the first positional argument.
std::shared_ptr<std::string> dir_argument(CLI::App& command, const Context& context);
// For commands with subcommands: `choose(sub, work)` has `work` done with what was asked, once all arguments are read.
template <typename Asked>
auto chooser(Context& context, std::shared_ptr<std::string> dir, std::shared_ptr<Asked> asked) {
  return [&context, dir = std::move(dir), asked = std::move(asked)](CLI::App* sub, std::function<Status(const Asked&)> work) {
    sub->callback([&context, dir, asked, work = std::move(work)] {
      asked->dir = *dir;
      context.chosen = [asked, work] { return work(*asked); };
    });
  };
}

// For commands that only read: beside a process that serves the directory they read without its lock, and
// they read from a disk on which nothing can be written.
Result<std::unique_ptr<records::Ledger>> open_for_reading(const std::filesystem::path& dir);
// The subject that a command acts as: --as LOGIN, or the console.
Result<access::Subject> acting_subject(const records::Ledger& ledger, const std::string& login);
// Columns filled from the ledger.
Result<std::unique_ptr<stats::Columns>> load_columns(const records::Ledger& ledger);
// A record by id or by code of any type that has codes.
Result<records::RecordView> find_record(const records::Ledger& ledger, const access::Subject& who, const std::string& id_or_code);
stats::NameOf namer(const records::Ledger& ledger, const access::Subject& who, const std::string& lang);
// The refusal as one error, with every finding in the text.
Error error_of(const records::Refusal& refusal, const Context& context);
// Columns of text, aligned by display width.
void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows);

// The trail of a data directory, for what no Ledger is opened for. Nothing: this is no data directory.
std::unique_ptr<access::AuditTrail> audit_trail_of(const std::filesystem::path& dir);
// Holds the audit trail against its sealed heads and prints what is found; kCorrupt when it does not hold.
Status check_audit(const Context& context, const records::Ledger& ledger);
// What `verify` and `doctor` say when rebuild(true) found something.
Error derived_differs(const records::Ledger::RebuildReport& report);

// Prints disk, ceiling and waiver; true: restricted content is taken.
bool say_what_is_held(const Context& context, const records::Ledger& ledger);

void add_account(CLI::App& app, Context& context);
void add_audit(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);
void add_bundle(CLI::App& app, Context& context);
void add_demo(CLI::App& app, Context& context);
void add_describe(CLI::App& app, Context& context);
void add_digest(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);
void add_enrol(CLI::App& app, Context& context);
void add_node(CLI::App& app, Context& context);
void add_renew(CLI::App& app, Context& context);
void add_erase(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);
void add_figures(CLI::App& app, Context& context);
void add_handling(CLI::App& app, Context& context);
void add_import(CLI::App& app, Context& context);
void add_init(CLI::App& app, Context& context);
void add_inspect(CLI::App& app, Context& context);
void add_search(CLI::App& app, Context& context);
void add_period(CLI::App& app, Context& context);
void add_personal(CLI::App& app, Context& context);
void add_purge(CLI::App& app, Context& context);
void add_rebuild(CLI::App& app, Context& context);
void add_record(CLI::App& app, Context& context);
void add_restore(CLI::App& app, Context& context);
void add_serve(CLI::App& app, Context& context);
void add_sync(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);

}  // namespace nc::cli
