// Mail: one message to one person, written so that any mail program reads it (RFC 5322, MIME), and handed to the mail server. Who sends one
// promises it: the handler of that promise calls send_mail(), so that a mail goes out after its commit, and again where the server was
// away.
#pragma once

#include <string>
#include <string_view>

#include "floor/base/result.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"
#include "floor/fetch/smtp.hpp"

namespace barrow::outbox {

// An address as we keep it: without spaces around, what stands behind the @ in lower case. Refuses (bad_input) what mail servers could not
// be asked about: local parts beyond RFC 5321's dot-strings, other letters than ASCII (a domain is written as xn--…), more than 254 bytes.
Result<std::string> read_address(std::string_view typed);

struct Mail {
    std::string id;                   // random: stands in Message-ID, the same on every try
    std::string from_name, from, to;  // addresses as read_address gives them
    std::string reply_to;             // or ""
    std::string subject;
    std::string text;         // UTF-8, lines end in \n
    std::string html;         // the same for who prefers it, or ""
    std::string unsubscribe;  // https address that takes RFC 8058's POST, or ""
};

// The message with CRLF lines of at most 76 characters (998 where a word is that long), in ASCII. Line ends and other control characters
// in names and subject become spaces: nobody's words become headers.
std::string write_mail(const Mail& mail, Instant now);

// Success, and `outside` or `busy` for another try later, are fetch::Smtp's. not_found: the address bounces. gone: never this message.
Task<Status> send_mail(fetch::Smtp& smtp, Mail mail, Instant now);

}  // namespace barrow::outbox
