// FormUpload: a form with files on its way in. Files go to the person's uploads as they arrive; of each that is good the
// fields get "<input>.upload" with its id, so that a form that comes back still has it.
#pragma once

#include <string>
#include <vector>

#include "face/web/visit.h"
#include "foundation/net/multipart.h"

namespace nc::web {

struct RefusedFile {
  std::string input, name;
  Error error;
};

class FormUpload final : public net::BodySink, private net::MultipartReader::Files {
 public:
  FormUpload(records::Ledger& ledger, access::Subject who, std::string_view boundary)
      : ledger_(ledger), who_(std::move(who)), reader_(boundary, this) {}
  ~FormUpload() override;
  void write(std::string_view piece) override;
  [[nodiscard]] Result<net::Fields> form() override;
  [[nodiscard]] const std::vector<RefusedFile>& refused() const { return refused_; }
  // Of the request; nothing when it brought no files.
  static const std::vector<RefusedFile>& refused_in(const net::Request& request);

 private:
  void begin(const std::string& name, const std::string& file_name) override;
  void bytes(std::string_view piece) override;
  void end() override;
  void send_on();
  void refuse(Error error);

  records::Ledger& ledger_;
  access::Subject who_;
  net::MultipartReader reader_;
  std::optional<Error> broken_;
  std::optional<blobs::Upload> open_;  // none while what comes is passed over
  std::string input_, name_, held_;
  std::vector<std::pair<std::string, blobs::UploadId>> done_;
  std::vector<RefusedFile> refused_;
  bool finished_ = false;
};

// The name of the field that carries the ids of an input's uploads, and of what is to be left out again.
[[nodiscard]] inline std::string upload_field(const std::string& input) { return input + ".upload"; }
[[nodiscard]] inline std::string drop_field(const std::string& input) { return input + ".drop"; }

}  // namespace nc::web
