// Accounts made, given rights and closed by a person: decided as granting, whoever calls.
#include "ledger/records/accounts.h"

#include "ledger/records/node_world_test.h"

namespace nc::records {
namespace {

class AccountsTest : public PeopleTest {
 protected:
  void SetUp() override {
    PeopleTest::SetUp();
    elsewhere_ = unit("vn-far");
    account("admin", "administrator");
    account("officer", "post_officer");
    admin_ = ledger_->subject("admin", access::Strength::kStepUp).value();
  }
  UnitId unit(const std::string& code) {
    Json values;
    values.set("code", code).set("name", code).set("own", true).set("country", "VN").set("chain", "VN-defence");
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, "unit", values, std::nullopt, std::nullopt, true});
    EXPECT_TRUE(written) << (written ? "" : written.error().error.english());
    return written->id;
  }
  [[nodiscard]] NewAccount duty_officer(const std::string& login = "truc-ban") const {
    return {std::nullopt, login, "Trực ban", unit_, catalog::Handling::kInternal, {{"duty_officer", unit_}}};
  }
  static std::string refusal(const WriteResult& result) { return result ? "written" : result.error().error.english(); }
  std::vector<GrantRow> rows(const std::string& login) { return grant_rows(view(ledger_->subject(login).value().person)); }

  UnitId elsewhere_;
  access::Subject admin_;
};

TEST_F(AccountsTest, AnAdministratorMakesOneWithinWhatHeHolds) {
  const auto made = make_account(*ledger_, admin_, duty_officer());
  ASSERT_TRUE(made) << refusal(made);
  const auto fresh = ledger_->subject("truc-ban").value();
  EXPECT_EQ(fresh.person, made->id);
  ASSERT_EQ(fresh.grants.size(), 1U);
  EXPECT_EQ(fresh.grants.front().role, "duty_officer");
  EXPECT_EQ(ledger_->history(ledger_->console(), made->id)->front().author, admin_.person);
}

TEST_F(AccountsTest, NotWiderNotToOneselfAndOnlyWithThePasswordOnceMore) {
  auto wider = duty_officer();
  wider.grants.front().unit = elsewhere_;
  EXPECT_NE(refusal(make_account(*ledger_, admin_, wider)).find("wider"), std::string::npos);
  auto cleared = duty_officer();
  cleared.clearance = catalog::Handling::kRestricted;
  EXPECT_NE(refusal(make_account(*ledger_, admin_, cleared)).find("wider"), std::string::npos);
  EXPECT_NE(refusal(make_account(*ledger_, ledger_->subject("admin").value(), duty_officer())).find("password once more"),
            std::string::npos);
  EXPECT_NE(refusal(add_grant(*ledger_, admin_, admin_.person, {"post_officer", unit_})).find("to himself"), std::string::npos);
  const auto officer = ledger_->subject("officer", access::Strength::kStepUp).value();
  EXPECT_NE(refusal(make_account(*ledger_, officer, duty_officer())).find("grant rights"), std::string::npos);
  EXPECT_FALSE(ledger_->subject("truc-ban"));
}

TEST_F(AccountsTest, OnlyAccountsOfWhatTheProgramMakesAreAPersonsToMake) {
  Json values;
  values.set("id", "gia");
  const auto refused = ledger_->create(admin_, {std::nullopt, "person_key", values, std::nullopt, std::nullopt, true});
  EXPECT_NE(refusal(refused).find("by the program only"), std::string::npos);
}

