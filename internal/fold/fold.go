// Package fold keeps two layers of every text apart. The exact text is what was
// signed and what readers hold; nothing is ever shown or decided from anything
// else than its words. The fold serves finding alone: compatibility forms,
// letter case, accents, Arabic spelling variants, digits of all scripts and
// look-alike letters are made one, and everything but letters and digits is
// left out, with a map back to the exact words and bytes.
//
//	f := fold.Copy("The Cafe\u0301 opens at \u0662\u0661:\u0660\u0660.")
//	fmt.Println(f.Stream) // thecafeopensat2100
package fold

import (
	"crypto/sha256"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/letter"
)

// An OddityKind says what is odd about a character.
type OddityKind string

// The kinds of oddities. They are evidence and are reported, never dropped in
// silence.
const (
	Invisible OddityKind = "invisible"  // format, bidi or filler characters
	LookAlike OddityKind = "look_alike" // a letter of another script or alphabet that looks like this one
)

// An Oddity is a character that readers cannot see or cannot tell from another.
type Oddity struct {
	Kind   OddityKind
	Rune   rune
	Offset int // in code points of the exact text
}

// maxOddities is how many oddities of a text are kept; more say nothing new.
const maxOddities = 100

// A Word is one word, number or sign of an exact text.
type Word struct {
	Start, End int32 // in bytes of the exact text
	From, To   int32 // in letters of the fold
	Key        string
	// full is the spelling with the vowel signs and alef forms that Key leaves
	// out; empty when there are none.
	full string
	// Soft: only a hyphen or full stop stands between this word and the one
	// before, so that a line end or another style may have joined them.
	Soft bool
	// Gap: the author marked an omission before this word ("...").
	Gap bool
	// Line: this word begins a line.
	Line bool
	// Confused: written with look-alike letters.
	Confused bool
}

// Agrees reports whether two words are the same word.
func (w Word) Agrees(o Word) bool {
	return w.Key == o.Key && w.Confused == o.Confused && compatible(w.full, o.full)
}

// A Folded is an exact text with its fold and the map between them.
type Folded struct {
	Exact    string
	Words    []Word
	Stream   string // letters and digits only, folded
	Letters  int    // of the stream
	Odd      []Oddity
	Omission bool // the text ends with an ellipsis
	Free     bool // running matter that anybody can word was left out

	// Confidence is how sure the reader of a picture was of each word, from 0 to
	// 1; nil for words that came as text.
	Confidence []float32
	seen       []Seen

	bare  map[string]int // lines of record that are a number alone, by their digits
	loose bool           // such lines of a copy were left out
}

// Copy returns a copy's text with its fold. Running matter is left out.
func Copy(exact string) *Folded {
	skip := letter.RunningMatter(exact)
	f := fold(exact, skip)
	f.loose = slices.ContainsFunc(skip, func(s letter.Span) bool { return letter.BareNumber(exact[s.Start:s.End]) })
	return f
}

// Record is Copy for a text of record. A line with a number alone is a part
// of it, though on a copy it may be the number of a page.
func Record(exact string) *Folded {
	bare := map[string]int{}
	f := fold(exact, slices.DeleteFunc(letter.RunningMatter(exact), func(s letter.Span) bool {
		line := exact[s.Start:s.End]
		if !letter.BareNumber(line) {
			return false
		}
		bare[digitsOf(line)]++
		return true
	}))
	f.bare = bare
	return f
}

// AsCopyOf returns the copy with those of its lines read that are numbers alone
// and stand on record likewise. Others go on being page numbers.
func (f *Folded) AsCopyOf(record *Folded) *Folded {
	if len(record.bare) == 0 || !f.loose {
		return f
	}
	left := maps.Clone(record.bare)
	again := fold(f.Exact, slices.DeleteFunc(letter.RunningMatter(f.Exact), func(s letter.Span) bool {
		line := f.Exact[s.Start:s.End]
		if !letter.BareNumber(line) || left[digitsOf(line)] == 0 {
			return false
		}
		left[digitsOf(line)]--
		return true
	}))
	if again.seen = f.seen; f.Scanned() {
		again.weigh()
	}
	return again
}

// digitsOf is what two lines with a number alone have in common.
func digitsOf(line string) string {
	var b strings.Builder
	for _, w := range fold(line, nil).Words {
		b.WriteString(w.Key + " ")
	}
	return b.String()
}

// fold leaves out the stretches to skip.
func fold(exact string, skip []letter.Span) *Folded {
	f := &folder{out: &Folded{Exact: exact}, home: homeScript(exact)}
	f.stream.Grow(len(exact))
	f.out.Free = slices.ContainsFunc(skip, func(s letter.Span) bool { return letter.FreeMatter(exact[s.Start:s.End]) })
	f.line = true
	for i, point := 0, 0; i < len(exact); point++ {
		r, n := utf8.DecodeRuneInString(exact[i:])
		for len(skip) > 0 && skip[0].End <= i {
			skip = skip[1:]
		}
		if len(skip) > 0 && i >= skip[0].Start {
			f.endWord()
			f.between(' ')
		} else {
			f.rune(r, i, n, point)
		}
		i += n
	}
	f.endWord()
	f.out.Stream = f.stream.String()
	f.out.Letters = f.letters
	f.out.Omission = f.gap()
	return f.out
}

