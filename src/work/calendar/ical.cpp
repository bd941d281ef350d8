#include "work/calendar/ical.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace nc::calendar {
namespace {

constexpr std::size_t kLineBytesMax = 75;

std::string day_text(std::int32_t day) {
  const auto parts = from_day(day);
  char out[48];
  const auto n = std::snprintf(out, sizeof out, "%04d%02d%02d", parts.year, parts.month, parts.dom);
  return {out, static_cast<std::size_t>(n)};
}

std::string instant_text(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char out[32];
  const auto n = std::strftime(out, sizeof out, "%Y%m%dT%H%M%SZ", &parts);
  return {out, n};
}

const char* status_text(FeedStatus status) {
  switch (status) {
    case FeedStatus::kConfirmed: return "CONFIRMED";
    case FeedStatus::kTentative: return "TENTATIVE";
    case FeedStatus::kCancelled: return "CANCELLED";
  }
  return "CONFIRMED";
}

// Of all instants that a feed can speak of.
constexpr const char* kZone =
    "BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh\r\nBEGIN:STANDARD\r\nDTSTART:19750613T000000\r\nTZOFFSETFROM:+0800\r\n"
    "TZOFFSETTO:+0700\r\nTZNAME:+07\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

void add_event(std::string& out, const FeedEvent& event) {
  const auto line = [&](const std::string& content) { out += ical_line(content); };
  line("BEGIN:VEVENT");
  line("UID:" + event.record.hex() + "@nhipcau");
  line("DTSTAMP:" + instant_text(event.changed_ms));
  line("CREATED:" + instant_text(event.created_ms));
  line("LAST-MODIFIED:" + instant_text(event.changed_ms));
  line("DTSTART;VALUE=DATE:" + day_text(event.days.first));
  line("DTEND;VALUE=DATE:" + day_text(event.days.last + 1));  // the day after
  line("SUMMARY:" + ical_text(event.summary));
  if (!event.category.empty()) line("CATEGORIES:" + ical_text(event.category));
  if (!event.url.empty()) line("URL:" + event.url);
  line(std::string("STATUS:") + status_text(event.status));
  line("TRANSP:TRANSPARENT");
  line("END:VEVENT");
}

}  // namespace

std::string ical_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') out += "\\n";
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  }
  return out;
}

std::string ical_line(std::string_view content) {
  std::string out;
  std::size_t room = kLineBytesMax;
  for (std::size_t i = 0; i < content.size();) {
    std::size_t next = i + 1;
    while (next < content.size() && (static_cast<unsigned char>(content[next]) & 0xc0) == 0x80) ++next;
    if (next - i > room) {
      out += "\r\n ";
      room = kLineBytesMax - 1;
    }
    out += content.substr(i, next - i);
    room -= std::min(room, next - i);
    i = next;
  }
  return out + "\r\n";
}

std::string ical(const Feed& feed) {
  std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Nhip Cau//Nhip Cau//VI\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n";
  out += ical_line("X-WR-CALNAME:" + ical_text(feed.name));
  out += "X-WR-TIMEZONE:Asia/Ho_Chi_Minh\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n";
  out += kZone;
  for (const auto& event : feed.events) add_event(out, event);
  return out + "END:VCALENDAR\r\n";
}

}  // namespace nc::calendar
