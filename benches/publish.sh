#!/usr/bin/env bash
# A product page as Barrow makes it for each request, its signed document, which names its own bytes, and the page as a file that nginx sends:
# requests a second, in one run, rounds in turn.
#   benches/publish.sh [--json] [--seconds 1] [--rounds 5] --barrow PATH
# Needs nginx, wrk. It ends what it started.
set -euo pipefail
json=no seconds=1 rounds=5 barrow=
while [ $# -gt 0 ]; do
  case $1 in
    --json) json=yes ;;
    --seconds) seconds=$2; shift ;;
    --rounds) rounds=$2; shift ;;
    --barrow) barrow=$2; shift ;;
    *) sed -n '2,5p' "$0" | cut -c3-; exit 2 ;;
  esac
  shift
done
[ "$seconds" -le 30 ] && [ "$rounds" -le 9 ] || { echo "At most 30 seconds, 9 rounds." >&2; exit 2; }
PATH=$PATH:/usr/sbin
for tool in nginx wrk; do command -v $tool >/dev/null || { echo "This bench needs $tool (apt install nginx-light wrk)." >&2; exit 2; }; done
[ -x "$barrow" ] || { echo "This bench needs --barrow PATH, as ./bench publish gives it." >&2; exit 2; }

work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
base=$((20000 + $$ % 10000)) edge=$((20001 + $$ % 10000))
"$barrow" demo --data "$work/data" > /dev/null
"$barrow" publish --data "$work/data" --static "$work/site" --public-address "http://localhost:$edge" --barrow-at "http://127.0.0.1:$base" > /dev/null 2>&1
as=; [ "$(id -u)" = 0 ] && as='user root;'
cat > "$work/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log crit; $as
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types; access_log off; keepalive_requests 1000000000;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi; uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  include $work/site/nginx.conf;
}
CONF
nginx -p "$work" -c "$work/nginx.conf" 2>/dev/null & pids+=($!)
"$barrow" serve --data "$work/data" --port $base --threads 1 > "$work/log" 2>&1 & pids+=($!)
for port in $base $edge; do
  for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/"$port") 2>/dev/null && break; sleep 0.1; done
done
document=$(curl -s "http://127.0.0.1:$base/bundle.json" | tr ',' '\n' | sed -n 's/.*"document":"\([^"]*\)".*/\1/p' | head -1)

[ -n "$document" ] || { echo "The shop's bundle names no document." >&2; exit 1; }
one() { wrk -t1 -c16 -d"${seconds}s" -H 'Accept-Encoding: gzip' "$1" | awk '/^Requests\/sec/ { print $2 } /Non-2xx/ { print "0" }' | head -1; }
median() { sort -n | awk '{ line[NR] = $0 } END { printf "%.0f", line[int((NR + 1) / 2)] }'; }
names=("page made" "document kept" "page a file")
addresses=("http://127.0.0.1:$base/p/tide-lamp" "http://127.0.0.1:$base$document" "http://localhost:$edge/p/tide-lamp")
for i in 0 1 2; do : > "$work/$i"; done
for _ in $(seq "$rounds"); do for i in 0 1 2; do one "${addresses[$i]}" >> "$work/$i"; done; done
made=$(median < "$work/0") kept=$(median < "$work/1") file=$(median < "$work/2")
if [ $json = yes ]; then
  printf '{"page_made_s":%s,"document_kept_s":%s,"page_file_s":%s}\n' "$made" "$kept" "$file"
else
  printf '%-16s %12s %8s\n' what requests/s ratio
  for i in 0 1 2; do
    rate=$made; [ $i = 1 ] && rate=$kept; [ $i = 2 ] && rate=$file
    printf '%-16s %12s %8s\n' "${names[$i]}" "$rate" "$(awk -v a="$rate" -v b="$made" 'BEGIN { printf "%.1f", (b > 0 ? a / b : 0) }')"
  done
fi
