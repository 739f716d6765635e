#!/usr/bin/env bash
# Runs each fuzz target for a while.
#
#   scripts/fuzz.sh 3s
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:?how long, as 3s}
status=0

# Go's fuzzer sometimes reports its own end of time as a failure, when it comes in the
# middle of minimizing an input (golang.org/issue/75804). Then nothing failed: a
# failing input is always written down, and the package's own output is empty.
only_time_is_up() { # OUTPUT
	! grep -qE 'Failing input|panic:|fatal error:|DATA RACE' <<<"$1" &&
		[ "$(grep -cE '^ {4}' <<<"$1")" = 1 ] && grep -qxE ' {4}context deadline exceeded' <<<"$1"
}
while IFS=: read -r file target; do
	package=./$(dirname "$file")
	if out=$(go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1s 2>&1) || only_time_is_up "$out"; then
		printf '%-24s %-22s %s\n' "$package" "$target" "$(grep -oE 'execs: [0-9]+' <<<"$out" | tail -1)"
	else
		printf '%s %s\n%s\n' "$package" "$target" "$out"
		status=1
	fi
done < <(git ls-files --cached --others --exclude-standard '*_test.go' | xargs grep -oHE '^func Fuzz[A-Za-z0-9_]*' | sed 's/:func /:/')
exit $status
