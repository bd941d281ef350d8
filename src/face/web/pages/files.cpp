// Files of a record: attaching from its page, the file itself, its preview. A file is reached through its record only;
// it is always a download, never opened by the browser in our name.
#include <algorithm>

#include "face/web/file_response.h"
#include "face/web/guard.h"
#include "face/web/pages/file_parts.h"
#include "face/web/site_pages.h"
#include "face/web/uploads.h"

namespace nc::web {
namespace {

constexpr std::int64_t kPreviewWaitMs = 1500;
constexpr std::size_t kPreviewBytesMax = 2 * 1024 * 1024;

struct Wanted {
  RecordId record;
  records::Attachment attachment;
};

Result<Wanted> wanted(const Visit& visit, const net::Params& params) {
  const auto record = RecordId::from_hex(params.get("id"));
  const auto file = Digest::from_hex(params.get("file"));
  if (!record || !file) return fail(ErrorCode::kNotFound, NC_MSG("There is no such page or record, or it is not for you."));
  NC_ASSIGN(auto found, visit.ledger().attachment(visit.who, *record, *file));
  return Wanted{*record, std::move(found)};
}

net::Response missing_bytes(const Visit& visit, const Error& error) {
  auto page = visit.frame(visit.tr("The file is not here"), Place::kNone);
  page.main = notice(Tone::kBad, visit.ui.error_text(error));
  return visit.show(page, 503);
}

net::Response download(Visit& visit, const net::Params& params) {
  const auto found = wanted(visit, params);
  if (!found) return visit.refuse(found.error());
  auto bytes = visit.ledger().open_attachment(visit.who, found->record, found->attachment.file.sha256);
  if (!bytes) return missing_bytes(visit, bytes.error());
  return file_response(visit.request, found->attachment.file, std::move(*bytes));
}

net::Response preview(Visit& visit, const net::Params& params) {
  const auto found = wanted(visit, params);
  if (!found) return visit.refuse(found.error());
  const auto small = visit.site.preview_of(found->attachment.part, found->attachment.file, kPreviewWaitMs);
  std::string bytes(small ? std::min<std::size_t>(static_cast<std::size_t>(small->size()), kPreviewBytesMax) : 0, '\0');
  if (!small || small->read_at(0, bytes).value_or(0) != bytes.size()) return visit.go("/assets/file.svg");
  auto response = net::Response::bytes(std::move(bytes), "image/jpeg");
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  return response;
}

// The files that are good are attached; what was not taken is said on the record's page.
net::Response attach(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto record = record_of(visit, params);
  if (!record || !record->type) return visit.not_found();
  const auto* field = record->type->field(form.get("field"));
  if (!field || field->kind != catalog::FieldKind::kFiles) return visit.not_found();
  InputErrors errors;
  auto sent = form;
  sent.set("base", canonical(Json(JsonObject{{field->id, record->values[field->id]}})));
  const auto value = files_from_form(visit, *field, sent, errors);
  put_refused_files(visit, errors);
  const bool any = !form.all(upload_field(input_name(*field))).empty();
  if (!any && errors.empty()) errors[""] = visit.tr("No file was chosen.");
  if (any && !value.is_null()) {
    const auto written = visit.ledger().amend(visit.who, {record->id, {}, Json(JsonObject{{field->id, value}}), {}});
    if (!written && written.error().error.code == ErrorCode::kNotFound) return visit.not_found();
    if (!written) errors["amend"] = visit.ui.error_text(written.error().error);
    else if (errors.empty()) return visit.go("/records/" + record->id.hex(), written->changed ? "attached" : "same");
  }
  for (const auto& [input, text] : errors) visit.flashes.push_back({Tone::kBad, text, ""});
  const auto now = visit.ledger().read(visit.who, record->id);
  return now ? record_page(visit, *now, {}, 422) : visit.not_found();
}

}  // namespace

void add_record_file_pages(net::Router& router, Site& site) {
  site.add_page(router, "/records/{id}/files/{file}", download);
  site.add_page(router, "/records/{id}/files/{file}/preview", preview);
  site.add_change(router, "/records/{id}/files", attach);
}

}  // namespace nc::web
