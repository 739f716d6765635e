package pades_test

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/pdf/syntax"
	"chancery.example/internal/pdf/tsa"
	"chancery.example/internal/testkit/clockhouse"
)

// need skips a test loudly when a program of somebody else's is missing.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("SKIPPED: there is no %s here (scripts/test.sh installs it): seals are not held to programs that we did not write", p)
		}
	}
}

func run(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

func save(t *testing.T, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// parts returns what is signed, and the signature.
func parts(t *testing.T, sealed []byte) (content, signature []byte) {
	t.Helper()
	f, err := syntax.Open(sealed, syntax.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Refs() {
		o, err := f.Get(r)
		d, ok := o.(syntax.Dict)
		if err != nil || !ok || !d.Is("Type", "Sig") {
			continue
		}
		c, _ := d["Contents"].(syntax.String)
		return append(bytes.Clone(sealed[:c.Span.Start]), sealed[c.Span.End:]...), bytes.TrimRight(c.Value, "\x00")
	}
	t.Fatal("there is no signature in the file")
	return nil, nil
}

// TestForeignProgramsAcceptASeal: poppler, MuPDF, qpdf and OpenSSL, which we did
// not write, with each kind of key, with a timestamp and a frame.
func TestForeignProgramsAcceptASeal(t *testing.T) {
	need(t, "pdfsig", "mutool", "qpdf", "openssl")
	stamper, roots := server(t)
	withRSA, root := rsaOptions(t)
	own := options(t)
	stamped := own
	stamped.Stamper = stamper
	rsaStamped := withRSA
	rsaStamped.Stamper = stamper
	for name, o := range map[string]pades.Options{"P-256": own, "RSA": withRSA, "P-256 stamped": stamped, "RSA stamped": rsaStamped} {
		t.Run(name, func(t *testing.T) {
			sealed := seal(t, letterPDF("The harbour is open.", "Second page."), o)
			file := save(t, "letter.pdf", sealed)
			said := run(t, "pdfsig", "-nocert", file)
			if !strings.Contains(said, "Total document signed") || !strings.Contains(said, "Signature is Valid") || !strings.Contains(said, "ETSI.CAdES.detached") || strings.Count(said, "Signature #") != 1 {
				t.Errorf("pdfsig: %s", said)
			}
			if said := run(t, "qpdf", "--check", file); strings.Contains(said, "WARNING") {
				t.Errorf("qpdf: %s", said)
			}
			// mutool ends with 1 when it does not know the issuer, which it cannot.
			out, _ := exec.CommandContext(t.Context(), "mutool", "sign", "-v", file).CombinedOutput()
			if said := string(out); !strings.Contains(said, "The document is unchanged since signing") && !strings.Contains(said, "verified") {
				t.Errorf("mutool: %s", said)
			}
			content, signature := parts(t, sealed)
			trusted := o.Chain[0]
			if len(o.Chain) > 1 {
				trusted = root
			}
			verifyCMS(t, content, signature, pemOf(trusted.Raw))
			if o.Stamper != nil {
				verifyStamp(t, signature, roots)
			}
		})
	}
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// verifyCMS has OpenSSL verify the signature, ESS attributes included.
func verifyCMS(t *testing.T, content, signature, trusted []byte) {
	t.Helper()
	said := run(t, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", save(t, "sig.der", signature), "-content", save(t, "content", content),
		"-CAfile", save(t, "ca.pem", trusted), "-purpose", "any", "-attime", fmt.Sprint(noon.Unix()), "-out", os.DevNull)
	if !strings.Contains(said, "CAdES Verification successful") && !strings.Contains(said, "CMS Verification successful") {
		t.Errorf("openssl cms: %s", said)
	}
	content[len(content)/2] ^= 1
	out, err := exec.CommandContext(t.Context(), "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", save(t, "sig.der", signature), "-content", save(t, "content", content),
		"-CAfile", save(t, "ca.pem", trusted), "-purpose", "any", "-attime", fmt.Sprint(noon.Unix()), "-out", os.DevNull).CombinedOutput()
	if err == nil {
		t.Errorf("openssl cms accepts a changed letter: %s", out)
	}
}

// verifyStamp has OpenSSL verify the timestamp over the signature's value.
func verifyStamp(t *testing.T, signature []byte, roots string) {
	t.Helper()
	value, token := pades.SignatureParts(t, signature)
	said := run(t, "openssl", "ts", "-verify", "-data", save(t, "value", value), "-in", save(t, "token.der", token), "-token_in", "-CAfile", roots)
	if !strings.Contains(said, "Verification: OK") {
		t.Errorf("openssl ts: %s", said)
	}
}

// server is a timestamp server: OpenSSL's, over HTTP. It returns the file of its
// root as well.
func server(t *testing.T) (*tsa.Client, string) {
	t.Helper()
	house := clockhouse.New(t, time.Now())
	clock := house.Clock()
	c, err := tsa.New(tsa.Server{Address: clock.URL, Policy: clockhouse.Policy, Authorities: []*x509.Certificate{house.Root}})
	if err != nil {
		t.Fatal(err)
	}
	return c, save(t, "root.pem", clockhouse.PEM(house.Root))
}

// TestATimestampIsNoted: the remark has the time, and a byte changed in the
// timestamp, which no signature of ours covers, is seen.
func TestATimestampIsNoted(t *testing.T) {
	need(t, "openssl")
	o := options(t)
	o.Stamper, _ = server(t)
	sealed := seal(t, letterPDF("The harbour is open."), o)
	r := pades.Inspect(sealed)
	if r.Seal != pades.SealWhole || time.Since(r.Stamped).Abs() > time.Hour {
		t.Errorf("%+v", r)
	}
	_, signature := parts(t, sealed)
	_, token := pades.SignatureParts(t, signature)
	at := bytes.Index(sealed, []byte(hex.EncodeToString(token[:20])))
	if at < 0 {
		t.Fatal("the timestamp is not in the file")
	}
	for i := 0; i < 2*len(token); i += 7 {
		forged := bytes.Clone(sealed)
		if forged[at+i] = '0'; sealed[at+i] == '0' {
			forged[at+i] = '1'
		}
		if r := pades.Inspect(forged); r.Seal == pades.SealWhole {
			t.Errorf("byte %d of the timestamp: %s", i/2, r.Seal)
		}
	}
}
