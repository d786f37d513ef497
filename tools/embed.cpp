// Makes C++ of what is not C++, at build time.
//   embed sql NAMESPACE PREFIX IN.sql OUT.hpp     every `-- name: verb` statement as a store::Query
//   embed schema DIR OUT.cpp                      the migrations of schema/
//   embed queries OUT.cpp HEADER:NAMESPACE…       the list of all queries, for the conformance test
//   embed web DIR OUT.cpp                         the files of web/, plain, gzip and brotli, in each language of its words/
#include <brotli/encode.h>
#include <openssl/sha.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

[[noreturn]] void stop(const std::string& why) {
    std::cerr << "embed: " << why << "\n";
    std::exit(1);
}

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) stop("cannot read " + path.string());
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// Leaves the file alone when it is the same already, so that nothing is compiled again.
void write(const fs::path& path, const std::string& text) {
    if (fs::exists(path) && read(path) == text) return;
    fs::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out << text;
    if (!out.flush()) stop("cannot write " + path.string());
}

std::string raw(const std::string& text) { return "R\"embedded(" + text + ")embedded\""; }

std::string trimmed(std::string text) {
    const auto begin = text.find_first_not_of(" \n\t\r;");
    if (begin == std::string::npos) return "";
    return text.substr(begin, text.find_last_not_of(" \n\t\r;") - begin + 1);
}

struct Named {
    std::string name, text;
};

std::vector<Named> statements(const fs::path& path) {
    std::vector<Named> found;
    std::istringstream in(read(path));
    const std::string mark = "-- name: ";
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(mark)) {
            found.push_back({trimmed(line.substr(mark.size())), ""});
        } else if (line.starts_with("--")) {
            continue;
        } else if (!found.empty()) {
            found.back().text += line + "\n";
        } else if (!trimmed(line).empty()) {
            stop(path.string() + ": a statement before the first `-- name: …`");
        }
    }
    for (auto& [name, text] : found) {
        text = trimmed(text);
        if (text.empty()) stop(path.string() + ": " + name + " has no statement");
        if (text.find(';') != std::string::npos) stop(path.string() + ": " + name + " holds more than one statement");
    }
    return found;
}

void embed_sql(const std::string& space, const std::string& prefix, const fs::path& in, const fs::path& out) {
    std::string text = "// Made by tools/embed from " + in.filename().string() +
                       ".\n#pragma once\n\n#include \"floor/store/store.hpp\"\n\nnamespace " + space + "::sql {\n\n";
    std::string list;
    for (const auto& [name, statement] : statements(in)) {
        text += "inline constexpr store::Query " + name + "{\"" + prefix + "." + name + "\", " + raw(statement) + "};\n";
        list += "&" + name + ", ";
    }
    text += "inline constexpr const store::Query* all[] = {" + list + "};\n\n}\n";
    write(out, text);
}

void embed_schema(const fs::path& directory, const fs::path& out) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(directory)) {
        if (entry.path().extension() == ".sql") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::string text =
        "// Made by tools/embed from schema/.\n#include \"floor/store/migrations.hpp\"\n\nnamespace barrow::store {\nnamespace "
        "{\nconstexpr Migration all[] = {\n";
    int before = 0;
    for (const auto& file : files) {
        const auto name = file.stem().string();
        const int number = std::atoi(name.c_str());
        if (number <= before) stop("schema/: a file's number must be above the one before it; found " + name);
        before = number;
        text += "    {" + std::to_string(number) + ", \"" + name + "\", " + raw(read(file)) + "},\n";
    }
    text += "};\n}\nstd::span<const Migration> migrations() { return all; }\n}\n";
    write(out, text);
}

