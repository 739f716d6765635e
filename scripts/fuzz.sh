#!/usr/bin/env bash
# Runs each fuzz target for a while, as many side by side as there are cores.
#
#   scripts/fuzz.sh 3s
set -euo pipefail
cd "$(dirname "$0")/.."
export fuzztime=${1:?how long, as 3s}

# Go's fuzzer sometimes reports its own end of time as a failure, when it comes in the
# middle of minimizing an input (golang.org/issue/75804). Then nothing failed: a
# failing input is always written down, and the package's own output is empty.
only_time_is_up() { # OUTPUT
	! grep -qE 'Failing input|panic:|fatal error:|DATA RACE' <<<"$1" &&
		[ "$(grep -cE '^ {4}' <<<"$1")" = 1 ] && grep -qxE ' {4}context deadline exceeded' <<<"$1"
}

one() { # FILE:TARGET
	local target=${1#*:} package out
	package=./$(dirname "${1%%:*}")
	if out=$(go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime" -fuzzminimizetime 1s -parallel 1 2>&1) || only_time_is_up "$out"; then
		printf '%-24s %-22s %s\n' "$package" "$target" "$(grep -oE 'execs: [0-9]+' <<<"$out" | tail -1)"
	else
		printf '%s %s\n%s\n' "$package" "$target" "$out"
		return 1
	fi
}
export -f one only_time_is_up

git ls-files --cached --others --exclude-standard '*_test.go' | xargs grep -oHE '^func Fuzz[A-Za-z0-9_]*' |
	sed 's/:func /:/' | xargs -P "$(nproc)" -I{} bash -c 'one "$1"' one {}
