package stamp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"chancery.example/internal/confine"
	"chancery.example/internal/pdf"
)

// work is what the child does.
var work = confine.Work{
	Command: "stamp-pdf", Instead: "chancery submit", Does: "stamping a PDF",
	Order: maxOrder, Input: pdf.MaxBytes,
	Limits: confine.Limits{Memory: 512 << 20, Processor: 10, Files: 64},
	Ready: func([]string) (func(string, []byte) (any, error), error) {
		return func(line string, data []byte) (any, error) {
			var o order
			if err := json.Unmarshal([]byte(line), &o); err != nil {
				return nil, fmt.Errorf("reading the order: %w", err)
			}
			return answerTo(o, data), nil
		}, nil
	},
}

// maxOrder is how long what it is told may be.
const maxOrder = 16 << 20

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
func IsChild(args []string) bool { return work.Is(args) }

// Main is the child: it locks itself in, reads an order and a PDF from in and writes
// the answer to out. It returns the exit code, not 0 when there is no answer.
func Main(args []string, in io.Reader, out io.Writer) int { return work.Main(args, in, out) }

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
