package main

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/pdf/syntax"
	"chancery.example/internal/testkit"
	"chancery.example/internal/testkit/archival"
	"chancery.example/internal/testkit/clockhouse"
)

// TestSealsWithOthersPrograms: an office's seal key is in a security module (SoftHSM2),
// its certificates are an authority's, its timestamps a server's; letters are issued by
// the commands as people type them, in two languages, and programs that we did not write
// accept them: poppler, MuPDF, qpdf, OpenSSL. Then the office goes over to an RSA key,
// and what the first key sealed stands.
func TestSealsWithOthersPrograms(t *testing.T) {
	for _, p := range []string{"softhsm2-util", "pkcs11-tool", "pdfsig", "mutool", "qpdf", "openssl"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("SKIPPED: there is no %s here (scripts/test.sh installs it): an office's seals are not held to programs that we did not write", p)
		}
	}
	h := newSealedOffice(t)
	house := clockhouse.New(t, time.Now().Truncate(time.Second))
	clock := house.Clock()
	h.file("authority.pem", clockhouse.PEM(house.Root))
	h.file("list.crl", house.List(30*24*time.Hour))
	h.types(0, "office", "seals", "harbour", "stamp", clock.URL, "--authority", "authority.pem", "--stamp-policy", clockhouse.Policy)

	var issued []sealedLetter
	var by []string
	for i, kind := range []string{"EC:prime256v1", "rsa:2048"} {
		id := fmt.Sprintf("%02d", i+1)
		h.run("pkcs11-tool", "--module", h.module, "--token-label", "office", "--login", "--pin", "4711", "--keypairgen", "--key-type", kind, "--id", id, "--usage-sign")
		said := h.types(0, "office", "seals", "harbour", "new-key", "--signer", "env CHANCERY_SIGNER_KEY="+id+" "+filepath.Join(testkit.Root(), "docs", "operate", "pkcs11-signer.sh"))
		if !strings.Contains(said, "waits for certificates") {
			t.Errorf("%s", said)
		}
		request := fmt.Sprintf("seal%d.csr", i)
		h.types(0, "office", "seals", "harbour", "request", request, "--subject", "CN=Harbour Commission,C=XX")
		h.run("openssl", "req", "-in", request, "-noout", "-verify")
		raw, err := os.ReadFile(h.at(request))
		if err != nil {
			t.Fatal(err)
		}
		h.file("chain.pem", house.Answer(raw))
		h.types(0, "office", "seals", "harbour", "import", "chain.pem")
		h.types(0, "office", "seals", "harbour", "long-term", "list.crl")
		h.types(0, "office", "seals", "harbour", "require", "stamp")
		if said := h.types(0, "office", "seals", "harbour", "try", "tried.pdf"); !strings.Contains(said, "the seal is whole") || !strings.Contains(said, "the timestamp says") || !strings.Contains(said, "long term is in it") {
			t.Errorf("%s", said)
		}
		issued = append(issued, h.issue(fmt.Sprintf("HC-%d", i+1)))
		for _, l := range issued { // the first once more, after the change
			by = append(by, h.accepted(l, house))
		}
	}
	if by[0] != by[1] || by[0] == by[2] {
		t.Errorf("the letters are sealed with %v", by)
	}
	clock.Broken.Store(true)
	if said := h.types(2, append([]string{"issue", "HC-9"}, h.words...)...); !strings.Contains(said, "without a timestamp") {
		t.Errorf("%s", said)
	}
	h.types(0, "office", "seals", "harbour", "require", "nothing")
	h.types(0, append([]string{"issue", "HC-9"}, h.words...)...)
	if said := h.types(1, "doctor", "reg"); strings.Contains(said, "4711") || !regexp.MustCompile(`ok +seals of harbour: `).MatchString(said) {
		t.Errorf("%s", said)
	}
}

// A sealedOffice is a register with one office, a module that signs, and a terminal.
type sealedOffice struct {
	t      *testing.T
	dir    string
	module string
	words  []string // of "issue", after the reference
	seen   []string
}

// A sealedLetter is the PDF of a letter that was issued.
type sealedLetter struct {
	ref, file string
}

