// /c/CODE: from a code on paper back to the figure; /c: where it is typed.
#include "face/web/figures/code_page.h"

#include "face/web/figures/codes.h"
#include "face/web/form.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/c";

bool counts_anything(const Visit& visit) {
  return !access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog).nothing();
}

net::Response ask_page(const Visit& visit, const std::string& typed, const std::string& error, int status) {
  auto page = visit.frame(visit.tr("Code of a figure"), Place::kFigures);
  page.crumbs = {{visit.tr("Figures"), Url::to("/figures")}, {page.title, {}}};
  Field code;
  code.name = "code";
  code.label = visit.tr("The code on the paper");
  code.help = visit.tr("Ten letters and digits; capital or small, with or without the hyphen.");
  code.value = typed;
  code.error = error;
  code.required = true;
  code.autofocus = true;
  page.main =
      el("form", {{"class", "question"}, {"method", "get"}, {"action", Url::to(kPath)}},
         el("div", {{"class", "fields"}}, render_field(code, visit.ui)),
         el("div", {{"class", "submit"}}, el("button", {{"class", "button primary"}, {"type", "submit"}}, visit.tr("Show the figure"))));
  return visit.show(page, status);
}

net::Response open_code(const Visit& visit, const std::string& typed) {
  const auto symbols = read_code(typed);
  if (!symbols)
    return ask_page(visit, typed,
                    visit.tr("This is not a code: a letter or digit is wrong, missing or exchanged. Compare it with the paper."), 422);
  const auto question = visit.site.figure_codes().question_of(*symbols);
  if (!question) return visit.refuse(question.error());
  if (!*question)
    return ask_page(visit, typed, visit.tr("No figure was shown under this code at this node. Use the address that stands beside it."),
                    404);
  return visit.go(**question);
}

}  // namespace

std::optional<std::string> code_of(const Visit& visit, const Asked& asked) {
  if (!asked.right()) return std::nullopt;
  auto code = visit.site.figure_codes().code_of(asked.at("/figures").text());
  return code ? std::optional(std::move(*code)) : std::nullopt;
}

void add_code_pages(net::Router& router, Site& site) {
  site.add_page(router, kPath, [](Visit& visit, const net::Params&) {
    if (!counts_anything(visit)) return visit.not_found();
    const std::string typed(visit.request.query.get("code"));
    return typed.empty() ? ask_page(visit, typed, {}, 200) : open_code(visit, typed);
  });
  site.add_page(router, "/c/{code}", [](Visit& visit, const net::Params& params) {
    return counts_anything(visit) ? open_code(visit, std::string(params.get("code"))) : visit.not_found();
  });
}

}  // namespace nc::web
