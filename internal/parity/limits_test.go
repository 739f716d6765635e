package parity_test

import (
	"strings"
	"testing"
	"time"

	"chancery.example/internal/parity"
	"chancery.example/letter"
)

// TestLargest: large texts of the worst sorts are compared in seconds, not in
// hours: whoever writes a draft must not be able to stop the desk.
func TestLargest(t *testing.T) {
	if testing.Short() {
		t.Skip("large texts")
	}
	fill := func(piece string) string { return strings.Repeat(piece, letter.MaxText/8/len(piece)) }
	for name, pair := range map[string][2]string{
		"one number":       {fill("1 "), fill("2 ")},
		"the same number":  {fill("1 "), fill("1 ")},
		"many numbers":     {fill("1 23 456 7890 "), fill("1 32 456 ")},
		"paragraphs":       {fill("1\n\n"), fill("2\n\n")},
		"aligned":          {fill("ab 1.\n\n"), fill("ab 2.\n\n")},
		"sentences":        {fill("It is not 6 p.m. now.\n\n"), fill("نعم الآن.\n\n")},
		"acronyms":         {fill("AB1 "), fill("CD2 ")},
		"addresses":        {fill("a@b.cd "), fill("c@d.ef ")},
		"joined":           {fill("AB-"), fill("A1/")},
		"one word":         {fill("A"), fill("ا")},
		"digits":           {fill("1"), fill("٢")},
		"separated":        {fill("1."), fill("1,")},
		"times":            {fill("11:11 "), fill("7 ")},
		"hours":            {fill("at 6 "), fill("الساعة ٦ ")},
		"number words":     {fill("one hundred and "), fill("مئة و")},
		"dates":            {fill("1 May "), fill("كانون الثاني / ")},
		"prefixes":         {fill("one "), fill("ووفلبكال")},
		"gaps":             {fill("[...] "), fill("___ ")},
		"marks":            {fill("a\u200f\n\n"), fill("ا\u2066\u2069\n\n")},
		"foreign language": {fill("abc def ghi jkl mno.\n\n"), fill("abc def ghi jkl mno.\n\n")},
	} {
		begin := time.Now()
		fs := parity.Compare(content(t, "en", pair[0], "ar", pair[1]), parity.Glossary{})
		if took := time.Since(begin); took > 60*time.Second {
			t.Errorf("%s: took %s for %d findings", name, took, len(fs))
		} else {
			t.Logf("%s: %s, %d findings", name, took.Round(time.Millisecond), len(fs))
		}
	}
}
