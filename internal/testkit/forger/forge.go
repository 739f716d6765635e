package forger

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// A Kind is what a forger does to a letter, once.
type Kind string

// The kinds. None is the letter as it is.
const (
	None     Kind = ""
	Digit    Kind = "a digit"
	Day      Kind = "a day"
	Longer   Kind = "a digit more"
	Shorter  Kind = "a digit less"
	Negated  Kind = "a negation more"
	Affirmed Kind = "a negation less"
	Name     Kind = "a name"
	Other    Kind = "another word"
	More     Kind = "words more"
	Less     Kind = "words less"
	Line     Kind = "a line more"
	Gone     Kind = "a line less"
)

// Kinds are all of them but None.
func Kinds() []Kind {
	return []Kind{Digit, Day, Longer, Shorter, Negated, Affirmed, Name, Other, More, Less, Line, Gone}
}

// A Forgery is an altered letter. Words are counted from 0.
type Forgery struct {
	Text string
	Kind Kind
	// Changed are the words of the registered letter for which others stand, or none.
	Changed []int
	// New are the words of the forged letter that are not registered.
	New []int
	// After is the last registered word before the alteration, -1 for none.
	After int
}

// Forge alters a letter at one of the words that may be altered, which some names;
// false when it has no such word of the kind's.
func (s *Script) Forge(rng *rand.Rand, text string, kind Kind, some func(word int) bool) (Forgery, bool) {
	if kind == None {
		return Forgery{Text: text, After: -1}, true
	}
	lines := strings.Split(text, "\n")
	var words []string
	var of []int // the line of each
	for i, l := range lines {
		for w := range strings.FieldsSeq(l) {
			words, of = append(words, w), append(of, i)
		}
	}
	var may []int
	for i, w := range words {
		if some(i) && s.fits(kind, w) {
			may = append(may, i)
		}
	}
	if len(may) == 0 {
		return Forgery{}, false
	}
	var at, gone int
	var put []string
	for try := 0; try == 0 || !told(words, at, gone, put); try++ {
		if try == 20 {
			return Forgery{}, false
		}
		at = may[rng.IntN(len(may))]
		gone, put = s.alter(rng, kind, words[at])
		gone = min(gone, len(words)-at)
	}
	f := Forgery{Kind: kind, After: at - 1}
	var out strings.Builder
	n, line := 0, 0
	write := func(w string, of int) {
		for ; line < of; line++ {
			out.WriteByte('\n')
		}
		out.WriteString(w + " ")
		n++
	}
	for i := range len(words) + 1 {
		if i == at {
			for _, w := range put {
				f.New = append(f.New, n)
				write(w, of[min(i, len(of)-1)])
			}
		}
		switch {
		case i >= at && i < at+gone:
			f.Changed = append(f.Changed, i)
		case i < len(words):
			write(words[i], of[i])
		}
	}
	f.Text = out.String()
	return f, true
}

// told reports whether an alteration has one place: of two words that are the same,
// beside each other, nobody can say which was put in.
func told(words []string, at, gone int, put []string) bool {
	before, after := "", ""
	if at > 0 {
		before = words[at-1]
	}
	if at+gone < len(words) {
		after = words[at+gone]
	}
	out := slices.Concat(words[at:at+gone], put)
	return out[0] != after && out[len(out)-1] != before && (len(put) == 0 || put[0] != after && put[len(put)-1] != before)
}

// fits reports whether a word may be altered so.
func (s *Script) fits(kind Kind, w string) bool {
	figure := strings.ContainsRune(string(s.digits), []rune(w)[0])
	switch kind {
	case Digit:
		return figure && len([]rune(w)) == 4
	case Day:
		return figure && len([]rune(w)) < 4
	case Longer:
		return figure
	case Shorter:
		return figure && len([]rune(w)) > 1
	case Affirmed:
		return w == s.not
	case Name:
		return slices.Contains(s.names, w)
	case Other:
		return !figure
	case None, Negated, More, Less, Line, Gone:
	}
	return true
}

// alter says how many words go, and which come.
func (s *Script) alter(rng *rand.Rand, kind Kind, w string) (gone int, put []string) {
	another := func(among []string) string {
		for {
			if v := among[rng.IntN(len(among))]; v != w {
				return v
			}
		}
	}
	some := func(n int) (out []string) {
		for range n {
			out = append(out, another(s.words))
		}
		return out
	}
	switch kind {
	case Digit:
		r := []rune(w)
		k := rng.IntN(len(r))
		r[k] = s.digits[(slices.Index(s.digits, r[k])+1+rng.IntN(9))%10]
		return 1, []string{string(r)}
	case Day:
		for {
			if v := s.number(1 + rng.IntN(31)); v != w {
				return 1, []string{v}
			}
		}
	case Longer, Shorter:
		r := []rune(w)
		k := rng.IntN(len(r) + 1)
		if kind == Longer {
			return 1, []string{string(slices.Insert(r, k, s.digits[rng.IntN(10)]))}
		}
		k = min(k, len(r)-1)
		return 1, []string{string(slices.Delete(r, k, k+1))}
	case Negated:
		return 0, []string{s.not}
	case Affirmed:
		return 1, nil
	case Name:
		return 1, []string{another(s.names)}
	case Other:
		return 1, some(1)
	case More:
		return 0, some(1 + rng.IntN(3))
	case Less:
		return 1 + rng.IntN(3), nil
	case Line:
		return 0, some(8 + rng.IntN(4))
	case Gone:
		return 8 + rng.IntN(4), nil
	case None:
	}
	return 0, nil
}
