// Noninterference over every exit of the web pages: two worlds that differ only in hidden rows answer a lower
// reader byte for byte alike, on every page that links lead to, every filter, form and refusal; and what is
// hidden answers like what is absent. The routes come from the router, so that a new page is walked too.
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <regex>

#include "face/web/two_worlds_for_test.h"
#include "foundation/crypto/hash.h"
#include "ledger/journal/bound_id.h"

namespace nc::web {
namespace {

using test::TwinWorld;

constexpr std::size_t kPagesMax = 300;
constexpr int kDifferencesShown = 5;

struct FoundForm {
  bool get = false;
  std::string action;
  net::Fields fields;                                        // as they would be sent
  std::vector<std::pair<std::string, std::string>> choices;  // every option of every list
};

std::string unescaped(std::string text) {
  const std::pair<const char*, const char*> entities[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [from, to] : entities)
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + 1))
      text.replace(at, std::string_view(from).size(), to);
  return text;
}

std::string attribute(const std::string& tag, const std::string& name) {
  const auto mark = " " + name + "=\"";
  const auto at = tag.find(mark);
  if (at == std::string::npos) return {};
  const auto start = at + mark.size();
  return unescaped(tag.substr(start, tag.find('"', start) - start));
}

std::vector<std::string> tags(const std::string& html, const std::string& name) {
  std::vector<std::string> out;
  for (auto at = html.find("<" + name); at != std::string::npos; at = html.find("<" + name, at + 1))
    if (const char next = html[at + name.size() + 1]; next == ' ' || next == '>')
      out.push_back(html.substr(at, html.find('>', at) - at + 1));
  return out;
}

std::vector<std::string> links(const std::string& html) {
  std::vector<std::string> out;
  for (const auto& tag : tags(html, "a")) {
    auto target = attribute(tag, "href");
    target = target.substr(0, target.find('#'));
    if (target.starts_with('/') && !target.starts_with("/assets/") && target.find("lang=") == std::string::npos) out.push_back(target);
  }
  return out;
}

std::vector<FoundForm> forms(const std::string& html) {
  std::vector<FoundForm> out;
  for (auto at = html.find("<form"); at != std::string::npos; at = html.find("<form", at + 1)) {
    const auto body = html.substr(at, html.find("</form>", at) - at);
    FoundForm form;
    form.get = attribute(tags(body, "form").front(), "method") != "post";
    form.action = attribute(tags(body, "form").front(), "action");
    for (const auto& tag : tags(body, "input")) {
      const auto kind = attribute(tag, "type");
      const bool off = (kind == "checkbox" || kind == "radio") && tag.find(" checked") == std::string::npos;
      if (!attribute(tag, "name").empty() && !off) form.fields.add(attribute(tag, "name"), attribute(tag, "value"));
    }
    for (auto list = body.find("<select"); list != std::string::npos; list = body.find("<select", list + 1)) {
      const auto select = body.substr(list, body.find("</select>", list) - list);
      const auto name = attribute(tags(select, "select").front(), "name");
      std::string chosen;
      for (const auto& option : tags(select, "option")) {
        form.choices.emplace_back(name, attribute(option, "value"));
        if (option.find(" selected") != std::string::npos) chosen = attribute(option, "value");
      }
      form.fields.add(name, chosen);
    }
    for (const auto& tag : tags(body, "textarea")) form.fields.add(attribute(tag, "name"), "");
    out.push_back(std::move(form));
  }
  return out;
}

std::string whole(const net::Response& response) {
  std::string out = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers) out += name + ": " + value + "\n";
  return out + "\n" + response.body;
}

// Where the two differ, with what stands around it.
std::string difference(const std::string& a, const std::string& b) {
  std::size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
  const auto from = at < 150 ? 0 : at - 150;
  return "without: …" + a.substr(from, 350) + "…\nwith:    …" + b.substr(from, 350) + "…";
}

// A file of a record: that of the hidden ones; an upload that there is not.
std::string with_file(std::string pattern) {
  const std::array<std::pair<std::string_view, std::string>, 2> filled = {
      {{"{file}", crypto::sha256(TwinWorld::kHiddenFile).hex()}, {"{upload}", std::string(32, '1')}}};
  for (const auto& [name, value] : filled)
    if (const auto at = pattern.find(name); at != std::string::npos) pattern.replace(at, name.size(), value);
  return pattern;
}

// Both worlds are made once.
struct Worlds {
  TwinWorld without{false}, with{true};
};
Worlds& worlds() {
  static Worlds both;
  return both;
}

constexpr std::array kReaders = {"lower", "open", "chain", "inspector"};

