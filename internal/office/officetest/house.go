// Package officetest sets up registers with offices and officers for tests.
package officetest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/form"
	"chancery.example/internal/office"
	"chancery.example/internal/signing"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/letter"
	"chancery.example/register"
)

// Origin is the origin of a test register's log.
const Origin = "letters.harbour.example/test/2026"

// A House is a register with one or more offices whose officers' keys are at
// hand.
type House struct {
	*office.Register
	Dir   string
	Clock *Clock
	Keys  map[string]signing.OfficerKey // "harbour/legal"

	forms office.Forms
}

// A Clock is a clock that a test moves. The log asks it in the background.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Now implements the register's clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Step moves the clock on.
func (c *Clock) Step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// New makes a register in a temporary folder with the office "harbour".
func New(t testing.TB) *House {
	t.Helper()
	return begin(t, time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC), true, LightForms{})
}

// NewOnPaper is New with an office that issues its letters as PDFs, made by forms:
// [LightForms] where a test is not about what pages look like.
func NewOnPaper(t testing.TB, forms office.Forms) *House {
	t.Helper()
	h := begin(t, time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC), true, forms)
	if err := h.SetPaper(t.Context(), "harbour", office.PDFPaper); err != nil {
		t.Fatal(err)
	}
	return h
}

// LightForms makes files that stand for PDFs: each names its letter and holds its words.
// One that was made elsewhere shows what it says in its lines.
type LightForms struct {
	// Asked hears of each order; may be nil.
	Asked func(form.Order)
}