void embed_queries(const fs::path& out, const std::vector<std::string>& rooms) {
    std::string text = "// Made by tools/embed: every named query of every room.\n#include \"floor/store/migrations.hpp\"\n";
    std::string body;
    for (const auto& room : rooms) {
        const auto colon = room.find(':');
        text += "#include \"" + room.substr(0, colon) + "\"\n";
        body += "    for (const auto* query : " + room.substr(colon + 1) + "::sql::all) list.push_back(query);\n";
    }
    text += "\nnamespace barrow::store {\nstd::vector<const Query*> all_queries() {\n    std::vector<const Query*> list;\n" + body +
            "    return list;\n}\n}\n";
    write(out, text);
}

std::string type_of(const fs::path& path) {
    static const std::map<std::string, std::string> types = {{".html", "text/html; charset=utf-8"},
                                                             {".css", "text/css; charset=utf-8"},
                                                             {".js", "text/javascript; charset=utf-8"},
                                                             {".svg", "image/svg+xml"},
                                                             {".json", "application/json"},
                                                             {".wasm", "application/wasm"},
                                                             {".png", "image/png"},
                                                             {".webp", "image/webp"},
                                                             {".jpg", "image/jpeg"},
                                                             {".txt", "text/plain; charset=utf-8"},
                                                             {".webmanifest", "application/manifest+json"}};
    const auto found = types.find(path.extension().string());
    return found == types.end() ? "application/octet-stream" : found->second;
}

std::string gzipped(const std::string& text) {
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) stop("zlib");
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) stop("zlib");
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string brotlied(const std::string& text) {
    auto size = BrotliEncoderMaxCompressedSize(text.size());
    std::string out(size, '\0');
    if (BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.size(),
                              reinterpret_cast<const uint8_t*>(text.data()), &size,
                              reinterpret_cast<uint8_t*>(out.data())) != BROTLI_TRUE) {
        stop("brotli");
    }
    out.resize(size);
    return out;
}

std::string bytes(const std::string& data) {
    static constexpr char digits[] = "01234567";
    std::string text = "std::string_view(\"";
    std::size_t column = 0;
    for (const char c : data) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte == '\n') {
            text += "\\n";
        } else if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\' && byte != '?') {
            text += c;
        } else {
            text += '\\';
            text += digits[byte >> 6];
            text += digits[byte >> 3 & 7];
            text += digits[byte & 7];
        }
        if (++column % 2'000 == 0) text += "\"\n\"";
    }
    return text + "\", " + std::to_string(data.size()) + ")";
}

// As it is served: scripts without the lines that are a comment alone, and without indentation. Nothing else is changed, so a script must
// not have either inside a text of several lines that means them.
std::string served(const fs::path& file, const std::string& text) {
    if (file.extension() != ".js") return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
        const auto begin = std::min(text.find_first_not_of(' ', at), end - 1);
        if (text.compare(begin, 2, "//") != 0 && end - begin > 1) out.append(text, begin, end - begin);
        at = end;
    }
    return out;
}

// ---- languages: web/words/LANGUAGE.json holds { "English": "in that language" } -------------------------------------------------------
// In a template what is said stands between {{#t}} and {{/t}}, in a script in quotes behind the mark /*t*/. Each file that says something
// is embedded once as it stands, in English, and once more below the name of each language. src/ looks its own words up when it runs.

using Catalogue = std::map<std::string, std::string>;

// What a text holds that is no words, in order: {{values}}, <tags>, ${values}, {values}, &entities;. `words` is given what lies between.
std::string with_words(const std::string& text, const std::function<std::string(const std::string&)>& words,
                       std::vector<std::string>* kept = nullptr) {
    std::string out, run;
    const auto flush = [&] {
        out += words(run);
        run.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto ends = [&](std::string_view begin, std::string_view end) {
            if (text.compare(at, begin.size(), begin) != 0) return std::size_t{0};
            const auto found = text.find(end, at);
            return found == std::string::npos ? std::size_t{0} : found + end.size() - at;
        };
        auto length = ends("{{{", "}}}");
        if (length == 0) length = ends("{{", "}}");
        if (length == 0) length = ends("${", "}");
        if (length == 0) length = ends("{", "}");
        if (length == 0) length = ends("<", ">");
        if (length == 0 && text[at] == '&' && text.find(';', at) < text.find(' ', at)) length = ends("&", ";");
        if (length == 0) {
            run += text[at++];
            continue;
        }
        flush();
        if (kept != nullptr) kept->push_back(text.substr(at, length));
        out += text.substr(at, length);
        at += length;
    }
    flush();
    return out;
}

