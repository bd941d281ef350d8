// Builds the World snapshot from the derived tables: units and reorganisations give the tree, account
// records give the subjects. Types are found by what they feed, never by name.
#pragma once

#include "foundation/store/database.h"
#include "ledger/records/view.h"

namespace nc::records {

Result<std::shared_ptr<const World>> build_world(store::Database& db, std::shared_ptr<const catalog::Catalog> catalog);

// The tree of units as the derived tables say, with these reorganisation records in the place of their
// stored state: what it would be if they were written.
Result<std::shared_ptr<const orgtree::OrgTree>> build_tree(store::Database& db, const catalog::Catalog& catalog,
                                                           const std::vector<RecordView>& instead);

// The grants that the rows of an account record say.
std::vector<access::Grant> grants_of(const Json& rows);
// The account that a record is, without what others lent it.
access::Subject subject_of(const RecordView& account);

// Whether a change of a record of this type can change the World.
bool shapes_world(const catalog::Type& type);
// What shapes the World lies where everybody has it: never above the handling of its type.
bool is_common(const catalog::Type& type, journal::HandlingLevel handling);

}  // namespace nc::records
