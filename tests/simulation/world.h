// A simulated tree: real ledgers whose files lie on disks that lose power and fill up, lines that cut, delay, drop, repeat and damage,
// sticks that are copied, lost and late, backups of any age, clones, thieves, clocks that jump, units that move. Everything is drawn
// from one seed; one thread asks, so that the same seed gives the same run.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "channels/sync/bundle.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/store/faulty_disk.h"
#include "insight/stats/stats.h"
#include "tests/simulation/model.h"

namespace nc::simulation {

// What a test plants so that a checker must find it.
enum class Plant {
  kNone,
  kLoseEntry,         // an acknowledged entry that nobody holds
  kForgetDifference,  // a node writes after the last talk
  kLeak,              // a node holds what is not for it
  kLeakOnTheWire,     // a parent answers as if another asked
  kWrongSame,         // "the same" is shown whenever nothing is under way
  kDiskLies,          // disks that say "synced" and did nothing
  kDerivedRow,        // a derived row that the journal does not say
  kFigure,            // a change that the columns were not told of
  kPark,              // an entry that stays parked though all is here
  kTrustAnybody,      // an entry that counts though its node may not write it
  kLoseFile,          // bytes of a file that an entry names
  kLeakFile,          // bytes of a file lie where they are not for
  kLoseKey,           // the key of personal data that a node holds
  kLeakKey,           // such a key lies where it is not for
  kHiddenBytes,       // what is sent to a lower subscriber follows what is hidden from it
};
std::optional<Plant> plant_named(std::string_view name);
std::vector<std::string> plant_names();

// Empty: nothing was wrong.
using Finding = std::string;

struct Held {
  std::int64_t seq = 0;
  EntryHash head;
};
using Heads = std::map<std::string, Held>;  // by the name of a stream

struct Member {
  std::string code;
  std::unique_ptr<store::FaultyDisk> disk;
  std::shared_ptr<stats::Columns> columns;  // in step with each commit while the node is open
  std::unique_ptr<Node> node;
  Member* parent = nullptr;
  UnitId unit;
  catalog::Handling ceiling = catalog::Handling::kInternal;
  bool encrypted = false;  // its disk: else it takes nothing restricted
  Heads acknowledged;      // of its own streams: what its writers were told is saved
  Heads durable;           // all that it held when it last answered, or was answered: no loss of power may take it
  bool hostile = false;
  bool was_under_a_rogue = false;
  bool full = false;  // its disk, at the moment
  bool knows_new_types = false;
  std::map<std::string, std::int64_t> frozen;  // streams that it reads no more: how much it had then
  std::string late;                            // the request before, which a line may bring once more

  // The highest handling that it takes now. No superior's is lower, but of a rogue.
  [[nodiscard]] catalog::Handling reach() const { return encrypted ? ceiling : std::min(ceiling, catalog::Handling::kInternal); }

  // An old state of the disk, kept by hand or as a backup.
  struct Old {
    store::FaultyDisk::Files files;
    fs::path backup;  // the product's own; empty: none was made
    int changes = 0;  // of units, until then
  };
  std::optional<Old> old;
};

// A file that somebody attached: the entry that names it, and its bytes.
struct AttachedFile {
  std::string stream;
  std::int64_t seq = 0;
  EntryHash entry;
  std::string part;
  Digest sha256;
  NodeId writer;
};

// A record about a person, and the nodes that wrote into it.
struct Person {
  RecordId id;
  journal::PartKey part;
  std::set<NodeId> writers;
};

struct Tally {
  std::map<std::string, std::int64_t> counts;
  std::int64_t days = 0;
  void add(const Tally& other);
  [[nodiscard]] std::string text() const;
};

struct Wish {
  fs::path source;
  std::uint64_t seed = 1;
  std::uint64_t nodes_min = 2, nodes_max = 5;
  int steps = 120;
  Plant plant = Plant::kNone;
  bool twin = false;    // good disks and fixed clocks: a world that is run a second time with hidden activity
  bool hidden = false;  // this is the second time
};

class World {
 public:
  explicit World(const Wish& wish);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  // Some days of work, then quiet, then every check.
  Finding run();
  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }
  // Of a twin: what was sent to each node that the hidden activity is not for, in order.
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& sent() const { return sent_; }

 private:
  using Members = std::vector<std::unique_ptr<Member>>;
  friend class Checks;

  // --- building (world.cpp) ---
  Member& make_member(const std::string& code);
  Member& add(const std::string& code, Member* parent, const UnitId& unit, catalog::Handling ceiling);
  void build();
  void set_up_officers();
  Finding step();
  Finding misfortune();
  // Twin: whether what is hidden from the rest is between the child and its parent.
  [[nodiscard]] bool both_see_the_hidden(const Member& child) const;
  // While the two talk: how often they draw lots for what is hidden moves no lot of theirs later. The same ones in both worlds.
  class Apart {
   public:
    Apart(const World& world, Member& child);
    ~Apart();
    Apart(const Apart&) = delete;
    Apart& operator=(const Apart&) = delete;

   private:
    SeededRng rng_;
    std::vector<Node*> nodes_;
  };
  // Twin: so that a lot more or less that somebody drew before, for what is hidden, moves none of those from here on.
  void draw_anew();
  Finding settle(bool last);
  Finding mend();
  // By its superior: a certificate of the incarnation that it has now counts there. Else they talk about nothing.
  [[nodiscard]] static bool is_let_in(Member& member);
  static void meet_superior(Member& member);
  [[nodiscard]] static std::size_t depth_of(const Member& member);
  [[nodiscard]] std::vector<Member*> deepest_first() const;
  void watch(Member& member);
  Finding reopen(Member& member);
  void close(Member& member);
  void note(std::string what);
  void count(const std::string& what) { ++tally_.counts[what]; }
  Member& some() { return *members_[static_cast<std::size_t>(rng_.below(members_.size()))]; }
  Member* some_child();
  void remember(Member& member) const;  // what it holds is durable from now on
  Finding still_there(Member& member) const;

