package form_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/around"
	"chancery.example/internal/form"
	"chancery.example/internal/kind"
	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/testkit"
	"chancery.example/internal/testkit/children"
	"chancery.example/letter"
)

const (
	english = `Sir,

From 4 March 2026 the south lock is closed to vessels of more than 40 metres. Vessels that wait are called in by the pilot station.

The dues of 1,250 euros (50 %) are not raised.
`
	arabic = `سيدي،

اعتبارًا من 4 آذار/مارس 2026 يُغلق الهويس الجنوبي أمام السفن التي يزيد طولها على 40 مترًا. وتُستدعى السفن المنتظرة من محطة الإرشاد (HC-2019-0044).

لا تُستوفى الرسوم البالغة 1,250 يورو (50 %).
`
)

var day = time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC)

func text(t testing.TB, l letter.Lang, s string) letter.LangText {
	t.Helper()
	x, err := letter.Canonicalize([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return letter.LangText{Lang: l, Text: x}
}

// order is a letter with everything that stands around one.
func order(texts ...letter.LangText) form.Order {
	return form.Order{First: day, Last: day, Letter: typeset.Letter{
		Content: letter.Content{
			Reference: "HC-2026-0012", Type: letter.TypeLetter, Texts: texts, Prevailing: texts[0].Lang,
			Addressees: []string{"Ministry of Transport", "Coast Guard"}, Distribution: []string{"Pilots' Association"},
			Enclosures: []letter.Enclosure{{Title: "Chart of the outer harbour"}},
			Signature:  letter.SignatureBlock{Kind: letter.SignatureInk, Lines: []string{"Amina Haddad", "Director"}},
		},
		Office: []typeset.Words{{Language: "en", Text: "Harbour Commission"}, {Language: "ar", Text: "هيئة الميناء"}},
		Domain: "harbour.example", Date: around.Day(day, texts),
		Code: "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012",
	}}
}

func both(t testing.TB) form.Order { return order(text(t, "en", english), text(t, "ar", arabic)) }

// TestMake: the same order makes the same file, in both languages; what seals it gets
// the file once, and what comes back from it is the form.
func TestMake(t *testing.T) {
	t.Parallel()
	m := children.Forms(t)
	first, err := m.Make(t.Context(), both(t))
	if err != nil {
		t.Fatal(err)
	}
	o := both(t)
	sealed := 0
	o.Seal = func(_ context.Context, data []byte) ([]byte, error) {
		sealed++
		if !bytes.Equal(data, first) {
			t.Error("made again it is another file")
		}
		return append(bytes.Clone(data), "% sealed\n"...), nil
	}
	got, err := m.Make(t.Context(), o)
	if err != nil || sealed != 1 || !bytes.HasSuffix(got, []byte("% sealed\n")) {
		t.Errorf("sealed %d times, %d bytes of %d, %v", sealed, len(got), len(first), err)
	}
	if _, err := (form.Maker{}).Make(t.Context(), both(t)); kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "nothing here reads PDFs") {
		t.Errorf("without a reader: %v", err)
	}
}

// A bent reader says something else than the file shows.
type bent struct {
	*extract.Reader
	bend func(*pdf.Reading) error
}

func (b bent) Read(ctx context.Context, data []byte) (pdf.Reading, error) {
	r, err := b.Reader.Read(ctx, data)
	if err != nil {
		return r, fmt.Errorf("bent: %w", err)
	}
	return r, b.bend(&r)
}

// TestWhatDoesNotReadBackIsNoForm: a sealed file that shows anything else than what was
// set - in either language - is refused with the words, and one that cannot be read is
// refused as well. Nothing comes of it.
func TestWhatDoesNotReadBackIsNoForm(t *testing.T) {
	t.Parallel()
	find := func(r *pdf.Reading, s string) *layout.Word {
		for p := range r.Pages {
			for i := range r.Pages[p].Words {
				if w := &r.Pages[p].Words[i]; strings.Contains(w.Text, s) {
					return w
				}
			}
		}
		t.Fatalf("no %q in the reading", s)
		return nil
	}
	for name, c := range map[string]struct {
		bend func(*pdf.Reading) error
		want kind.Kind
		says []string
	}{
		"as it is":       {func(*pdf.Reading) error { return nil }, kind.Unknown, nil},
		"another word":   {func(r *pdf.Reading) error { find(r, "south").Text = "north"; return nil }, kind.Invalid, []string{"page 1", `"north" where "south"`}},
		"another figure": {func(r *pdf.Reading) error { find(r, "1,250").Text = "1,260"; return nil }, kind.Invalid, []string{`"1,260" where "1,250"`}},
		"an Arabic word": {func(r *pdf.Reading) error { find(r, "الجنوبي").Text = "الشمالي"; return nil }, kind.Invalid, []string{"page 2", "الشمالي"}},
		"a word less":    {func(r *pdf.Reading) error { w := &r.Pages[0].Words; *w = (*w)[:len(*w)-1]; return nil }, kind.Invalid, []string{"page 1"}},
		"a word more": {func(r *pdf.Reading) error {
			p := &r.Pages[1]
			p.Words = append(p.Words, layout.Word{Text: "not", Box: layout.Box{X: 5, Y: 5, Width: 9, Height: 3}})
			return nil
		}, kind.Invalid, []string{`it shows "not" where "" was set`}},
		"a sign":          {func(r *pdf.Reading) error { find(r, "raised.").Text = "raised!"; return nil }, kind.Invalid, []string{"signs"}},
		"moved elsewhere": {func(r *pdf.Reading) error { find(r, "south").Box.Y = 250; return nil }, kind.Invalid, []string{`"" where "south"`}},
		"a page less":     {func(r *pdf.Reading) error { r.Pages = r.Pages[:1]; return nil }, kind.Invalid, []string{"1 pages where 2"}},
		"hidden words": {func(r *pdf.Reading) error {
			r.Remarks = append(r.Remarks, pdf.Remark{Kind: pdf.Invisible, Page: 2, Text: "secret"})
			return nil
		}, kind.Invalid, []string{"page 2", "secret"}},
		"no time": {func(r *pdf.Reading) error {
			r.Remarks = append(r.Remarks, pdf.Remark{Kind: pdf.PagesLeft, Count: 1})
			return nil
		}, kind.Unavailable, []string{"1 of its 2 pages", "try again"}},
		"no reader here": {func(*pdf.Reading) error { return &pdf.Error{Problem: pdf.Failed, Advice: "not here"} }, kind.Unavailable, []string{"not here", `"none"`}},
		"too long":       {func(*pdf.Reading) error { return &pdf.Error{Problem: pdf.TooLarge, Advice: "too long"} }, kind.Invalid, []string{"too long"}},
	} {
		out, err := form.New(bent{children.Reader(t), c.bend}).Make(t.Context(), both(t))
		if kind.Of(err) != c.want || (out == nil) != (err != nil) {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
		for _, s := range c.says {
			if err != nil && !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %q is not in %q", name, s, err)
			}
		}
	}
}

// TestRealLettersReadBack: the gate holds up no letter that can be set. All of the
// test input with CHANCERY_FORMS set, else a few.
func TestRealLettersReadBack(t *testing.T) {
	t.Parallel()
	m := children.Forms(t)
	all := testkit.Letters(t, "letters/register.jsonl.gz")
	step := len(all) / 6
	if os.Getenv("CHANCERY_FORMS") != "" {
		step = 5
	}
	tried := 0
	for i := 0; i < len(all); i += step {
		x, err := letter.Canonicalize([]byte(all[i].Text))
		if err != nil {
			continue
		}
		_, err = m.Make(t.Context(), order(letter.LangText{Lang: "en", Text: x}))
		if err != nil {
			t.Errorf("%s: %v", all[i].ID, err)
		}
		tried++
	}
	for _, l := range []letter.Lang{"en", "ar"} {
		name := "letter." + string(l) + map[letter.Lang]string{"en": "", "ar": ".1"}[l] + ".txt"
		if _, err := m.Make(t.Context(), order(text(t, l, string(testkit.Read(t, "january-2020/"+name))))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		tried++
	}
	if tried < 6 {
		t.Errorf("only %d letters were tried", tried)
	}
	t.Logf("%d letters read back", tried)
}

// elsewhere sets a letter as another program would: without a code, and with a text of
// its own where the test wants one.
func elsewhere(t testing.TB, o form.Order, bend func(*typeset.Letter)) []byte {
	t.Helper()
	l := o.Letter
	l.Content.Texts, l.Code = slices.Clone(l.Content.Texts), ""
	if bend != nil {
		bend(&l)
	}
	set, err := typeset.Set(l)
	if err != nil {
		t.Fatal(err)
	}
	return set.PDF
}

// TestMadeElsewhere: a PDF of another program that shows the letter becomes its form,
// with the code on every page; one that shows other words is refused with them, before
// and after it was confirmed.
func TestMadeElsewhere(t *testing.T) {
	t.Parallel()
	m, o := children.Forms(t), order(text(t, "en", english))
	o.Given = elsewhere(t, o, nil)
	s, err := m.Look(t.Context(), o)
	if err != nil || !s.Fit() || s.Pages != 1 || !strings.Contains(s.Text, "south lock is closed") {
		t.Fatalf("%+v, %v", s, err)
	}
	out, err := m.Make(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := children.Reader(t).Read(t.Context(), out)
	if err != nil || strings.Count(r.First().Text, o.Letter.Code) != 1 {
		t.Errorf("the code is not on it once: %v, %q", err, r.First().Text)
	}
	for name, c := range map[string]struct {
		bend func(*typeset.Letter)
		says []string
	}{
		"a day": {func(l *typeset.Letter) {
			l.Content.Texts[0] = text(t, "en", strings.Replace(english, "4 March", "5 March", 1))
		}, []string{`it shows "5" where the letter says "4"`}},
		"words less": {func(l *typeset.Letter) {
			l.Content.Texts[0] = text(t, "en", strings.Replace(english, "Vessels that wait are called in by the pilot station.", "…", 1))
		}, []string{`it leaves out "Vessels that wait`}},
		"the end less": {func(l *typeset.Letter) {
			l.Content.Texts[0] = text(t, "en", strings.Replace(english, "\n\nThe dues of 1,250 euros (50 %) are not raised.", "", 1))
		}, []string{`it leaves out "The dues`}},
		"a word more": {func(l *typeset.Letter) {
			l.Content.Texts[0] = text(t, "en", strings.Replace(english, "not raised", "not yet raised", 1))
		}, []string{`it shows "yet"`}},
		"letterhead": {func(l *typeset.Letter) {
			l.Office = []typeset.Words{{Language: "en", Text: "Harbour Commission, Box 12"}}
		}, []string{"Box 12"}},
		"another date": {func(l *typeset.Letter) { l.Date = around.Day(day.AddDate(0, 0, -9), l.Content.Texts) }, []string{"21 February"}},
		"addressees":   {func(l *typeset.Letter) { l.Content.Addressees = l.Content.Addressees[:1] }, []string{"Ministry of Transport"}},
		"other letter": {func(l *typeset.Letter) { l.Content.Texts[0] = text(t, "en", "Madam,\n\nthank you for your words.\n") }, []string{"which the letter does not say", "leaves out"}},
		"another's code": {func(l *typeset.Letter) {
			l.Content.Texts[0] = text(t, "en", english+"\nhttps://harbour.example/q/#HC-9\n")
		}, []string{"HC-9"}},
	} {
		o := order(text(t, "en", english))
		o.Given = elsewhere(t, o, c.bend)
		s, err := m.Look(t.Context(), o)
		if err != nil || s.Fit() {
			t.Errorf("%s: fits, %v", name, err)
			continue
		}
		for _, w := range c.says {
			if !strings.Contains(s.Err().Error(), w) {
				t.Errorf("%s: %q is not in %q", name, w, s.Err())
			}
		}
	}
	o.Given = elsewhere(t, o, func(l *typeset.Letter) {
		l.Content.Texts[0] = text(t, "en", strings.Replace(english, "50 %", "60 %", 1))
	})
	if out, err := m.Make(t.Context(), o); kind.Of(err) != kind.Invalid || out != nil || !strings.Contains(err.Error(), `"60" where the letter says "50"`) {
		t.Errorf("made at once: %v", err)
	}
	o.Given = []byte("%PDF-1.7 no more than a beginning")
	if _, err := m.Look(t.Context(), o); kind.Of(err) != kind.Invalid {
		t.Errorf("a broken file: %v", err)
	}
	if _, err := m.Make(t.Context(), o); kind.Of(err) != kind.Invalid {
		t.Errorf("a broken file: %v", err)
	}
	var no *pdf.Error
	if _, err := m.Look(t.Context(), o); !errors.As(err, &no) {
		t.Errorf("a broken file: %v", err)
	}
}

// TestDigest: it names file and words, and no other.
func TestDigest(t *testing.T) {
	t.Parallel()
	a := form.Shown{File: letter.Hash{1}, Text: "words"}
	if a.Digest() != (form.Shown{File: letter.Hash{1}, Text: "words", Pages: 3}).Digest() {
		t.Error("something else is in it")
	}
	for _, b := range []form.Shown{{File: letter.Hash{2}, Text: "words"}, {File: letter.Hash{1}, Text: "word"}} {
		if a.Digest() == b.Digest() {
			t.Errorf("%+v has the same", b)
		}
	}
}
