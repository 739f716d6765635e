#!/usr/bin/env bash
# Builds the program as it is shipped, the same bytes wherever it is built: first
# the reader that browsers load (cmd/chancery-wasm), packed, then the program with
# the reader inside.
#
#   scripts/build.sh FILE
#
# Packing with brotli takes about a minute for each of the reader's two builds.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$(dirname "$1")"
export CGO_ENABLED=0 GOFLAGS=-mod=readonly
scripts/reader.sh
go build -trimpath -buildvcs=false -ldflags=-buildid= -o "$1" ./cmd/chancery
