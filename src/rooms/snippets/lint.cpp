#include "rooms/snippets/lint.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "floor/base/text.hpp"

namespace barrow::snippets {
namespace {

// What is looked through: small letters, ’ as ', stars left out.
std::string folded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at).starts_with("\xe2\x80\x99")) {
            out += '\'';
            at += 2;
        } else if (text[at] != '*') {
            out += text[at];
        }
    }
    return lower(out);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// A letter or part of one: what is no ASCII counts as a letter.
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; }

// Where the phrase stands as whole words; a '#' in it stands for a number. Returns the text it was found as.
std::optional<std::string_view> find_phrase(std::string_view text, std::string_view phrase) {
    for (std::size_t from = 0; from < text.size(); ++from) {
        if (from > 0 && (is_letter(text[from - 1]) || is_digit(text[from - 1]))) continue;
        std::size_t at = from;
        bool fits = true;
        for (const char c : phrase) {
            if (c == '#') {
                const auto first = at;
                while (at < text.size() && (is_digit(text[at]) || (at > first && (text[at] == '.' || text[at] == ',')))) ++at;
                fits = at > first;
            } else {
                fits = at < text.size() && text[at] == c;
                ++at;
            }
            if (!fits) break;
        }
        if (fits && (at >= text.size() || !(is_letter(text[at]) || is_digit(text[at])))) return text.substr(from, at - from);
    }
    return std::nullopt;
}

template <std::size_t n>
std::optional<std::string_view> find_one(std::string_view text, const std::array<std::string_view, n>& phrases) {
    for (const auto phrase : phrases)
        if (const auto found = find_phrase(text, phrase)) return found;
    return std::nullopt;
}

constexpr auto hurries = std::to_array<std::string_view>(
    {"hurry", "last chance", "limited time", "limited offer", "only today", "today only", "now or never", "ends soon", "ending soon",
     "ends today", "ends tonight", "selling fast", "going fast", "almost gone", "almost sold out", "while stocks last", "while stock lasts",
     "while supplies last", "act now", "act fast", "don't miss out", "before it's gone", "before they're gone", "before it's too late",
     "final hours", "flash sale", "buy now before", "everyone is buying", "time is running out",
     // German
     "nur heute", "letzte chance", "jetzt oder nie", "endet bald", "endet heute", "nur für kurze zeit", "fast ausverkauft",
     "solange der vorrat reicht", "solange vorrat reicht", "schnell zugreifen", "greif zu", "beeil dich", "nicht verpassen"});

constexpr auto stock_counts = std::to_array<std::string_view>({"only # left", "just # left", "# left", "# remaining", "# in stock",
                                                               "last # units", "last # pieces", "# people are looking", "# people bought",
                                                               "nur noch #", "noch # stück", "# stück übrig", "# auf lager"});

// What nobody can know without a source; and what is often one, and often not ("100 % cotton"): that is pointed out.
constexpr auto claims = std::to_array<std::string_view>(
    {"the best", "best ever", "number one", "no. 1", "market leader", "guaranteed", "clinically", "scientifically", "miracle",
     "revolutionary", "award-winning", "der beste", "die beste", "das beste", "nummer 1", "garantiert", "klinisch", "weltweit führend"});
constexpr auto perhaps_claims = std::to_array<std::string_view>(
    {"#%", "# %", "# times", "#x", "twice as", "proven", "perfect", "experts", "doctors", "world's", "the leading", "bewiesen", "wunder"});

constexpr auto signs = std::to_array<std::string_view>({"€", "$", "£", "¥", "₹", "₩", "₺", "₽"});
// Codes count in capitals only: "3 EUR" is money, "90 sec" and "cad drawings" are not.
constexpr auto codes = std::to_array<std::string_view>(
    {"EUR", "USD", "GBP", "CHF", "JPY", "PLN", "SEK", "NOK", "DKK", "CZK", "AUD", "NZD", "INR", "BRL", "MXN"});
constexpr auto money_words = std::to_array<std::string_view>({"# euro", "# euros", "# dollars", "# bucks"});

