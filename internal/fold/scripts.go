package fold

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ofLatin maps Latin letters to the letters of another script that print like
// them, for a Latin letter in a word of that script.
var (
	cyrillicOf = pairs("aаcсeеiіjјkкoоpрsѕxхyуAАBВCСEЕHНIІJЈKКMМOОPРSЅTТXХYУ")
	greekOf    = pairs("oοvνAΑBΒEΕHΗIΙKΚMΜNΝOΟPΡTΤXΧYΥZΖ")
)

func pairs(s string) map[rune]rune {
	m := map[rune]rune{}
	rs := []rune(s)
	for i := 0; i+1 < len(rs); i += 2 {
		m[rs[i]] = rs[i+1]
	}
	return m
}

// A spelling is the letters of a word, folded but for their case, by script: the
// decision must be the same for the folded word (MUST-23).
// Accents do not hide what a letter looks like; a capital counts like its small
// letter, for in the stream it is one.
type spelling struct {
	runes          []rune
	latin, foreign int
	alike          bool // all letters of other scripts have a Latin look-alike
	strong         bool // which nobody could tell from it
	doubtful       bool // all Latin letters have a look-alike in another script
}

// spellOut adds a character to a spelling.
func (k *recall) spellOut(s *spelling, r rune) {
	if r < utf8.RuneSelf {
		if quick[r].letter {
			s.latin++
			s.doubtful = s.doubtful && doubtful[r|0x20]
			s.runes = append(s.runes, r)
		}
		return
	}
	c := k.classOf(r)
	if c&(aloneClass|invisibleClass) != 0 {
		return
	}
	x := k.formOf(r)
	if x.alike && c&foreignClass != 0 {
		s.foreign++
		s.strong = s.strong && x.strong
		s.runes = append(s.runes, r)
		return
	}
	for _, r := range x.folded {
		s.letter(k, r)
	}
}

// start empties a spelling.
func (s *spelling) start() {
	*s = spelling{runes: s.runes[:0], alike: true, strong: true, doubtful: true}
}

// letter adds a folded letter.
func (s *spelling) letter(k *recall, r rune) {
	switch c := k.classOf(r); {
	case c&latinClass != 0:
		s.latin++
		s.doubtful = s.doubtful && r < utf8.RuneSelf && doubtful[r]
	case c&foreignClass != 0:
		x := k.formOf(r)
		s.foreign++
		s.alike, s.strong = s.alike && x.alike, s.strong && x.strong
	default:
		return
	}
	s.runes = append(s.runes, r)
}

// doubtful are the small Latin letters that have a look-alike in Cyrillic or
// Greek.
var doubtful = func() (t [0x80]bool) {
	for r := range t {
		t[r] = cyrillicOf[rune(r)] != 0 || greekOf[rune(r)] != 0
	}
	return t
}()

// own returns the look-alikes by which the Latin letters can be spelled in the
// script of all others; nil when they cannot.
func (s *spelling) own() map[rune]rune {
	for _, o := range []struct {
		script *unicode.RangeTable
		of     map[rune]rune
	}{{unicode.Cyrillic, cyrillicOf}, {unicode.Greek, greekOf}} {
		if !slices.ContainsFunc(s.runes, func(r rune) bool { return o.of[r] == 0 && o.of[unicode.ToLower(r)] == 0 && !unicode.Is(o.script, r) }) {
			return o.of
		}
	}
	return nil
}

// side is the script that a word is of beyond doubt, whatever stands around it.
func (s *spelling) side() side {
	switch {
	case !s.alike && s.doubtful:
		return foreignSide
	case s.latin > 0 && s.alike && (!s.doubtful || s.foreign > 0 && s.own() == nil):
		return latinSide
	}
	return noSide
}

// unmask puts the letters for which look-alikes stand into a word that mixes
// scripts, or that stands in another script among Latin words and could be
// spelled in theirs (MUST-13 to MUST-15), and figures for letters (MUST-18). It
// reports whether there were any, and which letters of the stream to replace.
func (f *reader) unmask(t []atom) (bool, map[rune]rune) {
	changed := false
	var of map[rune]rune
	if f.rare {
		s := &f.spelling
		s.start()
		for _, a := range t {
			f.spellOut(s, a.r)
		}
		if s.foreign > 0 {
			if of = f.scriptFor(s, t[0].start); of != nil {
				changed = f.swap(t, of)
			}
		}
	}
	if len(t) > 1 && (f.rare || f.all&figureClass != 0 && f.all&letterClass != 0) {
		changed = f.unmaskFigures(t, of) || changed
	}
	return changed, of
}

// scriptFor decides into which script a word with foreign letters is folded and
// returns the letters to put for others; nil when it stays (MUST-13, MUST-14).
func (f *reader) scriptFor(s *spelling, at int32) map[rune]rune {
	before, after := f.around(at)
	switch {
	case s.side() == latinSide:
		return data().latin
	case !s.alike || before == foreignSide || after == foreignSide:
	case before == latinSide || after == latinSide:
		if s.latin > 0 || s.strong || s.foreign > 1 {
			return data().latin
		}
	case f.disguised:
		return data().latin
	}
	if s.latin > 0 {
		return s.own()
	}
	return nil
}

