//go:build !js

package ocr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/papercode/qr"
	"chancery.example/internal/photo"
)

// childCommand is the word after the program's name that makes it the child. It
// is no command for people.
const childCommand = "read-picture"

// The two lives of the child: it locks itself in, then begins anew as a program
// that was never outside.
const (
	stageLock = "lock"
	stageRead = "locked"
)

// What the child may use.
const (
	maxMemory    = 512 << 20 // bytes beyond what the program takes when it starts
	softMemory   = 400 << 20 // from here on memory is given back eagerly
	maxProcessor = 10        // seconds, each of child and tesseract
	maxFiles     = 64
)

// Limits of what is cut out of one picture.
const (
	MaxCuts      = 64
	MaxCutPixels = 8 << 20 // all of them together
)

// codesShare is the part of its time that a picture's codes may take.
const codesShare = 4

// An order is what the child is to do: its arguments are
// "read-picture STAGE MILLISECONDS TESSERACT [X,Y,W,H ...]".
type order struct {
	stage     string
	budget    time.Duration
	tesseract string // the program; "" until it was looked for, "-" when there is none
	cuts      []image.Rectangle
	whole     bool // all of it, as it is, and its codes; instead of words
	bare      bool // all of it without its codes, which take most of the time
}

// These stand where cuts do, for the whole picture.
const (
	wholeArg = "whole"
	bareArg  = "bare"
)

// An answer is what the child prints, once.
type answer struct {
	Reading *photo.Reading `json:"reading,omitempty"`
	Codes   []photo.Code   `json:"codes,omitempty"` // also beside a problem: no words, but codes
	Cuts    []cut          `json:"cuts,omitempty"`
	Problem photo.Problem  `json:"problem,omitempty"`
	Advice  string         `json:"advice,omitempty"`
}

// A cut is a stretch of the picture, in grey.
type cut struct {
	W, H int
	Pix  []byte
	// Of is the size of the picture as people see it, when it was all cut out.
	Of     image.Point  `json:",omitzero"`
	Format photo.Format `json:",omitempty"`
}

// IsChild reports whether a program was started to be the child of a Reader.
func IsChild(args []string) bool { return len(args) > 1 && args[1] == childCommand }

// Main is the child: it locks itself in, reads a picture from in and writes the
// answer to out. It returns the exit code, not 0 when there is no answer.
func Main(args []string, in io.Reader, out io.Writer, now func() time.Time) int {
	o, err := parseOrder(args[2:])
	if err != nil {
		return fail(err)
	}
	if o.stage == stageLock {
		if o.tesseract, err = exec.LookPath("tesseract"); err != nil {
			o.tesseract = "-"
		}
		return fail(o.again(args[0]))
	}
	debug.SetMemoryLimit(softMemory)
	data, err := io.ReadAll(io.LimitReader(in, photo.MaxBytes+1))
	if err != nil {
		return fail(err)
	}
	if err := json.NewEncoder(out).Encode(o.answer(data, now)); err != nil {
		return fail(err)
	}
	return 0
}

// again locks the program in and begins anew.
func (o order) again(name string) error {
	o.stage = stageRead
	l := confine.Limits{Memory: maxMemory, Processor: maxProcessor, Files: maxFiles}
	if real, err := filepath.EvalSymlinks(o.tesseract); err == nil { // PREFIX/bin/tesseract reads PREFIX/share
		l.Readable = []string{filepath.Dir(filepath.Dir(real)), o.tesseract}
	}
	return confine.Again(append([]string{name}, o.args()...), l)
}

// fail says on standard error why there is no answer; the parent quotes it in
// its own log at most.
func fail(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, "reading a picture:", err)
	return 1
}

// args writes an order as arguments.
func (o order) args() []string {
	out := []string{childCommand, o.stage, strconv.FormatInt(o.budget.Milliseconds(), 10), o.tesseract}
	if o.bare {
		return append(out, bareArg)
	}
	if o.whole {
		return append(out, wholeArg)
	}
	for _, c := range o.cuts {
		out = append(out, fmt.Sprintf("%d,%d,%d,%d", c.Min.X, c.Min.Y, c.Dx(), c.Dy()))
	}
	return out
}

