package lint_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/signing"
	"chancery.example/internal/testkit"
)

// A made is a PDF of one page that is made up for a test: what is not said is as in
// an ordinary letter.
type made struct {
	catalogue, page, fonts, resources, content string
	objects                                    []string // from number 6 on
	trailer                                    string
}

const ordinary = "BT /F1 11 Tf 72 720 Td (The harbour is open to vessels of the first class.) Tj ET"

func (m made) bytes() []byte {
	if m.content == "" {
		m.content = ordinary
	}
	all := append([]string{
		"<</Type/Catalog/Pages 2 0 R/Lang(en)" + m.catalogue + ">>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R/F2 5 0 R" + m.fonts + ">>" + m.resources + ">>/Contents 4 0 R" + m.page + ">>",
		stream("", m.content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}, m.objects...)
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for i, o := range all {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n", len(all)+1, table.String(), len(all)+1, m.trailer, at)
	return b.Bytes()
}

func stream(dict, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(content), content)
}

func rules(refusals []lint.Refusal) []lint.Rule {
	set := map[lint.Rule]bool{}
	for _, r := range refusals {
		set[r.Rule] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// TestOrdinaryLettersPass: plain ones, with colours, rules, boxes, a code of small
// squares, a clip around everything, marked content, forms, an allowed attachment.
func TestOrdinaryLettersPass(t *testing.T) {
	for name, m := range map[string]made{
		"plain":              {},
		"grey footer":        {content: ordinary + " 0.4 g BT /F1 7 Tf 72 40 Td (Page 1 of 1) Tj ET"},
		"notice on a ground": {content: "q 1 .945 .8 rg .45 .3 0 RG .8 w 60 700 400 40 re B Q " + ordinary},
		"underlined":         {content: ordinary + " 0.5 w 72 718 m 300 718 l S"},
		"code":               {content: ordinary + " 72 50 5 2 re 80 50 2 2 re f"},
		"clip":               {content: "q 0 0 595 842 re W n " + ordinary + " Q"},
		"white on black":     {content: "q 0 g 60 700 400 40 re f 1 g " + ordinary + " Q"},
		"marked":             {content: "/P <</MCID 0>> BDC " + ordinary + " EMC"},
		"several strings":    {content: "BT /F1 11 Tf 14 TL 1 0 0 1 72 720 Tm [(Num) -20 (ber) ] TJ T* (next line) ' 2 1 (and one) \" ET"},
		"form":               {content: "/X Do", resources: "/XObject<</X 6 0 R>>", objects: []string{stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>", ordinary)}},
		"picture":            {content: ordinary + " q 60 0 0 60 72 760 cm BI /W 1/H 1/BPC 8/CS/G ID x EI Q"},
		"composite font": {content: "BT /C 11 Tf 72 720 Td <00010002> Tj ET", fonts: "/C 6 0 R", objects: []string{
			"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 8 0 R>>",
			"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW 0/W[1[500 600]]>>",
			stream("", "1 beginbfchar <0001> <0041> endbfchar 1 beginbfrange <0002> <0003> <0042> endbfrange"),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := lint.Check(m.bytes(), lint.Allowed{}); len(got) != 0 {
				t.Error(lint.Error(got))
			}
		})
	}
	attached := made{catalogue: "/AF[6 0 R]/Names<</EmbeddedFiles<</Names[(proof) 6 0 R]>>>>", objects: []string{"<</Type/Filespec/F(a.chancery-draft)/UF(a.chancery-draft)/EF<</F 7 0 R>>>>", stream("/Type/EmbeddedFile", "proof")}}
	if got := lint.Check(attached.bytes(), lint.Allowed{Attachments: []string{"a.chancery-draft"}}); len(got) != 0 {
		t.Error(lint.Error(got))
	}
	if got := rules(lint.Check(attached.bytes(), lint.Allowed{})); !slices.Contains(got, lint.Attached) {
		t.Errorf("an attachment that is not allowed: %v", got)
	}
}

// refused is, for each rule, made-up PDFs that break it and no other.
var refused = map[lint.Rule]map[string]made{
	lint.Encrypted: {"encrypted": {trailer: "/Encrypt<</Filter/Standard>>"}},
	lint.Unused: {
		"an object": {objects: []string{"<</Type/Page/MediaBox[0 0 9 9]>>"}},
		"a stream":  {objects: []string{stream("", "BT ET")}},
	},
	lint.Annotated: {
		"link":   {page: "/Annots[<</Subtype/Link/Rect[0 0 9 9]>>]"},
		"stamp":  {page: "/Annots[6 0 R]", objects: []string{"<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]>>"}},
		"widget": {page: "/Annots[<</Subtype/Widget/FT/Tx/Rect[0 0 9 9]>>]"},
	},
	lint.Active: {
		"on opening":  {catalogue: "/OpenAction[3 0 R/Fit]"},
		"on the page": {page: "/AA<</O 6 0 R>>", objects: []string{"<</Type/Action/D 1>>"}},
		"address":     {catalogue: "/PageLabels<</S/URI/URI(https://example.org)>>"},
		"program":     {catalogue: "/PageLabels<</S/Launch/F(x)>>"},
	},
	lint.Script: {
		"by name": {catalogue: "/Names<</JavaScript 6 0 R>>", objects: []string{"<</Names[]>>"}},
		"action":  {catalogue: "/PageLabels<</S/JavaScript/JS(app.alert\\(1\\))>>"},
	},
	lint.Layered: {
		"of the document": {catalogue: "/OCProperties<</OCGs[]>>"},
		"on the page":     {content: "/OC /L BDC " + ordinary + " EMC", resources: "/Properties<</L<</Type/OCG/Name(x)>>>>"},
	},
	lint.Form:      {"field": {catalogue: "/AcroForm<</Fields[]>>"}},
	lint.Attached:  {"file": {catalogue: "/AF[6 0 R]", objects: []string{"<</Type/Filespec/F(x.exe)/EF<</F 7 0 R>>>>", stream("/Type/EmbeddedFile", "MZ")}}},
	lint.External:  {"other file": {catalogue: "/AF[<</Type/Filespec/F(x)>>]"}, "address": {catalogue: "/AF[<</Type/Filespec/FS/URL/F(https://x)>>]"}, "stream": {catalogue: "/Metadata 6 0 R", objects: []string{stream("/F(x)", "")}}},
	lint.Catalogue: {"bookmarks": {catalogue: "/Outlines<<>>"}, "collection": {catalogue: "/Collection<<>>"}, "names": {catalogue: "/Names<</Dests<<>>>>"}},
	lint.PageEntry: {"unknown": {page: "/PieceInfo<<>>"}, "tiny page": {page: "/CropBox[0 0 20 20]"}},
	lint.OddFont: {
		"type 3":   {content: "BT /T 11 Tf 72 720 Td (A) Tj ET", fonts: "/T<</Subtype/Type3>>"},
		"encoding": {content: "BT /T 11 Tf 72 720 Td (AB) Tj ET", fonts: "/T<</Type/Font/Subtype/Type0/Encoding/GBK-EUC-H/ToUnicode 6 0 R/DescendantFonts[<<>>]>>", objects: []string{stream("", "1 beginbfchar <4142> <0041> endbfchar")}},
	},
	lint.OddMapping: {
		"other digits": {content: "BT /T 11 Tf 72 720 Td (38) Tj ET", fonts: "/T<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding/ToUnicode 6 0 R>>", objects: []string{stream("", "1 beginbfchar <33> <0038> endbfchar")}},
		"turns around": {content: "BT /T 11 Tf 72 720 Td (A) Tj ET", fonts: "/T<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>", objects: []string{stream("", "1 beginbfchar <41> <202E> endbfchar")}},
		"none":         {content: "BT /T 11 Tf 72 720 Td (AB) Tj ET", fonts: "/T<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<<>>]>>"},
	},
	lint.Replaced: {
		"in the content": {content: "/Span <</ActualText(closed)>> BDC " + ordinary + " EMC"},
		"by name":        {content: "/Span /S BDC " + ordinary + " EMC", resources: "/Properties<</S 6 0 R>>", objects: []string{"<</ActualText(closed)>>"}},
	},
	lint.Invisible: {"no ink": {content: "3 Tr " + ordinary}},
	lint.SameColour: {
		"white":      {content: "1 g " + ordinary},
		"light grey": {content: ".85 g " + ordinary},
		"cmyk":       {content: "0 0 .1 0 k " + ordinary},
		"on its own": {content: ".2 .3 .5 rg 60 700 400 40 re f " + ordinary},
		"on picture": {content: "q 400 0 0 100 60 680 cm BI /W 1/H 1/BPC 8/CS/G ID x EI Q " + ordinary},
		"pattern":    {content: "/Pattern cs /P scn " + ordinary},
		"by stroke":  {content: "1 G 1 Tr " + ordinary},
	},
	lint.Covered: {
		"by a box":     {content: ordinary + " 1 g 70 710 300 20 re f"},
		"by one word":  {content: ordinary + " 1 g 100 710 30 20 re f"},
		"by a picture": {content: ordinary + " q 400 0 0 100 60 680 cm BI /W 1/H 1/BPC 8/CS/G ID x EI Q"},
		"by a line":    {content: ordinary + " 1 G 12 w 72 724 m 300 724 l S"},
		"by a form":    {content: ordinary + " /X Do", resources: "/XObject<</X 6 0 R>>", objects: []string{stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]", "1 g 70 710 300 20 re f")}},
		"by a shading": {content: ordinary + " /S sh", resources: "/Shading<</S<<>>>>"},
	},
	lint.OverPrint: {"twice": {content: ordinary + " BT /F1 11 Tf 73 721 Td (The harbour is closed to vessels of the first class.) Tj ET"}},
	lint.OffPage: {
		"beside":     {content: ordinary + " BT /F1 11 Tf 700 720 Td (and closed) Tj ET"},
		"cropped":    {page: "/CropBox[0 0 595 700]"},
		"half":       {content: "BT /F1 11 Tf 400 720 Td (The harbour is open to vessels of the first class.) Tj ET"},
		"by a shift": {content: ordinary + " q 1 0 0 1 0 900 cm BT /F1 11 Tf 72 72 Td (and closed) Tj ET Q"},
	},
	lint.Clipped: {
		"away":     {content: "q 0 0 50 50 re W n " + ordinary + " Q"},
		"by shape": {content: "q 0 0 m 595 0 l 300 842 l W n " + ordinary + " Q"},
		"as shape": {content: "7 Tr " + ordinary},
		"by form":  {content: "/X Do", resources: "/XObject<</X 6 0 R>>", objects: []string{stream("/Type/XObject/Subtype/Form/BBox[0 0 50 50]/Resources<</Font<</F1 5 0 R>>>>", ordinary)}},
	},
	lint.Tiny: {
		"by size":   {content: ordinary + " BT /F1 .1 Tf 72 600 Td (and closed) Tj ET"},
		"by matrix": {content: ordinary + " BT /F1 11 Tf .01 0 0 .01 72 600 Tm (and closed) Tj ET"},
		"squeezed":  {content: ordinary + " BT /F1 11 Tf 1 Tz 72 600 Td (and closed) Tj ET"},
	},
	lint.Blended: {
		"transparent": {content: "/G gs " + ordinary, resources: "/ExtGState<</G<</ca .01>>>>"},
		"mixed":       {content: "/G gs " + ordinary, resources: "/ExtGState<</G<</BM/Screen>>>>"},
		"mask":        {content: "/G gs " + ordinary, resources: "/ExtGState<</G<</SMask<<>>>>>>"},
	},
	lint.Drawing: {
		"unknown":    {content: ordinary + " 1 2 xx"},
		"unbalanced": {content: ordinary + " Q"},
		"cut off":    {content: ordinary + " BT (a"},
	},
	lint.Complex: {
		"saved without end": {content: strings.Repeat("q ", 1000) + ordinary},
		"a vast picture":    {content: ordinary + " q 9 0 0 9 9 9 cm /X Do Q", resources: "/XObject<</X 6 0 R>>", objects: []string{stream("/Subtype/Image/Width 100000/Height 100000", "x")}},
	},
	lint.Unreadable: {
		"length":     {page: "/Contents 4 0 R"},
		"no picture": {content: ordinary + " /X Do"},
	},
}

func TestWhatALetterMustNotHaveIsRefused(t *testing.T) {
	for rule, all := range refused {
		for name, m := range all {
			t.Run(string(rule)+"/"+name, func(t *testing.T) {
				got := lint.Check(m.bytes(), lint.Allowed{})
				if want := []lint.Rule{rule}; !slices.Equal(rules(got), want) {
					t.Errorf("refused for %v, want %v", rules(got), want)
				}
				for _, r := range got {
					if r.What == "" || r.Do == "" {
						t.Errorf("%+v does not say what is wrong and what to do", r)
					}
				}
			})
		}
	}
}

// TestWhatIsInTheFileButNotInItsPages: things that need another file than made's.
func TestWhatIsInTheFileButNotInItsPages(t *testing.T) {
	base := made{}.bytes()
	at := bytes.Index(base, []byte("xref\n0 "))
	update := append(bytes.Clone(base), fmt.Sprintf("xref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Size 6/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", at, len(base))...)
	for name, c := range map[string]struct {
		data []byte
		want lint.Rule
	}{
		"revisions": {update, lint.Revisions},
		"tail":      {append(bytes.Clone(base), "secret"...), lint.Stray},
		"not a PDF": {[]byte("hello"), lint.Unreadable},
	} {
		if got := rules(lint.Check(c.data, lint.Allowed{})); !slices.Contains(got, c.want) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// TestASealedLetterPasses, as sealed, and not as one to be sealed again.
func TestASealedLetterPasses(t *testing.T) {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	k, err := signing.NewSealKey("Harbour Commission", at, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := pades.Seal(t.Context(), made{}.bytes(), pades.Options{
		Signer: k.Signer(), Chain: k.Chain(), At: at, Frame: &pades.Frame{Page: 1, Box: layout.Box{X: 120, Y: 250, Width: 60, Height: 20}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := lint.Check(sealed, lint.Allowed{Seal: true}); len(got) != 0 {
		t.Error(lint.Error(got))
	}
	if got := rules(lint.Check(sealed, lint.Allowed{})); !slices.Contains(got, lint.Form) {
		t.Errorf("sealing a sealed file: %v", got)
	}
}

// byAttack says what must be refused in the corpus's files of hidden words.
var byAttack = map[string]lint.Rule{
	"text_invisible_forged.pdf":     lint.Invisible,
	"text_white_on_white.pdf":       lint.SameColour,
	"text_offpage.pdf":              lint.OffPage,
	"text_tiny.pdf":                 lint.Tiny,
	"text_clipped.pdf":              lint.Clipped,
	"text_covered.pdf":              lint.Covered,
	"text_actualtext.pdf":           lint.Replaced,
	"text_tounicode_digits.pdf":     lint.OddMapping,
	"text_ocg_off.pdf":              lint.Layered,
	"shadow_hide_signed.pdf":        lint.Annotated,
	"shadow_unused_page_signed.pdf": lint.Unused,
}

// TestHiddenWordsOfTheCorpus: each file is refused for what is hidden in it, though
// it is no good as a PDF either: its signature was never filled in. That is mended
// here, so that the words alone are judged.
func TestHiddenWordsOfTheCorpus(t *testing.T) {
	var m struct {
		Entries []struct{ File, Expect, Category string }
	}
	if err := json.Unmarshal(testkit.Read(t, "attack-generated/manifest.json"), &m); err != nil {
		t.Fatal(err)
	}
	for _, e := range m.Entries {
		data := bytes.ReplaceAll(testkit.Read(t, "attack-generated/"+e.File), []byte("##########"), []byte("0000000000"))
		got := lint.Check(data, lint.Allowed{Seal: true})
		want, known := byAttack[e.File]
		switch {
		case known && !slices.Contains(rules(got), want):
			t.Errorf("%s: refused for %v, want %s", e.File, rules(got), want)
		case e.Expect == "refuse_at_issue" && len(got) == 0, e.Category == "gen-bomb" && len(got) == 0, e.Category == "gen-isa" && e.File != "tail_newline.pdf" && len(got) == 0: // an end of line more is none
			t.Errorf("%s passes", e.File)
		case e.Category == "gen-valid" && len(got) != 0:
			t.Errorf("%s, a good letter: %v", e.File, lint.Error(got))
		}
	}
}

// TestWhatIsLookedAtHasAnEnd: the work on a page is bounded, whatever is on it.
func TestWhatIsLookedAtHasAnEnd(t *testing.T) {
	words, squares := "1 0 0 1 72 720 Tm (ab) Tj ", "9 9 1 1 re f "
	for name, content := range map[string]string{
		"words":           "BT /F1 5 Tf " + strings.Repeat(words, 6000) + "ET",
		"ink":             strings.Repeat(squares, 13_000),
		"ink on words":    "BT /F1 5 Tf " + strings.Repeat(words, 4000) + "ET " + strings.Repeat(squares, 4000),
		"a form, doubled": "/X Do",
	} {
		m := made{content: content}
		if name == "a form, doubled" { // 2 to the power of 8 is little; deeper is refused
			m.resources, m.objects = "/XObject<</X 6 0 R>>", []string{stream("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>", "/X Do /X Do")}
		}
		if got := rules(lint.Check(m.bytes(), lint.Allowed{})); !slices.Contains(got, lint.Complex) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// FuzzCheck: whatever the bytes, an answer and no panic.
func FuzzCheck(f *testing.F) {
	for _, all := range refused {
		for _, m := range all {
			f.Add(m.bytes(), m.content)
		}
	}
	f.Fuzz(func(_ *testing.T, data []byte, content string) {
		lint.Check(data, lint.Allowed{})
		lint.Check(made{content: content}.bytes(), lint.Allowed{})
	})
}
