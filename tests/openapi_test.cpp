// The OpenAPI file and the route table say the same: whatever answers under /api/v1 is described, and the other way round.
#include <set>

#include "support/app.hpp"

namespace barrow::testing {
namespace {

// "/api/v1/products/:slug" → "/api/v1/products/{slug}"
std::string templated(const std::string& pattern) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != ':') {
            out += pattern[i];
            continue;
        }
        const auto end = std::min(pattern.find('/', i), pattern.size());
        out += "{" + pattern.substr(i + 1, end - i - 1) + "}";
        i = end - 1;
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return out;
}

const wire::Json* resolve(const wire::Json& document, std::string_view reference) {
    const wire::Json* here = &document;
    for (std::size_t at = 2; here != nullptr && at <= reference.size();) {
        const auto end = std::min(reference.find('/', at), reference.size());
        here = here->find(reference.substr(at, end - at));
        at = end + 1;
    }
    return here;
}

void check_references(const wire::Json& document, const wire::Json& here) {
    if (here.is_array()) {
        for (const auto& item : here.items()) check_references(document, item);
    } else if (here.is_object()) {
        if (const auto* reference = here.find("$ref")) { EXPECT_NE(resolve(document, reference->text()), nullptr) << reference->text(); }
        for (const auto& [name, value] : here.members()) check_references(document, value);
    }
}

class OpenApi : public ::testing::Test {
protected:
    TestApp app{Engine::sqlite};
    wire::Json document = json_of(app.get("/api/v1/openapi.json"));
};

TEST_F(OpenApi, DescribesEveryRouteAndNoOther) {
    std::set<std::string> routes, described;
    for (const auto& route : app.app->router().routes()) {
        if (route->pattern.starts_with("/api/v1")) routes.insert(lower(http::name(route->method)) + " " + templated(route->pattern));
    }
    for (const auto& [path, operations] : document.find("paths")->members()) {
        for (const auto& [method, operation] : operations.members()) described.insert(method + " " + path);
    }
    for (const auto& one : routes) EXPECT_TRUE(described.contains(one)) << one << " is not in web/openapi.json";
    for (const auto& one : described) EXPECT_TRUE(routes.contains(one)) << one << " is in web/openapi.json, but nothing answers there";
    EXPECT_GE(routes.size(), 20U);
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
    EXPECT_EQ(document.find("openapi")->text(), "3.1.0");
    check_references(document, document);
}

TEST_F(OpenApi, EveryPathParameterIsDeclared) {
    for (const auto& [path, operations] : document.find("paths")->members()) {
        for (const auto& [method, operation] : operations.members()) {
            std::set<std::string> declared;
            if (const auto* parameters = operation.find("parameters")) {
                for (const auto& parameter : parameters->items()) {
                    if (parameter.find("name") != nullptr && parameter.find("in")->text() == "path")
                        declared.insert(parameter.find("name")->text());
                }
            }
            for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
                const auto name = path.substr(at + 1, path.find('}', at) - at - 1);
                EXPECT_TRUE(declared.contains(name)) << method << " " << path << " does not declare " << name;
            }
        }
    }
}

}  // namespace
}  // namespace barrow::testing
