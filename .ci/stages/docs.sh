# The reference documentation builds without a warning.
. "$(dirname "$0")/common.sh"
cmake --build build --target docs
echo "$(find build/docs/html -name '*.html' | wc -l) pages"
