package server

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/testkit/authenticator"
)

// TestAlarmIsLogged: an operator who reads the server's log learns which passkey
// of whom may have been copied.
func TestAlarmIsLogged(t *testing.T) {
	_, key := officetest.Passkey(t, "anna", authenticator.ES256)
	var out bytes.Buffer
	Config{Log: slog.New(slog.NewTextHandler(&out, nil))}.alarm(office.PasskeyAlarm{Office: "pilots", Officer: "anna", Request: 7, Key: key, Counter: 3, Before: 9})
	for _, want := range []string{"level=WARN", "may have been copied", "office=pilots", "officer=anna", "request=7", key.Fingerprint(), "counter=3", "before=9"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log says %q: want %q", out.String(), want)
		}
	}
}
