// A feed of events as text of RFC 5545, for calendars of phones and offices.
//
// Lines end in CRLF and are folded at 75 bytes between characters; text is escaped; UIDs are stable; the same feed
// gives the same bytes. Days are civil days of Asia/Ho_Chi_Minh, which the feed describes (no summer time since 1975).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/civil.h"
#include "base/id.h"

namespace nc::calendar {

enum class FeedStatus : std::uint8_t { kConfirmed, kTentative, kCancelled };

struct FeedEvent {
  RecordId record;  // makes the UID
  DayRange days;    // whole days
  std::string summary;
  std::string category;  // empty: none
  std::string url;       // absolute; empty: none
  FeedStatus status = FeedStatus::kConfirmed;
  std::int64_t created_ms = 0, changed_ms = 0;  // DTSTAMP is the latter
};

struct Feed {
  std::string name;  // of the calendar
  std::string lang;  // vi, en
  std::vector<FeedEvent> events;
};

[[nodiscard]] std::string ical(const Feed& feed);

// One content line as it is written: escaped by the caller, folded, with its CRLF. Exposed for its test.
[[nodiscard]] std::string ical_line(std::string_view content);
[[nodiscard]] std::string ical_text(std::string_view text);

}  // namespace nc::calendar
