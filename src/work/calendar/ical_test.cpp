#include "work/calendar/ical.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace nc::calendar {
namespace {

FeedEvent event() {
  FeedEvent out;
  out.record.bytes.fill(0x2a);
  out.days = {to_day(2026, 11, 30), to_day(2026, 12, 1)};
  out.summary = "Hội đàm định kỳ; Đồn A, Đồn B \\ phía bạn\nlần 2";
  out.category = "Hội đàm";
  out.created_ms = 1'795'000'000'000;
  out.changed_ms = 1'795'000'060'999;
  return out;
}

TEST(Ical, AFeedIsWrittenAsTheRfcSays) {
  EXPECT_EQ(ical({"Lịch của đồn", "vi", {event()}}),
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Nhip Cau//Nhip Cau//VI\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
            "X-WR-CALNAME:Lịch của đồn\r\nX-WR-TIMEZONE:Asia/Ho_Chi_Minh\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"
            "BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh\r\nBEGIN:STANDARD\r\nDTSTART:19750613T000000\r\nTZOFFSETFROM:+0800\r\n"
            "TZOFFSETTO:+0700\r\nTZNAME:+07\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
            "BEGIN:VEVENT\r\nUID:2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a@nhipcau\r\nDTSTAMP:20261118T110740Z\r\nCREATED:20261118T110640Z\r\n"
            "LAST-MODIFIED:20261118T110740Z\r\nDTSTART;VALUE=DATE:20261130\r\nDTEND;VALUE=DATE:20261202\r\n"
            "SUMMARY:Hội đàm định kỳ\\; Đồn A\\, Đồn B \\\\ phía bạn\\nlầ\r\n n 2\r\nCATEGORIES:Hội đàm\r\nSTATUS:CONFIRMED\r\n"
            "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST(Ical, NoTextBeginsALineOfItsOwn) {
  EXPECT_EQ(ical_text("a\r\nATTENDEE:x\x01\x7f"), "a\\nATTENDEE:x");
  auto odd = event();
  odd.summary = "x\r\nEND:VCALENDAR";
  EXPECT_EQ(ical({"a\nb", "vi", {odd}}).find("\r\nEND:VCALENDAR\r\n"), ical({"a\nb", "vi", {odd}}).size() - 17);
}

TEST(Ical, LongLinesAreFoldedBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "ổ🙂a";
  const auto line = ical_line("SUMMARY:" + text);
  std::string unfolded;
  std::size_t start = 0;
  while (start < line.size()) {
    const auto end = line.find("\r\n", start);
    ASSERT_NE(end, std::string::npos);
    const auto piece = line.substr(start, end - start);
    EXPECT_LE(piece.size(), 75U);
    EXPECT_TRUE(is_utf8(piece)) << "no character is cut";
    unfolded += start == 0 ? piece : piece.substr(1);
    if (start > 0) { EXPECT_EQ(piece.front(), ' '); }
    start = end + 2;
  }
  EXPECT_EQ(unfolded, "SUMMARY:" + text);
  EXPECT_EQ(ical_line(std::string(75, 'a')), std::string(75, 'a') + "\r\n");
  EXPECT_EQ(ical_line(std::string(76, 'a')), std::string(75, 'a') + "\r\n a\r\n");
}

}  // namespace
}  // namespace nc::calendar
