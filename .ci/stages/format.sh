# The sources are formatted as .clang-format says.
. "$(dirname "$0")/common.sh"
files=$(git ls-files '*.hpp' '*.cpp')
clang-format --dry-run --Werror $files
echo "$(echo "$files" | wc -l) files are formatted"
