// What ties the names of a node to its keys, so that nobody can have a key of his own certified under the name of another.
//
// The id of an incarnation follows from its public key. And the node itself has asked for the certificate that a superior writes:
// by its key, for one record, whose id names that superior (bound_id.h). docs/formats/journal.md section "Authority".
// Pure functions.
#pragma once

#include <string>

#include "base/id.h"

namespace nc::journal {

// The first 16 bytes of SHA-256 of "nhipcau-incarnation-1\n" and the key in hexadecimal digits.
[[nodiscard]] IncarnationId incarnation_of(const PublicKey& key);
// What the node signs with the key of the incarnation.
[[nodiscard]] std::string asks_message(const RecordId& record, const NodeId& node, const IncarnationId& incarnation);

}  // namespace nc::journal
