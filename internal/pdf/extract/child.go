package extract

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/pdf"
)

// work is what the child does. Its one argument is the folder with pdfium's compiled
// form, "" when there is none.
var work = confine.Work{
	Command: "read-pdf", Instead: "chancery check", Does: "reading a PDF",
	Order: maxOrder, Input: pdf.MaxBytes,
	Limits: confine.Limits{Memory: 512 << 20, Processor: 10, Files: 64},
	Lock: func(args []string) (readable, again []string) {
		if cacheOf(args) != "" {
			readable = args
		}
		return readable, args
	},
}

// stageCompile is the life of a child that only compiles pdfium; it sees no foreign byte.
const stageCompile = "compile"

func cacheOf(args []string) string {
	if len(args) != 1 {
		return ""
	}
	return args[0]
}

// An order is what it is to do with its file: the first line of what it is given,
// "WITHIN LOOK DRAW".
type order struct {
	within time.Duration // from here on the answer must be there; whole milliseconds
	look   looking
	draw   []int // instead of reading: pages to be drawn, from 1
	side   int   // ... how long the longer side of each is, in pixels
}

// looking is which pages an answer has pictures of, besides what they say.
type looking string

// What an answer has pictures of.
const (
	lookNot  looking = "text"  // of no page
	lookRead looking = "read"  // of the first pages, fine enough to be read
	lookRoom looking = "space" // of many, coarse: where there is ink and where there is none
)

// most is of how many pages there are pictures.
func (l looking) most() int {
	switch l {
	case lookRead:
		return MaxLooked
	case lookRoom:
		return MaxPages
	case lookNot:
	}
	return 0
}

// dpi is how finely they are drawn.
func (l looking) dpi() float64 {
	if l == lookRoom {
		return PagesDPI
	}
	return lookDPI
}

// An answer is what the child prints, once.
type answer struct {
	Reading  *pdf.Reading `json:"reading,omitempty"`
	Pictures []picture    `json:"pictures,omitempty"`
	Problem  pdf.Problem  `json:"problem,omitempty"`
	Advice   string       `json:"advice,omitempty"`
}

// A picture is a page in grey, to be read as a picture.
type picture struct {
	Page, W, H int
	Pix        []byte
}

// IsChild reports whether a program was started to be the child of a Reader.
func IsChild(args []string) bool { return work.Is(args) }

// Main is the child: it locks itself in, reads a PDF from in and writes the answer
// to out. It returns the exit code, not 0 when there is no answer.
func Main(args []string, in io.Reader, out io.Writer, now func() time.Time) int {
	if len(args) == 4 && args[2] == stageCompile {
		if err := compile(args[3]); err != nil {
			return work.Fail(err)
		}
		return 0
	}
	w := work
	w.Ready = func(args []string) (func(string, []byte) (any, error), error) {
		e, err := start(cacheOf(args))
		if err != nil {
			return nil, err
		}
		return func(line string, data []byte) (any, error) {
			o, err := parseOrder(line)
			if err != nil {
				return nil, err
			}
			return o.answer(e, data, now), nil
		}, nil
	}
	return w.Main(args, in, out)
}

// Limits of an order: how long its line may be, and the time that it gives.
const (
	maxOrder  = 200
	maxWithin = time.Hour
)

// line writes an order.
func (o order) line() string {
	return fmt.Sprintf("%d %s %s", o.within.Milliseconds(), o.look, o.drawing())
}

func parseOrder(line string) (order, error) {
	f := strings.Split(line, " ")
	if len(f) != 3 {
		return order{}, fmt.Errorf("order %q", line)
	}
	ms, err := strconv.ParseInt(f[0], 10, 64)
	side, pages, err2 := parseDrawing(f[2])
	switch o := (order{within: time.Duration(ms) * time.Millisecond, look: looking(f[1]), draw: pages, side: side}); {
	case err != nil, err2 != nil, ms <= 0, ms > maxWithin.Milliseconds(), o.look != lookNot && o.look != lookRead && o.look != lookRoom:
		return order{}, fmt.Errorf("order %q", line)
	default:
		return o, nil
	}
}

// answer does what was ordered.
func (o order) answer(e *engine, data []byte, now func() time.Time) (a answer) {
	defer func() {
		if p := recover(); p != nil { // pdfium's own memory is at its end, or it trapped
			a = answer{Problem: pdf.Broken, Advice: "it is made so that reading it breaks its reader: save or print it into a new PDF, or give a picture of the page"}
		}
	}()
	d, err := e.open(data)
	if err != nil {
		return answerOf(err)
	}
	if len(o.draw) > 0 {
		pictures, err := d.drawn(o.draw, o.side)
		if err != nil {
			return answerOf(err)
		}
		return answer{Pictures: pictures}
	}
	r, pictures, err := d.read(data, o.look, enough(o.within, now))
	if err != nil {
		return answerOf(err)
	}
	return answer{Reading: &r, Pictures: pictures}
}

// answerOf puts an error into the answer.
func answerOf(err error) answer {
	var known *pdf.Error
	if errors.As(err, &known) {
		return answer{Problem: known.Problem, Advice: known.Advice}
	}
	return answer{Problem: pdf.Broken, Advice: fmt.Sprintf("it could not be read: %s", pdf.Quoted(err.Error()))}
}
