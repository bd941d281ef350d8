// The list of activities on paper and in a file: exactly the rows that its address shows, of those that may be taken out.
// A few are given at once; many are long work (works/), whose file its person finds there.
#include "face/web/pages/take_out_list.h"

#include <algorithm>
#include <map>

#include "face/web/activity_rows.h"
#include "face/web/sheet_file.h"
#include "face/web/taking_out.h"
#include "face/web/works/work_pages.h"

namespace nc::web {
namespace {

constexpr std::size_t kPrintedMax = 500;
constexpr std::int64_t kAtOnceMax = 2'000;
constexpr std::size_t kSourcesNamedMax = 20;

// What a file says of itself besides its rows.
struct Gathered {
  catalog::Handling handling = catalog::Handling::kOpen;
  std::int64_t left_out = 0;                 // that he reads and may not take out
  std::map<RecordId, std::int64_t> sources;  // how many rows name each
};

std::vector<RecordId> sources_of(const records::RecordView& record) {
  std::vector<RecordId> out;
  const auto& value = record.slot("source");
  if (const auto id = value.is_string() ? RecordId::from_hex(value.as_string()) : std::nullopt) out.push_back(*id);
  if (value.is_array())
    for (const auto& element : value.as_array())
      if (const auto id = RecordId::from_hex(element.text("ref"))) out.push_back(*id);
  return out;
}

// Every row of the list from its beginning that may be taken out; ends when `take` says false.
Result<Gathered> gather(const ActivityQuery& asked, const std::function<Result<bool>(const records::RecordView&)>& take) {
  Gathered out;
  auto query = asked.list;
  query.cursor.clear();
  query.limit = 500;
  query.looked_at_max = 0;
  query.count_max = 0;
  while (true) {
    NC_ASSIGN(const auto page, asked.visit.ledger().list(asked.visit.who, query));
    for (const auto& record : page.items) {
      if (!may_take_out(asked.visit, record)) {
        ++out.left_out;
        continue;
      }
      out.handling = std::max(out.handling, highest_handling(record));
      for (const auto& source : sources_of(record)) ++out.sources[source];
      NC_ASSIGN(const bool more, take(record));
      if (!more) return out;
    }
    if (page.next_cursor.empty()) return out;
    query.cursor = page.next_cursor;
  }
}

std::string filters_in_words(const ActivityQuery& asked) {
  std::string out;
  for (const auto& chip : asked.chips) out += (out.empty() ? "" : " · ") + chip.label;
  return out.empty() ? asked.visit.tr("none: all that you may see") : out;
}

std::string sources_in_words(const Visit& visit, const std::map<RecordId, std::int64_t>& sources) {
  std::vector<std::string> names;
  for (const auto& [id, rows] : sources) {
    if (names.size() == kSourcesNamedMax) break;
    names.push_back(visit.tr("{1} ({2} rows)", visit.name(id), rows));
  }
  std::ranges::sort(names);
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : "; ") + name;
  const auto more = static_cast<std::int64_t>(sources.size() - names.size());
  return more == 0 ? out : out + "; " + visit.tr("and {1} more", more);
}

// In a spreadsheet the first day stands in a column of its own, before the words of the date: words do not sort, days do.
RecordColumns columns_of_file(const ActivityQuery& asked, SheetKind kind) {
  if (kind != SheetKind::kXlsx) return asked.columns;
  RecordColumns out;
  for (const auto& column : asked.columns) {
    out.push_back(column);
    if (!column.dated) continue;
    out.back().cell = [cell = column.cell](const records::RecordView& record) { return documents::text_cell(cell(record).text); };
    out.insert(out.end() - 1, first_day_column(asked.visit));
  }
  return out;
}

documents::Sheet sheet_of(const ActivityQuery& asked, const RecordColumns& columns, const Gathered& gathered, std::int64_t rows) {
  const auto& visit = asked.visit;
  auto sheet = sheet_head(visit, heading_of(asked), gathered.handling);
  const bool oldest = asked.list.sort == records::ListQuery::Sort::kOldest;
  sheet.head.push_back({visit.tr("Filters"), filters_in_words(asked)});
  sheet.head.push_back({visit.tr("Order"), oldest ? visit.tr("the oldest first") : visit.tr("the newest first")});
  sheet.head.push_back(
      {visit.tr("Rule of counting"),
       visit.tr("One row is one record as it stood when the file was made. What is void is not in it; what is only announced "
                "is.")});
  sheet.head.push_back({visit.tr("Rows"), visit.ui.number(rows)});
  if (!gathered.sources.empty()) sheet.head.push_back({visit.tr("Sources"), sources_in_words(visit, gathered.sources)});
  // He reads these rows: their number tells him nothing new.
  if (gathered.left_out > 0)
    sheet.head.push_back(
        {visit.tr("Not in this file"), visit.ui.trn("{1} record that you may read, but not take out",
                                                    "{1} records that you may read, but not take out", gathered.left_out)});
  if (visit.who.strength == access::Strength::kPin && visit.who.clearance == access::Handling::kRestricted)
    sheet.head.push_back({visit.tr("Not in this file"), visit.tr("what is restricted: the screen was unlocked by PIN")});
  for (const auto& column : columns) sheet.columns.push_back({column.head.label, column.width});
  return sheet;
}

// Rows into the spool, at most one more than `most`.
Result<Gathered> spool_rows(const ActivityQuery& asked, const RecordColumns& columns, documents::RowSpool& spool, std::int64_t most,
                            const Progress& progress) {
  constexpr std::int64_t kStep = 200;
  return gather(asked, [&](const records::RecordView& record) -> Result<bool> {
    if (spool.rows() % kStep == 0) NC_TRY(step(progress, NC_MSG("Reading the records"), spool.rows(), 0));
    NC_TRY(spool.add(cells_of(columns, record)));
    return spool.rows() <= most;
  });
}

// Nothing when there are more than `most` rows.
Result<bool> write_list(const ActivityQuery& asked, SheetKind kind, const std::filesystem::path& file, std::int64_t most,
                        const Progress& progress) {
  NC_ASSIGN(auto spool, documents::RowSpool::create(file.string() + ".rows"));
  const auto columns = columns_of_file(asked, kind);
  NC_ASSIGN(const auto gathered, spool_rows(asked, columns, spool, most, progress));
  if (spool.rows() > most) return false;
  std::int64_t written = 0;
  NC_TRY(write_sheet(kind, sheet_of(asked, columns, gathered, spool.rows()), file, [&](const documents::TakeRow& take) {
    return spool.each([&](std::span<const documents::Cell> row) -> Status {
      if (++written % 1000 == 0)
        if (auto on = step(progress, NC_MSG("Writing the file"), written, spool.rows()); !on) return on;
      return take(row);
    });
  }));
  return true;
}

Error too_many(std::int64_t most) {
  return Error(ErrorCode::kLimit, NC_MSG("More than {1} rows at once are not taken out"), {std::to_string(most)})
      .then(NC_MSG("Narrow the list with a filter, a year for instance"));
}

net::Response print_list(Visit& visit, const net::Params&) {
  if (!visit.reads() || !takes_out(visit)) return visit.not_found();
  const auto asked = read_activity_query(visit);
  if (!asked) return visit.refuse(asked.error());
  List list;
  list.columns = heads_of(asked->columns);
  const auto rows = gather(*asked, [&](const records::RecordView& record) -> Result<bool> {
    list.rows.push_back(row_of(asked->columns, visit, record));
    return list.rows.size() <= kPrintedMax;
  });
  if (!rows) return visit.refuse(rows.error());
  if (list.rows.size() > kPrintedMax) return visit.refuse(too_many(kPrintedMax));
  if (const auto written = write_taken_out(visit, access::audited::kPrint); !written) return visit.refuse(written.error());
  auto page = visit.frame(heading_of(*asked), Place::kActivities);
  list.caption = page.title;
  list.total = static_cast<std::int64_t>(list.rows.size());
  if (!asked->chips.empty()) list.summary = filters_in_words(*asked);
  page.actions = button_link(visit.tr("Back to the list"), asked->without("done"));
  page.main = join(taken_out_head(visit, rows->handling), render(list, visit.ui));
  return visit.show(page);
}

SheetKind asked_kind(const Visit& visit) { return visit.request.query.get("format") == "xlsx" ? SheetKind::kXlsx : SheetKind::kCsv; }

// Many rows take a while: the person is asked first, and goes on with something else meanwhile.
net::Response offer_work(const Visit& visit, const ActivityQuery& asked) {
  auto page = visit.frame(visit.tr("Export of many rows"), Place::kActivities);
  page.crumbs = {{heading_of(asked), asked.without("format")}, {page.title, {}}};
  page.main = join(el("p", {},
                      visit.tr("These are more than {1} rows. The file is made while you go on with something else; it is kept until "
                               "tomorrow, for you alone.",
                               kAtOnceMax)),
                   hint(visit.tr("Filters: {1}", filters_in_words(asked))),
                   work_button(visit, visit.tr("Make the file"), Url::to("/activities/export", visit.request.query), {}));
  return visit.show(page);
}

net::Response export_list(Visit& visit, const net::Params&) {
  if (!visit.reads() || !takes_out(visit)) return visit.not_found();
  const auto asked = read_activity_query(visit);
  if (!asked) return visit.refuse(asked.error());
  const auto kind = asked_kind(visit);
  const SheetPlace place(visit);
  const auto made = write_list(*asked, kind, place.file(), kAtOnceMax, {});
  if (!made) return visit.refuse(made.error());
  if (!*made) return offer_work(visit, *asked);
  if (const auto written = write_taken_out(visit, access::audited::kExport); !written) return visit.refuse(written.error());
  return sheet_response(visit, kind, place.file());
}

net::Response order_export(Visit& visit, const net::Params&, const net::Fields& form) {
  if (!visit.reads() || !takes_out(visit)) return visit.not_found();
  const auto asked = read_activity_query(visit);
  if (!asked) return visit.refuse(asked.error());
  if (const auto written = write_taken_out(visit, access::audited::kExport); !written) return visit.refuse(written.error());
  const auto kind = asked_kind(visit);
  WorkOrder order;
  order.lane = WorkOrder::Lane::kExport;
  order.title = kind == SheetKind::kXlsx ? NC_MSG("Export as XLSX") : NC_MSG("Export as CSV");
  order.about = heading_of(*asked) + ". " + visit.tr("Filters: {1}", filters_in_words(*asked));
  order.run = [lasting = std::make_shared<LastingVisit>(visit), kind](const Progress& progress,
                                                                      const std::filesystem::path& file) -> Result<WorkResult> {
    NC_ASSIGN(const auto query, read_activity_query(lasting->visit()));
    NC_ASSIGN(const bool whole, write_list(query, kind, file, documents::kXlsxRowsMax, progress));
    if (!whole) return fail(too_many(documents::kXlsxRowsMax));
    return WorkResult{{}, sheet_file_name(lasting->visit(), kind), std::string(sheet_media(kind))};
  };
  return order_work(visit, std::move(order), form);
}

}  // namespace

Html take_out_buttons(const Visit& visit) {
  if (!takes_out(visit)) return {};
  auto query = visit.request.query;
  for (const auto* name : {"after", "done", "format"}) query.set(name, std::nullopt);
  auto xlsx = query;
  xlsx.set("format", "xlsx");
  return join(button_link(visit.tr("Print"), Url::to("/activities/print", query)), " ",
              button_link(visit.tr("Export as XLSX"), Url::to("/activities/export", xlsx)), " ",
              button_link(visit.tr("Export as CSV"), Url::to("/activities/export", query)), " ");
}

void add_list_export(net::Router& router, Site& site) {
  site.add_page(router, "/activities/print", print_list);
  site.add_page(router, "/activities/export", export_list);
  site.add_change(router, "/activities/export", order_export);
}

}  // namespace nc::web
