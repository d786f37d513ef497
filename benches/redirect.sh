#!/usr/bin/env bash
# What following a short link costs, beside nginx with a `map` that counts nothing, in one run on loopback: processor time per
# request, requests a second and the 99th percentile; with connections kept, a new TCP connection for each request, and a new TLS
# connection for each. Ours is `barrow serve` on SQLite as users run it: links imported, each click counted and written.
#   benches/redirect.sh [--json] [--seconds 1] [--rounds 9] [--links 10000] --barrow PATH
# Needs nginx, wrk, openssl. Each round takes the two servers one after the other, and the next the other way round; shown are the
# round in the middle of each server, and the ratio in the middle of the rounds' own. It ends what it started.
set -euo pipefail

json=no seconds=1 rounds=9 links=10000 barrow=
while [ $# -gt 0 ]; do
  case $1 in
    --json) json=yes ;;
    --seconds) seconds=$2; shift ;;
    --rounds) rounds=$2; shift ;;
    --links) links=$2; shift ;;
    --barrow) barrow=$2; shift ;;
    *) sed -n '2,7p' "$0" | cut -c3-; exit 2 ;;
  esac
  shift
done
[ "$seconds" -le 30 ] && [ "$rounds" -le 9 ] && [ "$links" -le 100000 ] || { echo "At most 30 seconds, 9 rounds, 100000 links." >&2; exit 2; }
PATH=$PATH:/usr/sbin
for tool in nginx wrk openssl; do command -v $tool >/dev/null || { echo "This bench needs $tool (apt install nginx-light wrk openssl)." >&2; exit 2; }; done

[ -x "$barrow" ] || { echo "This bench needs --barrow PATH, as ./bench redirect gives it." >&2; exit 2; }

work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null

base=$((20000 + $$ % 10000))
ours=$base ours_tls=$((base + 1)) nginx=$((base + 2)) nginx_tls=$((base + 3))

awk -v n="$links" 'BEGIN { for (i = 0; i < n; i++) printf "/s/link%d \"https://shop.example/products/item-%d?utm_source=bio&utm_campaign=autumn\";\n", i, i }' > "$work/map"
cat > "$work/nginx.conf" <<CONF
daemon off;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/error.log crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  keepalive_requests 1000000000;
  map_hash_max_size 1048576; map_hash_bucket_size 256;
  map \$uri \$target { include $work/map; }
  ssl_certificate $work/certificate.pem; ssl_certificate_key $work/key.pem; ssl_protocols TLSv1.2 TLSv1.3;
  server {
    listen 127.0.0.1:$nginx reuseport backlog=4096;
    listen 127.0.0.1:$nginx_tls ssl http2 reuseport backlog=4096;
    location /s/ { if (\$target = "") { return 404; } return 302 \$target; }
  }
}
CONF
nginx -p "$work" -c "$work/nginx.conf" 2>/dev/null & pids+=($!)
awk -v n="$links" 'BEGIN {
  printf "{\"total\":%d,\"limit\":%d,\"skip\":0,\"data\":[", n, n
  for (i = 0; i < n; i++) printf "%s{\"address\":\"link%d\",\"target\":\"https://shop.example/products/item-%d?utm_source=bio&utm_campaign=autumn\",\"visit_count\":0,\"banned\":false,\"password\":false,\"created_at\":\"2026-11-01T00:00:00.000Z\"}", (i ? "," : ""), i, i
  printf "]}" }' > "$work/links.json"
for data in plain tls; do
  "$barrow" shop create bench --name Bench --data "$work/$data" > /dev/null 2> "$work/$data.log" || { cat "$work/$data.log" >&2; exit 1; }
  "$barrow" import links "$work/links.json" --from kutt --data "$work/$data" > /dev/null
done
"$barrow" serve --data "$work/plain" --port $ours --threads 1 > "$work/plain.log" 2>&1 & pids+=($!); ours_pid=$!
"$barrow" serve --data "$work/tls" --port $ours_tls --threads 1 --certificate "$work/certificate.pem" --key "$work/key.pem" > "$work/tls.log" 2>&1 &
pids+=($!); ours_tls_pid=$!
for port in $ours $ours_tls $nginx $nginx_tls; do
  for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/"$port") 2>/dev/null && break; sleep 0.1; done
