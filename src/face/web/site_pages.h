// Inside the room: every group of pages adds itself to the site's router.
#pragma once

#include "face/web/site.h"

namespace nc::web {

void add_overview_page(net::Router& router, Site& site);
[[nodiscard]] net::Response overview_page(Visit& visit);  // for add_task_pages: the first page of whoever has no tasks
void add_task_pages(net::Router& router, Site& site);     // pages/tasks.cpp: what is to be done, the first page
[[nodiscard]] Html greeting(const Visit& visit);          // pages/overview.cpp
[[nodiscard]] Html month_section(const Visit& visit);     // pages/month.cpp: this month's activities, day by day
// Of the units below, or of one's own where there are none: who has not said anything of the last whole month.
// `brief`: nothing when all have.
[[nodiscard]] Html reports_section(const Visit& visit, bool brief);  // figures/reports.cpp
// What one's own unit owes for that month and has not said, with the buttons to say it; empty for whoever may not.
[[nodiscard]] Html own_report_section(const Visit& visit);  // figures/reports.cpp
void add_activity_pages(net::Router& router, Site& site);
void add_calendar_page(net::Router& router, Site& site);    // calendar/
void add_instrument_page(net::Router& router, Site& site);  // units/: what is in force with whom
void add_source_pages(net::Router& router, Site& site);
void add_search_page(net::Router& router, Site& site);
void add_record_pages(net::Router& router, Site& site);
void add_record_step_page(net::Router& router, Site& site);  // by add_record_pages
void add_record_sign_page(net::Router& router, Site& site);  // by add_record_step_page
void add_personal_pages(net::Router& router, Site& site);    // by add_record_pages
void add_record_file_pages(net::Router& router, Site& site);
void add_record_form_pages(net::Router& router, Site& site);
void add_record_amend_pages(net::Router& router, Site& site);    // by add_record_form_pages
void add_record_conflict_page(net::Router& router, Site& site);  // by add_record_pages
// pages/record_form.cpp: whether the visitor may begin a record of the type at his own unit, or of any type.
[[nodiscard]] bool may_create(const Visit& visit, const catalog::Type& type);
[[nodiscard]] bool may_create_any(const Visit& visit);
// The way to a new record; nothing for whoever may create none.
[[nodiscard]] Html new_record_button(const Visit& visit);
void add_keys_page(net::Router& router, Site& site);          // pages/keys.cpp: which keys there are
[[nodiscard]] bool single_keys(const net::Request& request);  // whether they do anything in this browser
void add_audit_page(net::Router& router, Site& site);
void add_account_pages(net::Router& router, Site& site);        // one's own
void add_standing_in_pages(net::Router& router, Site& site);    // by add_account_pages
void add_second_factor_pages(net::Router& router, Site& site);  // by add_account_pages
void add_admin_account_page(net::Router& router, Site& site);   // by add_admin_pages
void add_admin_health_page(net::Router& router, Site& site);    // by add_admin_pages
void add_admin_type_pages(net::Router& router, Site& site);     // by add_admin_pages: record types as forms, to read
void add_token_pages(net::Router& router, Site& site);          // by add_account_pages: tokens of one's programs
void add_feed_pages(net::Router& router, Site& site);           // by add_account_pages: calendar feeds and their addresses
void add_api_page(net::Router& router, Site& site);             // api/: the interface for programs, to read and try
void add_care_routes(net::Router& router, Site& site);          // api/: /health, /ready, /metrics
void add_admin_pages(net::Router& router, Site& site);
void add_sync_pages(net::Router& router, Site& site);  // sync/: the other own nodes, sticks, letting a node in
// "Complete to ... for 11 of 12 nodes below": under figures and the overview; nothing where there is no node below.
[[nodiscard]] Html completeness_line(const Visit& visit);           // sync/
[[nodiscard]] std::string nodes_complete_text(const Visit& visit);  // the same for paper
void add_figure_pages(net::Router& router, Site& site);             // figures/
// For the overview: this year's counts by kind beside last year's, and the summary without its tables.
// Empty when there is nothing to count.
[[nodiscard]] Html figure_summary(const Visit& visit);   // figures/
void add_unit_pages(net::Router& router, Site& site);    // units/: own units and counterparts
void add_work_pages(net::Router& router, Site& site);    // works/: what takes longer than a request
void add_bulk_pages(net::Router& router, Site& site);    // by add_activity_pages: one act on many records
void add_view_pages(net::Router& router, Site& site);    // views/: filters that people have named
void add_care_works(net::Router& router, Site& site);    // by add_work_pages
void add_import_pages(net::Router& router, Site& site);  // by add_work_pages: files of rows that become records
[[nodiscard]] Html import_button(const Visit& visit);    // works/: the way there; nothing for whoever may create no record

// On the page of a record with personal data: reading them for a purpose, erasing them, who read them.
[[nodiscard]] Html personal_section(const Visit& visit, const records::RecordView& record);  // people/

// Who stands in for the visitor, and for whom he does; while it lasts.
[[nodiscard]] Html standing_in_notices(const Visit& visit);  // people/

// The authenticator on the page of one's own account; that another took it away, for thirty days.
[[nodiscard]] Html second_factor_section(const Visit& visit);  // people/
[[nodiscard]] Html second_factor_notice(const Visit& visit);   // people/

// What administrators must know: that one was made on the machine itself (`account recover`); for 90 days.
[[nodiscard]] Html recovery_notices(const Visit& visit);  // pages/admin.cpp

// The questions of share/demo/summary.json with their answers, each with a link to /figures; empty when
// there is no such file or the visitor counts nothing.
[[nodiscard]] Html summary_section(const Visit& visit, bool tables = true);  // figures/

}  // namespace nc::web
