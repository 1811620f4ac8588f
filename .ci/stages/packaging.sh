# Four ways to use the library from another project, and the headers for other processors and systems.
. "$(dirname "$0")/common.sh"
tests/packaging/run.sh
tests/packaging/cross.sh
