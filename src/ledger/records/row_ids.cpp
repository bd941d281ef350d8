// Ids of rows of imported files, and which record of a row is here.
#include "foundation/crypto/hash.h"
#include "ledger/journal/bound_id.h"
#include "ledger/records/ledger_impl.h"

namespace nc::records {
namespace {

Digest digest_of_row(std::string_view source, std::string_view key) {
  return crypto::sha256("nhipcau-import-1\n" + std::string(source) + "\n" + std::string(key));
}

}  // namespace

RecordId imported_id(std::string_view source, std::string_view key) { return make_uuid8(digest_of_row(source, key)); }

RecordId row_id_of_node(std::string_view source, std::string_view key, const NodeId& node) {
  return journal::bound_row_id(digest_of_row(source, key), node);
}

RecordId Ledger::new_row_id(std::string_view source, std::string_view key) const {
  return impl_->holds_whole_tree ? imported_id(source, key) : row_id_of_node(source, key, impl_->config.self.node);
}

Result<std::optional<RecordId>> Ledger::held_row(const access::Subject& who, std::string_view source, std::string_view key) const {
  const auto own = row_id_of_node(source, key, impl_->config.self.node), nobodys = imported_id(source, key);
  std::vector<RecordId> others;
  bool own_here = false, nobodys_here = false;
  {
    NC_ASSIGN(const auto db, impl_->reader());
    const auto [first, last] = journal::bound_row_ids(digest_of_row(source, key));
    NC_ASSIGN(auto query, db->prepare("SELECT id FROM record WHERE id BETWEEN ?1 AND ?2 OR id = ?3 ORDER BY id"));
    query.bind_all(first, last, nobodys);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      const auto id = query.id<RecordId>(0);
      if (id == own) own_here = true;
      else if (id == nobodys) nobodys_here = true;
      else others.push_back(id);
    }
  }
  // What a node imports itself it finds again, whoever asks. Others' are told of only to those who may read them.
  if (own_here) return std::optional(own);
  if (nobodys_here && (impl_->holds_whole_tree || read(who, nobodys))) return std::optional(nobodys);
  for (const auto& other : others)
    if (read(who, other)) return std::optional(other);
  return std::optional<RecordId>();
}

}  // namespace nc::records
