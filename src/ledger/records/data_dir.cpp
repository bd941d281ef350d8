#include "ledger/records/data_dir.h"

#include "base/file_stream.h"
#include "base/files.h"
#include "base/json.h"

namespace nc::records {

Result<NodeConfig> read_config(const DataDir& dir) {
  if (!std::filesystem::exists(dir.config()))
    return fail(Error(ErrorCode::kNotFound, NC_MSG("This is not a data directory of nhipcau"))
                    .at(dir.root.string())
                    .then(NC_MSG("Make one with: nhipcau init DIR")));
  NC_ASSIGN(const auto text, read_file(dir.config(), 64 * 1024));
  return parse_config(text, dir.config().string());
}

Result<NodeConfig> parse_config(std::string_view text, const std::string& where) {
  auto parsed = parse_json(text);
  if (!parsed) return fail(std::move(parsed).error().at(where));
  const auto node = NodeId::from_hex(parsed->text("node"));
  const auto incarnation = IncarnationId::from_hex(parsed->text("incarnation"));
  const auto record = RecordId::from_hex(parsed->text("node_record"));
  if (parsed->integer("format") > 1)
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("The data directory was made by a newer version"))
                    .at(where)
                    .then(NC_MSG("Install the newer version")));
  if (!node || !incarnation || !record)
    return fail(Error(ErrorCode::kCorrupt, NC_MSG("The node's configuration cannot be read"))
                    .at(where)
                    .then(NC_MSG("Restore the directory from a backup")));
  return NodeConfig{{*node, *incarnation}, *record, parsed->text("unit")};
}

Status write_config(const DataDir& dir, const NodeConfig& config) {
  Json json;
  json.set("format", 1).set("node", config.self.node.hex()).set("incarnation", config.self.incarnation.hex());
  json.set("node_record", config.node_record.hex()).set("unit", config.unit_code);
  return write_file_durably(dir.config(), pretty(json), 0600);
}

// What the index of a log takes that is as long as it gets before it is cut.
constexpr std::int64_t kRoomForIndex = 1024 * 1024;

Result<bool> nobody_writes(const DataDir& dir, std::optional<FileLock>& lock) {
  if (may_write_in(dir.root) && could_write(dir.root, kRoomForIndex)) return false;
  auto shared = FileLock::share(dir.lock());
  if (!shared && shared.error().code == ErrorCode::kBusy) return false;
  if (!shared && shared.error().code != ErrorCode::kNotFound) return fail(shared.error());
  if (shared) lock = std::move(*shared);
  return true;
}

}  // namespace nc::records
