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
		"PDF":              {Exhibit{Data: []byte("%PDF-1.7\n%äöü")}, ProblemNoPDFs},
		"picture":          {Exhibit{Data: []byte("\x89PNG\r\n\x1a\n....")}, ProblemNoReader},
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
	if len(p.blocks) != 1 || p.text[p.blocks[0].From:p.blocks[0].To] != "A long “inner” word.\n\nAnd more." {
		t.Errorf("block quotations %v", p.blocks)
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
			if b.From < 0 || b.From > b.To || b.To > len(p.text) || !utf8.ValidString(p.text[b.From:b.To]) {
				t.Fatalf("block %v of a text of %d bytes", b, len(p.text))
			}
		}
	})
}
