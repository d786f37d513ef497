#!/usr/bin/env bash
# Style and static analysis: clang-format on all of our C++, named clang-tidy checks on what changed since main (all with --all).
set -uo pipefail
cd "$(dirname "$0")/.."
good=0
bad=0
count() { if [ "$1" = 0 ]; then good=$((good + 1)); echo "ok    $2"; else bad=$((bad + 1)); echo "FAIL  $2"; fi; }

bash -n run && bash -n test && bash -n bench && bash -n tests/fresh-machine; count $? "shell files parse"

# As modules, whatever they are called.
module=$(mktemp --suffix=.mjs)
bad_scripts=$(git ls-files '*.mjs' 'web/*.js' | while read -r file; do cp "$file" "$module" && node --check "$module" > /dev/null 2>&1 || echo "$file"; done)
rm -f "$module"
[ -z "$bad_scripts" ]; count $? "scripts parse"
[ -n "$bad_scripts" ] && echo "$bad_scripts"

spaces=$(git grep -nIE '[[:space:]]+$' -- '*.cpp' '*.hpp' '*.sql' '*.sh' '*.js' '*.mjs' '*.css' '*.html' '*.md' run test bench | head -5)
[ -z "$spaces" ]; count $? "no line ends in spaces"
[ -n "$spaces" ] && echo "$spaces"

said=$(tools/words.py --check 2>&1); count $? "what pages say is in each language (tools/words.py)"
[ "${said#*texts, in each}" = "$said" ] && head -10 <<< "$said"

unformatted=$(git ls-files '*.cpp' '*.hpp' | xargs -P 2 -n 20 clang-format-19 --dry-run 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:.*clang-format.*/\1/p' | sort -u | head -10)
[ -z "$unformatted" ]; count $? "C++ is as clang-format leaves it (mend: git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 -i)"
[ -n "$unformatted" ] && echo "$unformatted"

# What changed since the commit before, and what is not committed yet; --all for everything.
if [ "${1:-}" = --all ]; then
  files=$(git ls-files 'src/*.cpp')
else
  files=$({ git diff --name-only --diff-filter=d HEAD~1 2> /dev/null; git diff --name-only --diff-filter=d; } | grep -E '^src/.*\.cpp$' | sort -u | head -12)
fi
if [ -n "$files" ] && [ -f build/asan/compile_commands.json ]; then
  xargs -P 2 -n 4 clang-tidy-19 -quiet -p build/asan --extra-arg=-I"$PWD/tests" <<< "$files" > build/clang-tidy.log 2>&1
  count $? "clang-tidy on $(wc -w <<< "$files") files"
  grep -E 'error:|warning:' build/clang-tidy.log | head -10
fi

echo "$good passed, $bad failed"
[ "$bad" = 0 ]
