// ReceivedFile: the one file of a form (a bundle, the request of a new node) on its way in, kept beside long work until it was taken.
#pragma once

#include <filesystem>
#include <optional>

#include "base/file_stream.h"
#include "foundation/net/message.h"
#include "foundation/net/multipart.h"

namespace nc::web {

class ReceivedFile final : public net::BodySink, private net::MultipartReader::Files {
 public:
  // `path`: a new file.
  ReceivedFile(std::filesystem::path path, std::string_view boundary) : path_(std::move(path)), reader_(boundary, this) {}
  ~ReceivedFile() override;  // destroys the file, unless it was kept
  void write(std::string_view piece) override;
  [[nodiscard]] Result<net::Fields> form() override;

  // Whether anything came; its path, which is the caller's from then on.
  [[nodiscard]] bool came() const { return came_; }
  [[nodiscard]] std::filesystem::path keep();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Of the request; null when it brought no form with a file.
  static ReceivedFile* in(const net::Request& request);

 private:
  void begin(const std::string& name, const std::string& file_name) override;
  void bytes(std::string_view piece) override;
  void end() override {}

  std::filesystem::path path_;
  net::MultipartReader reader_;
  std::optional<OutputFile> file_;
  std::optional<Error> broken_;
  bool came_ = false, kept_ = false, finished_ = false;
};

}  // namespace nc::web
