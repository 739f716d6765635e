package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldRune returns what a character of a word contributes to the word's key, to
// its full spelling, and to the fold.
func foldRune(r rune) (key, full, folded string) {
	if r < 0x80 {
		s := asciiFold[r]
		if r == '\'' || r == '.' || r == ',' || r == ':' || r == '/' {
			return s, s, ""
		}
		return s, s, s
	}
	if a, ok := arabic[r]; ok {
		return a.key, a.full, a.folded
	}
	switch {
	case vowelSign(r):
		return "", string(r), ""
	case r == 'ـ': // tatweel only stretches
		return "", "", ""
	case unicode.IsDigit(r):
		d := string("0123456789"[digit(r)])
		return d, d, d
	case r >= 0xFB50 && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFF:
		return foldAll(norm.NFKC.String(string(r)))
	case unicode.Is(unicode.No, r):
		// A raised or small figure is no ordinary one: 10² is not 102.
		s := "^" + norm.NFKC.String(string(r))
		return s, s, onlyWord(norm.NFKC.String(string(r)))
	}
	k := lower(norm.NFKC.String(string(r)))
	return k, k, strip(k)
}

func foldAll(s string) (key, full, folded string) {
	var k, u, f strings.Builder
	for _, r := range s {
		if !isWordRune(r) {
			continue
		}
		a, b, c := foldRune(r)
		k.WriteString(a)
		u.WriteString(b)
		f.WriteString(c)
	}
	return k.String(), u.String(), f.String()
}

var asciiFold = func() (t [0x80]string) {
	for r := range t {
		t[r] = strings.ToLower(string(rune(r)))
	}
	return t
}()

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

