#include "face/web/sync/received_file.h"

#include "base/destroy.h"

namespace nc::web {

ReceivedFile::~ReceivedFile() {
  file_.reset();
  if (!kept_) static_cast<void>(destroy_file(path_));
}

void ReceivedFile::write(std::string_view piece) {
  if (broken_) return;
  if (auto read = reader_.feed(piece); !read && !broken_) broken_ = std::move(read).error();
}

Result<net::Fields> ReceivedFile::form() {
  if (!finished_) {
    finished_ = true;
    if (auto end = broken_ ? Status{} : reader_.finish(); !end) broken_ = std::move(end).error();
    file_.reset();
  }
  if (broken_) return fail(*broken_);
  return reader_.fields();
}

std::filesystem::path ReceivedFile::keep() {
  kept_ = true;
  return path_;
}

ReceivedFile* ReceivedFile::in(const net::Request& request) { return dynamic_cast<ReceivedFile*>(request.sink.get()); }

// One file; what else is sent is passed over.
void ReceivedFile::begin(const std::string&, const std::string&) {
  if (file_ || came_ || broken_) return;
  auto made = OutputFile::create(path_);
  if (made) file_.emplace(std::move(*made));
  else broken_ = std::move(made).error();
}

void ReceivedFile::bytes(std::string_view piece) {
  if (!file_ || broken_ || piece.empty()) return;
  came_ = true;
  if (auto written = file_->write(piece); !written) broken_ = std::move(written).error();
}

}  // namespace nc::web
