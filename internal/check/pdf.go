package check

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/pdf"
	"chancery.example/register"
)

// A PDFReader finds out what PDFs show. Its errors are *pdf.Error when a PDF
// cannot be read, else those of ctx. PDFs are foreign and their reader is another
// program, so whoever runs a check brings it (internal/pdf/extract).
type PDFReader interface {
	// Read reads a PDF by its text layer and by where there is ink.
	Read(ctx context.Context, data []byte) (pdf.Reading, error)
	// Look has its pages read as pictures as well, and what they show goes before
	// what the text layer says. Words that look as they do in one of the files like
	// are not misread.
	Look(ctx context.Context, data []byte, like ...[]byte) (pdf.Reading, error)
}

// A PDFView is what is said of a PDF beside the answer about its words. Nothing of
// it makes an answer better.
type PDFView struct {
	Seen    pdf.Seen     `json:"seen"`
	Remarks []RemarkView `json:"remarks"`
	// Begins: the file begins, byte for byte, with one that the register names.
	Begins    *Beginning     `json:"begins_with,omitempty"`
	Signature *pdf.Signature `json:"signature,omitempty"`
}

// A Beginning is a file on record that another file begins with.
type Beginning struct {
	Record  Record `json:"record"`
	Bytes   int    `json:"bytes"`
	Digest  string `json:"digest"`          // SHA-256, hexadecimal
	Changes bool   `json:"changes"`         // what was added changes what is seen, or that cannot be told
	Pages   []int  `json:"pages,omitempty"` // that look otherwise

	status register.Status
	before pdf.Reading // what that file shows
}

// IsPDF reports whether bytes are a PDF: programs take its mark anywhere in the
// first thousand bytes.
func IsPDF(b []byte) bool { return bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) }

// ofPDF answers for a PDF that the register does not name: by what people see, and
// never as the office's own paper when somebody else signed it.
func (s *Snapshot) ofPDF(ctx context.Context, f Finding, e Exhibit) (Finding, error) {
	if e.PDFs != nil {
		e.PDFs = &readOnce{PDFReader: e.PDFs, got: map[[32]byte]pdf.Reading{}}
	}
	f, err := s.asSeen(ctx, f, e)
	if err != nil {
		return f, err
	}
	return s.signedByOthers(ctx, f, e)
}

func (s *Snapshot) asSeen(ctx context.Context, f Finding, e Exhibit) (Finding, error) {
	if e.PDFs == nil {
		return f, e.problem(ProblemNoPDFs, "it is a PDF, and PDFs are not read here: whether it is a file on record was looked up, and it is none; send it to the office's own address, use the command line, or type one sentence of it")
	}
	r, err := e.PDFs.Read(ctx, e.Data)
	if err != nil {
		return f, e.pdfProblem(err)
	}
	view := &PDFView{}
	if view.Begins, err = s.beginning(ctx, e, r, f.CheckedAt); err != nil {
		return f, err
	}
	out, err := s.ofReading(ctx, f, e, r, view)
	if err != nil {
		var no *ReadError
		if !errors.As(err, &no) {
			return f, err
		}
	}
	if view.Begins == nil {
		issued, ok, formErr := s.asIssued(ctx, out, r, e.PDFs)
		if formErr != nil {
			return f, formErr
		}
		if ok {
			return s.ofReading(ctx, f, e, issued, view)
		}
	}
	if same := view.Begins != nil && !view.Begins.Changes; !same && worthLooking(out, r, err) {
		var like [][]byte
		if out.hasWordsOf(register.RecordLetter) {
			like = s.formsOf(out.Status.Record)
		}
		looked, ok, lookErr := e.look(ctx, like)
		if lookErr != nil {
			return f, lookErr
		}
		if ok {
			looked.Looks = r.Looks
			return s.ofReading(ctx, f, e, looked, view)
		}
	}
	return out, err
}

