# The README's test command: the whole suite, on real models.
. "$(dirname "$0")/common.sh"
tests/run.sh
