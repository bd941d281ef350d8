// Inside the room: the ids that the last forms were given, because each takes a signature to work out and is asked for more
// than once while a form is saved. Any thread.
#pragma once

#include <array>
#include <mutex>
#include <optional>

#include "base/id.h"

namespace nc::records {

class FormIds {
 public:
  [[nodiscard]] std::optional<RecordId> find(const RecordId& form, const PersonId& person) const {
    const std::lock_guard lock(mutex_);
    const auto& one = ids_[place_of(form)];
    return one.form == form && one.person == person && !one.id.is_zero() ? std::optional(one.id) : std::nullopt;
  }
  void keep(const RecordId& form, const PersonId& person, const RecordId& id) {
    const std::lock_guard lock(mutex_);
    ids_[place_of(form)] = {form, person, id};
  }

 private:
  struct One {
    RecordId form;
    PersonId person;
    RecordId id;
  };
  static std::size_t place_of(const RecordId& form) { return form.bytes.back() % 64U; }

  mutable std::mutex mutex_;
  std::array<One, 64> ids_{};
};

}  // namespace nc::records