// asIssued returns what a PDF shows whose pages all look, to the pixel, like those of
// a PDF that its letter was issued as: what that one shows, whatever programs read in
// this one. Who saves a letter anew changes its bytes and none of its looks; so nothing
// is left to be read from pictures, and misread.
func (s *Snapshot) asIssued(ctx context.Context, f Finding, r pdf.Reading, pdfs PDFReader) (pdf.Reading, bool, error) {
	if !f.hasWordsOf(register.RecordLetter) {
		return r, false, nil
	}
	for _, raw := range s.formsOf(f.Status.Record) {
		form, err := pdfs.Read(ctx, raw)
		if ctx.Err() != nil {
			return r, false, ctx.Err()
		}
		if err != nil {
			continue
		}
		if _, other := looksOtherwise(form, r); other {
			continue
		}
		out := r
		out.Seen, out.Pages, out.Versions = pdf.SeenIssued, form.Pages, form.Versions
		out.Remarks = slices.DeleteFunc(slices.Clone(r.Remarks), func(m pdf.Remark) bool { return m.Kind == pdf.PictureOnly })
		if r.First().Text != form.First().Text {
			out.Layer, out.Remarks = r.First().Text, append(out.Remarks, pdf.Remark{Kind: pdf.Mismatch})
		}
		return out, true, nil
	}
	return r, false, nil
}

// A readOnce reads a file once, however many questions there are about it.
type readOnce struct {
	PDFReader
	got map[[32]byte]pdf.Reading
}

func (o *readOnce) Read(ctx context.Context, data []byte) (pdf.Reading, error) {
	sum := sha256.Sum256(data)
	if r, ok := o.got[sum]; ok {
		return r, nil
	}
	r, err := o.PDFReader.Read(ctx, data)
	if err == nil {
		o.got[sum] = r
	}
	return r, err //nolint:wrapcheck // as it is
}

// look has the pages read as pictures, in what is left of the time; false when
// that was not enough, or it went wrong: then there is the answer without.
func (e Exhibit) look(ctx context.Context, like [][]byte) (pdf.Reading, bool, error) {
	within := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		within, cancel = context.WithDeadline(ctx, end.Add(-time.Second))
		defer cancel()
	}
	r, err := e.PDFs.Look(within, e.Data, like...)
	return r, err == nil, ctx.Err()
}

// worthLooking reports whether the pages are to be read as pictures: something was
// found, or there is a sign that they show something else than the text layer.
// What nothing on record holds and nothing is odd about is not looked at: it
// would take seconds for each of them.
func worthLooking(f Finding, r pdf.Reading, err error) bool {
	return err != nil || r.Seen == pdf.SeenPart || f.Match == nil || *f.Match != None ||
		slices.ContainsFunc(r.Remarks, func(m pdf.Remark) bool { return m.Kind.Doubts() })
}

// pdfProblem says why a PDF could not be read.
func (e Exhibit) pdfProblem(err error) error {
	var no *pdf.Error
	if !errors.As(err, &no) {
		return fmt.Errorf("reading a PDF: %w", err)
	}
	p := ProblemPDF
	switch no.Problem {
	case pdf.NoReader:
		p = ProblemNoPDFs
	case pdf.Locked:
		p = ProblemLocked
	case pdf.TooLarge:
		p = ProblemLargePDF
	case pdf.TooSlow:
		p = ProblemSlowPDF
	case pdf.NotPDF, pdf.Broken, pdf.Failed, pdf.NoContent:
	}
	return e.problem(p, "%s", no.Advice)
}

// ofReading answers for what a PDF shows. Arabic stands in PDFs in either order of
// its letters: the version that is nearest to something on record is the one.
func (s *Snapshot) ofReading(ctx context.Context, f Finding, e Exhibit, r pdf.Reading, view *PDFView) (Finding, error) {
	f.pdf = &reading{Reading: r, begins: view.Begins}
	var best Finding
	for i, v := range r.Versions {
		if roughWords(v.Text) == 0 {
			return f, e.noWords(r)
		}
		if n := roughWords(v.Text); n > MaxWords {
			return f, e.problem(ProblemHuge, "it has %d words; at most %d are compared: give the part in question", n, MaxWords)
		}
		got, err := s.ofPaper(ctx, f, e, paper{text: v.Text, pdf: f.pdf, picture: &picture{words: v.Words, typed: r.Seen != pdf.SeenPicture}})
		if err != nil {
			return f, err
		}
		if i == 0 || got.nearerThan(best) {
			best = got
		}
	}
	seen := *view
	seen.Seen, seen.Remarks, seen.Signature = r.Seen, remarksOf(r), r.Signature
	best.PDF = &seen
	return s.changedLater(best), nil
}

