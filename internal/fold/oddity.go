package fold

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// An OddityKind says what is odd about a character (MUST-20).
type OddityKind string

// The kinds of oddities. They are evidence and are reported, never dropped in
// silence.
const (
	Invisible         OddityKind = "invisible"          // does not print: soft hyphens, zero widths, fillers, variation selectors
	LookAlike         OddityKind = "look_alike"         // prints like a letter or digit of another kind
	BidiControl       OddityKind = "bidi_control"       // changes the direction in which text is shown
	CompatibilityForm OddityKind = "compatibility_form" // another form of a letter or digit: full-width, mathematical, positional
	OtherDigits       OddityKind = "other_digits"       // digits of a script of which the text has no letter
	UnusualMarks      OddityKind = "unusual_marks"      // marks set upon a letter one by one
)

// An Oddity is a character that readers cannot see, cannot tell from another or
// would not expect.
type Oddity struct {
	Kind   OddityKind
	Rune   rune
	Offset int // of the first, in code points of the text that was given
	Count  int
}

// maxOddities is how many different oddities of a text are kept; more say
// nothing new.
const maxOddities = 100

// odd notes a character at a code point of the text being read.
func (f *reader) odd(k OddityKind, r rune, point int32) {
	f.out.note(k, r, f.out.order.point(int(point)))
}

func (f *Folded) note(k OddityKind, r rune, point int) {
	for i := len(f.Odd) - 1; i >= 0; i-- {
		if o := &f.Odd[i]; o.Rune == r && o.Kind == k {
			o.Count++
			o.Offset = min(o.Offset, point)
			return
		}
	}
	if len(f.Odd) < maxOddities {
		f.Odd = append(f.Odd, Oddity{k, r, point, 1})
	}
}

// Name returns the character's name in the Unicode Character Database, or in
// small letters what it is a form of when its name is not kept here; "" when
// nothing is known.
func (o Oddity) Name() string {
	r := o.Rune
	if n := data().names[r]; n != "" {
		return n
	}
	switch {
	case r < 0x80:
		return plainName(r)
	case r >= 0xFF01 && r <= 0xFF5E:
		if n := plainName(r - 0xFEE0); n != "" {
			return "FULLWIDTH " + n
		}
	case r >= 0x1D400 && int(r-0x1D400)/52 < len(mathStyles):
		return mathName(r)
	case r >= 0xE0100 && r <= 0xE01EF:
		return fmt.Sprintf("VARIATION SELECTOR-%d", r-0xE0100+17)
	case r >= 0xE0000 && r <= 0xE007F:
		return "TAG CHARACTER"
	}
	if d, ok := decadeOf(r); ok {
		return d.name + " " + digitNames[r-d.zero]
	}
	if s := norm.NFKC.String(string(r)); s != string(r) {
		return "a form of “" + s + "”"
	}
	return ""
}

var digitNames = [...]string{"ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"}

// plainName names the letters and digits of ASCII.
func plainName(r rune) string {
	switch {
	case r >= '0' && r <= '9':
		return "DIGIT " + digitNames[r-'0']
	case r >= 'a' && r <= 'z':
		return "LATIN SMALL LETTER " + string(unicode.ToUpper(r))
	case r >= 'A' && r <= 'Z':
		return "LATIN CAPITAL LETTER " + string(r)
	}
	return ""
}

// mathStyles are the alphabets from U+1D400 on, 52 letters each.
var mathStyles = strings.Split("BOLD,ITALIC,BOLD ITALIC,SCRIPT,BOLD SCRIPT,FRAKTUR,DOUBLE-STRUCK,BOLD FRAKTUR,SANS-SERIF,"+
	"SANS-SERIF BOLD,SANS-SERIF ITALIC,SANS-SERIF BOLD ITALIC,MONOSPACE", ",")

func mathName(r rune) string {
	style, letter := (r-0x1D400)/52, (r-0x1D400)%52
	size := "CAPITAL"
	if letter >= 26 {
		size, letter = "SMALL", letter-26
	}
	return "MATHEMATICAL " + mathStyles[style] + " " + size + " " + string('A'+letter)
}
