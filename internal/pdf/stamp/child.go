package stamp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"chancery.example/internal/confine"
	"chancery.example/internal/pdf"
)

// childCommand is the word after the program's name that makes it the child. It
// is no command for people.
const childCommand = "stamp-pdf"

// The two lives of the child: it locks itself in, then begins anew as a program
// that was never outside.
const (
	stageLock  = "lock"
	stageStamp = "locked"
)

// What the child may use.
var limits = confine.Limits{Memory: 512 << 20, Processor: 10, Files: 64}

// softMemory is from where on memory is given back eagerly; maxOrder is how long what
// it is told may be.
const (
	softMemory = 400 << 20
	maxOrder   = 16 << 20
)

// An order is what the child is told, on the first line of its input; the file
// follows.
type order struct {
	Sheets []sheet
	Font   font
}

// A sheet is one page as its picture showed it, in points, and what is drawn on it.
type sheet struct {
	Width, Height float64
	Content       string
}

// A font is the typeface of the stamp, as it is embedded.
type font struct {
	Name            string
	Program         []byte
	Widths          []int  // by code
	Glyphs          []byte // by code, two bytes each
	ToUnicode       []byte
	Box             []int
	Ascent, Descent int
}

// An answer is what the child prints, once.
type answer struct {
	PDF     []byte  `json:"pdf,omitempty"`
	Problem Problem `json:"problem,omitempty"`
	Advice  string  `json:"advice,omitempty"`
}

// IsChild reports whether a program was started to be the child of a Stamper.
func IsChild(args []string) bool { return len(args) > 1 && args[1] == childCommand }

// Main is the child: it locks itself in, reads an order and a PDF from in and writes
// the answer to out. It returns the exit code, not 0 when there is no answer.
func Main(args []string, in io.Reader, out io.Writer) int {
	switch {
	case len(args) == 3 && args[2] == stageLock:
		return fail(confine.Again([]string{args[0], childCommand, stageStamp}, limits))
	case len(args) != 3 || args[2] != stageStamp:
		return fail(errors.New(`this command is the program's own, not for people: use "chancery submit"`))
	}
	debug.SetMemoryLimit(softMemory)
	o, data, err := readOrder(in)
	if err != nil {
		return fail(err)
	}
	if err := json.NewEncoder(out).Encode(answerTo(o, data)); err != nil {
		return fail(err)
	}
	return 0
}

// fail says on standard error why there is no answer.
func fail(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, "stamping a PDF:", err)
	return 1
}

func readOrder(in io.Reader) (o order, data []byte, err error) {
	all, err := io.ReadAll(io.LimitReader(bufio.NewReader(in), maxOrder+pdf.MaxBytes+1))
	if err != nil {
		return o, nil, fmt.Errorf("reading the order: %w", err)
	}
	head, data, ok := bytes.Cut(all, []byte("\n"))
	if !ok || len(data) > pdf.MaxBytes {
		return o, nil, errors.New("the order is not whole")
	}
	if err := json.Unmarshal(head, &o); err != nil {
		return o, nil, fmt.Errorf("reading the order: %w", err)
	}
	return o, data, nil
}

// answerTo does what was ordered. What breaks while it is done is broken by the file.
func answerTo(o order, data []byte) (a answer) {
	defer func() {
		if recover() != nil {
			a = answer{Problem: Unwritten, Advice: "it is made so that writing it anew breaks: " + anew}
		}
	}()
	out, err := rewrite(data, o)
	var known *Error
	switch {
	case errors.As(err, &known):
		return answer{Problem: known.Problem, Advice: known.Advice}
	case err != nil:
		return answer{Problem: Unwritten, Advice: fmt.Sprintf("it could not be written anew (%.200s): %s", err.Error(), anew)}
	case len(out) > pdf.MaxBytes:
		return answer{Problem: TooLarge, Advice: "written anew it is larger than a file may be"}
	}
	return answer{PDF: out}
}
