# What another site's page sends is refused; the studio wants its own csrf; nobody without a session comes in.
GET /p/tea-bowl
form bowl /holds
header sec-fetch-site cross-site
SEND bowl
< 403
says This form was sent from another site
header origin https://evil.example
SEND bowl
< 403
header sec-fetch-site same-origin
SEND bowl
< 303 /holds/*
left tea-bowl 35 held 1 taken 0
OWNER POST /studio/links slug=mine&target=/p/tea-bowl
< 303 /studio/links*
OWNER POST /studio/links slug=theirs&target=/p/tea-bowl&csrf=guessed
< 403
POST /studio/links slug=theirs&target=/p/tea-bowl
< 303 /studio/login
GET /s/theirs
< 404
GET /s/mine
< 302 /p/tea-bowl*
# A login link works once.
header sec-fetch-site cross-site
POST /studio/login token=guessed
< 403
POST /studio/login token=guessed
< 401
