// Inside the room only: an acceptor that listens, the same way for both servers.
#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "base/error.h"

namespace nc::net {

// Nothing waits in `acceptor` before; on error it may be open. kInvalid: no IP address. kIo: the place is taken or forbidden.
Status listen_on(boost::asio::ip::tcp::acceptor& acceptor, const std::string& address, std::uint16_t port);

}  // namespace nc::net
