package extract

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/pdf"
)

// childCommand is the word after the program's name that makes it the child. It
// is no command for people.
const childCommand = "read-pdf"

// The lives of the child: it locks itself in, then begins anew as a program that
// was never outside. Or it only compiles pdfium; then it sees no foreign byte.
const (
	stageLock    = "lock"
	stageRead    = "locked"
	stageCompile = "compile"
)

// limits are what the child may use.
var limits = confine.Limits{Memory: 512 << 20, Processor: 10, Files: 64}

// softMemory is from where on memory is given back eagerly.
const softMemory = 400 << 20

// An order is what the child is to do: its arguments are
// "read-pdf STAGE MILLISECONDS CACHE LOOK DRAW".
type order struct {
	stage  string
	budget time.Duration
	cache  string // the folder with pdfium's compiled form; "" when there is none
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
func IsChild(args []string) bool { return len(args) > 1 && args[1] == childCommand }

// Main is the child: it locks itself in, reads a PDF from in and writes the answer
// to out. It returns the exit code, not 0 when there is no answer.
func Main(args []string, in io.Reader, out io.Writer, now func() time.Time) int {
	o, err := parseOrder(args[2:])
	if err != nil {
		return fail(err)
	}
	switch o.stage {
	case stageCompile:
		if err := compile(o.cache); err != nil {
			return fail(err)
		}
		return 0
	case stageLock:
		o.stage = stageRead
		l := limits
		if o.cache != "" {
			l.Readable = []string{o.cache}
		}
		return fail(confine.Again(append([]string{args[0]}, o.args()...), l))
	}
	debug.SetMemoryLimit(softMemory)
	began := now()
	e, err := start(o.cache) // before the first foreign byte
	if err != nil {
		return fail(err)
	}
	data, err := io.ReadAll(io.LimitReader(in, pdf.MaxBytes+1))
	if err != nil {
		return fail(err)
	}
	a := o.answer(e, data, now, o.budget-now().Sub(began))
	if err := json.NewEncoder(out).Encode(a); err != nil {
		return fail(err)
	}
	return 0
}

// fail says on standard error why there is no answer; the parent quotes it in
// its own log at most.
func fail(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, "reading a PDF:", err)
	return 1
}

// args writes an order as arguments.
func (o order) args() []string {
	return []string{childCommand, o.stage, strconv.FormatInt(o.budget.Milliseconds(), 10), o.cache, string(o.look), o.drawing()}
}

func parseOrder(args []string) (order, error) {
	if len(args) != 5 {
		return order{}, errors.New("this command is the program's own, not for people: use \"chancery check\"")
	}
	ms, err := strconv.Atoi(args[1])
	side, pages, err2 := parseDrawing(args[4])
	switch o := (order{stage: args[0], budget: time.Duration(ms) * time.Millisecond, cache: args[2], look: looking(args[3]), draw: pages, side: side}); {
	case err != nil, err2 != nil, ms <= 0, o.look != lookNot && o.look != lookRead && o.look != lookRoom, o.stage != stageLock && o.stage != stageRead && o.stage != stageCompile:
		return order{}, fmt.Errorf("order %q", args)
	default:
		return o, nil
	}
}

// answer does what was ordered.
func (o order) answer(e *engine, data []byte, now func() time.Time, left time.Duration) (a answer) {
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
	r, pictures, err := d.read(data, o.look, enough(left, now))
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
	return answer{Problem: pdf.Broken, Advice: fmt.Sprintf("it could not be read: %s", quoted(err.Error()))}
}
