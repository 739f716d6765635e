//go:build !js

package ocr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"runtime"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/photo"
)

// Options of a Reader. The zero Options are good.
type Options struct {
	Program string        // that is the child (see Main); this program when empty
	Time    time.Duration // for one picture, from start to answer; 10 s when 0
	AtOnce  int           // pictures read at the same time; others wait; half the processors when 0
}

// A Reader reads pictures, each in a child process of its own. Its methods may
// run beside each other.
type Reader struct {
	opts    Options
	running chan struct{}
}

// New returns a Reader. Nothing is looked for yet: whether tesseract is there
// is seen with each picture.
func New(o Options) *Reader {
	if o.Time == 0 {
		o.Time = 10 * time.Second
	}
	if o.AtOnce == 0 {
		o.AtOnce = max(1, runtime.NumCPU()/2)
	}
	return &Reader{opts: o, running: make(chan struct{}, o.AtOnce)}
}

// insideEnv is set in the child, so that a program that forgot to call Main does
// not start itself without end.
const insideEnv = "CHANCERY_READING_PICTURE"

// maxPrinted is how much the child may print: the words of a picture as JSON,
// or what was cut out of it.
const maxPrinted = 16 << 20

// Read reads the words of a picture and its codes. The error is a *photo.Error
// when the words cannot be read, else that of ctx; codes may be there all the same.
func (r *Reader) Read(ctx context.Context, data []byte) (photo.Reading, error) {
	a, err := r.ask(ctx, data, nil)
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
	a, err := r.ask(ctx, data, boxes)
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

// Whole decodes a picture, away from here as everything else, and reads its codes.
// A very large one comes smaller than it is. The errors are those of Read.
func (r *Reader) Whole(ctx context.Context, data []byte) (*photo.Picture, []photo.Code, error) {
	return r.decode(ctx, data, order{whole: true})
}

// Picture is Whole without the codes, to be drawn on: looking for codes takes longer
// than all else.
func (r *Reader) Picture(ctx context.Context, data []byte) (*photo.Picture, error) {
	p, _, err := r.decode(ctx, data, order{bare: true})
	return p, err
}

func (r *Reader) decode(ctx context.Context, data []byte, o order) (*photo.Picture, []photo.Code, error) {
	a, err := r.send(ctx, data, o)
	if err != nil {
		return nil, nil, err
	}
	if len(a.Cuts) != 1 {
		return nil, nil, gaveUp(fmt.Errorf("the answer holds %d pictures, not one", len(a.Cuts)))
	}
	c := a.Cuts[0]
	if c.W < photo.MinSide || c.H < photo.MinSide || c.W*c.H > MaxCutPixels || len(c.Pix) != c.W*c.H || c.Of.X < c.W || c.Of.Y < c.H || max(c.Of.X, c.Of.Y) > photo.MaxSide {
		return nil, nil, gaveUp(fmt.Errorf("a picture of %d x %d pixels, of %v, has %d bytes", c.W, c.H, c.Of, len(c.Pix)))
	}
	return photo.FromGray(&image.Gray{Pix: c.Pix, Stride: c.W, Rect: image.Rect(0, 0, c.W, c.H)}, c.Of, c.Format), a.Codes, nil
}

// gaveUp says that the child is to blame, or what it was given.
func gaveUp(why error) error {
	return &photo.Error{Problem: photo.Failed, Advice: fmt.Sprintf("the picture could not be read (%v): save it anew as JPEG or PNG and try again, or type one sentence from it", why)}
}

// ask has a child read a picture, or cut stretches out of it.
func (r *Reader) ask(ctx context.Context, data []byte, cuts []image.Rectangle) (answer, error) {
	return r.send(ctx, data, order{cuts: cuts})
}

// send has a child do one thing.
func (r *Reader) send(ctx context.Context, data []byte, o order) (answer, error) {
	if len(data) > photo.MaxBytes {
		_, _, err := photo.Header(data)
		return answer{}, err
	}
	select {
	case r.running <- struct{}{}:
		defer func() { <-r.running }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	// The child ends by itself a moment before it is ended.
	o.stage, o.budget = stageLock, r.opts.Time*9/10
	limited, cancel := context.WithTimeout(ctx, r.opts.Time)
	defer cancel()
	raw, err := confine.Run(limited, confine.Child{Program: r.opts.Program, Args: o.args(), Mark: insideEnv, Input: data, Most: maxPrinted})
	switch {
	case ctx.Err() != nil:
		return answer{}, ctx.Err()
	case limited.Err() != nil:
		return answer{}, &photo.Error{Problem: photo.TooSlow, Advice: tooSlow}
	case err != nil:
		return answer{}, gaveUp(err)
	}
	return parseAnswer(raw)
}

// parseAnswer reads what the child printed: one JSON value and nothing else.
func parseAnswer(raw []byte) (answer, error) {
	var a answer
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return answer{}, gaveUp(fmt.Errorf("the answer is not what it should be: %w", err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return answer{}, gaveUp(errors.New("more than one answer came"))
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
