#!/usr/bin/env bash
# The one test command: installs what is missing where it can, says what it
# skipped and why, goes through every check even when one fails, and ends with
# the counts. Not zero when anything failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
root=$PWD
logs=$root/out/test
rm -rf "$logs" && mkdir -p "$logs" out/bin || exit 1
declare -a failed=() skipped=()
started=$SECONDS

# A test must not depend on how somebody's shell is set up.
unset CHANCERY_REGISTER
export LC_ALL=C.UTF-8 GOFLAGS=-buildvcs=false

say() { printf '\n== %s\n' "$*"; }
skip() { # WHAT WHY
	skipped+=("$1: $2")
	printf '!! SKIPPED %s: %s\n' "$1" "$2"
}
step() { # NAME COMMAND...
	local name=$1 at=$SECONDS
	shift
	say "$name"
	if "$@"; then
		printf '   (%d s)\n' $((SECONDS - at))
	else
		failed+=("$name")
		printf '!! FAILED %s (%d s)\n' "$name" $((SECONDS - at))
	fi
}

# ---- what is needed ---------------------------------------------------------

apt() { # PACKAGE...
	local -a as=()
	[ "$(id -u)" = 0 ] || as=(sudo -n)
	command -v apt-get >/dev/null || return 1
	if [ -z "${updated:-}" ]; then
		timeout 180 "${as[@]}" apt-get update -qq >"$logs/apt.log" 2>&1
		updated=yes
	fi
	DEBIAN_FRONTEND=noninteractive timeout 600 "${as[@]}" apt-get install -y -qq --no-install-recommends "$@" >>"$logs/apt.log" 2>&1
}
need() { # COMMAND PACKAGE WHAT-FOR
	command -v "$1" >/dev/null && return 0
	echo "installing $2, for $3"
	apt "$2" && command -v "$1" >/dev/null && return 0
	skip "$3" "no $1 here, and installing $2 did not work"
	return 1
}

prepare() {
	need ssh-keygen openssh-client "approvals against stock ssh-keygen"
	need node nodejs "the second verifier, which is JavaScript"
	need pdftoppm poppler-utils "looking at printed copies"
	need mutool mupdf-tools "letters read by MuPDF"
	need qpdf qpdf "letters examined by qpdf"
	if need tesseract tesseract-ocr "reading pictures" && ! tesseract --list-langs 2>/dev/null | grep -q Arabic; then
		apt tesseract-ocr-script-arab || skip "reading Arabic pictures" "tesseract-ocr-script-arab could not be installed"
	fi
	need strace strace "faults at every system call, and power cuts"
	need pango-view pango1.0-tools "pictures of Arabic pages"
	if command -v pango-view >/dev/null && ! fc-list ':family=Noto Naskh Arabic' | grep -q .; then
		apt fonts-noto-core || skip "pictures of Arabic pages" "fonts-noto-core could not be installed"
	fi
	need pdfsig poppler-utils "seals of PDFs held to poppler"
	need mutool mupdf-tools "seals of PDFs held to MuPDF"
	need qpdf qpdf "seals of PDFs held to qpdf"
	need openssl openssl "seals of PDFs held to OpenSSL"
	need softhsm2-util softhsm2 "a seal key in a security module"
	need pkcs11-tool opensc "a seal key in a security module"
	race=()
	if need gcc gcc "the race detector" && [ "$(go env CGO_ENABLED)" = 1 ]; then race=(-race); fi
	if need chromium chromium "the pages in a browser"; then
		if command -v fc-list >/dev/null && ! fc-list | grep -qi 'noto.*arabic'; then
			apt fonts-noto-core || skip "Arabic type in screenshots" "fonts-noto-core could not be installed"
		fi
	fi
	if [ ! -f out/ocr/worker.min.js ] && need npm npm "reading photos on the reader's device"; then
		scripts/device.sh out/ocr || skip "reading photos on the reader's device" "scripts/device.sh did not work"
	fi
	[ -d browsertest/node_modules/axe-core ] && return
	if need npm npm "axe-core on the pages"; then
		(cd browsertest && timeout 300 npm ci --no-audit --no-fund --silent) || skip "axe-core on the pages" "npm ci did not work"
	fi
}

# ---- the checks -------------------------------------------------------------

formatted() {
	local bad
	bad=$(git ls-files --cached --others --exclude-standard '*.go' | xargs gofmt -l 2>&1)
	[ -z "$bad" ] || { printf 'not formatted ("make fmt"):\n%s\n' "$bad"; return 1; }
}

