#!/usr/bin/env bash
# Builds the program as it is shipped, the same bytes wherever it is built.
#
#   scripts/build.sh FILE
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$(dirname "$1")"
CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -trimpath -buildvcs=false -ldflags=-buildid= -o "$1" ./cmd/chancery
