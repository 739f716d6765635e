//go:build !js

package ocr

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"

	"chancery.example/internal/confine"
	"chancery.example/internal/photo"
)

// A child that looks prints what it has as soon as it has it: an answer with the
// picture's measures on a line of its own, its pixels, an answer with its codes on a
// line, and an answer with its words. So the picture can be compared while it is read.

// A grey is a picture as it is handed on, small enough for that. Its pixels follow, a
// byte each, row by row.
type grey struct {
	W, H   int
	Of     image.Point // the size of the picture as people see it
	Format photo.Format
}

// maxLine is how long a line of the child's is: eight codes at their longest.
const maxLine = 256 << 10

// printGrey prints a picture.
func printGrey(out io.Writer, p *photo.Picture) error {
	g := p.Gray
	for step := 2; g.Rect.Dx()*g.Rect.Dy() > MaxCutPixels; step++ {
		g = photo.Shrunk(p.Gray, step)
	}
	if err := json.NewEncoder(out).Encode(answer{Picture: &grey{g.Rect.Dx(), g.Rect.Dy(), p.Size, p.Format}}); err != nil {
		return fmt.Errorf("printing the picture: %w", err)
	}
	if _, err := out.Write(pixels(g)); err != nil {
		return fmt.Errorf("printing the picture: %w", err)
	}
	return nil
}

// look prints a picture, its codes and its words, each when it is there.
func (o order) look(out io.Writer, p *photo.Picture) error {
	words, codes := o.begin(p)
	if err := printGrey(out, p); err != nil {
		return err
	}
	print := json.NewEncoder(out)
	if err := print.Encode(answer{Codes: codes()}); err != nil {
		return fmt.Errorf("printing its codes: %w", err)
	}
	if err := print.Encode(words()); err != nil {
		return fmt.Errorf("printing its words: %w", err)
	}
	return nil
}

// Look decodes a picture, away from here as everything else, and reads its codes; its
// words are read meanwhile. A very large one comes smaller than it is. The errors are
// those of Read. The look is closed when its words are not, or no longer, wanted.
func (r *Reader) Look(ctx context.Context, data []byte) (photo.Look, error) {
	b, err := r.begin(ctx, data, order{deed: lookAtAll})
	if err != nil {
		return photo.Look{}, err
	}
	in := bufio.NewReaderSize(b, maxLine)
	p, err := takeGrey(in)
	var a answer
	if err == nil {
		a, err = takeLine(in)
	}
	if err != nil {
		b.Close()
		return photo.Look{}, r.why(ctx, err)
	}
	return photo.Look{Picture: p, Codes: a.Codes, Close: b.Close, Words: sync.OnceValues(func() (photo.Reading, error) {
		defer b.Close()
		raw, err := io.ReadAll(in)
		if err != nil {
			return photo.Reading{Codes: a.Codes}, r.why(ctx, err)
		}
		words, err := parseAnswer(raw)
		if words.Codes != nil {
			return photo.Reading{}, gaveUp(errors.New("codes came in two places"))
		}
		words.Codes = a.Codes
		return readingOf(words, err)
	})}, nil
}

// Picture decodes a picture, to be drawn on. The errors are those of Read.
func (r *Reader) Picture(ctx context.Context, data []byte) (*photo.Picture, error) {
	raw, err := r.send(ctx, data, order{deed: showGrey})
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(bytes.NewReader(raw), maxLine)
	p, err := takeGrey(in)
	if err != nil {
		return nil, r.why(ctx, err)
	}
	if _, err := in.ReadByte(); err == nil {
		return nil, gaveUp(errors.New("more came than the picture"))
	}
	return p, nil
}

// takeGrey reads a picture that a child printed.
func takeGrey(in *bufio.Reader) (*photo.Picture, error) {
	a, err := takeLine(in)
	if err != nil {
		return nil, err
	}
	c := a.Picture
	if c == nil {
		return nil, gaveUp(errors.New("the answer holds no picture"))
	}
	if c.W < photo.MinSide || c.H < photo.MinSide || c.W > photo.MaxSide || c.H > photo.MaxSide || c.W*c.H > MaxCutPixels ||
		c.Of.X < c.W || c.Of.Y < c.H || max(c.Of.X, c.Of.Y) > photo.MaxSide {
		return nil, gaveUp(fmt.Errorf("a picture of %d x %d pixels, of %v", c.W, c.H, c.Of))
	}
	g := &image.Gray{Pix: make([]byte, c.W*c.H), Stride: c.W, Rect: image.Rect(0, 0, c.W, c.H)}
	if _, err := io.ReadFull(in, g.Pix); err != nil {
		return nil, fmt.Errorf("reading the picture: %w", err)
	}
	return photo.FromGray(g, c.Of, c.Format), nil
}

// takeLine reads an answer on a line.
func takeLine(in *bufio.Reader) (answer, error) {
	line, err := in.ReadSlice('\n')
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return answer{}, fmt.Errorf("reading the answer: %w", err)
	}
	return parseAnswer(line)
}

// why says why a child's answer did not come: the child is to blame, or what it was
// given, or its time was over.
func (r *Reader) why(ctx context.Context, err error) error {
	var known *photo.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, confine.ErrTime):
		return &photo.Error{Problem: photo.TooSlow, Advice: tooSlow}
	case errors.As(err, &known):
		return known
	}
	return gaveUp(err)
}
