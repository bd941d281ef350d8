// How fast: appends in groups, states of records, an authority set of some size, verify. Prints one line each.
#include <filesystem>
#include <functional>
#include <string>

#include "base/bench.h"
#include "foundation/store/transaction.h"
#include "ledger/journal/bound_id.h"
#include "ledger/journal/journal.h"

namespace {

using namespace nc;
using namespace nc::journal;

void timed(const char* what, int count, const std::function<void()>& work) {
  bench::print({"journal", what, "/s", "stated", {count / bench::seconds(work)}, {}});
}

using bench::must;

class Bench {
 public:
  explicit Bench(const std::filesystem::path& path)
      : rng_(1),
        key_(crypto::SigningKey::generate(rng_)),
        db_(must(store::Database::open(path, {.create = true}))),
        journal_({rng_.make<NodeId>(), rng_.make<IncarnationId>()}, system_clock(), rng_) {
    NC_CHECK(Journal::migrate(db_).has_value());
  }
  void group(int count, const std::function<Draft(int)>& draft) {
    for (int done = 0; done < count;) {
      auto transaction = must(store::Transaction::begin(db_));
      for (const int end = std::min(count, done + 100); done < end; ++done) last_ = must(journal_.append(db_, draft(done))).entry.hash;
      NC_CHECK(journal_.seal_moved(db_, key_).has_value());
      NC_CHECK(transaction.commit().has_value());
    }
  }
  Draft authority(std::string_view act, JsonObject values) {
    Draft out;
    out.record = new_id();
    out.type = "unit";
    out.part = {0, Audience::authority()};
    out.form = Form::kAct;
    out.body.act = act;
    out.body.set = std::move(values);
    return out;
  }
  Draft sample(int number) {
    Draft out;
    out.record = number % 2 == 0 ? new_id() : record_;
    if (number % 2 != 0) out.base = {last_};
    record_ = out.record;
    out.type = "sample";
    out.part = {1, Audience::own(RecordId{})};
    out.body.set = {
        {"place", "Bù Prăng"}, {"people", number}, {"when", "2024-05-01"}, {"length_km", "12.5"}, {"remark", std::string(200, 'x')}};
    return out;
  }
  RecordId new_id() { return bound_id(system_clock().wall_ms(), make_nonce(rng_), journal_.self().node); }
  void run(int authority_entries, int entries) {
    const auto& self = journal_.self();
    group(1, [&](int) {
      return authority(acts::kCertifyNode, {{"node", self.node.hex()},
                                            {"incarnation", self.incarnation.hex()},
                                            {"public_key", key_.public_key().hex()},
                                            {"unit", UnitId{}.hex()}});
    });
    for (const auto* type : {"unit", "sample"})
      group(1,
            [&](int) { return authority(acts::kPublishType, {{"type_id", type}, {"version", 1}, {"definition_hash", Digest{}.hex()}}); });
    timed("append authority, 100 a commit", authority_entries,
          [&] { group(authority_entries, [&](int i) { return authority("create", {{"name", "Unit " + std::to_string(i)}}); }); });
    timed("append, 100 a commit", entries, [&] { group(entries, [&](int i) { return sample(i); }); });
    int records = 0;
    timed("state_of", authority_entries + entries / 2, [&] {
      NC_CHECK(journal_
                   .for_each_record(db_,
                                    [&](const RecordId& record) -> Status {
                                      NC_ASSIGN(const auto state, journal_.state_of(db_, record, {}));
                                      records += !state.parts.empty();
                                      return {};
                                    })
                   .has_value());
    });
    timed("verify", authority_entries + entries, [&] { NC_CHECK(must(journal_.verify(db_)).problems.empty()); });
    NC_CHECK(records == authority_entries + entries / 2 + 3);
  }

 private:
  SeededRng rng_;
  crypto::SigningKey key_;
  store::Database db_;
  Journal journal_;
  EntryHash last_;
  RecordId record_;
};

}  // namespace

int main() {
  const bench::Folder folder;
  const int part = bench::quick() ? 10 : 1;
  Bench(folder.path() / "ledger.db").run(10'000 / part, 50'000 / part);
}
