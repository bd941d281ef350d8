// Previews: a small JPEG of a picture, or of a PDF's first page, made once by another, limited process.
//
// Owns one thread, which starts with the first wish and makes one preview at a time; a cache folder that
// may be deleted at will. Threads: any. Who may see a preview is the caller's to decide, as for the file itself.
#pragma once

#include <condition_variable>
#include <deque>
#include <set>
#include <thread>

#include "ledger/blobs/store.h"

namespace nc::blobs {

class Previews {
 public:
  struct Programs {
    std::filesystem::path pictures;                   // nhipcau-preview
    std::filesystem::path pdf = "/usr/bin/pdftoppm";  // of poppler-utils
  };
  // The program for pictures lies beside this one, or where the package puts it: ../libexec/nhipcau.
  static Programs beside(const std::filesystem::path& own_program);

  Previews(Store& store, Programs programs) : store_(store), programs_(std::move(programs)) {}
  ~Previews();
  Previews(const Previews&) = delete;
  Previews& operator=(const Previews&) = delete;

  // Whether a file of this media type has one.
  [[nodiscard]] static bool is_for(std::string_view media);
  // The preview, when there is one; else it is made soon, and `wait_ms` are waited for it. Errors: kNotFound (none yet,
  // or never: the file cannot be drawn).
  Result<InputFile> find(const std::string& part, const FileRef& file, std::int64_t wait_ms);

 private:
  struct Wish {
    std::string part;
    FileRef file;
    auto key() const { return std::pair(part, file.sha256); }
  };
  void work();
  Status make(const Wish& wish);

  Store& store_;
  Programs programs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Wish> wishes_;
  std::set<std::pair<std::string, Digest>> waiting_, failed_;
  std::thread thread_;
  bool stopping_ = false;
};

}  // namespace nc::blobs
