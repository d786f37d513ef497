#!/usr/bin/env python3
"""The list of single names in src/rooms/telemetry/agent_singles.inc, made from published sets of crawlers.

  derive.py --bench build/release/bench_agents --crawlers FILE… --people FILE… [--write src/rooms/telemetry/agent_singles.inc]

The general rules in agent.cpp come first; only what they leave (bench_agents --left) needs a name. Each name is a word of such an
agent that stands in no agent of people; the word that finds most of them is taken, then the next, until none is left. The same
files give the same list. Beside it an honest figure: the list made from a random half of the crawlers, tried on the other half,
five times. What no list could learn from one half of the sets, the rules have to find.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile

from read_sets import read_set

# People under a crawler's label: an app's browser is somebody's, and so are an editor's window, a browser for one site on a Mac, a
# developer's and a payer's toolbar, and a small old browser.
PEOPLE = re.compile(r"Instagram \d|MetaIAB|FBAN/| (Code|Trae)/[\d.]+ Chrome| Fluid/|FirePHP|WebMoney Advisor|OffByOne")
# Words of makers, systems and browsers that a set of people may happen to lack. A phone's model is no program's name.
NEVER = {"format", "nexus", "pixel", "galaxy", "build", "version", "chrome", "safari", "mobile", "anonymous", "webkit", "ubuntu", "profile",
         "firefox", "edition", "sogoumse", "sogoumobilebrowser", "aloha", "razer", "vivaldi", "webster", "downcast", "duckduckgo",
         "action", "parse", "parser", "tools", "browser", "renderer", "auto", "hardy", "quit", "console", "policy", "json", "scope", "snapshot"}


def left_by_rules(bench, agents):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.write("\n".join(agents) + "\n")
    try:
        answer = subprocess.run([bench, "--left", file.name], check=True, capture_output=True).stdout
    finally:
        os.unlink(file.name)
    return answer.decode("utf-8", "replace").splitlines()


def words(agent):
    """Candidates: words of at least four letters without the digits behind them, and the same with the mark behind the word."""
    small = re.sub(r"android [^;)]*;[^;)]*build/[^;)]*", " ", agent.lower())
    for found in re.finditer(r"[a-z][a-z0-9_.-]*[a-z]", small):
        word = found.group()
        if len(word) >= 4 and word not in NEVER:
            yield word
            yield from (part for part in word.split(".") if len(part) >= 12)
            if small[found.end():found.end() + 1] == "/":
                yield word + "/"


def derive(left, people_text):
    candidates = {word for agent in left for word in words(agent)}
    found_by = {word: {agent for agent in left if word in agent.lower()} for word in candidates if word not in people_text}
    names, waiting = [], set(left)
    while found_by:
        best = min(found_by, key=lambda word: (-len(found_by[word] & waiting), not word.endswith("/"), len(word), word))
        gain = found_by[best] & waiting
        if not gain:
            break
        names.append(best)
        waiting -= gain
        found_by = {word: agents for word, agents in found_by.items() if agents & waiting}
    return sorted(names), sorted(waiting)


def has_one(agent, names):
    small = agent.lower()
    return any(name in small for name in names)


def held_recall(crawlers, left, people_text):
    """Recall on halves that the list was not made from."""
    found = tried = by_rules = 0
    for seed in range(5):
        order = list(crawlers)
        random.Random(seed).shuffle(order)
        learn, held = set(order[: len(order) // 2]), order[len(order) // 2:]
        names, _ = derive([agent for agent in left if agent in learn], people_text)
        unknown = set(left)
        found += sum(agent not in unknown or has_one(agent, names) for agent in held)
        by_rules += sum(agent not in unknown for agent in held)
        tried += len(held)
    return 100 * found / tried, 100 * by_rules / tried


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--crawlers", nargs="+", required=True)
    parser.add_argument("--people", nargs="+", required=True)
    parser.add_argument("--write")
    wanted = parser.parse_args()

    published = list(dict.fromkeys(agent for path in wanted.crawlers for agent in read_set(path)))
    crawlers = [agent for agent in published if not PEOPLE.search(agent)]
    people = [agent for path in wanted.people for agent in read_set(path)]
    labelled = set(crawlers)
    people_text = "\n".join(agent.lower() for agent in people if agent not in labelled)
    left = left_by_rules(wanted.bench, crawlers)
    names, without_name = derive(left, people_text)

    held, rules = held_recall(crawlers, left, people_text)
    print(f"{len(crawlers)} crawlers ({len(published) - len(crawlers)} set aside as people), {len(people)} people", file=sys.stderr)
    print(f"the rules find {100 - 100 * len(left) / len(crawlers):.2f} %; {len(names)} names, {len(without_name)} agents left", file=sys.stderr)
    print(f"held halves: {held:.2f} % found, {rules:.2f} % by the rules alone", file=sys.stderr)
    for agent in without_name:
        print("left:", agent, file=sys.stderr)

    text = "".join([
        "// Written by tools/agents/derive.py; do not edit. Names that the general rules leave of crawler-user-agents (MIT, Martin Monperrus and\n",
        "// contributors) and of isbot's crawlers.yml (Unlicense, Omri Lotan and contributors).\n",
        *(f'{{"{name}", Sort::single}},\n' for name in names)])
    if wanted.write:
        with open(wanted.write, "w", encoding="ascii") as file:
            file.write(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
