package form

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/pdf/stamp"
	"chancery.example/letter"
)

// A Shown is what the pages of a PDF show, held against the words of a letter.
type Shown struct {
	File     letter.Hash // SHA-256 of the file
	Pages    int
	Pictures []int  // pages with a picture: words in one are not read
	Text     string // what people see, as it was read
	// Texts are the letter's, each with what differs.
	Texts []Text
	// Wrong is what else an issued letter must not have, each with what to do.
	Wrong []Obstacle
}

// A Text is one text of a letter, and where a PDF shows something else.
type Text struct {
	Language    letter.Lang
	Differences []Difference
}

// A Difference is a place where a PDF shows other words than the letter has. One of
// the two is "" where the other side has nothing.
type Difference struct {
	Shown, Registered string
	Moved             bool // both have them, in another order
}

// Fit reports whether the file shows the letter and nothing else.
func (s Shown) Fit() bool { return len(s.Wrong) == 0 && s.Differing() == 0 }

// Differing counts the places where it shows other words.
func (s Shown) Differing() (n int) {
	for _, t := range s.Texts {
		n += len(t.Differences)
	}
	return n
}

// Digest names a file and what was read in it: who says yes to this has seen both.
func (s Shown) Digest() letter.Hash {
	h := sha256.New()
	for _, part := range [][]byte{[]byte("chancery/v1/form-shown"), s.File[:], []byte(s.Text)} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return letter.Hash(h.Sum(nil))
}

// mostNamed are the differences that an error names.
const mostNamed = 8

// Err says what differs and what is wrong; nil when the file fits.
func (s Shown) Err() error {
	if s.Fit() {
		return nil
	}
	var lines []string
	left := mostNamed
	for _, t := range s.Texts {
		for _, d := range t.Differences[:min(left, len(t.Differences))] {
			lines = append(lines, d.describe(t.Language))
			left--
		}
	}
	if n := s.Differing() - len(lines); n > 0 {
		lines = append(lines, fmt.Sprintf("it differs in %d further places", n))
	}
	if len(lines) > 0 {
		lines = append(lines, "nothing but the letter's own words may stand on its paper, and what is set around them; mend the file, or revise the letter so that it says what the file does")
	}
	for _, o := range s.Wrong {
		lines = append(lines, o.Words)
	}
	return kind.Invalid.Errorf("the PDF does not show the letter as it is:\n%s", strings.Join(lines, "\n"))
}

func (d Difference) describe(l letter.Lang) string {
	switch {
	case d.Moved:
		return fmt.Sprintf("%s: it shows %q in another place", l, short(d.Shown))
	case d.Shown == "":
		return fmt.Sprintf("%s: it leaves out %q", l, short(d.Registered))
	case d.Registered == "":
		return fmt.Sprintf("%s: it shows %q, which the letter does not say", l, short(d.Shown))
	}
	return fmt.Sprintf("%s: it shows %q where the letter says %q", l, short(d.Shown), short(d.Registered))
}

// short cuts a long stretch of words in its middle.
func short(s string) string {
	const most = 120 // characters
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most/2]) + " … " + string(r[len(r)-most/2:])
}

// Look finds out what a PDF that was made elsewhere shows, and whether it can be the
// form of a letter. The code in the order may be a stand-in of the same length: no
// file comes of it.
func (m Maker) Look(ctx context.Context, o Order) (Shown, error) {
	r, s, err := m.read(ctx, o.Given)
	if err != nil {
		return s, fmt.Errorf("reading the PDF that is to be %s: %w", o.Letter.Content.Reference, err)
	}
	if s.hold(r, o); !s.Fit() {
		return s, nil
	}
	out, err := m.stamped(ctx, o)
	var no *stamp.Error
	switch {
	case errors.As(err, &no):
		s.Wrong = append(s.Wrong, ofStamp(no))
		return s, nil
	case err != nil:
		return s, err
	}
	s.Wrong = append(s.Wrong, ofLint(lint.Check(out, o.allowed()))...)
	return s, nil
}

var errNoReader = kind.Unavailable.Errorf("nothing here reads PDFs, and one that was not read back is not issued: use a program that has a reader; an office whose \"paper\" is \"none\" issues letters without a PDF")

// read has the pages of a file read. That programs are told what its spans say is no
// fault by itself: the linter holds that against what is drawn (lint.Replaced).
func (m Maker) read(ctx context.Context, data []byte) (pdf.Reading, Shown, error) {
	s := Shown{File: sha256.Sum256(data)}
	if m.reader == nil {
		return pdf.Reading{}, s, errNoReader
	}
	r, err := m.reader.Read(ctx, data)
	if err != nil {
		return r, s, unread(err)
	}
	s.Pages, s.Text = len(r.Pages), r.First().Text
	for _, x := range r.Remarks {
		switch {
		case x.Kind == pdf.PagesLeft && x.Page == 0: // a busy machine, and not the file, says what is left
			return r, s, unread(&pdf.Error{Problem: pdf.TooSlow, Advice: fmt.Sprintf("%d of its %d pages could not be looked at in the time that one gets", x.Count, len(r.Pages))})
		case x.Kind == pdf.PictureOnly && !slices.Contains(s.Pictures, x.Page):
			s.Pictures = append(s.Pictures, x.Page)
		case x.Kind != pdf.PictureOnly && x.Kind != pdf.Replaced && x.Kind.Doubts():
			s.Wrong = append(s.Wrong, ofReading(x))
		}
	}
	return r, s, nil
}

// hold holds the words of a file against a letter. Arabic stands in PDFs in either
// order of its letters: the version that is nearer to the letter is the one.
func (s *Shown) hold(r pdf.Reading, o Order) {
	var best Shown
	for i, v := range r.Versions {
		is := Shown{Text: v.Text}
		is.Texts, is.Wrong = against(v.Text, o)
		if i == 0 || is.Differing() < best.Differing() {
			best = is
		}
	}
	s.Text, s.Texts, s.Wrong = best.Text, best.Texts, append(s.Wrong, best.Wrong...)
}

// describe says what a remark of the reader is about, and what to do.
func describe(x pdf.Remark) string {
	where := "the file"
	if x.Page > 0 {
		where = fmt.Sprintf("page %d", x.Page)
	}
	if x.Text != "" {
		return fmt.Sprintf("%s: programs read %q in it otherwise than people see it (%s); take it out, or print the document to PDF anew", where, short(x.Text), x.Kind)
	}
	return fmt.Sprintf("%s may show something else than what was read (%s); print the document to PDF anew, without forms, comments or layers", where, x.Kind)
}
