// Attached files: uploads in pieces, that go on where a line broke; the files of a record, their bytes.
// A finished upload becomes a file of a record when a new record or an amendment names its "file".
#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "base/text.h"
#include "face/web/api/record_json.h"
#include "face/web/file_response.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

constexpr std::string_view kUploads = "/attachments";

Json upload_json(const blobs::Upload& upload) {
  Json out = Json().set("id", upload.id.hex()).set("name", upload.name).set("bytes", upload.bytes);
  out.set("finished", upload.file.has_value()).set("renamed", upload.renamed).set("metadata_removed", upload.metadata_removed);
  return upload.file ? out.set("file", blobs::json_of(*upload.file)) : out;
}

net::Response reads_only(const Call& call) {
  return problem(Error(ErrorCode::kDenied, NC_MSG("This token is for reading only")).then(NC_MSG("Use a token that may change records")),
                 call.ui);
}

// Another person's uploads answer as what is absent.
Result<blobs::Upload> upload_of(const Call& call) {
  const auto id = blobs::UploadId::from_hex(call.params.get("upload"));
  return call.ledger().files().find(call.who.person, id.value_or(blobs::UploadId{}));
}

net::Response start_upload(const Call& call) {
  if (call.who.reads_only) return reads_only(call);
  const auto body = read_body(call, {"name", "bytes"});
  if (!body) return problem(body.error(), call.ui);
  const auto& bytes = (*body)["bytes"];
  if (!(*body)["name"].is_string()) return problem(Error(ErrorCode::kUsage, NC_MSG("The file has no name")).at("name"), call.ui);
  if (!bytes.is_null() && (!bytes.is_int() || bytes.as_int() < 0))
    return problem(Error(ErrorCode::kUsage, NC_MSG("This is no number of bytes")).at("bytes"), call.ui);
  const auto started = call.ledger().files().start(call.who.person, body->text("name"), bytes.is_null() ? 0 : bytes.as_int());
  if (!started) return problem(started.error(), call.ui);
  auto response = net::Response::json(canonical(upload_json(*started)), 201);
  response.headers.set("Location", std::string(kApiPrefix) + std::string(kUploads) + "/" + started->id.hex());
  return response;
}

net::Response get_upload(const Call& call) {
  const auto upload = upload_of(call);
  return upload ? answer(call, upload_json(*upload)) : problem(upload.error(), call.ui);
}

// What a record names already stays: only what waits is thrown away.
net::Response drop_upload(const Call& call) {
  if (call.who.reads_only) return reads_only(call);
  const auto upload = upload_of(call);
  if (!upload) return problem(upload.error(), call.ui);
  call.ledger().files().drop(call.who.person, upload->id);
  return answer(call, upload_json(*upload));
}

bool is_bytes(std::string_view content_type) {
  const auto media = trim(content_type.substr(0, std::min(content_type.find(';'), content_type.size())));
  return fold(media) == "application/octet-stream";
}

net::Response append_piece(const Call& call) {
  if (call.who.reads_only) return reads_only(call);
  const auto upload = upload_of(call);
  if (!upload) return problem(upload.error(), call.ui);
  if (!is_bytes(call.request.header("Content-Type")))
    return problem(Error(ErrorCode::kUnsupported, NC_MSG("The body is not application/octet-stream"))
                       .at("Content-Type")
                       .then(NC_MSG("Send the bytes of the file as they are")),
                   call.ui);
  const auto text = call.request.query.get("offset");
  if (text.empty()) return problem(Error(ErrorCode::kUsage, NC_MSG("It is not said where this piece begins")).at("offset"), call.ui);
  std::int64_t offset = 0;
  std::from_chars(text.data(), text.data() + text.size(), offset);  // check_query has seen it
  const auto taken = call.ledger().files().append(call.who.person, upload->id, offset, call.request.body);
  if (!taken && taken.error().code == ErrorCode::kConflict) {
    const auto now = upload_of(call);
    return problem(taken.error(), call.ui, Json().set("bytes", now ? now->bytes : upload->bytes));
  }
  if (!taken) return problem(taken.error(), call.ui);
  const auto now = upload_of(call);
  return now ? net::Response::json(canonical(upload_json(*now))) : problem(now.error(), call.ui);
}

net::Response finish_upload(const Call& call) {
  if (call.who.reads_only) return reads_only(call);
  const auto upload = upload_of(call);
  if (!upload) return problem(upload.error(), call.ui);
  const auto body = read_body(call, {"sha256"});
  if (!body) return problem(body.error(), call.ui);
  const auto expected = Digest::from_hex(body->text("sha256"));
  if (body->has("sha256") && !expected)
    return problem(Error(ErrorCode::kUsage, NC_MSG("This is not a SHA-256: 64 digits 0 to 9, a to f")).at("sha256"), call.ui);
  auto done = call.ledger().finish_upload(call.who, upload->id, expected);
  if (done) return net::Response::json(canonical(upload_json(*done)));
  // What the file is, not what the request is: of a kind that is not taken, damaged, or another than was sent.
  const auto code = done.error().code;
  const bool about_file = code == ErrorCode::kUnsupported || code == ErrorCode::kCorrupt;
  return about_file ? problem(ProblemType::kInvalid, done.error(), call.ui) : problem(done.error(), call.ui);
}

