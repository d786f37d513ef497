// Forms, query strings and CSV: reading with limits.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/wire/json.hpp"

namespace barrow::wire {

// UTF-8 without a zero byte: what both engines keep as it is. PostgreSQL refuses other bytes and its texts end at a zero.
bool is_text(std::string_view bytes);

// application/x-www-form-urlencoded as an object of texts, so that Fields reads forms and JSON alike.
// A name that is there several times becomes a list, which Fields::text refuses: only who expects several takes them.
// Refuses more than 1000 fields, bad escapes and what is no text.
Result<Json> read_form(std::string_view body);

// multipart/form-data (RFC 7578) as an object of texts. A file's bytes stand as they came, whatever they are: its reader looks at them.
// A field that is there several times becomes a list, as in read_form. Refuses a missing or long boundary, what breaks off, a file's name
// twice, more than 1000 parts, and fields that are no text.
Result<Json> read_multipart(std::string_view body, std::string_view content_type);

struct FormFile {
    std::string field;
    std::string_view bytes;  // in the body
};
struct FormWithFiles {
    Json form;  // a file's field is ""
    std::vector<FormFile> files;
};
// Likewise without a copy of the files: for those that are large.
Result<FormWithFiles> read_multipart_in_place(std::string_view body, std::string_view content_type);

// How many characters a person would count: code points of UTF-8.
std::size_t character_count(std::string_view text);
// Refuses (bad_input) a text of more than `most` characters, naming `what` it is.
Status fits(std::string_view what, std::string_view text, std::size_t most);
// One @ with something on both sides, no spaces or list marks, at most 254 bytes: worth a try. Only a mail that arrives proves more.
bool looks_like_email(std::string_view text);

struct Table {
    std::vector<std::string> header;             // as written, trimmed, without a byte order mark
    std::vector<std::vector<std::string>> rows;  // each as wide as the header; short rows are filled with ""
    std::vector<std::size_t> lines;              // the file's line of each row, for messages
};
// RFC 4180 CSV, or the same with ';' or a tab: the delimiter is the one of the three that the header holds most of.
// A formula guard (one leading ' before = + - @ TAB CR LF) is taken off. Refuses more than 1,000,000 rows, a row wider than its
// header (naming the line), an open quote at the end, and what is no text.
Result<Table> read_csv(std::string_view text);

// One cell, quoted where needed, with the formula guard put on.
std::string csv_cell(std::string_view text);

}  // namespace barrow::wire
