#include "face/web/uploads.h"

namespace nc::web {
namespace {

constexpr std::size_t kPieceBytes = 512 * 1024;  // what is handed on at once

}  // namespace

FormUpload::~FormUpload() {
  if (open_) ledger_.files().drop(who_.person, open_->id);  // the connection ended within a file
}

void FormUpload::write(std::string_view piece) {
  if (broken_) return;
  if (auto read = reader_.feed(piece); !read) broken_ = std::move(read).error();
}

Result<net::Fields> FormUpload::form() {
  if (!finished_) {
    finished_ = true;
    if (auto end = broken_ ? Status{} : reader_.finish(); !end) broken_ = std::move(end).error();
  }
  if (broken_) return fail(*broken_);
  auto fields = reader_.fields();
  for (const auto& [input, id] : done_) fields.add(upload_field(input), id.hex());
  return fields;
}

const std::vector<RefusedFile>& FormUpload::refused_in(const net::Request& request) {
  static const std::vector<RefusedFile> kNone;
  const auto* upload = dynamic_cast<const FormUpload*>(request.sink.get());
  return upload ? upload->refused() : kNone;
}

void FormUpload::begin(const std::string& name, const std::string& file_name) {
  input_ = name;
  name_ = file_name;
  held_.clear();
  auto started = ledger_.files().start(who_.person, file_name);
  if (!started) return refuse(std::move(started).error());
  name_ = started->name;
  open_ = std::move(*started);
}

void FormUpload::bytes(std::string_view piece) {
  if (!open_) return;
  held_ += piece;
  if (held_.size() >= kPieceBytes) send_on();
}

void FormUpload::send_on() {
  auto taken = ledger_.files().append(who_.person, open_->id, open_->bytes, held_);
  if (!taken) return refuse(std::move(taken).error());
  open_->bytes += static_cast<std::int64_t>(held_.size());
  held_.clear();
}

void FormUpload::end() {
  if (open_ && !held_.empty()) send_on();
  if (!open_) return;
  const auto id = open_->id;
  open_.reset();
  if (auto done = ledger_.finish_upload(who_, id); done) done_.emplace_back(input_, id);
  else refuse(std::move(done).error());
}

void FormUpload::refuse(Error error) {
  if (open_) ledger_.files().drop(who_.person, open_->id);
  open_.reset();
  held_.clear();
  refused_.push_back({input_, name_, std::move(error)});
}

}  // namespace nc::web
