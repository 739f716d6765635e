// Package parity compares the texts that one revision of a letter has in several
// languages, without guessing what they mean: it counts and looks up what must
// stand in each of them, such as numbers, dates, references, acronyms and the
// terms of the office's glossary.
//
//	for _, f := range parity.Compare(content, glossary) {
//		fmt.Println(f.ID, f.Severity, f.Kind, f.Places)
//	}
//
// A [Finding] is blocking - a letter is not submitted before it is settled or
// accepted with a reason - or advisory: worth a look. No finding means that no
// difference was found by these checks, and nothing more: two texts in which all
// of this agrees can still say different things. Nobody may word it as agreement.
//
// Numbers in words, months, times of day, negation and the like are known in
// English and Arabic; all other checks hold for every language. docs/decisions/0044
// says what each check looks at and how often it was wrong on real letters.
package parity

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"

	"chancery.example/letter"
)

// A Kind says what differs.
type Kind string

// The kinds of findings that block.
const (
	Paragraphs Kind = "paragraphs" // their number
	Numbers    Kind = "numbers"
	Dates      Kind = "dates" // days, months, years; days of the week
	Times      Kind = "times" // of day
	References Kind = "references"
	Acronyms   Kind = "acronyms" // in Latin capitals
	Names      Kind = "names"    // of the office's glossary
	Terms      Kind = "terms"    // likewise
	Lines      Kind = "lines"    // of an address or signature block
	Enclosures Kind = "enclosures"
	Segments   Kind = "segments" // a paragraph that is empty, a placeholder, or in the other language
	Bidi       Kind = "bidi"     // direction marks of more than one sort
)

// The kinds of findings that advise.
const (
	Negation  Kind = "negation"
	Modals    Kind = "modals"     // must, may
	TimeUnits Kind = "time-units" // days, weeks
	Length    Kind = "length"
)

// Kinds lists all kinds in the order in which findings are shown.
func Kinds() []Kind {
	return []Kind{Paragraphs, Segments, Numbers, Dates, Times, References, Acronyms, Names, Terms, Lines, Enclosures, Bidi,
		Negation, Modals, TimeUnits, Length}
}

// Severity returns whether findings of the kind hold a letter up.
func (k Kind) Severity() Severity {
	switch k {
	case Negation, Modals, TimeUnits, Length:
		return Advisory
	case Paragraphs, Numbers, Dates, Times, References, Acronyms, Names, Terms, Lines, Enclosures, Segments, Bidi:
	}
	return Blocking
}

// A Severity says what a finding asks for.
type Severity string

// The severities.
const (
	Blocking Severity = "blocking" // to be settled, or accepted with a reason, before the letter is submitted
	Advisory Severity = "advisory" // to be looked at
)

// A Place is where something stands in one of the texts. When a text lacks what
// the other has, the place in it is the paragraph where it would be looked for,
// with Missing set, or there is none.
type Place struct {
	Lang    letter.Lang
	Span    letter.Span // in bytes of the text
	Text    string      // the words there
	Missing bool        // the paragraph in which it was not found
}

// A Finding is one difference between two texts.
type Finding struct {
	// ID names the finding: 16 hexadecimal digits of a digest of its kind, of what
	// differs and of the words of the paragraphs it was found in. It stays when
	// other paragraphs change, and is another one when these do.
	ID       string
	Kind     Kind
	Severity Severity
	// First and Second are the texts compared; First is the one that prevails, or
	// comes first.
	First, Second letter.Lang
	// Places in the text First, then those in the text Second, in order.
	Places []Place
	// Detail is what cannot be shown in a place: "5" and "6" paragraphs. It is the
	// same in every language.
	Detail [2]string
}

// Key is the key of the message that names what differs: "parity.kind.numbers".
func (f Finding) Key() string { return "parity.kind." + string(f.Kind) }

// Advice is the key of the message that says what to look at: "parity.look.numbers".
func (f Finding) Advice() string { return "parity.look." + string(f.Kind) }

// In returns the places in one of the texts, without those that only say where
// something is missing.
func (f Finding) In(l letter.Lang) []Place {
	var out []Place
	for _, p := range f.Places {
		if p.Lang == l && !p.Missing {
			out = append(out, p)
		}
	}
	return out
}

// Compare compares the texts of a content with each other: the one that prevails,
// or the first, with every other. It returns the findings in order of kind and
// place; none for a content in one language.
func Compare(c letter.Content, g Glossary) []Finding {
	if len(c.Texts) < 2 {
		return nil
	}
	first := max(slices.IndexFunc(c.Texts, func(t letter.LangText) bool { return t.Lang == c.Prevailing }), 0)
	var out []Finding
	for i, t := range c.Texts {
		out = append(out, bidi(read(t))...)
		if i != first {
			out = append(out, compare(read(c.Texts[first]), read(t), c, g)...)
		}
	}
	slices.SortStableFunc(out, func(x, y Finding) int {
		return cmp.Compare(slices.Index(Kinds(), x.Kind), slices.Index(Kinds(), y.Kind))
	})
	return distinct(out)
}

// distinct gives each finding an ID of its own: the same thing may be missing twice
// from paragraphs with the same words.
func distinct(fs []Finding) []Finding {
	seen := map[string]int{}
	for i := range fs {
		id := fs[i].ID
		if n := seen[id]; n > 0 {
			fs[i].ID = digest(id, strconv.Itoa(n))
		}
		seen[id]++
	}
	return fs
}

// digest is the first 8 bytes of a SHA-256 over length-prefixed parts, in
// hexadecimal: long enough that nobody meets a second finding by chance, short
// enough to be typed. Who could make two alike would only accept what they wrote.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		_, _ = h.Write(n[:]) // a hash never fails
		_, _ = h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
