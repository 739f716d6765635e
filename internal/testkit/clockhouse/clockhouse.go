// Package clockhouse is an authority for tests: it issues certificates for seals, says
// which it revoked, and runs a timestamp server, which is OpenSSL's over HTTP. Tests
// that need no OpenSSL use the certificates alone.
package clockhouse

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// A House is an authority with a root and one between it and the seals.
type House struct {
	Root, Between *x509.Certificate

	t    testing.TB
	at   time.Time
	key  *rsa.PrivateKey // of both
	next int64
}

// New founds an authority at a time.
func New(t testing.TB, at time.Time) *House {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	h := &House{t: t, at: at, key: key, next: 1}
	top := h.template("Trust House")
	top.IsCA, top.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	h.Root = h.sign(top, top, key.Public())
	between := h.template("Trust House for Documents")
	between.IsCA, between.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	h.Between = h.sign(between, h.Root, key.Public())
	return h
}

func (h *House) template(name string) *x509.Certificate {
	h.next++
	return &x509.Certificate{
		SerialNumber: big.NewInt(h.next), Subject: pkix.Name{CommonName: name}, NotBefore: h.at.Add(-time.Hour), NotAfter: h.at.AddDate(2, 0, 0),
		BasicConstraintsValid: true, SubjectKeyId: fmt.Appendf(nil, "%d", h.next), KeyUsage: x509.KeyUsageDigitalSignature,
	}
}

func (h *House) sign(c, by *x509.Certificate, public crypto.PublicKey) *x509.Certificate {
	h.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, public, h.key)
	if err != nil {
		h.t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// Issue issues a certificate for a key, with what change makes of the usual one.
func (h *House) Issue(name string, public crypto.PublicKey, change func(*x509.Certificate)) *x509.Certificate {
	h.t.Helper()
	c := h.template(name)
	c.KeyUsage = x509.KeyUsageContentCommitment
	if change != nil {
		change(c)
	}
	return h.sign(c, h.Between, public)
}

// Answer issues the certificates for a request (PKCS #10 in PEM), the key's own first.
func (h *House) Answer(request []byte) []byte {
	h.t.Helper()
	block, _ := pem.Decode(request)
	if block == nil {
		h.t.Fatalf("no request: %q", request)
	}
	r, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil || r.CheckSignature() != nil {
		h.t.Fatalf("no good request: %v", err)
	}
	return PEM(h.Issue(r.Subject.CommonName, r.PublicKey, nil), h.Between, h.Root)
}

// PEM writes certificates one after the other.
func PEM(all ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range all {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // into memory
	}
	return b.Bytes()
}

// List is a revocation list of the one between, in DER, good for some time.
func (h *House) List(good time.Duration, revoked ...*x509.Certificate) []byte {
	h.t.Helper()
	l := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: h.at.Add(-time.Hour), NextUpdate: h.at.Add(good)}
	for _, c := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: h.at})
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, h.Between, h.key)
	if err != nil {
		h.t.Fatal(err)
	}
	return der
}

// State answers about one certificate (OCSP), in DER, good for a week.
func (h *House) State(c *x509.Certificate, status int) []byte {
	h.t.Helper()
	return h.answer(ocsp.Response{Status: status, SerialNumber: c.SerialNumber, ThisUpdate: h.at.Add(-time.Hour), NextUpdate: h.at.AddDate(0, 0, 7), RevokedAt: h.at})
}

// Undated says that a certificate is good, as of a time, and not for how long.
func (h *House) Undated(c *x509.Certificate, at time.Time) []byte {
	h.t.Helper()
	return h.answer(ocsp.Response{Status: ocsp.Good, SerialNumber: c.SerialNumber, ThisUpdate: at})
}

func (h *House) answer(r ocsp.Response) []byte {
	h.t.Helper()
	der, err := ocsp.CreateResponse(h.Between, h.Between, r, h.key)
	if err != nil {
		h.t.Fatal(err)
	}
	return der
}

var listens = regexp.MustCompile(`^ACCEPT \S*:(\d+)`)

// Responder starts what answers about certificates, which is OpenSSL's own as a process:
// it knows those that are good and those that are revoked. Its times are those of the
// machine. It returns the address that certificates name.
func (h *House) Responder(good, revoked []*x509.Certificate) string {
	h.t.Helper()
	dir := h.t.TempDir()
	var index strings.Builder
	for i, list := range [][]*x509.Certificate{good, revoked} {
		for _, c := range list {
			end := c.NotAfter.UTC().Format("060102150405Z")
			serial := fmt.Sprintf("%02X", c.SerialNumber)
			if len(serial)%2 == 1 {
				serial = "0" + serial
			}
			fmt.Fprintf(&index, "%s\t%s\t%s\t%s\tunknown\t/CN=x\n", []string{"V", "R"}[i], end, []string{"", h.at.UTC().Format("060102150405Z")}[i], serial)
		}
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(h.key)})
	for name, content := range map[string][]byte{"index": []byte(index.String()), "between": PEM(h.Between), "key": key} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(h.t.Context(), "openssl", "ocsp", "-index", "index", "-port", "0", "-CA", "between", "-rsigner", "between", "-rkey", "key", "-nmin", "60")
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := listens.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return "http://127.0.0.1:" + m[1]
		}
	}
	h.t.Fatal("openssl ocsp does not say where it listens")
	return ""
}

// A Clock is the authority's timestamp server.
type Clock struct {
	*httptest.Server
	// Broken: it answers an error until it is set to false again.
	Broken atomic.Bool
	Asked  atomic.Int64
}

// Policy under which the server stamps.
const Policy = "1.2.3.4.1"

// Clock starts a timestamp server, which needs openssl. Its times are those of the
// machine.
func (h *House) Clock() *Clock {
	t := h.t
	t.Helper()
	dir := t.TempDir()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := h.template("Clock of the Trust House")
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0)
	c.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true, Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08}}}
	own := h.sign(c, h.Root, key.Public())
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	config := "[tsa]\ndefault_tsa = clock\n[clock]\nserial = " + filepath.Join(dir, "serial") + "\ndefault_policy = " + Policy + "\ndigests = sha256\nsigner_digest = sha256\ness_cert_id_alg = sha256\naccuracy = secs:1\n"
	for name, content := range map[string][]byte{
		"tsa.cnf": []byte(config), "serial": []byte("01\n"), "cert.pem": PEM(own),
		"key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := &Clock{}
	out.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := out.Asked.Add(1)
		question, err := io.ReadAll(io.LimitReader(r.Body, 4096))
		if err != nil || out.Broken.Load() || r.Header.Get("Content-Type") != "application/timestamp-query" {
			http.Error(w, "no", http.StatusServiceUnavailable)
			return
		}
		answer, err := stamp(r.Context(), dir, n, question)
		if err != nil {
			http.Error(w, strings.ToValidUTF8(err.Error(), ""), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(answer)
	}))
	t.Cleanup(out.Close)
	return out
}

func stamp(ctx context.Context, dir string, n int64, question []byte) ([]byte, error) {
	query := filepath.Join(dir, fmt.Sprintf("q%d", n))
	if err := os.WriteFile(query, question, 0o600); err != nil {
		return nil, err
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	c := exec.CommandContext(context.WithoutCancel(ctx), "openssl", "ts", "-reply", "-config", at("tsa.cnf"), "-queryfile", query, "-inkey", at("key.pem"), "-signer", at("cert.pem")) //nolint:gosec // our own files
	return c.Output()
}