  // --- officers (officers.cpp) ---
  access::Subject officer(Member& member);
  void write(Member& member);
  bool secretly(const Member& member);
  void written(Member& member, const std::string& what, const records::WriteResult& result);
  void amend(Member& member);
  void resolve(Member& member);
  void void_or_restore(Member& member);
  void hide_something();
  void seal_trail();
  records::WriteResult write_march(Member& member, const std::string& text);

  // --- files (files.cpp) ---
  void attach(Member& member);
  void note_attached(Member& member, const RecordId& record, const Digest& sha256);
  [[nodiscard]] Finding file_on_the_wire(const Member& from, const Member& to, std::string_view content) const;
  void plant_file(Member& member);

  // --- persons (people.cpp) ---
  void set_up_custodians();
  void with_persons();
  void enter_person(Member& member);
  void amend_person(Member& member, Person& person);
  void erase_person(Member& member, const Person& person);
  void said_of_person(Member& member, const std::string& what, const records::WriteResult& result);
  void plant_keys();

  // --- lines and sticks (lines.cpp) ---
  Finding talk(Member& child);
  Finding exchange(Member& child, sync::Session& session, SeededRng& rng, bool& go_on, bool& alive);
  Finding wire(Member& from, Member& to, const std::string& row) const;
  Finding stick(Member& child);
  Finding take_stick();
  Finding power_returns(Member& member);
  [[nodiscard]] sync::Limits limits() const;

  // --- machines (disks.cpp) ---
  Finding lose_power(Member& member);
  Finding fill_disk(Member& member);
  void clock_jumps(Member& member);
  Finding encrypt_some();
  Finding encrypt(Member& member);
  void keep_old(Member& member);
  Finding go_back(Member& member);  // by hand: an old copy of the directory
  Finding restore(Member& member);  // by the product, as a new incarnation
  Finding clone(Member& member);
  Finding new_incarnation(Member& member);
  Finding set_up_anew(Member& member);
  // A superior of which there are two, that went back, or that waits for its own certificate, certifies nobody: it is mended first.
  [[nodiscard]] bool may_certify(Member& superior) const;
  void forget_lost(Member& member);
  void fill_real_directory(const Member& member, const fs::path& to) const;

  // --- hostile.cpp ---
  Finding steal(Member& member);
  Finding rogue(Member& member);

  // --- reorganising.cpp ---
  void move_unit();
  void merge_or_split();
  Finding new_types(Member& member);

  void plant(Member& member);  // plants.cpp

  Wish wish_;
  fs::path dir_;
  SeededRng rng_;
  Members members_;  // parents before their children, until units move
  Model model_;
  struct Stick {
    Member* to = nullptr;
    fs::path file;
    std::optional<sync::KnownParent> parent;  // when it comes from there
    int changes = 0;                          // of units, until it was written
  };
  std::vector<Stick> sticks_;  // on their way
  std::vector<RecordId> records_;
  std::set<std::string> forked_;          // "node/incarnation": two machines wrote under it, or one that had gone back
  std::set<EntryHash> may_not_count_;     // what a rogue wrote, and a thief after the cut
  std::vector<Member*> went_back_;        // and do not know it yet
  std::vector<std::string> misfortunes_;  // of this run
  Member* hidden_from_ = nullptr;         // twin: the province that may see what is hidden from the rest
  SeededRng hidden_rng_, files_rng_, people_rng_, secret_rng_;
  std::vector<Person> people_;
  std::vector<std::pair<std::string, crypto::SigningKey>> custodians_;  // by login
  std::vector<AttachedFile> attached_;
  // Member, part, hash: bytes that an officer's own refused save leaves at his node, until they are collected.
  std::set<std::tuple<std::string, std::string, Digest>> left_behind_;
  void unfreeze();
  void look_above(Member& member) const;  // for a rogue
  int changes_ = 0;                       // units that moved, merged, split
  int texts_ = 0, papers_ = 0, stick_names_ = 0, machines_ = 0, draws_ = 0;
  std::map<std::string, std::vector<std::string>> sent_;
  Tally tally_;
  std::vector<std::string> trace_;
};

// What must hold when all is quiet (checks.cpp).
class Checks {
 public:
  explicit Checks(World& world) : world_(world) {}
  Finding all(bool last);
  // The two hold equal sets of what they share, as they say themselves; `strict`: forked streams count, too.
  [[nodiscard]] Finding pair(Member& one, Member& other, bool strict) const;

 private:
  [[nodiscard]] Finding acknowledged() const;
  [[nodiscard]] Finding digests() const;
  [[nodiscard]] Finding subscriptions() const;
  [[nodiscard]] Finding parked() const;
  [[nodiscard]] Finding refused() const;
  [[nodiscard]] Finding figures() const;
  [[nodiscard]] Finding states() const;
  [[nodiscard]] Finding files() const;
  [[nodiscard]] Finding keys() const;
  [[nodiscard]] bool handed_in_by(const Member& member, const std::string& part) const;
  [[nodiscard]] Finding rebuild(Member& member) const;
  [[nodiscard]] bool is_forked(const std::string& stream) const;
  World& world_;
};

[[nodiscard]] Heads heads_of(Node& node);
// How the names of its streams begin.
[[nodiscard]] std::string incarnation_text(Node& node);
[[nodiscard]] std::optional<EntryHash> held_at(Node& node, const std::string& stream, std::int64_t seq);

}  // namespace nc::simulation
