package seals_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/seals"
	"chancery.example/internal/signing"
	"chancery.example/internal/testkit/clockhouse"
)

// A desk is the seals of an office on a clock that a test moves.
type desk struct {
	seals.Keeper
	now time.Time
}

func newDesk(t *testing.T, at time.Time) *desk {
	t.Helper()
	d := &desk{now: at}
	d.Keeper = seals.Keeper{
		Folder: folder.Folder{Dir: t.TempDir()}, Office: "harbour", Title: "Harbour Commission",
		Now: func() time.Time { return d.now }, Random: rand.Reader,
	}
	must(t, d.Draw())
	return d
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, k kind.Kind, words ...string) {
	t.Helper()
	if err == nil || kind.Of(err) != k {
		t.Errorf("%v, want one that is %v", err, k)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

// sealed seals a page and returns what its seal shows.
func (d *desk) sealed(t *testing.T) ([]byte, pades.Remark) {
	t.Helper()
	pdf, r, err := d.Try(t.Context())
	must(t, err)
	if r.Seal != pades.SealWhole {
		t.Fatalf("%s: %s", r.Seal, r.Why)
	}
	return pdf, r
}

func fingerprint(t *testing.T, k seals.KeyState) string {
	t.Helper()
	if k.Problem != nil || len(k.Chain) == 0 {
		t.Fatalf("%s: %v", k.Name, k.Problem)
	}
	return seals.Fingerprint(k.Chain[0])
}

// TestAKeyForAnother: the key seals whose moment came last; what another sealed stays
// whole; a key that waits for certificates seals nothing.
func TestAKeyForAnother(t *testing.T) {
	d := newDesk(t, noon)
	must(t, d.Draw()) // once more is the same
	first, r := d.sealed(t)
	s, err := d.State()
	must(t, err)
	if len(s.Keys) != 1 || !s.Keys[0].InUse || fingerprint(t, s.Keys[0]) != r.Certificate || !s.Keys[0].Own {
		t.Fatalf("%+v", s)
	}
	waiting, err := d.Add(t.Context(), nil, time.Time{})
	must(t, err)
	soon, err := d.Add(t.Context(), nil, noon.Add(time.Hour))
	must(t, err)
	used := func() string {
		s, err := d.State()
		must(t, err)
		for _, k := range s.Keys {
			if k.InUse {
				_, r := d.sealed(t)
				if fingerprint(t, k) != r.Certificate {
					t.Errorf("%s is said to seal, and another does", k.Name)
				}
				return k.Name
			}
		}
		return ""
	}
	if got := used(); got != "seal-harbour" {
		t.Errorf("before its hour %s seals", got)
	}
	d.now = noon.Add(time.Hour)
	if got := used(); got != soon {
		t.Errorf("at its hour %s seals", got)
	}
	house := clockhouse.New(t, d.now)
	request, err := d.Request(strings.TrimPrefix(waiting, "seal-harbour."), `CN=Harbour\, the,C=XX,organizationIdentifier=NTRXX-4`)
	must(t, err)
	block, _ := pem.Decode(request)
	asked, err := x509.ParseCertificateRequest(block.Bytes)
	must(t, err)
	if got := seals.NameOf(asked.Subject); got != `CN=Harbour\, the,C=XX,organizationIdentifier=NTRXX-4` {
		t.Errorf("the request is for %s", got)
	}
	_, err = d.Import(waiting, house.Answer(request), time.Time{})
	must(t, err)
	if got := used(); got != waiting {
		t.Errorf("with its certificates %s seals", got)
	}
	must(t, os.Remove(d.Folder.KeyFile("seal-harbour"))) // an ended key may go
	if s, err = d.State(); err != nil || s.Keys[0].Problem != nil {
		t.Errorf("%v, %+v", err, s.Keys[0])
	}
	if r := pades.Inspect(first); r.Seal != pades.SealWhole {
		t.Errorf("what the first key sealed is %s now", r.Seal)
	}
}

// TestCertificatesThatAreNotTaken: each is refused with what to do, and the key goes on
// sealing with those that it has.
func TestCertificatesThatAreNotTaken(t *testing.T) {
	d, house := newDesk(t, noon), clockhouse.New(t, noon)
	request, err := d.Request("", "")
	must(t, err)
	block, _ := pem.Decode(request)
	r, err := x509.ParseCertificateRequest(block.Bytes)
	must(t, err)
	issue := func(change func(*x509.Certificate)) []byte {
		return clockhouse.PEM(house.Issue("Harbour", r.PublicKey, change), house.Between, house.Root)
	}
	other, err := signing.NewSealKey("Other", noon, rand.Reader)
	must(t, err)
	good := issue(nil)
	own, _ := pem.Decode(good)
	for name, c := range map[string]struct {
		pem  []byte
		want string
	}{
		"no issuers":      {pem.EncodeToMemory(own), "Trust House for Documents\" issued: add"},
		"no root":         {clockhouse.PEM(house.Issue("Harbour", r.PublicKey, nil), house.Between), "\"CN=Trust House\" issued: add"},
		"another's":       {clockhouse.PEM(house.Issue("Harbour", other.Signer().Public(), nil), house.Between, house.Root), "not for this key"},
		"for websites":    {issue(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), "other uses than documents"},
		"for secrecy":     {issue(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), "not for signing"},
		"an authority":    {issue(func(c *x509.Certificate) { c.IsCA = true }), "of an authority"},
		"ended":           {issue(func(c *x509.Certificate) { c.NotAfter = noon.Add(-time.Minute) }), "ask the authority for a new one"},
		"not begun":       {issue(func(c *x509.Certificate) { c.NotBefore = noon.AddDate(0, 1, 0) }), "--from 2026-04-02"},
		"out of order":    {append(clockhouse.PEM(house.Between), own.Bytes...), "not for this key"},
		"somebody's root": {clockhouse.PEM(house.Issue("Harbour", r.PublicKey, nil), clockhouse.New(t, noon).Root), "not issued by"},
		"nothing":         {nil, "there is none"},
		"bytes":           {[]byte("certificate"), "in PEM"},
	} {
		if name == "out of order" {
			c.pem = append(clockhouse.PEM(house.Between), pem.EncodeToMemory(own)...)
		}
		_, err := d.Import("", c.pem, time.Time{})
		if err == nil || !strings.Contains(err.Error(), c.want) || kind.Of(err) != kind.Invalid {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if s, err := d.State(); err != nil || !s.Keys[0].Own {
		t.Errorf("%v: refused certificates were taken", err)
	}
	for _, uses := range [][]x509.ExtKeyUsage{{x509.ExtKeyUsageEmailProtection}, {x509.ExtKeyUsageAny}, nil} {
		_, err := d.Import("", issue(func(c *x509.Certificate) { c.ExtKeyUsage = uses }), time.Time{})
		must(t, err)
	}
	if _, r := d.sealed(t); r.Seal != pades.SealWhole {
		t.Error(r.Why)
	}
	_, err = d.Import("nobody", good, time.Time{})
	refused(t, err, kind.NotFound, "office seals harbour")
	for _, subject := range []string{"Harbour", "CN=", "X=Y", "C=Harbour", "CN=" + strings.Repeat("x", 201)} {
		_, err := d.Request("", subject)
		refused(t, err, kind.Invalid, "CN=")
	}
}

// TestWhatThePDFMustHave: a letter is held up by no seal, unless the office wants it so.
func TestWhatThePDFMustHave(t *testing.T) {
	d := newDesk(t, noon)
	refused(t, d.Require(seals.Stamp), kind.Conflict, "timestamp server")
	refused(t, d.Require("wax"), kind.Invalid, "nothing, seal or stamp")
	page, _, err := d.Try(t.Context())
	must(t, err)
	d.now = noon.AddDate(6, 0, 0) // past its certificate
	s, err := d.Begin()
	must(t, err)
	if out, err := s.Put(t.Context(), page); err != nil || !bytes.Equal(out, page) || !strings.Contains(s.Missing(), "no seal: the certificate") {
		t.Errorf("%q, %v", s.Missing(), err)
	}
	must(t, d.Require(seals.Seal))
	_, err = d.Begin()
	refused(t, err, kind.Unavailable, "lets no PDF go without a seal", "the certificate of the seal is good from")
	_, _, err = d.Try(t.Context())
	refused(t, err, kind.Unavailable, "certificate")
	d.now = noon
	must(t, os.Remove(d.Folder.KeyFile("seal-harbour")))
	_, err = d.Begin()
	refused(t, err, kind.Unavailable, "new-key --from now")
	st, err := d.State()
	must(t, err)
	if st.Keys[0].Problem == nil {
		t.Error("a key in use that is not there is no problem")
	}
	must(t, d.Require(seals.Nothing))
	if s, err = d.Begin(); err != nil || !strings.Contains(s.Missing(), "not in the folder") {
		t.Errorf("%v", err)
	}
}

// TestLongTerm: lists and answers go into the PDF while they are good; what says that a
// certificate is revoked, or is not its issuer's, is refused.
func TestLongTerm(t *testing.T) {
	d, house := newDesk(t, noon), clockhouse.New(t, noon)
	refused(t, d.SetLongTerm([]byte("x")), kind.Invalid, "issued by nobody else")
	request, err := d.Request("", "")
	must(t, err)
	key, err := d.Import("", house.Answer(request), time.Time{})
	must(t, err)
	own := key.Chain()[0]
	refused(t, d.SetLongTerm(house.List(time.Hour, own)), kind.Invalid, "revoked the certificate of")
	refused(t, d.SetLongTerm(house.List(-time.Minute)), kind.Invalid, "get the newest")
	refused(t, d.SetLongTerm(clockhouse.New(t, noon).List(time.Hour)), kind.Invalid, "not signed by an issuer")
	refused(t, d.SetLongTerm(house.State(own, ocsp.Revoked)), kind.Invalid, "revoked the certificate of")
	refused(t, d.SetLongTerm(house.State(own, ocsp.Unknown)), kind.Invalid, "does not know")
	refused(t, d.SetLongTerm(make([]byte, 600<<10)), kind.Invalid, "more than the")
	refused(t, d.SetLongTerm([]byte("a list")), kind.Invalid, "neither a revocation list")
	before, _ := d.sealed(t)
	must(t, d.SetLongTerm(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: house.List(time.Hour)}), house.State(own, ocsp.Good)))
	with, _ := d.sealed(t)
	for _, mark := range []string{"/CRLs", "/OCSPs", "/DSS"} {
		if bytes.Contains(before, []byte(mark)) || !bytes.Contains(with, []byte(mark)) {
			t.Errorf("%s: %v before, %v after", mark, bytes.Contains(before, []byte(mark)), bytes.Contains(with, []byte(mark)))
		}
	}
	d.now = noon.Add(2 * time.Hour) // the list is out of date, the answer is not
	if with, _ = d.sealed(t); bytes.Contains(with, []byte("/CRLs")) || !bytes.Contains(with, []byte("/OCSPs")) {
		t.Error("what is out of date goes into the PDF")
	}
	if s, err := d.State(); err != nil || s.CRLs != 1 || s.OCSPs != 1 || !s.GoodUntil.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v, %v", s, err)
	}
	must(t, d.SetLongTerm())
	if with, _ = d.sealed(t); bytes.Contains(with, []byte("/DSS")) {
		t.Error("it is still there")
	}
	_, err = d.Fetch(t.Context())
	refused(t, err, kind.Invalid, "says where its authority answers")
}

// TestSettingsThatAreNone: what somebody wrote into the file by hand is refused, with
// the file's name.
func TestSettingsThatAreNone(t *testing.T) {
	d := newDesk(t, noon)
	file := filepath.Join(d.Folder.KeyDir(), "seal-harbour.toml")
	for content, want := range map[string]string{
		"format = 2":                                                     "format 2",
		"format = 1\nspeed = 3":                                          "\"speed\" is not known",
		"format = 1\nrequire = \"wax\"":                                  "want nothing, seal or stamp",
		"format = 1\n[[key]]\nname = \"log\"":                            "office's own key files",
		"format = 1\n[[key]]\nname = \"seal-harbour/../log\"":            "office's own key files",
		"format = 1\n[stamp]\naddress = \"ftp://x\"":                     "https://",
		"format = 1\n[stamp]\naddress = \"https://x\"\npolicy = \"one\"": "object identifier",
		"format = 1\n[stamp]\naddress = \"https://x\"\ntimeout = \"1h\"": "to answer",
		"format = 1\n[long_term]\ncrls = [\"AAAA\"]":                     "long_term, number 1",
		strings.Repeat("#", 3<<20):                                       "more than",
	} {
		must(t, os.WriteFile(file, []byte(content), 0o600))
		_, err := d.State()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "seal-harbour.toml") {
			t.Errorf("%.60q: %v, want %q", content, err, want)
		}
	}
}

// FuzzSettings: whatever the bytes, no panic, and what is taken is written and read
// again as the same.
func FuzzSettings(f *testing.F) {
	f.Add([]byte("format = 1\nrequire = \"stamp\"\n[[key]]\nname = \"seal-harbour.0123456789abcdef\"\nsigner = [\"sign\"]\nfrom = 2026-03-02T12:00:00Z\n[stamp]\naddress = \"https://x\"\ntimeout = \"5s\"\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := seals.Rewritten(raw, "seal-harbour"); err != nil {
			t.Error(err)
		}
	})
}
