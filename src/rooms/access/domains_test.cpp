// Domains, on both engines, and what is decided of their certificates.
#include "rooms/access/domains.hpp"

#include "rooms/access/certificates.hpp"
#include "rooms/access/directory.hpp"
#include "rooms/access/shops.hpp"
#include "support/databases.hpp"

namespace barrow::access {
namespace {

TEST(DomainName, is_read_as_people_write_it) {
    struct Case {
        const char *written, *read;
    };
    for (const auto& [written, read] : {Case{"links.example", "links.example"}, Case{"Links.Example.", "links.example"},
                                        Case{"a-1.b2.example", "a-1.b2.example"}, Case{"xn--bcher-kva.example", "xn--bcher-kva.example"}}) {
        const auto name = read_domain(written);
        ASSERT_TRUE(name) << written << ": " << name.error().text;
        EXPECT_EQ(*name, read);
    }
    for (const auto* written :
         {"", "example", ".", "a..b", "-a.example", "a-.example", "under_score.example", "bücher.example", "https://links.example",
          "links.example/s", "links.example:8080", "192.0.2.7", "1.2.3", "*.example", "a b.example"}) {
        EXPECT_FALSE(read_domain(written)) << written;
    }
    const std::string label(63, 'a');
    EXPECT_TRUE(read_domain(label + ".example"));
    EXPECT_FALSE(read_domain(label + "a.example"));
    EXPECT_FALSE(read_domain(label + "." + label + "." + label + "." + label + ".example"));
}

TEST(CertificateTimes, renewal_comes_after_two_thirds_and_tries_have_an_end) {
    const Instant start{1'795'000'000'000'000};
    EXPECT_EQ((renewal_of(start, start + days(90)) - start), days(60));
    EXPECT_EQ((renewal_of(start, start + days(6)) - start), days(4));
    EXPECT_EQ(wait_after_failures(1), minutes(5));
    EXPECT_EQ(wait_after_failures(2), minutes(30));
    EXPECT_EQ(wait_after_failures(5), hours(24));
    EXPECT_EQ(wait_after_failures(39), hours(24));
    EXPECT_FALSE(wait_after_failures(40));
    // Somebody is told for at least the 30 days that were left, and nobody is asked more than five times in an hour.
    Duration sum{};
    int tries_in_first_hour = 1;
    for (std::int64_t failed = 1; wait_after_failures(failed); ++failed) {
        sum.us += wait_after_failures(failed)->us;
        if (sum < hours(1)) ++tries_in_first_hour;
    }
    EXPECT_GT(sum, days(30));
    EXPECT_LE(tries_in_first_hour, 5);
}

TEST(CertificateTimes, are_told_in_words) {
    const Instant now{1'795'000'000'000'000};  // 2026-11-18
    EXPECT_EQ(certificate_words(nullptr, now), "none yet");
    CertificateState state{
        .name = "a.example", .directory = "d", .not_before = now, .not_after = now + days(90), .next_try = now + days(60), .problem = ""};
    EXPECT_EQ(certificate_words(&state, now), "good until 2027-02-16, 90 days");
    EXPECT_FALSE(state.needs_help());
    state.failed_count = 2;
    state.problem = "no address is known for a.example";
    EXPECT_NE(certificate_words(&state, now).find("2 tries failed: no address is known for a.example; next try"), std::string::npos);
    state.next_try.reset();
    EXPECT_NE(certificate_words(&state, now + days(91)).find("ended 2027-02-16"), std::string::npos);
    EXPECT_NE(certificate_words(&state, now).find("given up until you ask again"), std::string::npos);
}

class Domains : public barrow::testing::OnBothEngines {
protected:
    Domains() {
        std::array<std::uint8_t, 32> key{};
        key.fill(3);
        secrets.emplace(key);
        mira = made("mira", "mira.example");
        ola = made("ola", "");
    }
    Shop made(const char* slug, const char* host) {
        const Shop wanted{.slug = slug, .name = slug, .host = host};
        now = now + seconds(1);
        return db->write_now([&](store::Tx& tx) { return make_shop(tx, wanted, *secrets, now, random); }).value();
    }
    Result<Domain> add(const Shop& shop, const std::string& name, bool ignores_case = false) {
        return db->write_now([&](store::Tx& tx) { return add_domain(tx, shop.id, name, ignores_case, now); });
    }
    std::optional<Secrets> secrets;
    Shop mira, ola;
};

TEST_P(Domains, lead_to_their_shop_with_their_own_case_rule) {
    ASSERT_TRUE(add(mira, "links.example", true));
    ASSERT_TRUE(add(ola, "tea.example"));
    Directory directory(*secrets);
    ASSERT_TRUE(directory.reload(*db));
    EXPECT_EQ(directory.by_host("mira.example")->shop.slug, "mira");
    EXPECT_EQ(directory.by_host("links.example")->shop.slug, "mira");
    EXPECT_EQ(directory.by_host("tea.example")->shop.slug, "ola");
    EXPECT_EQ(directory.by_host("other.example"), nullptr);
    EXPECT_TRUE(directory.door("links.example").ignores_case);
    EXPECT_FALSE(directory.door("mira.example").ignores_case);
    ASSERT_TRUE(add(mira, "mira.example", true)) << "its own host, to give it a rule";
    ASSERT_TRUE(db->write_now([&](store::Tx& tx) { return set_case_rule(tx, mira.id, "links.example", false); }));
    ASSERT_TRUE(directory.reload(*db));
    EXPECT_TRUE(directory.door("mira.example").ignores_case);
    EXPECT_FALSE(directory.door("links.example").ignores_case);
    ASSERT_TRUE(db->write_now([&](store::Tx& tx) { return remove_domain(tx, mira.id, "links.example"); }));
    ASSERT_TRUE(directory.reload(*db));
    EXPECT_EQ(directory.by_host("links.example"), nullptr);
}

TEST_P(Domains, a_name_is_one_shops) {
    ASSERT_TRUE(add(mira, "links.example"));
    EXPECT_EQ(add(mira, "links.example").error().fault, Fault::conflict);
    EXPECT_EQ(add(ola, "links.example").error().fault, Fault::conflict);
    EXPECT_EQ(add(ola, "mira.example").error().fault, Fault::conflict) << "another shop's host";
    ola.host = "links.example";
    EXPECT_EQ(db->write_now([&](store::Tx& tx) { return change_shop(tx, ola); }).error().fault, Fault::conflict);
    const Shop third{.slug = "third", .name = "Third", .host = "links.example"};
    EXPECT_EQ(db->write_now([&](store::Tx& tx) { return make_shop(tx, third, *secrets, now, random); }).error().fault, Fault::conflict);
    const auto remove = [&](const Shop& shop) {
        return db->write_now([&](store::Tx& tx) { return remove_domain(tx, shop.id, "links.example"); });
    };
    EXPECT_EQ(remove(ola).error().fault, Fault::not_found);
    EXPECT_TRUE(remove(mira));
    EXPECT_TRUE(add(ola, "links.example"));
}

TEST_P(Domains, have_an_end) {
    for (std::size_t i = 0; i < domains_max; ++i) ASSERT_TRUE(add(mira, "d" + std::to_string(i) + ".example"));
    EXPECT_EQ(add(mira, "more.example").error().fault, Fault::too_large);
    EXPECT_TRUE(add(ola, "more.example"));
}

TEST_P(Domains, certificates_are_asked_for_by_one_node_at_a_time_and_kept_sealed) {
    const auto claim = [&](Instant at, const char* directory = "https://ca/dir") {
        return db->write_now([&](store::Tx& tx) { return claim_certificate(tx, "a.example", directory, at, at + minutes(10)); }).value();
    };
    EXPECT_EQ(claim(now), 0);
    EXPECT_EQ(claim(now), std::nullopt) << "another node has it";
    EXPECT_EQ(claim(now + minutes(10)), 0) << "that node went away";
    ASSERT_TRUE(db->write_now([&](store::Tx& tx) { return note_certificate_failed(tx, "a.example", "no address", now + minutes(30)); }));
    EXPECT_EQ(claim(now + minutes(29)), std::nullopt);
    EXPECT_EQ(claim(now + minutes(30)), 1);
    const Certificate wanted{"CHAIN", "KEY"};
    ASSERT_TRUE(
        db->write_now([&](store::Tx& tx) { return keep_certificate(tx, "a.example", wanted, now, now + days(90), *secrets, random); }));
    const auto there = db->read_now([&](store::Tx& tx) { return find_certificate(tx, "a.example", *secrets); }).value();
    ASSERT_TRUE(there);
    EXPECT_EQ(there->key_pem, "KEY");
    EXPECT_EQ(db.sql("SELECT sealed_key FROM certificate").values[0][0].text().find("KEY"), std::string::npos);
    const auto state = db->read_now([&](store::Tx& tx) { return certificate_state(tx, "a.example"); }).value();
    EXPECT_EQ(state->next_try, now + days(60));
    EXPECT_EQ(state->failed_count, 0);
    EXPECT_EQ(claim(now + days(59)), std::nullopt);
    EXPECT_EQ(claim(now + days(1), "https://other/dir"), 0) << "another authority was chosen";
    ASSERT_TRUE(db->write_now([&](store::Tx& tx) { return note_certificate_failed(tx, "a.example", "no", std::nullopt); }));
    EXPECT_EQ(claim(now + days(400), "https://other/dir"), std::nullopt) << "given up";
    ASSERT_TRUE(db->write_now([&](store::Tx& tx) { return ask_for_certificate_again(tx, "a.example", now); }));
    EXPECT_EQ(claim(now, "https://other/dir"), 0);
    EXPECT_FALSE(db->write_now([&](store::Tx& tx) { return ask_for_certificate_again(tx, "b.example", now); }));
}

TEST_P(Domains, an_account_is_made_once_and_challenges_end) {
    const auto account = [&](const char* key) {
        return db->write_now([&](store::Tx& tx) { return acme_account(tx, "https://ca/dir", key, *secrets, now, random); }).value();
    };
    EXPECT_EQ(account("first").key_pem, "first");
    EXPECT_EQ(account("second").key_pem, "first");
    ASSERT_TRUE(db->write_now([&](store::Tx& tx) { return set_acme_account_url(tx, "https://ca/dir", "https://ca/1"); }));
    EXPECT_EQ(account("third").url, "https://ca/1");
    ASSERT_TRUE(db->write_now([&](store::Tx& tx) { return put_acme_challenge(tx, "t", "t.print", now); }));
    const auto found = [&](Instant at) { return db->read_now([&](store::Tx& tx) { return acme_challenge(tx, "t", at); }); };
    EXPECT_EQ(*found(now), "t.print");
    EXPECT_EQ(found(now + hours(1)).error().fault, Fault::not_found);
}

BARROW_BOTH_ENGINES(Domains);

}  // namespace
}  // namespace barrow::access