// noWords says what to do with a PDF whose pages show no words that could be read.
func (e Exhibit) noWords(r pdf.Reading) error {
	if r.Seen == pdf.SeenPart {
		return e.problem(ProblemNoReader, "its pages are pictures, and pictures are not read here; type one sentence of what they show")
	}
	return e.problem(ProblemEmpty, "its pages show no words that could be read")
}

// nearerThan reports whether an answer is about nearer words than another.
func (f Finding) nearerThan(o Finding) bool {
	if f.Match == nil || o.Match == nil {
		return false
	}
	order := Matches()
	a, b := slices.Index(order, *f.Match), slices.Index(order, *o.Match)
	return a < b || a == b && f.differing+f.doubtful < o.differing+o.doubtful
}

// A reading is a PDF's reading with what it begins with.
type reading struct {
	pdf.Reading
	begins *Beginning
}

// beginning finds the file on record that a file begins with: a genuine one, to
// which something was added (programs that check signatures call such files
// valid). nil when there is none.
func (s *Snapshot) beginning(ctx context.Context, e Exhibit, r pdf.Reading, at time.Time) (*Beginning, error) {
	ends := pdf.Ends(e.Data)
	sums := sumsOf(e.Data, ends)
	for i := len(ends) - 1; i >= 0; i-- {
		ids := s.state.ByFile(sums[i])
		if len(ids) == 0 {
			continue
		}
		_, st, err := s.state.VersionAt(ids[0].Entry, at)
		if err != nil {
			continue
		}
		st.Language = s.languageOf(st.Record)
		b := &Beginning{Record: *s.record(st), Bytes: ends[i], Digest: fmt.Sprintf("%x", sums[i]), Changes: true}
		before, err := e.PDFs.Read(ctx, e.Data[:ends[i]])
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil {
			b.Pages, b.Changes = looksOtherwise(before, r)
			b.status, b.before = st, before
		}
		return b, nil
	}
	return nil, nil
}

// sumsOf returns the SHA-256 of a file up to each end, reading it once.
func sumsOf(data []byte, ends []int) [][32]byte {
	sum := sha256.New()
	out, at := make([][32]byte, 0, len(ends)), 0
	for _, n := range ends {
		sum.Write(data[at:n])
		at = n
		out = append(out, [32]byte(sum.Sum(nil)))
	}
	return out
}

// looksOtherwise returns the pages that look otherwise in b than in a, and whether
// any does, or may.
func looksOtherwise(a, b pdf.Reading) (pages []int, any bool) {
	for i := range max(len(a.Looks), len(b.Looks)) {
		if i >= len(a.Looks) || i >= len(b.Looks) || a.Looks[i] == "" || a.Looks[i] != b.Looks[i] {
			pages = append(pages, i+1)
		}
	}
	return pages, len(pages) > 0
}

// changedLater is the answer for a file that begins with one on record and shows
// something else, when its words led to nothing: the file on record is what it is
// held against.
func (s *Snapshot) changedLater(f Finding) Finding {
	b := f.PDF.Begins
	if b == nil || len(b.before.Versions) == 0 || f.Match == nil || f.Record != nil && (*f.Match == SameText || *f.Match == Part || *f.Match == Altered || *f.Match == TranslationDiffers) {
		return f
	}
	a := compare.Align(fold.Copy(f.pdf.First().Text), fold.Copy(b.before.First().Text))
	ofCopy, ofRecord := a.Coverage()
	f.Coverage = &Coverage{ofCopy, ofRecord}
	f.Differences, f.differing = located(differences(a), a, f.seen()), wordsDiffering(a)
	m := Altered
	if len(f.Differences) == 0 {
		m = SameText
	}
	return s.beside(s.conclude(f, m, b.status.Standing, &b.status), nil)
}
