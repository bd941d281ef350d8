#include "face/web/pages/file_parts.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "face/web/site.h"
#include "face/web/uploads.h"
#include "ledger/blobs/previews.h"

namespace nc::web {
namespace {

using catalog::FieldKind;

std::vector<blobs::FileRef> files_in(const Json& value) {
  std::vector<blobs::FileRef> out;
  blobs::collect_files(value, out);
  return out;
}

Json base_value(const catalog::Field& field, const net::Fields& typed) {
  const auto base = parse_json(typed.get("base"), {limits::kFormBodyBytesMax, true});
  return base ? (*base)[field.id] : Json();
}

bool is_dropped(const net::Fields& typed, const std::string& input, const std::string& what) {
  const auto dropped = typed.all(drop_field(input));
  return std::ranges::find(dropped, what) != dropped.end();
}

std::string kind_text(const Visit& visit, const std::string& media) {
  const auto* kind = visit.world->catalog->media(media);
  return kind ? kind->label.in(visit.lang()) : media;
}

Url file_url(const RecordId& record, const blobs::FileRef& file, const char* more = "") {
  return Url::to("/records/" + record.hex() + "/files/" + file.sha256.hex() + more);
}

// What is drawn beside the name: a preview that we made, or a sheet of paper.
Url picture_url(const RecordId& record, const blobs::FileRef& file) {
  return blobs::Previews::is_for(file.media) ? file_url(record, file, "/preview") : Url::to("/assets/file.svg");
}

struct Came {
  std::string who, when;
};

// Who attached it first, by the history that this reader sees.
Came came(const Visit& visit, const RecordHistory& history, const std::string& field, const blobs::FileRef& file) {
  Came out;
  for (const auto& item : history.items) {  // newest first
    const auto named = [&](const Json& values) {
      const auto files = files_in(values[field]);
      return std::ranges::any_of(files, [&](const auto& one) { return one.sha256 == file.sha256; });
    };
    if (!named(item.after) || named(item.before)) continue;
    out = {visit.author(item.author), visit.ui.datetime(item.wall_ms)};
  }
  return out;
}

Html file_card(const Visit& visit, const records::RecordView& record, const RecordHistory& history, const catalog::Field& field,
               const blobs::FileRef& file) {
  const auto address = file_url(record.id, file);
  const auto [who, when] = came(visit, history, field.id, file);
  std::vector<std::string> said{kind_text(visit, file.media), size_text(visit, file.bytes)};
  Html about = el("p", {{"class", "file-about"}}, nc::join(said, " · "));
  if (!when.empty())
    about.add(el("p", {{"class", "file-about"}}, nc::join(who.empty() ? std::vector{when} : std::vector{who, when}, " · ")));
  return el("li", {{"class", "file"}},
            el("a", {{"class", "file-picture"}, {"href", address}, {"tabindex", "-1"}, {"aria-hidden", "true"}},
               el("img", {{"src", picture_url(record.id, file)}, {"alt", ""}, {"loading", "lazy"}, {"width", "160"}, {"height", "120"}})),
            el("div", {{"class", "file-words"}}, el("p", {{"class", "file-name"}}, link(file.name, address)), about));
}

std::string accepted(const Visit& visit) {
  std::vector<std::string> out;
  for (const auto& kind : visit.world->catalog->media())
    for (const auto& ending : kind.extensions) out.push_back("." + ending);
  return nc::join(out, ",");
}

// A small form of its own: a photograph is added without the record's whole form.
Html attach_form(const Visit& visit, const records::RecordView& record, const catalog::Field& field) {
  Field input;
  input.name = input_name(field);
  input.label = visit.tr("Add files");
  input.input = Input::kFiles;
  input.multiple = true;
  input.accept = accepted(visit);
  input.width = Width::kFull;
  Form form{Url::to("/records/" + record.id.hex() + "/files")};
  form.csrf_token = visit.session.csrf;
  form.hidden = {{"field", field.id}};
  form.fieldsets = {{"", "", {input}}};
  form.submits = {{visit.tr("Attach"), "", ""}};
  return el("div", {{"class", "screen-only"}}, render(form, visit.ui));
}

}  // namespace

std::string size_text(const Visit& visit, std::int64_t bytes) {
  constexpr std::int64_t kKilo = 1000, kMega = 1'000'000;
  if (bytes < kKilo) return visit.tr("{1} bytes", bytes);
  if (bytes < kMega) return visit.tr("{1} kB", bytes / kKilo);
  const auto tenths = std::to_string(bytes / (kMega / 10) % 10);
  return visit.tr("{1} MB", visit.ui.number(bytes / kMega) + (visit.lang() == "en" ? "." : ",") + tenths);
}

Json files_from_form(const Visit& visit, const catalog::Field& field, const net::Fields& typed, InputErrors& errors) {
  const auto input = input_name(field);
  JsonArray out;
  for (const auto& file : files_in(base_value(field, typed)))
    if (!is_dropped(typed, input, file.sha256.hex())) out.push_back(blobs::json_of(file));
  for (const auto text : typed.all(upload_field(input))) {
    const auto id = blobs::UploadId::from_hex(text);
    if (!id || is_dropped(typed, input, std::string(text))) continue;
    const auto upload = visit.ledger().files().find(visit.who.person, *id);
    if (!upload || !upload->file) {
      errors[input] =
          visit.ui.error_text(upload ? Error(ErrorCode::kNotFound, NC_MSG("There is no such upload, or it is too old")) : upload.error());
      continue;
    }
    auto value = blobs::json_of(*upload->file);
    const bool there = std::ranges::any_of(out, [&](const Json& one) { return one["sha256"] == value["sha256"]; });
    if (!there) out.push_back(std::move(value));
  }
  if (out.empty()) return {};
  return field.kind == FieldKind::kFile ? out.back() : Json(std::move(out));
}

void show_files(const Visit& visit, const catalog::Field& field, const net::Fields& typed, const std::optional<RecordId>& amended,
                Field& input) {
  input.input = Input::kFiles;
  input.multiple = field.kind == FieldKind::kFiles;
  input.accept = accepted(visit);
  input.width = Width::kFull;
  const auto name = input_name(field);
  for (const auto& file : files_in(base_value(field, typed))) {
    AttachedFile shown{file.name, nc::join({kind_text(visit, file.media), size_text(visit, file.bytes)}, " · "), file.sha256.hex()};
    shown.dropped = is_dropped(typed, name, shown.id);
    if (amended) shown.picture = picture_url(*amended, file);
    input.attached.push_back(std::move(shown));
  }
  for (const auto text : typed.all(upload_field(name))) {
    const auto id = blobs::UploadId::from_hex(text);
    const auto upload = id ? visit.ledger().files().find(visit.who.person, *id) : fail(ErrorCode::kNotFound, "");
    if (!upload || !upload->file) continue;
    std::vector<std::string> said{kind_text(visit, upload->file->media), size_text(visit, upload->file->bytes)};
    if (upload->renamed) said.push_back(visit.tr("renamed"));
    if (upload->metadata_removed) said.push_back(visit.tr("place, time and device taken out"));
    AttachedFile shown{upload->name, nc::join(said, " · "), id->hex()};
    shown.is_upload = true;
    shown.dropped = is_dropped(typed, name, shown.id);
    input.attached.push_back(std::move(shown));
  }
}

void put_refused_files(const Visit& visit, InputErrors& errors) {
  for (const auto& refused : FormUpload::refused_in(visit.request)) {
    auto& text = errors[refused.input];
    text += (text.empty() ? "" : " ") + visit.tr("“{1}” was not taken: {2}", refused.name, visit.ui.error_text(refused.error));
  }
}

Html files_section(const Visit& visit, const records::RecordView& record, const RecordHistory& history, bool may_amend) {
  if (!record.type) return {};
  Html cards;
  const catalog::Field* several = nullptr;
  for (const auto& field : record.type->fields) {
    if (field.retired) continue;
    if (field.kind == FieldKind::kFiles && !several) several = &field;
    if (!field.holds_files()) continue;
    for (const auto& file : files_in(record.values[field.id])) cards.add(file_card(visit, record, history, field, file));
  }
  const bool adds = several != nullptr && may_amend && !visit.world->catalog->media().empty();
  if (cards.empty() && !adds) return {};
  Html body = cards.empty() ? Html() : el("ul", {{"class", "files"}}, cards);
  if (adds) body.add(attach_form(visit, record, *several));
  const auto out = section(visit.tr("Papers and photographs"), body);
  return cards.empty() ? el("div", {{"class", "screen-only"}}, out) : out;  // on paper nothing can be added
}

}  // namespace nc::web
