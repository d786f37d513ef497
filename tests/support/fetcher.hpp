// ScriptedFetcher: the web as a test writes it. It opens no socket.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/fetch/fetch.hpp"

namespace barrow::testing {

class ScriptedFetcher final : public fetch::Fetcher {
public:
    // What stands at an address; the query of a request is not looked at.
    void answer(std::string url, fetch::FetchResponse response) { web_.insert_or_assign(std::move(url), std::move(response)); }
    std::vector<fetch::FetchRequest> asked;  // in order

    // Where nothing was written, nobody answers.
    Later<Result<fetch::FetchResponse>> fetch(fetch::FetchRequest request) override {
        return Later<Result<fetch::FetchResponse>>([this, request = std::move(request)](const auto& answer) {
            asked.push_back(request);
            const auto found = web_.find(request.url.substr(0, request.url.find('?')));
            if (found == web_.end()) return answer(fail(Fault::outside, "The peer did not answer: nothing stands there."));
            auto response = found->second;
            response.url = request.url;
            if (response.body.size() > request.body_bytes_max && request.beyond == fetch::Beyond::refuse)
                return answer(fail(Fault::too_large, "The answer is too large."));
            response.cut = response.body.size() > request.body_bytes_max;
            response.body.resize(std::min(response.body.size(), request.body_bytes_max));
            answer(std::move(response));
        });
    }

private:
    std::map<std::string, fetch::FetchResponse> web_;
};

}  // namespace barrow::testing
