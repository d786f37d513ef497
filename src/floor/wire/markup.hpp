// The words that people type: cleaned once at the door, and the tiny markup in them. `*words*` are stressed, `**words**` are strong;
// nothing else is markup, and what closes nowhere stands as it was typed. Markup does not nest, and a star next to a space marks nothing:
// "2 * 3 * 4" stays what it is. One expression says the same, for those who read it elsewhere:
//   \*\*([^* ](?:[^*]*[^* ])?)\*\*|\*([^* ](?:[^*]*[^* ])?)\*
#pragma once

#include <string>
#include <string_view>

namespace barrow::wire {

// One line as it is kept: every run of white space (with tabs and line ends) becomes one space, none at the ends; control characters,
// characters that turn the direction of what follows (U+202A to U+202E, U+2066 to U+2069: they make a text read otherwise than it is) and
// those that mark nothing (U+FEFF, U+FFF9 to U+FFFB) are left out. `text` is UTF-8 (is_text); what is no whole character is left out, too.
std::string one_line(std::string_view text);

// As HTML: escaped, with <em> and <strong>. And without the stars, where no markup can stand.
std::string markup_html(std::string_view text);
std::string markup_text(std::string_view text);

}  // namespace barrow::wire