net::Response list_files(const Call& call) {
  const auto record = record_of(call);
  if (!record) return problem(record.error(), call.ui);
  JsonArray items;
  for (const auto& part : record->parts)
    for (const auto& [field, value] : part.values.as_object()) {
      std::vector<blobs::FileRef> files;
      blobs::collect_files(value, files);
      const auto handling = std::string(catalog::handling_name(static_cast<catalog::Handling>(part.key.handling)));
      for (const auto& file : files)
        items.push_back(Json().set("field", field).set("handling", handling).set("file", blobs::json_of(file)));
    }
  return answer(call, Json().set("items", std::move(items)));
}

net::Response get_file(const Call& call) {
  const auto record = record_of(call);
  if (!record) return problem(record.error(), call.ui);
  const auto sha256 = Digest::from_hex(call.params.get("file")).value_or(Digest{});
  const auto found = call.ledger().attachment(call.who, record->id, sha256);
  if (!found) return problem(found.error(), call.ui);
  auto bytes = call.ledger().open_attachment(call.who, record->id, sha256);
  if (!bytes) return problem(ProblemType::kUnavailable, bytes.error(), call.ui);
  const auto response = file_response(call.request, found->file, std::move(*bytes));
  if (response.status != 416) return response;
  auto outside = problem(ProblemType::kRange, Error(ErrorCode::kUsage, "").at("Range"), call.ui);
  outside.headers.set("Content-Range", std::string(response.headers.get("Content-Range")));
  return outside;
}

void add_uploads(std::vector<Endpoint>& out) {
  using P = ProblemType;
  out.push_back({"POST",
                 "/attachments",
                 "startUpload",
                 NC_MSG("Begin to send a file; it is yours alone until a record names it, for a day"),
                 Rate::kChanges,
                 {},
                 "NewUpload",
                 "Upload",
                 {201},
                 {P::kDenied, P::kTooLarge, P::kMedia},
                 start_upload});
  out.push_back({"GET",
                 "/attachments/{upload}",
                 "getUpload",
                 NC_MSG("How much of a file has arrived"),
                 Rate::kReads,
                 {},
                 "",
                 "Upload",
                 {200, 304},
                 {P::kNotFound},
                 get_upload});
  out.push_back({"DELETE",
                 "/attachments/{upload}",
                 "dropUpload",
                 NC_MSG("Throw away a file that no record names yet; the answer says what it was"),
                 Rate::kChanges,
                 {},
                 "",
                 "Upload",
                 {200},
                 {P::kDenied, P::kNotFound},
                 drop_upload});
  out.push_back({"PATCH",
                 "/attachments/{upload}",
                 "sendPiece",
                 NC_MSG("Send the next bytes of a file, at most 1 MiB at a time"),
                 Rate::kChanges,
                 {{"offset",
                   Shape::kInteger,
                   NC_MSG("How many bytes come before; 409 says how many have arrived"),
                   false,
                   {},
                   static_cast<std::int64_t>(limits::kBlobBytesMax)}},
                 kFileBytes,
                 "Upload",
                 {200},
                 {P::kDenied, P::kNotFound, P::kConflict, P::kTooLarge, P::kMedia},
                 append_piece});
  out.push_back({"POST",
                 "/attachments/{upload}/finish",
                 "finishUpload",
                 NC_MSG("All of the file is sent; the answer has what a record may name"),
                 Rate::kChanges,
                 {},
                 "Finish",
                 "Upload",
                 {200},
                 {P::kDenied, P::kNotFound, P::kTooLarge, P::kMedia, P::kInvalid},
                 finish_upload});
}

}  // namespace

void add_file_endpoints(std::vector<Endpoint>& out) {
  using P = ProblemType;
  add_uploads(out);
  out.push_back({"GET",
                 "/records/{id}/attachments",
                 "listAttachments",
                 NC_MSG("The files of a record"),
                 Rate::kReads,
                 {},
                 "",
                 "Attachments",
                 {200, 304},
                 {P::kNotFound},
                 list_files});
  out.push_back({"GET",
                 "/records/{id}/attachments/{file}",
                 "getAttachment",
                 NC_MSG("A file of a record, or a part of it"),
                 Rate::kReads,
                 {},
                 "",
                 kFileBytes,
                 {200, 206, 304},
                 {P::kNotFound, P::kRange},
                 get_file});
}

}  // namespace nc::web
