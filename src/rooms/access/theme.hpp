// A shop's own colours, mended until text on them can be read.
#pragma once

#include <string>

namespace barrow::access {

struct Theme {
    std::string css;      // ":root{--shop-accent:#…;…}" or ""
    bool mended = false;  // a colour was changed for contrast
};

// accent and paper are "#rrggbb" or "". Contrast is WCAG 2.2's: at least 4.5:1 for accent on paper and for text on accent, in
// the light and the dark form.
Theme theme(const std::string& accent, const std::string& paper);

// WCAG 2.2 contrast ratio of two "#rrggbb", 1 to 21.
double contrast(const std::string& a, const std::string& b);

}  // namespace barrow::access
