package check

import (
	"fmt"
	"strings"

	"chancery.example/internal/fold"
)

// A Character is one that readers of an exhibit cannot see, cannot tell from
// another, or would not expect. Folding took it away or put another in its place
// to find the words; here it is kept as evidence (fold.md MUST-20).
type Character struct {
	Kind   fold.OddityKind `json:"kind"`
	Rune   string          `json:"rune"`           // U+200B
	Name   string          `json:"name,omitempty"` // in the Unicode Character Database
	Offset int             `json:"offset"`         // of the first, in code points of the exhibit's text
	Count  int             `json:"count"`          // of equal ones
}

// Place is where the first stands, counted from 1.
func (c Character) Place() int { return c.Offset + 1 }

// charactersOf lists the odd characters of a text.
func charactersOf(f *fold.Folded) []Character {
	var out []Character
	for _, o := range f.Odd {
		out = append(out, Character{o.Kind, fmt.Sprintf("U+%04X", o.Rune), o.Name(), o.Offset, o.Count})
	}
	return out
}

// characterKinds names the kinds in the order in which they matter.
var characterKinds = []struct {
	kind fold.OddityKind
	name Words
}{
	{fold.Invisible, Words{"invisible", "لا تُرى"}},
	{fold.LookAlike, Words{"look like others", "تشبه غيرها"}},
	{fold.BidiControl, Words{"change the direction of text", "تغيّر اتجاه النص"}},
	{fold.UnusualMarks, Words{"marks set upon letters", "علامات مضافة إلى حروف"}},
	{fold.OtherDigits, Words{"digits of another script", "أرقام من كتابة أخرى"}},
	{fold.CompatibilityForm, Words{"special forms of letters", "أشكال خاصة من الحروف"}},
}

// hiddenCharacters adds the characters of a copy that are not what they seem,
// and the chip that sums them up.
func (s *Snapshot) hiddenCharacters(f *Finding, copied *fold.Folded) {
	if f.picture != nil && !f.picture.typed {
		return // there is nothing hidden in what was seen
	}
	f.Characters = charactersOf(copied)
	counts := map[fold.OddityKind]int{}
	for _, c := range f.Characters {
		counts[c.Kind] += c.Count
	}
	var en, ar []string
	for _, k := range characterKinds {
		if n := counts[k.kind]; n > 0 {
			en = append(en, fmt.Sprintf("%s: %d", k.name.EN, n))
			ar = append(ar, fmt.Sprintf("%s: %d", k.name.AR, n))
		}
	}
	if f.oddities = nil; len(en) > 0 {
		f.oddities = &Chip{ChipCharacters, Words{
			"Characters that are not what they seem; " + strings.Join(en, "; "),
			"محارف ليست كما تبدو؛ " + strings.Join(ar, "؛ "),
		}}
	}
}