std::multiset<std::string> no_words(const std::string& text) {
    std::vector<std::string> kept;
    with_words(text, [](const std::string& words) { return words; }, &kept);
    return {kept.begin(), kept.end()};
}

// A language that nobody speaks, written from right to left: its letters are Arabic ones, so that a page of it shows at once what was
// not marked, and what was laid out for one direction alone.
constexpr std::string_view pseudo_language = "ar-XB";
std::string pseudo(const std::string& text) {
    static const std::vector<std::string> letters = {"ا", "ب", "ج", "د", "ه", "و", "ز", "ح", "ط", "ي", "ك", "ل", "م",
                                                     "ن", "س", "ع", "ف", "ص", "ق", "ر", "ش", "ت", "ث", "خ", "ذ", "ض"};
    return with_words(text, [](const std::string& words) {
        std::string out;
        for (const char c : words) {
            const auto low = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            if (low >= 'a' && low <= 'z') {
                out += letters[static_cast<std::size_t>(low - 'a')];
            } else {
                out += c;
            }
        }
        return out;
    });
}

// As the language has it; what it does not know stays English.
std::string in_language(const std::string& text, const Catalogue& catalogue) {
    const auto found = catalogue.find(text);
    return found == catalogue.end() || found->second.empty() ? text : found->second;
}

// The file with what it says turned by `turn`; nothing when it says nothing.
std::optional<std::string> said(const fs::path& file, const std::string& text, const std::function<std::string(const std::string&)>& turn) {
    const bool script = file.extension() == ".js";
    if (!script && file.extension() != ".html") return std::nullopt;
    const std::string begin = script ? "/*t*/" : "{{#t}}", end = "{{/t}}";
    if (text.find(begin) == std::string::npos) return std::nullopt;
    const auto wrong = [&](std::size_t at, const std::string& why) { stop(file.string() + ": " + why + ": " + text.substr(at, 60)); };
    std::string out;
    for (std::size_t at = 0;;) {
        const auto mark = text.find(begin, at);
        out += text.substr(at, mark == std::string::npos ? mark : mark - at);
        if (mark == std::string::npos) return out;
        const auto from = mark + begin.size();
        if (!script) {
            const auto to = text.find(end, from);
            if (to == std::string::npos || text.find(begin, from) < to) wrong(mark, "words that do not end");
            out += turn(text.substr(from, to - from));
            at = to + end.size();
            continue;
        }
        const char quote = from < text.size() ? text[from] : ' ';
        const auto to = text.find(quote, from + 1);
        if ((quote != '\'' && quote != '"' && quote != '`') || to == std::string::npos) wrong(mark, "no text in quotes behind the mark");
        const auto english = text.substr(from + 1, to - from - 1);
        if (english.find('\\') != std::string::npos) wrong(mark, "words without backslashes only");
        auto words = turn(english);
        for (std::size_t i = 0; (i = words.find_first_of(std::string("\\") + quote, i)) != std::string::npos; i += 2) words.insert(i, "\\");
        out += quote + words + quote;
        at = to + 1;
    }
}

