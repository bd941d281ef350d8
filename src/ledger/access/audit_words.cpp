#include "ledger/access/audit_words.h"

namespace nc::access {
namespace {

struct Words {
  std::string_view action;
  const char* words;
};

constexpr std::array kWords = {
    Words{audited::kBegin, NC_MSG("The trail begins")},
    Words{audited::kLogIn, NC_MSG("Logging in")},
    Words{audited::kLogOut, NC_MSG("Logging out")},
    Words{audited::kReadRestricted, NC_MSG("Reading restricted content")},
    Words{audited::kReadPersonal, NC_MSG("Reading personal data")},
    Words{audited::kReadAudit, NC_MSG("Reading the audit trail")},
    Words{audited::kPage, NC_MSG("Opening a page")},
    Words{audited::kChange, NC_MSG("Changing something")},
    Words{audited::kExport, NC_MSG("Exporting")},
    Words{audited::kPrint, NC_MSG("Printing")},
    Words{audited::kRelease, NC_MSG("Releasing to a counterpart")},
    Words{audited::kBinding, NC_MSG("Signing (approval and the like)")},
    Words{audited::kVoid, NC_MSG("Declaring void")},
    Words{audited::kRaise, NC_MSG("Raising the handling")},
    Words{audited::kRestore, NC_MSG("Taking a void record back")},
    Words{audited::kAccount, NC_MSG("Changing an account")},
    Words{audited::kKey, NC_MSG("Making or certifying a key")},
    Words{audited::kBackup, NC_MSG("Making a backup")},
    Words{audited::kRestoreBackup, NC_MSG("Restoring a backup")},
    Words{audited::kCheck, NC_MSG("Checking the node")},
    Words{audited::kInspect, NC_MSG("Looking into the files")},
    Words{audited::kSetting, NC_MSG("Changing a setting")},
    Words{audited::kPrune, NC_MSG("Taking out old rows")},
    Words{audited::kPurge, NC_MSG("Asking for a purge")},
    Words{audited::kErase, NC_MSG("Asking for an erasure")},
    Words{audited::kUnlock, NC_MSG("Unlocking the screen")},
    Words{audited::kToken, NC_MSG("Tokens of programs")},
    Words{audited::kRecover, NC_MSG("Making an administrator on the machine itself")},
};
static_assert(kWords.size() == audited::kAll.size());

}  // namespace

std::string action_words(std::string_view action) {
  for (const auto& row : kWords)
    if (row.action == action) return row.words;
  return std::string(action);
}

std::string outcome_words(AuditOutcome outcome) {
  switch (outcome) {
    case AuditOutcome::kDone: return NC_MSG("done");
    case AuditOutcome::kRefused: return NC_MSG("refused");
    case AuditOutcome::kFailed: return NC_MSG("failed");
  }
  return {};
}

}  // namespace nc::access
