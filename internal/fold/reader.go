package fold

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"chancery.example/letter"
)

// A reader is the state of reading a text into words, between two characters.
// Texts of ASCII go through quickWord; whatever it does not know how to end goes
// character by character. No character is looked at more than a few times
// (MUST-22).
type reader struct {
	out *Folded
	s   string // the text, in the order in which it is seen
	*recall

	stream  strings.Builder // grows with what is folded; keys are slices of it where they are the same
	keys    strings.Builder // all other keys and full spellings
	key     []byte          // of the word being closed
	full    []byte          // likewise
	letters int

	token []atom
	all   class // what the token's characters are, together
	rare  bool  // one of them may fold to letters of another script than its own
	prev  rune  // the last character that prints; 0 at the start
	seams []int32
	home  map[*unicode.RangeTable]bool

	spelling  spelling // of the word being closed
	anchors   []anchor // in order; see around
	figures   []figure // of the word being closed
	known     bool     // anchors is filled
	disguised bool     // see survey
	surveys   bool     // only looks for anchors
	skip      []letter.Span

	// What stood since the last word.
	dots, hyphens, spaces, others int
	line, joined                  bool
}

// An atom is one character of the word being read.
type atom struct {
	r          rune
	start, end int32 // in bytes
	point      int32 // in code points
	initial    bool  // the full stop of an acronym stands before it
}

// read reads a text but for the stretches to skip, which are whole lines.
func read(exact string, o *order, skip []letter.Span) *Folded {
	f := &reader{out: &Folded{Exact: exact, order: o}, s: exact, recall: newRecall(), line: true, skip: skip}
	f.out.Free = slices.ContainsFunc(skip, func(s letter.Span) bool { return letter.FreeMatter(exact[s.Start:s.End]) })
	f.stream.Grow(len(exact))
	f.out.Words = make([]Word, 0, 8+strings.Count(exact, " ")+strings.Count(exact, "\n"))
	if o != nil {
		f.seams = o.seams
		f.out.Odd = slices.Clone(o.removed)
	}
	f.whole(skip)
	f.out.Stream = f.stream.String()
	f.out.Letters = f.letters
	f.out.Omission = f.gap()
	slices.SortStableFunc(f.out.Odd, func(a, b Oddity) int { return a.Offset - b.Offset })
	return f.out
}

// whole reads the text but for the stretches to skip.
func (f *reader) whole(skip []letter.Span) {
	at, point := 0, 0
	for _, s := range skip {
		point = f.stretch(at, s.Start, point)
		f.endWord()
		f.between(' ')
		at, point = s.End, point+utf8.RuneCountInString(f.s[s.Start:s.End])
	}
	f.stretch(at, len(f.s), point)
	f.endWord()
}

// stretch reads from at to end and returns the code point that follows.
func (f *reader) stretch(at, end, point int) int {
	for at < end {
		c := f.s[at]
		if c < utf8.RuneSelf {
			if len(f.token) == 0 {
				if n := f.quickWord(at, end); n > 0 {
					at, point = at+n, point+n
					continue
				}
				if c == ' ' || c == '\n' {
					f.between(rune(c))
					f.prev = rune(c)
					at, point = at+1, point+1
					continue
				}
			}
			f.take(rune(c), at, 1, int32(point)) //nolint:gosec // texts are limited to megabytes
			at, point = at+1, point+1
			continue
		}
		r, n := utf8.DecodeRuneInString(f.s[at:])
		f.take(r, at, n, int32(point)) //nolint:gosec // as above
		at, point = at+n, point+1
	}
	return point
}

// quick says which bytes begin a word that quickWord can read (its letters), and
// which it knows to end one.
var quick = func() (t [256]struct{ letter, ends bool }) {
	for c := range 0x80 {
		isLetter := c|0x20 >= 'a' && c|0x20 <= 'z'
		t[c].letter = isLetter
		t[c].ends = !isLetter && !(c >= '0' && c <= '9') && c != '\'' && c != '`'
	}
	return t
}()

// quickWord reads a word of two or more plain letters and returns its length; 0
// when here is none, or when what follows may belong to it.
func (f *reader) quickWord(at, end int) int {
	s := f.s[at:end]
	n := 0
	for n < len(s) && quick[s[n]].letter {
		n++
	}
	if n < 2 || n < len(s) && !quick[s[n]].ends || f.surveys || f.seam(at, at+n) {
		return 0
	}
	from := f.stream.Len()
	for i := range n {
		c := s[i]
		if c < 'a' {
			c |= 0x20
		}
		f.stream.WriteByte(c)
	}
	f.out.Words = append(f.out.Words, Word{
		Start: int32(at), End: int32(at + n), From: int32(f.letters), To: int32(f.letters + n), //nolint:gosec // texts are limited to megabytes
		Key: f.stream.String()[from:], Soft: f.soft(), Gap: f.gap(), Line: f.line,
	})
	f.letters += n
	f.prev = rune(s[n-1])
	f.restart()
	return n
}

