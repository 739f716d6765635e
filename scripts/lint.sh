#!/usr/bin/env bash
# Runs the linter that tools/go.mod pins, over the whole house.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p out/bin
go build -C tools -buildvcs=false -o ../out/bin/ tool
lint=$PWD/out/bin/golangci-lint
status=0
"$lint" run "$@" ./... || status=1
(cd browsertest && "$lint" run --config ../.golangci.yml "$@" ./...) || status=1
(cd bench/finding && "$lint" run --config ../../.golangci.yml "$@" ./...) || status=1
(cd faults && "$lint" run --config ../.golangci.yml "$@" ./...) || status=1
(cd foreign && "$lint" run --config ../.golangci.yml "$@" ./...) || status=1
exit $status
