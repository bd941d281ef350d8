#include "foundation/net/listening.h"

#include "base/system_message.h"
#include "base/term.h"

namespace nc::net {

Status listen_on(boost::asio::ip::tcp::acceptor& acceptor, const std::string& address, std::uint16_t port) {
  boost::system::error_code ec;
  const auto parsed = boost::asio::ip::make_address(address, ec);
  if (ec)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not an IP address"), {address})
                    .then(NC_MSG("Write an address such as 127.0.0.1 or 0.0.0.0")));
  const boost::asio::ip::tcp::endpoint endpoint(parsed, port);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(boost::asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(1024, ec);
  if (!ec) return {};
  const auto known = system_message(ec.value());
  const auto words = known.empty() ? std::to_string(ec.value()) + ' ' + ec.message() : term(known);
  return fail(Error(ErrorCode::kIo, NC_MSG("Cannot listen: {1}"), {words})
                  .at(address + ':' + std::to_string(port))
                  .then(NC_MSG("Choose another address or port")));
}

}  // namespace nc::net
