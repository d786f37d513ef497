// ScriptedSmtp: a mail server as a test writes it. It opens no socket.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "floor/fetch/smtp.hpp"

namespace barrow::testing {

class ScriptedSmtp final : public fetch::Smtp {
public:
    std::map<std::string, Error> refuses;  // by recipient
    std::vector<fetch::Envelope> sent;

    Later<Status> send(fetch::Envelope envelope) override {
        return Later<Status>([this, envelope = std::move(envelope)](const auto& answer) {
            const auto found = refuses.find(envelope.to);
            if (found != refuses.end()) return answer(found->second);
            sent.push_back(envelope);
            answer(Status());
        });
    }
};

}  // namespace barrow::testing
