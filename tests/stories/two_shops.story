# Two shops in one database: what one sells, holds and takes is nobody's business in the other.
shop otto
GET /@otto/p/kettle
< 200
form kettle /holds
GET /p/tea-bowl
form bowl /holds
# A form of one shop sent to the other.
SEND bowl to /@otto/p/tea-bowl/holds
< 4**
SEND kettle
< 303 /@otto/holds/*
keep hold
POST {hold}/orders name=Noa&email=noa@example.org&street=Hafen 3&postal_code=18119&city=Rostock&country=DE
< 303 /@otto/pay/sandbox/*
keep pay
POST {pay} decision=approve
< 303 /@otto/orders/*
keep receipt
GET {receipt}
< 200
says Paid. Thank you.
# The same names at the first shop.
GET {hold:2nd}
< 404
GET {pay:2nd}
< 404
GET {receipt:2nd}
< 404
OWNER GET /studio/orders
< 200
lacks Kettle
OWNER GET /@otto/studio/orders
< 303 /@otto/studio/login
