#!/bin/bash
# The model download: a whole one lands in place; a cut, altered or missing one leaves nothing; and a hub that does not
# answer is given up in seconds:  download_test.sh GLOSSA_COMMAND
set -eu
tool=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
model=$(realpath "$here/../../models/multilingual-e5-small")
work=$(mktemp -d)
server=
stop_server() {
  if [ -z "$server" ]; then return 0; fi
  kill "$server"
  wait "$server" 2>/dev/null && :  # its status is the signal's
  server=
}
trap 'stop_server; rm -rf "$work"' EXIT

. "$here/../../examples/setup/packages.sh"
. "$here/../../examples/setup/model.sh"

# try FAULT: fetches from a hub with that fault; the status is fetch_from_hub's.
try() {
  rm -f "$work/port"
  python3 "$here/hub_server.py" "$model" "$1" "$work/port" &
  server=$!
  while [ ! -f "$work/port" ]; do sleep 0.1; done
  hub="http://127.0.0.1:$(cat "$work/port")"
  status=0
  fetch_from_hub "$work/model" "$tool" >"$work/log" 2>&1 || status=$?
  stop_server
  return "$status"
}

for fault in cut altered missing; do
  if try "$fault"; then
    echo "a download that was $fault passed for a model"
    exit 1
  fi
  if [ -e "$work/model" ] || [ -e "$work/model.partial" ]; then
    echo "a download that was $fault left something behind"
    exit 1
  fi
  echo "a download that was $fault was refused: $(tail -n 1 "$work/log")"
done
try none
"$tool" info "$work/model" >/dev/null
echo "a whole download landed"

rm -rf "$work/model"
begin=$(date +%s)
if try silent; then exit 1; fi
took=$(($(date +%s) - begin))
[ "$took" -le 12 ]
echo "a hub that does not answer was given up after $took s"
