# A drop ends at its deadline, and nobody has to press a button: its rest is for sale again, and a tap on the page holds.
stock tide-lamp 30
OWNER GET /studio/live/{session}
form drop /drop
OWNER POST /studio/live/{session}/drop product={drop.product}&price={drop.price}&units=10&minutes=5
< 303 /studio/live/{session}*
left tide-lamp 20 held 0 taken 0
GET /live/tuesday
says 10 left
form early /holds
SEND early with pieces=4
< 303 /holds/*
GET /live/tuesday
says 6 left
form open /holds
wait 5 minutes
left tide-lamp 26 held 0 taken 0
# A page from before the end says that the drop is over …
SEND open
< 303 /live/tuesday?why=*
# … and leads to one that sells.
GET /live/tuesday
lacks 6 left
form late /holds
SEND late
< 303 /holds/*
left tide-lamp 25 held 1 taken 0
# What was held when it ended finds its way to plain sale at its own time.
wait 5 minutes
left tide-lamp 29 held 1 taken 0
