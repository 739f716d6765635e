// Package fold keeps two layers of every text apart. The exact text is what was
// signed and what readers see; nothing is ever shown or decided from anything
// else than its words. The fold serves finding alone: compatibility forms,
// letter case, accents, Arabic spelling variants, digits of all scripts and
// look-alike letters are made one, and everything but letters and digits is
// left out, with a map back to the exact words, bytes and code points.
//
// docs/formats/fold.md has the rules, numbered; MUST-7 without a page is one of
// them. What the folding hides is kept as evidence: every character that does
// not print, prints like another or changes the direction of text is listed in
// [Folded.Odd].
//
//	f := fold.Copy("The Cafe\u0301 opens at \u0662\u0661:\u0660\u0660.")
//	fmt.Println(f.Stream) // thecafeopensat2100
//
// Reading takes time in proportion to the text's length, whatever is in it, and
// no text makes it fail: bytes that are no UTF-8 stand between words. The package
// has no clock, no network and no files.
package fold

import (
	"crypto/sha256"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"chancery.example/letter"
)

// A Word is one word, number or sign of an exact text.
type Word struct {
	Start, End int32 // in bytes of the exact text
	From, To   int32 // in letters of the fold
	Key        string
	// full is the spelling with the vowel signs and alef forms that Key leaves
	// out, or as it stands when the word is confused; empty when Key says all.
	full string
	// Soft: only a hyphen or full stop stands between this word and the one
	// before, so that a line end or another style may have joined them.
	Soft bool
	// Gap: the author marked an omission before this word ("...").
	Gap bool
	// Line: this word begins a line.
	Line bool
	// Confused: written with look-alike letters, or put together by a change of
	// direction inside it. It is the same word only as one confused likewise.
	Confused bool
}

// Agrees reports whether two words are the same word (MUST-5 to MUST-7).
func (w Word) Agrees(o Word) bool {
	if w.Confused && w.full != o.full {
		return false
	}
	return w.Key == o.Key && w.Confused == o.Confused && compatible(w.full, o.full)
}

// A Folded is an exact text with its fold and the map between them.
type Folded struct {
	// Exact is the text as it was given; where it overrides the direction of
	// writing, in the order in which readers see it (MUST-16). Origin maps back.
	Exact    string
	Words    []Word
	Stream   string   // letters and digits only, folded
	Letters  int      // of the stream
	Odd      []Oddity // one for each character and kind, first place first
	Omission bool     // the text ends with an ellipsis
	Free     bool     // running matter that anybody can word was left out

	// Confidence is how sure the reader of a picture was of each word, from 0 to
	// 1; nil for words that came as text.
	Confidence []float32
	// Open are the words of which nobody knows whether they stand there; nil likewise.
	Open []bool
	seen []Seen

	bare  map[string]int // lines of record that are a number alone, by their digits
	loose bool           // such lines of a copy were left out
	order *order         // nil: the text is seen as it was given
}

// Copy returns a copy's text with its fold. Running matter is left out.
func Copy(exact string) *Folded {
	exact, o := seenOrder(exact)
	skip := letter.RunningMatter(exact)
	f := read(exact, o, skip)
	f.loose = slices.ContainsFunc(skip, func(s letter.Span) bool { return letter.BareNumber(exact[s.Start:s.End]) })
	return f
}

// Record is Copy for a text of record. A line with a number alone is a part
// of it, though on a copy it may be the number of a page.
func Record(exact string) *Folded {
	bare := map[string]int{}
	exact, o := seenOrder(exact)
	f := read(exact, o, slices.DeleteFunc(letter.RunningMatter(exact), func(s letter.Span) bool {
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
	again := read(f.Exact, f.order, slices.DeleteFunc(letter.RunningMatter(f.Exact), func(s letter.Span) bool {
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
	for _, w := range read(line, nil, nil).Words {
		b.WriteString(w.Key + " ")
	}
	return b.String()
}

// Spelling is the same for texts that no reader would tell apart by their words:
// they differ at most in what is no difference, or in where words are divided.
func (f *Folded) Spelling() [sha256.Size]byte {
	var b strings.Builder
	for i, w := range f.Words {
		if i > 0 && digitAt(f.Words[i-1].Key, false) && digitAt(w.Key, true) {
			b.WriteByte(' ')
		}
		b.WriteString(w.Key)
		if w.Confused {
			b.WriteString(" " + w.full + " ")
		}
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

// Offset returns the code point of the text that was given at which word i
// begins, and the number of its code points for what follows the last word.
func (f *Folded) Offset(i int) int {
	if i >= len(f.Words) {
		return f.order.point(utf8.RuneCountInString(f.Exact))
	}
	return f.order.point(utf8.RuneCountInString(f.Exact[:f.Words[i].Start]))
}

// Origin returns the byte of the text that was given for byte at of Exact. Both
// are the same unless the text overrides the direction of writing.
func (f *Folded) Origin(at int) int {
	if f.order == nil || at < 0 || at > len(f.Exact) {
		return at
	}
	for at > 0 && at < len(f.Exact) && !utf8.RuneStart(f.Exact[at]) {
		at--
	}
	return int(f.order.bytes[utf8.RuneCountInString(f.Exact[:at])])
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
