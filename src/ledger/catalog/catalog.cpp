#include "ledger/catalog/catalog.h"

#include <algorithm>
#include <array>

#include "base/files.h"
#include "base/limits.h"
#include "ledger/catalog/loader.h"
#include "ledger/catalog/slots.h"

namespace nc::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 20> kKindNames{"text",    "long_text", "flag",    "date",  "date_range", "integer", "decimal",
                                                      "money",   "choice",    "choices", "ref",   "refs",       "marker",  "place",
                                                      "persons", "qualifier", "file",    "files", "personal",   "lines"};
constexpr std::array<std::string_view, 3> kHandlingNames{"open", "internal", "restricted"};
constexpr std::string_view kSharedFolder = "shared";
constexpr std::string_view kSharedFile = "activity.toml";
constexpr std::string_view kRolesFile = "roles.toml";
constexpr std::string_view kMediaFile = "attachments.toml";
constexpr std::string_view kPurposesFile = "purposes.toml";
constexpr std::string_view kTasksFile = "tasks.toml";                                    // read by TaskBook::load
constexpr std::array kOtherFiles = {kRolesFile, kMediaFile, kPurposesFile, kTasksFile};  // that are no types

template <typename T>
const T* by_id(const std::vector<T>& items, std::string_view id) {
  const auto it = std::find_if(items.begin(), items.end(), [&](const T& item) { return item.id == id; });
  return it == items.end() ? nullptr : &*it;
}

// Everything read so far, with what is still to be checked once all is there.
struct Reading {
  std::optional<SharedBlock> shared;
  std::vector<Type> types;
  std::vector<Role> roles;
  std::vector<MediaType> media;
  std::vector<Purpose> purposes;
  std::vector<PendingRef> refs;
};

std::unexpected<Error> misplaced(const fs::path& path) {
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The file is neither <group>/<type>.toml nor shared/activity.toml, roles.toml, "
                                                "attachments.toml, purposes.toml or tasks.toml"))
                  .at(path.string() + ":1:1"));
}

Status read_shared(const fs::path& dir, Reading& out) {
  const auto path = dir / kSharedFolder / kSharedFile;
  std::error_code ec;
  if (!fs::exists(path, ec)) return {};
  NC_ASSIGN(const std::string text, read_file(path, limits::kCatalogFileBytesMax));
  NC_ASSIGN(out.shared, parse_shared(text, path.string()));
  out.refs = out.shared->refs;
  return {};
}

Status read_type(const fs::path& path, Reading& out) {
  NC_ASSIGN(const std::string text, read_file(path, limits::kCatalogFileBytesMax));
  NC_ASSIGN(LoadedType loaded, load_type(text, path.string(), out.shared ? &*out.shared : nullptr));
  if (const auto* other = by_id(out.types, loaded.type.id))
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The type “{1}” stands in {2} as well"), {loaded.type.id, other->file.string()})
                    .at(path.string() + ":1:1"));
  out.types.push_back(std::move(loaded.type));
  out.refs.insert(out.refs.end(), loaded.refs.begin(), loaded.refs.end());
  return {};
}

Status read_types(const fs::path& dir, const std::vector<fs::path>& files, Reading& out) {
  for (const auto& path : files) {
    const auto relative = path.lexically_relative(dir);
    const auto depth = std::distance(relative.begin(), relative.end());
    if (std::ranges::find(kOtherFiles, relative.string()) != kOtherFiles.end()) continue;
    if (depth == 2 && *relative.begin() == fs::path(kSharedFolder)) {
      if (relative.filename() != fs::path(kSharedFile)) return misplaced(path);
      continue;
    }
    if (depth != 2) return misplaced(path);
    NC_TRY(read_type(path, out));
  }
  std::sort(out.types.begin(), out.types.end(), [](const Type& a, const Type& b) { return a.id < b.id; });
  return {};
}

Status read_roles(const fs::path& dir, Reading& out) {
  const auto path = dir / kRolesFile;
  std::error_code ec;
  if (!fs::exists(path, ec)) return {};
  std::vector<std::string> groups;
  for (const auto& type : out.types)
    if (std::find(groups.begin(), groups.end(), type.group) == groups.end()) groups.push_back(type.group);
  NC_ASSIGN(const std::string text, read_file(path, limits::kCatalogFileBytesMax));
  NC_ASSIGN(out.roles, parse_roles(text, path.string(), groups));
  return {};
}

Status read_media(const fs::path& dir, Reading& out) {
  const auto path = dir / kMediaFile;
  std::error_code ec;
  if (!fs::exists(path, ec)) return {};
  NC_ASSIGN(const std::string text, read_file(path, limits::kCatalogFileBytesMax));
  NC_ASSIGN(out.media, parse_media(text, path.string()));
  return {};
}

Status read_purposes(const fs::path& dir, Reading& out) {
  const auto path = dir / kPurposesFile;
  std::error_code ec;
  if (!fs::exists(path, ec)) return {};
  NC_ASSIGN(const std::string text, read_file(path, limits::kCatalogFileBytesMax));
  NC_ASSIGN(out.purposes, parse_purposes(text, path.string()));
  return {};
}

