package parity

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"chancery.example/letter"
)

// A Glossary is the names and terms that an office writes one way in each language.
// The zero Glossary is empty.
type Glossary struct {
	Concepts []Concept `json:"concepts"`
}

// A Concept is one name or term.
type Concept struct {
	Name  bool                     `json:"name,omitempty"` // of a person, a ship, a place; else a term
	Forms map[letter.Lang][]string `json:"forms"`          // any of which will do
}

// Limits of a glossary.
const (
	maxConcepts = 5000
	maxLangs    = 20
	maxVariants = 20
	maxForm     = 400 // bytes

	// MaxGlossary is the largest file of a glossary, in bytes.
	MaxGlossary = 2 << 20
)

// NewGlossary makes a glossary of concepts, within the limits of a file.
func NewGlossary(concepts []Concept) (Glossary, error) {
	var g Glossary
	for i, c := range concepts {
		if err := g.add(c); err != nil {
			return Glossary{}, fmt.Errorf("reading the glossary: concept %d: %w", i, err)
		}
	}
	return g, g.filled()
}

// String writes a concept on one line: its kind, then its forms by language.
func (c Concept) String() string {
	out := "term"
	if c.Name {
		out = "name"
	}
	for _, l := range slices.Sorted(maps.Keys(c.Forms)) {
		out += "; " + string(l) + ": " + strings.Join(c.Forms[l], " | ")
	}
	return out
}

// check refuses a concept that is too large or says nothing.
func (c Concept) check() error {
	if len(c.Forms) == 0 || len(c.Forms) > maxLangs {
		return fmt.Errorf("a concept has forms in %d languages; want 1 to %d", len(c.Forms), maxLangs)
	}
	for lang, forms := range c.Forms {
		if len(forms) == 0 || len(forms) > maxVariants {
			return fmt.Errorf("a concept has %d forms in %s; want 1 to %d", len(forms), lang, maxVariants)
		}
		for _, f := range forms {
			if len(f) > maxForm || strings.ContainsFunc(f, unicode.IsControl) || !strings.ContainsFunc(f, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				return fmt.Errorf("%q is no form: want one line of words, at most %d bytes", f, maxForm)
			}
		}
	}
	return nil
}

// add puts a concept into the glossary.
func (g *Glossary) add(c Concept) error {
	if len(g.Concepts) >= maxConcepts {
		return fmt.Errorf("there are more than %d concepts", maxConcepts)
	}
	if err := c.check(); err != nil {
		return err
	}
	g.Concepts = append(g.Concepts, c)
	return nil
}

// formsOf returns the forms in a language, or in the language without its script.
func (c Concept) formsOf(l letter.Lang) []string {
	if f := c.Forms[l]; f != nil {
		return f
	}
	return c.Forms[base(l)]
}

// An index finds the forms of a glossary in a text.
type index map[string][]entry // by their first word

type entry struct {
	concept int
	words   []string
}

// index indexes the forms in the language of a text.
func (x *text) index(g Glossary, want func(int) bool) index {
	out := index{}
	for i, c := range g.Concepts {
		if !want(i) {
			continue
		}
		for _, f := range c.formsOf(x.lang) {
			if w := x.formWords(f); len(w) > 0 {
				out[w[0]] = append(out[w[0]], entry{i, w})
			}
		}
	}
	return out
}

// formWords takes a form apart as a text is.
func (x *text) formWords(form string) []string {
	var out []string
	for _, t := range tokens(form, 0) {
		if t.class != aSign {
			out = append(out, x.stem(t.word))
		}
	}
	return out
}

// stem is how a word of a form is kept: Arabic without its article.
func (x *text) stem(w string) string {
	if base(x.lang) == "ar" && len(w) >= 8 {
		return strings.TrimPrefix(w, "ال")
	}
	return w
}

// occurrences finds every concept in a text.
func (x *text) occurrences(ix index) map[int][]item {
	out := map[int][]item{}
	for p, q := range x.paras {
		var ts []token
		for _, t := range q.tokens {
			if t.class != aSign {
				ts = append(ts, t)
			}
		}
		for i := range ts {
			for _, w := range x.lookups(ts[i].word) {
				for _, e := range ix[w] {
					if x.matches(ts[i:], e.words) {
						span := letter.Span{Start: ts[i].span.Start, End: ts[i+len(e.words)-1].span.End}
						out[e.concept] = append(out[e.concept], item{keys: e.words, para: p, span: span})
					}
				}
			}
		}
	}
	return out
}

// lookups are the forms of a word of the text that a form of the glossary may have.
func (x *text) lookups(w string) []string {
	switch base(x.lang) {
	case "ar":
		return stems(w)
	case "en":
		out := []string{w}
		for _, s := range []string{"'s", "s'", "es", "s"} {
			if rest, ok := strings.CutSuffix(w, s); ok && len(rest) > 2 {
				out = append(out, rest)
			}
		}
		return out
	}
	return []string{w}
}

func (x *text) matches(ts []token, words []string) bool {
	if len(ts) < len(words) {
		return false
	}
	for i, w := range words {
		if !slices.Contains(x.lookups(ts[i].word), w) {
			return false
		}
	}
	return true
}

// glossary reports names and terms that only one of the texts has.
func (p *pairing) glossary(g Glossary) {
	both := func(i int) bool {
		c := g.Concepts[i]
		return len(c.formsOf(p.a.lang)) > 0 && len(c.formsOf(p.b.lang)) > 0
	}
	a, b := p.a.occurrences(p.a.index(g, both)), p.b.occurrences(p.b.index(g, both))
	for i, c := range g.Concepts {
		k := Terms
		if c.Name {
			k = Names
		}
		switch {
		case len(a[i]) > 0 && len(b[i]) == 0:
			p.report(k, a[i][:1], nil)
		case len(b[i]) > 0 && len(a[i]) == 0:
			p.report(k, nil, b[i][:1])
		}
	}
}

// acronyms reports those that only one text has, unless the other says them in words:
// those of the glossary, and the few that everybody knows.
func (p *pairing) acronyms(a, b []item, g Glossary) {
	known := Glossary{Concepts: slices.Clone(g.Concepts)}
	for _, key := range slices.Sorted(maps.Keys(acronymsKnown)) {
		known.Concepts = append(known.Concepts, Concept{Forms: map[letter.Lang][]string{"en": {key}, "ar": acronymsKnown[key]}})
	}
	for _, x := range inOtherWords(missing(a, b), p.a, p.b, known) {
		p.report(Acronyms, []item{x}, nil)
	}
	for _, y := range inOtherWords(missing(b, a), p.b, p.a, known) {
		p.report(Acronyms, nil, []item{y})
	}
}

// inOtherWords drops the acronyms of one text that are a form of a concept of which
// the other has a form.
func inOtherWords(mine []item, x, other *text, g Glossary) []item {
	if len(mine) == 0 {
		return nil
	}
	of := map[string][]int{}
	for i, c := range g.Concepts {
		for _, f := range c.formsOf(x.lang) {
			of[strings.ToUpper(f)] = append(of[strings.ToUpper(f)], i)
		}
	}
	found := other.occurrences(other.index(g, func(int) bool { return true }))
	return slices.DeleteFunc(mine, func(it item) bool {
		return slices.ContainsFunc(of[strings.ToUpper(it.keys[0])], func(i int) bool { return len(found[i]) > 0 })
	})
}
