//go:build !js

package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/papercode/qr"
	"chancery.example/internal/photo"
)

// What the child may use: memory in bytes beyond what the program takes when it starts,
// processor time in seconds, each of child and tesseract.
var limits = confine.Limits{Memory: 512 << 20, Processor: 10, Files: 64}

// work is what the child does. Its one argument is tesseract's program, "-" when there
// is none; it is looked for before the child is locked in.
var work = confine.Work{
	Command: "read-picture", Instead: "chancery check", Does: "reading a picture",
	Order: maxOrder, Input: photo.MaxBytes, Limits: limits,
	Lock: func([]string) (readable, again []string) {
		path, err := exec.LookPath("tesseract")
		if err != nil {
			return nil, []string{nowhere}
		}
		if real, err := filepath.EvalSymlinks(path); err == nil { // PREFIX/bin/tesseract reads PREFIX/share
			readable = []string{filepath.Dir(filepath.Dir(real)), path}
		}
		return readable, []string{path}
	},
}

// nowhere stands where tesseract's program would.
const nowhere = "-"

// IsChild reports whether a program was started to be the child of a Reader.
func IsChild(args []string) bool { return work.Is(args) }

// Main is the child: it locks itself in, reads a picture from in and writes the
// answer to out. It returns the exit code, not 0 when there is no answer.
func Main(args []string, in io.Reader, out io.Writer, now func() time.Time) int {
	w := work
	w.Ready = func(args []string) (func(string, []byte) (any, error), error) {
		if len(args) != 1 {
			return nil, errors.New("it was not told where tesseract is")
		}
		debug.SetGCPercent(looseGC)
		t := sync.OnceValues(func() (tesseract, error) { return seek(args[0]) })
		go func() { _, _ = t() }() // before the first foreign byte, or beside it
		return func(line string, data []byte) (any, error) {
			o, err := parseOrder(line)
			if err != nil {
				return nil, err
			}
			o.tesseract, o.now = t, now
			return o.answer(data), nil
		}, nil
	}
	return w.Main(args, in, out)
}

// looseGC lets garbage grow: a child lives for one picture, and what memory it may take
// is limited otherwise.
const looseGC = 400

// seekTime is how long an installed tesseract may take to say what it reads.
const seekTime = 10 * time.Second

// seek finds out what tesseract reads with.
func seek(path string) (tesseract, error) {
	if path == nowhere {
		return tesseract{}, errMissing
	}
	ctx, cancel := context.WithTimeout(context.Background(), seekTime)
	defer cancel()
	return findModel(ctx, path)
}

// What is to be done with a picture.
type deed string

// The deeds.
const (
	readWords deed = "words" // its words and its codes are read
	lookAtAll deed = "look"  // the picture itself, in grey; then the same
	showGrey  deed = "grey"  // the picture alone
	cutPlaces deed = "cut"   // stretches of it
)

// Limits of what is cut out of one picture, and of an order that says what.
const (
	MaxCuts      = 64
	MaxCutPixels = 8 << 20 // all of them together
	maxOrder     = 4 << 10
	maxBudget    = time.Hour
)

// codesShare is the part of its time that a picture's codes may take.
const codesShare = 4

// An order is what the child is to do with its picture: the first line of what it is
// given, "MILLISECONDS DEED [X,Y,W,H ...]".
type order struct {
	budget time.Duration
	deed   deed
	cuts   []image.Rectangle

	// What the child has for it.
	tesseract func() (tesseract, error)
	now       func() time.Time
}

// line writes an order.
func (o order) line() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", o.budget.Milliseconds(), o.deed)
	for _, c := range o.cuts {
		fmt.Fprintf(&b, " %d,%d,%d,%d", c.Min.X, c.Min.Y, c.Dx(), c.Dy())
	}
	return b.String()
}

func parseOrder(line string) (order, error) {
	f := strings.Split(line, " ")
	if len(f) < 2 || len(f) > 2+MaxCuts {
		return order{}, fmt.Errorf("order %.80q", line)
	}
	ms, err := strconv.ParseInt(f[0], 10, 64)
	o := order{budget: time.Duration(ms) * time.Millisecond, deed: deed(f[1])}
	if err != nil || ms <= 0 || ms > maxBudget.Milliseconds() || (o.deed == cutPlaces) != (len(f) > 2) {
		return order{}, fmt.Errorf("order %.80q", line)
	}
	switch o.deed {
	case readWords, lookAtAll, showGrey, cutPlaces:
	default:
		return order{}, fmt.Errorf("order %.80q", line)
	}
	pixels := 0
	for _, s := range f[2:] {
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

// An answer is what the child prints: once, or, when it was to look, three times
// (see printer).
type answer struct {
	Picture *grey          `json:"picture,omitempty"` // its pixels follow
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
}

// answer does what was ordered.
func (o order) answer(data []byte) any {
	p, err := photo.Decode(data)
	if err != nil {
		return answerOf(answer{}, fmt.Errorf("looking at the picture: %w", err))
	}
	switch o.deed {
	case cutPlaces:
		return answer{Cuts: cutOut(p, o.cuts)}
	case showGrey:
		return confine.Printed(func(out io.Writer) error { return printGrey(out, p) })
	case lookAtAll:
		return confine.Printed(func(out io.Writer) error { return o.look(out, p) })
	case readWords:
	}
	words, codes := o.begin(p)
	a := words()
	a.Codes = codes()
	return a
}

// begin begins to read a picture's words and its codes, beside each other, and returns
// what waits for them.
func (o order) begin(p *photo.Picture) (words func() answer, codes func() []photo.Code) {
	ctx, cancel := context.WithTimeout(context.Background(), o.budget)
	words = begun(func() answer {
		defer cancel()
		r, err := o.words(ctx, p)
		return answerOf(answer{Reading: &r}, err)
	})
	return words, begun(func() []photo.Code { return codesOf(p, o.budget/codesShare) })
}

// begun begins something and returns what waits for it.
func begun[T any](do func() T) func() T {
	done := make(chan T, 1)
	go func() { done <- do() }()
	return sync.OnceValue(func() T { return <-done })
}

// words reads the words of a picture.
func (o order) words(ctx context.Context, p *photo.Picture) (photo.Reading, error) {
	t, err := o.tesseract()
	if err != nil {
		return photo.Reading{}, err
	}
	return readPicture(ctx, t.rows, t.model, p, o.budget, o.now)
}

// codesOf reads the codes of a picture, in a part of the time: words matter more.
func codesOf(p *photo.Picture, within time.Duration) []photo.Code {
	ctx, cancel := context.WithTimeout(context.Background(), within)
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
func cutOut(p *photo.Picture, boxes []image.Rectangle) (out []cut) {
	for _, box := range boxes {
		g := p.Cut(box)
		out = append(out, cut{g.Rect.Dx(), g.Rect.Dy(), pixels(g)})
	}
	return out
}

// pixels are those of a picture, row by row.
func pixels(g *image.Gray) []byte {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if g.Stride == w {
		return g.Pix[:w*h]
	}
	out := make([]byte, 0, w*h)
	for y := range h {
		out = append(out, g.Pix[y*g.Stride:y*g.Stride+w]...)
	}
	return out
}
