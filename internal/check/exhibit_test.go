package check

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"chancery.example/letter"
	"chancery.example/register"
)

func TestUnreadableExhibits(t *testing.T) {
	_, w := embedded(t)
	s := w.snapshot(w.end())
	for name, c := range map[string]struct {
		e    Exhibit
		want ReadProblem
	}{
		"empty":            {Exhibit{}, ProblemEmpty},
		"no words":         {Exhibit{Data: []byte(" \n\u200b ... \n")}, ProblemEmpty},
		"huge file":        {Exhibit{Data: make([]byte, MaxFile+1)}, ProblemHuge},
		"huge text":        {Exhibit{Data: bytes.Repeat([]byte("word "), MaxText/5+10)}, ProblemHuge},
		"too many words":   {Exhibit{Data: bytes.Repeat([]byte("word "), MaxWords+1)}, ProblemHuge},
		"too many signs":   {Exhibit{Data: bytes.Repeat([]byte("a $ "), MaxWords-1)}, ProblemHuge},
		"PDF":              {Exhibit{Data: []byte("%PDF-1.7\n%äöü")}, ProblemBinary},
		"picture":          {Exhibit{Data: []byte("\x89PNG\r\n\x1a\n....")}, ProblemBinary},
		"zero bytes":       {Exhibit{Data: []byte("abc\x00def")}, ProblemBinary},
		"controls":         {Exhibit{Data: bytes.Repeat([]byte{1, 2, 3, 'a'}, 50)}, ProblemBinary},
		"Latin-1":          {Exhibit{Data: []byte("d\xe9j\xe0 vu")}, ProblemEncoding},
		"half of UTF-16":   {Exhibit{Data: []byte("\xff\xfea\x00b")}, ProblemEncoding},
		"broken UTF-16":    {Exhibit{Data: []byte("\xff\xfe\x00\xd8a\x00")}, ProblemEncoding},
		"unknown kind":     {Exhibit{Data: []byte("words"), As: "poem"}, ProblemKind},
		"page without any": {Exhibit{Data: []byte("<!doctype html><script>words</script><p hidden>more</p>")}, ProblemEmpty},
	} {
		_, err := s.Examine(t.Context(), c.e, epoch)
		var re *ReadError
		if !errors.As(err, &re) || re.Problem != c.want {
			t.Errorf("%s: %v, want problem %s", name, err, c.want)
		} else if f := s.Unread(err, epoch); f == nil || f.Exit() != ExitUnreadable {
			t.Errorf("%s: the finding for it is %+v", name, f)
		}
	}
}

func TestUTF16AndCRLF(t *testing.T) {
	story, w := embedded(t)
	s := w.snapshot(w.end())
	text := strings.ReplaceAll(story.file(t, "tariff.en.txt"), "\n", "\r\n")
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	if f := examine(t, s, Exhibit{Data: wide}, w.end()); f.Exit() != ExitInForce {
		t.Errorf("UTF-16 with a byte order mark: %s", f.Headline.Code)
	}
}

func TestFileByDigest(t *testing.T) {
	story, w := embedded(t)
	pdf := []byte("%PDF-1.7 a forged page")
	w.disavow("minister", map[string]string{"en": "All lights go out at noon."}, []letter.Hash{sha256.Sum256(pdf), sha256.Sum256([]byte(story.file(t, "notice.html")))},
		register.Words{"en": "Not ours."}, w.end())
	s, at := w.snapshot(w.end()), w.end()
	f := examine(t, s, Exhibit{Name: "x.html", Data: []byte(story.file(t, "notice.html"))}, at)
	if f.Headline.Code != "exact_file/in_force" || f.Exit() != 0 || f.Record.Reference != "HC-2026-0010" {
		t.Errorf("the notice: %s, record %v", f.Headline.Code, f.Record)
	}
	if len(f.Others) != 1 || f.Others[0].Standing != register.Disavowed {
		t.Errorf("another office's disavowal of the file must stand beside: %v", f.Others)
	}
	if f := examine(t, s, Exhibit{Data: pdf}, at); f.Exit() != ExitDisavowed {
		t.Errorf("a disavowed file: %s", f.Headline.Code)
	}
	if f := examine(t, s, Exhibit{Data: append(pdf, ' '), As: KindFile}, at); f.Headline.Code != "none/not_on_record" {
		t.Errorf("one byte more: %s", f.Headline.Code)
	}
	// The same words as a page, not the same file.
	page := strings.Replace(story.file(t, "notice.html"), "<p>", "<p class=x>", 1)
	f = examine(t, s, Exhibit{Data: []byte(page)}, at)
	if f.Headline.Code != "same_text/in_force" || !hasChip(f, ChipNotOriginal) {
		t.Errorf("the notice saved anew: %s %v", f.Headline.Code, f.Evidence)
	}
}

