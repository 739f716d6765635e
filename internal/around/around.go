// Package around says which words stand around the text of a letter on its paper,
// and finds them on a paper again: letterhead, reference and date, addressees,
// signature block, enclosures, copies, which text prevails, and what a copy's
// draft-opening code is for.
//
//	p := around.Paper{Content: content, Office: names, Domain: "harbour.example"}
//	w := around.Of(p, text)                               // to print them
//	spans := around.Find(fold.Copy(scan), p, first, last) // to find them again
//
// What typesets a letter and what checks a paper ask the same function, so that they
// cannot come apart. Everything in it is known from the letter itself: a paper that
// has other words there, or words beside them, is not covered by it.
package around

import (
	"fmt"
	"slices"
	"strings"

	"chancery.example/letter"
)

// A Phrase is a few words in one language.
type Phrase struct {
	Language letter.Lang
	Text     string
}

// A Paper is what is known of what stands on it.
type Paper struct {
	Content letter.Content // its texts say themselves what need not be printed
	Office  []Phrase       // its names
	Domain  string
	Date    []Phrase // in each language; none: it is not printed
	Copy    bool     // of a draft, numbered: a draft-opening code may stand at its end
}

// Words are the words around the text of one language, in their order on paper; what
// is empty is not printed.
type Words struct {
	Labels Labels
	// Own: the text begins with a letterhead of its own. Then domain to addressees
	// stand under its first paragraph, else over the text.
	Own          bool
	Name, Domain string
	Reference    string // with its label
	Date         string // likewise
	Addressees   []string
	// Signed is how many lines of the typed signature end a text; then it is not
	// printed a second time.
	Signed     int
	Signature  []string
	Enclosures []string
	Copies     []string
	Prevails   string
	Opening    string // over the draft-opening code of a copy, at the end of its last text
}

// Of returns the words around one of a letter's texts: what the texts do not say
// themselves.
func Of(p Paper, t letter.LangText) Words {
	w := Words{Labels: LabelsOf(t.Lang), Name: Pick(t.Lang, p.Office), Domain: p.Domain}
	var said []string
	for _, other := range p.Content.Texts {
		said = append(said, strings.Split(other.Text.String(), "\n")...)
		if ps := other.Text.Paragraphs(); w.Signed == 0 {
			w.Signed = TypedAtEnd(ps[len(ps)-1], p.Content.Signature.Lines)
		}
	}
	first, _, _ := strings.Cut(t.Text.String(), "\n")
	if w.Own = slices.ContainsFunc(p.Office, func(o Phrase) bool { return Alike(o.Text, first) }); w.Own {
		w.Name = ""
	} else if w.Name == "" {
		w.Domain = ""
	}
	if ref := string(p.Content.Reference); ref != "" && !strings.Contains(t.Text.String(), ref) {
		w.Reference = w.Labels.Reference + " " + ref
	}
	if date := Pick(t.Lang, p.Date); !says(said, date) {
		w.Date = w.Labels.Date + " " + date
	}
	w.Addressees = unsaid(said, p.Content.Addressees)
	if s := p.Content.Signature; s.Kind != letter.SignatureNone && w.Signed == 0 {
		w.Signature = s.Lines
	}
	for i, e := range p.Content.Enclosures {
		if !says(said, e.Title) {
			w.Enclosures = append(w.Enclosures, fmt.Sprintf("%d. %s", i+1, e.Title))
		}
	}
	w.Copies = unsaid(said, p.Content.Distribution)
	if l := p.Content.Prevailing; l != "" && len(p.Content.Texts) > 1 {
		w.Prevails = w.Labels.Prevails(l)
	}
	if p.Copy {
		w.Opening = w.Labels.Opening
	}
	return w
}

// Pick returns the words of a language, or the first there are.
func Pick(l letter.Lang, of []Phrase) string {
	for _, same := range []func(Phrase) bool{
		func(p Phrase) bool { return p.Language == l },
		func(p Phrase) bool { return base(p.Language) == base(l) },
		func(Phrase) bool { return true },
	} {
		if i := slices.IndexFunc(of, same); i >= 0 {
			return of[i].Text
		}
	}
	return ""
}

// Alike reports whether two lines differ at most in case, spaces and the signs at
// their ends.
func Alike(a, b string) bool { return strings.EqualFold(plain(a), plain(b)) }

// plain is a line without what does not count when two are compared.
func plain(s string) string { return strings.Join(strings.Fields(strings.Trim(s, " .,:;،؛")), " ") }

// says reports whether a line of a text is just these words, or begins or ends
// with them ("To the Minister of Works"). Names are registered in one language:
// what the English text says, the Arabic says in its own words.
func says(said []string, words string) bool {
	want := plain(words)
	return want == "" || slices.ContainsFunc(said, func(l string) bool {
		l = plain(l)
		return strings.EqualFold(l, want) || strings.HasSuffix(l, " "+want) || strings.HasPrefix(l, want+" ")
	})
}

func unsaid(said, of []string) (out []string) {
	for _, s := range of {
		if !says(said, s) {
			out = append(out, s)
		}
	}
	return out
}

// TypedAtEnd counts the lines of a signature when a paragraph ends with it.
func TypedAtEnd(paragraph string, typed []string) int {
	lines := strings.Split(paragraph, "\n")
	if len(typed) == 0 || len(typed) > len(lines) {
		return 0
	}
	for i, l := range lines[len(lines)-len(typed):] {
		if !Alike(l, typed[i]) {
			return 0
		}
	}
	return len(typed)
}
