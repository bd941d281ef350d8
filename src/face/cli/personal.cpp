// personal: personal data shown to their custodian, and the backups of their keys.
#include <algorithm>

#include "face/cli/himself.h"
#include "face/cli/local.h"
#include "ledger/records/erasure_evidence.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, id, login, purpose, file;
};

// What this node may not hold, or has not got yet, may lie at another one: here it is only said what is here.
bool may_lie_elsewhere(const records::RecordView& view) {
  return view.type && std::ranges::any_of(view.type->fields, [&](const catalog::Field& field) {
           const auto part = field.kind == catalog::FieldKind::kPersonal ? field.handling : std::nullopt;
           return part && static_cast<journal::HandlingLevel>(*part) > view.base_part().key.handling;
         });
}

Status show(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  NC_TRY(check_himself(context, asked.dir, asked.login, who.person));
  NC_ASSIGN(const auto texts, ledger->read_personal(who, view.id, asked.purpose));
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : texts) {
    const auto* field = view.type ? view.type->field(one.field) : nullptr;
    const auto shown = one.erased ? context.tr(NC_MSG("erased")) : one.text.value_or(context.tr(NC_MSG("the key is not on this node")));
    rows.push_back({field ? field->label.in(context.lang()) : one.field, shown});
  }
  if (rows.empty())
    context.out() << (may_lie_elsewhere(view) ? context.tr(NC_MSG("No personal data of this record are held on this node; another one may "
                                                                  "hold some that this one may not, or does not yet"))
                                              : context.tr(NC_MSG("The record holds no personal data")))
                  << '\n';
  print_table(context.out(), rows);
  return {};
}

Status backup(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto keys, ledger->backup_person_keys(asked.file));
  context.out() << context.tr(NC_MSG("{1} keys of personal data in {2}. Destroy the file within 30 days, and at once after an erasure"),
                              keys, asked.file)
                << '\n';
  return {};
}

// What the file brings back is not to be taken for all that there is to know of erasures.
Status restore(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto evidence, records::evidence_of_erasures(*ledger, asked.file));
  NC_ASSIGN(const auto before, records::keys_here(*ledger));
  NC_ASSIGN(const auto keys, ledger->restore_person_keys(asked.file));
  NC_ASSIGN(const auto after, records::keys_here(*ledger));
  NC_ASSIGN(const auto up_to, records::restored_up_to(*ledger));
  context.out() << context.tr(NC_MSG("{1} keys of personal data are here now; what is known here as erased stays erased"), keys) << '\n';
  // Of keys that had been here, or that did not come back, there is nothing to fear.
  if (!up_to || std::ranges::includes(before, after)) return {};
  context.out() << context.tr(
                       NC_MSG("This node was restored. Of what was erased after {1} it knows what stands in {2} copies of the keys and "
                              "{3} backups of the ledger that lie beside the file and in the folders of its plan, and no more"),
                       context.words.datetime(*up_to), evidence.key_copies, evidence.ledger_copies)
                << '\n'
                << context.tr(NC_MSG("A key that was erased later is back: before anybody reads personal data, let the node connect to its "
                                     "superior or take a bundle in, which brings the erasures; without one, have them erased again "
                                     "(nhipcau erase)"))
                << '\n';
  return {};
}

}  // namespace

void add_personal(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("personal", context.tr(NC_MSG("Personal data: show them to their custodian; backups of their keys")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->require_subcommand(1);
  const auto choose = [=, &context](CLI::App* sub, Status (*work)(const Context&, const Asked&)) {
    sub->callback([=, &context] {
      asked->dir = *dir;
      context.chosen = [=, &context] { return work(context, *asked); };
    });
  };
  auto* sub = command->add_subcommand("show", context.tr(NC_MSG("The personal data of one record, for a stated purpose")));
  sub->add_option("id", asked->id, context.tr(NC_MSG("Id or code of the record")))->required();
  sub->add_option("--login", asked->login, context.tr(NC_MSG("Account of the custodian")))->required();
  sub->add_option("--purpose", asked->purpose,
                  context.tr(NC_MSG("What they are needed for: a purpose of the catalogue, and more after a colon")))
      ->required();
  choose(sub, show);
  sub = command->add_subcommand("backup", context.tr(NC_MSG("Write the keys into a file of their own")));
  sub->add_option("file", asked->file, context.tr(NC_MSG("The file to write")))->required();
  choose(sub, backup);
  sub = command->add_subcommand("restore", context.tr(NC_MSG("Take back keys from such a file, at most 30 days old")));
  sub->add_option("file", asked->file, context.tr(NC_MSG("The backup file")))->required();
  choose(sub, restore);
}

}  // namespace nc::cli