// folder is the state of fold between two characters.
type folder struct {
	out     *Folded
	home    script
	stream  strings.Builder
	letters int

	token []atom
	// What stood since the last word.
	dots, hyphens, spaces, others int
	line                          bool
}

// An atom is one exact character of the word being read.
type atom struct {
	r     rune
	start int
	end   int
	point int
}

// rune takes the next character of the exact text.
func (f *folder) rune(r rune, at, n, point int) {
	switch {
	case invisible(r):
		f.report(r, at, n, point)
	case isWordRune(r):
		if len(f.token) > 0 && (standsAlone(r) || standsAlone(f.token[0].r)) && !unicode.Is(unicode.M, r) {
			f.endWord()
		}
		f.token = append(f.token, atom{r, at, at + n, point})
	case r == '.' && f.inAcronym(at+n): // U.S. is the word US
	case len(f.token) > 0 && f.binds(r, at+n):
		f.token = append(f.token, atom{inner(r), at, at + n, point})
	case f.opensDecimal(r, at, n):
		f.token = append(f.token, atom{'.', at, at + n, point})
	case isSign(r) || f.isMinus(r, at, n):
		f.endWord()
		f.sign(r, at, n)
	default:
		f.endWord()
		f.between(r)
	}
}

// between notes a character that stands between words.
func (f *folder) between(r rune) {
	switch {
	case r == '\n':
		f.line = true
		if f.hyphens == 0 { // a hyphen at a line's end joins
			f.spaces++
		}
	case unicode.IsSpace(r):
		f.spaces++
	case r == '…':
		f.dots += 3
	case r == '.':
		f.dots++
	case unicode.Is(unicode.Pd, r) || r == '\u2212':
		f.hyphens++
	default:
		f.others++
	}
}

func (f *folder) gap() bool { return f.dots >= 3 }

func (f *folder) soft() bool {
	return f.spaces == 0 && f.others == 0 && f.dots+f.hyphens == 1 && len(f.out.Words) > 0
}

func (f *folder) restart() {
	f.dots, f.hyphens, f.spaces, f.others, f.line = 0, 0, 0, 0, false
}

// binds reports whether r, which is no letter, is part of the word being read:
// an apostrophe between letters, a separator between digits.
func (f *folder) binds(r rune, next int) bool {
	last := f.token[len(f.token)-1].r
	following, _ := utf8.DecodeRuneInString(f.out.Exact[next:])
	switch inner(r) {
	case '\'':
		return unicode.IsLetter(last) && unicode.IsLetter(following)
	case '.', ',', ':', '/':
		return unicode.IsDigit(last) && unicode.IsDigit(following)
	}
	return false
}

