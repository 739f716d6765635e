package shapes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/layout"
	"chancery.example/internal/marked"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo/find"
	"chancery.example/letter"
	"chancery.example/register"
)

// A learning is a form with the register that it is learnt from.
type learning struct {
	*form
	of *holding
}

// Learn makes known what a register has: pages of forms that are new to it are looked
// up in the cache, or read, the newest first; those of forms that are gone - erased by
// legal order - are forgotten, also in the cache. It returns early, with what it has,
// when ctx ends; its error is that of ctx. A form that cannot be read is noted and left
// to the reader of pictures.
func (r *Reader) Learn(ctx context.Context, s Records, f folder.Folder) error {
	r.learning.Lock()
	defer r.learning.Unlock()
	todo := r.take(s, f)
	if len(todo) == 0 {
		return nil
	}
	slow := slices.DeleteFunc(todo, func(l learning) bool { return ctx.Err() == nil && r.remembered(l) })
	if len(slow) == 0 {
		return ctx.Err() //nolint:wrapcheck // the caller's own
	}
	texts := textsOf(s)
	said := time.Now()
	for i, l := range slow {
		if err := r.learnOne(ctx, l, texts); err != nil {
			return err
		}
		if time.Since(said) >= sayEvery {
			said = time.Now()
			r.opts.Note(fmt.Sprintf("pages of issued letters are learnt by their shape: %d of %d PDFs, once for each", i+1, len(slow)))
		}
	}
	return nil
}

// sayEvery is how often is said how far learning is.
const sayEvery = 10 * time.Second

// Follow learns what a register has, and what it gets, until ctx ends.
func (r *Reader) Follow(ctx context.Context, f folder.Folder, now func(context.Context) (Records, error)) {
	for {
		s, err := now(ctx)
		if err == nil {
			err = r.Learn(ctx, s, f)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.opts.Note(fmt.Sprintf("pages of issued letters are not learnt now: %v", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(learnEvery):
		}
	}
}

// learnEvery is how often a register is looked at for new letters, and for those that
// were erased.
const learnEvery = 10 * time.Second

// take compares a register with what is known of it: what is gone is forgotten, what is
// to be learnt returned, the newest first.
func (r *Reader) take(s Records, f folder.Folder) (todo []learning) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.shelves[f.Dir]
	if h == nil {
		h = &holding{forms: map[letter.Hash]*form{}}
		r.shelves[f.Dir] = h
	}
	h.records, h.folder = s, f
	there, lost := map[letter.Hash]bool{}, false
	for x := range folder.Forms(s.State()) {
		if !f.HasForm(x.Digest) {
			if f.FormErased(x.Digest) {
				r.shelf.forget(x.Digest)
			}
			continue
		}
		there[x.Digest] = true
		if h.forms[x.Digest] == nil {
			h.forms[x.Digest] = &form{Form: x}
		}
		if one := h.forms[x.Digest]; !one.learnt {
			todo = append(todo, learning{one, h})
		}
	}
	for d, one := range h.forms {
		if !there[d] {
			lost = lost || len(one.pages) > 0
			delete(h.forms, d)
			r.pictures.forget(d.String())
		}
	}
	if lost {
		r.indexAnew()
	}
	slices.SortStableFunc(todo, func(a, b learning) int { return int(b.Entry) - int(a.Entry) }) //nolint:gosec // entries of one log
	return todo
}

// indexAnew makes the index of what is known now. Who asks the old one goes on with it.
func (r *Reader) indexAnew() {
	next := find.NewIndex()
	for _, h := range r.shelves {
		for d, one := range h.forms {
			for i, p := range one.pages {
				next.Add(find.Key{File: d.String(), Page: i}, p)
			}
		}
	}
	r.index = next
}

// remembered takes a form's pages from the cache.
func (r *Reader) remembered(l learning) bool {
	pages, ok := r.shelf.pages(l.Digest)
	if ok {
		r.know(l, pages)
	}
	return ok
}

// know adds a form's pages.
func (r *Reader) know(l learning, pages []layout.Page) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l.learnt, l.pages = true, pages
	if l.of.forms[l.Digest] != l.form { // erased meanwhile
		return
	}
	for i, p := range pages {
		r.index.Add(find.Key{File: l.Digest.String(), Page: i}, p)
	}
}

