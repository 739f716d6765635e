#!/usr/bin/env bash
# Installs the text reader with which the check page reads photos on the reader's
# own device: tesseract.js and the data of English and Arabic, from npm, in the
# versions and with the digests that scripts/device/package-lock.json names. "chancery serve"
# and "chancery demo" find it in the user's cache folder; another place is named by
# serve's --picture-reader.
#
#   scripts/device.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
to=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/chancery/ocr}
command -v npm >/dev/null || { echo "npm is not here: install it (Debian: apt-get install npm), then run this again" >&2; exit 1; }
(cd scripts/device && timeout 300 npm ci --no-audit --no-fund --silent --ignore-scripts)
from=scripts/device/node_modules
mkdir -p "$to"
install -m 0644 "$from/tesseract.js/dist/tesseract.esm.min.js" "$from/tesseract.js/dist/worker.min.js" \
	"$from/tesseract.js-core/tesseract-core-simd-lstm.wasm.js" \
	"$from/@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz" "$from/@tesseract.js-data/ara/4.0.0_best_int/ara.traineddata.gz" "$to/"
{ echo "tesseract.js and tesseract.js-core, Apache-2.0:"; cat "$from/tesseract.js-core/LICENSE"; echo "Language data: Apache-2.0 (tessdata_best), packed by tesseract.js-data, MIT."; } >"$to/LICENSE"
echo "the text reader for photos is in $to ($(du -sh "$to" | cut -f1))"
