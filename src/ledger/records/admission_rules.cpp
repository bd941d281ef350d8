#include "ledger/records/admission_rules.h"

#include <algorithm>

#include "foundation/crypto/hash.h"
#include "foundation/crypto/sign.h"
#include "ledger/journal/bound_id.h"
#include "ledger/journal/node_names.h"
#include "ledger/records/authority_view.h"

namespace nc::records {
namespace {

using journal::Audience;
using journal::Entry;
using journal::Question;
using Objection = std::optional<Error>;

Objection object(const char* message, std::vector<std::string> args = {},
                 const char* next = NC_MSG("Have it done by a node of a unit that stands above")) {
  return Error(ErrorCode::kDenied, message, std::move(args)).then(next);
}

class Rules {
 public:
  Result<bool> may_write(const Question& asked, const Audience& audience) {
    // What is for all and the authority are bounded by type and content: judge().
    if (audience.kind == Audience::Kind::kAll || audience.kind == Audience::Kind::kAuthority) return true;
    NC_ASSIGN(const auto view, views_.under(asked));
    return std::any_of(audience.units.begin(), audience.units.end(),
                       [&](const UnitId& unit) { return view->lies_under(unit, asked.writer.units); });
  }

  Result<Objection> judge(const Question& asked, const Entry& entry, std::int64_t definition) {
    if (auto objection = judge_beginning(entry, asked.writer.whole)) return objection;
    const bool authority = entry.header.stream.part.audience.kind == Audience::Kind::kAuthority;
    if (definition != 0) {
      NC_ASSIGN(const auto rule, views_.type_rule(asked.db, definition));
      if (!rule.audience.empty() && (rule.audience == "authority") != authority)
        return object(NC_MSG("Records of the type “{1}” do not belong into the part {2}"),
                      {entry.header.type, entry.header.stream.part.text()}, "");
      if (entry.header.stream.part.audience.kind == Audience::Kind::kAll && rule.audience != "all" && !asked.writer.whole)
        return object(NC_MSG("Records of the type “{1}” are not for all"), {entry.header.type});
    } else if (auto wrong = wrong_definition(entry)) {
      return wrong;
    }
    if (!authority || asked.writer.whole) return Objection();
    NC_ASSIGN(const auto view, views_.under(asked));
    return judge_record(*view, asked.writer.units, entry);
  }

 private:
  // Who may begin a record: the node that its id names. Of an id that names nobody it is who holds the whole tree;
  // else whoever can compute it could begin "it" for an audience of his own, before the true one or after.
  static Objection judge_beginning(const Entry& entry, bool whole) {
    const auto& header = entry.header;
    if (journal::is_bound_to(header.record, header.stream.node)) return {};
    const bool creates = entry.body.act == journal::acts::kCreate, named = journal::is_bound(header.record);
    if (creates && named)
      return object(NC_MSG("The id of the record {1} names another node as the one that may create it"), {header.record.hex()}, "");
    const bool authority = header.stream.part.audience.kind == Audience::Kind::kAuthority;
    if (whole || named || (!creates && (authority || !header.base.empty()))) return {};
    return begun_by_others(header.record);
  }
  static Objection begun_by_others(const RecordId& record) {
    return object(
        NC_MSG("The id of the record {1} does not name the node: it is begun by its own node, or by one that holds the whole tree"),
        {record.hex()}, "");
  }

  // A definition that is named must be the one whose hash is published.
  static Objection wrong_definition(const Entry& entry) {
    const Json values(entry.body.set);
    if (entry.body.act != journal::acts::kPublishType || values.text("definition").empty()) return {};
    if (crypto::sha256(values.text("definition")).hex() == values.text("definition_hash")) return {};
    return object(NC_MSG("The published definition is not the one whose hash is published"), {}, "");
  }

  // All that the record said before, and what the entry adds, must lie within what the writer holds.
  static Objection judge_record(const AuthorityView& view, const std::vector<UnitId>& held, const Entry& entry) {
    Said now;
    now.record = entry.header.record;
    now.node = entry.header.stream.node;
    now.act = entry.body.act;
    now.type = entry.header.type + "@" + std::to_string(entry.header.type_version);
    now.set = entry.body.set;
    now.add = entry.body.add;
    auto before = view.said_of(now.record);
    // Also by acts that are bounded by what they name: the record would be of the authority from then on.
    if (before.empty() && !journal::is_bound_to(now.record, now.node)) return begun_by_others(now.record);
    if (auto objection = judge_said(view, held, now, before.empty())) return objection;
    for (const auto& said : before)
      if (auto objection = judge_said(view, held, *said, false)) return objection;
    return now.act == journal::acts::kCertifyNode ? judge_node(view, held, now) : Objection();
  }

  // The node asked its writer for it, under a name that follows from its key; and nobody takes over a node that was certified for
  // units beyond his own.
  static Objection judge_node(const AuthorityView& view, const std::vector<UnitId>& held, const Said& said) {
    const Json values(said.set);
    const auto node = NodeId::from_hex(values.text("node"));
    const auto incarnation = IncarnationId::from_hex(values.text("incarnation"));
    const auto key = PublicKey::from_hex(values.text("public_key"));
    if (!node || !incarnation || !key || *incarnation != journal::incarnation_of(*key))
      return object(NC_MSG("The incarnation {1} is not that of its key"), {values.text("incarnation")});
    const auto asks = Signature::from_hex(values.text("asks"));
    if (!asks || !crypto::verify(*key, journal::asks_message(said.record, *node, *incarnation), *asks))
      return object(NC_MSG("The node {1} did not ask for this certificate"), {node->hex()});
    for (const auto& earlier : view.certificates_of_node(node->hex()))
      if (auto objection = judge_unit(view, held, Json(earlier->set)["unit"])) return objection;
    return {};
  }