done
nginx_pid=$(pgrep -P "${pids[0]}" | head -1)

cat > "$work/tap.lua" <<LUA
-- Each request says a browser of its own, so that none counts as the repetition of another; the agent's length is a real one's.
local i, n = 0, 0
function init() math.randomseed(7); i = math.random(1, $links) end
function request()
  i = (i * 7919 + 1) % $links
  n = n + 1
  wrk.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 336.0.0.28.90 (iPhone14,5; iOS 17_5; en_GB; en; scale=3.00; 1170x2532; " .. n .. ")"
  return wrk.format(nil, "/s/link" .. i)
end
function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(99), summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
LUA

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
hertz=$(getconf CLK_TCK)

# one NAME PID URL HEADER → cpu_us requests_s p99_us errors
one() {
  local before after result
  before=$(ticks "$2")
  result=$(wrk -t1 -c64 -d"${seconds}s" -s "$work/tap.lua" ${4:+-H "$4"} "$3" | awk '/^RESULT/ { print $2, $3, $4, $5 }')
  after=$(ticks "$2")
  echo "$result" | awk -v t=$((after - before)) -v hz="$hertz" '{ printf "%.2f %.0f %d %d\n", t / hz * 1e6 / $1, $1 / ($2 / 1e6), $3, $4 }'
}

median() { sort -n -k1,1 | awk '{ line[NR] = $0 } END { print line[int((NR + 1) / 2)] }'; }

modes=("keep-alive||" "new TCP|Connection: close|" "TLS keep-alive||s" "new TLS|Connection: close|s")
[ $json = yes ] && printf '{"links":%d,"seconds":%d,"rounds":%d,"rows":[' "$links" "$seconds" "$rounds" ||
  printf '%-16s %-8s %14s %12s %9s %7s %7s\n' mode server 'CPU us/request' requests/s 'p99 us' errors ratio
first=yes
for mode in "${modes[@]}"; do
  IFS='|' read -r name header tls <<<"$mode"
  : > "$work/ours"; : > "$work/nginx"
  if [ -n "$tls" ]; then
    scheme=https; our_port=$ours_tls our_process=$ours_tls_pid their_port=$nginx_tls
  else
    scheme=http; our_port=$ours our_process=$ours_pid their_port=$nginx
  fi
  us() { one ours "$our_process" "$scheme://127.0.0.1:$our_port/" "$header" >> "$work/ours"; }
  them() { one nginx "$nginx_pid" "$scheme://127.0.0.1:$their_port/" "$header" >> "$work/nginx"; }
  for round in $(seq "$rounds"); do
    if [ $((round % 2)) = 1 ]; then us; them; else them; us; fi
  done
  ratio=$(paste -d' ' "$work/ours" "$work/nginx" | awk '{ printf "%.4f\n", ($5 > 0 ? $1 / $5 : 0) }' | sort -n | awk '{ line[NR] = $0 } END { printf "%.2f", line[int((NR + 1) / 2)] }')
  read -r a_cpu a_rate a_p99 a_errors <<<"$(median < "$work/ours")"
  read -r b_cpu b_rate b_p99 b_errors <<<"$(median < "$work/nginx")"
  if [ $json = yes ]; then
    [ $first = yes ] || printf ','
    first=no
    printf '{"mode":"%s","cpu_us":%s,"requests_s":%s,"p99_us":%s,"errors":%s,"nginx_cpu_us":%s,"nginx_requests_s":%s,"nginx_p99_us":%s,"nginx_errors":%s,"cpu_ratio":%s}' \
      "$name" "$a_cpu" "$a_rate" "$a_p99" "$a_errors" "$b_cpu" "$b_rate" "$b_p99" "$b_errors" "$ratio"
  else
    printf '%-16s %-8s %14s %12s %9s %7s %7s\n' "$name" barrow "$a_cpu" "$a_rate" "$a_p99" "$a_errors" "$ratio"
    printf '%-16s %-8s %14s %12s %9s %7s\n' '' nginx "$b_cpu" "$b_rate" "$b_p99" "$b_errors"
  fi
done
[ $json = yes ] && printf ']}\n' || true
