package letter_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"chancery.example/letter"
)

// Limits that letter.md names, from both sides.
const (
	mostTexts = 24
	mostItems = 256
	mostItem  = 1000
)

func refused(t *testing.T, what string, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v; want one that says %q", what, err, words)
	}
}

// languages returns n tags in order.
func languages(n int) []letter.Lang {
	var out []letter.Lang
	for i := range n {
		out = append(out, letter.Lang(fmt.Sprintf("x%c%c", 'a'+i/26, 'a'+i%26)))
	}
	return out
}

// TestLimitsOfContent (MUST-9): the most of everything is taken, one more is not.
func TestLimitsOfContent(t *testing.T) {
	for n, want := range map[int]bool{0: false, 1: true, mostTexts: true, mostTexts + 1: false} {
		c := sample(t)
		c.Prevailing, c.Texts = "", nil
		for _, l := range languages(n) {
			c.Texts = append(c.Texts, letter.LangText{Lang: l, Text: text(t, "Sir,")})
		}
		_, err := letter.Seal(c, &counter{})
		if (err == nil) != want {
			t.Errorf("%d texts: %v", n, err)
		}
	}
	for n, want := range map[int]bool{0: true, mostItems: true, mostItems + 1: false} {
		c := sample(t)
		c.Addressees = slices.Repeat([]string{"The Mayor"}, n)
		if _, err := letter.Seal(c, &counter{}); (err == nil) != want {
			t.Errorf("%d addressees: %v", n, err)
		}
	}
	for n, want := range map[int]bool{1: true, mostItem: true, mostItem + 1: false} {
		c := sample(t)
		c.Addressees = []string{strings.Repeat("x", n)}
		if _, err := letter.Seal(c, &counter{}); (err == nil) != want {
			t.Errorf("an addressee of %d bytes: %v", n, err)
		}
	}
	c := sample(t)
	c.Texts[0].Lang, c.Prevailing = "EN", "EN" // can be read, and has another form
	_, err := letter.Seal(c, &counter{})
	refused(t, "a tag in capitals", err, "canonical form")
}

// TestLimitsOfDisclosures (MUST-14): fixed fields and texts, each once, in order.
func TestLimitsOfDisclosures(t *testing.T) {
	all := seal(t, sample(t)).Disclose()
	fixed := slices.DeleteFunc(slices.Clone(all), func(d letter.Disclosure) bool { _, text := d.Field.Lang(); return text })
	with := func(n int) []letter.Disclosure {
		ds := slices.Clone(fixed)
		for _, l := range languages(n) {
			ds = append(ds, letter.Disclosure{Field: letter.TextField(l)})
		}
		return ds
	}
	count := fmt.Sprintf("%d fields", len(fixed))
	refused(t, "no text", letter.CheckOrder(with(0)), count)
	refused(t, "too many texts", letter.CheckOrder(with(mostTexts+1)), fmt.Sprintf("%d fields", len(fixed)+mostTexts+1))
	for _, n := range []int{1, mostTexts} {
		if err := letter.CheckOrder(with(n)); err != nil {
			t.Errorf("%d texts: %v", n, err)
		}
	}
	swapped := with(1)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	refused(t, "fixed fields in another order", letter.CheckOrder(swapped), "field 1 is")

	refused(t, "no text by itself", letter.CheckTexts(nil), "0 texts")
	refused(t, "too many by themselves", letter.CheckTexts(with(mostTexts + 1)[len(fixed):]), fmt.Sprintf("%d texts", mostTexts+1))
	if err := letter.CheckTexts(with(mostTexts)[len(fixed):]); err != nil {
		t.Errorf("%d texts by themselves: %v", mostTexts, err)
	}
	twice := []letter.Disclosure{{Field: letter.TextField("en")}, {Field: letter.TextField("en")}}
	refused(t, "a language twice", letter.CheckTexts(twice), "each once")
}

// TestListToItsEnd (MUST-10): lists that end where they must, and do not.
func TestListToItsEnd(t *testing.T) {
	number := func(ns ...uint64) (b []byte) {
		for _, n := range ns {
			b = binary.BigEndian.AppendUint64(b, n)
		}
		return b
	}
	if got, err := letter.ParseList(number(0)); err != nil || len(got) != 0 {
		t.Errorf("an empty list: %q, %v", got, err)
	}
	if got, err := letter.ParseList(number(2, 0, 0)); err != nil || !slices.Equal(got, []string{"", ""}) {
		t.Errorf("two empty items: %q, %v", got, err)
	}
	_, err := letter.ParseList(number(1))
	refused(t, "a list cut before its item", err, "item 1")
	_, err = letter.ParseList(number(2*mostItems + 2))
	refused(t, "too many items", err, "too many")
	_, err = letter.ParseList(number(2*mostItems + 1))
	refused(t, "the most items, cut", err, "item 1")
}

// TestClippedWords: an error message quotes forty characters whole, and no more.
func TestClippedWords(t *testing.T) {
	for n, clipped := range map[int]bool{40: false, 41: true} {
		_, err := letter.ParseType(strings.Repeat("é", n))
		if err == nil || strings.Contains(err.Error(), "...") != clipped || !strings.Contains(err.Error(), strings.Repeat("é", 40)) {
			t.Errorf("%d characters: %v", n, err)
		}
	}
}

