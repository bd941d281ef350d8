#include "insight/stats/saved.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "foundation/crypto/hash.h"

namespace nc::stats {
namespace {

constexpr std::string_view kMagic = "NCCOLUMN";
static_assert(std::endian::native == std::endian::little, "numbers are saved lowest byte first, as they lie in memory");

// One description of every value serves both ways: Writer takes, Reader fills.
class Writer {
 public:
  static constexpr bool kReads = false;
  template <typename T>
  void number(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  template <typename T>
  void block(const std::vector<T>& values) {
    number(static_cast<std::uint32_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  template <typename T, typename Each>
  void list(const std::vector<T>& values, const Each& each) {
    number(static_cast<std::uint32_t>(values.size()));
    for (const auto& value : values) each(value);
  }
  [[nodiscard]] bool good() const { return true; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// After the first thing that cannot be, nothing is read any more and everything is empty.
class Reader {
 public:
  static constexpr bool kReads = true;
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <typename T>
  void number(T& value) {
    if (!need(sizeof(value))) return;
    std::memcpy(&value, rest_.data(), sizeof(value));
    rest_.remove_prefix(sizeof(value));
  }
  template <typename T>
  void block(std::vector<T>& values) {
    const auto count = std::size_t{counted(sizeof(T))};
    values.resize(count);
    if (count == 0) return;
    std::memcpy(values.data(), rest_.data(), count * sizeof(T));
    rest_.remove_prefix(count * sizeof(T));
  }
  template <typename T, typename Each>
  void list(std::vector<T>& values, const Each& each) {
    const auto count = counted(1);
    for (std::uint32_t i = 0; i < count && good_; ++i) each(values.emplace_back());
  }
  void refuse() { good_ = false; }
  void want(bool condition) { good_ = good_ && condition; }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }

 private:
  bool need(std::size_t bytes) { return good_ = good_ && rest_.size() >= bytes; }
  std::uint32_t counted(std::size_t bytes_each) {
    std::uint32_t count = 0;
    number(count);
    return need(std::size_t{count} * bytes_each) ? count : 0;
  }
  std::string_view rest_;
  bool good_ = true;
};

template <typename A, typename T>
  requires std::is_arithmetic_v<std::remove_const_t<T>> || std::is_same_v<std::remove_const_t<T>, RecordId>
void value(A& a, T& v) {
  a.number(v);
}
// Of an enumeration, nothing beyond its last one.
template <typename A, typename T>
void one_of(A& a, T& v, std::remove_const_t<T> last) {
  auto number = static_cast<std::uint8_t>(v);
  a.number(number);
  if constexpr (A::kReads) {
    a.want(number <= static_cast<std::uint8_t>(last));
    if (a.good()) v = static_cast<T>(number);
  }
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, bool>
void flag(A& a, T& v) {
  auto number = static_cast<std::uint8_t>(v ? 1 : 0);
  a.number(number);
  if constexpr (A::kReads) {
    a.want(number <= 1);
    v = number == 1;
  }
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, std::string>
void value(A& a, T& v) {
  if constexpr (A::kReads) {
    std::vector<char> text;
    a.block(text);
    v.assign(text.begin(), text.end());
  } else {
    a.block(std::vector<char>(v.begin(), v.end()));
  }
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, std::vector<std::string>>
void value(A& a, T& v) {
  a.list(v, [&](auto& item) { value(a, item); });
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, std::vector<RecordId>>
void value(A& a, T& v) {
  a.block(v);
}
template <typename A, typename T>
void maybe(A& a, T& v) {
  bool given = v.has_value();
  flag(a, given);
  if constexpr (A::kReads)
    if (given) v.emplace();
  if (v.has_value()) value(a, *v);
}

// A civil day; what lies outside would lead calendars astray.
template <typename A, typename T>
void day(A& a, T& v) {
  value(a, v);
  if constexpr (A::kReads) a.want(kDayMin <= v && v <= kDayMax);
}
template <typename A, typename T>
void maybe_day(A& a, T& v) {
  maybe(a, v);
  if constexpr (A::kReads) a.want(!v || (kDayMin <= *v && *v <= kDayMax));
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, DayRange>
void value(A& a, T& v) {
  auto& [first, last] = v;
  day(a, first), day(a, last);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, Amount>
void value(A& a, T& v) {
  auto& [number, scale] = v;
  value(a, number), value(a, scale);
  if constexpr (A::kReads) a.want(0 <= scale && scale <= 18);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, Atom>
void value(A& a, T& v) {
  auto& [handling, audience] = v;
  value(a, handling);
  one_of(a, audience.kind, journal::Audience::Kind::kWith);
  value(a, audience.units);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, std::vector<Atom>>
void value(A& a, T& v) {
  a.list(v, [&](auto& atom) { value(a, atom); });
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, Wall>
void value(A& a, T& v) {
  auto& [type, need, next, counterparts] = v;
  value(a, type), value(a, need), value(a, next), value(a, counterparts);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, Lock>
void value(A& a, T& v) {
  auto& [need, next, counterparts] = v;
  value(a, need), value(a, next), value(a, counterparts);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, OwnSet>
void value(A& a, T& v) {
  auto& [lead, units] = v;
  value(a, lead), value(a, units);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, CounterpartSet>
void value(A& a, T& v) {
  auto& [units, countries] = v;
  value(a, units), value(a, countries);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, MeasureKey>
void value(A& a, T& v) {
  auto& [id, scale] = v;
  value(a, id), value(a, scale);
  if constexpr (A::kReads) a.want(0 <= scale && scale <= 18);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, Party>
void value(A& a, T& v) {
  auto& [own, counterpart, lock] = v;
  value(a, own), value(a, counterpart), value(a, lock);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, Shape>
void value(A& a, T& v) {
  auto& [kind, detail, level, end, status, reading, standing, part, clustered, dead] = v;
  value(a, kind), value(a, detail), value(a, level), value(a, end);
  one_of(a, status, Status::kOther);
  value(a, reading);
  flag(a, standing), flag(a, part), flag(a, clustered), flag(a, dead);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, Link>
void value(A& a, T& v) {
  auto& [row, parent, same, includes] = v;
  value(a, row), value(a, parent), value(a, same), value(a, includes);
}

// A register's rows. The names taken apart make the compiler notice a member that was added.
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, Declared>
void value(A& a, T& v) {
  auto& [id, indicator, unit, code, levels, counterparts, countries, area, from, to, number, denominator, qualifier, magnitude, basis,
         verbatim, part_of, sources, parts] = v;
  value(a, id), value(a, indicator), value(a, unit), value(a, code), value(a, levels), value(a, counterparts), value(a, countries);
  value(a, area), maybe_day(a, from), maybe_day(a, to), maybe(a, number), maybe(a, denominator), value(a, qualifier), value(a, magnitude);
  value(a, basis), value(a, verbatim), maybe(a, part_of), value(a, sources);
  static_cast<void>(parts);  // made by each answer
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, IndicatorRow>
void value(A& a, T& v) {
  auto& [code, name, name_en, measure, basis, unit_of_count, kinds, details, levels, nature] = v;
  value(a, code), value(a, name), value(a, name_en), value(a, measure), value(a, basis), value(a, unit_of_count);
  value(a, kinds), value(a, details), value(a, levels);
  one_of(a, nature, Nature::kStock);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, ReportRow>
void value(A& a, T& v) {
  auto& [form, unit, from, to, nil_kinds, state] = v;
  one_of(a, form, ReportForm::kClosing);
  value(a, unit), maybe_day(a, from), maybe_day(a, to), value(a, nil_kinds), value(a, state);
}
template <typename A, typename T>
  requires std::is_same_v<std::remove_const_t<T>, SourceRow>
void value(A& a, T& v) {
  auto& [code] = v;
  value(a, code);
}

// Values of a dictionary in order of their numbers; two equal ones cannot be.
template <typename A, typename D>
void dictionary(A& a, D& d) {
  if constexpr (A::kReads) {
    std::remove_cvref_t<decltype(d.all())> values;
    a.list(values, [&](auto& item) { value(a, item); });
    d.clear();
    for (const auto& item : values) a.want(d.of(item) + 1 == d.size());
    a.want(d.size() == values.size());
  } else {
    a.list(d.all(), [&](const auto& item) { value(a, item); });
  }
}

template <typename A, typename R>
void table(A& a, R& rows, std::size_t walls) {
  if constexpr (A::kReads) {
    std::uint32_t count = 0;
    a.number(count);
    for (std::uint32_t i = 0; i < count && a.good(); ++i) {
      RecordId id;
      a.number(id);
      auto& readings = rows[id];
      a.want(readings.empty());
      a.list(readings, [&](auto& reading) {
        value(a, reading.wall), value(a, reading.row);
        a.want(reading.wall < walls);
      });
      a.want(!readings.empty());
    }
  } else {
    a.number(static_cast<std::uint32_t>(rows.size()));
    for (const auto& [id, readings] : rows) {
      a.number(id);
      a.list(readings, [&](const auto& reading) { value(a, reading.wall), value(a, reading.row); });
    }
  }
}

template <typename A, typename S>
void everything(A& a, S& store) {
  dictionary(a, store.words), dictionary(a, store.shapes), dictionary(a, store.whens);
  dictionary(a, store.own_sets), dictionary(a, store.counterpart_sets), dictionary(a, store.locks), dictionary(a, store.parties);
  dictionary(a, store.measures), dictionary(a, store.id_lists), dictionary(a, store.named), dictionary(a, store.walls);
  store.rows.save(a);
  a.block(store.ids);
  a.list(store.values, [&](auto& column) { column.save(a); });
  store.source_lists.save(a);
  a.list(store.links, [&](auto& link) { value(a, link); });
  a.block(store.pool);
  table(a, store.declared, store.walls.size()), table(a, store.indicators, store.walls.size());
  table(a, store.sources, store.walls.size()), table(a, store.reports, store.walls.size());
}

Error damaged() { return {ErrorCode::kCorrupt, NC_MSG("The saved columns are damaged")}; }

}  // namespace

std::string saved_bytes(const Columns::Store& store, const Digest& stamp) {
  Writer body;
  everything(body, store);
  Writer out;
  for (const char c : kMagic) out.number(c);
  out.number(kSavedVersion);
  out.number(stamp);
  auto bytes = out.take();
  bytes += body.take();
  const auto sum = crypto::sha256(bytes);
  bytes.append(reinterpret_cast<const char*>(sum.bytes.data()), sum.bytes.size());
  return bytes;
}

nc::Status read_saved_body(std::string_view body, Columns::Store& store) {
  store.clear();
  Reader reader(body);
  everything(reader, store);
  if (reader.done() && store.make_whole()) return {};
  store.clear();
  return fail(damaged());
}

nc::Status read_saved(std::string_view bytes, const Digest& stamp, Columns::Store& store) {
  const std::size_t head = kMagic.size() + sizeof(kSavedVersion) + Digest::kSize;
  if (bytes.size() < head + Digest::kSize || !bytes.starts_with(kMagic)) return fail(damaged());
  std::uint32_t version = 0;
  std::memcpy(&version, bytes.data() + kMagic.size(), sizeof(version));
  if (version != kSavedVersion) return fail(ErrorCode::kUnsupported, NC_MSG("The saved columns are of another version"));
  const auto end = bytes.size() - Digest::kSize;
  const auto digest_at = [&](std::size_t at) {
    Digest out;
    std::memcpy(out.bytes.data(), bytes.data() + at, out.bytes.size());
    return out;
  };
  if (digest_at(head - Digest::kSize) != stamp)
    return fail(ErrorCode::kConflict, NC_MSG("The saved columns are of another state of the journal"));
  if (crypto::sha256(bytes.substr(0, end)) != digest_at(end)) return fail(damaged());
  return read_saved_body(bytes.substr(head, end - head), store);
}

}  // namespace nc::stats
