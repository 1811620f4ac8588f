#!/bin/sh
# Runs one built target and prints one line about it; fails where it found something:
#
#   run_target.sh BUILD SECONDS TARGET
set -eu
build=$1
seconds=$2
target=$3
here=$(cd "$(dirname "$0")" && pwd)
seeds="$build/seeds/$target"
corpus="$build/corpus/$target"
crashes="$build/crashes/$target"
log="$build/logs/$target.log"
mkdir -p "$corpus" "$crashes" "$build/logs"

# A small file must not ask for much memory or time.
set -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=64 -print_final_stats=1 \
  -artifact_prefix="$crashes/"
case "$target" in *_text | utf8) set -- "$@" -max_len=300 ;; esac  # many short texts find more than few long ones
dictionary="$here/dictionaries/$target.dict"
if [ -f "$dictionary" ]; then set -- "$@" -dict="$dictionary"; fi
result=ok
UBSAN_OPTIONS=print_stacktrace=1 "$build/bin/fuzz_$target" "$@" "$corpus" "$seeds" "$crashes" >"$log" 2>&1 ||
  result=FAILED

value() { sed -n "s/^stat::$1: *//p" "$log" | tail -n 1; }
coverage=$(sed -n 's/^#.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
printf '%-18s %10s executions %7s/s  coverage %5s  %s\n' "$target" "$(value number_of_executed_units)" \
  "$(value average_exec_per_sec)" "${coverage:-?}" "$result"
if [ "$result" != ok ]; then
  grep -m 1 -E 'ERROR|runtime error|broken rule|terminate called|Assertion' "$log" || tail -n 3 "$log"
  sed -n 's/.*Test unit written to /input: /p' "$log" | tail -n 1
  exit 1
fi
