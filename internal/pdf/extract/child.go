package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
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

// A life is what a child is started as: its arguments are "read-pdf STAGE CACHE".
type life struct {
	stage string
	cache string // the folder with pdfium's compiled form; "" when there is none
}

// An order is what it is to do with its file. It may have been started long before,
// so the order is the first line of what it is given, "WITHIN LOOK DRAW", and the file
// is the rest.
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
func IsChild(args []string) bool { return len(args) > 1 && args[1] == childCommand }

// Main is the child: it locks itself in, reads a PDF from in and writes the answer
// to out. It returns the exit code, not 0 when there is no answer.
func Main(args []string, in io.Reader, out io.Writer, now func() time.Time) int {
	l, err := parseLife(args[2:])
	if err != nil {
		return fail(err)
	}
	switch l.stage {
	case stageCompile:
		if err := compile(l.cache); err != nil {
			return fail(err)
		}
		return 0
	case stageLock:
		may := limits
		if l.cache != "" {
			may.Readable = []string{l.cache}
		}
		return fail(confine.Again(append([]string{args[0]}, life{stageRead, l.cache}.args()...), may))
	}
	debug.SetMemoryLimit(softMemory)
	e, err := start(l.cache) // before the first foreign byte
	if err != nil {
		return fail(err)
	}
	o, data, err := take(in)
	if err != nil {
		return fail(err)
	}
	if err := json.NewEncoder(out).Encode(o.answer(e, data, now)); err != nil {
		return fail(err)
	}
	return 0
}

// take waits for the order and the file.
func take(in io.Reader) (order, []byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxOrder+pdf.MaxBytes+1))
	if err != nil {
		return order{}, nil, fmt.Errorf("reading its input: %w", err)
	}
	line, data, ok := bytes.Cut(data, []byte("\n"))
	if !ok || len(line) > maxOrder { // its parent has ended, or did not need it
		return order{}, nil, errors.New("it was given no file")
	}
	o, err := parseOrder(string(line))
	return o, data, err
}

// fail says on standard error why there is no answer; the parent quotes it in
// its own log at most.
func fail(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, "reading a PDF:", err)
	return 1
}

// args writes a life as arguments.
func (l life) args() []string { return []string{childCommand, l.stage, l.cache} }

func parseLife(args []string) (life, error) {
	if len(args) != 2 {
		return life{}, errors.New("this command is the program's own, not for people: use \"chancery check\"")
	}
	l := life{args[0], args[1]}
	if l.stage != stageLock && l.stage != stageRead && l.stage != stageCompile {
		return life{}, fmt.Errorf("order %q", args)
	}
	return l, nil
}

// Limits of an order: how long its line may be, and the time that it gives.
const (
	maxOrder  = 200
	maxWithin = time.Hour
)

// line writes an order.
func (o order) line() string {
	return fmt.Sprintf("%d %s %s\n", o.within.Milliseconds(), o.look, o.drawing())
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
	return answer{Problem: pdf.Broken, Advice: fmt.Sprintf("it could not be read: %s", quoted(err.Error()))}
}
