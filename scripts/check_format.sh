#!/bin/bash
# check_format.sh [--fix]: is every C++ source formatted as .clang-format says? --fix formats them.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp')
[ ${#files[@]} -gt 0 ] || exit 0
if [ "${1:-}" = --fix ]; then
    exec clang-format-19 -i "${files[@]}"
fi
one() {
    local file
    for file in "$@"; do
        clang-format-19 "$file" | cmp -s - "$file" || printf '%s\n' "$file"
    done
}
export -f one
mapfile -t wrong < <(printf '%s\0' "${files[@]}" | xargs -0 -P2 -n16 bash -c 'one "$@"' _ | sort)
if [ ${#wrong[@]} -gt 0 ]; then
    printf 'not formatted: %s\n' "${wrong[@]}"
    echo "run scripts/check_format.sh --fix"
    exit 1
fi
echo "${#files[@]} files are formatted"