// take takes the next character.
func (f *reader) take(r rune, at, n int, point int32) {
	c := f.classOf(r)
	if c&invisibleClass != 0 {
		f.hidden(r, at+n, point)
		return
	}
	if c&wordClass == 0 && r >= utf8.RuneSelf {
		r = narrow(r)
	}
	switch {
	case c&wordClass != 0:
		if len(f.token) > 0 && c&markClass == 0 && (c|f.classOf(f.token[0].r))&aloneClass != 0 {
			f.endWord()
		}
		f.add(r, at, n, point)
	case r == '.' && f.inAcronym(at+n): // U.S. is the word US
		f.token[len(f.token)-1].initial = true
	case len(f.token) > 0 && f.binds(r, at+n):
		f.add(inner(r), at, n, point)
	case f.opensDecimal(r, at+n):
		f.add('.', at, n, point)
	case c&signClass != 0 || c&dashClass != 0 && f.isMinus(at+n):
		f.endWord()
		f.sign(r, at, n)
	default:
		f.endWord()
		f.between(r)
	}
	f.prev = r
}

func (f *reader) add(r rune, at, n int, point int32) {
	c := f.classOf(r)
	if len(f.token) == 0 {
		f.all, f.rare = 0, false
	}
	f.all |= c
	f.rare = f.rare || c&foreignClass != 0 || r >= punctFrom && c&aloneClass == 0
	if c&(letterClass|markClass) == 0 {
		f.all |= figureClass
	}
	f.token = append(f.token, atom{r: r, start: int32(at), end: int32(at + n), point: point}) //nolint:gosec // texts are limited to megabytes
}

// peek returns the next character that prints from byte at on, and where it
// ends.
func (f *reader) peek(at int) (rune, int) {
	for at < len(f.s) {
		r, n := utf8.DecodeRuneInString(f.s[at:])
		at += n
		if f.classOf(r)&invisibleClass == 0 {
			return r, at
		}
	}
	return utf8.RuneError, at
}

// between notes a character that stands between words.
func (f *reader) between(r rune) {
	switch {
	case r == '\n' || r == '\r':
		f.line = true
		if f.hyphens == 0 { // a hyphen at a line's end joins (MUST-19)
			f.spaces++
		} else {
			f.joined = true
		}
	case r == ' ' || unicode.IsSpace(r):
		if !f.joined { // the next line is indented
			f.spaces++
		}
	case r == '…':
		f.dots += 3
	case r == '.':
		f.dots++
	case f.classOf(r)&dashClass != 0 || r == '\u2212':
		f.hyphens++
	default:
		f.others++
	}
}

func (f *reader) gap() bool { return f.dots >= 3 }

func (f *reader) soft() bool {
	return f.spaces == 0 && f.others == 0 && f.dots+f.hyphens == 1 && len(f.out.Words) > 0
}

func (f *reader) restart() {
	f.dots, f.hyphens, f.spaces, f.others, f.line, f.joined = 0, 0, 0, 0, false, false
}

// binds reports whether r, which is no letter, is part of the word being read:
// an apostrophe between letters, a separator between digits (MUST-2).
func (f *reader) binds(r rune, next int) bool {
	last := f.classOf(f.token[len(f.token)-1].r)
	switch inner(r) {
	case '\'':
		following, _ := f.peek(next)
		return last&letterClass != 0 && f.classOf(following)&letterClass != 0
	case '.', ',', ':', '/':
		following, _ := f.peek(next)
		return last&digitClass != 0 && f.classOf(following)&digitClass != 0
	}
	return false
}

// opensDecimal reports whether r is the point of a number that has nothing in
// front of it: .5 is not 5.
func (f *reader) opensDecimal(r rune, next int) bool {
	if inner(r) != '.' || len(f.token) > 0 || f.prev == '.' || f.prev == '…' || f.classOf(f.prev)&wordClass != 0 {
		return false
	}
	after, _ := f.peek(next)
	return f.classOf(after)&digitClass != 0
}

// inAcronym reports whether the full stop before next stands between single
// letters.
func (f *reader) inAcronym(next int) bool {
	n := len(f.token)
	if n == 0 || f.classOf(f.token[n-1].r)&letterClass == 0 {
		return false
	}
	if n > 1 && !f.token[n-2].initial {
		return false // two letters in a row
	}
	a, end := f.peek(next)
	if !unicode.IsUpper(a) {
		return false
	}
	b, _ := f.peek(end)
	return f.classOf(b)&wordClass == 0
}

// isMinus reports whether the dash before next is a minus sign: right before a
// digit and not right after a word.
func (f *reader) isMinus(next int) bool {
	if f.prev != 0 && !unicode.IsSpace(f.prev) && f.prev != '(' {
		return false
	}
	after, end := f.peek(next)
	if inner(after) == '.' { // -.5
		after, _ = f.peek(end)
	}
	return f.classOf(after)&digitClass != 0
}

