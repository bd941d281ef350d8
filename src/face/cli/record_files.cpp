// record attach, attachments, save: the files of a record.
#include <algorithm>

#include "base/files.h"
#include "base/limits.h"
#include "face/cli/record_files.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, id, field, file, to;
  std::vector<std::string> files;
};

Result<const catalog::Field*> field_for(const records::RecordView& view, const std::string& wanted) {
  if (view.type)
    for (const auto& field : view.type->fields)
      if (field.holds_files() && !field.retired && (wanted.empty() ? field.kind == catalog::FieldKind::kFiles : field.id == wanted))
        return &field;
  return fail(
      Error(ErrorCode::kInvalid, NC_MSG("Records of this type have no field for files"), {}).at(wanted.empty() ? "--field" : wanted));
}

// As a browser would send it: piece by piece, then looked at and hashed.
Result<blobs::Upload> send(const records::Ledger& ledger, const access::Subject& who, const std::string& path) {
  NC_ASSIGN(const auto file, InputFile::open(path));
  NC_ASSIGN(const auto upload, ledger.files().start(who.person, std::filesystem::path(path).filename().string(), file.size()));
  std::string piece(std::size_t{8} * limits::kBlobChunkBytes, '\0');
  for (std::int64_t at = 0; at < file.size();) {
    NC_ASSIGN(const auto got, file.read_at(at, piece));
    if (got == 0) break;
    NC_TRY(ledger.files().append(who.person, upload.id, at, std::string_view(piece).substr(0, got)));
    at += static_cast<std::int64_t>(got);
  }
  auto done = ledger.finish_upload(who, upload.id);
  if (!done) return fail(std::move(done).error().at(path));
  return done;
}

Status attach(const Context& context, const std::string& login, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  NC_ASSIGN(const auto* field, field_for(view, asked.field));
  Json value = field->kind == catalog::FieldKind::kFiles && view.values.has(field->id) ? view.values[field->id] : Json(JsonArray{});
  for (const auto& path : asked.files) {
    NC_ASSIGN(const auto upload, send(*ledger, who, path));
    if (upload.metadata_removed)
      context.out() << context.tr(NC_MSG("{1}: place, time and device were taken out of the picture"), upload.name) << '\n';
    if (upload.renamed)
      context.out() << context.tr(NC_MSG("{1} is kept as {2}"), std::filesystem::path(path).filename().string(), upload.name) << '\n';
    auto one = blobs::json_of(*upload.file);
    const bool there =
        std::any_of(value.as_array().begin(), value.as_array().end(), [&](const Json& held) { return held["sha256"] == one["sha256"]; });
    if (!there) value.push(std::move(one));
  }
  if (field->kind == catalog::FieldKind::kFile) {
    Json last = value.as_array().back();
    value = std::move(last);
  }
  const auto written = ledger->amend(who, {view.id, {}, Json(JsonObject{{field->id, value}}), {}});
  if (!written) return fail(error_of(written.error(), context));
  context.out() << (written->changed ? context.tr(NC_MSG("Saved: {1}"), view.id.hex())
                                     : context.tr(NC_MSG("Nothing to change: {1}"), view.id.hex()))
                << '\n';
  return {};
}

std::vector<std::pair<std::string, blobs::FileRef>> files_of(const records::RecordView& view) {
  std::vector<std::pair<std::string, blobs::FileRef>> out;
  for (const auto& [field, value] : view.values.as_object()) {
    std::vector<blobs::FileRef> files;
    blobs::collect_files(value, files);
    for (auto& file : files) out.emplace_back(field, std::move(file));
  }
  return out;
}

Status list(const Context& context, const std::string& login, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  std::vector<std::vector<std::string>> rows;
  for (const auto& [field, file] : files_of(view)) {
    const auto* shown = view.type ? view.type->field(field) : nullptr;
    rows.push_back({file.sha256.hex().substr(0, 16), context.words.number(file.bytes), file.media, file.name,
                    shown ? shown->label.in(context.lang()) : field});
  }
  if (rows.empty()) context.out() << context.tr(NC_MSG("The record has no files")) << '\n';
  print_table(context.out(), rows);
  return {};
}

Status save(const Context& context, const std::string& login, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  for (const auto& [field, file] : files_of(view)) {
    const bool meant = file.name == asked.file || (asked.file.size() >= 8 && file.sha256.hex().starts_with(asked.file));
    if (!meant) continue;
    NC_ASSIGN(const auto bytes, ledger->open_attachment(who, view.id, file.sha256));
    const auto target = asked.to.empty() ? file.name : asked.to;
    NC_TRY(copy_out(bytes, target));
    context.out() << context.tr(NC_MSG("{1} bytes written to {2}"), bytes.size(), target) << '\n';
    return {};
  }
  return fail(
      Error(ErrorCode::kNotFound, NC_MSG("The record has no file “{1}”"), {asked.file}).then(NC_MSG("See: nhipcau record attachments")));
}

}  // namespace

namespace {

Status copy_pieces(const blobs::CheckedFile& bytes, OutputFile& out) {
  std::string piece(limits::kBlobChunkBytes, '\0');
  for (std::int64_t at = 0; at < bytes.size();) {
    NC_ASSIGN(const auto got, bytes.read_at(at, piece));
    NC_TRY(out.write(std::string_view(piece).substr(0, got)));
    at += static_cast<std::int64_t>(got);
  }
  return out.sync();
}

}  // namespace

Status copy_out(const blobs::CheckedFile& bytes, const std::filesystem::path& target) {
  auto made = OutputFile::create(target);
  if (!made && made.error().code == ErrorCode::kConflict)
    return fail(std::move(made).error().then(NC_MSG("Choose another name; nothing was changed")));
  if (!made) return fail(made.error());
  const auto copied = copy_pieces(bytes, *made);
  std::error_code ec;
  if (!copied) std::filesystem::remove(target, ec);
  return copied;
}

void add_record_files(CLI::App& record, Context& context, const std::shared_ptr<std::string>& dir,
                      const std::function<std::string()>& login) {
  auto asked = std::make_shared<Asked>();
  const auto choose = chooser(context, dir, asked);
  const auto id_option = [&](CLI::App* sub) {
    sub->add_option("id", asked->id, context.tr(NC_MSG("Id or code of the record")))->required();
  };
  auto* sub = record.add_subcommand("attach", context.tr(NC_MSG("Attach files to a record")));
  id_option(sub);
  sub->add_option("files", asked->files, context.tr(NC_MSG("The files")))->required();
  sub->add_option("--field", asked->field, context.tr(NC_MSG("The field that takes them")));
  choose(sub, [&context, login](const Asked& a) { return attach(context, login(), a); });
  sub = record.add_subcommand("attachments", context.tr(NC_MSG("The files of a record")));
  id_option(sub);
  choose(sub, [&context, login](const Asked& a) { return list(context, login(), a); });
  sub = record.add_subcommand("save", context.tr(NC_MSG("Write a file of a record to the disk")));
  id_option(sub);
  sub->add_option("file", asked->file, context.tr(NC_MSG("Its name, or the first digits of its hash")))->required();
  sub->add_option("--to", asked->to, context.tr(NC_MSG("The file to write")));
  choose(sub, [&context, login](const Asked& a) { return save(context, login(), a); });
}

}  // namespace nc::cli
