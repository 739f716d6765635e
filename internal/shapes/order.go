package shapes

import (
	"slices"
	"strings"
	"time"

	"chancery.example/internal/around"
	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
	"chancery.example/register"
)

// PDFs have Arabic, and what stands among it, in either order of letters and words; who
// knows the letter can tell. So a word is written as the letter has it when it has the
// same letters, and a line whose words are those of a line as this program sets the
// letter is read as that one.

// written puts pages into the letter's own spelling and order.
func written(pages, set []layout.Page) {
	words, known := map[string]string{}, map[string]bool{} // by their letters; as they are
	lines := map[string][]string{}
	for _, p := range set {
		for _, line := range linesOf(p.Words) {
			var texts []string
			for _, w := range line {
				texts = append(texts, w.Text)
				words[letters(w.Text)], known[w.Text] = w.Text, true
			}
			lines[together(texts)] = texts
		}
	}
	for _, p := range pages {
		for _, line := range linesOf(p.Words) {
			var texts []string
			for i, w := range line {
				if like, ok := words[letters(w.Text)]; ok && !known[w.Text] {
					line[i].Text = like
				}
				texts = append(texts, line[i].Text)
			}
			if order, ok := lines[together(texts)]; ok {
				sortAs(line, order)
			}
		}
	}
}

// linesOf parts words into their lines, which share their memory.
func linesOf(ws []layout.Word) (out [][]layout.Word) {
	for i := 0; i < len(ws); {
		j := i
		for j < len(ws) && ws[j].Line == ws[i].Line {
			j++
		}
		out = append(out, ws[i:j])
		i = j
	}
	return out
}

// letters are those of a word, sorted.
func letters(s string) string {
	r := []rune(s)
	slices.Sort(r)
	return string(r)
}

// together are the words of a line, sorted.
func together(texts []string) string {
	t := slices.Clone(texts)
	slices.Sort(t)
	return strings.Join(t, "\n")
}

// sortAs puts the words of a line into another order; words that are the same stay as
// they stand to each other.
func sortAs(line []layout.Word, order []string) {
	from := slices.Clone(line)
	for i, text := range order {
		at := slices.IndexFunc(from, func(w layout.Word) bool { return w.Text == text })
		line[i] = from[at]
		from = slices.Delete(from, at, at+1)
	}
}

// setAnew sets a letter that was issued at a time as far as it is public, with the code
// that its pages show; nothing when that is not possible.
func setAnew(s Records, l *register.Letter, fields []letter.Disclosure, at time.Time, pages []layout.Page) []layout.Page {
	t := typeset.Letter{Content: letter.Content{Reference: l.Reference, Type: letter.TypeLetter}}
	for _, d := range fields {
		lang, isText := d.Field.Lang()
		if !isText {
			continue
		}
		if text, ok := s.TextOf(d.Hash); ok {
			t.Content.Texts = append(t.Content.Texts, letter.LangText{Lang: lang, Text: text})
		}
	}
	list := func(f letter.Field) []string {
		if d := letter.Find(fields, f); d != nil && d.Salt != nil {
			if lines, err := letter.ParseList(d.Value); err == nil {
				return lines
			}
		}
		return nil
	}
	t.Content.Addressees, t.Content.Distribution = list(letter.FieldAddressees), list(letter.FieldDistribution)
	if o, ok := s.State().OfficeOf(l.Office); ok {
		t.Domain = o.Domain
		for lang, name := range o.Name {
			t.Office = append(t.Office, typeset.Words{Language: letter.Lang(lang), Text: name})
		}
	}
	if d := letter.Find(fields, letter.FieldPrevailing); d != nil && d.Salt != nil {
		t.Content.Prevailing = letter.Lang(d.Value)
	}
	t.Date = around.Day(at, t.Content.Texts)
	for _, p := range pages {
		for _, w := range p.Words {
			if strings.HasPrefix(w.Text, "https://"+t.Domain+"/") {
				t.Code = w.Text
			}
		}
	}
	set, err := typeset.Set(t)
	if err != nil {
		return nil
	}
	return set.Pages
}