// strip takes the marks off letters of the scripts that can be read without.
func strip(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r >= 0x300 && r <= 0x36F || vowelSign(r):
		case plain[r] != "":
			b.WriteString(plain[r])
		case isWordRune(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func onlyWord(s string) string {
	return strings.Map(func(r rune) rune {
		if isWordRune(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

var plain = map[rune]string{'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'ı': "i", 'þ': "th", 'ħ': "h"}

type arabicForm struct{ key, full, folded string }

// arabic folds spellings that vary from writer to writer. The fold makes them
// one; the key does so only for alef, whose hamza many leave out, and for the
// Persian letters that look the same.
var arabic = map[rune]arabicForm{
	'آ': {"ا", "آ", "ا"}, 'أ': {"ا", "أ", "ا"}, 'إ': {"ا", "إ", "ا"}, 'ٱ': {"ا", "ا", "ا"},
	'ؤ': {"ؤ", "ؤ", "و"}, 'ئ': {"ئ", "ئ", "ي"}, 'ى': {"ى", "ى", "ي"}, 'ة': {"ة", "ة", "ه"},
	'ء': {"ء", "ء", ""}, 'ک': {"ك", "ك", "ك"}, 'ی': {"ي", "ي", "ي"},
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

type unit struct {
	base  rune
	signs string
}

func units(s string) []unit {
	var out []unit
	for _, r := range s {
		if vowelSign(r) && len(out) > 0 {
			out[len(out)-1].signs += string(r)
			continue
		}
		out = append(out, unit{base: r})
	}
	return out
}

// vowelSign reports whether r is a sign that Arabic and Hebrew are usually
// written without.
func vowelSign(r rune) bool {
	return r >= 0x610 && r <= 0x61A || r >= 0x64B && r <= 0x65F || r == 0x670 ||
		r >= 0x6D6 && r <= 0x6ED && unicode.Is(unicode.Mn, r) ||
		r >= 0x591 && r <= 0x5C7 && unicode.Is(unicode.Mn, r)
}

func digit(r rune) int {
	if r >= 0x1D7CE && r <= 0x1D7FF { // mathematical digits: ten for each style
		return int(r-0x1D7CE) % 10
	}
	n := 0
	for unicode.IsDigit(r-1) && n < 9 {
		r--
		n++
	}
	return n
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.No, r) || unicode.Is(unicode.Nl, r) ||
		r >= 0x2100 && unicode.Is(unicode.So, r) && squared(r)
}

// squared reports whether one sign stands for letters or figures: ㎏, ℃, 🄰.
func squared(r rune) bool {
	return strings.ContainsFunc(norm.NFKC.String(string(r)), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// inner maps the shapes of characters that bind inside words and numbers.
func inner(r rune) rune {
	switch r {
	case '’', '‘', 'ʼ', '＇', '`', '´':
		return '\''
	case '٫':
		return '.'
	case '٬':
		return ','
	case '⁄', '∕':
		return '/'
	}
	return r
}

// isSign reports whether r means something by itself, like % and $.
func isSign(r rune) bool {
	switch r {
	case '%', '‰', '٪', '°', '§', '&', '#', '@', '№':
		return true
	case '☐', '☑', '☒', '✅', '❌', '✓', '✔', '✕', '✖', '✗', '✘': // which box is ticked
		return true
	case '|', '~', '^', '`', '⁄', '∕':
		return false
	}
	return unicode.Is(unicode.Sc, r) || unicode.Is(unicode.Sm, r)
}

// standsAlone reports whether r belongs to a script that is written without
// spaces; each such character counts as a word.
func standsAlone(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func invisible(r rune) bool {
	if r < 0xAD {
		return false
	}
	switch {
	case r == 0x34F, r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r >= 0x180B && r <= 0x180F,
		r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	return unicode.Is(unicode.Cf, r) && !(r >= 0x600 && r <= 0x605) && r != 0x6DD
}

// joinerOrMark reports whether r is one of the invisible characters that
// complex scripts need.
func joinerOrMark(r rune) bool {
	return r == 0x200C || r == 0x200D || r == 0x200E || r == 0x200F || r == 0x61C || r >= 0x2066 && r <= 0x2069
}

func complexScript(r rune) bool {
	return r >= 0x590 && r <= 0x1CFF || r >= 0xFB1D && r <= 0xFEFC || r >= 0x1F000
}

// isStyled reports whether r is a letter of a mathematical alphabet.
func isStyled(r rune) bool { return r >= 0x1D400 && r <= 0x1D7FF }

type script int

const (
	noScript script = iota
	latinScript
	cyrillicScript
	greekScript
	otherScript
)

func scriptOf(r rune) script {
	switch {
	case r < 0x41 || !unicode.IsLetter(r):
		return noScript
	case r < 0x80 || unicode.Is(unicode.Latin, r):
		return latinScript
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillicScript
	case unicode.Is(unicode.Greek, r):
		return greekScript
	}
	return otherScript
}

// homeScript is the script that most letters of a text are in.
func homeScript(s string) script {
	var n [otherScript + 1]int
	for _, r := range s {
		n[scriptOf(r)]++
	}
	home := latinScript
	for i := latinScript; i <= otherScript; i++ {
		if n[i] > n[home] {
			home = i
		}
	}
	return home
}

// toLatin maps letters that cannot be told from Latin ones (UTS #39, those that
// occur in Cyrillic and Greek print).
var toLatin = pairs("аaеeсcԁdһhіiјjкkӏlоoрpԛqѕsѵvԝwхxуyАAВBЕEСCНHІIЈJКKМMОOРPЅSТTХXУYԚQԜWҮYѴVԌG" +
	"αaοoνvρpτtυuιiκkΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX")

// toOther maps Latin letters that stand in Cyrillic words.
var toOther = pairs("aаeеcсoоpрxхyуkкiіjјsѕAАBВEЕCСHНKКMМOОPРTТXХYУIІJЈSЅ")

func pairs(s string) map[rune]rune {
	m := map[rune]rune{}
	rs := []rune(s)
	for i := 0; i+1 < len(rs); i += 2 {
		m[rs[i]] = rs[i+1]
	}
	return m
}
