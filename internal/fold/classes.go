package fold

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A class is what a character can be, as bits.
type class uint16

const (
	wordClass      class = 1 << iota // part of a word (MUST-1)
	letterClass                      //
	digitClass                       // a decimal digit of any script
	markClass                        // set upon the character before it
	spaceClass                       //
	dashClass                        //
	signClass                        // a word by itself: %, $, + (MUST-3)
	invisibleClass                   // does not print (MUST-8)
	aloneClass                       // of a script written without spaces (MUST-4)
	foreignClass                     // a letter of a script with letters like the Latin ones (MUST-13)
	latinClass                       // a letter of script Latin
	figureClass                      // in a word: neither letter nor mark
)

// The classes of the characters of most texts are kept: U+0000 to U+07FF and
// the punctuation from U+2000 to U+20FF.
const (
	lowEnd    = 0x800
	punctFrom = 0x2000
	punctEnd  = 0x2100
)

// keptAt is a character's place in what is kept, or -1.
func keptAt(r rune) int {
	switch {
	case r < lowEnd:
		return int(r)
	case r >= punctFrom && r < punctEnd:
		return int(r) - punctFrom + lowEnd
	}
	return -1
}

// A letterform is what a character adds to a word.
type letterform struct {
	key, full, folded string
	odd               OddityKind // "": nothing about it is
	// How it looks: like a Latin letter, by itself or as a small letter, and so
	// that nobody can tell.
	alike, strong bool
}

// A keep holds what is known about the characters of most texts.
type keep struct {
	class [lowEnd + punctEnd - punctFrom]class
	form  [lowEnd + punctEnd - punctFrom]letterform
}

var kept = sync.OnceValue(func() *keep {
	k := &keep{}
	for i := range k.class {
		r := rune(i)
		if i >= lowEnd {
			r = rune(i) - lowEnd + punctFrom
		}
		if k.class[i] = classify(r); k.class[i]&wordClass != 0 || strings.ContainsRune("'.,:/", r) {
			k.form[i] = formOf(r)
		}
	}
	return k
})

// A recall holds what was made of characters that are not kept, so that a text
// that repeats them is read as fast as others.
type recall struct {
	*keep
	classes map[rune]class
	forms   map[rune]*letterform
}

func newRecall() *recall {
	return &recall{kept(), map[rune]class{}, map[rune]*letterform{}}
}

func (k *recall) classOf(r rune) class {
	if i := keptAt(r); i >= 0 {
		return k.class[i]
	}
	if r >= 0x4E00 && r <= 0x9FFF {
		return wordClass | letterClass | aloneClass
	}
	c, ok := k.classes[r]
	if !ok {
		c = classify(r)
		k.classes[r] = c
	}
	return c
}

func (k *recall) formOf(r rune) *letterform {
	if i := keptAt(r); i >= 0 {
		return &k.form[i]
	}
	x := k.forms[r]
	if x == nil {
		made := formOf(r)
		x = &made
		k.forms[r] = x
	}
	return x
}

// likeLatin are the scripts of the letters in look_alikes.txt.
var likeLatin = []*unicode.RangeTable{
	unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu, unicode.Georgian, unicode.Deseret, unicode.Osage,
	unicode.Tifinagh, unicode.Canadian_Aboriginal, unicode.Lycian, unicode.Carian, unicode.Elbasan, unicode.Warang_Citi, unicode.Miao, unicode.Runic,
}

func classify(r rune) class {
	var c class
	set := func(is bool, bit class) {
		if is {
			c |= bit
		}
	}
	if invisible(r) {
		return invisibleClass
	}
	set(isWordRune(r), wordClass)
	set(unicode.IsLetter(r), letterClass)
	set(unicode.IsDigit(r), digitClass)
	set(unicode.Is(unicode.M, r), markClass)
	set(unicode.IsSpace(r), spaceClass)
	set(unicode.Is(unicode.Pd, r), dashClass)
	set(isSign(r), signClass)
	set(standsAlone(r), aloneClass)
	if c&letterClass != 0 {
		set(unicode.Is(unicode.Latin, r), latinClass)
		set(c&latinClass == 0 && unicode.In(r, likeLatin...), foreignClass)
	}
	return c
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
	if r < 0x80 && r != '`' {
		return r
	}
	switch r {
	case '’', '‘', 'ʼ', '`', '´':
		return '\''
	case '٫':
		return '.'
	case '٬':
		return ','
	case '⁄', '∕':
		return '/'
	}
	return narrow(r)
}

// narrow returns the ordinary form of punctuation and signs that are full-width,
// small or have another width.
func narrow(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E || r >= 0xFE50 && r <= 0xFE6B || r >= 0xFFE0 && r <= 0xFFE6 {
		if rs := []rune(norm.NFKC.String(string(r))); len(rs) == 1 {
			return rs[0]
		}
	}
	return r
}

// isSign reports whether r means something by itself, like % and $.
func isSign(r rune) bool {
	switch r = narrow(r); r {
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

// invisible reports whether r does not print: format and bidi characters, blank
// letters, variation selectors.
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

// directs reports whether r changes the direction of text.
func directs(r rune) bool {
	return r == 0x200E || r == 0x200F || r == 0x61C || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

func complexScript(r rune) bool {
	return r >= 0x590 && r <= 0x1CFF || r >= 0xFB1D && r <= 0xFEFC || r >= 0x1F000
}

// looseMark reports whether r is a mark of those that are set upon letters of any
// European script.
func looseMark(r rune) bool {
	return r >= 0x300 && r <= 0x36F || r >= 0x1AB0 && r <= 0x1AFF || r >= 0x1DC0 && r <= 0x1DFF || r >= 0x20D0 && r <= 0x20FF || r >= 0xFE20 && r <= 0xFE2F
}

// vowelSign reports whether r is a sign that Arabic and Hebrew are usually
// written without.
func vowelSign(r rune) bool {
	return r >= 0x610 && r <= 0x61A || r >= 0x64B && r <= 0x65F || r == 0x670 ||
		r >= 0x6D6 && r <= 0x6ED && unicode.Is(unicode.Mn, r) ||
		r >= 0x591 && r <= 0x5C7 && unicode.Is(unicode.Mn, r)
}