// sign adds a sign, which is a word of its own and no part of the stream.
func (f *reader) sign(r rune, at, n int) {
	key := string(r)
	if r == '٪' {
		key = "%"
	} else if unicode.Is(unicode.Pd, r) {
		key = "\u2212"
	}
	f.out.Words = append(f.out.Words, Word{
		Start: int32(at), End: int32(at + n), From: int32(f.letters), To: int32(f.letters), //nolint:gosec // texts are limited to megabytes
		Key: key, Gap: f.gap(), Line: f.line,
	})
	f.restart()
}

// endWord closes the word being read.
func (f *reader) endWord() {
	if len(f.token) == 0 {
		return
	}
	t := f.token
	if f.surveys {
		f.anchor(t)
		f.token = t[:0]
		return
	}
	w := Word{
		Start: t[0].start, End: t[len(t)-1].end, From: int32(f.letters), //nolint:gosec // texts are limited to megabytes
		Soft: f.soft(), Gap: f.gap(), Line: f.line,
	}
	t = f.compose(t)
	f.token = f.token[:0]
	var of map[rune]rune
	w.Confused, of = f.unmask(t)
	if f.seam(int(w.Start), int(w.End)) {
		w.Confused = true
	}
	f.spell(&w, t, of)
	if w.Confused {
		w.full = lower(norm.NFKC.String(f.s[w.Start:w.End]))
	}
	if w.Key == "" { // vowel signs alone
		return
	}
	f.out.Words = append(f.out.Words, w)
	f.restart()
}

// spell fills in the word's key, its full spelling and its letters, which follow
// those of the words before (MUST-21). of, if it is not nil, says which letters to
// replace.
func (f *reader) spell(w *Word, t []atom, of map[rune]rune) {
	from := f.stream.Len()
	f.key, f.full = f.key[:0], f.full[:0]
	marked := false
	for _, a := range t {
		x := f.formOf(a.r)
		f.key = append(f.key, x.key...)
		f.full = append(f.full, x.full...)
		marked = marked || x.key != x.full
		if of == nil {
			f.stream.WriteString(x.folded)
		} else {
			for _, r := range x.folded {
				f.stream.WriteRune(replaced(r, of))
			}
		}
		if x.odd != "" && (x.odd != OtherDigits || f.strange(a.r)) {
			f.odd(x.odd, a.r, a.point)
		}
	}
	stream := f.stream.String()[from:]
	f.letters += utf8.RuneCountInString(stream)
	w.To = int32(f.letters) //nolint:gosec // texts are limited to megabytes
	if w.Key = stream; string(f.key) != stream {
		w.Key = f.hold(f.key)
	}
	if marked {
		w.full = f.hold(f.full)
	}
}

// replaced returns a letter of the stream, or the one to put for it.
func replaced(r rune, of map[rune]rune) rune {
	if other := of[r]; other != 0 {
		return unicode.ToLower(other)
	}
	return r
}

// hold returns b as a string that shares memory with all others of the text.
func (f *reader) hold(b []byte) string {
	from := f.keys.Len()
	f.keys.Write(b)
	return f.keys.String()[from:]
}

// compose puts letters and the marks set upon them together where there is one
// character for both, so that a word is the same either way (MUST-6), and
// reports the marks on Latin letters and digits.
func (f *reader) compose(t []atom) []atom {
	if f.all&markClass == 0 {
		return t
	}
	out := t[:1]
	base := f.classOf(t[0].r)
	for _, a := range t[1:] {
		c := f.classOf(a.r)
		if c&markClass == 0 {
			out, base = append(out, a), c
			continue
		}
		if looseMark(a.r) && base&(latinClass|digitClass) != 0 {
			f.odd(UnusualMarks, a.r, a.point)
		}
		last := &out[len(out)-1]
		together := norm.NFC.String(string([]rune{last.r, a.r}))
		if r, n := utf8.DecodeRuneInString(together); n == len(together) {
			last.r = r
			continue
		}
		out = append(out, a)
	}
	return out
}

// strange reports whether the text has no letter of the script that the digit r
// is at home with.
func (f *reader) strange(r rune) bool {
	d, ok := decadeOf(r)
	if !ok {
		return false
	}
	at, known := f.home[d.script]
	if !known {
		at = strings.ContainsFunc(f.s, func(r rune) bool { return r >= 0x80 && unicode.Is(d.script, r) && unicode.IsLetter(r) })
		if f.home == nil {
			f.home = map[*unicode.RangeTable]bool{}
		}
		f.home[d.script] = at
	}
	return !at
}

// hidden notes an invisible character, unless its neighbours need it to be
// written properly (MUST-8).
func (f *reader) hidden(r rune, next int, point int32) {
	if joinerOrMark(r) {
		after, _ := utf8.DecodeRuneInString(f.s[next:])
		if complexScript(f.prev) || complexScript(after) {
			return
		}
	}
	kind := Invisible
	if directs(r) {
		kind = BidiControl
	}
	f.odd(kind, r, point)
}
