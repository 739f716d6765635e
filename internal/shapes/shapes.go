// Package shapes answers photos of registered letters by how their pages look.
//
// A register keeps the PDFs that its letters were issued as. A [Reader] learns where
// the words of their pages stand, as internal/pdf/extract finds them in its locked-in
// child, and keeps that in a folder, by digest; it looks for the page that a photo
// shows (internal/photo/find), first among those of the letter that a paper code in
// the photo names, draws that page and holds the photo against it, word by word
// (internal/photo/match, explain). Where something differs the photo is read as well,
// by the reader of pictures, and so is every photo of a page that is not known.
//
//	r := shapes.New(shapes.Options{PDFs: pdfs, Pictures: pictures, Cache: dir})
//	err := r.Learn(ctx, snapshot, folder)          // or: go r.Follow(ctx, snapshots, folder)
//	exhibit.Pictures = r.Read
//
// A PDF counts only when its pages show the words on record and nothing about it is
// odd; any other is left to the reader of pictures.
package shapes

import (
	"context"
	"image"
	"sync"

	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/layout"
	"chancery.example/internal/papercode"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/explain"
	"chancery.example/internal/photo/find"
	"chancery.example/internal/photo/match"
	"chancery.example/letter"
	"chancery.example/register"
)

// PDFs reads PDFs and draws their pages (internal/pdf/extract).
type PDFs interface {
	Read(ctx context.Context, data []byte) (pdf.Reading, error)
	Draw(ctx context.Context, data []byte, pages []int, side int) ([]*image.Gray, error)
}

// Pictures decodes pictures and reads their words (internal/photo/ocr).
type Pictures interface {
	Look(ctx context.Context, data []byte) (photo.Look, error)
	Read(ctx context.Context, data []byte) (photo.Reading, error)
}

// Records is what is asked of a register (check.Snapshot).
type Records interface {
	State() *register.State
	TextOf(leaf letter.Hash) (letter.Text, bool)
}

var _ Records = (*check.Snapshot)(nil)

// Options of a Reader; the first two are needed.
type Options struct {
	PDFs     PDFs
	Pictures Pictures
	// Cache is the folder in which what was learnt is kept; nothing is kept when empty.
	Cache string
	// Note hears what the operator should know; may be nil.
	Note func(what string)
}

// A Reader reads pictures. Its methods may run beside each other.
type Reader struct {
	opts     Options
	shelf    shelf
	pictures pictures
	setters  sync.Pool // of *typeset.Setter

	learning sync.Mutex // held by who learns

	mu      sync.Mutex
	index   *find.Index
	shelves map[string]*holding // by the register's folder
}

// A holding is what is known of the forms of one register.
type holding struct {
	records Records
	folder  folder.Folder
	forms   map[letter.Hash]*form
}

// A form is a PDF that a letter was issued as.
type form struct {
	folder.Form
	learnt bool
	pages  []layout.Page // none: it is left to the reader of pictures
}

// New returns a Reader that knows no page yet.
func New(o Options) *Reader {
	if o.Note == nil {
		o.Note = func(string) {}
	}
	r := &Reader{opts: o, shelf: shelf{dir: o.Cache}, index: find.NewIndex(), shelves: map[string]*holding{}}
	r.setters.New = func() any { return typeset.NewSetter() }
	return r
}

// Known returns how many pages are known by their shape.
func (r *Reader) Known() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.index.Pages()
}

// Read reads a picture, by shape where a known page explains it. It is a
// check.PictureReader.
func (r *Reader) Read(ctx context.Context, data []byte) (photo.Reading, error) {
	r.mu.Lock()
	index, any := r.index, false
	for _, h := range r.shelves {
		any = any || len(h.forms) > 0
	}
	r.mu.Unlock()
	if !any {
		return r.opts.Pictures.Read(ctx, data) //nolint:wrapcheck // its caller asks for its error
	}
	end := func() {}
	defer func() { end() }()
	words := func() (photo.Reading, error) { return r.opts.Pictures.Read(ctx, data) } //nolint:wrapcheck // likewise
	m := explain.Reader{
		Matcher: &match.Matcher{Index: index, Render: r.Render, Set: r.set},
		// One child decodes the picture and reads its words, while here it is compared.
		Look: func(ctx context.Context, data []byte) (*photo.Picture, []photo.Code, error) {
			look, err := r.opts.Pictures.Look(ctx, data)
			if err != nil {
				return nil, nil, err //nolint:wrapcheck // likewise
			}
			words, end = look.Words, look.Close
			return look.Picture, look.Codes, nil
		},
		Words: func(context.Context, []byte) (photo.Reading, error) { return words() },
		First: func(codes []photo.Code) *find.Index { return r.named(ctx, codes) },
	}
	return m.Read(ctx, data) //nolint:wrapcheck // likewise
}

// set draws another spelling of a word.
func (r *Reader) set(text string, size float64) (*image.Gray, error) {
	s, ok := r.setters.Get().(*typeset.Setter)
	if !ok {
		s = typeset.NewSetter()
	}
	defer r.setters.Put(s)
	return s.Word(text, size) //nolint:wrapcheck // it says what was tried
}

// named returns the pages of the letters that paper codes name, learning them when
// that was not done yet; nil for none. The code is only ink: it says where to look
// first.
func (r *Reader) named(ctx context.Context, codes []photo.Code) *find.Index {
	var out *find.Index
	for _, f := range r.formsNamed(codes) {
		if !r.learnt(f) {
			r.learning.Lock()
			err := r.learnOne(ctx, f, nil)
			r.learning.Unlock()
			if err != nil {
				return out
			}
		}
		if out == nil {
			out = find.NewIndex()
		}
		for i, p := range r.pagesOf(f) {
			out.Add(find.Key{File: f.Digest.String(), Page: i}, p)
		}
	}
	return out
}

// formsNamed are the forms of the letters that codes name.
func (r *Reader) formsNamed(codes []photo.Code) (out []learning) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.shelves {
		var offices []papercode.Office
		for _, o := range h.records.State().Offices() {
			offices = append(offices, papercode.Office{ID: o.ID, Domain: o.Domain})
		}
		for _, c := range codes {
			j := papercode.Judge(c.Text, offices)
			if j.Verdict != papercode.Genuine {
				continue
			}
			o, _ := h.records.State().OfficeByID(j.Code.Office)
			for _, f := range h.forms {
				if f.Record.Office == o.Office && f.Record.Reference == j.Code.Reference {
					out = append(out, learning{f, h})
				}
			}
		}
	}
	return out
}

func (r *Reader) learnt(f learning) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return f.learnt
}

func (r *Reader) pagesOf(f learning) []layout.Page {
	r.mu.Lock()
	defer r.mu.Unlock()
	return f.pages
}

// Pages returns where the words stand on the pages of an issued PDF; false when it is
// not known by its shape.
func (r *Reader) Pages(digest letter.Hash) ([]layout.Page, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.shelves {
		if f := h.forms[digest]; f != nil && len(f.pages) > 0 {
			return f.pages, true
		}
	}
	return nil, false
}
