#!/bin/sh
# The peers suite: what glossa writes, read by the libraries of others, which have to find the same numbers; and its
# connectors on vector databases, which are started here. Needs what
# tests/run.sh has built and downloaded, and some gigabytes for PyTorch, which it installs into a virtual environment
# beside the tests, never into the system. Ends with ctest's summary.
#
#   tests/peers/run.sh                  makes ~/.cache/glossa-peers, and takes it again the next time
#   tests/peers/run.sh ENVIRONMENT      another folder for it; one that has all is left as it is
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/examples/setup/packages.sh"
here="$top/tests/peers"
environment=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/glossa-peers}
case "$environment" in /*) ;; *) environment="$PWD/$environment" ;; esac

for needed in "$top/build/bin/glossa" "$top/build/bin/test_store_milvus_server" "$top/models/multilingual-e5-small/config.json"; do
  [ -e "$needed" ] || { say "$needed is not there; run tests/run.sh first"; exit 1; }
done
if ! [ -x "$environment/bin/python" ]; then
  python3 -c 'import ensurepip' 2>/dev/null || need_packages python3-venv
  say "making a virtual environment in $environment"
  python3 -m venv "$environment"
fi
# pip tells by itself what is there already, but looks on the network for nothing then.
say "installing what $here/requirements.txt names"
install() { "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
install --requirement "$here/requirements.txt" --requirement "$top/tests/store/servers/requirements.txt"
# Version 3 of Weaviate's client says by REST what version 4 says by gRPC; both have the same name.
[ -d "$environment/weaviate3" ] || install --target "$environment/weaviate3" weaviate-client==3.26.7

cmake -S "$here" -B "$top/build/peers" -DPEERS_PYTHON="$environment/bin/python" -DPEERS_TOOL="$top/build/bin/glossa" \
  -DPEERS_WEAVIATE_3="$environment/weaviate3" >/dev/null
cd "$top/build/peers"
HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 ctest --verbose --no-tests=error
