# Four ways to use the library from another project.
. "$(dirname "$0")/common.sh"
tests/packaging/run.sh