std::map<std::string, Catalogue> catalogues(const fs::path& directory) {
    std::map<std::string, Catalogue> all;
    for (const auto& entry : fs::directory_iterator(directory / "words")) {
        const auto json = nlohmann::json::parse(read(entry.path()), nullptr, false);
        if (!json.is_object()) stop(entry.path().string() + ": no JSON object");
        auto& catalogue = all[entry.path().stem().string()];
        for (const auto& [english, words] : json.items()) {
            if (!words.is_string()) stop(entry.path().string() + ": not a text: " + english);
            catalogue[english] = words.get<std::string>();
        }
        if (entry.path().stem() == "en") continue;
        for (const auto& [english, words] : catalogue) {
            const auto quotes = [](const std::string& text) { return text.find('"') != std::string::npos; };
            if (quotes(words) && !quotes(english))
                stop(entry.path().string() + ": a straight quote, which would end an attribute: " + english);
            if (!words.empty() && no_words(english) != no_words(words))
                stop(entry.path().string() + ": other values or tags than in: " + english);
        }
    }
    if (!all.contains("en")) stop("web/words/en.json is missing");
    return all;
}

void embed_web(const fs::path& directory, const fs::path& out) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        const auto name = entry.path().filename().string();
        if (entry.is_regular_file() && !name.starts_with(".") && !name.ends_with(".md")) files.push_back(entry.path());
    }
    std::map<std::string, std::pair<fs::path, std::string>> all;  // path → file, what it holds
    const auto languages = catalogues(directory);
    for (const auto& file : files) {
        const auto path = fs::relative(file, directory).generic_string();
        const auto text = read(file);
        const auto english = said(file, text, [](const std::string& words) { return words; });
        all[path] = {file, english.value_or(text)};
        if (!english) continue;
        for (const auto& [language, catalogue] : languages) {
            if (language == "en") continue;
            all[language + "/" + path] = {file, *said(file, text, [&](const std::string& words) { return in_language(words, catalogue); })};
        }
        all[std::string(pseudo_language) + "/" + path] = {file, *said(file, text, pseudo)};
    }
    auto turned = nlohmann::json::object();
    for (const auto& [english, places] : languages.at("en")) turned[english] = pseudo(english);
    all["words/" + std::string(pseudo_language) + ".json"] = {"words.json", turned.dump()};
    std::string everything;
    std::string list;
    for (const auto& [path, held] : all) {
        const auto& [file, text] = held;
        const auto plain = served(file, text);
        // Templates are read here and never served as they are.
        const bool is_template = file.extension() == ".html";
        auto gzip = is_template ? "" : gzipped(plain);
        auto brotli = is_template ? "" : brotlied(plain);
        if (gzip.size() >= plain.size()) gzip.clear();
        if (brotli.size() >= plain.size()) brotli.clear();
        everything += path + '\0' + plain + '\0';
        list += "    {\"" + path + "\", \"" + type_of(file) + "\",\n     " + bytes(plain) + ",\n     " + bytes(gzip) + ",\n     " +
                bytes(brotli) + "},\n";
    }
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(everything.data()), everything.size(), digest);
    char hash[13];
    for (int i = 0; i < 6; ++i) std::snprintf(hash + i * 2, 3, "%02x", digest[i]);
    write(out,
          "// Made by tools/embed from web/.\n#include \"floor/wire/assets.hpp\"\n\nnamespace barrow::wire {\nnamespace {\nconst Asset "
          "all[] = {\n" +
              list + "};\n}\nstd::span<const Asset> assets() { return all; }\nstd::string_view assets_hash() { return \"" + hash +
              "\"; }\n}\n");
}

}  // namespace

int main(int count, char** values) {
    const std::vector<std::string> words(values + 1, values + count);
    if (words.size() == 5 && words[0] == "sql") {
        embed_sql(words[1], words[2], words[3], words[4]);
    } else if (words.size() == 3 && words[0] == "schema") {
        embed_schema(words[1], words[2]);
    } else if (words.size() >= 2 && words[0] == "queries") {
        embed_queries(words[1], {words.begin() + 2, words.end()});
    } else if (words.size() == 3 && words[0] == "web") {
        embed_web(words[1], words[2]);
    } else {
        stop("usage: embed sql NAMESPACE PREFIX IN OUT | schema DIR OUT | queries OUT HEADER:NAMESPACE… | web DIR OUT");
    }
}
