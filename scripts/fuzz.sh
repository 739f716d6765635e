#!/usr/bin/env bash
# Runs each fuzz target for a while.
#
#   scripts/fuzz.sh 3s
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:?how long, as 3s}
status=0
while IFS=: read -r file target; do
	package=./$(dirname "$file")
	if out=$(go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 5s 2>&1); then
		printf '%-24s %-22s %s\n' "$package" "$target" "$(grep -oE 'execs: [0-9]+' <<<"$out" | tail -1)"
	else
		printf '%s %s\n%s\n' "$package" "$target" "$out"
		status=1
	fi
done < <(git ls-files --cached --others --exclude-standard '*_test.go' | xargs grep -oHE '^func Fuzz[A-Za-z0-9_]*' | sed 's/:func /:/')
exit $status
