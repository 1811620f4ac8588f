# Six seconds of libFuzzer for each parser.
. "$(dirname "$0")/common.sh"
tests/fuzz/run.sh 6