// A sum of money: a sign beside a number, a code beside one, or a share taken off.
std::optional<std::string> find_price(std::string_view text, std::string_view as_typed) {
    const auto spaces = [&](std::size_t at, int step) {
        while (at < text.size() && text[at] == ' ') at += static_cast<std::size_t>(step);
        return at;
    };
    for (const auto sign : signs) {
        for (auto at = text.find(sign); at != text.npos; at = text.find(sign, at + 1)) {
            const auto after = spaces(at + sign.size(), 1);
            const auto before = at == 0 ? text.npos : spaces(at - 1, -1);
            if ((after < text.size() && is_digit(text[after])) || (before < text.size() && is_digit(text[before]))) {
                auto from = at, to = at + sign.size();
                if (after < text.size() && is_digit(text[after])) {
                    to = after;
                    while (to < text.size() &&
                           (is_digit(text[to]) || ((text[to] == '.' || text[to] == ',') && to + 1 < text.size() && is_digit(text[to + 1]))))
                        ++to;
                } else {
                    from = before + 1;
                    while (from > 0 && (is_digit(text[from - 1]) || text[from - 1] == '.' || text[from - 1] == ',')) --from;
                }
                return std::string(text.substr(from, to - from));
            }
        }
    }
    for (const auto code : codes) {
        for (const auto& phrase : std::array<std::string, 3>{"# " + std::string(code), std::string(code) + " #", "#" + std::string(code)})
            if (const auto found = find_phrase(as_typed, phrase)) return std::string(*found);
    }
    if (const auto words = find_one(text, money_words)) return std::string(*words);
    static constexpr auto shares = std::to_array<std::string_view>(
        {"#% off", "# % off", "#% discount", "#% cheaper", "half price", "#% rabatt", "# % rabatt", "#% günstiger", "zum halben preis"});
    const auto share = find_one(text, shares);
    return share ? std::optional(std::string(*share)) : std::nullopt;
}

