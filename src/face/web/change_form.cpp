#include "face/web/change_form.h"

#include "face/web/site.h"

namespace nc::web {

Form change_form(const Visit& visit, Url action) {
  Form form{std::move(action)};
  form.csrf_token = visit.session.csrf;
  form.once_token = visit.site.rng().make<RecordId>().hex();
  return form;
}

Form file_form(const Visit& visit, FileForm wanted) {
  auto form = change_form(visit, std::move(wanted.action));
  Field file;
  file.name = std::move(wanted.name);
  file.label = std::move(wanted.label);
  file.help = std::move(wanted.help);
  file.input = Input::kFiles;
  file.required = true;
  file.width = Width::kFull;
  file.multiple = wanted.several;
  file.accept = std::move(wanted.endings);
  file.error = std::move(wanted.error);
  form.fieldsets = {{std::move(wanted.legend), std::move(wanted.explanation), {std::move(file)}}};
  form.submits = {{std::move(wanted.button), "", ""}};
  return form;
}

}  // namespace nc::web
