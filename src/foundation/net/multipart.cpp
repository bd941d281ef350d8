#include "foundation/net/multipart.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace nc::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::unexpected<Error> malformed() {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The form with files arrived damaged")).then(NC_MSG("Load the page again and repeat")));
}

// Browsers write a quote and line ends in names as %22, %0D and %0A; others put a backslash before a quote.
std::string plain_name(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i);
    if (rest.starts_with("%22")) out += '"';
    else if (rest.starts_with("%0D") || rest.starts_with("%0A")) out += ' ';
    else {
      const bool escaped = rest.size() > 1 && rest[0] == '\\' && (rest[1] == '"' || rest[1] == '\\');
      out += escaped ? rest[1] : rest[0];
      i += escaped ? 1 : 0;
      continue;
    }
    i += 2;
  }
  return out;
}

// The value of `parameter` in a header line "form-data; name="a"; filename="b"". Nothing when it is absent.
std::optional<std::string> parameter_of(std::string_view line, std::string_view parameter) {
  auto at = line.find(';');
  while (at != std::string_view::npos) {
    line.remove_prefix(at + 1);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = trim(line.substr(0, equals));
    line = line.substr(equals + 1);
    std::string_view value;
    if (line.starts_with('"')) {
      std::size_t end = 1;
      while (end < line.size() && line[end] != '"') end += line[end] == '\\' && end + 1 < line.size() ? 2 : 1;
      if (end >= line.size()) return std::nullopt;
      value = line.substr(1, end - 1);
      line.remove_prefix(end + 1);
    } else {
      value = trim(line.substr(0, line.find(';')));
    }
    if (same_word(name, parameter)) return plain_name(value);
    at = line.find(';');
  }
  return std::nullopt;
}

constexpr std::string_view kLineEnd = "\r\n", kHeadEnd = "\r\n\r\n";

}  // namespace

std::string multipart_boundary(std::string_view content_type) {
  constexpr std::size_t kBoundaryBytesMax = 70;  // RFC 2046, 5.1.1
  constexpr std::string_view kMarks = "'()+_,-./:=? ";
  if (!same_word(trim(content_type.substr(0, content_type.find(';'))), "multipart/form-data")) return {};
  const auto boundary = parameter_of(content_type, "boundary").value_or("");
  const bool good =
      !boundary.empty() && boundary.size() <= kBoundaryBytesMax && boundary.back() != ' ' && std::ranges::all_of(boundary, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
      });
  return good ? boundary : std::string();
}

MultipartReader::MultipartReader(std::string_view boundary, Files* files) : delimiter_("\r\n--" + std::string(boundary)), files_(files) {}

Status MultipartReader::feed(std::string_view bytes) {
  if (state_ == State::kDone || state_ == State::kFailed) return {};  // an epilogue is passed over
  held_ += bytes;
  bool more = true;
  while (more) {
    if (auto status = step(more); !status) {
      if (state_ == State::kFile) end_part();
      state_ = State::kFailed;
      held_.clear();
      return status;
    }
  }
  return {};
}

Status MultipartReader::finish() {
  if (state_ == State::kDone) return {};
  if (state_ == State::kFile) end_part();
  state_ = State::kFailed;
  return malformed();
}

Status MultipartReader::step(bool& more) {
  switch (state_) {
    case State::kPreamble:
    case State::kField:
    case State::kFile: return content(more);
    case State::kAfterBoundary: return after_boundary(more);
    case State::kHeader: return header(more);
    case State::kDone:
    case State::kFailed: held_.clear(); more = false;
  }
  return {};
}

Status MultipartReader::after_boundary(bool& more) {
  const auto blanks = std::min(held_.find_first_not_of(" \t"), held_.size());
  if (blanks > kPartHeaderBytesMax) return malformed();
  if (held_.size() < blanks + 2) {
    more = false;
    return {};
  }
  if (blanks == 0 && held_.starts_with("--")) {
    state_ = State::kDone;
    return {};
  }
  if (held_.compare(blanks, 2, kLineEnd) != 0) return malformed();
  held_.erase(0, blanks);  // the line end stays: a header may be empty
  state_ = State::kHeader;
  return {};
}

Status MultipartReader::header(bool& more) {
  const auto end = held_.find(kHeadEnd);
  if (std::min(end, held_.size()) > kPartHeaderBytesMax) return malformed();
  if (end == std::string::npos) {
    more = false;
    return {};
  }
  const auto head = held_.substr(0, end);
  held_.erase(0, end + kHeadEnd.size());
  return begin_part(head);
}

Status MultipartReader::begin_part(std::string_view head) {
  constexpr std::string_view kDisposition = "content-disposition:";
  std::optional<std::string> name, file_name;
  while (!head.empty()) {
    const auto end = head.find(kLineEnd);
    const auto line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
    if (!same_word(line.substr(0, kDisposition.size()), kDisposition)) continue;
    name = parameter_of(line, "name");
    file_name = parameter_of(line, "filename");
  }
  if (!name) return malformed();
  name_ = field_text(std::move(*name));
  value_.clear();
  if (!file_name) {
    if (fields_.size() >= kFormFieldsMax)
      return fail(Error(ErrorCode::kLimit, NC_MSG("The form has more than {1} fields"), {std::to_string(kFormFieldsMax)})
                      .then(NC_MSG("Send it in smaller parts")));
    state_ = State::kField;
    return take({});
  }
  state_ = State::kFile;
  chosen_ = files_ != nullptr && !file_name->empty();  // an input without a file sends an empty one
  if (!chosen_) return {};
  if (++files_seen_ > kFormFilesMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("The form has more than {1} files"), {std::to_string(kFormFilesMax)})
                    .then(NC_MSG("Send it in smaller parts")));
  files_->begin(name_, *file_name);
  return {};
}

Status MultipartReader::content(bool& more) {
  const auto at = held_.find(delimiter_);
  if (at == std::string::npos) {
    // What may be the beginning of a boundary waits.
    const auto sure = held_.size() - std::min(held_.size(), delimiter_.size() - 1);
    const auto status = take(std::string_view(held_).substr(0, sure));
    held_.erase(0, sure);
    more = false;
    return status;
  }
  NC_TRY(take(std::string_view(held_).substr(0, at)));
  end_part();
  held_.erase(0, at + delimiter_.size());
  state_ = State::kAfterBoundary;
  return {};
}

Status MultipartReader::take(std::string_view piece) {
  if (state_ == State::kFile && chosen_ && !piece.empty()) files_->bytes(piece);
  if (state_ != State::kField) return {};
  text_bytes_ += piece.size() + (value_.empty() ? name_.size() : 0);
  if (text_bytes_ > limits::kFormBodyBytesMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("The form is larger than {1} bytes"), {std::to_string(limits::kFormBodyBytesMax)})
                    .then(NC_MSG("Shorten the long texts")));
  value_ += piece;
  return {};
}

void MultipartReader::end_part() {
  if (state_ == State::kFile && chosen_) files_->end();
  if (state_ == State::kField) fields_.add(name_, field_text(std::move(value_)));
  chosen_ = false;
  value_.clear();
}

}  // namespace nc::net
