// inspect: entries, records and streams of the journal as they lie there.
#include "face/cli/choices.h"
#include "face/cli/commands.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, what, key;
};

Json json_of(const journal::Stored& stored) {
  Json out;
  out.set("hash", stored.entry.hash.hex())
      .set("arrival", stored.arrival)
      .set("received", stored.received_ms)
      .set("depth", static_cast<std::int64_t>(stored.depth));
  out.set("purged", stored.purged).set("header", stored.entry.header_bytes).set("body", stored.entry.body_bytes);
  return out;
}

Status look_at(const Context& context, const Asked& asked, store::Database& db, const journal::Journal& journal) {
  if (asked.what == "stream") {
    NC_ASSIGN(const auto streams, journal.streams(db));
    for (const auto& stream : streams)
      context.out() << stream.key.text() << "  seq " << stream.seq << "  sealed " << stream.sealed << "  " << stream.head.hex() << '\n';
    return {};
  }
  if (asked.what == "entry") {
    const auto hash = EntryHash::from_hex(asked.key);
    if (!hash)
      return fail(
          Error(ErrorCode::kUsage, NC_MSG("This is not the hash of an entry")).at("entry").then(NC_MSG("It has 64 hexadecimal digits")));
    NC_ASSIGN(const auto stored, journal.find(db, *hash));
    if (!stored) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no such entry here")).at(asked.key));
    context.out() << pretty(json_of(*stored));
    return {};
  }
  const auto id = RecordId::from_hex(asked.key);
  if (!id)
    return fail(Error(ErrorCode::kUsage, NC_MSG("This is not a record id")).at("record").then(NC_MSG("It has 32 hexadecimal digits")));
  NC_ASSIGN(const auto entries, journal.entries_of(db, *id));
  if (entries.empty()) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no such record, or it is not for you")));
  for (const auto& stored : entries) context.out() << pretty(json_of(stored));
  return {};
}

}  // namespace

void add_inspect(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("inspect", context.tr(NC_MSG("Look into the journal: entry HASH, record ID, stream")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  add_choice(*command, "what", asked->what, context.tr(NC_MSG("entry, record or stream")), {"entry", "record", "stream"}, context)
      ->required();
  command->add_option("key", asked->key, context.tr(NC_MSG("Hash of the entry or id of the record")));
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [=, &context]() -> Status {
      NC_ASSIGN(const auto ledger, open_for_reading(asked->dir));
      return ledger->inspect([&](store::Database& db, const journal::Journal& journal) { return look_at(context, *asked, db, journal); });
    };
  });
}

}  // namespace nc::cli
