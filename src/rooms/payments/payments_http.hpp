// The doors of payments: providers' webhooks, and the sandbox provider's own page.
#pragma once

#include <functional>

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"
#include "rooms/payments/payments.hpp"
#include "rooms/payments/sandbox.hpp"

namespace barrow::payments {

struct Doors {
    access::Site& site;
    Providers& providers;
    // Keeps what is promised now, so that the page after a decision shows what came of it. Wiring gives it.
    std::function<Task<Status>()> keep_promises;
};

// What a provider told us, over HTTP or from the sandbox: checked, recorded once.
Task<Status> receive(Doors& doors, std::string provider, Delivery delivery);

// POST /webhooks/:provider. 200 for what is recorded now or was before; a provider's retry is welcome.
Task<http::Response> post_webhook(Doors& doors, access::Visit visit);
// GET and POST /pay/sandbox/:payment: approve or decline; named a test in words.
Task<http::Response> get_sandbox(Doors& doors, access::Visit visit);
Task<http::Response> post_sandbox(Doors& doors, access::Visit visit);

}  // namespace barrow::payments