class Noninterference : public ::testing::Test {
 protected:
  // A new reader, who has seen nothing yet.
  void as(const char* reader) {
    worlds().without.log_in(reader);
    worlds().with.log_in(reader);
    seen_.clear();
    names_.clear();
    get_actions_.clear();
    posts_.clear();
  }
  // Asks both; the answers must be the same bytes.
  std::string ask(const std::string& method, const std::string& target, const net::Fields& form = {}) {
    const auto a = whole(worlds().without.send(method, target, form)), b = whole(worlds().with.send(method, target, form));
    if (a != b && differences_++ < kDifferencesShown) ADD_FAILURE() << method << " " << target << "\n" << difference(a, b);
    EXPECT_EQ(a.find("Nơi đã nâng mức"), std::string::npos) << target << ": what was withdrawn is shown to nobody below";
    return a;
  }
  void visit(const std::string& target) {
    if (seen_.size() < kPagesMax && seen_.insert(target).second) waiting_.push_back(target);
  }
  void walk() {
    while (!waiting_.empty()) {
      const auto target = waiting_.front();
      waiting_.pop_front();
      const auto page = ask("GET", target);
      for (const auto& link : links(page)) visit(link);
      for (auto& form : forms(page)) {
        if (form.get) {
          for (const auto& [name, value] : form.choices) visit(net::with_query(form.action, {{name, value}}));
          for (const auto& [name, value] : form.fields) names_.insert(name);
          get_actions_.insert(form.action);
        } else if (form.action != "/logout" && form.action != "/login") {
          posts_.emplace(form.action + std::to_string(form.fields.size()), std::move(form));
        }
      }
    }
  }
  // Words, days and broken things in every field of every filter form.
  void ask_filters() {
    for (const auto& action : get_actions_)
      for (const auto& name : names_)
        for (const std::string value : {"kín", "Nơi khác", "cua khau", "2024", "13/13/2024", "zz", "vn-post-b", "la-post-1", "-1", "1|2"})
          ask("GET", net::with_query(action, {{name, value}}));
  }

  std::set<std::string> seen_, names_, get_actions_;
  std::deque<std::string> waiting_;
  std::map<std::string, FoundForm> posts_;
  int differences_ = 0;
};

TEST_F(Noninterference, EveryPageFilterAndFormIsTheSameBytes) {
  for (const auto* reader : kReaders) {
    SCOPED_TRACE(reader);
    as(reader);
    visit("/");
    // Before the pages of single records, which would leave no room for them.
    for (const auto& [method, pattern] : worlds().with.site().router().routes())
      if (method == "GET" && pattern.find('{') == std::string::npos && !pattern.starts_with("/log")) visit(pattern);
    for (const auto* view : {"month", "week", "day", "list"})
      for (const auto* day : {"2024-01-03", "2024-01-05"}) visit(net::with_query("/calendar", {{"view", view}, {"day", day}}));
    for (const char* group : {"late", "today", "soon", "other"})
      for (const char* below : {"", "&below=1"}) visit(std::string("/tasks?group=") + group + below);
    // What was raised and then changed above, on every page that a record has.
    for (const auto& id : worlds().without.raised) visit("/records/" + id.hex());
    for (const auto& [method, pattern] : worlds().with.site().router().routes())
      if (const auto at = pattern.find("{id}"); method == "GET" && at != std::string::npos && pattern.starts_with("/records/"))
        for (const std::size_t which : {0U, 4U})
          if (auto target = with_file(pattern); target.find('{') == target.rfind('{'))
            visit(target.replace(target.find("{id}"), 4, worlds().without.raised.at(which).hex()));
    for (const auto& [method, pattern] : worlds().with.site().router().routes()) {
      if (method != "GET" || pattern.starts_with("/log") || pattern == "/feeds/{secret}") continue;  // feeds: feeds_test.cpp
      if (const auto at = pattern.find("{type}"); at != std::string::npos) {
        visit(std::string(pattern).replace(at, 6, "talks"));
        continue;
      }
      if (const auto at = pattern.find("{name}"); at != std::string::npos) {
        for (const auto* name : {"stolen", "clone"}) visit(std::string(pattern).replace(at, 6, name));
        continue;
      }
      if (const auto at = pattern.find("{code}"); at != std::string::npos) {
        for (const auto* code : {"00000-00000", "00000-00001"}) visit(std::string(pattern).replace(at, 6, code));
        continue;
      }
      for (const auto& id : worlds().without.shared) {
        auto target = with_file(pattern);
        if (const auto at = target.find("{id}"); at != std::string::npos) visit(target.replace(at, 4, id.hex()));
        ASSERT_EQ(target.find('{'), std::string::npos) << pattern << ": say here what its parameter may be";
        if (target == with_file(pattern)) break;
      }
    }
    // Whose rows the trail shows, and about what.
    // Words of hidden records and parts, of what is there, of both, numbers, and what is no question.
    for (const auto& words : {"kín", "noi khac 1", "\"điều kín\"", "165(1)", "22/11/2026", "vn-post-a", "hội đàm", "\"", "da nang muc"})
      visit(net::with_query("/search", {{"q", words}}));
    for (const auto& who : {"outside", "console", "lower", "nobody"}) visit(net::with_query("/audit", {{"who", who}}));
    for (std::size_t i = 0; i < 12; ++i) visit(net::with_query("/audit", {{"record", worlds().with.hidden.at(i).hex()}}));
    walk();
    ask_filters();
    // Every form as it stands, and with nothing in it: refusals, questions and what is saved.
    for (const auto& [key, form] : posts_) {
      net::Fields empty;
      for (const auto& [name, value] : form.fields) empty.add(name, name == "csrf" || name == "id" || name == "once" ? value : "");
      ask("POST", form.action, empty);
      ask("POST", form.action, form.fields);
    }
    EXPECT_EQ(differences_, 0) << seen_.size() << " pages, " << posts_.size() << " forms";
    EXPECT_GT(seen_.size(), 60U);
    RecordProperty("pages", static_cast<int>(seen_.size()));
  }
}

