//go:build !js

package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/photo"
)

// Options of a Reader. The zero Options are good.
type Options struct {
	Program string        // that is the child (see Main); this program when empty
	Time    time.Duration // for one picture, from start to answer; 10 s when 0
	AtOnce  int           // pictures read at the same time; others wait; half the processors when 0
	// Ahead keeps a child ready for the next picture once one was read, or
	// [Reader.Expect] told of one: for programs that read many. Such a Reader is closed.
	Ahead bool
}

// A Reader reads pictures, each in a child process of its own. Its methods may
// run beside each other.
type Reader struct{ children *confine.Children }

// New returns a Reader. Nothing is looked for yet: whether tesseract is there
// is seen with each picture.
func New(o Options) *Reader {
	child := confine.Child{Program: o.Program, Args: work.Args(), Mark: insideEnv, Most: maxPrinted}
	return &Reader{confine.NewChildren(confine.Options{
		Child: func(context.Context) confine.Child { return child },
		Time:  o.Time, AtOnce: o.AtOnce, Ahead: o.Ahead,
	})}
}

// Expect says that a picture is going to be read: a child is started for it beside what
// else there is to do, unless one waits already. It does not wait for it.
func (r *Reader) Expect() { r.children.Expect() }

// Waits is the number of the process that waits for a picture, once it is there and those
// that were at work are gone; 0 when none does.
func (r *Reader) Waits() int { return r.children.Waits() }

// Close ends the child that waits, if there is one; pictures can be read all the same.
func (r *Reader) Close() error { return r.children.Close() } //nolint:wrapcheck // nothing to say beside

// insideEnv is set in the child, so that a program that forgot to call Main does
// not start itself without end.
const insideEnv = "CHANCERY_READING_PICTURE"

// maxPrinted is how much the child may print: the words of a picture as JSON,
// or what was cut out of it.
const maxPrinted = 16 << 20

// Read reads the words of a picture and its codes. The error is a *photo.Error
// when the words cannot be read, else that of ctx; codes may be there all the same.
func (r *Reader) Read(ctx context.Context, data []byte) (photo.Reading, error) {
	return readingOf(r.ask(ctx, data, order{deed: readWords}))
}

// readingOf is the reading in an answer.
func readingOf(a answer, err error) (photo.Reading, error) {
	if err != nil {
		return photo.Reading{Codes: a.Codes}, err
	}
	if a.Reading == nil {
		return photo.Reading{}, gaveUp(errors.New("the answer holds no reading"))
	}
	if a.Reading.Codes != nil {
		return photo.Reading{}, gaveUp(errors.New("codes came in two places"))
	}
	if err := a.Reading.Check(); err != nil {
		return photo.Reading{}, gaveUp(err)
	}
	a.Reading.Codes = a.Codes
	return *a.Reading, nil
}

// Cut cuts stretches out of a picture, in grey; boxes are places in it as a
// reading has them, at most MaxCuts
// and MaxCutPixels. The errors are those of Read.
func (r *Reader) Cut(ctx context.Context, data []byte, boxes []image.Rectangle) ([]*image.Gray, error) {
	if len(boxes) == 0 {
		return nil, nil
	}
	a, err := r.ask(ctx, data, order{deed: cutPlaces, cuts: boxes})
	if err != nil {
		return nil, err
	}
	if len(a.Cuts) != len(boxes) {
		return nil, gaveUp(fmt.Errorf("the answer holds %d cuts of %d", len(a.Cuts), len(boxes)))
	}
	var out []*image.Gray
	for i, box := range boxes {
		c := a.Cuts[i]
		if c.W <= 0 || c.H <= 0 || c.W > box.Dx() || c.H > box.Dy() || len(c.Pix) != c.W*c.H {
			return nil, gaveUp(fmt.Errorf("a cut of %d x %d pixels has %d bytes", c.W, c.H, len(c.Pix)))
		}
		out = append(out, &image.Gray{Pix: c.Pix, Stride: c.W, Rect: image.Rect(0, 0, c.W, c.H)})
	}
	return out, nil
}

// gaveUp says that the child is to blame, or what it was given.
func gaveUp(why error) error {
	return &photo.Error{Problem: photo.Failed, Advice: fmt.Sprintf("the picture could not be read (%v): save it anew as JPEG or PNG and try again, or type one sentence from it", why)}
}

// ask has a child do one thing that it answers once.
func (r *Reader) ask(ctx context.Context, data []byte, o order) (answer, error) {
	raw, err := r.send(ctx, data, o)
	if err != nil {
		return answer{}, err
	}
	return parseAnswer(raw)
}

// send has a child do one thing and returns all that it printed.
func (r *Reader) send(ctx context.Context, data []byte, o order) ([]byte, error) {
	b, err := r.begin(ctx, data, o)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	raw, err := io.ReadAll(b)
	if err != nil {
		return nil, r.why(ctx, err)
	}
	return raw, nil
}

// begin has a child begin with one thing.
func (r *Reader) begin(ctx context.Context, data []byte, o order) (*confine.Busy, error) {
	if len(data) > photo.MaxBytes {
		_, _, err := photo.Header(data)
		return nil, err
	}
	o.budget = min(r.children.Budget(), maxBudget)
	b, err := r.children.Begin(ctx, confine.Input(o.line(), data))
	if err != nil {
		return nil, r.why(ctx, err)
	}
	return b, nil
}

// parseAnswer reads what the child printed: one JSON value and nothing else.
func parseAnswer(raw []byte) (answer, error) {
	var a answer
	if err := confine.Decode(raw, maxPrinted, &a); err != nil {
		return answer{}, gaveUp(err)
	}
	if err := photo.CheckCodes(a.Codes); err != nil {
		return answer{}, gaveUp(err)
	}
	if a.Problem != "" {
		if !photo.KnownProblem(a.Problem) || len(a.Advice) > 1000 {
			return answer{}, gaveUp(errors.New("the answer names a problem that is none"))
		}
		return answer{Codes: a.Codes}, &photo.Error{Problem: a.Problem, Advice: photo.LegibleLine(a.Advice)}
	}
	return a, nil
}