func newSealedOffice(t *testing.T) *sealedOffice {
	t.Helper()
	h := &sealedOffice{t: t, dir: t.TempDir()}
	found, _ := filepath.Glob("/usr/lib/*/softhsm/libsofthsm2.so")
	more, _ := filepath.Glob("/usr/lib/softhsm/libsofthsm2.so")
	if found = append(found, more...); len(found) == 0 {
		t.Skip("SKIPPED: libsofthsm2.so is not where Debian has it: the seal key is tried in no security module")
	}
	h.module = found[0]
	if err := os.Mkdir(h.at("tokens"), 0o700); err != nil {
		t.Fatal(err)
	}
	h.file("softhsm2.conf", []byte("directories.tokendir = "+h.at("tokens")+"\nobjectstore.backend = file\nlog.level = ERROR\n"))
	h.file("pin", []byte("4711"))
	h.file("en.txt", []byte("Sir,\n\nFrom 4 March 2026 the south lock is closed to vessels of more than 40 metres.\n"))
	h.file("ar.txt", []byte("سيدي،\n\nاعتبارًا من 4 آذار/مارس 2026 يُغلق الهويس الجنوبي أمام السفن التي يزيد طولها على 40 مترًا.\n"))
	h.file("policy.toml", []byte("approvals = 1\nstatements = 1\n[[officer]]\nid = \"legal\"\nname = \"Legal adviser\"\nroles = [\"approver\"]\nkeys = [\"@legal.pub\"]\n[[officer]]\nid = \"clerk\"\nname = \"Clerk\"\nroles = [\"drafter\", \"issuing clerk\"]\nkeys = [\"@clerk.pub\"]\n"))
	h.run("softhsm2-util", "--init-token", "--free", "--label", "office", "--pin", "4711", "--so-pin", "0815")
	h.types(0, "key", "new", "legal")
	h.types(0, "key", "new", "clerk")
	h.types(0, "init", "reg", "--origin", "letters.harbour.example/main/2026", "--operator", "https://harbour.example", "--name", "en=Register")
	h.types(0, "office", "add", "harbour", "--uri", "https://harbour.example", "--policy", "policy.toml", "--name", "en=Harbour Commission", "--name", "ar=هيئة الميناء")
	h.words = []string{"--finished", "--text", "en=en.txt", "--text", "ar=ar.txt", "--by", "clerk", "--approve", "legal=legal"}
	return h
}

func (h *sealedOffice) at(name string) string { return filepath.Join(h.dir, name) }

func (h *sealedOffice) file(name string, content []byte) {
	h.t.Helper()
	if err := os.WriteFile(h.at(name), content, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// run runs a program of somebody else's.
func (h *sealedOffice) run(program string, arguments ...string) string {
	h.t.Helper()
	c := exec.CommandContext(h.t.Context(), program, arguments...)
	c.Dir, c.Env = h.dir, h.environment()
	out, err := c.CombinedOutput()
	if err != nil {
		h.t.Fatalf("%s %s: %v\n%s", program, strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

func (h *sealedOffice) environment() []string {
	return append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "CHANCERY_") }),
		"HOME="+h.dir, "SOFTHSM2_CONF="+h.at("softhsm2.conf"), "CHANCERY_SIGNER_MODULE="+h.module, "CHANCERY_SIGNER_TOKEN=office",
		"CHANCERY_SIGNER_PIN_FILE="+h.at("pin"), "CHANCERY_REGISTER=reg")
}

// types types a command of ours, which has to end with the code.
func (h *sealedOffice) types(code int, arguments ...string) string {
	h.t.Helper()
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	c := exec.CommandContext(h.t.Context(), self, arguments...)
	c.Args[0] = "chancery" // TestMain goes by it
	c.Dir, c.Env = h.dir, h.environment()
	out, err := c.CombinedOutput()
	if got := c.ProcessState.ExitCode(); got != code {
		h.t.Fatalf("chancery %s: exit %d (%v), want %d\n%s", strings.Join(arguments, " "), got, err, code, out)
	}
	return string(out)
}

// issue issues a letter and finds its PDF.
func (h *sealedOffice) issue(ref string) sealedLetter {
	h.t.Helper()
	h.types(0, append([]string{"issue", ref}, h.words...)...)
	all, err := filepath.Glob(h.at("reg/files/*.pdf"))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, name := range all {
		if !slices.Contains(h.seen, name) {
			h.seen = append(h.seen, name)
			return sealedLetter{ref: ref, file: name}
		}
	}
	h.t.Fatalf("%s has no PDF among %v", ref, all)
	return sealedLetter{}
}

// accepted holds a letter's PDF to what other programs say of it, to our own remark,
// and to the register's answer.
func (h *sealedOffice) accepted(l sealedLetter, house *clockhouse.House) (certificate string) {
	t := h.t
	t.Helper()
	if said := h.run("pdfsig", "-nocert", l.file); !strings.Contains(said, "Total document signed") || !strings.Contains(said, "Signature is Valid") || strings.Count(said, "Signature #") != 1 {
		t.Errorf("pdfsig of %s: %s", l.ref, said)
	}
	if said := h.run("qpdf", "--check", l.file); strings.Contains(said, "WARNING") {
		t.Errorf("qpdf of %s: %s", l.ref, said)
	}
	out, _ := exec.CommandContext(t.Context(), "mutool", "sign", "-v", l.file).CombinedOutput() // ends with 1: it knows no issuer
	if said := string(out); !strings.Contains(said, "The document is unchanged since signing") {
		t.Errorf("mutool of %s: %s", l.ref, said)
	}
	pdf, err := os.ReadFile(l.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range archival.Check(pdf) {
		t.Errorf("%s as PDF/A-3 and PDF/UA-1: %s", l.ref, problem)
	}
	r := pades.Inspect(pdf)
	if r.Seal != pades.SealWhole || time.Since(r.Stamped).Abs() > time.Hour {
		t.Errorf("our own remark on %s: %+v", l.ref, r)
	}
	content, signature := sealOf(t, pdf)
	h.file("content", content)
	h.file("seal.der", signature)
	h.file("root.pem", clockhouse.PEM(house.Root))
	if said := h.run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "seal.der", "-content", "content", "-CAfile", "root.pem", "-purpose", "any", "-signer", "signer.pem", "-out", "out"); !strings.Contains(said, "Verification successful") {
		t.Errorf("openssl cms of %s: %s", l.ref, said)
	}
	// The remark names the certificate that OpenSSL found to be the signer's.
	print := h.run("openssl", "x509", "-in", "signer.pem", "-noout", "-fingerprint", "-sha256")
	_, print, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(print), ":", "")), "=")
	if print != r.Certificate {
		t.Errorf("%s is signed with %s, and our remark says %s", l.ref, print, r.Certificate)
	}
	if said := h.types(0, "office", "seals", "harbour"); !strings.Contains(said, "SHA-256 "+print) {
		t.Errorf("the office does not list the certificate %s:\n%s", print, said)
	}
	if said := h.types(0, "check", l.file, "--register", "reg"); !strings.Contains(said, "This very file is a letter in force") {
		t.Errorf("%s: %s", l.ref, said)
	}
	value, token := stampOf(t, signature)
	h.file("token.der", token)
	h.file("value", value)
	if said := h.run("openssl", "ts", "-verify", "-data", "value", "-in", "token.der", "-token_in", "-CAfile", "root.pem"); !strings.Contains(said, "Verification: OK") {
		t.Errorf("openssl ts of %s: %s", l.ref, said)
	}
	return print
}

