// Inside the room: the pages of long work, and how other pages order it.
#pragma once

#include "face/web/site_pages.h"
#include "face/web/works/works.h"

namespace nc::web {

// A request that outlives its answer, for the thread that does the work: with what its person might when he ordered it.
class LastingVisit {
 public:
  explicit LastingVisit(const Visit& visit)
      : request_(visit.request), visit_(visit.site, request_, visit.site.words(visit.ui.lang()), visit.session, visit.who) {}
  LastingVisit(const LastingVisit&) = delete;
  [[nodiscard]] const Visit& visit() const { return visit_; }

 private:
  const net::Request request_;
  Visit visit_;
};

// Orders it for the visitor and goes to its page; `form` is the one that asked for it.
[[nodiscard]] net::Response order_work(const Visit& visit, WorkOrder order, const net::Fields& form);
// A form of one button that orders work at `action`; with what order_work asks of a form.
[[nodiscard]] Html work_button(const Visit& visit, std::string_view label, const Url& action, net::Fields hidden);

// The checks and the backup that an administrator may order.
[[nodiscard]] Html care_buttons(const Visit& visit);

}  // namespace nc::web
