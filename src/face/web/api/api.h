// Api: what programs ask of a node, /api/v1 (docs/formats/api.md). Thin: a token becomes a Subject, a request a
// question to the ledger or the columns, and the answer JSON. What a token may is decided where it is for people.
//
// Owns the rates and the description made from the catalogue; borrows the site. Threads: all but add_routes from any.
// Not here: pages about it (api_page.cpp), tokens (access/tokens.h), what is true (ledger).
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "face/web/api/endpoint.h"
#include "face/web/api/rates.h"
#include "ledger/access/tokens.h"

namespace nc::web {

class Api {
 public:
  Api(Site& site, const RateRules& rates) : site_(site), rates_(rates) {}

  void add_routes(net::Router& router);
  // Whether an answer to this path is for a program, errors too.
  [[nodiscard]] static bool is_for_programs(std::string_view path);
  // What no route does (404, 405), or what is refused before a route is looked for (413).
  [[nodiscard]] net::Response refuse(const net::Request& request, int status) const;
  // What could not be read of the query.
  [[nodiscard]] net::Response refuse_query(const net::Request& request) const;
  // The description (OpenAPI 3.1) in the language of the reader; one per catalogue and language.
  [[nodiscard]] std::shared_ptr<const std::string> description(const i18n::Translator& ui);
  // A request on behalf of somebody who is signed in, with the strength of a token: for trying.
  [[nodiscard]] net::Response on_behalf(const net::Request& request, const access::Subject& who, const i18n::Translator& ui);
  // The account of the token that the request carries, or the answer that refuses it.
  [[nodiscard]] std::expected<access::Subject, net::Response> subject_of(const net::Request& request, Rate rate);
  // The same for a secret of another place, as the address of a feed; the account is not narrowed yet.
  struct Known {
    access::Token token;
    access::Subject account;
  };
  [[nodiscard]] std::expected<Known, net::Response> token_of(const net::Request& request, std::string_view secret, access::TokenUse use,
                                                             Rate rate = Rate::kReads);
  // With its ETag, or 304 when the request names it.
  [[nodiscard]] static net::Response tagged(const net::Request& request, net::Response response);
  [[nodiscard]] const Rates& rates() const { return rates_; }

 private:
  [[nodiscard]] const i18n::Translator& words_for(const net::Request& request) const;
  [[nodiscard]] net::Response run(const Endpoint& endpoint, const net::Request& request, const net::Params& params,
                                  const access::Subject& who, const i18n::Translator& ui);
  [[nodiscard]] net::Response too_many(const net::Request& request, Rate rate, std::int64_t seconds) const;
  [[nodiscard]] net::Response describe(const net::Request& request);

  Site& site_;
  Rates rates_;
  struct Description {
    std::shared_ptr<const catalog::Catalog> of;
    std::shared_ptr<const std::string> text;
  };
  std::mutex mutex_;
  Description described_[2];
};

}  // namespace nc::web
