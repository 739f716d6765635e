#!/usr/bin/env bash
# Long runs that print their figures: crashes, properties, fuzzing.
#
#   MINUTES=60 scripts/campaign.sh
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${MINUTES:-60}
targets=$(git ls-files '*_test.go' | xargs grep -ohE '^func Fuzz' | wc -l)
kills=$((minutes * 20))

echo "== $kills kills"
CHANCERY_CRASH=$kills go test -count=1 -v -timeout $((minutes + 30))m ./internal/crash | grep -vE '^=== '
echo "== properties, 10,000 draws each"
mapfile -t drawn < <(git ls-files '*_test.go' | xargs grep -lE 'rapid\.(Check|MakeCheck)' | xargs -n1 dirname | sort -u | grep -v '^internal/crash$' | sed 's#^#./#')
go test -count=1 -timeout $((minutes + 30))m "${drawn[@]}" -args -rapid.checks=10000
echo "== F14: witnesses down, stale, lying"
CHANCERY_WITNESS=${CHANCERY_WITNESS:-100} go test -count=1 -v -timeout $((minutes + 30))m -run TestNeverWitnessedTooEarly ./internal/witness | grep -vE '^=== '
echo "== photos, others than at every run"
CHANCERY_PHOTO_SEED=fresh CHANCERY_PHOTOS=8 go test -count=1 -v -timeout $((minutes + 30))m -run 'TestMeasure|TestPageCorners|TestScreenshotHoldsNoPage' ./internal/photo/... | grep -vE '^=== '
echo "== fuzzing, $((minutes * 30 / targets)) seconds for each of $targets targets"
scripts/fuzz.sh "$((minutes * 30 / targets))s"
