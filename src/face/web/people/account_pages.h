// Inside the room: what the pages of accounts share.
#pragma once

#include "face/web/people/grants.h"
#include "foundation/net/router.h"

namespace nc::web {

// The account of a path like /admin/accounts/{id}, for an administrator; nothing for anybody else.
[[nodiscard]] std::optional<access::Subject> account_of(const Visit& visit, const net::Params& params);
[[nodiscard]] Url account_url(const PersonId& person);
[[nodiscard]] std::string account_path(const PersonId& person);

// The row of what stands in no journal (a password, an authenticator, sessions), before it is done: what cannot be
// written down is not done.
[[nodiscard]] Status write_down_first(const Visit& visit, const PersonId& person);
// And after it, when nothing came of it: a second row that says so. Returns the error.
const Error& write_down_undone(const Visit& visit, const PersonId& person, const Error& error);

// A new password for one use, shown once with what its holder must know.
[[nodiscard]] Result<Html> password_for_one_use(const Visit& visit, const PersonId& person, const std::string& login);

[[nodiscard]] Html account_history(const Visit& visit, const PersonId& person);
// The account's roles with what may be done about each, and the button that gives another.
[[nodiscard]] Html rights_section(const Visit& visit, const access::Subject& account);

void add_new_account_page(net::Router& router, Site& site);
void add_rights_pages(net::Router& router, Site& site);

}  // namespace nc::web
