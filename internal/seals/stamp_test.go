package seals_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/pdf/tsa"
	"chancery.example/internal/seals"
	"chancery.example/internal/testkit/clockhouse"
)

// TestTimestamps: each seal gets one of the server that is expected; one that does not
// answer, or is another's, is gone without and noted, or holds the PDF up, as the
// office wants it.
func TestTimestamps(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED: there is no openssl here (scripts/test.sh installs it), so there is no timestamp server")
	}
	d := newDesk(t, time.Now().Truncate(time.Second))
	house := clockhouse.New(t, d.now)
	clock := house.Clock()
	server := seals.StampServer{Address: clock.URL, Policy: clockhouse.Policy, Certificates: clockhouse.PEM(house.Root), Timeout: 5 * time.Second}
	must(t, d.SetStamp(server))
	slow, err := tsa.New(tsa.Server{Address: clock.URL, Clock: func() time.Time { return time.Now().Add(-time.Hour) }})
	must(t, err)
	if _, err := slow.Stamp(t.Context(), make([]byte, 32)); err == nil || !strings.Contains(err.Error(), "one of them is wrong") {
		t.Errorf("a clock an hour ahead: %v", err)
	}
	must(t, d.Require(seals.Stamp))
	page, r := d.sealed(t)
	if time.Since(r.Stamped).Abs() > time.Hour {
		t.Errorf("stamped %s", r.Stamped)
	}
	refused(t, d.SetStamp(seals.StampServer{}), kind.Conflict, "require seal")

	for name, c := range map[string]struct {
		server seals.StampServer
		broken bool
		want   string
	}{
		"it is down":           {server, true, "503"},
		"of another authority": {seals.StampServer{Address: clock.URL, Certificates: clockhouse.PEM(clockhouse.New(t, d.now).Root)}, false, "none of the certificates vouches"},
		"of another policy":    {seals.StampServer{Address: clock.URL, Policy: "1.2.3.4.9"}, false, "refuses"},
		"nobody":               {seals.StampServer{Address: "http://127.0.0.1:1/"}, false, "refused"},
	} {
		must(t, d.SetStamp(c.server))
		clock.Broken.Store(c.broken)
		if _, _, err := d.Try(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		s, err := d.Begin()
		must(t, err)
		_, err = s.Put(t.Context(), unsealed())
		refused(t, err, kind.Unavailable, "without a timestamp", "try again", "seals harbour try")
		must(t, d.Require(seals.Nothing))
		if s, err = d.Begin(); err != nil {
			t.Fatal(err)
		}
		out, err := s.Put(t.Context(), unsealed())
		if r := pades.Inspect(out); err != nil || r.Seal != pades.SealWhole || !r.Stamped.IsZero() || !strings.Contains(s.Missing(), "no timestamp") || strings.Contains(s.Missing(), "127.0.0.1") {
			t.Errorf("%s: %v, %+v, %q", name, err, r, s.Missing())
		}
		must(t, d.Require(seals.Stamp))
	}
	clock.Broken.Store(false)
	if r := pades.Inspect(page); r.Seal != pades.SealWhole {
		t.Error("what was stamped is not whole any more")
	}
	old := clockhouse.New(t, d.now.AddDate(-5, 0, 0))
	refused(t, d.SetStamp(seals.StampServer{Address: clock.URL, Certificates: clockhouse.PEM(old.Root)}), kind.Invalid, "ended on")
}

// TestASignerThatFails: the key is with a program that does not sign any more. What it
// complains of is for the operator, and stands in no journal.
func TestASignerThatFails(t *testing.T) {
	d := newDesk(t, noon)
	dir := t.TempDir()
	program := filepath.Join(dir, "signer")
	body := `#!/bin/sh
read -r hello; read -r act algorithm digest
case "$act" in
public) printf 'public %s\n' "$(openssl pkey -in DIR/key -pubout -outform DER | base64 -w 0)" ;;
sign) [ ! -e DIR/broken ] || { echo "PIN 4711 is locked" >&2; exit 3; }
	printf '%s' "$digest" | tr a-f A-F | basenc --base16 -d >DIR/in
	printf 'signature %s\n' "$(openssl pkeyutl -sign -inkey DIR/key -in DIR/in | base64 -w 0)" ;;
esac
`
	must(t, os.WriteFile(program, []byte(strings.ReplaceAll(body, "DIR", dir)), 0o700)) //nolint:gosec // a program has to be executable
	if out, err := exec.CommandContext(t.Context(), "openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", filepath.Join(dir, "key")).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: openssl makes no key here (scripts/test.sh installs it): %s", out)
	}
	_, err := d.Add(t.Context(), []string{program + "-nowhere"}, noon)
	refused(t, err, kind.Unavailable, "asking the external signer")
	_, err = d.Add(t.Context(), []string{program}, noon)
	must(t, err)
	_, err = d.Add(t.Context(), []string{program}, noon)
	refused(t, err, kind.Conflict, "has this key already")
	if s, err := d.State(); err != nil || s.Keys[1].Program != program || !s.Keys[1].InUse {
		t.Errorf("%+v, %v", s, err)
	}
	d.sealed(t)
	must(t, os.WriteFile(filepath.Join(dir, "broken"), nil, 0o600))
	s, err := d.Begin()
	must(t, err)
	out, err := s.Put(t.Context(), unsealed())
	if r := pades.Inspect(out); err != nil || r.Seal != pades.SealNone || !strings.Contains(s.Missing(), "did not sign") || strings.Contains(s.Missing(), "4711") {
		t.Errorf("%v, %s, %q", err, r.Seal, s.Missing())
	}
	must(t, d.Require(seals.Seal))
	s, err = d.Begin()
	must(t, err)
	_, err = s.Put(t.Context(), unsealed())
	refused(t, err, kind.Unavailable, "did not sign", "seals harbour try")
	if strings.Contains(err.Error(), "4711") {
		t.Errorf("%v", err)
	}
	if _, _, err := d.Try(t.Context()); err == nil || !strings.Contains(err.Error(), "PIN 4711 is locked") {
		t.Errorf("the operator is not told: %v", err)
	}
}

func unsealed() []byte { return seals.Trial() }