// sealOf returns what a seal is over, and the seal.
func sealOf(t *testing.T, pdf []byte) (content, signature []byte) {
	t.Helper()
	f, err := syntax.Open(pdf, syntax.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Refs() {
		o, err := f.Get(r)
		if d, ok := o.(syntax.Dict); err == nil && ok && d.Is("Type", "Sig") {
			c, _ := d["Contents"].(syntax.String)
			return append(bytes.Clone(pdf[:c.Span.Start]), pdf[c.Span.End:]...), bytes.TrimRight(c.Value, "\x00")
		}
	}
	t.Fatalf("no seal in %s", hex.EncodeToString(pdf[:20]))
	return nil, nil
}

// A signedData is as much of a SignedData (RFC 5652) as a test needs.
type signedData struct {
	Version      int
	Digests      asn1.RawValue
	Content      asn1.RawValue
	Certificates asn1.RawValue `asn1:"tag:0"`
	Signers      []struct {
		Version   int
		Whose     asn1.RawValue
		Digest    asn1.RawValue
		Signed    asn1.RawValue `asn1:"tag:0"`
		Algorithm asn1.RawValue
		Value     []byte
		Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
	} `asn1:"set"`
}

// stampOf returns the value of a signature and the timestamp token over it.
func stampOf(t *testing.T, der []byte) (value, token []byte) {
	t.Helper()
	var info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"tag:0"`
	}
	var data signedData
	var attribute struct {
		Type  asn1.ObjectIdentifier
		Value []asn1.RawValue `asn1:"set"`
	}
	_, err := asn1.Unmarshal(der, &info)
	if err == nil {
		_, err = asn1.Unmarshal(info.Content.Bytes, &data)
	}
	if err == nil && len(data.Signers) == 1 {
		_, err = asn1.Unmarshal(data.Signers[0].Unsigned.Bytes, &attribute)
	}
	if err != nil || len(attribute.Value) != 1 {
		t.Fatalf("no timestamp in the seal: %v", err)
	}
	return data.Signers[0].Value, attribute.Value[0].FullBytes
}
