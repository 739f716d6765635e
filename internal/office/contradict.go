package office

import (
	"fmt"
	"slices"

	"chancery.example/internal/fold"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A record that contradicts itself makes readers doubt all of it (standing.md MUST-11,
// standing.md MUST-15), so an office's acts refuse to make one: the same words are
// not both issued and a draft, and not both its own and disavowed.

// notOwn refuses words that the office itself sealed.
func (t *turn) notOwn(o store.Office, what string, texts []letter.LangText) error {
	letters, err := t.Letters(o.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		revs, err := t.Revisions(l.ID)
		if err != nil {
			return err
		}
		for _, rev := range revs {
			if shares(rev.Revision.Content().Texts, texts) {
				return kind.Conflict.Errorf("%s: these are the words of %s, revision %d, of %s itself; open or withdraw that letter, or make a statement about it", what, l.Reference, rev.Number, o.ID)
			}
		}
	}
	return nil
}

// notIssued refuses words that a letter of the office was issued in.
func (t *turn) notIssued(o store.Office, what string, texts []letter.LangText) error {
	letters, err := t.Letters(o.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if (l.Stage == store.Issued || l.Stage == store.Embargoed) && shares(l.Draft.Texts, texts) {
			return kind.Conflict.Errorf("%s: %s was issued in the same words, and issued words are never shown as a draft; close this one without opening it", what, l.Reference)
		}
	}
	return nil
}

// notDisavowed refuses words that the office said are not its own.
func (t *turn) notDisavowed(o store.Office, what string, texts []letter.LangText) error {
	all, err := t.IntentsOf(o.ID, register.KindDisavow)
	if err != nil {
		return err
	}
	for _, i := range all {
		body, err := register.DecodeBody(i.Kind, i.Body)
		if err != nil {
			return fmt.Errorf("disavowal %s: %w", i.Name, err)
		}
		denied, err := wordsOf(i.Texts, body)
		if err != nil {
			return fmt.Errorf("disavowal %s: %w", i.Name, err)
		}
		if !shares(denied, texts) {
			continue
		}
		if i.Entry != nil {
			_, back, err := t.IntentNamed(retractName(o.ID, register.LeafHash(i.Entry)))
			if err != nil {
				return err
			}
			if back {
				continue
			}
		}
		return kind.Conflict.Errorf("%s: %s has disavowed these words on %s; retract that first", what, o.ID, i.At.Format("2 January 2006"))
	}
	return nil
}

// shares reports whether a text of a has the very words of one of b. Readers are
// answered by words: other line ends, a comma or another language's name make no
// other text of them.
func shares(a, b []letter.LangText) bool {
	return slices.ContainsFunc(a, func(x letter.LangText) bool {
		return slices.ContainsFunc(b, func(y letter.LangText) bool { return sameWords(x.Text.String(), y.Text.String()) })
	})
}

func sameWords(a, b string) bool {
	const few = 200 // bytes of page numbers and the like
	if a == b || len(a) > 2*len(b)+few || len(b) > 2*len(a)+few {
		return a == b
	}
	return fold.Record(a).Spelling() == fold.Record(b).Spelling()
}

// wordsOf returns texts that a body makes public, with their languages.
func wordsOf(texts []store.Text, b register.Body) ([]letter.LangText, error) {
	var out []letter.LangText
	for _, x := range texts {
		text, err := letter.Parse([]byte(x.Text))
		if err != nil {
			return nil, err //nolint:wrapcheck // the caller says whose text it is
		}
		out = append(out, letter.LangText{Lang: langOf(b, x.Leaf), Text: text})
	}
	return out, nil
}