// How many sentences: ends (. ! ?) before a space and what is no small letter, plus one. "1. Mai", "Dr. Kim" and "ca. 20" end none.
int sentences(std::string_view text) {
    int count = text.empty() ? 0 : 1;
    for (std::size_t at = 1; at + 2 < text.size(); ++at) {
        const char next = text[at + 2];
        if ((text[at] != '.' && text[at] != '!' && text[at] != '?') || text[at + 1] != ' ' || (next >= 'a' && next <= 'z')) continue;
        auto word = at;
        while (word > 0 && text[word - 1] != ' ') --word;
        const bool shortened = text[at] == '.' && (at - word <= 3 || is_digit(text[at - 1]) || text[at - 1] == '.');
        if (!shortened) ++count;
    }
    return count;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

class Reader {
public:
    explicit Reader(const Words& words) : words_(words) {}

    std::vector<Finding> read() {
        title("title", words_.title);
        how("how", words_.how);
        honest("proof", words_.proof, false);
        honest("proof_source", words_.proof_source, false);
        action("action", words_.action);
        static constexpr std::array<std::array<std::string_view, 3>, varied.size()> names{
            {{"bio.title", "bio.how", "bio.action"},
             {"product.title", "product.how", "product.action"},
             {"live.title", "live.how", "live.action"},
             {"embed.title", "embed.how", "embed.action"},
             {"card.title", "card.how", "card.action"},
             {"feed.title", "feed.how", "feed.action"}}};
        for (const auto& one : words_.variants) {
            const auto place = static_cast<std::size_t>(std::ranges::find(varied, one.surface) - varied.begin());
            if (place == varied.size()) continue;
            title(names[place][0], one.title);
            how(names[place][1], one.how);
            action(names[place][2], one.action);
        }
        return std::move(found_);
    }

    std::vector<Finding> line(std::string_view field, std::string_view text) {
        honest(field, text);
        claim(field, text);
        loud(field, text);
        for (auto& one : found_) {
            if (one.rule == "price")
                one.words = "a sum that is typed here grows old: the page's own price is the catalogue's, and only that binds.";
            if (one.rule == "claim")
                one.words = "\"" + std::string(text) + "\" makes a claim: its source belongs into the snippet's \"why believe it\".";
            one.blocks = one.rule == "hurry" || one.rule == "stock" || one.rule == "address";
        }
        return std::move(found_);
    }

private:
    void add(std::string_view field, std::string_view rule, bool blocks, std::string words) {
        found_.push_back({field, rule, blocks, std::move(words)});
    }

    // What holds for every text. A quoted voice is somebody else's: there it is pointed out and blocks nothing.
    void honest(std::string_view field, std::string_view text, bool blocks = true) {
        if (text.empty()) return;
        const auto all = folded(text);
        if (const auto price = find_price(all, text)) {
            add(field, "price", blocks,
                quoted(*price) +
                    (blocks ? " is a typed price: leave it out. The catalogue's price stands beside the words, signed, and is never old."
                            : " reads like a price; only the catalogue's price binds."));
        }
        const bool calm = find_phrase(all, "no hurry") || find_phrase(all, "without hurry");
        if (const auto hurry = find_one(all, hurries); hurry && !calm)
            add(field, "hurry", blocks,
                quoted(*hurry) + " hurries people: say when it ends by an end of the snippet or of the drop, which is real.");
        if (const auto count = find_one(all, stock_counts))
            add(field, "stock", blocks, quoted(*count) + " is a count of units: the stock tells it by itself, and only while it is true.");
        for (const auto* mark : {"http://", "https://", "www."}) {
            if (all.find(mark) == all.npos) continue;
            add(field, "address", true,
                "an address does not stand among the words: the button leads to the product, and \"where it can be read\" to the source.");
            break;
        }
    }

    void claim(std::string_view field, std::string_view text) {
        if (!words_.proof.empty()) return;
        const auto all = folded(text);
        auto found = find_one(all, claims);
        const bool blocks = found.has_value();
        if (!found && !find_price(all, text)) found = find_one(all, perhaps_claims);  // "20 % off": that is said already
        if (found)
            add(field, "claim", blocks,
                quoted(*found) +
                    (blocks ? " is a claim without a source: give the measurement or the voice under \"why believe it\", or say it plainly."
                            : " may be a claim: where it is one, its source belongs under \"why believe it\"."));
    }

    void title(std::string_view field, std::string_view text) {
        if (text.empty()) return;
        honest(field, text);
        const auto all = folded(text);
        claim(field, text);
        static constexpr auto openings =
            std::to_array<std::string_view>({"the ", "a ", "an ", "our ", "my ", "we ", "i ", "introducing ", "meet ", "new ", "this is ",
                                             "der ", "die ", "das ", "ein ", "eine ", "unser ", "wir "});
        for (const auto opening : openings) {
            if (!all.starts_with(opening)) continue;
            add(field, "verb", false,
                "begin with a verb: what does it do, for whom? " + quoted(text.substr(0, opening.size() - 1)) + " tells neither.");
            break;
        }
        if (sentences(text) > 1)
            add(field, "page", true, "this is more than one sentence: the first says what it does, the rest belongs on the product page.");
        loud(field, text);
    }
    void how(std::string_view field, std::string_view text) {
        if (text.empty()) return;
        honest(field, text);
        claim(field, text);
        if (sentences(text) > 2)
            add(field, "page", true,
                "these are " + std::to_string(sentences(text)) + " sentences: one says how, the rest belongs on the product page.");
        for (const auto* mark : {"• ", "· ", "✓ ", "✔"}) {
            std::size_t count = 0;
            for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) ++count;
            if (count < 2) continue;
            add(field, "page", true, "this is a list: a snippet says one thing. What one gets stands on the product page.");
            break;
        }
        loud(field, text);
    }
    void action(std::string_view field, std::string_view text) {
        if (!text.empty()) honest(field, text);
    }
    void loud(std::string_view field, std::string_view text) {
        const auto capitals = std::ranges::count_if(text, [](char c) { return c >= 'A' && c <= 'Z'; });
        const auto small = std::ranges::count_if(text, [](char c) { return c >= 'a' && c <= 'z'; });
        if (capitals >= 8 && capitals > small * 2)
            add(field, "loud", false, "capitals all through are read as shouting, and letter by letter by screen readers.");
        if (std::ranges::count(text, '!') > 1) add(field, "loud", false, "one exclamation mark is heard; more are not.");
    }

    const Words& words_;
    std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> lint(const Words& words) { return Reader(words).read(); }

std::vector<Finding> lint_line(std::string_view field, std::string_view text) {
    const Words nothing;
    return Reader(nothing).line(field, text);
}

Status first_that_blocks(std::span<const Finding> findings) {
    const auto first = std::ranges::find_if(findings, &Finding::blocks);
    if (first == findings.end()) return {};
    return fail(Fault::bad_input, std::string(first->field) + ": " + first->words);
}

}  // namespace barrow::snippets
