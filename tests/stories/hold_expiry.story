# A hold lives ten minutes. Then its units are somebody else's, and an order of it is refused without a charge.
stock tea-bowl 1
GET /p/tea-bowl
form first /holds
SEND first
< 303 /holds/*
keep hold
wait 9 minutes
GET {hold}
< 200
says Held for you until
wait 1 minutes
GET {hold}
< 200
says The time is over
left tea-bowl 1 held 0 taken 0
POST {hold}/orders name=Noa&email=noa@example.org&street=Hafen 3&postal_code=18119&city=Rostock&country=DE
< 303 /p/tea-bowl?why=closed
keep back
GET {back}
says That hold is over, and nothing was charged.
# The old form does not hold again under the same key.
SEND first
< 303 /p/tea-bowl?why=closed*
orders 0
