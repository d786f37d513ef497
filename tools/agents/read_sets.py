#!/usr/bin/env python3
"""User agents out of published sets, one a line on standard output.

  read_sets.py FILE…

Reads crawler-user-agents.json (npm crawler-user-agents, MIT), the two fixtures of isbot (crawlers.yml and browsers.yml of its
repository, Unlicense), test_device.yaml of uap-core (Apache-2.0; agents of the family Spider are left out), user-agents.json (npm
user-agents, BSD-2-Clause), and plain text with '#' remarks. Nothing of these sets is kept in this repository.
"""
import json
import re
import sys


def scalar(text):
    """A YAML scalar as these files write them: plain, or in one kind of quotes."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return json.loads(text)
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


def read_json(text):
    entries = json.loads(text)
    if "userAgent" in entries[0]:
        return [entry["userAgent"] for entry in entries]
    return [agent for entry in entries for agent in entry.get("instances", [])]


def read_fixtures(text):
    return [scalar(line[4:]) for line in text.splitlines() if line.startswith("  - ")]


def read_devices(text):
    agents = []
    for case in re.split(r"\n\s*- (?=user_agent_string:)", text)[1:]:
        if not re.search(r"family: ['\"]?Spider", case):
            agents.append(scalar(case.splitlines()[0].split(":", 1)[1]))
    return agents


def read_set(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if path.endswith(".json"):
        agents = read_json(text)
    elif "user_agent_string:" in text:
        agents = read_devices(text)
    elif path.endswith((".yml", ".yaml")):
        agents = read_fixtures(text)
    else:
        agents = [line for line in text.splitlines() if not line.startswith("#")]
    return list(dict.fromkeys(agent.replace("\n", " ").strip() for agent in agents if agent.strip()))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for one in sys.argv[1:]:
        print("\n".join(read_set(one)))