// swap puts other letters for those that have one, with or without an accent.
func (f *reader) swap(t []atom, of map[rune]rune) bool {
	changed := false
	for i, a := range t {
		r := of[a.r]
		if r == 0 && a.r >= utf8.RuneSelf {
			if d := []rune(norm.NFD.String(string(a.r))); len(d) > 1 && of[d[0]] != 0 {
				d[0] = of[d[0]]
				r, _ = utf8.DecodeRuneInString(norm.NFC.String(string(d)))
			}
		}
		if r != 0 {
			f.odd(LookAlike, a.r, a.point)
			t[i].r, changed = r, true
		}
	}
	return changed
}

// A side says what script stands next to a word.
type side int

const (
	noSide side = iota
	latinSide
	foreignSide
)

// An anchor is a word whose script is beyond doubt.
type anchor struct {
	at int32
	of side
}

// around returns the scripts of the nearest anchors before and after the word
// that begins at a byte.
func (f *reader) around(at int32) (before, after side) {
	if !f.known {
		f.survey()
	}
	i, found := slices.BinarySearchFunc(f.anchors, at, func(a anchor, at int32) int { return cmp.Compare(a.at, at) })
	if i > 0 {
		before = f.anchors[i-1].of
	}
	if found {
		i++
	}
	if i < len(f.anchors) {
		after = f.anchors[i].of
	}
	return before, after
}

// survey finds all anchors of the text, with a reader that only divides it into
// words. A text without any that is spelled in strong look-alikes throughout is
// disguised.
func (f *reader) survey() {
	g := &reader{out: &Folded{}, s: f.s, recall: f.recall, surveys: true, disguised: true}
	g.whole(f.skip)
	f.known, f.anchors, f.disguised = true, g.anchors, g.disguised && len(g.anchors) == 0
}

// anchor notes a word if it is one of those beyond doubt.
func (f *reader) anchor(t []atom) {
	f.unmaskFigures(t, nil)
	s := &f.spelling
	s.start()
	for _, a := range t {
		f.spellOut(s, a.r)
	}
	if side := s.side(); side != noSide {
		f.anchors = append(f.anchors, anchor{t[0].start, side})
	}
	f.disguised = f.disguised && s.alike && s.strong
}

// Words with figures for letters have so many letters, and figures with letters
// for figures stand between two.
const (
	leastLettersOfWord = 4
	lettersPerFigure   = 3
)

// A figure is one folded letter or digit of a word and the atom it comes from.
type figure struct {
	c    byte
	from int
}

func (g figure) digit() bool { return g.c >= '0' && g.c <= '9' }

// unmaskFigures puts letters for the zeros and ones inside a word of letters
// (HARB0UR), and figures for the letters that look like them inside a number
// (2O31). Codes like H2O and B12 are neither.
func (f *reader) unmaskFigures(t []atom, of map[rune]rune) bool {
	gs := f.figures[:0]
	letters, digits, zeroOne, likeDigit := 0, 0, 0, 0
	for i, a := range t {
		for _, r := range f.formOf(a.r).folded {
			r = replaced(r, of)
			if r >= utf8.RuneSelf {
				return false
			}
			g := figure{byte(r), i} //nolint:gosec // it is ASCII
			switch {
			case g.digit():
				digits++
				zeroOne += boolean(g.c <= '1')
			default:
				letters++
				likeDigit += boolean(figureFor(g.c) != 0)
			}
			gs = append(gs, g)
		}
	}
	f.figures = gs
	switch {
	case digits == 0 || letters == 0:
		return false
	case zeroOne == digits && letters >= max(leastLettersOfWord, lettersPerFigure*digits):
		return f.exchange(t, gs, true)
	case likeDigit == letters:
		return f.exchange(t, gs, false)
	}
	return false
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// exchange replaces all digits, or all letters, if each stands alone between two
// of the other kind.
func (f *reader) exchange(t []atom, gs []figure, digits bool) bool {
	for i, g := range gs {
		if g.digit() == digits && (i == 0 || i == len(gs)-1 || gs[i-1].digit() == digits || gs[i+1].digit() == digits) {
			return false
		}
	}
	for i, g := range gs {
		if g.digit() != digits {
			continue
		}
		a := &t[g.from]
		f.odd(LookAlike, a.r, a.point)
		if a.r = figureFor(g.c); digits {
			a.r = letterFor(g.c, t[gs[i-1].from].r)
		}
	}
	return true
}

// letterFor is the letter for which a zero or one stands after another letter.
func letterFor(digit byte, before rune) rune {
	capital := unicode.IsUpper(before)
	switch {
	case digit == '0' && capital:
		return 'O'
	case digit == '0':
		return 'o'
	case capital:
		return 'I'
	}
	return 'l'
}

// figureFor is the figure for which a folded letter stands, 0 when for none.
func figureFor(letter byte) rune {
	switch letter {
	case 'o':
		return '0'
	case 'i', 'l':
		return '1'
	}
	return 0
}
