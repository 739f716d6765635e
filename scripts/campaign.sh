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
echo "== faults in full (docs/benchmarks/faults.md); CHANCERY_FAULTS_SHARE=10 tries a tenth"
# In memory, where syncing costs nothing: what was synced is known from the calls.
[ -d /dev/shm ] && export TMPDIR=/dev/shm
CHANCERY_FAULTS=campaign go test -count=1 -v -timeout $((minutes + 90))m -skip 'TestKilledAtRandomMoments' ./internal/crash | grep -E '^(FAIL|ok|--- FAIL)|: F[0-9]|SKIP'
CHANCERY_FAULTS=campaign go test -count=1 -v -timeout $((minutes + 30))m -run 'TestDatabaseLost' ./internal/office | grep -E '^(FAIL|ok|--- FAIL)|: F[0-9]'
(cd faults && CHANCERY_LOSSY=${CHANCERY_LOSSY:-200} go test -count=1 -v -timeout $((minutes + 30))m -parallel 6 ./... | grep -E '^(FAIL|ok|--- FAIL)|: F[0-9]|SKIP|cuts in')
unset TMPDIR
echo "== properties, 10,000 draws each"
mapfile -t drawn < <(git ls-files '*_test.go' | xargs grep -lE 'rapid\.(Check|MakeCheck)' | xargs -n1 dirname | sort -u | grep -v '^internal/crash$' | sed 's#^#./#')
go test -count=1 -timeout $((minutes + 30))m "${drawn[@]}" -args -rapid.checks=10000
echo "== F14: witnesses down, stale, lying"
CHANCERY_WITNESS=${CHANCERY_WITNESS:-100} go test -count=1 -v -timeout $((minutes + 30))m -run TestNeverWitnessedTooEarly ./internal/witness | grep -vE '^=== '
echo "== $((minutes * 300)) forged proofs for both verifiers"
CHANCERY_ALIKE=$((minutes * 300)) go test -count=1 -v -timeout $((minutes + 30))m -run TestAlike ./verifier | grep -vE '^=== '
echo "== $((minutes * 10)) kills of a witness"
CHANCERY_WITNESS_KILLS=$((minutes * 10)) go test -count=1 -v -timeout $((minutes + 30))m -run TestKilled ./internal/witness | grep -vE '^=== '
echo "== $((minutes * 10)) kills of who sends webhooks and mail"
CHANCERY_NOTIFY_KILLS=$((minutes * 10)) go test -count=1 -v -timeout $((minutes + 30))m -run 'TestKilled$' ./internal/notify | grep -vE '^=== '
echo "== photos, others than at every run"
CHANCERY_PHOTO_SEED=fresh CHANCERY_PHOTOS=8 go test -count=1 -v -timeout $((minutes + 30))m -run 'TestMeasure|TestPageCorners|TestScreenshotHoldsNoPage|TestMatch$' ./internal/photo/... | grep -vE '^=== '
echo "== every package under the race detector, those too that make test runs without"
go test -race -count=1 -timeout $((minutes + 60))m ./...
echo "== all forged, malformed and deadly PDFs, by their text layers and as pictures"
for how in 1 seen; do CHANCERY_PDF_ALL=$how go test -count=1 -v -timeout $((minutes + 30))m -run 'TestCorpora$|TestNoFolder' ./internal/pdf/extract | grep -vE '^=== '; done
echo "== PDFs of real letters, set and read back"
CHANCERY_FORMS=1 go test -count=1 -v -timeout $((minutes + 60))m -run TestRealLettersReadBack ./internal/form | grep -vE "^=== "
echo "== codes on photographed paper, beside zbar (apt-get install zbar-tools)"
CHANCERY_PHOTO_SEED=fresh CHANCERY_CODE_PHOTOS=${CHANCERY_CODE_PHOTOS:-60} go test -count=1 -v -timeout $((minutes + 30))m -run 'TestPhotos$' ./internal/papercode/qr | grep -vE '^=== '
echo "== photos of altered and of unregistered pages: every alteration must be seen"
CHANCERY_PHOTO_SEED=fresh CHANCERY_MATCHES=${CHANCERY_MATCHES:-5000} CHANCERY_MATCHES_ALTERED=1 go test -count=1 -v -timeout 24h -run TestGoals ./internal/photo/goals | grep -vE '^=== '
echo "== fuzzing, $((minutes * 30 / targets)) seconds for each of $targets targets"
scripts/fuzz.sh "$((minutes * 30 / targets))s"
