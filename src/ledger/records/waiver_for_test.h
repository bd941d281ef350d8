// For tests: whoever creates restricted records on the disk of a test machine records a waiver first, as
// people must.
#pragma once

#include <stdexcept>
#include <string>

#include "ledger/catalog/values.h"
#include "ledger/records/ledger.h"

namespace nc::records::test {

// By an account made for it, from today for a year.
inline void allow_restricted(Ledger& ledger, const std::string& login = "security") {
  const auto must = [](const WriteResult& written) {
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  };
  const auto day = [](std::int32_t number) { return catalog::json_from_date({number, DatePrecision::kDay, false}); };
  Json account, waiver;
  account.set("login", login).set("display", "Bảo mật").set("unit", ledger.console().unit.hex()).set("clearance", "open");
  const auto person = must(ledger.create(ledger.console(), {std::nullopt, "account", account, std::nullopt, std::nullopt, true}));
  waiver.set("node", ledger.identity().node.hex()).set("person", person.hex()).set("reason", "máy kiểm thử");
  waiver.set("from", day(ledger.today())).set("until", day(ledger.today() + 365));
  must(ledger.create(ledger.console(), {std::nullopt, "handling_waiver", waiver, std::nullopt, std::nullopt, true}));
}

}  // namespace nc::records::test