func hasChip(f Finding, k ChipKind) bool {
	for _, c := range f.Evidence {
		if c.Kind == k {
			return true
		}
	}
	return false
}

func TestHTML(t *testing.T) {
	p := readHTML(`<html><head><title>t</title><style>p{}</style></head><body><h1>Head</h1><p>One <b>two</b><br>three&nbsp;four
		<span style="display: none">hidden</span></p><!-- no --><blockquote><p>A long <q>inner</q> word.</p><p>And more.</p></blockquote>after
		<div hidden>x<div>y</div>z</div>end<script>bad("</p>")</script></body></html>`)
	const want = "Head\n\nOne two\nthree\u00a0four\n\nA long “inner” word.\n\nAnd more.\n\nafter end\n"
	if p.text != want {
		t.Errorf("text %q\nwant %q", p.text, want)
	}
	if len(p.blocks) != 1 || p.text[p.blocks[0].from:p.blocks[0].to] != "A long “inner” word.\n\nAnd more." {
		t.Errorf("block quotations %v", p.blocks)
	}
}

func TestQuotationMarks(t *testing.T) {
	for text, want := range map[string]string{
		`He said "one thing" and "another," too.`:                        "one thing|another",
		`“Curly ‘nested one’ here”, and ‘single marks’ too.`:             "Curly ‘nested one’ here|nested one|single marks",
		`«À la française», „deutsch“, »dansk«, ‚einfach‘, ‹petit›.`:      "À la française|deutsch|dansk|einfach|petit",
		`「日本語の引用」と『もう一つ』`:                                                "日本語の引用|もう一つ",
		`قال الوزير: «لن نغادر» ثم "سنعود".`:                             "لن نغادر|سنعود",
		`The workers' union isn't "theirs", it's 'ours' since the '90s.`: "theirs|ours",
		`‘The workers’ union won’t go’ was the cry.`:                     "The workers’ union won’t go",
		`A 5" pipe and a 6" pipe.`:                                       "",
		`An unclosed "quotation goes nowhere.`:                           "",
		"“First paragraph\n\n“Second paragraph” end.":                    "First paragraph|Second paragraph",
		`U.S.' "movement out" and Iraq's "decision",`:                    "movement out|decision",
		`”Svenska citat” och ”ett till”.`:                                "Svenska citat|ett till",
		`« espacé comme il faut »`:                                       "espacé comme il faut",
	} {
		var got []string
		for _, q := range quotations(paper{text: text}) {
			got = append(got, text[q.from:q.to])
		}
		if g := strings.Join(got, "|"); g != want {
			t.Errorf("%s\n got %s\nwant %s", text, g, want)
		}
	}
}

