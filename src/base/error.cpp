#include "base/error.h"

#include "base/term.h"

namespace nc {
namespace {

// Control characters that no text of people has.
constexpr char kTermMark = '\x1e', kTermSeparator = '\x1f';

}  // namespace

std::string term(std::string_view en, std::string_view vi) {
  return kTermMark + std::string(en) + (vi.empty() ? "" : kTermSeparator + std::string(vi));
}

std::optional<Term> term_of(std::string_view arg) {
  if (!arg.starts_with(kTermMark)) return std::nullopt;
  arg.remove_prefix(1);
  const auto at = arg.find(kTermSeparator);
  return Term{arg.substr(0, at), at == std::string_view::npos ? std::string_view() : arg.substr(at + 1)};
}

std::string fill_in(const std::string& text, const std::vector<std::string>& args) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool slot = text[i] == '{' && i + 2 < text.size() && text[i + 1] >= '1' && text[i + 1] <= '9' && text[i + 2] == '}';
    if (!slot) {
      out += text[i];
      continue;
    }
    const auto index = static_cast<std::size_t>(text[i + 1] - '1');
    if (index < args.size()) {
      const auto word = term_of(args[index]);
      out += word ? word->en : std::string_view(args[index]);
    }
    i += 2;
  }
  return out;
}

std::string Error::english() const {
  std::string out;
  if (!where.empty()) out += where + ": ";
  out += fill_in(message, args);
  if (!next.empty()) out += ". " + fill_in(next, args);
  return out;
}

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kNotFound: return "not-found";
    case ErrorCode::kDenied: return "denied";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kLimit: return "limit";
    case ErrorCode::kCorrupt: return "corrupt";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kFull: return "disk-full";
    case ErrorCode::kBusy: return "busy";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kUsage: return "usage";
  }
  return "unknown";
}

}  // namespace nc
