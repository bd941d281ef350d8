// Accounts as records of the ledger: made, given rights, closed. What an account may do is such a record;
// its password is not (access/credentials.h).
//
// Every change goes through Ledger::create and Ledger::amend, and is decided there as granting ("not to oneself,
// not wider", docs/LEDGER.md section 9): closing an account, too, is for whoever could give what it holds.
#pragma once

#include <string>
#include <vector>

#include "ledger/records/ledger.h"

namespace nc::records {

struct NewAccount {
  std::optional<RecordId> id;  // of the form, see Create::id
  std::string login;
  std::string display;  // the function; empty: the login
  UnitId unit;
  catalog::Handling clearance = catalog::Handling::kInternal;
  std::vector<access::Grant> grants;
};
// kConflict: the login is another's; kInvalid at "login": it is not written as logins are.
WriteResult make_account(Ledger& ledger, const access::Subject& who, const NewAccount& account);

// A grant as it stands in the account's record, whether it holds today or not. `key` names it there.
struct GrantRow {
  std::string key;
  access::Grant grant;
};
[[nodiscard]] std::vector<GrantRow> grant_rows(const RecordView& account);
// The same of a value of its field of grants, as the history has it.
[[nodiscard]] std::vector<GrantRow> grant_rows(const Json& value);

WriteResult add_grant(Ledger& ledger, const access::Subject& who, const PersonId& account, const access::Grant& grant);
// The grant named `key` holds until `last_day` and no longer; one that had not begun by then is taken out. What
// was lent of it ends with it. kNotFound: it is not there, or over already.
WriteResult end_grant(Ledger& ledger, const access::Subject& who, const PersonId& account, std::string_view key, std::int32_t last_day);
// Takes every grant of the role out. kNotFound: the account has none.
WriteResult take_role(Ledger& ledger, const access::Subject& who, const PersonId& account, std::string_view role);
// Whether `who` may act on what of an account is no record: its password, authenticator and sessions. Asked as
// closing it is: whoever could give all that it holds, and nobody on his own account.
Status may_act_on(const Ledger& ledger, const access::Subject& who, const PersonId& account);
// A closed account cannot log in and lends nothing. Its sessions are ended by Credentials.
WriteResult set_closed(Ledger& ledger, const access::Subject& who, const PersonId& account, bool closed);

// The function shown for an account, from its record, which every node holds; empty: there is none.
[[nodiscard]] std::string account_name(const Ledger& ledger, const PersonId& person);
// Who wrote an entry: an account of this or of another node with its login, the command line of either, the program itself; of
// whom no record is here a short form of the id. `message` is the id of a message in which {1} stands for `name`.
struct AuthorWords {
  const char* message;
  std::string name;
};
[[nodiscard]] AuthorWords author_words(const Ledger& ledger, const PersonId& author, std::string_view lang);
// The same of an entry: who wrote what was purged went with its content.
[[nodiscard]] AuthorWords author_words(const Ledger& ledger, const HistoryItem& item, std::string_view lang);

}  // namespace nc::records
