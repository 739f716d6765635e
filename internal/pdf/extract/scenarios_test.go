package extract

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// pilots says its reference, as canonical texts do: what is printed around a text
// that does not would be more than the record has.
const pilots = `Harbour Commission

Reference: HC-2026-0012

To the shipping agents of the outer harbour

From 1 April 2026 the fee for night pilotage is 840 marks for each vessel of up to 5,000 tonnes, and 1,260 marks above that.

The pilot station on the outer mole stays manned from dusk to dawn, whatever the weather. Complaints reach this office within 30 days.

Amina Haddad
Harbour Master
`

// setAndSealed is a letter as the office makes it: typeset, with its paper code, and
// sealed with a key of that name.
func setAndSealed(t testing.TB, name, words string) []byte {
	t.Helper()
	text, err := letter.Canonicalize([]byte(words))
	if err != nil {
		t.Fatal(err)
	}
	set, err := typeset.Set(typeset.Letter{
		Content: letter.Content{Reference: "HC-2026-0012", Type: letter.TypeLetter, Prevailing: "en", Texts: []letter.LangText{{Lang: "en", Text: text}}},
		Office:  []typeset.Words{{Language: "en", Text: "Harbour Commission"}},
		Code:    "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012",
	})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	k, err := signing.NewSealKey(name, at, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pades.Seal(t.Context(), set.PDF, pades.Options{Signer: k.Signer(), Chain: k.Chain(), At: at})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// resaved is a file as another program writes it anew.
func resaved(t testing.TB, data []byte) []byte {
	t.Helper()
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("SKIPPED: no qpdf here (Debian: qpdf), so no letter is saved anew")
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.pdf"), filepath.Join(dir, "to.pdf")
	if err := os.WriteFile(from, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "qpdf", "--object-streams=generate", "--linearize", from, to).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v\n%s", err, out)
	}
	again, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func pictures(t testing.TB) func(context.Context, []byte) (photo.Reading, error) {
	t.Helper()
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Skip("SKIPPED: no tesseract here (Debian: tesseract-ocr), so no page is read as a picture")
	}
	return ocr.New(ocr.Options{Time: time.Minute}).Read
}

// TestSealedLetters: a letter as the office made it, and what comes of it
// (scenarios 11, 12, 23 and 25).
func TestSealedLetters(t *testing.T) {
	own := setAndSealed(t, "Harbour Commission", pilots)
	snap, at := issued(t, "HC-2026-0012", pilots, own)
	r := reader(t, pictures(t))
	for name, c := range map[string]struct {
		data     []byte
		match    check.Match
		standing register.Standing
		exit     int
		chip     check.ChipKind // must be there
	}{
		"the file":                   {own, check.ExactFile, register.InForce, check.ExitInForce, ""},
		"saved anew (23)":            {resaved(t, own), check.SameText, register.InForce, check.ExitInForce, check.ChipNotOriginal},
		"another key, its name (12)": {setAndSealed(t, "Harbour Commission", pilots), check.SameText, register.Lookalike, check.ExitLookalike, ""},
		"its code, forged (25)":      {resaved(t, setAndSealed(t, "Harbour Commission", strings.Replace(pilots, "840", "940", 1))), check.Altered, register.InForce, check.ExitAltered, ""},
	} {
		f, err := snap.Examine(t.Context(), check.Exhibit{Data: c.data, PDFs: r}, at)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if *f.Match != c.match || *f.Standing != c.standing || f.Exit() != c.exit {
			t.Errorf("%s: %s, exit %d: %s %+v", name, result(f, err), f.Exit(), f.Details.EN, f.Differences)
		}
		if c.chip != "" && !slices.ContainsFunc(f.Evidence, func(e check.Chip) bool { return e.Kind == c.chip }) {
			t.Errorf("%s: not said %s: %+v", name, c.chip, f.Evidence)
		}
		if c.standing == register.Lookalike && strings.Contains(f.Details.EN, "belongs to") {
			t.Errorf("%s: %s", name, f.Details.EN)
		}
	}
}