// What is made in the background, and what is said before many records are changed.
TEST_F(Noninterference, FilesMadeLaterAndPreviewsOfManyAreTheSameBytes) {
  for (const auto* reader : kReaders) {
    SCOPED_TRACE(reader);
    as(reader);
    const auto csrf = test::Browser::hidden(worlds().without.send("GET", "/"), "csrf");
    const std::vector<RecordId> hidden(worlds().with.hidden.begin(), worlds().with.hidden.begin() + 5);
    for (const std::string act : {"", "void", "step:submit", "set:status:cancelled", "raise:restricted"})
      for (const std::string of : {"match", "page", "chosen"}) {
        net::Fields form{{"csrf", csrf}, {"of", of}, {"act", act}, {"reason", "trùng"}};
        for (std::size_t i = 0; i < 8; ++i)
          for (const char* name : {"id", "row"}) form.add(name, worlds().without.shared.at(i + 10).hex());
        for (const char* name : {"id", "row"}) form.add(name, worlds().without.raised.front().hex());
        for (const auto& id : hidden)
          for (const char* name : {"id", "row"}) form.add(name, id.hex());
        ask("POST", "/activities/bulk?kind=talks&q=khau", form);
      }
    for (const std::string format : {"csv", "xlsx"}) {
      const auto ordered = ask("POST", "/activities/export?format=" + format, {{"csrf", csrf}, {"once", format + reader}});
      const auto at = ordered.find("Location: /work/");
      if (at == std::string::npos) continue;  // he may take nothing out
      const auto path = ordered.substr(at + 10, std::string_view("/work/").size() + 32);
      for (auto* world : {&worlds().without, &worlds().with}) world->running_site().works().wait();
      ask("GET", path);
      const auto bytes = [&](TwinWorld& world) {
        const auto file = world.send("GET", path + "/file");
        std::string out(file.source ? static_cast<std::size_t>(file.source->size()) : 0U, '\0');
        EXPECT_TRUE(file.source && file.source->read(0, out));
        return out;
      };
      EXPECT_EQ(bytes(worlds().without), bytes(worlds().with)) << format;
    }
    EXPECT_EQ(differences_, 0);
  }
}

// The walk can fail: to somebody who may see them, the two worlds do differ.
TEST_F(Noninterference, WhoMaySeeTheHiddenRowsSeesThem) {
  as("cleared");
  for (const auto& id : worlds().without.raised) {
    const auto target = "/records/" + id.hex();
    EXPECT_NE(whole(worlds().without.send("GET", target)), whole(worlds().with.send("GET", target)));
  }
  for (const char* target :
       {"/", "/overview", "/tasks?group=late", "/activities", "/activities?q=kin", "/calendar?day=01/2024", "/search?q=kin", "/figures"}) {
    const auto a = whole(worlds().without.send("GET", target)), b = whole(worlds().with.send("GET", target));
    EXPECT_NE(a, b) << target;
  }
}

// Ids and the request's own text are taken out, in words and as the codes of a page's own address; all else must be equal.
// A spreadsheet carries the address that was typed, packed: its cells are those of the page, which is compared whole.
std::string without_ids(std::string text) {
  text.resize(std::min(text.find("PK\x03\x04"), text.size()));
  static const std::regex ids("[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}…|qr-dark\" d=\"[^\"]*\"|short-code\">[0-9A-Z-]*<");
  return std::regex_replace(text, ids, "ID");
}

