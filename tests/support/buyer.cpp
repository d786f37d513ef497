#include "support/buyer.hpp"

#include <gtest/gtest.h>

namespace barrow::testing {

Form hidden_fields(std::string_view form) {
    Form fields;
    constexpr std::string_view hidden = "<input type=\"hidden\" name=\"";
    for (auto at = form.find(hidden); at != std::string_view::npos; at = form.find(hidden, at + 1)) {
        const auto input = form.substr(at, form.find('>', at) - at);
        fields.emplace_back(between(input, "name=\"", "\""), between(input, "value=\"", "\""));
    }
    return fields;
}

Form address() {
    return {{"name", "Ada"},          {"email", "ada@example.com"}, {"street", "Quay 1"},
            {"postal_code", "18119"}, {"city", "Rostock"},          {"country", "DE"}};
}

Placed place_from(TestApp& app, const std::string& path) {
    const auto page = app.get(path).body;
    auto fields = hidden_fields(between(page, "action=\"" + path + "/holds\"", "</form>"));
    fields.emplace_back("pieces", "1");
    const Studio buyer;
    const auto held = app.post(buyer, path + "/holds", fields);
    EXPECT_EQ(held.status, 303) << held.body;
    Placed placed{.hold_path = std::string(held.header("location")), .pay_path = ""};
    const auto ordered = app.post(buyer, placed.hold_path + "/orders", address());
    EXPECT_EQ(ordered.status, 303) << ordered.body;
    placed.pay_path = ordered.header("location");
    return placed;
}

Placed place(TestApp& app, const std::string& slug) { return place_from(app, "/p/" + slug); }

void pay(TestApp& app, const Placed& placed) {
    EXPECT_EQ(app.post(Studio(), placed.pay_path, {{"decision", "approve"}}).status, 303);
    for (int i = 0; i < 3; ++i) app.tick();
}

}  // namespace barrow::testing
