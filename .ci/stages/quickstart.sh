# The README's first command, a second time in this clone; and its downloads against a hub of our own.
. "$(dirname "$0")/common.sh"
examples/quickstart.sh
tests/setup/download_test.sh build/bin/glossa