TEST_F(Noninterference, HiddenAnswersLikeAbsentOnEveryRoute) {
  for (const auto* reader : kReaders) {
    SCOPED_TRACE(reader);
    as(reader);
    auto& world = worlds().with;
    const auto absent = make_uuid7(1'794'000'000'000, system_rng()).hex();
    ASSERT_FALSE(world.hidden.empty());
    const auto csrf = test::Browser::hidden(world.send("GET", "/"), "csrf");
    const std::vector<RecordId> some = {world.hidden[0], world.hidden[1], world.hidden[2], world.hidden.back()};
    for (const auto& hidden : some) {
      for (const auto& [method, route] : world.site().router().routes()) {
        const auto pattern = with_file(route);
        const auto at = pattern.find("{id}");
        const auto target = [&](const std::string& id) {
          return at == std::string::npos ? pattern : std::string(pattern).replace(at, 4, id);
        };
        if (at != std::string::npos) {
          const std::vector<net::Fields> sent = {{{"csrf", csrf}},
                                                 {{"csrf", csrf}, {"act", "void"}, {"reason", "x"}},
                                                 {{"csrf", csrf}, {"act", "submit"}},
                                                 {{"csrf", csrf}, {"v.remark", "x"}}};
          for (const auto& form : sent) {
            const auto one = without_ids(whole(world.send(method, target(hidden.hex()), form)));
            const auto other = without_ids(whole(world.send(method, target(absent), form)));
            EXPECT_EQ(one, other) << method << " " << pattern << "\n" << difference(other, one);
          }
        } else if (method == "GET" && !pattern.starts_with("/log")) {
          for (const char* name : {"id", "q", "unit", "own", "counterpart", "partner", "source", "after", "like", "from", "parent", "type",
                                   "figure", "record", "who", "part_of"}) {
            // Each look at the trail is a row of it; of those that declare void none is added here.
            net::Fields more = pattern == "/audit" ? net::Fields{{"action", "void"}} : net::Fields{};
            if (std::string_view(name) == "part_of") more.add("type", "return");
            const auto asked = [&](const std::string& id) {
              auto query = more;
              query.add(name, id);
              return without_ids(whole(world.send("GET", net::with_query(pattern, query))));
            };
            const auto one = asked(hidden.hex()), other = asked(absent);
            EXPECT_EQ(one, other) << pattern << "?" << name << "\n" << difference(other, one);
          }
        }
      }
    }
  }
}

TEST_F(Noninterference, AReferenceToWhatIsHiddenIsRefusedLikeOneToWhatIsAbsent) {
  for (const auto* reader : kReaders) {
    SCOPED_TRACE(reader);
    as(reader);
    auto& world = worlds().with;
    const auto who = test::must(world.ledger().subject(reader));
    const auto absent = make_uuid7(1'794'000'000'000, system_rng());
    RecordId visible;
    for (const auto& id : world.shared)
      if (const auto record = world.ledger().read(who, id); record && record->type_id == "talks") visible = id;
    if (visible.is_zero()) {
      EXPECT_STREQ(reader, "open") << "he reads what is for all only";
      continue;
    }
    for (const auto& hidden : {world.hidden[0], world.hidden[1]}) {
      for (const char* field : {"same_event", "sources"}) {
        const auto refused = [&](const RecordId& target) {
          const Json list = JsonArray{Json(JsonObject{{"ref", Json(target.hex())}})};
          const auto written = world.ledger().amend(who, {visible, {}, Json(JsonObject{{field, list}}), {}});
          return written ? std::string("saved") : without_ids(written.error().error.english());
        };
        const auto one = refused(hidden), other = refused(absent);
        EXPECT_EQ(one, other) << field;
        EXPECT_NE(one, "saved") << field;
      }
    }
  }
}

TEST_F(Noninterference, ANewRecordUnderAHiddenIdIsRefusedLikeUnderAnAbsentOne) {
  for (const auto* reader : kReaders) {
    SCOPED_TRACE(reader);
    as(reader);
    auto& world = worlds().with;
    const auto who = test::must(world.ledger().subject(reader));
    const auto first = std::find_if(world.shared.begin(), world.shared.end(), [&](const RecordId& id) {
      return world.ledger().read(world.ledger().console(), id)->type_id == "talks";
    });
    ASSERT_NE(first, world.shared.end());
    auto values = world.ledger().read(world.ledger().console(), *first)->values;
    values.erase("attachments");  // a file is sent by who names it
    const auto answer = [&](const RecordId& id) {
      const auto written = world.ledger().create(who, {id, "talks", values, std::nullopt, std::nullopt});
      return written ? std::string("saved") : without_ids(written.error().error.english() + written.error().error.where);
    };
    // A form's id is never the record's, so that nobody can ask for one.
    EXPECT_EQ(answer(world.hidden[0]), answer(journal::bound_id(1'794'000'000'000, 5, system_rng().make<NodeId>())));
    EXPECT_NE(answer(world.hidden[0]), "saved");
    if (std::string_view(reader) == "lower") { EXPECT_EQ(answer(make_uuid7(1'794'000'000'000, system_rng())), "saved"); }
  }
}

}  // namespace
}  // namespace nc::web
