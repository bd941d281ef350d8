// Inside the room only: how far a session's talk has come. session.cpp asks and judges, session_hearing.cpp hears.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "channels/sync/below.h"
#include "channels/sync/file_talk.h"
#include "channels/sync/inbox.h"
#include "channels/sync/key_talk.h"
#include "channels/sync/outbox.h"
#include "channels/sync/session.h"
#include "channels/sync/shared.h"
#include "channels/sync/watermarks.h"

namespace nc::sync {

struct Session::Impl {
  records::Ledger& ledger;
  NodeId parent;
  Limits most;

  // How far the talk has come.
  bool plain_out = false, plain_in = false;  // no references in what is sent, in what is received
  bool comparing = false, ask_where = false, wants_sent = false;
  bool told_unsure = false;                        // whether the parent has what it was told last
  std::vector<Cursor> told_now;                    // with the last request it knows these
  std::string digest_now;                          // what that said
  bool void_cursors = false;                       // the parent is another incarnation than we knew: its numbers are asked for anew
  int compares = 0;                                // since something was taken
  std::map<std::string, journal::StreamKey> sent;  // in the last request
  std::map<std::string, std::int64_t> sent_from;
  std::set<std::string> stalled;  // the parent did not get on with what it was sent
  std::map<std::string, std::int64_t> wants;
  std::set<std::string> refused_here;  // what came when it was wanted follows another branch: not wanted again for now
  std::map<std::string, PartHeld> parts_there, waiting_there;  // by stream: came in part, came without its seal

  // Of the answer that comes.
  FrameReader reader;
  std::optional<Hello> hello;
  std::optional<End> end;
  bool other_incarnation = false, unknown_kind = false;
  std::vector<Cursor> offered;
  std::set<std::string> have_said;
  Taken taken;
  FileTalk files;
  KeyTalk keys;
  std::vector<Watermark> complete_now;  // said in this request
  BelowNow below_now;                   // the same

  Impl(records::Ledger& own, const NodeId& other, const Limits& limit)
      : ledger(own), parent(other), most(limit), files(own, other), keys(own, other) {}

  Status compose(store::Database& db, FrameWriter& writer);
  Status greet(store::Database& db, const std::string& digest, bool restricted, Outbox& out);
  // What the parent does not get on with, as of a stream that forked, is left there, and yet no more to hand in: files and letters
  // do not wait for it.
  struct Handed {
    End end;
    bool more = false;
  };
  [[nodiscard]] bool has_turn(const journal::StreamKey& stream) const { return !most.urgent_only || stream.lane <= journal::Lane::kUrgent; }
  Result<Handed> put_runs(store::Database& db, Shared& shared, Outbox& out);
  Status put_compare(const std::vector<journal::HeldStream>& streams, Outbox& out) const;
  Status handle(records::Intake& intake, Shared& shared, KeyPost& post, const std::vector<Message>& frame);
  Status on_hello(records::Intake& intake, const Message& message);
  Status on_again(records::Intake& intake, const Message& message);
  Status on_reached(records::Intake& intake, const Message& message) const;
  Status on_have(records::Intake& intake, Shared& shared, const Message& message);
  Status on_partial(records::Intake& intake, const Message& message);
  Status on_streams(records::Intake& intake, Shared& shared, const Message& message);
  Status on_head(records::Intake& intake, Shared& shared, const Message& message);
  Status compare_one(records::Intake& intake, const journal::StreamKey& key, std::int64_t seq, std::string_view head);
  Result<Outcome> judge(store::Database& db);
  Status note_all_there(Outcome& out);
  void conclude(Outcome& out);
  Status conclude_files(Outcome& out);
  Status conclude_keys(Outcome& out);
};

}  // namespace nc::sync
