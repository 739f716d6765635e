package pades_test

import (
	"strings"
	"testing"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

// typesetLetter is a letter as the office sets it, in two languages, with a notice,
// a code and an attachment.
func typesetLetter(t *testing.T) []byte {
	t.Helper()
	text := func(s string) letter.Text {
		out, err := letter.Canonicalize([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	r, err := typeset.Set(typeset.Letter{
		Content: letter.Content{
			Reference: "HC-2026-0012", Type: letter.TypeLetter, Prevailing: "en",
			Texts: []letter.LangText{
				{Lang: "ar", Text: text(strings.Repeat("تبقى محطة الإرشاد على الرصيف الخارجي مأهولة من الغروب إلى الفجر، أياً كان الطقس.\n\n", 12))},
				{Lang: "en", Text: text(strings.Repeat("The pilot station on the outer mole stays manned from dusk to dawn, whatever the weather; the fee is €1,250.\n\n", 30))},
			},
			Addressees: []string{"Ministry of Transport"},
			Enclosures: []letter.Enclosure{{Title: "Chart"}},
			Signature:  letter.SignatureBlock{Kind: letter.SignatureInk, Lines: []string{"Amina Haddad"}},
		},
		Office:      []typeset.Words{{Language: "en", Text: "Harbour Commission"}, {Language: "ar", Text: "هيئة الميناء"}},
		Domain:      "harbour.example",
		Date:        []typeset.Words{{Language: "en", Text: "2 March 2026"}},
		Notices:     []typeset.Words{{Language: "en", Text: "Draft, revision 2 - not issued"}, {Language: "ar", Text: "مسودة"}},
		Code:        "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012",
		Attachments: []typeset.File{{Name: "HC-2026-0012.chancery-draft", MediaType: "application/octet-stream", Description: "Proof", Data: []byte("proof")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.PDF
}

// TestOurOwnLettersAreFitAndSealed: what typesetting makes passes the linter, before
// the seal and after it, and other programs accept what comes of it, as tagged PDF.
func TestOurOwnLettersAreFitAndSealed(t *testing.T) {
	data := typesetLetter(t)
	allowed := lint.Allowed{Attachments: []string{"HC-2026-0012.chancery-draft"}}
	if got := lint.Check(data, allowed); len(got) != 0 {
		t.Fatal(lint.Error(got))
	}
	o, _ := rsaOptions(t)
	o.Frame = &pades.Frame{Page: 1, Box: layout.Box{X: 150, Y: 10, Width: 40, Height: 12}}
	sealed := seal(t, data, o)
	allowed.Seal = true
	if got := lint.Check(sealed, allowed); len(got) != 0 {
		t.Error(lint.Error(got))
	}
	need(t, "pdfsig", "qpdf", "pdftotext")
	before, file := save(t, "before.pdf", data), save(t, "letter.pdf", sealed)
	if said := run(t, "pdfsig", "-nocert", file); !strings.Contains(said, "Total document signed") || !strings.Contains(said, "Signature is Valid") {
		t.Errorf("pdfsig: %s", said)
	}
	run(t, "qpdf", "--check", file)
	if was, is := run(t, "pdftotext", before, "-"), run(t, "pdftotext", file, "-"); was != is || len(was) < 1000 {
		t.Errorf("the words are others after the seal: %d bytes, %d before", len(is), len(was))
	}
	if said := run(t, "pdfinfo", "-struct", file); !strings.Contains(said, "Form") {
		t.Errorf("the seal has no place in the structure of the document:\n%s", said)
	}
}