// learnOne reads a form and finds out whether its pages may answer. The error is that of
// ctx. texts are the public texts by their letter; nil: they are looked for.
func (r *Reader) learnOne(ctx context.Context, l learning, texts map[register.RecordID][]string) error {
	if r.learnt(l) || r.remembered(l) {
		return nil
	}
	if texts == nil {
		texts = textsOf(l.of.records)
	}
	data, err := l.of.folder.Form(l.Digest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var got pdf.Reading
	if err == nil {
		got, err = r.opts.PDFs.Read(ctx, data)
	}
	if ctx.Err() != nil {
		return ctx.Err() //nolint:wrapcheck // the caller's own
	}
	if err != nil { // perhaps only now: not kept
		r.opts.Note(fmt.Sprintf("%s is not known by its shape, so photos of it are read: %v", l.Name(), err))
		r.know(l, nil)
		return nil
	}
	pages, why := answering(got, texts[l.Record])
	if len(pages) > 0 {
		written(pages, l.setAnew(pages))
	}
	if why != "" {
		r.opts.Note(fmt.Sprintf("%s is not known by its shape, so photos of it are read: %s", l.Name(), why))
	}
	if err := r.shelf.keep(l.Digest, pages); err != nil {
		r.opts.Note(fmt.Sprintf("what is learnt of pages cannot be kept, so that it is learnt at every start: %v", err))
	}
	r.know(l, pages)
	return nil
}

// setAnew sets the letter that a form is of.
func (l learning) setAnew(pages []layout.Page) []layout.Page {
	of, ok := l.of.records.State().Letter(l.Record.Office, l.Record.Reference)
	if !ok {
		return nil
	}
	for _, c := range of.Corrected {
		if c.Index == l.Entry {
			return setAnew(l.of.records, of, c.Correct.Fields, c.At.Time(), pages)
		}
	}
	for _, i := range of.Issues {
		if i.Index == l.Entry {
			return setAnew(l.of.records, of, i.Issue.Fields, i.At.Time(), pages)
		}
	}
	return nil
}

// textsOf are the public texts of letters.
func textsOf(s Records) map[register.RecordID][]string {
	out := map[register.RecordID][]string{}
	for t := range s.State().Texts() {
		if t.Record.Kind != register.RecordLetter {
			continue
		}
		if text, ok := s.TextOf(t.Leaf.Hash); ok {
			out[t.Record] = append(out[t.Record], text.String())
		}
	}
	return out
}

// answering returns the pages of a reading that may answer photos, or why none may:
// what they show must be known, and be the words on record.
func answering(r pdf.Reading, texts []string) (pages []layout.Page, why string) {
	for _, m := range r.Remarks {
		if m.Kind.Doubts() && m.Kind != pdf.PictureOnly { // a crest, a code: it is drawn like the rest
			return nil, "there is something odd about it (" + string(m.Kind) + ")"
		}
	}
	for i, v := range r.Versions {
		if !slices.ContainsFunc(texts, func(text string) bool {
			_, all := marked.Located(text, pdf.Reading{Versions: []pdf.Version{v}})
			return all
		}) {
			continue
		}
		if i == 0 {
			return r.Pages, ""
		}
		return pagesIn(r, v), ""
	}
	return nil, "it does not show the words on record, or they are not public"
}

// pagesIn has the words of a version, whose letters stand in another order than those of
// the first.
func pagesIn(r pdf.Reading, v pdf.Version) []layout.Page {
	const mm = 25.4 / pdf.DPI
	out := make([]layout.Page, len(r.Pages))
	first := make([]int, len(r.Pages)) // lines count from 1 on each page
	for i, p := range r.Pages {
		out[i] = layout.Page{Width: p.Width, Height: p.Height}
	}
	for _, w := range v.Words {
		i := w.Page - 1
		if first[i] == 0 {
			first[i] = w.Line
		}
		b := layout.Box{X: float64(w.Box.Min.X) * mm, Y: float64(w.Box.Min.Y) * mm, Width: float64(w.Box.Dx()) * mm, Height: float64(w.Box.Dy()) * mm}
		out[i].Words = append(out[i].Words, layout.Word{Text: strings.Clone(v.Text[w.From:w.To]), Box: b, Line: w.Line - first[i] + 1})
	}
	return out
}