func parseOrder(args []string) (order, error) {
	if len(args) < 3 || len(args) > 3+MaxCuts {
		return order{}, errors.New("this command is the program's own, not for people: use \"chancery check\"")
	}
	ms, err := strconv.Atoi(args[1])
	if err != nil || ms <= 0 || args[0] != stageLock && args[0] != stageRead {
		return order{}, fmt.Errorf("stage %q, time %q", args[0], args[1])
	}
	o := order{stage: args[0], budget: time.Duration(ms) * time.Millisecond, tesseract: args[2]}
	pixels := 0
	if len(args) == 4 && (args[3] == wholeArg || args[3] == bareArg) {
		o.whole, o.bare = args[3] == wholeArg, args[3] == bareArg
		return o, nil
	}
	for _, s := range args[3:] {
		var x, y, w, h int
		if n, err := fmt.Sscanf(s, "%d,%d,%d,%d", &x, &y, &w, &h); n != 4 || err != nil || x < 0 || y < 0 || w <= 0 || h <= 0 ||
			max(x, y, w, h) > photo.MaxSide {
			return order{}, fmt.Errorf("%q is no place in a picture", s)
		}
		if pixels += w * h; pixels > MaxCutPixels {
			return order{}, fmt.Errorf("more than %d pixels are to be cut out", MaxCutPixels)
		}
		o.cuts = append(o.cuts, image.Rect(x, y, x+w, y+h))
	}
	return o, nil
}

// answer does what was ordered.
func (o order) answer(data []byte, now func() time.Time) answer {
	if len(o.cuts) > 0 {
		cuts, err := cutOut(data, o.cuts)
		return answerOf(answer{Cuts: cuts}, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.budget)
	defer cancel()
	if o.whole || o.bare {
		p, err := photo.Decode(data)
		if err != nil {
			return answerOf(answer{}, fmt.Errorf("looking at the picture: %w", err))
		}
		a := answer{Cuts: []cut{wholeOf(p)}}
		if o.whole {
			a.Codes = o.codes(ctx, p)
		}
		return a
	}
	// What is wrong with the picture comes before what is wrong here.
	if _, _, err := photo.Header(data); err != nil {
		return answerOf(answer{}, err)
	}
	var codes []photo.Code
	if p, err := photo.Decode(data); err == nil { // else who reads the words says what is wrong
		codes = o.codes(ctx, p)
	}
	if o.tesseract == "-" {
		return answerOf(answer{Codes: codes}, errMissing)
	}
	t, err := findModel(ctx, o.tesseract)
	if err != nil {
		return answerOf(answer{Codes: codes}, err)
	}
	r, err := ReadWith(ctx, t.read, t.model, data, o.budget, now)
	return answerOf(answer{Codes: codes, Reading: &r}, err)
}

// codes reads the codes of the picture, in a part of the time: words matter more.
func (o order) codes(ctx context.Context, p *photo.Picture) []photo.Code {
	ctx, cancel := context.WithTimeout(ctx, o.budget/codesShare)
	defer cancel()
	return qr.Read(ctx, p)
}

// answerOf puts an error into the answer.
func answerOf(a answer, err error) answer {
	var known *photo.Error
	switch {
	case err == nil:
		return a
	case errors.As(err, &known):
		return answer{Codes: a.Codes, Problem: known.Problem, Advice: known.Advice}
	case errors.Is(err, context.DeadlineExceeded):
		return answer{Codes: a.Codes, Problem: photo.TooSlow, Advice: tooSlow}
	}
	return answer{Codes: a.Codes, Problem: photo.Failed, Advice: fmt.Sprintf("the picture could not be read: %.300s", err)}
}

const tooSlow = "the picture could not be read in the time that one gets: give a smaller one, only the part in question, or type one sentence from it"

// cutOut cuts stretches out of a picture, in grey.
func cutOut(data []byte, boxes []image.Rectangle) ([]cut, error) {
	p, err := photo.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("looking at the picture: %w", err)
	}
	var out []cut
	for _, box := range boxes {
		g := p.Cut(box)
		c := cut{W: g.Rect.Dx(), H: g.Rect.Dy()}
		for y := range c.H {
			c.Pix = append(c.Pix, g.Pix[y*g.Stride:y*g.Stride+c.W]...)
		}
		out = append(out, c)
	}
	return out, nil
}

// wholeOf is the whole picture, small enough to be handed on.
func wholeOf(p *photo.Picture) cut {
	g := p.Gray
	for step := 2; g.Rect.Dx()*g.Rect.Dy() > MaxCutPixels; step++ {
		g = photo.Shrunk(p.Gray, step)
	}
	c := cut{W: g.Rect.Dx(), H: g.Rect.Dy(), Of: p.Size, Format: p.Format}
	for y := range c.H {
		c.Pix = append(c.Pix, g.Pix[y*g.Stride:y*g.Stride+c.W]...)
	}
	return c
}