Status check_refs(const Reading& reading) {
  for (const auto& ref : reading.refs) {
    if (!ref.feed.empty() && !is_feed(ref.feed))
      return fail(Error(ErrorCode::kInvalid, NC_MSG("The program knows nothing that feeds “{1}”"), {ref.feed}).at(ref.where));
    if (ref.feed.empty() && by_id(reading.types, ref.type) == nullptr)
      return fail(Error(ErrorCode::kInvalid, NC_MSG("There is no type “{1}” in the catalogue"), {ref.type}).at(ref.where));
  }
  return {};
}

void expand_feeds(Field& field, const std::vector<Type>& types) {
  for (const auto& type : types)
    if (std::find(field.to_feeds.begin(), field.to_feeds.end(), type.feeds) != field.to_feeds.end()) field.to.push_back(type.id);
  if (!field.to_feeds.empty()) {
    std::sort(field.to.begin(), field.to.end());
    field.to.erase(std::unique(field.to.begin(), field.to.end()), field.to.end());
  }
  for (auto& column : field.columns) expand_feeds(column, types);
}

// Where kinds are named that there was nothing of: what is counted, as the lists of it are in order.
void name_counted_kinds(Type& type, const std::vector<Option>& kinds) {
  const auto slot = type.slots.find("nil_kinds");
  if (slot == type.slots.end()) return;
  for (auto& field : type.fields)
    for (auto& column : field.columns)
      if (field.id == slot->second && column.kind == FieldKind::kText) column.options = kinds;
}

std::vector<Option> counted_kinds(const std::vector<Type>& types) {
  std::vector<Option> out;
  for (const auto& type : types)
    if (type.countable && (type.feeds == "counted-activity" || type.feeds == "standing-thing")) out.push_back({type.id, type.label});
  return out;
}

}  // namespace

std::string_view field_kind_name(FieldKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }
std::string_view handling_name(Handling handling) { return kHandlingNames[static_cast<std::size_t>(handling)]; }

std::optional<Handling> handling_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kHandlingNames.size(); ++i)
    if (kHandlingNames[i] == name) return static_cast<Handling>(i);
  return std::nullopt;
}

const Option* Field::option(std::string_view id_wanted) const { return by_id(options, id_wanted); }
const Option* Field::role(std::string_view id_wanted) const { return by_id(roles, id_wanted); }
const Field* Field::column(std::string_view id_wanted) const { return by_id(columns, id_wanted); }
const Field* Type::field(std::string_view id_wanted) const { return by_id(fields, id_wanted); }
const State* Type::state(std::string_view id_wanted) const { return by_id(states, id_wanted); }
const Transition* Type::transition(std::string_view id_wanted) const { return by_id(transitions, id_wanted); }
const Measure* Type::measure(std::string_view id_wanted) const { return by_id(measures, id_wanted); }

const Field* Type::slot(std::string_view name) const {
  const auto it = slots.find(std::string(name));
  return it == slots.end() ? nullptr : field(it->second);
}

Result<std::shared_ptr<const Catalog>> Catalog::load(const fs::path& dir) {
  NC_ASSIGN(const std::vector<fs::path> files, list_files(dir, ".toml"));
  Reading reading;
  NC_TRY(read_shared(dir, reading));
  NC_TRY(read_types(dir, files, reading));
  NC_TRY(read_roles(dir, reading));
  NC_TRY(read_media(dir, reading));
  NC_TRY(read_purposes(dir, reading));
  NC_TRY(check_refs(reading));
  if (reading.types.empty())
    return fail(Error(ErrorCode::kNotFound, NC_MSG("The catalogue has no record types"))
                    .at(dir.string())
                    .then(NC_MSG("Copy the folder catalog of the program there")));
  const std::vector<Type> plain = reading.types;
  for (auto& type : reading.types)
    for (auto& field : type.fields) expand_feeds(field, plain);
  const auto kinds = counted_kinds(reading.types);
  for (auto& type : reading.types) name_counted_kinds(type, kinds);
  auto out = std::make_shared<Catalog>();
  out->types_ = std::move(reading.types);
  out->roles_ = std::move(reading.roles);
  out->media_ = std::move(reading.media);
  out->purposes_ = std::move(reading.purposes);
  return std::shared_ptr<const Catalog>(std::move(out));
}

const Type* Catalog::find(std::string_view id) const { return by_id(types_, id); }
const Role* Catalog::role(std::string_view id) const { return by_id(roles_, id); }
const MediaType* Catalog::media(std::string_view id) const { return by_id(media_, id); }
const Purpose* Catalog::purpose(std::string_view id) const { return by_id(purposes_, id); }

std::vector<const Type*> Catalog::feeding(std::string_view feeds) const {
  std::vector<const Type*> out;
  for (const auto& type : types_)
    if (type.feeds == feeds) out.push_back(&type);
  return out;
}

}  // namespace nc::catalog