  static Objection judge_said(const AuthorityView& view, const std::vector<UnitId>& held, const Said& said, bool first) {
    using namespace journal::acts;
    if (said.act == kCut || said.act == kReadmit || said.act == kPurge || said.act == kErase) return {};  // bounded by whom they name
    if (said.act == kPublishType) return object(NC_MSG("Types are published by a node that holds the whole tree"));
    if (said.act == kCertifyNode) return judge_unit(view, held, Json(said.set)["unit"]);
    if (said.act == kCertifyPerson || said.act == kEndPerson) return judge_person(view, held, said);
    const auto* rule = view.rule_of(said);
    if (rule && rule->feeds == "org-unit") {
      if (first || view.lies_under(said.record, held) || only_by(view, said.record, said.node)) return {};
      return object(NC_MSG("The unit {1} does not lie under the node's unit"), {said.record.hex()});
    }
    if (rule && rule->feeds == "org-change") return judge_rows(view, held, said, rule->rows);
    if (rule && rule->feeds == "person-account") return judge_account(view, held, said, *rule);
    if (rule && rule->feeds == "person-delegation") return judge_scope(view, held, said, *rule);
    if (rule && rule->feeds == "short-handed") {
      const auto unit = UnitId::from_hex(Json(said.set).text(rule->unit));
      if (unit && std::find(held.begin(), held.end(), *unit) != held.end())
        return object(NC_MSG("A unit does not declare itself short-handed"));
      return judge_scope(view, held, said, *rule);
    }
    return object(NC_MSG("Authority records of the type “{1}” are made by a node that holds the whole tree"), {said.type});
  }

  static Objection judge_unit(const AuthorityView& view, const std::vector<UnitId>& held, const Json& unit) {
    const auto id = UnitId::from_hex(unit.is_string() ? unit.as_string() : std::string());
    if (id && view.lies_under(*id, held)) return {};
    return object(NC_MSG("It reaches the unit {1}, which does not lie under the node's unit"), {id ? id->hex() : "?"});
  }

  // What it says of a unit lies within; who ends it says nothing of a unit.
  static Objection judge_scope(const AuthorityView& view, const std::vector<UnitId>& held, const Said& said, const TypeRule& rule) {
    if (said.act != journal::acts::kCreate && !said.touches(rule.unit)) return {};
    return judge_unit(view, held, Json(said.set)[rule.unit]);
  }

  // Nobody takes over a person whose key was certified higher up.
  static Objection judge_person(const AuthorityView& view, const std::vector<UnitId>& held, const Said& said) {
    if (said.act == journal::acts::kCertifyPerson)
      if (auto objection = judge_unit(view, held, Json(said.set)["unit"])) return objection;
    for (const auto& earlier : view.certificates_of(Json(said.set).text("person")))
      if (auto objection = judge_unit(view, held, Json(earlier->set)["unit"])) return objection;
    return {};
  }

  // Places units that are its own, under units that are its own.
  static Objection judge_rows(const AuthorityView& view, const std::vector<UnitId>& held, const Said& said, const std::string& field) {
    for (const auto& row : said.rows(field)) {
      for (const auto* column : {"parent", "successor"}) {
        if (!row.has(column)) continue;
        const auto unit = UnitId::from_hex(row.text(column));
        const bool new_heir = unit && std::string_view(column) == "successor" && only_by(view, *unit, said.node);
        if (new_heir) continue;
        if (auto objection = judge_unit(view, held, row[column])) return objection;
      }
      const auto unit = UnitId::from_hex(row.text("unit"));
      if (unit && only_by(view, *unit, said.node)) continue;
      if (auto objection = judge_unit(view, held, row["unit"])) return objection;
    }
    return {};
  }

  static Objection judge_account(const AuthorityView& view, const std::vector<UnitId>& held, const Said& said, const TypeRule& rule) {
    if (const Json values(said.set); said.touches(rule.unit))
      if (auto objection = judge_unit(view, held, values[rule.unit])) return objection;
    for (const auto& row : said.rows(rule.grants))
      if (auto objection = judge_unit(view, held, row["unit"])) return objection;
    return {};
  }

  // A unit that was entered by this node and by no other.
  static bool only_by(const AuthorityView& view, const RecordId& unit, const NodeId& node) {
    const auto said = view.said_of(unit);
    return !said.empty() && std::all_of(said.begin(), said.end(), [&](const auto& one) { return one->node == node; });
  }

  AuthorityViews views_;
};

}  // namespace

journal::ReceiveRules admission_rules() {
  const auto rules = std::make_shared<Rules>();
  journal::ReceiveRules out;
  out.may_write = [rules](const Question& asked, const Audience& audience) { return rules->may_write(asked, audience); };
  out.judge = [rules](const Question& asked, const Entry& entry, std::int64_t definition) {
    return rules->judge(asked, entry, definition);
  };
  return out;
}

}  // namespace nc::records
