#!/usr/bin/env bash
# Builds what browsers read with and packs it where the program embeds it
# (internal/kit/built, which git leaves out): the small reader, the one for pictures
# too, and the script of the same Go that starts them. Fails when the small one is
# over its limit.
set -euo pipefail
cd "$(dirname "$0")/.."
to=internal/kit/built
most=2500000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fresh=()
for name in reader pictures; do
	how=-gcflags=all=-l # smaller; the one for pictures is to be fast
	[ "$name" = reader ] || how=-tags=pictures
	# As internal/kit builds it, without the identity of the build.
	GOOS=js GOARCH=wasm CGO_ENABLED=0 GOFLAGS=-mod=readonly go build "$how" -trimpath -buildvcs=false -ldflags='-s -w -buildid=' \
		-o "$work/$name.wasm" ./cmd/chancery-wasm
	# What was packed before need not be packed again.
	if [ -f "$to/$name.wasm.gz" ] && [ -f "$to/$name.wasm.br" ] && gzip -dc "$to/$name.wasm.gz" | cmp -s - "$work/$name.wasm"; then
		continue
	fi
	fresh+=("$work/$name.wasm")
done
if [ ${#fresh[@]} -gt 0 ]; then
	go run -C tools -mod=readonly ./pack "${fresh[@]}"
	for f in "${fresh[@]}"; do mv "$f.br" "$f.gz" "$to/"; done
fi
cp "$(go env GOROOT)/lib/wasm/wasm_exec.js" "$to/go.js"
size=$(stat -c %s "$to/reader.wasm.br")
printf 'the reader for texts, reports, files and proofs: %d bytes with brotli; with pictures: %d\n' "$size" "$(stat -c %s "$to/pictures.wasm.br")"
[ "$size" -lt "$most" ] || { printf 'the reader is over its limit of %d bytes\n' "$most" >&2; exit 1; }