modules() { # what is downloaded is what go.sum says, and go.mod says what is used
	local dir out status=0 dirs=(. browsertest bench/finding faults foreign tools)
	for dir in "${dirs[@]}"; do # side by side: most of it is waiting
		out=$logs/modules-${dir//\//-}
		(cd "$dir" && go mod verify >"$out.verify" 2>&1 || echo "bad" >"$out.bad"; go mod tidy -diff >"$out.tidy" 2>&1 || echo "not" >"$out.untidy") &
	done
	wait
	for dir in "${dirs[@]}"; do
		out=$logs/modules-${dir//\//-}
		if [ -f "$out.bad" ]; then
			printf '%s: %s\n' "$dir" "$(grep -v '^go: downloading' "$out.verify")"
			status=1
		fi
		[ -f "$out.untidy" ] || continue
		if grep -qiE 'dial tcp|no such host|i/o timeout|connection refused|unreachable|403 Forbidden' "$out.tidy"; then
			skip "go mod tidy in $dir" "the modules of its dependencies' tests cannot be fetched now"
		else
			printf '%s: go.mod or go.sum is not tidy:\n%s\n' "$dir" "$(grep -v '^go: downloading' "$out.tidy")"
			status=1
		fi
	done
	return $status
}

lint() {
	if ! go build -C tools -buildvcs=false -o ../out/bin/ tool >"$logs/tools.log" 2>&1; then
		tail -5 "$logs/tools.log"
		[ -n "${CI:-}" ] && return 1
		skip "the linter" "it could not be built; see out/test/tools.log"
		vet
		return
	fi
	scripts/lint.sh # which vets, too
}

vet() { go vet ./... && (cd browsertest && go vet ./...) && (cd bench/finding && go vet ./...) && fetched_vet foreign && fetched_vet faults; }

fetched_vet() { ! fetched "$1" || (cd "$1" && go vet ./...); } # DIRECTORY

fetched() { # DIRECTORY: whether the modules that its tests need are here, or can be had
	local out
	out=$(cd "$1" && go list -deps -test ./... 2>&1 >/dev/null) && return 0
	if grep -qiE 'dial tcp|no such host|i/o timeout|connection refused|unreachable|403 Forbidden|410 Gone' <<<"$out"; then
		skip "the module $1" "what it needs cannot be fetched now: $(tail -1 <<<"$out")"
		return 1
	fi
	return 0 # whatever else is wrong, the step itself says
}

gotest() { # NAME DIRECTORY ARGUMENTS...: keeps the events for the totals
	local name=$1 dir=$2
	shift 2
	(cd "$dir" && go test -json "$@") | out/bin/testsummary -save "$logs/$name.json"
}

# The race detector takes three to five times as long, so it looks where there is
# something to race: at packages whose own files start something beside themselves,
# share something under a lock, or serve. The others are tested without it, and so are
# these two sorts; make campaign runs all of them with it.

# Packages whose time goes into processes that they start, or into arithmetic on
# pictures.
programs='\.|cmd/chancery|cmd/chancery-wasm|bench|internal/device|internal/form|internal/marked|internal/pdf/(extract|stamp)|internal/photo/(find|match|ocr)|internal/shapes|scripts/.*|verifier'

# Tests that do one thing after another, long, in packages that do have something to
# race: acts drawn at random, real letters, whole stories.
long='^(TestActsAgainstTheModel|TestClearancesAgainstTheModel|TestRolesAndForeignOffices|TestRealLetters|TestGrowthTakesABlock|TestFaultsAreFound|TestHostileWords|TestPDFMadeElsewhere|TestPictures|TestStoriesPlay)$'

beside() { # lists the packages, as folders, that have something to race
	git ls-files --cached --others --exclude-standard '*.go' |
		xargs grep -lE '(^|[^a-zA-Z])go (func|[a-zA-Z.]+\()|\.Go\(|"sync(/atomic)?"|t\.Parallel|httptest\.New|http\.Serve' |
		xargs -n1 dirname | sort -u | grep -vxE "$programs"
}

suite() {
	local status=0
	local -a all racing calm slow
	mapfile -t all < <(go list -f '{{.Dir}}' ./... | sed "s#^$root#.#" | grep -vx ./internal/crash)
	mapfile -t racing < <(printf '%s\n' "${all[@]}" | grep -xF -f <(beside | sed 's#^#./#; s#^\./\.$#.#'))
	mapfile -t calm < <(printf '%s\n' "${all[@]}" | grep -vxF -f <(printf '%s\n' "${racing[@]}"))
	mapfile -t slow < <(git grep -lE "^func ${long//[\^\$]/}\(" -- '*_test.go' | xargs -n1 dirname | sort -u)
	echo "${#racing[@]} packages have something to race, ${#calm[@]} have not"
	gotest calm . -shuffle=on -count=1 -timeout 20m "${calm[@]}" || status=1
	gotest long . -shuffle=on -count=1 -timeout 20m -run "$long" "${slow[@]/#/./}" || status=1
	gotest one . "${race[@]}" -count=1 -timeout 20m -run '^TestBeside$' ./internal/photo/match || status=1
	gotest racing . "${race[@]}" -shuffle=on -count=1 -timeout 20m -skip "$long" "${racing[@]}" || status=1
	return $status
}

crash() { CHANCERY_CRASH=${CHANCERY_CRASH:-200} gotest crash . -count=1 -timeout 20m ./internal/crash; }

killed() { # PROCESS: the crash tests that were begun before
	local status=0
	wait "$1" || status=1
	cat "$logs/crash.log"
	return $status
}

lossy() { # in memory, where syncing costs nothing: what was synced is known from the calls
	fetched faults || return 0
	local in=${TMPDIR:-/tmp}
	[ -d /dev/shm ] && in=/dev/shm
	TMPDIR=$in gotest lossy faults -count=1 -timeout 10m ./...
}

timing() { CHANCERY_TIMING=${CHANCERY_TIMING:-3500} gotest timing . -v -count=1 -timeout 10m -run '^TestTimeTellsNothing$' ./internal/server; }

browser() { gotest browser browsertest -count=1 -timeout 25m ./...; }

benchmark() { gotest benchmark bench/finding -count=1 -timeout 10m ./...; }

foreign() { # programs that we did not write; each test says when one cannot be built
	fetched foreign || return 0
	gotest foreign foreign -count=1 -timeout 10m ./...
}

wasm() { # layer 1 and the reader's check run in a web page
	local p
	for p in letter commitment approval register lookup proof internal/fold internal/seed internal/photo internal/compare internal/report internal/check internal/tlog internal/folder internal/reading internal/photo/ocr internal/proved; do
		GOOS=js GOARCH=wasm go build -o /dev/null "./$p" || return 1
	done
	scripts/reader.sh # and is not larger than it may be
}

fuzz() { scripts/fuzz.sh "${FUZZTIME:-2s}"; }

reproducible() { # the same bytes from another folder and nothing that was built before
	local there a b status=0
	there=$(mktemp -d)
	git ls-files -z --cached --others --exclude-standard | tar -c --null --files-from=- 2>/dev/null | tar -x -C "$there"
	# The readers are built there too. What they are packed into is taken along, and
	# packed again where a reader differs: packing takes minutes.
	scripts/build.sh "$logs/chancery" && mkdir -p "$there/internal/kit/built" && cp internal/kit/built/*.wasm.* "$there/internal/kit/built/" &&
		GOCACHE="$there/.cache" "$there/scripts/build.sh" "$there/out/chancery" || status=1
	a=$(sha256sum <"$logs/chancery") b=$(sha256sum <"$there/out/chancery")
	printf '%s  chancery, built twice\n' "${a%% *}"
	[ "$a" = "$b" ] || { echo "the second build differs: ${b%% *}"; status=1; }
	chmod -R u+w "$there" && rm -rf "$there"
	return $status
}

sbom() { # every module in the program, with the checksum it was built from
	go run ./scripts/sbom "$logs/chancery" >"$logs/chancery.cdx.json" &&
		printf '%s components\n' "$(grep -c '"purl"' "$logs/chancery.cdx.json")"
}

if ! command -v go >/dev/null; then
	echo "go is not on the PATH: install Go 1.26 or later"
	exit 1
fi
go version
say "what is needed"
prepare
if ! go build -o out/bin/testsummary ./scripts/testsummary; then
	echo "!! FAILED: the program that reads the tests' results does not build"
	exit 1
fi

step "format" formatted
step "modules" modules
step "lint" lint
step "layer 1 in a browser" wasm
step "tests ${race[*]}" suite
step "the benchmark of finding, on 30 letters" benchmark
step "foreign programs" foreign
step "the power fails on a lossy file system" lossy
step "10,000 papers, timed" timing
# Kills and faults wait most of their time: the pages are looked at meanwhile.
crash >"$logs/crash.log" 2>&1 &
killing=$!
if command -v chromium >/dev/null; then step "pages in a browser" browser; fi
step "200 kills, and faults of every kind" killed "$killing"
step "fuzzing, a moment each" fuzz
step "reproducible build" reproducible
step "bill of materials" sbom

# ---- the end ----------------------------------------------------------------

say "after $(((SECONDS - started) / 60)) min $(((SECONDS - started) % 60)) s"
for s in "${skipped[@]}"; do echo "SKIPPED  $s"; done
for f in "${failed[@]}"; do echo "FAILED   $f"; done
out/bin/testsummary -total "$logs"/*.json || [ ${#failed[@]} -gt 0 ] || failed+=("the tests")
[ ${#failed[@]} -eq 0 ]
