package typeset_test

import (
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/pdf/typeset"
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

// object is one of a PDF that we wrote.
var object = regexp.MustCompile(`(?s)(\d+) 0 obj\n(.*?)\nendobj`)

// inflated returns the objects of a file, their data as they are used.
func inflated(t *testing.T, file []byte) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, m := range object.FindAllSubmatch(file, -1) {
		o := string(m[2])
		if head, data, ok := strings.Cut(o, "\nstream\n"); ok && strings.Contains(head, "FlateDecode") {
			r, err := zlib.NewReader(strings.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			plain, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			o = head + "\nstream\n" + string(plain)
		}
		out[string(m[1])] = o
	}
	return out
}

// What PDF/A-3 and PDF/UA ask for and can be seen in the file. No validator of
// theirs is to be had here; docs/decisions/0051 says so.
func TestPDFAEssentials(t *testing.T) {
	l := draft(t, 4)
	l.Attachments = []typeset.File{{Name: "proof", MediaType: "application/cbor", Description: "Proof", Data: []byte("proof")}}
	r := set(t, l)
	objects := inflated(t, r.PDF)
	whole := ""
	for _, o := range objects {
		if head, _, ok := strings.Cut(o, "\nstream\n"); ok {
			o = head
		}
		whole += o + "\n"
	}
	for _, want := range []string{
		"/MarkInfo <</Marked true>>", "/Lang <FEFF0065006E>", "/DisplayDocTitle true", "/S /GTS_PDFA1", "/AFRelationship /Data", "/AF [", "/EmbeddedFiles",
		"/Type /StructTreeRoot", "/S /Document", "/S /H1", "/S /P", "/Subtype /application#2Fcbor", "/Type /Metadata /Subtype /XML",
	} {
		if !strings.Contains(whole, want) {
			t.Errorf("the file has no %s", want)
		}
	}
	for _, not := range []string{"/JS", "/JavaScript", "/OpenAction", "/AA", "/Annots", "/AcroForm", "/OCProperties", "/SMask", "/CA ", "/ca ", "/Encrypt", "/LZWDecode", "/XObject", "/ActualText", "/Launch", "/URI"} {
		if strings.Contains(whole, not) {
			t.Errorf("the file has %s", not)
		}
	}
	if strings.Count(whole, "/FontFile2") != strings.Count(whole, "/Type /FontDescriptor") || strings.Count(whole, "/ToUnicode") != strings.Count(whole, "/Subtype /Type0") {
		t.Error("a typeface is not embedded, or does not say what its codes mean")
	}
	if err := tagged(objects, len(r.Pages)); err != nil {
		t.Error(err)
	}
	if err := described(objects); err != nil {
		t.Error(err)
	}
}

// tagged: everything on a page is an artifact or hangs in the tree, and the tree's
// table of a page has as many elements as the page has marked contents.
func tagged(objects map[string]string, pages int) error {
	page := regexp.MustCompile(`/Contents (\d+) 0 R /StructParents (\d+)`)
	tree := regexp.MustCompile(`/Nums \[(.*)\]`)
	var nums []string
	seen := 0
	for _, o := range objects {
		if m := tree.FindStringSubmatch(o); m != nil {
			nums = strings.Fields(m[1])
		}
	}
	for _, o := range objects {
		m := page.FindStringSubmatch(o)
		if m == nil {
			continue
		}
		seen++
		content := objects[m[1]]
		open := 0
		for line := range strings.SplitSeq(content[strings.Index(content, "\nstream\n")+8:], "\n") {
			switch {
			case strings.HasSuffix(line, "BDC"), strings.HasSuffix(line, "BMC"):
				open++
			case line == "EMC":
				open--
			case open != 1 && line != "":
				return fmt.Errorf("page %s: %q stands outside of what is marked", m[2], line)
			}
		}
		var table string
		for i := 0; i+3 < len(nums); i += 4 {
			if nums[i] == m[2] {
				table = objects[nums[i+1]]
			}
		}
		if marks := strings.Count(content, "/MCID"); marks == 0 || marks != strings.Count(table, " 0 R") {
			return fmt.Errorf("page %s has %d marked contents, and %d in the tree's table", m[2], marks, strings.Count(table, " 0 R"))
		}
	}
	if seen != pages {
		return fmt.Errorf("%d of %d pages have a place in the tree", seen, pages)
	}
	return nil
}

// described: the metadata are XML that says which standards are meant, and the
// colour profile is one by its header.
func described(objects map[string]string) error {
	for _, o := range objects {
		head, data, _ := strings.Cut(o, "\nstream\n")
		switch {
		case strings.Contains(head, "/Type /Metadata"):
			data = strings.TrimSuffix(data, "\nendstream")
			for d := xml.NewDecoder(strings.NewReader(data)); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					return err
				}
			}
			for _, want := range []string{"<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "pdfaExtension:schemas", "HC-2026-0012"} {
				if !strings.Contains(data, want) {
					return fmt.Errorf("the metadata do not say %s", want)
				}
			}
		case strings.Contains(head, "/N 3"):
			if size := int(data[0])<<24 | int(data[1])<<16 | int(data[2])<<8 | int(data[3]); size != len(data) || data[12:20] != "mntrRGB " || data[36:40] != "acsp" {
				return fmt.Errorf("the profile says that it has %d bytes, and has %d", size, len(data))
			}
		}
	}
	return nil
}
