package fold

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// formOf returns what a character of a word adds to the word's key, to its full
// spelling and to the stream (MUST-5, MUST-9 to MUST-12).
func formOf(r rune) letterform {
	if r < 0x80 {
		s := strings.ToLower(string(r))
		if strings.ContainsRune("'.,:/", r) {
			return letterform{key: s, full: s}
		}
		return letterform{key: s, full: s, folded: s}
	}
	if a, ok := data().arabic[r]; ok {
		return letterform{key: a.key, full: a.full, folded: a.folded}
	}
	compatible := norm.NFKC.String(string(r))
	switch {
	case vowelSign(r):
		return letterform{full: string(r)}
	case r == 'ـ': // tatweel only stretches
		return letterform{}
	case unicode.IsDigit(r):
		return digitForm(r, compatible)
	case r >= 0xFB50 && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFF: // positional forms of Arabic
		return allForms(compatible)
	case unicode.Is(unicode.No, r):
		// A raised or small figure is no ordinary one: 10² is not 102.
		s := "^" + compatible
		return letterform{key: s, full: s, folded: onlyWord(compatible)}
	}
	variant := cmp.Or(data().variants[r], data().variants[unicode.ToLower(r)]) // MUST-10
	k := lower(compatible)
	f := letterform{key: k, full: k, folded: strip(k)}
	like, ok := data().alike[r]
	if !ok {
		like = data().alike[unicode.ToLower(r)] // in the stream it is one
	}
	f.alike, f.strong = like.latin != 0, like.strong
	switch {
	case variant != "":
		f.folded, f.odd = variant, LookAlike
	case r >= 0x2000 && compatible != norm.NFC.String(string(r)) && !unitSign(r):
		f.odd = CompatibilityForm
	}
	return f
}

// unitSign reports whether r is a usual sign for a unit or a word: №, ℃, ㎏.
func unitSign(r rune) bool {
	return unicode.Is(unicode.So, r) && (r < 0x2150 || r >= 0x3200 && r <= 0x33FF)
}

// digitForm: digits of all scripts are the same (MUST-11).
func digitForm(r rune, compatible string) letterform {
	d, ok := decadeOf(r)
	if !ok { // of a newer Unicode version than the table's
		return letterform{key: compatible, full: compatible, folded: compatible}
	}
	s := string('0' + r - d.zero)
	f := letterform{key: s, full: s, folded: s, odd: OtherDigits}
	if d.script == nil {
		f.odd = CompatibilityForm
	}
	return f
}

func allForms(s string) letterform {
	var k, u, f strings.Builder
	for _, r := range s {
		if !isWordRune(r) {
			continue
		}
		x := formOf(r)
		k.WriteString(x.key)
		u.WriteString(x.full)
		f.WriteString(x.folded)
	}
	return letterform{key: k.String(), full: u.String(), folded: f.String(), odd: CompatibilityForm}
}

// lower folds case, the sharp s and the final sigma.
func lower(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r = unicode.ToLower(r); r {
		case 'ß':
			b.WriteString("ss")
		case 'ς':
			b.WriteRune('σ')
		case 'ʼ', '’':
			b.WriteByte('\'')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// strip takes the marks off letters of the scripts that can be read without,
// and puts plain letters for those that have a stroke or print like plain ones.
func strip(s string) string {
	t := data()
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case looseMark(r) || vowelSign(r):
		case t.plain[r] != "":
			b.WriteString(t.plain[r])
		case t.variants[r] != "":
			b.WriteString(t.variants[r])
		case isWordRune(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String()) // syllables of Hangul are put together again
}

func onlyWord(s string) string {
	return strings.Map(func(r rune) rune {
		if isWordRune(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// compatible reports whether two full spellings of the same key contradict each
// other nowhere: a sign that one of them leaves out does not.
func compatible(a, b string) bool {
	if a == "" || b == "" || a == b {
		return true
	}
	x, y := units(a), units(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].base != y[i].base && x[i].base != 'ا' && y[i].base != 'ا' {
			return false
		}
		if x[i].signs != "" && y[i].signs != "" && x[i].signs != y[i].signs {
			return false
		}
	}
	return true
}

// A unit is a letter with the signs that are set upon it.
type unit struct {
	base  rune
	signs string
}

func units(s string) []unit {
	var out []unit
	from := 0 // of the signs of the last letter
	for i, r := range s {
		end := i + utf8.RuneLen(r)
		if vowelSign(r) && len(out) > 0 {
			out[len(out)-1].signs = s[from:end]
			continue
		}
		out, from = append(out, unit{base: r}), end
	}
	return out
}
