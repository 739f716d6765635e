package office

import (
	"chancery.example/internal/folder"
	"chancery.example/internal/seals"
	"chancery.example/register"
)

// What an office issues letters as is in no log. A database that is made anew goes by
// what can be seen: the office's newest letter, and the key of its seal.

// issuedLast remembers what an office issued last. A letter that is recorded later has
// a form of its time, which says nothing of the office's own.
func (t *filling) issuedLast(office string, b register.Body) {
	if i, ok := b.(register.Issue); ok && i.Written != "" {
		return
	}
	t.last[office] = b
}

// papers sets what offices issue that the database did not know.
func (t *filling) papers() error {
	t.Papers = map[string]Paper{}
	for _, id := range t.learnt {
		p, err := t.paper(id)
		if err == nil {
			err = t.SetPaper(id, string(p))
		}
		if err != nil {
			return err
		}
		t.Papers[id] = p
	}
	return nil
}

// paper is what an office issued letters as, by all appearance: PDFs when its newest
// letter is one that the office made, or when it has a key for seals and no letter yet.
func (t *filling) paper(office string) (Paper, error) {
	sealed, err := seals.Keeper{Folder: t.folder, Office: office}.Any()
	last, issued := t.last[office]
	if err == nil && sealed && !issued {
		return PDFPaper, nil
	}
	for _, d := range folder.PublicForms(last) {
		if sealed || t.folder.HasForm(d) {
			return PDFPaper, err
		}
	}
	return NoPaper, err
}