func TestSpeakers(t *testing.T) {
	_, w := embedded(t)
	s := w.snapshot(w.end())
	for text, want := range map[string]string{
		`"X y z", Salma Orabi said.`:                                        "Salma Orabi",
		`"X y z," said Salma Orabi on Monday.`:                              "Salma Orabi",
		`"X y z", Transport Minister Orabi told reporters.`:                 "Orabi",
		`"X y z", said the skipper Tomas Verrin.`:                           "Tomas Verrin",
		`"X y z," Gen. Tomas Verrin said.`:                                  "Tomas Verrin",
		`"X y z," Tomas Verrin, the oldest skipper, said.`:                  "Tomas Verrin",
		`Tomas Verrin said: "X y z"`:                                        "Tomas Verrin",
		`On Monday Tomas Verrin told reporters that "X y z" was true.`:      "Tomas Verrin",
		`According to Tomas Verrin, "X y z".`:                               "Tomas Verrin",
		`"X y z", according to Tomas Verrin.`:                               "Tomas Verrin",
		`Tomas Verrin: "X y z"`:                                             "Tomas Verrin",
		`"X y z". Salma Orabi was seen leaving.`:                            "",
		`"X y z". Salma Orabi said nothing.`:                                "",
		`"X y z", he said.`:                                                 "",
		`"X y z", said a spokesman for Salma Orabi.`:                        "",
		`"X y z", said an aide to the Minister.`:                            "",
		`Salma Orabi left early. The page says "X y z".`:                    "",
		`The letter told Iraq that troops were preparing to depart "X y z"`: "",
		`"X y z", a source said.`:                                           "",
		`"X y z," The Courier's Tomas Verrin said.`:                         "Tomas Verrin",
		`„X y z“, sagte Tomas Verrin.`:                                      "Tomas Verrin",
		`« X y z », a déclaré Tomas Verrin.`:                                "Tomas Verrin",
		`قال إدريس بن حميدة: «س ص ع»`:                                       "إدريس بن حميدة",
		`وقال المتحدث باسم الوزارة: «س ص ع»`:                                "",
	} {
		p := paper{text: text}
		qs := quotations(p)
		if len(qs) != 1 {
			t.Errorf("%s: %d quotations", text, len(qs))
			continue
		}
		if got := s.speakerOf(text, quoted{from: 0, to: len(text)}, qs[0]).name; got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestLongTextsEndSoon(t *testing.T) {
	_, w := embedded(t)
	s := w.snapshot(w.end())
	same := strings.Repeat("the harbour is open ", MaxWords/4-1)
	quotes := strings.Repeat("\"we go now to sea\" and 'then' ‘so’ « ", MaxWords/9)
	nested := strings.Repeat("<div><blockquote><q>a ", 6000)
	for name, text := range map[string]string{"repeated": same, "quotations": quotes, "html": "<html>" + nested, "marks": strings.Repeat("“ a ‘ b ", 9000)} {
		began := time.Now()
		_, err := s.Examine(t.Context(), Exhibit{Data: []byte(text)}, w.end())
		t.Logf("%s: %v %v", name, time.Since(began).Round(time.Millisecond), err)
		if d := time.Since(began); d > 20*time.Second { // seconds on a busy machine; minutes if quadratic
			t.Errorf("%s took %v", name, d)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Examine(ctx, Exhibit{Data: []byte(quotes)}, epoch); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled check: %v", err)
	}
}

func FuzzExamine(f *testing.F) {
	_, w := embedded(f)
	s := w.snapshot(w.end())
	for _, x := range []string{"plain words", `"a quotation of five words", Salma Orabi said.`, "<html><blockquote>x<q>y", "قال: «س»", "\xff\xfea\x00", "a\u0301 \u202e“”‘’'", "١٢ 10² ½ ﬁ ß"} {
		f.Add([]byte(x), "", false)
		f.Add([]byte(x), "x.html", true)
	}
	f.Fuzz(func(t *testing.T, data []byte, name string, report bool) {
		e := Exhibit{Name: name, Data: data}
		if report {
			e.As = KindReport
		}
		found, err := s.Examine(t.Context(), e, epoch)
		if err != nil {
			var re *ReadError
			if !errors.As(err, &re) {
				t.Fatalf("an error of another sort: %v", err)
			}
			return
		}
		if !utf8.ValidString(found.Text) {
			t.Fatalf("text is not UTF-8: %q", found.Text)
		}
		runes := []rune(found.Text)
		for _, q := range found.Quotations {
			if got := string(runes[q.Offset : q.Offset+q.Length]); got != q.Quotation {
				t.Fatalf("quotation %q does not stand at its offset: %q", q.Quotation, got)
			}
		}
		if c := found.Coverage; c != nil && (c.Copy < 0 || c.Copy > 1 || c.Record < 0 || c.Record > 1) {
			t.Fatalf("coverage %v", c)
		}
	})
}

func FuzzHTML(f *testing.F) {
	f.Add("<p>a<blockquote>b</p><q>c</blockquote><script>d")
	f.Add("<svg/><svg>x</svg>y<title/>z<p hidden>a<p>b")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		p := readHTML(s)
		for _, b := range p.blocks {
			if b.from < 0 || b.from > b.to || b.to > len(p.text) || !utf8.ValidString(p.text[b.from:b.to]) {
				t.Fatalf("block %v of a text of %d bytes", b, len(p.text))
			}
		}
	})
}
