#!/bin/sh
# An external signer (docs/formats/signer.md) for a key in a PKCS #11 module, through
# OpenSC's pkcs11-tool. The settings come from the environment:
#
#   CHANCERY_SIGNER_MODULE    the module, such as /usr/lib/softhsm/libsofthsm2.so
#   CHANCERY_SIGNER_TOKEN     the token's label
#   CHANCERY_SIGNER_KEY       the key's ID to base 16, such as 01
#   CHANCERY_SIGNER_PIN_FILE  a file of its owner alone with the PIN in it
set -eu
umask 077
fail() { echo "$*" >&2; exit 1; }

read -r hello
[ "$hello" = "chancery-signer 1" ] || fail "this signer speaks chancery-signer 1, not: $hello"
read -r act algorithm digest || [ -n "$act" ] || fail "no request"

# pkcs11-tool takes the PIN from a variable of the environment, not from its arguments,
# which everybody on the machine can read.
CHANCERY_SIGNER_PIN=$(cat "$CHANCERY_SIGNER_PIN_FILE")
export CHANCERY_SIGNER_PIN
tool() {
	pkcs11-tool --module "$CHANCERY_SIGNER_MODULE" --token-label "$CHANCERY_SIGNER_TOKEN" --id "$CHANCERY_SIGNER_KEY" "$@" >"$work/log" 2>&1 ||
		fail "pkcs11-tool: $(tail -3 "$work/log")"
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unhex() { printf '%s' "$1" | tr a-f A-F | basenc --base16 -d; }

case "$act" in
public)
	tool --read-object --type pubkey --output-file "$work/out"
	printf 'public %s\n' "$(base64 -w 0 <"$work/out")"
	;;
sign)
	printf '%s' "$digest" | grep -qE '^[0-9a-f]{64}$' || fail "a digest that is none: $digest"
	case "$algorithm" in
	ecdsa-p256-sha256)
		unhex "$digest" >"$work/in"
		set -- --mechanism ECDSA --signature-format openssl
		;;
	rsa-pkcs1-sha256) # PKCS #1 wants the digest in a DigestInfo that names SHA-256
		unhex "3031300d060960864801650304020105000420$digest" >"$work/in"
		set -- --mechanism RSA-PKCS
		;;
	*) fail "an algorithm that this signer does not know: $algorithm" ;;
	esac
	tool --login --pin env:CHANCERY_SIGNER_PIN --sign "$@" --input-file "$work/in" --output-file "$work/out"
	printf 'signature %s\n' "$(base64 -w 0 <"$work/out")"
	;;
*) fail "a request that this signer does not know: $act" ;;
esac
