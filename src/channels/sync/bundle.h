// Bundles: what a session would carry, in a file for one named node. docs/formats/bundle.md.
//
// Made and read piece by piece, whatever their length. Taking one twice, late or in any order is harmless; a damaged or foreign
// one changes nothing. Threads: any, as the ledger.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ledger/records/ledger.h"

namespace nc::sync {

inline constexpr std::size_t kBundleBytesMax = std::size_t{4} * 1024 * 1024 * 1024;

// How a node that has not met its parent's certificate yet knows it: from its card.
struct KnownParent {
  NodeId node;
  IncarnationId incarnation;
  PublicKey key;
  std::string at{};  // where it listens, host:port; may be empty
};

struct BundleMade {
  NodeId to;
  std::int64_t bytes = 0;
  std::int64_t left = 0;        // entries that did not fit
  std::int64_t files_left = 0;  // attachments that did not fit
};
// For the parent or for a child; `file` must not exist. `parent` says which of the two `to` is.
Result<BundleMade> make_bundle(records::Ledger& ledger, const NodeId& to, const std::optional<KnownParent>& parent,
                               const std::filesystem::path& file, std::size_t bytes_max = kBundleBytesMax);

struct BundleTaken {
  NodeId from;
  std::int64_t made_ms = 0;
  std::int64_t admitted = 0, parked = 0, known = 0;
  bool gap = false;  // something before it has not come: take the earlier bundle, or send a receipt
  std::vector<Error> notices;
};
Result<BundleTaken> take_bundle(records::Ledger& ledger, const std::filesystem::path& file, const std::optional<KnownParent>& parent);

}  // namespace nc::sync
