package pades

import "testing"

// SignatureParts returns the value of a signature and the timestamp token over it.
func SignatureParts(t *testing.T, der []byte) (value, token []byte) {
	t.Helper()
	n, err := derLength(der)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseSigned(der[:n])
	if err != nil {
		t.Fatal(err)
	}
	return s.signature, s.unsigned[oidTimestamp.String()]
}
