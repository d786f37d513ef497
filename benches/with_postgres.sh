#!/usr/bin/env bash
# Runs a command with the address of a throw-away PostgreSQL 15 as its last word: benches/with_postgres.sh COMMAND… --database
set -euo pipefail
bin=/usr/lib/postgresql/15/bin
folder=$(mktemp -d /tmp/barrow-bench-pg.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi
cleanup() {
  [ -f "$folder/data/postmaster.pid" ] && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop > /dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT
"${as[@]}" "$bin/initdb" -D "$folder/data" --locale=C --encoding=UTF8 -A trust -U bench > /dev/null
"${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-c listen_addresses='' -c unix_socket_directories='$folder'" start > /dev/null
"$@" "postgres://bench@/postgres?host=$folder"
