// Mails as another program reads them: written here, sent by SMTP to a real server, read by Python's email package.
#include "floor/outbox/mail.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "floor/base/random.hpp"
#include "support/certificate.hpp"
#include "support/mail_server.hpp"

namespace barrow::outbox {
namespace {

using testing::MailServer;

constexpr Instant now{1'795'000'000'000'000};

Mail a_mail(std::string to = "ada@mail.example") {
    return {.id = "m1",
            .from_name = "Mira's stall",
            .from = "stall@mira.example",
            .to = std::move(to),
            .reply_to = {},
            .subject = "Please confirm",
            .text = "Hello.\n",
            .html = {},
            .unsubscribe = {}};
}

fetch::SmtpServer here(int port) { return fetch::read_smtp("smtp://127.0.0.1:" + std::to_string(port)).value(); }

Status send(fetch::Smtp& smtp, Mail mail) {
    Loop loop;
    return loop.wait(send_mail(smtp, std::move(mail), now));
}

std::string header(const wire::Json& message, std::string_view name) {
    std::string found;
    for (const auto& one : message.find("headers")->items()) {
        if (one.items()[0].text() == name) found += (found.empty() ? "" : " | ") + one.items()[1].text();
    }
    return found;
}

// Line ends at the end are the mail program's business.
std::string without_end(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

TEST(MailAddress, is_kept_as_mail_servers_know_it) {
    struct Case {
        std::string typed, kept;
    };
    for (const auto& [typed, kept] : {Case{"ada@mail.example", "ada@mail.example"},
                                      Case{"  Ada.B+stall@Mail.EXAMPLE ", "Ada.B+stall@mail.example"},
                                      Case{"o'hara@x-y.example", "o'hara@x-y.example"},
                                      Case{"ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"},
                                      Case{"", ""},
                                      Case{"ada", ""},
                                      Case{"ada@", ""},
                                      Case{"@mail.example", ""},
                                      Case{"ada@localhost", ""},
                                      Case{"a b@mail.example", ""},
                                      Case{"a..b@mail.example", ""},
                                      Case{".a@mail.example", ""},
                                      Case{"a@b@mail.example", ""},
                                      Case{"ada@mail..example", ""},
                                      Case{"ada@-mail.example", ""},
                                      Case{"ada@mail.example\r\nRCPT TO:<eve@x.example>", ""},
                                      Case{"<ada@mail.example>", ""},
                                      Case{"ada@bücher.example", ""},
                                      Case{"ada@mail.example,eve@x.example", ""},
                                      Case{std::string(65, 'a') + "@mail.example", ""},
                                      Case{"a@" + std::string(250, 'b') + ".example", ""}}) {
        const auto read = read_address(typed);
        EXPECT_EQ(read ? *read : "", kept) << typed;
    }
}

TEST(Mail, arrives_as_it_was_written) {
    MailServer server;
    const auto smtp = fetch::open_smtp(here(server.port()));
    auto mail = a_mail();
    mail.from_name = "Mira „die Lampe“, Sand";
    mail.reply_to = "mira@mira.example";
    mail.subject = "Grüße";
    mail.text = "Zeile eins.\n.\nFrom here: a = b   \n" + std::string(200, 'x') + "\n";
    mail.html = "<p>Grüße</p>";
    mail.unsubscribe = "https://mira.example/letters/abc";
    ASSERT_TRUE(send(*smtp, mail));
    const auto got = server.next();
    EXPECT_EQ(got.find("from")->text(), "stall@mira.example");
    EXPECT_EQ(got.find("from_name")->text(), mail.from_name);
    EXPECT_EQ(got.find("from_address")->text(), mail.from);
    EXPECT_EQ(got.find("subject")->text(), "Grüße");
    EXPECT_EQ(got.find("text")->text(), without_end(mail.text));
    EXPECT_EQ(got.find("html")->text(), mail.html);
    EXPECT_EQ(header(got, "To"), "ada@mail.example");
    EXPECT_EQ(header(got, "Reply-To"), "mira@mira.example");
    EXPECT_EQ(header(got, "Date"), "Wed, 18 Nov 2026 11:06:40 +0000");
    EXPECT_EQ(header(got, "Message-ID"), "<m1@mira.example>");
    EXPECT_EQ(header(got, "List-Unsubscribe"), "<https://mira.example/letters/abc>");
    EXPECT_EQ(header(got, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    EXPECT_TRUE(got.find("defects")->items().empty()) << wire::write_json(*got.find("defects"));
    EXPECT_TRUE(got.find("ascii")->boolean());
    EXPECT_LE(got.find("line_max")->integer(), 76);
}

// Whatever words are put into a mail: they are read back as they are, and no header comes of them.
TEST(Mail, carries_any_words_and_lets_none_become_a_header) {
    const std::vector<std::string> pieces = {"a",
                                             " ",
                                             "  ",
                                             "\r\nBcc: eve@x.example",
                                             "\n",
                                             "\r\n\r\n<b>",
                                             "=?UTF-8?Q?=0D?=",
                                             "ü",
                                             "👩‍🚀",
                                             "\"",
                                             "\\",
                                             ".",
                                             "\t",
                                             "=",
                                             "From ",
                                             "@",
                                             ",",
                                             "<x@y.example>",
                                             ":",
                                             "(",
                                             "日本語の手紙",
                                             std::string(120, 'w'),
                                             std::string("\0", 1),
                                             "\x7f"};
    SeededRandom random(11);
    const auto words = [&](std::size_t most) {
        std::string text;
        for (auto count = random.below(most); count > 0; --count) text += pieces[random.below(pieces.size())];
        return text;
    };
    const auto flat = [](std::string text) {
        for (char& c : text) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
        return text;
    };
    MailServer server;
    const auto smtp = fetch::open_smtp(here(server.port()));
    for (int i = 0; i < 300; ++i) {
        auto mail = a_mail();
        mail.from_name = "n" + words(6) + "n";
        mail.subject = "s" + words(12) + "s";
        for (auto lines = random.below(6); lines > 0; --lines) {
            auto line = words(8);
            std::erase_if(line, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
            mail.text += line + "\n";
        }
        if (i % 3 == 0) mail.html = "<p>" + mail.text + "</p>";
        ASSERT_TRUE(send(*smtp, mail));
        const auto got = server.next();
        ASSERT_EQ(got.find("subject")->text(), flat(mail.subject)) << i;
        ASSERT_EQ(got.find("from_name")->text(), flat(mail.from_name)) << i;
        ASSERT_EQ(got.find("from_address")->text(), mail.from) << i;
        ASSERT_EQ(got.find("text")->text(), without_end(mail.text)) << i;
        ASSERT_EQ(got.find("to")->items().size(), 1U);
        ASSERT_EQ(header(got, "Bcc"), "") << i;
        ASSERT_EQ(got.find("headers")->items().size(), mail.html.empty() ? 9U : 8U) << wire::write_json(got);
        ASSERT_TRUE(got.find("ascii")->boolean());
        ASSERT_LE(got.find("line_max")->integer(), 76) << i;
        ASSERT_TRUE(got.find("defects")->items().empty()) << i << wire::write_json(*got.find("defects"));
    }
}

TEST(Smtp, tells_for_good_from_for_now) {
    MailServer server;
    const auto smtp = fetch::open_smtp(here(server.port()));
    const auto refused = send(*smtp, a_mail("nobody@mail.example"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::not_found) << refused.error().text;
    for (const auto* one : {"relay@mail.example", "bare@mail.example"}) {
        const auto not_relayed = send(*smtp, a_mail(one));
        ASSERT_FALSE(not_relayed);
        EXPECT_EQ(not_relayed.error().fault, Fault::outside) << one << ": nothing is said of the recipient; " << not_relayed.error().text;
    }
    const auto disliked = send(*smtp, a_mail("spam@mail.example"));
    ASSERT_FALSE(disliked);
    EXPECT_EQ(disliked.error().fault, Fault::gone) << disliked.error().text;
    for (int i = 0; i < 2; ++i) {
        const auto put_off = send(*smtp, a_mail("later@mail.example"));
        ASSERT_FALSE(put_off);
        EXPECT_EQ(put_off.error().fault, Fault::outside) << put_off.error().text;
        EXPECT_NE(put_off.error().text.find("451"), std::string::npos) << put_off.error().text;
    }
    EXPECT_TRUE(send(*smtp, a_mail("later@mail.example"))) << "the third time";
    EXPECT_EQ(server.next().find("to")->items()[0].text(), "later@mail.example");
    const auto injected = send(*smtp, a_mail("ada@mail.example>\r\nRCPT TO:<eve@mail.example"));
    ASSERT_FALSE(injected);
    EXPECT_EQ(injected.error().fault, Fault::gone);
}

TEST(Smtp, of_a_dead_server_is_outside_and_quick) {
    int port = 0;
    {
        const MailServer gone;
        port = gone.port();
    }
    const auto smtp = fetch::open_smtp(here(port));
    const auto sent = send(*smtp, a_mail());
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().fault, Fault::outside) << sent.error().text;
}

TEST(Smtp, stops_and_answers_who_waits) {
    const auto smtp = fetch::open_smtp(here(1));
    smtp->stop();
    const auto sent = send(*smtp, a_mail());
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().fault, Fault::busy);
}

TEST(Smtp, logs_in) {
    MailServer server({"--login", "stall:s3cret p/w"});
    const auto address = "127.0.0.1:" + std::to_string(server.port());
    const auto smtp = fetch::open_smtp(fetch::read_smtp("smtp://stall:s3cret%20p%2Fw@" + address).value());
    EXPECT_TRUE(send(*smtp, a_mail()));
    EXPECT_TRUE(server.next().find("login")->boolean());
    const auto wrong = fetch::open_smtp(fetch::read_smtp("smtp://stall:wrong@" + address).value());
    const auto sent = send(*wrong, a_mail());
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().fault, Fault::outside);
    EXPECT_EQ(sent.error().text.find("wrong"), std::string::npos) << "the password stays out of logs";
}

TEST(Smtp, sends_to_other_machines_by_tls_only) {
    const auto folder = std::filesystem::temp_directory_path() / ("barrow-smtp-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto certificate = (folder / "cert.pem").string(), key = (folder / "key.pem").string();
    testing::write_certificate(certificate, key, 2);
    MailServer plain, tls({"--certificate", certificate, "--key", key});
    // A name that is not loopback's, and leads there.
    const auto named = [&](const MailServer& server, const std::string& name, const std::string& authorities) {
        auto to = here(server.port());
        to.loopback = false;
        to.url = "smtp://" + name + ":" + std::to_string(server.port());
        return fetch::open_smtp(
            to, {.certificate_authorities_file = authorities, .resolve = {name + ":" + std::to_string(server.port()) + ":127.0.0.1"}});
    };
    const auto without = send(*named(plain, "mail.example", certificate), a_mail());
    ASSERT_FALSE(without);
    EXPECT_NE(without.error().text.find("STARTTLS"), std::string::npos) << without.error().text;
    EXPECT_TRUE(send(*named(tls, "localhost", certificate), a_mail()));
    EXPECT_TRUE(tls.next().find("tls")->boolean());
    EXPECT_FALSE(send(*named(tls, "localhost", ""), a_mail())) << "a certificate that nobody vouches for";
    EXPECT_FALSE(send(*named(tls, "mail.example", certificate), a_mail())) << "another's certificate";
    std::filesystem::remove_all(folder);
}

TEST(Smtp, settings_are_read_or_refused_without_repeating_the_password) {
    struct Case {
        std::string typed, url, user, password;
        bool loopback;
    };
    for (const auto& [typed, url, user, password, loopback] :
         {Case{"smtp://u:p@mail.example:587", "smtp://mail.example:587", "u", "p", false},
          Case{"smtp://u%40x.example:p%3A%2F@mail.example", "smtp://mail.example:587", "u@x.example", "p:/", false},
          Case{"smtps://u:p@mail.example", "smtps://mail.example:465", "u", "p", false},
          Case{"smtp://localhost:25", "smtp://localhost:25", "", "", true},
          Case{"smtp://127.0.0.1", "smtp://127.0.0.1:587", "", "", true}}) {
        const auto read = fetch::read_smtp(typed);
        ASSERT_TRUE(read) << typed;
        EXPECT_EQ(read->url, url);
        EXPECT_EQ(read->user, user);
        EXPECT_EQ(read->password, password);
        EXPECT_EQ(read->loopback, loopback);
    }
    for (const auto* typed :
         {"", "mail.example", "http://u:secret@mail.example", "smtp://", "smtp://u@mail.example", "smtp://u:secret@mail.example/x"}) {
        const auto read = fetch::read_smtp(typed);
        ASSERT_FALSE(read) << typed;
        EXPECT_EQ(read.error().text.find("secret"), std::string::npos);
    }
}

}  // namespace
}  // namespace barrow::outbox
