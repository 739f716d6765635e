package stamp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/papercode"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

// Options are what is put on the pages.
type Options struct {
	Code   string // the paper code, an address (papercode.md MUST-1)
	Domain string // the office's, which is printed in it (papercode.md MUST-6)
}

// Config is what a Stamper works with.
type Config struct {
	// Pages reads a PDF and draws its pages in grey: extract.Reader.Pages.
	Pages   func(ctx context.Context, data []byte) (pdf.Reading, []*image.Gray, error)
	Program string        // that is the child (see Main); this program when empty
	Time    time.Duration // for the child; 10 s when 0
}

// A Stamper puts codes on pages.
type Stamper struct {
	config   Config
	children *confine.Children
}

// New returns a Stamper.
func New(c Config) *Stamper {
	child := confine.Child{Program: c.Program, Args: work.Args(), Mark: insideEnv, Most: maxPrinted}
	return &Stamper{c, confine.NewChildren(confine.Options{Time: c.Time, Child: func(context.Context) confine.Child { return child }})}
}

// A Problem is why a file gets no stamp.
type Problem string

// The problems.
const (
	NotPDF    Problem = "not_pdf"
	TooLarge  Problem = "too_large"
	Unread    Problem = "unread" // its pages cannot be shown
	Encrypted Problem = "encrypted"
	Signed    Problem = "signed"
	Form      Problem = "form"
	XFA       Problem = "xfa"
	NoRoom    Problem = "no_room"
	Unwritten Problem = "unwritten" // it could not be taken apart and put together
	Changed   Problem = "changed"   // its pages would show something else
)

// problems are all of them: what a child says is one of these or nothing.
var problems = []Problem{NotPDF, TooLarge, Unread, Encrypted, Signed, Form, XFA, NoRoom, Unwritten, Changed}

// An Error says why a file gets no stamp, and what to do.
type Error struct {
	Problem Problem
	Page    int // from 1; 0: it is about the file
	Advice  string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Page > 0 {
		return fmt.Sprintf("stamping a PDF: page %d: %s", e.Page, e.Advice)
	}
	return "stamping a PDF: " + e.Advice
}

func problem(p Problem, page int, format string, args ...any) error {
	return &Error{p, page, fmt.Sprintf(format, args...)}
}

// anew is what to do with most files.
const anew = `print the document to PDF anew from the program that wrote it ("print", not "save as")`

// insideEnv is set in the child; maxPrinted is how much it may print, in base64.
const (
	insideEnv  = "CHANCERY_STAMPING_PDF"
	maxPrinted = 40 << 20
)

// Stamp returns the file with the code on its pages. The error is an *Error, that of
// ctx, or one about the options.
func (s *Stamper) Stamp(ctx context.Context, data []byte, o Options) ([]byte, error) {
	code, err := papercode.Parse(o.Code)
	if err != nil {
		return nil, fmt.Errorf("stamping a PDF: %w", err)
	}
	if code.Host != o.Domain {
		return nil, fmt.Errorf("stamping a PDF: the code is of %s and the office of %s", code.Host, o.Domain)
	}
	switch {
	case len(data) > pdf.MaxBytes:
		return nil, problem(TooLarge, 0, "it has %d bytes; at most %d are taken", len(data), pdf.MaxBytes)
	case !bytes.HasPrefix(data, []byte("%PDF-")):
		return nil, problem(NotPDF, 0, "it does not begin like a PDF")
	}
	before, pictures, err := s.pages(ctx, data)
	if err != nil {
		return nil, err
	}
	ink, err := newInk(o)
	if err != nil {
		return nil, err
	}
	var places []placed
	symbols := 0
	for i, g := range pictures {
		p, err := ink.place(i+1, sight{g, before.Pages[i].Width, before.Pages[i].Height})
		if err != nil {
			return nil, err
		}
		if p.symbol != nil {
			symbols++
		}
		places = append(places, p)
	}
	if symbols == 0 {
		return nil, problem(NoRoom, 0, "no page has room for the QR code: leave %.0f mm by %.0f mm empty in the lower half of one, such as the last", ink.side(), ink.side())
	}
	out, err := s.write(ctx, data, ink, places)
	if err != nil {
		return nil, err
	}
	return out, s.unchanged(ctx, out, pictures, places)
}

// pages draws the pages of a file.
func (s *Stamper) pages(ctx context.Context, data []byte) (pdf.Reading, []*image.Gray, error) {
	r, pictures, err := s.config.Pages(ctx, data)
	var no *pdf.Error
	switch {
	case errors.As(err, &no) && no.Problem == pdf.Locked:
		return r, nil, problem(Encrypted, 0, "it is locked by a password: save it without one")
	case errors.As(err, &no) && no.Problem == pdf.TooLarge:
		return r, nil, problem(TooLarge, 0, "%s", no.Advice)
	case errors.As(err, &no):
		return r, nil, problem(Unread, 0, "%s", no.Advice)
	case err != nil:
		return r, nil, err
	case len(r.Pages) == 0 || len(r.Pages) != len(pictures):
		return r, nil, problem(Unread, 0, "it has no pages that can be shown: %s", anew)
	}
	return r, pictures, nil
}

// write has a child put the stamp into the file.
func (s *Stamper) write(ctx context.Context, data []byte, k *ink, places []placed) ([]byte, error) {
	head, err := k.order(places)
	if err != nil {
		return nil, err
	}
	raw, err := s.children.Do(ctx, confine.Input(string(head), data))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err() //nolint:wrapcheck // who asked went away
	case errors.Is(err, confine.ErrTime):
		return nil, problem(Unwritten, 0, "it takes longer to be written anew than a file gets: %s", anew)
	case err != nil:
		return nil, problem(Unwritten, 0, "what writes it anew broke over it: %s", anew)
	}
	return parseAnswer(raw)
}

// parseAnswer reads what the child printed, as foreign bytes are read.
func parseAnswer(raw []byte) ([]byte, error) {
	var a answer
	broken := problem(Unwritten, 0, "what writes it anew gave no answer: %s", anew)
	if confine.Decode(raw, maxPrinted, &a) != nil {
		return nil, broken
	}
	if a.Problem != "" && slices.Contains(problems, a.Problem) {
		return nil, problem(a.Problem, 0, "%s", photo.LegibleLine(fmt.Sprintf("%.400s", a.Advice)))
	}
	if a.Problem != "" || !bytes.HasPrefix(a.PDF, []byte("%PDF-")) || len(a.PDF) > pdf.MaxBytes {
		return nil, broken
	}
	return a.PDF, nil
}

// unchanged sees that the pages show what they showed, and the stamp.
func (s *Stamper) unchanged(ctx context.Context, out []byte, before []*image.Gray, places []placed) error {
	after, pictures, err := s.pages(ctx, out)
	if err != nil {
		return problem(Changed, 0, "once stamped it cannot be shown any more (%v): %s", err, anew)
	}
	if len(pictures) != len(before) {
		return problem(Changed, 0, "once stamped it has %d pages instead of %d: %s", len(pictures), len(before), anew)
	}
	for i, g := range pictures {
		if !sameBut(before[i], g, places[i].pixels()) {
			return problem(Changed, i+1, "once stamped it would show something else than now: %s", anew)
		}
	}
	if text := after.Versions[0].Text; strings.Count(text, places[0].first) < len(places) {
		return problem(Changed, 0, "the stamp cannot be read on every page: %s", anew)
	}
	return nil
}
