// Html: the typed writer of pages.
//
// A fragment is well-formed by construction: text is escaped because it is text, attributes
// because they are attributes; element and attribute names are checked by the compiler (no
// script, no style, no on... handler, no address in a plain attribute), and an address can only
// come from a Url. Raw bytes come from literals of the source only. Values; no locking.
//
//   el("p", {{"class", "note"}}, "5 < 7 ", el("a", {{"href", Url::to("/records")}}, name))
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/net/fields.h"

namespace nc::web {

// An address that may stand in a page: a path of our own, or http(s) elsewhere (printed sources).
class Url {
 public:
  // "/records/ab12" and a query; both are encoded. Several leading slashes become one, so that no
  // data can turn a path into another host.
  static Url to(std::string_view path, const net::Fields& query = {});
  // Only the fragment of the page itself: "#f-name".
  static Url fragment(std::string_view id);
  // "https://..." or "http://..." without credentials, spaces or control characters; else nothing.
  static std::optional<Url> web(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  bool operator==(const Url&) const = default;

 private:
  explicit Url(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

namespace detail {

consteval bool is_name(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  return true;
}

consteval bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (const auto other : names)
    if (name == other) return true;
  return false;
}

void name_is_not_allowed();  // not constexpr: reaching it fails the compilation

}  // namespace detail

// A tag name that is allowed here.
struct Tag {
  std::string_view name;
  bool is_void;
  consteval Tag(const char* text)
      : name(text), is_void(detail::is_one_of(text, {"br", "hr", "img", "input", "link", "meta", "wbr", "col"})) {
    if (!detail::is_name(name) || detail::is_one_of(name, {"script", "style", "iframe", "object", "embed", "base", "template"}))
      detail::name_is_not_allowed();
  }
};

// The name of an attribute whose value is text.
struct TextName {
  std::string_view name;
  consteval TextName(const char* text) : name(text) {
    if (!detail::is_name(name) || name.starts_with("on") || name.starts_with("hx-on") || name == "hx-vars" ||
        detail::is_one_of(name, {"style", "href", "src", "srcset", "action", "formaction", "poster", "data", "srcdoc", "ping", "background",
                                 "hx-get", "hx-post"}))
      detail::name_is_not_allowed();
  }
};

// The name of an attribute whose value is an address.
struct UrlName {
  std::string_view name;
  consteval UrlName(const char* text) : name(text) {
    if (!detail::is_one_of(name, {"href", "src", "action", "formaction", "hx-get", "hx-post"})) detail::name_is_not_allowed();
  }
};

class Attr {
 public:
  Attr(TextName name, std::string_view value) : name_(name.name), value_(value) {}
  Attr(UrlName name, const Url& value) : name_(name.name), value_(value.text()) {}
  // Present or absent, without a value: {"checked", is_on}.
  Attr(TextName name, bool present) : name_(present ? name.name : std::string_view()), bare_(true) {}
  Attr(TextName name, const char* value) : Attr(name, std::string_view(value)) {}
  // Absent when there is no value.
  template <typename T>
  Attr(TextName name, const std::optional<T>& value) : name_(value ? name.name : std::string_view()) {
    if (value) value_ = *value;
  }

  void write(std::string& out) const;

 private:
  std::string_view name_;  // of a literal
  std::string value_;
  bool bare_ = false;
};

using Attrs = std::initializer_list<Attr>;

class Html {
 public:
  Html() = default;
  // Text; escaped.
  Html(std::string_view text) { add(text); }
  Html(const std::string& text) { add(text); }
  Html(const char* text) { add(std::string_view(text)); }

  // Bytes as they are, from the source code only.
  struct Literal {
    std::string_view text;
    consteval explicit Literal(const char* bytes) : text(bytes) {}
  };
  static Html raw(Literal literal);

  Html& add(std::string_view text);
  Html& add(const char* text) { return add(std::string_view(text)); }
  Html& add(const std::string& text) { return add(std::string_view(text)); }
  Html& add(const Html& fragment) {
    bytes_ += fragment.bytes_;
    return *this;
  }

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

  void open(Tag tag, Attrs attrs);
  void close(Tag tag);

 private:
  friend Html script_from(const Url& asset);
  std::string bytes_;
};

// An element with its attributes and children (text or fragments). A void element has none.
template <typename... Children>
[[nodiscard]] Html el(Tag tag, Attrs attrs, const Children&... children) {
  Html out;
  out.open(tag, attrs);
  (out.add(children), ...);
  out.close(tag);
  return out;
}

// The one way to a script: a file of our own, run after the page is there.
[[nodiscard]] Html script_from(const Url& asset);

// Fragments after one another, without an element around them.
template <typename... Children>
[[nodiscard]] Html join(const Children&... children) {
  Html out;
  (out.add(children), ...);
  return out;
}

}  // namespace nc::web
