// Programs that open addresses without anybody having tapped them.
#pragma once

#include <string_view>

namespace barrow::telemetry {

// The user agent is one by which a link preview, a crawler or a fetching tool makes itself known. A browser inside an app is
// none. Who hides behind a browser's name is not found: this only reads what is said.
bool is_program(std::string_view user_agent);

}  // namespace barrow::telemetry
