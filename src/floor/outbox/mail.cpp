#include "floor/outbox/mail.hpp"

#include <algorithm>

#include "floor/base/bytes.hpp"

namespace barrow::outbox {
namespace {

constexpr std::size_t address_max = 254, local_max = 64;  // RFC 5321
constexpr std::size_t line_max = 76;                      // RFC 2045, and good manners in headers

bool is_atext(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view local) {
    if (local.empty() || local.size() > local_max || local.front() == '.' || local.back() == '.') return false;
    return local.find("..") == std::string_view::npos && std::ranges::all_of(local, [](char c) { return c == '.' || is_atext(c); });
}

bool is_domain(std::string_view domain) {
    if (domain.find('.') == std::string_view::npos) return false;
    for (std::size_t from = 0; from <= domain.size();) {
        const auto end = std::min(domain.find('.', from), domain.size());
        const auto label = domain.substr(from, end - from);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
        if (!std::ranges::all_of(label, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; })) return false;
        from = end + 1;
    }
    return true;
}

// One line of words.
std::string flat(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return out;
}

// RFC 2047: words of base64, cut between characters, one a line; `used` is what stands before the first.
std::string encoded_words(std::string_view text, std::size_t used) {
    constexpr std::size_t around = std::string_view("=?UTF-8?B?").size() + std::string_view("?=").size();
    std::string out;
    while (!text.empty()) {
        const auto room = (line_max - around - (out.empty() ? used : 1)) / 4 * 3;
        auto length = std::min(text.size(), room);
        while (length < text.size() && length > 1 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
        out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(as_bytes(text.substr(0, length))) + "?=";
        text.remove_prefix(length);
    }
    return out;
}

bool is_plain(std::string_view text) {
    return text.size() <= 60 && text.find("=?") == std::string_view::npos && !text.starts_with(' ') && !text.ends_with(' ') &&
           std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string subject_of(std::string_view subject) {
    const auto words = flat(subject);
    return is_plain(words) ? words : encoded_words(words, std::string_view("Subject: ").size());
}

// `"Mira \"the lamp\"" <mail@shop.example>`
std::string mailbox(std::string_view name, std::string_view address) {
    if (name.empty()) return std::string(address);
    const auto words = flat(name);
    std::string quoted;
    for (const char c : words) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    const auto out = is_plain(words) && is_plain(quoted) ? "\"" + quoted + "\"" : encoded_words(words, std::string_view("From: ").size());
    return out + "\r\n <" + std::string(address) + ">";
}

// RFC 2045, section 6.7.
std::string quoted_printable(std::string_view text) {
    std::string out;
    std::size_t in_line = 0;
    const auto put = [&](std::string_view piece) {
        if (in_line + piece.size() > line_max - 1) {
            out += "=\r\n";
            in_line = 0;
        }
        out += piece;
        in_line += piece.size();
    };
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        if (byte == '\n') {
            out += "\r\n";
            in_line = 0;
            continue;
        }
        const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
        const bool plain = (byte > 0x20 && byte < 0x7f && byte != '=') || ((byte == ' ' || byte == '\t') && !ends_line);
        // A dot alone on a line ends a message, and "From " begins one in old mail boxes.
        if (plain && !(in_line == 0 && (byte == '.' || text.substr(i).starts_with("From ")))) {
            put(text.substr(i, 1));
        } else {
            const char escaped[] = {'=', digits[byte >> 4], digits[byte & 15]};
            put({escaped, 3});
        }
    }
    return out;
}

std::string part(std::string_view type, std::string_view text) {
    return "Content-Type: " + std::string(type) + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
           quoted_printable(text) + "\r\n";
}

// "Tue, 24 Nov 2026 00:12:00 +0000"
std::string mail_date(Instant now) {
    auto date = http_date(now);
    date.replace(date.size() - 3, 3, "+0000");  // GMT is the old way of saying it
    return date;
}

}  // namespace

Result<std::string> read_address(std::string_view typed) {
    while (!typed.empty() && typed.front() == ' ') typed.remove_prefix(1);
    while (!typed.empty() && typed.back() == ' ') typed.remove_suffix(1);
    std::string address(typed.substr(0, address_max + 1));
    const auto at = address.rfind('@');
    if (at != std::string::npos)
        std::transform(address.begin() + static_cast<std::ptrdiff_t>(at), address.end(), address.begin() + static_cast<std::ptrdiff_t>(at),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto whole = std::string_view(address);
    if (at == std::string::npos || address.size() > address_max || !is_dot_string(whole.substr(0, at)) || !is_domain(whole.substr(at + 1)))
        return fail(Fault::bad_input, "this is no e-mail address; it looks like name@example.org");
    return address;
}

std::string write_mail(const Mail& mail, Instant now) {
    const auto domain = mail.from.substr(mail.from.rfind('@') + 1);
    std::string out = "Date: " + mail_date(now) + "\r\nFrom: " + mailbox(mail.from_name, mail.from) + "\r\nTo: " + mail.to + "\r\n";
    if (!mail.reply_to.empty()) out += "Reply-To: " + mail.reply_to + "\r\n";
    out += "Subject: " + subject_of(mail.subject) + "\r\nMessage-ID: <" + mail.id + "@" + domain + ">\r\n";
    if (!mail.unsubscribe.empty())
        out += "List-Unsubscribe: <" + mail.unsubscribe + ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    out += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
    if (mail.html.empty()) return out + part("text/plain", mail.text);
    const auto boundary = "=_" + mail.id;  // quoted-printable never holds "=_"
    return out + "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" +
           part("text/plain", mail.text) + "--" + boundary + "\r\n" + part("text/html", mail.html) + "--" + boundary + "--\r\n";
}

Task<Status> send_mail(fetch::Smtp& smtp, Mail mail, Instant now) {
    fetch::Envelope envelope{.from = mail.from, .to = mail.to, .message = write_mail(mail, now)};
    co_return co_await smtp.send(std::move(envelope));
}

}  // namespace barrow::outbox