// Make implements office.Forms.
func (l LightForms) Make(_ context.Context, o form.Order) ([]byte, error) {
	if l.Asked != nil {
		l.Asked(o)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%%PDF-1.7\n%% %s of %s\n", o.Letter.Content.Reference, o.Letter.Domain)
	for _, t := range o.Letter.Content.Texts {
		fmt.Fprintf(&b, "%% %s %q\n", t.Lang, t.Text.String())
	}
	return append([]byte(b.String()+string(o.Given)), "%%EOF\n"...), nil
}

// Look implements office.Forms: a file made elsewhere fits when it holds the words of
// each text, and has no line "% covered: WORDS".
func (l LightForms) Look(_ context.Context, o form.Order) (form.Shown, error) {
	s := form.Shown{File: sha256.Sum256(o.Given), Pages: 1, Text: string(o.Given)}
	for _, t := range o.Letter.Content.Texts {
		x := form.Text{Language: t.Lang}
		if !strings.Contains(s.Text, t.Text.String()) {
			x.Differences = []form.Difference{{Shown: s.Text, Registered: t.Text.String()}}
		}
		s.Texts = append(s.Texts, x)
	}
	if _, rest, is := strings.Cut(s.Text, "% covered: "); is {
		words, _, _ := strings.Cut(rest, "\n")
		s.Wrong = append(s.Wrong, form.Obstacle{Name: "shown.covered_text", Page: 1, Quoted: words, Words: fmt.Sprintf("page 1: something lies over %q; take it out", words)})
	}
	return s, nil
}

// NewInEarnest makes a register that is no exercise; its clock begins at a time.
func NewInEarnest(t testing.TB, at time.Time) *House {
	t.Helper()
	return begin(t, at, false, LightForms{})
}

func begin(t testing.TB, at time.Time, exercise bool, forms office.Forms) *House {
	t.Helper()
	h := &House{
		Dir: filepath.Join(t.TempDir(), "register"), Keys: map[string]signing.OfficerKey{}, Clock: &Clock{t: at}, forms: forms,
	}
	r, err := office.Init(t.Context(), h.Dir, office.NewRegister{
		Origin: Origin, Operator: "https://harbour.example", Name: register.Words{"en": "Test register"}, Exercise: exercise, NoReceipts: true,
	}, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	h.Register = r
	t.Cleanup(func() { _ = h.Close() })
	h.Enrol(t, "harbour", 2, 2)
	return h
}

// Options are those the register was opened with.
func (h *House) Options() office.Options {
	return office.Options{Clock: h.Clock.Now, LogRoom: 1, Forms: h.forms}
}

// Officers of a test office and their roles.
var Officers = []struct {
	ID   string
	Role register.Role
}{
	{"drafter", register.RoleDrafter}, {"commissioner", register.RoleApprover}, {"legal", register.RoleApprover},
	{"clerk", register.RoleClerk}, {"press", register.RolePress},
}

// Enrol adds an office with the usual officers.
func (h *House) Enrol(t testing.TB, id string, approvals, statements int) {
	t.Helper()
	n := office.NewOffice{
		ID: id, Office: register.Office("https://" + id + ".example"), Domain: id + ".example",
		Name: register.Words{"en": "Office " + id},
	}
	for _, o := range Officers {
		k := NewKey(t, id+"/"+o.ID)
		h.Keys[id+"/"+o.ID] = k
		n.Policy.Officers = append(n.Policy.Officers, register.Officer{
			ID: o.ID, Person: o.ID, Name: "The " + o.ID, Roles: []register.Role{o.Role}, Keys: []string{k.Public().Line()},
		})
	}
	n.Policy = office.Policy(n.Policy.Officers, n.Policy.Speakers, approvals, statements)
	if _, err := h.Register.Enrol(t.Context(), n); err != nil {
		t.Fatal(err)
	}
}

// Desk is the origin at which officers of test houses approve by passkey.
const Desk = "https://desk.harbour.example"

// DeskRP is the relying party of those passkeys.
const DeskRP = "desk.harbour.example"

// Passkey makes an officer's passkey at [Desk], the same for the same seed, and
// its key.
func Passkey(t testing.TB, seed string, algorithm int) (*authenticator.Passkey, approval.Key) {
	t.Helper()
	p := authenticator.New(Desk, seed).Make(DeskRP, algorithm)
	k, err := approval.NewPasskey(Desk, DeskRP, p.Public())
	if err != nil {
		t.Fatal(err)
	}
	return p, k
}

// Evidence has a statement approved by passkey, right or bent.
func Evidence(t testing.TB, p *authenticator.Passkey, k approval.Key, statement approval.Statement, bends ...func(*authenticator.Ceremony)) []byte {
	t.Helper()
	line, err := base64.StdEncoding.DecodeString(strings.Fields(k.Line())[1])
	if err != nil {
		t.Fatal(err)
	}
	origin, _, _ := k.Passkey()
	challenge := approval.Challenge(statement.Bytes())
	return authenticator.Evidence(line, p.Assert(origin, challenge[:], bends...))
}

// NewKey draws an officer's key that is the same for the same seed.
func NewKey(t testing.TB, seed string) signing.OfficerKey {
	t.Helper()
	var s [32]byte
	copy(s[:], seed)
	k, err := signing.NewOfficerKey(rand.NewChaCha8(s), seed)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Signer returns an officer with the key at hand.
func (h *House) Signer(officeID, officer string) office.Signer {
	return office.Signer{Officer: officer, Key: h.Keys[officeID+"/"+officer]}
}

// Text makes a canonical text.
func Text(t testing.TB, s string) letter.Text {
	t.Helper()
	x, err := letter.Canonicalize([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Content is the content of a small letter in English.
func Content(t testing.TB, ref letter.Ref, words string) letter.Content {
	t.Helper()
	return letter.Content{
		Reference: ref, Type: letter.TypeLetter, Addressees: []string{"The Master, South Lock"},
		Texts: []letter.LangText{{Lang: "en", Text: Text(t, words)}},
	}
}

// IssueLetter takes a content all the way to an issued letter.
func (h *House) IssueLetter(t testing.TB, officeID string, c letter.Content, terms office.Terms) office.Receipt {
	t.Helper()
	q, err := h.SubmitFinished(t.Context(), officeID, "drafter", c, terms)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := h.Carry(t.Context(), q, "clerk", h.Signer(officeID, "commissioner"), h.Signer(officeID, "legal"))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}
