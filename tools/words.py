#!/usr/bin/env python3
"""Keeps the catalogues of web/words/ whole: tools/words.py [--check]

What public pages say is marked where it is said: {{#t}}…{{/t}} in a template, /*t*/'…' in a script, say("…"), say.count(n, "…", "…") and
said("…") in src/, and the texts of fail(…) in the files below, which viewers read. en.json gets every one of them with where it is said.
Any other language must have them all, and nothing else. With --check nothing is written; what is missing or left over is named, and
the program leaves with 1."""
import glob
import json
import os
import re
import sys

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
catalogues = os.path.join(root, "web", "words")
# Whose refusals viewers read (access::refusal and access::told look them up).
refusing = ["src/rooms/checkout/hold.cpp", "src/rooms/checkout/hold_http.cpp", "src/rooms/checkout/total.cpp", "src/rooms/orders/place.cpp",
            "src/rooms/storefront/storefront_http.cpp", "src/rooms/letters/letters_http.cpp", "src/rooms/links/follow_http.cpp",
            "src/rooms/links/pages/page_http.cpp", "src/rooms/snippets/snippets_http.cpp", "src/rooms/stock/claim.cpp"]
# Refused elsewhere, and read by viewers all the same.
and_these = ["this link is too old: what nobody confirms is deleted after a week. Sign up again",
             "there is no such order; check the address in your mail", "there is no such list to sign up for",
             "this is no e-mail address; it looks like name@example.org", "say what is wrong: phishing, malware, scam or other",
             "this form was sent from another site; open the page here and send it again", "There is no such shop here.",
             "No shop is open here yet.", "there is no such link", "this way out is older than half an hour; open the link again"]
# What only programs can send or read.
programs = ('"do: ', '"snippets are served', '"url must be', '"there is no payment', '"no mail server', '"the shop is not here', '"ask for at least')
literal = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'


def text_of(literals):
    """Adjacent C++ literals, put together."""
    return "".join(json.loads('"%s"' % one) for one in re.findall(r'"((?:[^"\\]|\\.)*)"', literals))


def collect():
    said = {}

    def note(text, path):
        places = said.setdefault(text, [])
        if path not in places:
            places.append(path)

    for path in sorted(glob.glob(os.path.join(root, "web", "**", "*.*"), recursive=True)):
        name = os.path.relpath(path, root)
        if path.endswith(".html"):
            for text in re.findall(r"\{\{#t\}\}(.*?)\{\{/t\}\}", open(path, encoding="utf-8").read(), re.S):
                note(text, name)
        elif path.endswith(".js"):
            for text in re.findall(r"/\*t\*/(?:'([^']*)'|\"([^\"]*)\"|`([^`]*)`)", open(path, encoding="utf-8").read()):
                note("".join(text), name)
    sources = sorted(glob.glob(os.path.join(root, "src", "**", "*.cpp"), recursive=True))
    whole = ""
    for path in sources:
        name, text = os.path.relpath(path, root), open(path, encoding="utf-8").read()
        whole += text
        if name.endswith("_test.cpp") or name.startswith("src/cli/"):
            continue
        if name in refusing:
            for found in re.finditer(r"\bfail\(Fault::(?!storage|internal)\w+,\s*" + literal + r"\)", text):
                if found[1].startswith(programs):
                    continue
                note(text_of(found[1]), name)
        if "words()" not in text and "Words" not in text and "said(" not in text:
            continue
        for found in re.finditer(r"\b(?:say_?|said|words\(\))\(\s*" + literal, text):
            note(text_of(found[1]), name)
        for found in re.finditer(r"\bWords\([\w.]+\)\(\s*" + literal, text):
            note(text_of(found[1]), name)
        for found in re.finditer(r"\bsay_?\.count\([^;]*?,\s*" + literal + r",\s*" + literal + r"\)", text):
            note(text_of(found[1]), name)
            note(text_of(found[2]), name)
    for text in and_these:
        assert json.dumps(text, ensure_ascii=False) in whole, "no source says: " + text
        note(text, "what viewers are refused")
    return said


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    said, wrong = collect(), []
    english = {text: ", ".join(said[text]) for text in sorted(said)}
    path = os.path.join(catalogues, "en.json")
    before = json.load(open(path, encoding="utf-8")) if os.path.exists(path) else {}
    if check and before != english:
        wrong.append("en.json is not what the sources say; run tools/words.py")
    elif before != english:
        with open(path, "w", encoding="utf-8") as out:
            json.dump(english, out, ensure_ascii=False, indent=1)
            out.write("\n")
    for path in sorted(glob.glob(os.path.join(catalogues, "*.json"))):
        name = os.path.basename(path)
        if name == "en.json":
            continue
        there = json.load(open(path, encoding="utf-8"))
        wrong += [f"{name} lacks: {text}" for text in english if not there.get(text)]
        wrong += [f"{name} has what nothing says: {text}" for text in there if text not in english]
    print("\n".join(wrong) or f"{len(english)} texts, in each language")
    sys.exit(1 if wrong else 0)


main()
