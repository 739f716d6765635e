package sealing_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/cmd/chancery/internal/sealing"
	"chancery.example/internal/folder"
	"chancery.example/internal/seals"
)

// A desk runs the command for an office, and keeps what was printed and noted.
type desk struct {
	sealing.Call
	out   bytes.Buffer
	notes []string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d.Keeper = seals.Keeper{Folder: folder.Folder{Dir: t.TempDir()}, Office: "harbour", Title: "Harbour Commission", Now: func() time.Time { return noon }, Random: rand.Reader}
	if err := d.Keeper.Draw(); err != nil {
		t.Fatal(err)
	}
	d.Out, d.Read = &d.out, os.ReadFile
	d.Note = func(_ context.Context, text string) error {
		d.notes = append(d.notes, text)
		return nil
	}
	return d
}

// do runs the words and returns what was printed.
func (d *desk) do(t *testing.T, args ...string) (string, error) {
	t.Helper()
	d.out.Reset()
	err := d.Do(t.Context(), args)
	return d.out.String(), err
}

// TestWordsThatAreNone: what was typed wrong is a usage error, and leaves no word in the
// journal; nor does what failed.
func TestWordsThatAreNone(t *testing.T) {
	d := newDesk(t)
	for _, args := range [][]string{{"melt"}, {"request"}, {"request", "a", "b"}, {"require"}, {"new-key", "now"}, {"long-term"}, {"try", "a", "b"}} {
		if _, err := d.do(t, args...); !isUsage(err) || !strings.Contains(err.Error(), "want office seals NAME") {
			t.Errorf("%q: %v", args, err)
		}
	}
	d.From = "tomorrow"
	if _, err := d.do(t, "new-key"); !isUsage(err) || !strings.Contains(err.Error(), "want now, or a time such as") {
		t.Errorf("--from tomorrow: %v", err)
	}
	d.From = ""
	bad := filepath.Join(t.TempDir(), "bad.pem")
	if err := os.WriteFile(bad, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"import", bad}, {"import", bad + ".missing"}, {"require", "miracles"}, {"stamp", "ftp://clock.example"}, {"long-term", bad}} {
		if out, err := d.do(t, args...); err == nil || isUsage(err) || out != "" {
			t.Errorf("%q: %q %v", args, out, err)
		}
	}
	if len(d.notes) > 0 {
		t.Errorf("the journal has %q", d.notes)
	}
}

func isUsage(err error) bool {
	bad := sealing.UsageError{}
	return errors.As(err, &bad)
}

// TestAKeysWay: a key waits for its certificates and says so; the request is a file that
// nothing overwrites; what is changed stands in the journal, without secrets.
func TestAKeysWay(t *testing.T) {
	d := newDesk(t)
	if out, err := d.do(t, "new-key"); err != nil || !strings.Contains(out, "It waits for certificates") {
		t.Fatalf("%q %v", out, err)
	}
	d.Subject = "CN=Harbour Commission,O=Harbour,C=XX"
	file := filepath.Join(t.TempDir(), "harbour.csr")
	if out, err := d.do(t, "request", file); err != nil || !strings.Contains(out, file) {
		t.Fatalf("%q %v", out, err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		t.Fatalf("the request is %q", raw)
	}
	if csr, err := x509.ParseCertificateRequest(block.Bytes); err != nil || csr.CheckSignature() != nil || csr.Subject.CommonName != "Harbour Commission" {
		t.Errorf("%+v %v", csr, err)
	}
	if _, err := d.do(t, "request", file); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file that is there was overwritten: %v", err)
	}
	d.From = "now"
	if out, err := d.do(t, "new-key"); err != nil || !strings.Contains(out, "seals from 2026-03-02T12:00:00Z on") {
		t.Errorf("%q %v", out, err)
	}
	if out, err := d.do(t, "require", "seal"); err != nil || !strings.Contains(out, "without a seal") {
		t.Errorf("%q %v", out, err)
	}
	if out, err := d.do(t, "try"); err != nil || !strings.Contains(out, "there is no timestamp") {
		t.Errorf("%q %v", out, err)
	}
	show, err := d.do(t)
	if err != nil || !strings.Contains(show, "seal") {
		t.Errorf("%q %v", show, err)
	}
	if len(d.notes) < 3 || strings.Contains(strings.Join(d.notes, "\n")+show, "PRIVATE KEY") {
		t.Errorf("the journal has %q", d.notes)
	}
}
