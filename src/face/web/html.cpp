#include "face/web/html.h"

#include "base/text.h"
#include "base/url_text.h"

namespace nc::web {
namespace {

void escape(std::string_view text, std::string& out) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view entity;
    switch (text[i]) {
      case '&': entity = "&amp;"; break;
      case '<': entity = "&lt;"; break;
      case '>': entity = "&gt;"; break;
      case '"': entity = "&quot;"; break;
      case '\'': entity = "&#39;"; break;
      default: continue;
    }
    out.append(text.substr(start, i - start)).append(entity);
    start = i + 1;
  }
  out.append(text.substr(start));
}

std::string encoded_path(std::string_view path) {
  std::string out = "/";
  const auto first = path.find_first_not_of('/');
  if (first == std::string_view::npos) return out;
  for (const char& c : path.substr(first)) out += c == '/' ? std::string(1, c) : url_encode({&c, 1});
  return out;
}

}  // namespace

Url Url::to(std::string_view path, const net::Fields& query) { return Url(net::with_query(encoded_path(path), query)); }
Url Url::fragment(std::string_view id) { return Url('#' + url_encode(id)); }

std::optional<Url> Url::web(std::string_view text) {
  text = trim(text);
  const auto rest = text.starts_with("https://") ? text.substr(8) : text.starts_with("http://") ? text.substr(7) : std::string_view();
  const auto host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.empty() || host.find('@') != std::string_view::npos || !is_utf8(text)) return std::nullopt;
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\') return std::nullopt;
  return Url(std::string(text));
}

void Attr::write(std::string& out) const {
  if (name_.empty()) return;
  out.append(" ").append(name_);
  if (bare_) return;
  out += "=\"";
  escape(value_, out);
  out += '"';
}

Html Html::raw(Literal literal) {
  Html out;
  out.bytes_ = literal.text;
  return out;
}

Html& Html::add(std::string_view text) {
  escape(text, bytes_);
  return *this;
}

void Html::open(Tag tag, Attrs attrs) {
  bytes_.append("<").append(tag.name);
  for (const auto& attr : attrs) attr.write(bytes_);
  bytes_ += '>';
}

Html script_from(const Url& asset) {
  Html out = Html::raw(Html::Literal("<script defer"));
  Attr("src", asset).write(out.bytes_);
  return out.add(Html::raw(Html::Literal("></script>")));
}

void Html::close(Tag tag) {
  if (!tag.is_void) bytes_.append("</").append(tag.name).append(">");
}

}  // namespace nc::web
