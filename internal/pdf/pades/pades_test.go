package pades_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/signing"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// letterPDF is a letter of one page for each text.
func letterPDF(texts ...string) []byte {
	kids, objects := "", []string{}
	for i, text := range texts {
		page := 4 + 2*i
		kids += fmt.Sprintf("%d 0 R ", page)
		content := fmt.Sprintf("BT /F1 11 Tf 72 720 Td (%s) Tj ET", text)
		objects = append(objects,
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>", page+1),
			fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content))
	}
	objects = append([]string{
		"<</Type/Catalog/Pages 2 0 R/Lang(en)>>",
		fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, len(texts)),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}, objects...)
	return write(objects...)
}

func write(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.String(), len(objects)+1, at)
	return b.Bytes()
}

// options is a seal of the office's own key.
func options(t testing.TB) pades.Options {
	t.Helper()
	k, err := signing.NewSealKey("Harbour Commission", noon, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return pades.Options{Signer: k.Signer(), Chain: k.Chain(), At: noon}
}

// rsaOptions is a seal by a key that an authority vouches for.
func rsaOptions(t testing.TB) (o pades.Options, root *x509.Certificate) {
	t.Helper()
	authority, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	issue := func(c, by *x509.Certificate, public any) *x509.Certificate {
		der, err := x509.CreateCertificate(rand.Reader, c, by, public, authority)
		if err != nil {
			t.Fatal(err)
		}
		out, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	top := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority of the tests"}, NotBefore: noon.Add(-time.Hour), NotAfter: noon.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	root = issue(top, top, authority.Public())
	own := issue(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Harbour Commission"}, NotBefore: noon.Add(-time.Hour), NotAfter: noon.AddDate(2, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, root, key.Public())
	crl, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: noon.Add(-time.Hour), NextUpdate: noon.AddDate(0, 1, 0)}, root, authority)
	if err != nil {
		t.Fatal(err)
	}
	return pades.Options{
		Signer: key, Chain: []*x509.Certificate{own, root}, At: noon, Reason: "Issued (\u0631\u0633\u0645\u064a)",
		LongTerm: pades.LongTerm{Certificates: [][]byte{root.Raw}, CRLs: [][]byte{crl}},
	}, root
}

func seal(t testing.TB, data []byte, o pades.Options) []byte {
	t.Helper()
	out, err := pades.Seal(t.Context(), data, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestASealIsOverTheWholeFile(t *testing.T) {
	rsaKey, _ := rsaOptions(t)
	framed := options(t)
	framed.Frame = &pades.Frame{Page: 2, Box: layout.Box{X: 120, Y: 250, Width: 60, Height: 20}}
	for name, o := range map[string]pades.Options{"P-256": options(t), "RSA, with data for the long term": rsaKey, "with a frame": framed} {
		t.Run(name, func(t *testing.T) {
			sealed := seal(t, letterPDF("The harbour is open.", "Second page."), o)
			r := pades.Inspect(sealed)
			if r.Seal != pades.SealWhole || r.Signatures != 1 || r.Signed != len(sealed) || r.Why != "" || len(r.Certificate) != 64 {
				t.Errorf("%+v", r)
			}
			if s := r.Signature(); s == nil || s.State != "whole" || s.Bytes != len(sealed) {
				t.Errorf("as a reading carries it: %+v", s)
			}
			if n := bytes.Count(sealed, []byte("%%EOF")); n != 1 {
				t.Errorf("%d revisions, want one", n)
			}
		})
	}
}

// TestNoByteCanBeChanged: every place is tried in turn over many runs, 1,500 in one.
func TestNoByteCanBeChanged(t *testing.T) {
	sealed := seal(t, letterPDF("The harbour is open."), options(t))
	step := len(sealed)/1500 + 1
	for at := int(noon.UnixNano()) % step; at < len(sealed); at += step {
		forged := bytes.Clone(sealed)
		forged[at] ^= 1 << (at % 8)
		if r := pades.Inspect(forged); r.Seal == pades.SealWhole || r.Seal == pades.SealExtended {
			t.Errorf("byte %d changed from %q to %q: %s", at, sealed[at], forged[at], r.Seal)
		}
	}
	for at := 1; at < len(sealed); at += step {
		if r := pades.Inspect(sealed[:at]); r.Seal == pades.SealWhole || r.Seal == pades.SealExtended {
			t.Errorf("cut at %d: %s", at, r.Seal)
		}
	}
}

func TestWhatIsAppendedIsSeen(t *testing.T) {
	sealed := seal(t, letterPDF("The harbour is open."), options(t))
	for name, c := range map[string]struct {
		data []byte
		want pades.SealState
		also []pades.Change
	}{
		"an end of line": {append(bytes.Clone(sealed), '\n'), pades.SealExtended, []pades.Change{pades.ChangedNothing}},
		"an object":      {append(bytes.Clone(sealed), "5 0 obj\nnull\nendobj\n"...), pades.SealUnclear, nil},
	} {
		if r := pades.Inspect(c.data); r.Seal != c.want || fmt.Sprint(r.Changed) != fmt.Sprint(c.also) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestWhatIsNotSealed(t *testing.T) {
	good := letterPDF("The harbour is open.")
	key := options(t)
	sealed := seal(t, good, key)
	with := func(change func(*pades.Options)) pades.Options {
		o := key
		change(&o)
		return o
	}
	other := options(t)
	for name, c := range map[string]struct {
		data []byte
		o    pades.Options
		want string
	}{
		"no key":              {good, pades.Options{At: noon}, "no seal key"},
		"no time":             {good, with(func(o *pades.Options) { o.At = time.Time{} }), "time is missing"},
		"an old certificate":  {good, with(func(o *pades.Options) { o.At = noon.AddDate(6, 0, 0) }), "put a new certificate"},
		"another's":           {good, with(func(o *pades.Options) { o.Signer = other.Signer }), "not that of the seal's key"},
		"sealed already":      {sealed, key, "signature or a form already"},
		"no PDF":              {[]byte("%!PS"), key, "does not begin"},
		"a frame beside it":   {good, with(func(o *pades.Options) { o.Frame = &pades.Frame{Page: 2} }), "on none of them"},
		"a reason too long":   {good, with(func(o *pades.Options) { o.Reason = strings.Repeat("x", 501) }), "reason"},
		"something laid over": {write("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[<</Subtype/Stamp/Rect[0 0 9 9]>>]>>"), key, "laid over"},
	} {
		if _, err := pades.Seal(t.Context(), c.data, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestNamesAreNotShown: nothing of a certificate's names comes out of Inspect.
func TestNamesAreNotShown(t *testing.T) {
	r := pades.Inspect(seal(t, letterPDF("Text."), options(t)))
	if s := fmt.Sprintf("%+v %+v", r, *r.Signature()); strings.Contains(s, "Harbour") {
		t.Errorf("a name is in the remark: %s", s)
	}
}

// FuzzInspect: whatever the bytes, a remark and no panic, and no file is whole that
// was not sealed so.
func FuzzInspect(f *testing.F) {
	sealed := seal(f, letterPDF("The harbour is open."), options(f))
	f.Add(sealed, 3, byte(7))
	f.Add(letterPDF("Unsealed."), 0, byte(0))
	f.Fuzz(func(t *testing.T, data []byte, at int, bit byte) {
		pades.Inspect(data)
		if at < 0 || at >= len(sealed) || bit == 0 {
			return
		}
		forged := bytes.Clone(sealed)
		forged[at] ^= bit
		if r := pades.Inspect(forged); r.Seal == pades.SealWhole {
			t.Errorf("whole with byte %d changed by %x", at, bit)
		}
	})
}
