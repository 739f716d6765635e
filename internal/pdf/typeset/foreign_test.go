package typeset_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/testkit/archival"
	"chancery.example/letter"
)

// run runs a foreign program on a file, or skips the test, loudly.
func run(t *testing.T, file []byte, name string, args ...string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED FOR WANT OF A PROGRAM: %s is not installed", name)
	}
	path := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "FILE", path)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out, &stderr)
	}
	return string(out)
}

// bare is the letters and figures of each word, which is what must come back:
// where a full stop beside a figure belongs, programs do not agree.
func bare(text string) []string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.L, unicode.N, unicode.M):
			return r
		case unicode.Is(unicode.Cf, r) && (r < 0x202A || r > 0x202E):
			return -1
		case unicode.In(r, unicode.Cf, unicode.Z, unicode.Cc):
			return ' '
		}
		return -1
	}, norm.NFC.String(text))
	return strings.Fields(text)
}

// recall is how many of the words are there, in whatever order.
func recall(words, there []string) (share float64, lost []string) {
	have := map[string]int{}
	for _, w := range there {
		have[w]++
	}
	for _, w := range words {
		if have[w] == 0 {
			lost = append(lost, w)
		}
		have[w]--
	}
	return 1 - float64(len(lost))/float64(len(words)), lost
}

// turned is a word read from the other side.
func turned(words []string) []string {
	var out []string
	for _, w := range words {
		r := []rune(w)
		slices.Reverse(r)
		out = append(out, norm.NFC.String(string(r)))
	}
	return out
}

// Programs that we did not write get the words back: every English one, and the
// Arabic ones in whatever order. MuPDF of Debian 12 gives Arabic letters from left to right
// as they stand on the page; its words are read from the other side as well.
func TestOthersReadTheWords(t *testing.T) {
	for name, l := range map[string]typeset.Letter{"letter": harbour(t), "draft": draft(t, 4), "joined": joined(t)} {
		r := set(t, l)
		for program, args := range map[string][]string{"pdftotext": {"FILE", "-"}, "mutool": {"draw", "-q", "-F", "txt", "FILE"}} {
			t.Run(name+" "+program, func(t *testing.T) {
				there := bare(run(t, r.PDF, program, slices.Clone(args)...))
				if program == "mutool" {
					there = append(there, turned(there)...)
				}
				for _, text := range l.Content.Texts {
					least := 1.0
					if text.Lang.RTL() {
						least = 0.95
					}
					share, lost := recall(bare(text.Text.String()), there)
					t.Logf("%s: %.3f of the words in %s", program, share, text.Lang)
					if share < least {
						t.Errorf("%s gets %.3f of the words in %s: want %.2f; lost are %q", program, share, text.Lang, least, lost)
					}
				}
			})
		}
	}
}

// joined is a letter of what is hard to get back: marks, ligatures, joiners, Latin
// names and figures among Arabic words.
func joined(t *testing.T) typeset.Letter {
	return typeset.Letter{Content: letter.Content{Reference: "HC-1", Texts: []letter.LangText{
		{Lang: "ar", Text: canonical(t, "لا إله، الله، لأن الأمر لآخر، مُحَمَّد، كُلُّ شَيْءٍ؛ قوات CJTF-OIR ومروحيات CH-47 و UH-60 في المنطقة الدولية (IZ).\n\n٣٥٠٠ طن، 24 ساعة، 15% و2.5.")},
		{Lang: "en", Text: canonical(t, "The office filed five affidavits: fluffy, first, waffle; naïve façade, Übergröße, £5,000, 3/4, A–Z.")},
		{Lang: "fa", Text: canonical(t, "می\u200cخواهم پیوست\u200cها را بفرستم.")},
	}}}
}

// qpdf finds nothing to complain about.
func TestQPDF(t *testing.T) {
	l := draft(t, 4)
	l.Attachments = []typeset.File{{Name: "HC-2026-0012.chancery-draft", MediaType: "application/vnd.chancery.draft+cbor", Description: "Proof of the record", Data: []byte("proof")}}
	file := set(t, l).PDF
	if out := run(t, file, "qpdf", "--check", "FILE"); !strings.Contains(out, "No syntax or stream encoding errors") {
		t.Errorf("qpdf says %s", out)
	}
	if out := run(t, file, "qpdf", "--show-attachment=HC-2026-0012.chancery-draft", "FILE"); out != "proof" {
		t.Errorf("qpdf takes %q out of the file", out)
	}
}

// TestArchival: everything that is set - letters, copies with their notice and opening
// code, in every language that we have letters for, on both papers - is PDF/A-3 and
// PDF/UA-1 as far as can be seen.
func TestArchival(t *testing.T) {
	proof := []typeset.File{{Name: "proof", MediaType: "application/cbor", Description: "Proof", Data: []byte("proof")}}
	long, copied, small := draft(t, 4), draft(t, 1), harbour(t)
	long.Attachments = proof
	copied.Opening = "https://harbour.example/d/#1.abcdefghijklmnop"
	small.Form = typeset.USLetter
	letters := map[string]typeset.Letter{"a letter": harbour(t), "a long draft": long, "a copy with its opening": copied, "on US paper": small}
	for lang, text := range languages {
		letters["in "+string(lang)] = typeset.Letter{Content: letter.Content{Reference: "X-1", Texts: []letter.LangText{{Lang: lang, Text: canonical(t, text)}}}, Attachments: proof}
	}
	for name, l := range letters {
		r := set(t, l)
		for _, problem := range archival.Check(r.PDF) {
			t.Errorf("%s: %s", name, problem)
		}
	}
	silent := bytes.ReplaceAll(set(t, copied).PDF, []byte("/Alt <"), []byte("/Alu <"))
	if found := strings.Join(archival.Check(silent), "\n"); !strings.Contains(found, "UA 7.3") {
		t.Errorf("a figure that says nothing is not found: %q", found)
	}
}
