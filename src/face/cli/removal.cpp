// erase and purge: what takes the signatures of two persons. Each gives the same command; the first asks,
// the second, by his own login and key, has it done.
#include "base/destroy.h"
#include "face/cli/local.h"
#include "insight/stats/start.h"
#include "ledger/records/data_dir.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, id, entry, login, reason;
};

// The passphrase of the own key is the step-up: whoever knows it is the person himself.
Result<crypto::SigningKey> key_of(const Context& context, const Asked& asked, const access::Subject& who) {
  NC_ASSIGN(const auto passphrase, read_secret(context, NC_MSG("Passphrase of the signing key: ")));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  return credentials->unlock_person_key(who.person, crypto::SecretString(passphrase));
}

void say_who_is_missing(const Context& context) {
  context.out() << context.tr(NC_MSG("Signed by one person. It is done when another one with this right gives the same command")) << '\n';
}

// Files that were made for people, and those of their imports, may hold what was purged: all of them go, folders empty. What
// else stands beside the ledger has forgotten it already (records/local_stores.h).
Status destroy_works(const records::Ledger& ledger) {
  std::error_code ec;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(records::DataDir{ledger.dir()}.works(), ec))
    if (entry.is_regular_file(ec)) files.push_back(entry.path());
  for (const auto& file : files) NC_TRY(destroy_file(file));
  return {};
}

Status erase(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(auto who, acting_subject(*ledger, asked.login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  NC_ASSIGN(const auto key, key_of(context, asked, who));
  who.strength = access::Strength::kStepUp;
  NC_TRY(stats::drop_saved(*ledger));
  NC_ASSIGN(const auto done, ledger->erase(who, view.id, asked.reason, key));
  if (!done.done) {
    say_who_is_missing(context);
    return {};
  }
  context.out()
      << context.tr(
             NC_MSG("The personal data of {1} are erased here, for ever; other nodes that hold them report it on the page of the record"),
             view.id.hex())
      << '\n';
  context.out() << context.tr(NC_MSG("Destroy the backups of the keys made before; free text, papers and scans are not covered")) << '\n';
  return {};
}

Result<EntryHash> entry_of(const records::Ledger& ledger, const access::Subject& who, const RecordId& id, const std::string& begin) {
  NC_ASSIGN(const auto history, ledger.history(who, id));
  std::vector<EntryHash> found;
  for (const auto& item : history)
    if (begin.size() >= 8 && item.hash.hex().starts_with(begin)) found.push_back(item.hash);
  if (found.size() == 1) return found.front();
  return fail(Error(ErrorCode::kNotFound, NC_MSG("The record has no entry {1} that can be purged"), {begin})
                  .at("--entry")
                  .then(NC_MSG("See the hashes in its history")));
}

Status purge(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(auto who, acting_subject(*ledger, asked.login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  NC_ASSIGN(const auto entry, entry_of(*ledger, who, view.id, asked.entry));
  NC_ASSIGN(const auto key, key_of(context, asked, who));
  who.strength = access::Strength::kStepUp;
  NC_TRY(stats::drop_saved(*ledger));  // figures kept for the next start may say what goes
  NC_ASSIGN(const auto done, ledger->purge(who, view.id, entry, asked.reason, key));
  if (!done.done) {
    say_who_is_missing(context);
    return {};
  }
  NC_TRY(destroy_works(*ledger));
  context.out() << context.tr(NC_MSG("The content of the entry {1} is purged from this node"), entry.hex()) << '\n';
  context.out() << context.tr(NC_MSG("Destroy the backups made before, and papers printed from it")) << '\n';
  return {};
}

void add(CLI::App& app, Context& context, const char* name, const std::string& help, bool with_entry,
         Status (*work)(const Context&, const Asked&)) {
  auto* command = app.add_subcommand(name, help);
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->add_option("id", asked->id, context.tr(NC_MSG("Id or code of the record")))->required();
  if (with_entry)
    command->add_option("--entry", asked->entry, context.tr(NC_MSG("Hash of the entry, or how it begins, from the record's history")))
        ->required();
  command->add_option("--login", asked->login, context.tr(NC_MSG("Account of the person who signs")))->required();
  command->add_option("--reason", asked->reason, context.tr(NC_MSG("Why; without what is to be removed")))->required();
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [=, &context] { return work(context, *asked); };
  });
}

}  // namespace

void add_erase(CLI::App& app, Context& context) {
  add(app, context, "erase", context.tr(NC_MSG("Erase the personal data of a record for ever; takes two persons")), false, erase);
}

void add_purge(CLI::App& app, Context& context) {
  add(app, context, "purge", context.tr(NC_MSG("Destroy what an entry says, after a spill; takes two persons")), true, purge);
}

}  // namespace nc::cli
