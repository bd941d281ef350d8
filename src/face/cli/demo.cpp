// demo: a node with the public record in it, in one step; every step may be repeated or go on after a stop.
#include <map>

#include "base/files.h"
#include "face/cli/importing.h"
#include "face/cli/local.h"
#include "face/cli/summary.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/token.h"
#include "ledger/records/accounts.h"
#include "ledger/records/waiving.h"

namespace nc::cli {
namespace {

namespace fs = std::filesystem;

struct Asked {
  std::string dir, data = "data/public-record", listen = "127.0.0.1:8600";
  bool check = false;
};

constexpr const char* kDemoUnit = "vn-bg";
// In every directory that demo made, from its first moment on: without it demo touches nothing.
constexpr const char* kStamp = "demo-data.stamp";
constexpr const char* kDemoAdministrator = "quan-tri";

// By function, never by name. Each sees what his place lets him see.
const std::vector<NewAccount>& demo_accounts() {
  static const std::vector<NewAccount> accounts = {
      {"toan-quoc", "Trợ lý đối ngoại toàn quốc", "vn-bg", "vn-gov", "command", "restricted", {"national_staff"}},
      {"dak-lak", "Trợ lý đối ngoại Đắk Lắk", "vn-bc-daklak", "vn-bc-daklak", "command", "internal", {"provincial_staff"}},
      {"bo-heng", "Cán bộ Đồn Biên phòng Bo Heng", "vn-post-boheng", "vn-post-boheng", "command", "internal", {"post_officer"}},
      {"thanh-tra", "Thanh tra", "vn-bg", "vn-bg", "guidance", "internal", {"inspector"}},
      {kDemoAdministrator, "Quản trị máy", "vn-bg", "vn-bg", kBothLines, "restricted", {"administrator"}},
  };
  return accounts;
}

Result<std::string> fingerprint(const fs::path& data, const fs::path& share) {
  crypto::Sha256 sha;
  for (const auto& folder : {data, share / "import", share / "catalog"}) {
    NC_ASSIGN(auto files, list_files(folder, ""));
    for (const auto& file : files) {
      NC_ASSIGN(const auto text, read_file(file));
      sha.update(file.filename().string()).update(std::string_view("\n")).update(crypto::sha256(text).span());
    }
  }
  return sha.finish().hex();
}

// Absent, empty, or made by demo: demo changes passwords and accounts, which must never happen to a real node.
Status must_be_ours(const fs::path& dir) {
  std::error_code ec;
  if (!fs::exists(fs::symlink_status(dir, ec)) || fs::exists(dir / kStamp, ec)) return {};
  if (fs::is_directory(dir, ec) && fs::is_empty(dir, ec) && !ec) return {};
  const bool node = fs::exists(dir / "node.json", ec);
  return fail(Error(ErrorCode::kConflict, node ? NC_MSG("This node was not made by demo: demo would change its accounts and passwords")
                                               : NC_MSG("The directory is not empty, and demo did not make it"))
                  .at(dir.string())
                  .then(NC_MSG("Choose a new directory; nothing was changed")));
}

// Made beside its place and moved there whole: a stop halfway leaves nothing that looks like a node.
Status make_node(const Context& context, const fs::path& dir) {
  if (fs::exists(dir / "node.json")) return {};
  context.out() << context.tr(NC_MSG("Making a node in {1} ..."), dir.string()) << std::endl;
  auto workshop = dir.lexically_normal();
  if (!workshop.has_filename()) workshop = workshop.parent_path();  // "node/"
  workshop += ".demo-new";
  NC_TRY(must_be_ours(workshop));
  std::error_code ec;
  fs::remove_all(workshop, ec);
  fs::create_directories(workshop, ec);
  if (ec) return fail(io_error(workshop, ec.value()));
  NC_TRY(write_file_durably(workshop / kStamp, "", 0600));
  const auto fresh = workshop / "node";
  NC_TRY(records::Ledger::found(fresh, context.environment.share / "catalog", kDemoUnit));
  NC_TRY(write_file_durably(fresh / kStamp, "", 0600));
  if (fs::exists(dir / kStamp)) fs::remove_all(dir, ec);  // ours, and no node in it
  fs::rename(fresh, dir, ec);
  const auto moved = ec;
  fs::remove_all(workshop, ec);
  if (moved) return fail(io_error(dir, moved.value()).then(NC_MSG("Choose a new directory; nothing was changed")));
  return {};
}

Status fill(const Context& context, records::Ledger& ledger, const Asked& asked, const std::string& wanted) {
  const auto stamp = fs::path(asked.dir) / kStamp;
  if (const auto have = read_file(stamp, 4096); have && *have == wanted) return {};
  NC_TRY(import_paths(context, ledger, ledger.console(), {asked.data}, {}, ImportOutput::kCounts));
  return write_file_durably(stamp, wanted, 0600);
}

// Passwords are made at random for this node and kept in a file that only its owner can read. They need not be
// changed at the first log-in: they are printed at each start, and the node holds what is published anyway.
Result<Json> make_accounts(records::Ledger& ledger, const fs::path& dir) {
  const auto file = dir / "demo-accounts.json";
  Json known{JsonObject{}};
  if (fs::exists(file)) {
    NC_ASSIGN(const auto text, read_file(file, 64 * 1024));
    NC_ASSIGN(known, parse_json(text));
  }
  for (const auto& account : demo_accounts()) {
    if (!ledger.world()->tree->by_code(account.unit_code) || !ledger.world()->tree->by_code(account.scope_code)) continue;  // not yet
    if (known.has(account.login) && ledger.world()->accounts.contains(account.login)) continue;
    const auto password = crypto::random_password(system_rng());
    if (ledger.world()->accounts.contains(account.login)) {
      NC_ASSIGN(const auto subject, ledger.subject(account.login));
      NC_ASSIGN(const auto credentials, open_credentials(dir));
      NC_TRY(credentials->set_password(subject.person, account.login, crypto::SecretString(password)));
    } else {
      NC_TRY(create_account(ledger, account, password));
    }
    known.set(account.login, password);
    NC_TRY(write_file_durably(file, pretty(known), 0600));
  }
  return known;
}

// The public record holds kinds that are restricted by their type, and a demo may lie on any disk. Written down by the console:
// until the data are there, nobody of the demo answers for its unit.
Status allow_restricted(const Context& context, records::Ledger& ledger) {
  if (ledger.may_hold(catalog::Handling::kRestricted)) return {};
  NC_ASSIGN(const auto person, ledger.subject(kDemoAdministrator));
  const auto reason = context.tr(NC_MSG("A demo node: everything in it is published already"));
  const auto written = records::waive(ledger, ledger.console(), {person.person, reason, ledger.today() + 365});
  return written ? Status() : Status(fail(written.error().error));
}

// The unit above all others comes with the data; only then can the administrator give rights over each.
Status let_administrator_reach_all(records::Ledger& ledger) {
  NC_ASSIGN(const auto administrator, ledger.subject(kDemoAdministrator));
  const auto* all = ledger.world()->tree->by_code("vn-gov");
  for (const auto line : {orgtree::Line::kCommand, orgtree::Line::kGuidance}) {
    if (all == nullptr) break;
    access::Grant grant;
    grant.role = administrator.grants.front().role;
    grant.unit = all->id;
    grant.line = line;
    const auto written = records::add_grant(ledger, ledger.console(), administrator.person, grant);
    if (!written) return fail(written.error().error);
  }
  return {};
}

void print_accounts(const Context& context, const Json& passwords) {
  context.out() << '\n' << context.tr(NC_MSG("Demo accounts of this node (passwords made at random for it):")) << '\n';
  std::vector<std::vector<std::string>> rows;
  for (const auto& account : demo_accounts()) rows.push_back({"  " + account.login, passwords.text(account.login), account.display});
  print_table(context.out(), rows);
}

Status demo(const Context& context, const Asked& asked) {
  const fs::path dir(asked.dir);
  NC_TRY(must_be_ours(dir));
  NC_ASSIGN(const auto wanted, fingerprint(asked.data, context.environment.share));  // before anything is made
  NC_TRY(make_node(context, dir));
  {
    NC_ASSIGN(const auto ledger, records::Ledger::open(dir));
    NC_TRY(make_accounts(*ledger, dir));
    NC_TRY(allow_restricted(context, *ledger));
    NC_TRY(fill(context, *ledger, asked, wanted));
    NC_ASSIGN(const auto passwords, make_accounts(*ledger, dir));
    NC_TRY(let_administrator_reach_all(*ledger));
    NC_ASSIGN(const auto columns, load_columns(*ledger));
    NC_TRY(print_summary(context, *ledger, ledger->console(), *columns));
    print_accounts(context, passwords);
  }
  context.out().flush();
  if (asked.check) return {};
  return context.environment.serve({.dir = dir, .listen = asked.listen}, [&](const Serving& at) {
    context.out() << '\n' << context.tr(NC_MSG("Serving at {1}"), at.pages) << std::endl;
  });
}

}  // namespace

void add_demo(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("demo", context.tr(NC_MSG("Make a node with the public record, print its summary and serve it")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->add_option("--data", asked->data, context.tr(NC_MSG("Folder with the public record")));
  command->add_option("--listen", asked->listen, context.tr(NC_MSG("Address and port, default 127.0.0.1:8600")));
  command->add_flag("--check", asked->check, context.tr(NC_MSG("Do everything but serve, and exit")));
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [=, &context] { return demo(context, *asked); };
  });
}

}  // namespace nc::cli
