package letter_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/letter"
)

// TestParseRef (MUST-9): references stand in addresses.
func TestParseRef(t *testing.T) {
	for _, s := range []string{"HC-2026-0012", "a", "A/RES/377", "0.1_x", "x.", strings.Repeat("a", 64)} {
		if r, err := letter.ParseRef(s); err != nil || string(r) != s {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{
		"", " ", "-x", "/x", ".x", "x/", "a//b", "a..b", "../a", "a/./b", "a/.", "a b", "a\n", "é", "a%2f", "a?b", "a#b",
		strings.Repeat("a", 65), "\u202ea",
	} {
		if _, err := letter.ParseRef(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringMatching(`[A-Za-z0-9._/ -]{0,70}`).Draw(rt, "reference")
		r, err := letter.ParseRef(s)
		if err == nil && (string(r) != s || strings.Contains("/"+s+"/", "/../") || strings.Contains("/"+s+"/", "/./") || strings.Contains(s, " ")) {
			rt.Fatalf("%q was taken", s)
		}
	})
}

// TestParseLang (MUST-9).
func TestParseLang(t *testing.T) {
	for in, want := range map[string]letter.Lang{"en": "en", "AR": "ar", "zh-Hant": "zh-hant", "ckb": "ckb"} {
		if l, err := letter.ParseLang(in); err != nil || l != want {
			t.Errorf("%q: %q, %v", in, l, err)
		}
	}
	for _, in := range []string{"", "e", "engl", "en-GB", "en_", "en-", "e1", "zh-hant-tw", " en", "en\n"} {
		if l, err := letter.ParseLang(in); err == nil {
			t.Errorf("%q was taken as %q", in, l)
		}
	}
}

func TestDirection(t *testing.T) {
	for l, rtl := range map[letter.Lang]bool{"ar": true, "he": true, "fa": true, "en": false, "zh-hant": false, "az-arab": true, "ar-latn": false, "ckb": true} {
		if l.RTL() != rtl {
			t.Errorf("%s is written from the right: %v", l, l.RTL())
		}
	}
}

// TestParseType (MUST-9).
func TestParseType(t *testing.T) {
	for _, s := range []string{"letter", "memorandum", "note-verbale", "statement", "notice"} {
		if _, err := letter.ParseType(s); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []string{"", "Letter", "note verbale", "poem"} {
		if _, err := letter.ParseType(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

// TestHashForms: one form in text, round trips in JSON.
func TestHashForms(t *testing.T) {
	h := letter.Hash{0xab, 1}
	b, err := json.Marshal(map[string]letter.Hash{"h": h})
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]letter.Hash
	if err := json.Unmarshal(b, &back); err != nil || back["h"] != h || !strings.Contains(string(b), "ab01000000") {
		t.Errorf("%s, %v", b, err)
	}
	good := h.String()
	for _, s := range []string{"", good[1:], good + "0", strings.ToUpper(good), strings.Replace(good, "a", "g", 1), " " + good[1:]} {
		if _, err := letter.ParseHash(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	if !(letter.Hash{}).IsZero() || h.IsZero() {
		t.Error("zero")
	}
}

// TestFields (MUST-10).
func TestFields(t *testing.T) {
	for _, f := range []letter.Field{"reference", "signature", "text/en", "text/zh-hant"} {
		if !f.Valid() {
			t.Errorf("%s is a field", f)
		}
	}
	for _, f := range []letter.Field{"", "text", "text/", "text/EN", "text/en/x", "Reference", "watermark"} {
		if f.Valid() {
			t.Errorf("%q is no field", f)
		}
	}
	if l, ok := letter.TextField("ar").Lang(); !ok || l != "ar" {
		t.Error("the language of a text field")
	}
}

// TestRunningMatter (MUST-13): what is ignored, and what looks like it and is
// not.
func TestRunningMatter(t *testing.T) {
	for _, line := range []string{
		"Page 1", "page 12 of 30", "PAGE 3/4", "Page ٣ of ٤", "صفحة ١", "صفحة 2 من 3", "- 4 -", "– 12 –", "3 / 7", "3/7",
		"Draft, revision 2 - copy 3 of 9 for Ministry of Ports, clearance - not issued",
		"مسودة، المراجعة 2 - النسخة 3 من 9 إلى وزارة الموانئ - لم تصدر",
		"Chancery code: https://harbour.example/q/#1.harbour.1.56df4d37ce57c71b.HC-2026-0012",
		"رمز السجل: https://harbour.example/q/#1.harbour.12.56df4d37ce57c71b.HC/2026/12", "https://harbour.example/q/#1.h.1.0123456789abcdef.A",
	} {
		if got := letter.RunningMatter("Sir,\n" + line + "\nthe end\n"); len(got) != 1 || ("Sir,\n" + line)[got[0].Start:got[0].End] != line {
			t.Errorf("%q is running matter: %v", line, got)
		}
	}
	for _, line := range []string{
		"Page", "Page one", "Page 12345", "see Page 1", "Page 1 is missing", "- 4", "4", "2020", "3 / 7 of us", "12 March", "Draft", "not issued",
		"Draft, revision 2 - copy 3 of 9 for X - issued", "https://harbour.example/letters/1", "https://evil.example/q/x", "Chancery code: a b",
		"Chancery code: LEAVE-AT-ONCE", "رمز السجل: HC/1", "https://harbour.example/q/#leave-at-once", "https://harbour.example/q/#1.leave-at-once",
		"https://harbour.example/q/#1.harbour.1.leave-at-once-now.HC-1", "https://harbour.example/q/#1.harbour.01.56df4d37ce57c71b.HC-1",
		"- 12345 -", "", letter.DraftNotice("en", letter.CopyMark{Holder: strings.Repeat("x", 500)}), strings.Repeat("x", 500),
	} {
		if got := letter.RunningMatter(line + "\n"); len(got) != 0 {
			t.Errorf("%q would be ignored", line)
		}
	}
}

// TestKindsOfRunningMatter: what a record may hold as its own words, and what
// anybody can word.
func TestKindsOfRunningMatter(t *testing.T) {
	notice := letter.DraftNotice("en", letter.CopyMark{Revision: 1, Copy: 1, Of: 2, Holder: "A", Purpose: "B"})
	arabic := letter.DraftNotice("ar", letter.CopyMark{Revision: 1, Copy: 1, Of: 2, Holder: "A", Purpose: "B"})
	for line, want := range map[string][2]bool{
		"- 45 -": {true, false}, "12 / 30": {true, false}, "Page 3 of 4": {}, "صفحة ١": {}, notice: {false, true}, arabic: {false, true},
	} {
		if got := [2]bool{letter.BareNumber(line), letter.FreeMatter(line)}; got != want {
			t.Errorf("%q: a bare number and free matter: %v, want %v", line, got, want)
		}
	}
}

// TestDraftNotice: the notice on our own copies is what RunningMatter knows.
func TestDraftNotice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := letter.CopyMark{
			Revision: rapid.Uint32Range(1, 99).Draw(rt, "revision"), Copy: rapid.Uint32Range(1, 99).Draw(rt, "copy"), Of: 99,
			Holder:  rapid.StringMatching(`[A-Z][a-z]{2,20}( of [A-Z][a-z]{2,9})?`).Draw(rt, "holder"),
			Purpose: "clearance", PurposeFor: map[letter.Lang]string{"ar": "مراجعة"},
		}
		for _, l := range []letter.Lang{"en", "fr", "ar", "ar-arab"} {
			notice := letter.DraftNotice(l, m)
			if spans := letter.RunningMatter(notice); len(spans) != 1 || spans[0] != (letter.Span{Start: 0, End: len(notice)}) {
				rt.Fatalf("%q is not running matter", notice)
			}
			text, err := letter.Canonicalize([]byte(notice))
			if err != nil || text.String() != notice+"\n" {
				rt.Fatalf("%q is not canonical: %v", notice, err)
			}
		}
		if ar := letter.DraftNotice("ar", m); !strings.Contains(ar, "مراجعة") || strings.Contains(ar, "clearance") {
			rt.Fatalf("%q", ar)
		}
	})
}

// TestSpansAreWhole: spans lie within the text, in order, on line ends.
func TestSpansAreWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{"Page 1", " Page 2 of 3 ", "words", "", "3 / 7", "صفحة ٤"})).Draw(rt, "lines")
		s := strings.Join(lines, "\n")
		last := 0
		for _, span := range letter.RunningMatter(s) {
			if span.Start < last || span.End <= span.Start || span.End > len(s) || strings.Contains(s[span.Start:span.End], "\n") {
				rt.Fatalf("span %v of %q", span, s)
			}
			last = span.End
		}
	})
}
