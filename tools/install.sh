# Shared by run, test and bench: says what happens, installs what is missing.
say() { printf '\033[1m%s\033[0m\n' "$*"; }

# install_from FILE…: one Debian package a line, # begins a comment. Does nothing, quickly, when all are there.
install_from() {
  local missing=() package
  local wanted
  wanted=$(sed 's/#.*//' "$@" | tr -s ' \t' '\n' | sort -u | sed '/^$/d')
  local there
  there=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p')
  for package in $wanted; do
    grep -qx "$package" <<< "$there" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing ${#missing[@]} packages: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo > /dev/null || { echo "these packages are missing, and there is no sudo to install them: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}
