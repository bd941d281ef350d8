#include "ledger/journal/node_names.h"

#include <algorithm>

#include "foundation/crypto/hash.h"

namespace nc::journal {

IncarnationId incarnation_of(const PublicKey& key) {
  const auto digest = crypto::sha256("nhipcau-incarnation-1\n" + key.hex());
  IncarnationId out;
  std::copy_n(digest.bytes.begin(), out.bytes.size(), out.bytes.begin());
  return out;
}

std::string asks_message(const RecordId& record, const NodeId& node, const IncarnationId& incarnation) {
  return "nhipcau-asks-1\n" + record.hex() + "\n" + node.hex() + "\n" + incarnation.hex();
}

}  // namespace nc::journal
