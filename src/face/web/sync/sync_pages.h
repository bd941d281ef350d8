// Inside the room: the pages of the other own nodes: who holds the same, sticks, enrolment, what is done when a machine is
// broken, lost or copied. For administrators: decided as administering the node, like all pages of its care.
#pragma once

#include <map>

#include "channels/sync/node_states.h"
#include "face/web/form.h"
#include "face/web/site_pages.h"

namespace nc::web {

// The nodes, and what they are called: by the name of their unit.
class KnownNodes {
 public:
  static Result<KnownNodes> look(const Visit& visit);
  [[nodiscard]] const std::vector<sync::NodeState>& all() const { return states_; }
  [[nodiscard]] const sync::NodeState* find(const NodeId& node) const;
  [[nodiscard]] std::string name(const Visit& visit, const NodeId& node) const;
  [[nodiscard]] const std::optional<sync::KnownParent>& parent() const { return parent_; }

 private:
  std::vector<sync::NodeState> states_;
  std::optional<sync::KnownParent> parent_;
};

[[nodiscard]] Url node_url(const NodeId& node);
[[nodiscard]] Html node_state_badge(const Visit& visit, const sync::NodeState& state);
[[nodiscard]] std::string contact_text(const Visit& visit, const sync::Contact& contact);
[[nodiscard]] Html clock_text(const Visit& visit, const sync::NodeState& state);

[[nodiscard]] Html stick_section(const Visit& visit, const KnownNodes& nodes, const std::string& error = {});
[[nodiscard]] Html guide_links(const Visit& visit);

void add_node_pages(net::Router& router, Site& site);   // by add_sync_pages: one node, cutting it off, readmitting
void add_stick_pages(net::Router& router, Site& site);  // by add_sync_pages: bundles out and in
void add_card_pages(net::Router& router, Site& site);   // by add_sync_pages: letting a node in
void add_guide_pages(net::Router& router, Site& site);  // by add_sync_pages: what to do when

}  // namespace nc::web
