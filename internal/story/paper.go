package story

import (
	"context"
	"fmt"
	"hash/fnv"
	"image"
	"math/rand/v2"
	"strings"
	"sync"

	"chancery.example/internal/form"
	"chancery.example/internal/office"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo/photosim"
	"chancery.example/letter"
)

// Papers are what a story that was played left behind on paper: the PDFs that letters
// were issued as, and the numbered copies of drafts.
type Papers struct {
	mu     sync.Mutex
	issued map[letter.Ref]issued
	copies []office.NumberedCopy
}

// issued is a form with what it was made of.
type issued struct {
	of  typeset.Letter
	pdf []byte
}

// Pages draws pages of PDFs (internal/pdf/extract).
type Pages interface {
	Draw(ctx context.Context, data []byte, pages []int, side int) ([]*image.Gray, error)
}

// A Paper is an exhibit that was made.
type Paper struct {
	Exhibit
	File  string // its name
	Media string // its media type
	Data  []byte
}

// kept is what makes forms, and what keeps what they were made of.
type kept struct {
	office.Forms
	papers *Papers
}

// Make implements [office.Forms].
func (k kept) Make(ctx context.Context, o form.Order) ([]byte, error) {
	pdf, err := k.Forms.Make(ctx, o)
	if err == nil {
		k.papers.mu.Lock()
		defer k.papers.mu.Unlock()
		k.papers.issued[o.Letter.Content.Reference] = issued{o.Letter, pdf}
	}
	return pdf, err //nolint:wrapcheck // it says what it makes
}

// Make makes an exhibit. The photo of one name is always taken by the same hand in the
// same light.
func (p *Papers) Make(ctx context.Context, pages Pages, e Exhibit) (Paper, error) {
	pdf, err := p.pdf(e)
	if err != nil {
		return Paper{}, fmt.Errorf("making %s: %w", e.Name, err)
	}
	if e.Photo == "" {
		return Paper{e, e.Name + ".pdf", "application/pdf", pdf}, nil
	}
	q, ok := camera(e.Photo)
	if !ok {
		return Paper{}, fmt.Errorf("making %s: no camera of the quality %q", e.Name, e.Photo)
	}
	drawn, err := pages.Draw(ctx, pdf, []int{max(1, e.Page)}, printSide)
	if err != nil {
		return Paper{}, fmt.Errorf("making %s: printing it: %w", e.Name, err)
	}
	if len(drawn) == 0 {
		return Paper{}, fmt.Errorf("making %s: it has no page %d", e.Name, max(1, e.Page))
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(e.Name))
	shot, err := q.Shoot(rand.New(rand.NewPCG(h.Sum64(), 1)), photosim.Printed(drawn[0])) //nolint:gosec // a picture, no secret
	if err != nil {
		return Paper{}, fmt.Errorf("making %s: taking the photo: %w", e.Name, err)
	}
	if q.Compression == 0 {
		return Paper{e, e.Name + ".png", "image/png", shot.Data}, nil
	}
	return Paper{e, e.Name + ".jpg", "image/jpeg", shot.Data}, nil
}

// printSide is how large pages are printed for the camera, in pixels of the longer side.
const printSide = 2000

// pdf returns an exhibit as pages.
func (p *Papers) pdf(e Exhibit) ([]byte, error) {
	if e.Copy != 0 {
		c, err := p.copied(e)
		if err != nil {
			return nil, err
		}
		if c.Content, err = e.change(c.Content); err != nil {
			return nil, err
		}
		return c.PDF() //nolint:wrapcheck // it says which copy
	}
	p.mu.Lock()
	f, ok := p.issued[letter.Ref(e.Of)]
	p.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("no letter %s was issued as a PDF", e.Of)
	}
	if len(e.Changed) == 0 {
		return f.pdf, nil
	}
	var err error
	if f.of.Content, err = e.change(f.of.Content); err != nil {
		return nil, err
	}
	f.of.Attachments = nil // who forges a page does not have them
	set, err := typeset.Set(f.of)
	return set.PDF, err //nolint:wrapcheck // the caller says of what
}

// copied returns the numbered copy that an exhibit is, of the newest revision that was
// given out.
func (p *Papers) copied(e Exhibit) (out office.NumberedCopy, err error) {
	found := false
	for _, c := range p.copies {
		if c.Content.Reference == letter.Ref(e.Of) && c.Mark.Copy == e.Copy {
			out, found = c, true
		}
	}
	if !found {
		return out, fmt.Errorf("no copy %d of %s was given out", e.Copy, e.Of)
	}
	return out, nil
}

// change returns a letter with the words that somebody changed.
func (e Exhibit) change(c letter.Content) (letter.Content, error) {
	texts := make([]letter.LangText, 0, len(c.Texts))
	changed := 0
	for _, t := range c.Texts {
		if by, ok := e.Changed[string(t.Lang)]; ok {
			if !strings.Contains(t.Text.String(), by.Was) {
				return c, fmt.Errorf("the %s text does not have the words %q", t.Lang, by.Was)
			}
			text, err := letter.Canonicalize([]byte(strings.Replace(t.Text.String(), by.Was, by.Is, 1)))
			if err != nil {
				return c, err //nolint:wrapcheck // it says what is wrong with the text
			}
			t.Text, changed = text, changed+1
		}
		texts = append(texts, t)
	}
	if changed != len(e.Changed) {
		return c, fmt.Errorf("words are changed in %d languages, and the letter has %d of them", len(e.Changed), changed)
	}
	c.Texts = texts
	return c, nil
}
