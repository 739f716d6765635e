package check

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strconv"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/internal/photo"
	"chancery.example/internal/report"
	"chancery.example/register"
)

// A PictureReader reads the words of a picture. Its error is a *photo.Error when
// the picture cannot be read, else that of ctx. Pictures are foreign and their
// reader is another program, so whoever runs a check brings it
// (internal/photo/ocr); this package starts nothing.
type PictureReader func(ctx context.Context, data []byte) (photo.Reading, error)

// Shares of a picture's words that were read with confidence.
const (
	leastRead  = .5 // below, the picture is unreadable
	enoughRead = .8 // below, nothing is said to be absent from the record

	surelyRead = .9 // confidence of a word that is no speck
)

// A Box is a place in a reader's picture: pixels from its upper left corner, the
// picture upright as people see it; in a PDF, of a page drawn with 150 dots to the
// inch.
type Box struct {
	X      int `json:"x"`
	Y      int `json:"y"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// picture is what a paper's words were read from; nil when they came as text.
type picture struct {
	words   photo.Words
	size    image.Point
	percent int          // of its words that were read with confidence
	poor    bool         // too few to say that something is absent
	typed   bool         // the words came as text, only their places from what shows them
	shows   *photo.Shown // the registered page that it shows, if it was held against one
}

// readPicture returns the words of an exhibit that is a picture.
func (e Exhibit) readPicture(ctx context.Context) (paper, error) {
	if e.Pictures == nil {
		return paper{}, e.problem(ProblemNoReader, "it is a picture, and pictures are not read here; type one sentence of what it shows")
	}
	r, err := e.Pictures(ctx, e.Data)
	p, err := e.ofReading(r, err)
	var unread *ReadError
	if errors.As(err, &unread) {
		unread.codes = codesOf(r)
	}
	p.codes = codesOf(r)
	return p, err
}

// ofReading decides whether enough was read.
func (e Exhibit) ofReading(r photo.Reading, err error) (paper, error) {
	var no *photo.Error
	switch {
	case errors.As(err, &no):
		return paper{}, e.problem(pictureProblem(no.Problem), "%s", no.Advice)
	case err != nil:
		return paper{}, fmt.Errorf("reading a picture: %w", err)
	}
	read, of := r.Readable()
	pic := &picture{words: r.Words, size: r.Size, poor: float64(read) < enoughRead*float64(of), shows: r.Shows}
	if of > 0 {
		pic.percent = 100 * read / of
	}
	switch {
	case of == 0:
		return paper{}, e.problem(ProblemUnreadable, "no words could be read in it; try a flatter, sharper photo, or type one sentence")
	case float64(read) < leastRead*float64(of) && r.Shows == nil:
		p := e.problem(ProblemUnreadable, "only %d %% of the words could be read; try a flatter, sharper photo, or type one sentence", pic.percent)
		p.Percent = pic.percent
		return paper{}, p
	case of > MaxWords:
		return paper{}, e.problem(ProblemHuge, "it has %d words; at most %d are compared: give the part in question", of, MaxWords)
	}
	return paper{text: r.Text, picture: pic}, nil
}

func pictureProblem(p photo.Problem) ReadProblem {
	switch p {
	case photo.NoReader:
		return ProblemNoReader
	case photo.TooLarge:
		return ProblemPicture
	case photo.TooSlow:
		return ProblemSlow
	case photo.NotPicture, photo.TooSmall, photo.Broken, photo.Failed:
	}
	return ProblemBroken
}

// aboutPicture reports whether a problem is one that only pictures have.
func (p ReadProblem) aboutPicture() bool {
	return slices.Contains([]ReadProblem{ProblemNoReader, ProblemPicture, ProblemBroken, ProblemSlow, ProblemUnreadable}, p)
}

// cut returns a stretch of the paper, in bytes, as a paper of its own.
func (p paper) cut(from, to int) paper {
	out := paper{text: p.text[from:to], pdf: p.pdf}
	if p.picture != nil {
		pic := *p.picture
		pic.words = p.picture.words.Between(from, to, 0)
		out.picture = &pic
	}
	return out
}

// fold folds the paper's words with what is known of how sure they are.
func (p paper) fold() *fold.Folded {
	if p.picture == nil || p.picture.typed {
		return fold.Copy(p.text)
	}
	return fold.Scan(p.text, p.picture.words.Seen())
}

// foldLayer folds a text that was made from stretches of the paper.
func (p paper) foldLayer(l report.Layer) *fold.Folded {
	plain := fold.Copy(l.Text)
	if p.picture == nil || p.picture.typed {
		return plain
	}
	seen := make([]fold.Seen, 0, len(plain.Words))
	for _, w := range plain.Words {
		from := l.Source(report.Span{From: int(w.Start), To: int(w.End)})
		s := fold.Seen{From: int(w.Start), To: int(w.End), Confidence: 1}
		for _, r := range p.picture.words.Between(from.From, from.To, 0) {
			s.Confidence, s.Open = min(s.Confidence, r.Confidence), s.Open || r.Open
		}
		seen = append(seen, s)
	}
	return fold.Scan(l.Text, seen)
}

// located says where in the picture the differences of an alignment stand: their
// words, or, where the copy has none, the words before and after.
func located(ds []Difference, a *compare.Alignment, words photo.Words) []Difference {
	for i := range ds {
		if len(words) == 0 || i >= len(a.Differences) {
			break
		}
		from, to := facing.Bounds(a.Copy, a.Differences[i].Copy)
		ds[i].at(words, from, to)
	}
	return ds
}

// seen is the words of the picture that the finding is about, with their places;
// none when it is about none.
func (f Finding) seen() photo.Words {
	if f.picture == nil {
		return nil
	}
	return f.picture.words
}

// at says where the words of a stretch stand.
func (d *Difference) at(words photo.Words, from, to int) {
	d.Unread = slices.ContainsFunc(words.Between(from, to, 0), func(w photo.Word) bool { return w.Other })
	if line, r := words.Place(from, to); line > 0 {
		d.Page, d.Line, d.Box = words.Page(from), line, boxOf(r)
		if parts := words.Parts(from, to); from == to || len(parts) > 1 {
			for _, p := range parts {
				d.Parts = append(d.Parts, *boxOf(p))
			}
		}
	}
}

func boxOf(r image.Rectangle) *Box { return &Box{r.Min.X, r.Min.Y, r.Dx(), r.Dy()} }

// nothing is the answer for words that nothing on record holds. Of a picture that
// was read badly it says only that.
func (s *Snapshot) nothing(f Finding, m Match) Finding {
	if f.picture == nil || !f.picture.poor {
		return s.conclude(f, m, s.absence(), nil)
	}
	f = s.conclude(f, Unreadable, register.CannotCheck, nil)
	f.Details = join(onlyRead(f.picture.percent), f.Details)
	return f
}

// onlyRead says how much of a picture could be read.
func onlyRead(percent int) Words {
	n := strconv.Itoa(percent)
	return Words{"Only " + n + " % of the words could be read.", "لم تُمكن قراءة سوى " + n + "٪ من الكلمات."}
}
