# The price in a form is signed: a changed one is refused, an old one gives the price of now and says so, another product's is of no use.
GET /p/tide-lamp
form lamp /holds
GET /p/field-notebook
form notebook /holds
SEND lamp with quote={lamp.quote}x
< 4**
SEND lamp with quote=
< 4**
SEND lamp with quote={notebook.quote}
< 303 /holds/*
keep hold
GET {hold}
says €24.00
lacks €12.00
# Another product's units under this one's name.
GET /p/tide-lamp
form again /holds
SEND again with allotment={notebook.allotment}
< 400
left field-notebook 120 held 0 taken 0
# A price that was shown a moment ago still binds.
GET /p/tea-bowl
form bowl /holds
OWNER POST /studio/live/{session}/price product={bowl.product}&price=99.00
< 303
SEND bowl
< 303 /holds/*
keep hold
GET {hold}
says €18.50
lacks €99.00
lacks since you saw it
# After its fifteen minutes it does not.
GET /p/tide-lamp
form old /holds
OWNER POST /studio/live/{session}/price product={old.product}&price=30.00
wait 16 minutes
SEND old
< 303 /holds/*
keep hold
GET {hold}
says €30.00
says The price changed from €24.00 to €30.00 since you saw it.
