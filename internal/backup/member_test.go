package backup

import "testing"

// TestNamesOfKeys: every key that a register makes comes back from an archive, the
// later ones of a use, too; no name leads out of keys/.
func TestNamesOfKeys(t *testing.T) {
	for name, want := range map[string]bool{
		"keys/log.pem": true, "keys/seal-harbour.pem.crt": true, "keys/office-harbour.pem": true, "keys/receipt.37cde854cf4800c9.pem": true, "keys/office-harbour.89a189a189a189a1.pem": true,
		"keys/seal-harbour.toml": true, "keys/seal-harbour.89a189a189a189a1.pem.crt": true, "keys/log.toml": false, "keys/seal-.toml": false,
		"keys/.pem": false, "keys/../log.pem": false, "keys/a/b.pem": false, "keys/log.pem.pem": false, "keys/log..pem": false, "keys/log.x/y.pem": false, "log.pem": false,
	} {
		if keyMember.MatchString(name) != want {
			t.Errorf("%s: taken %v", name, !want)
		}
	}
}