// TestOtherEncodings (MUST-2): what it is instead, told by its bytes.
func TestOtherEncodings(t *testing.T) {
	wide := func(s string, order binary.AppendByteOrder) (b []byte) {
		for _, u := range utf16.Encode([]rune(s)) {
			b = order.AppendUint16(b, u)
		}
		return b
	}
	const utf, binaryData = "UTF-16", "binary data"
	mixed := wide(strings.Repeat("letters ", 20)+strings.Repeat("رسالة", 15), binary.LittleEndian) // 160 of 235 with a zero: less than seven in ten
	mostly := wide(strings.Repeat("letters ", 20)+strings.Repeat("رسالة", 13), binary.LittleEndian)
	both := wide("Sir, the ship", binary.LittleEndian)
	both[0] = 0
	for name, c := range map[string]struct {
		bytes []byte
		words string
	}{
		"little end first":            {wide("Sir, the ship leaves.", binary.LittleEndian), utf},
		"big end first":               {wide("Sir, the ship leaves.", binary.BigEndian), utf},
		"two characters":              {wide("ab", binary.LittleEndian), utf},
		"one character":               {wide("a", binary.LittleEndian), binaryData},
		"cut in a character":          {wide("Sir, the ship", binary.LittleEndian)[:25], binaryData},
		"long, words at its start":    {append(wide(strings.Repeat("letters ", 40), binary.BigEndian), strings.Repeat("x", 400)...), utf},
		"seven in ten":                {mostly, utf},
		"fewer":                       {mixed, binaryData},
		"zeros on both sides":         {both, binaryData},
		"a zero first":                {[]byte("\x00Sir,"), binaryData},
		"with its mark, little end":   {[]byte("\xff\xfeS\x00"), utf},
		"with its mark, big end":      {[]byte("\xfe\xff\x00S"), utf},
		"a PDF file":                  {[]byte("%PDF-1.7\n"), "PDF"},
		"another alphabet's encoding": {[]byte("Stra\xdfe"), "Latin-1"},
	} {
		_, err := letter.Canonicalize(c.bytes)
		refused(t, name, err, c.words)
	}
	exactly := []byte(strings.Repeat(" ", 2*letter.MaxText))
	exactly[0] = 'x'
	if _, err := letter.Canonicalize(exactly); err != nil {
		t.Errorf("as much as is looked at: %v", err)
	}
	_, err := letter.Canonicalize(append(exactly, ' '))
	refused(t, "more than is looked at", err, "at most")
}

// TestNamesOfWhatIsRefused (MUST-7): each sort of character by its own name, and
// the right advice.
func TestNamesOfWhatIsRefused(t *testing.T) {
	for r, words := range map[rune]string{
		0x202A: "embedding or override", 0x202E: "embedding or override", 0x202B: "embedding or override",
		0x202F: "a space that is not SPACE", 0xAD: "soft hyphen", 0xFE0F: "variation selector", 0x07: "control character",
		0x2060: "invisible", 0xE000: "private-use", 0x3164: "invisible", 0x0378: "unassigned",
	} {
		_, err := letter.Parse([]byte("a" + string(r) + "b\n"))
		refused(t, fmt.Sprintf("%U", r), err, words)
		refused(t, fmt.Sprintf("%U", r), err, "line 1, character 2: ")
		advice := "take it out"
		if r == 0x202F {
			advice = "use SPACE"
		}
		refused(t, fmt.Sprintf("%U", r), err, advice)
	}
	_, err := letter.Canonicalize(nil)
	if err == nil || strings.Contains(err.Error(), "line") {
		t.Errorf("an empty text is wrong as a whole: %v", err)
	}
}

// TestWhereItStopsBeingCanonical (MUST-3): the first place that differs, also where
// one text is the other's beginning.
func TestWhereItStopsBeingCanonical(t *testing.T) {
	for s, place := range map[string]string{
		"ab": "line 1, character 3", "ab\n\n": "line 2, character 1", "a  b\n": "line 1, character 3", " ab\n": "line 1, character 1", "ab\n\n\nc\n": "line 3, character 1",
	} {
		_, err := letter.Parse([]byte(s))
		refused(t, fmt.Sprintf("%q", s), err, place+":")
	}
}

// TestEdgesOfRunningMatter (MUST-13): the longest notice, and the long dash.
func TestEdgesOfRunningMatter(t *testing.T) {
	notice := func(n int) string {
		bare := letter.DraftNotice("en", letter.CopyMark{Revision: 1, Copy: 1, Of: 1, Purpose: "B"})
		return letter.DraftNotice("en", letter.CopyMark{Revision: 1, Copy: 1, Of: 1, Purpose: "B", Holder: strings.Repeat("x", n-len(bare))})
	}
	for line, want := range map[string]int{notice(400): 1, notice(401): 0, "\u2014 4 \u2014": 1, "\u2013 4 \u2013": 1, "\u2015 4 \u2015": 0} {
		if got := letter.RunningMatter(line); len(got) != want {
			t.Errorf("%.30q of %d bytes: %v", line, len(line), got)
		}
	}
	if ar, de := letter.DraftNotice("ar-EG", letter.CopyMark{}), letter.DraftNotice("de", letter.CopyMark{}); !strings.HasPrefix(ar, "مسودة") || !strings.HasPrefix(de, "Draft") {
		t.Errorf("notices %q, %q", ar, de)
	}
}