// opensDecimal reports whether r is the point of a number that has nothing in
// front of it: .5 is not 5.
func (f *folder) opensDecimal(r rune, at, n int) bool {
	if inner(r) != '.' || len(f.token) > 0 {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(f.out.Exact[:at])
	after, _ := utf8.DecodeRuneInString(f.out.Exact[at+n:])
	return unicode.IsDigit(after) && before != '.' && before != '…' && !isWordRune(before)
}

// inAcronym reports whether the full stop before next stands between single
// letters.
func (f *folder) inAcronym(next int) bool {
	n := len(f.token)
	if n == 0 || !unicode.IsLetter(f.token[n-1].r) {
		return false
	}
	if n > 1 && f.token[n-2].end == f.token[n-1].start {
		return false // two letters in a row
	}
	a, size := utf8.DecodeRuneInString(f.out.Exact[next:])
	b, _ := utf8.DecodeRuneInString(f.out.Exact[next+size:])
	return unicode.IsUpper(a) && !isWordRune(b)
}

// isMinus reports whether r is a minus sign: a dash right before a digit and
// not right after a word.
func (f *folder) isMinus(r rune, at, n int) bool {
	if !unicode.Is(unicode.Pd, r) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(f.out.Exact[:at])
	after, _ := utf8.DecodeRuneInString(f.out.Exact[at+n:])
	if inner(after) == '.' { // -.5
		after, _ = utf8.DecodeRuneInString(f.out.Exact[at+n+utf8.RuneLen(after):])
	}
	return unicode.IsDigit(after) && (at == 0 || unicode.IsSpace(before) || before == '(')
}

func (f *folder) sign(r rune, at, n int) {
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
func (f *folder) endWord() {
	if len(f.token) == 0 {
		return
	}
	t := f.token
	f.token = f.token[:0]
	w := Word{
		Start: int32(t[0].start), End: int32(t[len(t)-1].end), From: int32(f.letters), //nolint:gosec // texts are limited to megabytes
		Soft: f.soft(), Gap: f.gap(), Line: f.line,
	}
	w.Confused = f.unmask(t)
	var key, full strings.Builder
	marked := false
	for _, a := range t {
		k, fullForm, folded := foldRune(a.r)
		key.WriteString(k)
		full.WriteString(fullForm)
		marked = marked || k != fullForm
		f.stream.WriteString(folded)
		f.letters += utf8.RuneCountInString(folded)
	}
	w.To = int32(f.letters) //nolint:gosec // as above
	w.Key = key.String()
	if marked {
		w.full = full.String()
	}
	if w.Key == "" { // vowel signs alone
		return
	}
	f.out.Words = append(f.out.Words, w)
	f.restart()
}

// unmask puts the letters for which look-alikes stand into a word that mixes
// scripts, or that stands in another script than all around it and could be
// spelled in theirs.
func (f *folder) unmask(t []atom) bool {
	latin, other := 0, 0
	styled := false
	for _, a := range t {
		switch s := scriptOf(a.r); {
		case s == latinScript:
			latin++
		case s == cyrillicScript || s == greekScript:
			other++
		}
		styled = styled || isStyled(a.r)
	}
	if styled {
		for _, a := range t {
			if isStyled(a.r) {
				f.odd(LookAlike, a.r, a.point)
			}
		}
	}
	foreign := latin == 0 && other > 0 && f.home == latinScript
	if (latin == 0 || other == 0) && !foreign {
		return false
	}
	table := toLatin
	if f.home != latinScript && other > latin {
		table = toOther
	}
	return f.swap(t, table)
}

// swap replaces look-alikes by table if that makes the word one of one script.
func (f *folder) swap(t []atom, table map[rune]rune) bool {
	want := latinScript
	if _, reversed := table['a']; reversed {
		want = cyrillicScript
	}
	for _, a := range t {
		s := scriptOf(a.r)
		if _, ok := table[a.r]; !ok && s != noScript && s != want {
			return false
		}
	}
	changed := false
	for i, a := range t {
		if r, ok := table[a.r]; ok {
			f.odd(LookAlike, a.r, a.point)
			t[i].r, changed = r, true
		}
	}
	return changed
}

// report notes an invisible character, unless its neighbours need it to be
// written properly.
func (f *folder) report(r rune, at, n, point int) {
	if joinerOrMark(r) {
		before, _ := utf8.DecodeLastRuneInString(f.out.Exact[:at])
		after, _ := utf8.DecodeRuneInString(f.out.Exact[at+n:])
		if complexScript(before) || complexScript(after) {
			return
		}
	}
	f.odd(Invisible, r, point)
}

func (f *folder) odd(k OddityKind, r rune, point int) {
	if len(f.out.Odd) < maxOddities {
		f.out.Odd = append(f.out.Odd, Oddity{k, r, point})
	}
}

// Spelling is the same for texts that no reader would tell apart by their words:
// they differ at most in what is no difference, or in where words are divided.
func (f *Folded) Spelling() [sha256.Size]byte {
	var b strings.Builder
	for i, w := range f.Words {
		if i > 0 && (digitAt(f.Words[i-1].Key, false) && digitAt(w.Key, true) || w.Confused) {
			b.WriteByte(' ')
		}
		b.WriteString(w.Key)
	}
	return sha256.Sum256([]byte(b.String()))
}

// digitAt reports whether a key begins, or ends, with a digit.
func digitAt(key string, begins bool) bool {
	c := key[0]
	if !begins {
		c = key[len(key)-1]
	}
	return c >= '0' && c <= '9'
}

// Slice returns the exact text from the first byte of word i to the last of
// word j-1.
func (f *Folded) Slice(i, j int) string {
	if i >= j || i < 0 || j > len(f.Words) {
		return ""
	}
	return f.Exact[f.Words[i].Start:f.Words[j-1].End]
}

// WordAt returns the index of the word that holds letter n of the stream.
func (f *Folded) WordAt(n int) int {
	i, _ := slices.BinarySearchFunc(f.Words, n, func(w Word, n int) int {
		if int(w.To) <= n {
			return -1
		}
		return 1
	})
	return min(i, len(f.Words))
}

// Offset returns the code point at which word i begins.
func (f *Folded) Offset(i int) int {
	if i >= len(f.Words) {
		return utf8.RuneCountInString(f.Exact)
	}
	return utf8.RuneCountInString(f.Exact[:f.Words[i].Start])
}

// Texts of fewer words and fewer letters are too short to come from anywhere in
// particular.
const (
	leastWords   = 5
	leastLetters = 25
)

// TooShort reports whether a text is too short to come from anywhere in
// particular: fewer than 5 words and fewer than 25 letters.
func (f *Folded) TooShort() bool {
	return len(f.Words) < leastWords && f.Letters < leastLetters
}
