// Files attached to records: who may have one, what is here, what goes.
#include <set>

#include "base/limits.h"
#include "foundation/store/transaction.h"
#include "ledger/blobs/file_name.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/named_files.h"

namespace nc::records {
namespace {

Error no_such_attachment() { return no_such_record(); }  // one answer for what is absent and what is hidden

}  // namespace

blobs::Store& Ledger::files() const { return impl_->files; }

Result<blobs::Upload> Ledger::finish_upload(const access::Subject& who, const blobs::UploadId& id,
                                            const std::optional<Digest>& expected) const {
  return impl_->files.finish(who.person, id, world()->catalog->media(), expected);
}

Result<Attachment> Ledger::attachment(const access::Subject& who, const RecordId& record, const Digest& sha256) const {
  NC_ASSIGN(const auto view, read(who, record));
  for (const auto& part : view.parts)
    for (const auto& [field, value] : part.values.as_object()) {
      std::vector<blobs::FileRef> files;
      blobs::collect_files(value, files);
      for (auto& file : files)
        if (file.sha256 == sha256) return Attachment{std::move(file), part.key.text(), field};
    }
  return fail(no_such_attachment());
}

Result<blobs::CheckedFile> Ledger::open_attachment(const access::Subject& who, const RecordId& record, const Digest& sha256) const {
  NC_ASSIGN(const auto found, attachment(who, record, sha256));
  NC_ASSIGN(const auto part, journal::PartKey::parse(found.part));
  NC_ASSIGN(auto bytes, impl_->files.open_checked(found.part, found.file));
  if (static_cast<catalog::Handling>(part.handling) == catalog::Handling::kRestricted)
    NC_TRY(impl_->audit->write({who.person, access::audited::kExport, record, {}, access::AuditOutcome::kDone}));
  return bytes;
}

Result<FileReport> Ledger::verify_files() const {
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  FileReport report;
  NC_TRY(each_named_file(*db, impl_->journal, [&](const NamedFile& named) -> Status {
    ++report.files;
    report.bytes += named.file.bytes;
    if (auto good = impl_->files.check(named.part, named.file); !good)
      report.problems.push_back({named.record, named.file, std::move(good).error()});
    return {};
  }));
  return report;
}

// What is named is asked only when something old lies there, and then once.
Result<std::int64_t> Ledger::collect_files() {
  if (!impl_->committer) return fail(Impl::reading_only());
  std::optional<std::set<std::pair<std::string, Digest>>> named;
  return impl_->files.collect([&](const std::string& folder, const Digest& sha256) -> Result<bool> {
    if (!named) {
      named.emplace();
      NC_ASSIGN(const auto db, impl_->reader());
      NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
      NC_TRY(each_named_file(*db, impl_->journal, [&](const NamedFile& file) -> Status {
        named->emplace(blobs::Store::folder_of(file.part), file.file.sha256);
        return {};
      }));
    }
    return named->contains({folder, sha256});
  });
}

Status Ledger::export_files(
    const std::function<Status(const std::string& part, const blobs::FileRef& file, const blobs::CheckedFile& bytes)>& take) const {
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  return each_named_file(*db, impl_->journal, [&](const NamedFile& named) -> Status {
    NC_ASSIGN(const auto bytes, impl_->files.open_checked(named.part, named.file));
    return take(named.part, named.file, bytes);
  });
}

// Before the bodies that name them: a power cut between leaves the names, and the next opening finds them.
Status Ledger::Impl::destroy_purged_files(store::Database& db) {
  NC_ASSIGN(const auto gone, files_only_purged(db, journal));
  for (const auto& named : gone) NC_TRY(files.destroy(named.part, named.file.sha256));
  return {};
}

// --- the writer's part ---

Status Writer::take_files(const access::Subject& who, const journal::PartKey& part, const journal::Body& body, const RecordView* before) {
  for (const auto& file : files_of(body)) NC_TRY(take_file(who, part.text(), file, before));
  return {};
}

// A file comes from the author's own upload, or from a part of the same record that he reads; nobody gets at bytes by
// naming their hash.
Status Writer::take_file(const access::Subject& who, const std::string& part, const blobs::FileRef& file, const RecordView* before) {
  if (!files_) return fail(ErrorCode::kUnsupported, NC_MSG("Attachments are not taken here"));
  if (blobs::safe_file_name(file.name) != file.name)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” cannot be the name of a file"), {file.name})
                    .then(NC_MSG("Leave out what no system allows in names")));
  for (std::size_t i = 0; before && i < before->parts.size(); ++i) {
    std::vector<blobs::FileRef> held;
    blobs::collect_files(before->parts[i].values, held);
    const bool same = std::any_of(held.begin(), held.end(), [&](const auto& one) {
      return one.sha256 == file.sha256 && one.bytes == file.bytes && one.media == file.media;
    });
    if (!same) continue;
    const auto object = object_of(*before, before->parts[i], *world_->tree);
    if (access::decide(who, access::Action::kRead, object, *world_->tree, *world_->catalog).allow)
      return files_->adopt_from(before->parts[i].key.text(), part, file);
  }
  return files_->adopt(who.person, part, file);
}

}  // namespace nc::records
