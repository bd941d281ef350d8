// One sample page of each component with realistic content; the tests check them and write them
// to <build>/samples, where they can be looked at in a browser.
#pragma once

#include "face/web/form.h"
#include "face/web/frame.h"
#include "face/web/list.h"
#include "face/web/parts.h"

namespace nc::web::sample {

inline Page page(std::string title, Html main) {
  Page out;
  out.title = std::move(title);
  out.node_name = "Bộ đội Biên phòng tỉnh Đắk Lắk";
  out.nav = {{"Việc phải làm", Url::to("/todo"), false, "3"},
             {"Tổng quan", Url::to("/overview"), false, ""},
             {"Hoạt động đối ngoại", Url::to("/activities"), true, ""},
             {"Văn kiện, thỏa thuận", Url::to("/instruments"), false, ""},
             {"Phía bạn", Url::to("/counterparts"), false, ""},
             {"Đơn vị ta", Url::to("/units"), false, ""},
             {"Kết nghĩa", Url::to("/twinning"), false, ""},
             {"Số liệu, báo cáo", Url::to("/figures"), false, ""}};
  if (out.title != "Hoạt động đối ngoại") out.crumbs = {{"Hoạt động đối ngoại", Url::to("/activities")}, {out.title, {}}};
  out.account = Account{"Thượng tá Trần Quang Hùng", "Phòng Chính trị", Url::to("/logout"), "token"};
  out.other_language = Url::to("/language", {{"to", "en"}});
  out.main = std::move(main);
  out.footer = "Số liệu tính đến 22/11/2026 09:51 · nút dlk-01 · mã 7f3a2c";
  return out;
}

inline Field field(std::string name, std::string label, Input input = Input::kText, std::string value = {}) {
  Field out;
  out.name = std::move(name);
  out.label = std::move(label);
  out.input = input;
  out.value = std::move(value);
  return out;
}

inline List activity_list(bool with_rows) {
  List list;
  list.caption = "Hoạt động đối ngoại";
  list.columns = {{"Hoạt động"},
                  {"Ngày", false, false, Url::to("/activities", {{"sort", "day"}}), -1, true},
                  {"Loại", false, true, {}, 0, true},
                  {"Phía bạn"},
                  {"Lượt người", true},
                  {"Trạng thái"}};
  Filters filters{Url::to("/activities")};
  filters.search = field("q", "Tìm hoạt động, đơn vị, nguồn");
  filters.search.value = "dak rue";
  auto kind = field("kind", "Loại hoạt động", Input::kChoice, "talks");
  kind.options = {{"", "Tất cả", ""}, {"talks", "Hội đàm", ""}, {"patrol", "Tuần tra", ""}};
  filters.fields = {kind, field("from", "Từ ngày", Input::kDate, "01/2013"), field("to", "Đến ngày", Input::kDate),
                    field("partner", "Phía bạn")};
  filters.chips = {{"Loại: Hội đàm", Url::to("/activities")}, {"Từ 01/2013", Url::to("/activities")}};
  filters.open = with_rows;
  list.filters = filters;
  list.actions = join(button_link("Xuất XLSX", Url::to("/export")));
  list.total = with_rows ? 1384 : 0;
  list.summary = "01/01/2013 – 31/12/2022";
  list.empty_text = "Chưa có hoạt động nào phù hợp";
  list.empty_hint = "Bỏ bớt điều kiện lọc, hoặc nhập hoạt động đầu tiên.";
  list.empty_action = button_link("Nhập hoạt động", Url::to("/activities/new"), true);
  if (!with_rows) return list;
  const char* titles[] = {"Hội đàm thường niên giữa Bộ Chỉ huy BĐBP tỉnh Đắk Lắk và Ty Công an tỉnh Mondulkiri",
                          "Tuần tra song phương mốc 46 đến mốc 48", "Giao ban Đồn Biên phòng Đắk Ruê với Đồn Công an biên giới Nậm Lia",
                          "Giao lưu hữu nghị quốc phòng biên giới"};
  for (int i = 0; i < 12; ++i) {
    const Tone tone = i % 4 == 1 ? Tone::kWarn : Tone::kGood;
    list.rows.push_back(
        {{link(titles[i % 4], Url::to("/activities/1")), i % 3 == 0 ? "09/2019" : "21/11/2019", i % 2 == 0 ? "Hội đàm" : "Tuần tra",
          "Công an tỉnh Mondulkiri", i % 5 == 0 ? "–" : "1.384", badge(tone, tone == Tone::kGood ? "Đã tổ chức" : "Ngày suy ra")}});
  }
  list.first = Url::to("/activities");
  list.next = Url::to("/activities", {{"after", "x"}});
  return list;
}

inline Form entry_form() {
  Form form{Url::to("/activities/new")};
  form.csrf_token = "csrf-token";
  form.once_token = "once-token";
  auto kind = field("sub_kind", "Loại hội đàm", Input::kRadio, "annual");
  kind.options = {{"annual", "Thường niên", ""}, {"periodic", "Định kỳ", ""}, {"extra", "Đột xuất", ""}, {"professional", "Nghiệp vụ", ""}};
  kind.required = true;
  auto day = field("held_on", "Ngày tổ chức", Input::kDate, "31/02/2024");
  day.required = true;
  day.error = "Không có ngày 31/2/2024. Hãy kiểm tra lại ngày và tháng.";
  day.help = "31/12/2024, 12/2024 hoặc 2024";
  auto level = field("level", "Cấp", Input::kChoice, "province");
  level.options = {{"command", "Bộ Tư lệnh", "Trung ương"}, {"province", "Tỉnh", "Địa phương"}, {"post", "Đồn", "Địa phương"}};
  auto lead = field("lead", "Đơn vị chủ trì", Input::kSuggest, "Đồn Biên phòng Đắk Ruê");
  lead.options = {{"Đồn Biên phòng Đắk Ruê", "", ""}, {"Đồn Biên phòng Bo Heng", "", ""}};
  lead.required = true;
  auto km = field("km", "Chiều dài đoạn", Input::kNumber, "15,3");
  km.unit = "km";
  auto persons = field("persons", "Thành phần tham dự", Input::kGroup);
  auto ours = field("persons.ours", "Bên ta", Input::kNumber, "12");
  auto theirs = field("persons.theirs", "Bên bạn", Input::kNumber, "mười");
  theirs.error = "“mười” không phải là số.";
  auto basis = field("persons.basis", "Căn cứ", Input::kChoice, "printed");
  basis.options = {{"printed", "Theo văn bản", ""}, {"estimated", "Ước lượng", ""}};
  persons.parts = {ours, theirs, basis};
  auto languages = field("languages", "Ngôn ngữ biên bản", Input::kChoices);
  languages.options = {{"vi", "Tiếng Việt", ""}, {"km", "Tiếng Khmer", ""}, {"lo", "Tiếng Lào", ""}, {"zh", "Tiếng Trung", ""}};
  languages.values = {"vi", "km"};
  auto content =
      field("content", "Nội dung thống nhất", Input::kLongText, "1. Duy trì tuần tra song phương.\n2. Trao đổi thông tin <kịp thời>.");
  content.help = "Mỗi nội dung một dòng.";
  auto agreed = field("signed", "Đã ký biên bản", Input::kCheck, "1");
  auto findings = field("findings", "Kết quả kiểm tra mốc", Input::kLines);
  for (int i = 0; i < 3; ++i) {
    const auto n = std::to_string(i);
    auto state = field("findings." + n + ".state", "Hiện trạng", Input::kChoice);
    state.options = {{"", "–", ""}, {"ok", "Nguyên vẹn", ""}, {"broken", "Hư hỏng", ""}};
    findings.lines.push_back({field("findings." + n + ".marker", "Mốc", Input::kText, i == 0 ? "46/2" : ""), state,
                              field("findings." + n + ".note", "Ghi chú")});
  }
  form.fieldsets = {{"Hội đàm", "", {kind, day, level, lead, km}},
                    {"Thành phần", "", {persons, languages, agreed}},
                    {"Nội dung", "", {content, findings}}};
  auto reason = field("confirm.reason", "Lý do");
  auto confirm = field("confirm.many", "Số liệu đúng như vậy", Input::kCheck);
  form.fieldsets.push_back({"Xin kiểm tra: 1.200 người tham dự một cuộc giao ban cấp đồn?",
                            "Nếu đúng, hãy xác nhận và ghi lý do.",
                            {confirm, reason},
                            Tone::kWarn});
  form.submits = {{"Lưu", "", ""}, {"Lưu và nhập tiếp", "next", "1"}};
  form.cancel = Url::to("/activities");
  return form;
}

inline Html record_view(const i18n::Translator& ui) {
  Html out = facts({{"Ngày", "21/11/2019", ""},
                    {"Loại", "Hội đàm thường niên", ""},
                    {"Cấp", "Tỉnh", ""},
                    {"Đơn vị chủ trì", link("Bộ Chỉ huy BĐBP tỉnh Đắk Lắk", Url::to("/units/1")), ""},
                    {"Phía bạn", link("Ty Công an tỉnh Mondulkiri, Campuchia", Url::to("/counterparts/1")), ""},
                    {"Thành phần", "12 bên ta, 15 bên bạn", "theo bản tin; bên bạn ước lượng"},
                    {"Nguồn", outside_link("Báo Biên phòng 22/11/2019", *Url::web("https://www.bienphong.com.vn/a"), ui), ""}});
  out.add(section("Lịch sử",
                  timeline({{"22/11/2026 09:51",
                             "Trần Quang Hùng",
                             "nút dlk-01",
                             "Sửa",
                             {{"Bên ta", "10", "12"}, {"Ngày", "11/2019", "21/11/2019"}, {"Ghi chú", "", "Theo biên bản số 15"}},
                             true,
                             ""},
                            {"20/11/2026 14:02", "nhập tự động", "nút dlk-01", "Nhập", {}, true, "events.csv dòng 57, nguồn S031"},
                            {"19/11/2026 08:00", "không rõ", "nút dlk-09", "Nhập", {}, false, "Bị giữ lại, chưa tính vào hồ sơ"}},
                           ui),
                  button_link("Kiểm tra lại chữ ký", Url::to("/verify"))));
  return out;
}

inline Html figures_view(const i18n::Translator& ui) {
  Html out =
      tiles({{"Gặp gỡ, hội đàm các cấp",
              "106 cuộc",
              "khai báo, 2013 – 12/2022",
              {{"ghi nhận", "14", ""}, {"chênh lệch", "92", ""}, {"đầy đủ", badge(Tone::kWarn, "chưa đủ"), ""}},
              Url::to("/figures/1")},
             {"Tuần tra song phương",
              "73 cuộc",
              "khai báo, 2013 – 12/2022",
              {{"lượt người", "1.384", ""}, {"ghi nhận", "4", ""}},
              Url::to("/figures/2")},
             {"Cặp đồn kết nghĩa", "gần 200 cặp", "thời điểm 01/2023, toàn lực lượng", {{"ghi nhận", "31", ""}}, Url::to("/figures/3")},
             {"Học sinh được đỡ đầu", "chưa có báo cáo", "quý 4/2026", {}, {}}},
            ui);
  Pivot table{"Hội đàm theo năm và phía bạn", "Năm", {"Campuchia", "Lào", "Trung Quốc", "Nhiều bên"}, {}};
  for (int year = 2018; year < 2024; ++year)
    table.rows.push_back(
        {std::to_string(year),
         {{"1.384", Url::to("/x"), year == 2020}, {"27", Url::to("/x"), false}, {year % 2 == 0 ? "" : "8", {}, false}, {"0", {}, false}}});
  out.add(section("Bảng hai chiều", pivot(table, ui), button_link("Xuất XLSX", Url::to("/export"))));
  out.add(section("Dấu trạng thái",
                  el("p", {}, badge(Tone::kNeutral, "Nháp"), " ", badge(Tone::kAccent, "Kế hoạch"), " ", badge(Tone::kGood, "Đã tổ chức"),
                     " ", badge(Tone::kWarn, "Chênh lệch số liệu"), " ", badge(Tone::kBad, "Đã hủy"))));
  return out;
}

inline Page log_in_page(const i18n::Translator& ui) {
  Form form{Url::to("/login")};
  form.csrf_token = "t";
  auto name = field("name", "Tài khoản");
  name.autocomplete = "username";
  name.autofocus = true;
  name.width = Width::kFull;
  auto password = field("password", "Mật khẩu", Input::kPassword);
  password.autocomplete = "current-password";
  password.width = Width::kFull;
  form.fieldsets = {{"", "", {name, password}}};
  form.submits = {{"Đăng nhập", "", ""}};
  form.error = "Tài khoản hoặc mật khẩu không đúng.";
  Page out;
  out.title = "Đăng nhập";
  out.node_name = "BĐBP tỉnh Đắk Lắk";
  out.other_language = Url::to("/language");
  out.main = render(form, ui);
  return out;
}

}  // namespace nc::web::sample