TEST_F(AccountsTest, LoginsAreWrittenInOneWayAndTakenOnce) {
  ASSERT_TRUE(make_account(*ledger_, admin_, duty_officer("Truc.Ban")));
  EXPECT_TRUE(ledger_->subject("truc.ban"));
  const auto again = make_account(*ledger_, admin_, duty_officer("truc.BAN"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().error.code, ErrorCode::kConflict);
  for (const char* login : {"", "trực-ban", "a b", "-a", "."}) {
    const auto odd = make_account(*ledger_, admin_, duty_officer(login));
    ASSERT_FALSE(odd) << login;
    EXPECT_EQ(odd.error().error.where, "login") << login;
  }
  auto form = duty_officer("hai-lan");
  form.id = make_uuid7(clock_.now_ms, system_rng());
  const auto first = make_account(*ledger_, admin_, form), second = make_account(*ledger_, admin_, form);
  ASSERT_TRUE(first && second) << refusal(second);
  EXPECT_EQ(first->id, second->id);
  EXPECT_FALSE(second->changed);
}

TEST_F(AccountsTest, AGrantEndsOnItsLastDayAndOneThatHadNotBegunIsTakenOut) {
  const auto today = ledger_->today();
  const auto officer = ledger_->subject("officer").value().person;
  access::Grant later{"duty_officer", unit_};
  later.from = today + 10;
  ASSERT_TRUE(add_grant(*ledger_, admin_, officer, later));
  EXPECT_FALSE(add_grant(*ledger_, admin_, officer, later)->changed) << "the same once more";
  ASSERT_EQ(rows("officer").size(), 2U);
  ASSERT_TRUE(end_grant(*ledger_, admin_, officer, rows("officer")[1].key, today));
  ASSERT_EQ(rows("officer").size(), 1U);
  const auto first = rows("officer").front();
  ASSERT_TRUE(end_grant(*ledger_, admin_, officer, first.key, today));
  EXPECT_EQ(rows("officer").front().grant.until, today);
  EXPECT_EQ(end_grant(*ledger_, admin_, officer, first.key, today).error().error.code, ErrorCode::kNotFound) << "another row now";
  EXPECT_EQ(end_grant(*ledger_, admin_, officer, rows("officer").front().key, today + 3).error().error.code, ErrorCode::kNotFound);
  EXPECT_EQ(take_role(*ledger_, admin_, officer, "inspector").error().error.code, ErrorCode::kNotFound);
  ASSERT_TRUE(take_role(*ledger_, admin_, officer, "post_officer"));
  EXPECT_TRUE(rows("officer").empty());
}

// Entries of the authority rest on entries of other records; the history says what each changed all the same.
TEST_F(AccountsTest, TheHistorySaysWhatWasGivenAndEnded) {
  const auto officer = ledger_->subject("officer").value().person;
  for (int i = 0; i < 4; ++i) {
    access::Grant more{"duty_officer", unit_};
    more.from = ledger_->today() + i;
    ASSERT_TRUE(add_grant(*ledger_, admin_, officer, more));
  }
  const auto history = ledger_->history(ledger_->console(), officer).value();
  ASSERT_EQ(history.size(), 5U);
  EXPECT_EQ(history[0].after.text("login"), "officer");
  for (std::size_t i = 1; i < history.size(); ++i) {
    EXPECT_EQ(grant_rows(history[i].before["grants"]).size(), i) << i;
    EXPECT_EQ(grant_rows(history[i].after["grants"]).size(), i + 1) << i;
  }
}

TEST_F(AccountsTest, AClosedAccountIsNobodyUntilItIsOpenedAgain) {
  const auto officer = ledger_->subject("officer").value().person;
  ASSERT_TRUE(set_closed(*ledger_, admin_, officer, true));
  EXPECT_FALSE(ledger_->subject("officer"));
  EXPECT_NE(refusal(set_closed(*ledger_, admin_, admin_.person, true)).find("to himself"), std::string::npos);
  ASSERT_TRUE(set_closed(*ledger_, admin_, officer, false));
  EXPECT_TRUE(ledger_->subject("officer"));
}

TEST_F(AccountsTest, WhoWroteAnEntryIsNamedByFunctionAndLogin) {
  const auto made = make_account(*ledger_, admin_, duty_officer()).value();
  const auto words = [&](const PersonId& person) { return author_words(*ledger_, person, "en"); };
  EXPECT_STREQ(words(made.id).message, "{1}");
  EXPECT_EQ(words(made.id).name, "Trực ban (truc-ban)");
  EXPECT_STREQ(words(ledger_->console().person).message, "the node's command line");
  EXPECT_STREQ(words({}).message, "the program");
  const auto nobody = *PersonId::from_hex("00112233445566778899aabbccddeeff");
  EXPECT_EQ(words(nobody).name, "00112233…");
  EXPECT_EQ(account_name(*ledger_, made.id), "Trực ban");
  EXPECT_EQ(account_name(*ledger_, nobody), "");
}

}  // namespace
}  // namespace nc::records
