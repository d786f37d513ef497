# One bowl, two buyers, two open pages: one gets it, the other is told so in words, and nothing is charged.
stock tea-bowl 1
GET /p/tea-bowl
< 200
form first /holds
GET /p/tea-bowl
form second /holds
SEND first
< 303 /holds/*
keep hold
SEND second
< 303 /p/tea-bowl?why=quicker*
keep refusal
GET {refusal}
< 200
says Somebody was quicker. None is left just now.
left tea-bowl 0 held 1 taken 0
# The first form again: the same hold.
SEND first
< 303 {hold}
POST {hold}/orders name=Noa&email=noa@example.org&street=Hafen 3&postal_code=18119&city=Rostock&country=DE
< 303 /pay/sandbox/*
keep pay
POST {hold}/orders name=Noa&email=noa@example.org&street=Hafen 3&postal_code=18119&city=Rostock&country=DE
< 303 {pay}
POST {pay} decision=approve
< 303 /orders/*
keep receipt
GET {receipt}
< 200
says Paid. Thank you.
left tea-bowl 0 held 0 taken 1
orders 1
