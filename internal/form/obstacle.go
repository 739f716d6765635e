package form

import (
	"errors"
	"fmt"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/pdf/stamp"
)

// An Obstacle is something that an issued letter must not have, other than other words
// in its texts. It is an error, which package refusal says in other languages by its name.
type Obstacle struct {
	Name   string // what found it, and what it is: "lint.covered"; stays when words change
	Page   int    // from 1; 0: the file as a whole
	Quoted string // words of the file that it is about; may be ""
	Words  string // what it is and what to do, in English
}

// Error implements error.
func (o Obstacle) Error() string { return o.Words }

// Obstacle gives what its words in another language are made of.
func (o Obstacle) Obstacle() (name string, page int, quoted string) { return o.Name, o.Page, o.Quoted }

// name makes one of a package's own.
func name(of, what string) string { return of + "." + strings.ReplaceAll(what, "-", "_") }

// ofLint are what the linter refuses.
func ofLint(all []lint.Refusal) (out []Obstacle) {
	for _, r := range all {
		out = append(out, Obstacle{Name: name("lint", string(r.Rule)), Page: r.Page, Words: r.String()})
	}
	return out
}

// ofStamp is why there is no stamp.
func ofStamp(no *stamp.Error) Obstacle {
	return Obstacle{Name: name("stamp", string(no.Problem)), Page: no.Page, Words: no.Error()}
}

// ofReading is what the reader remarked.
func ofReading(x pdf.Remark) Obstacle {
	return Obstacle{Name: name("shown", string(x.Kind)), Page: x.Page, Quoted: short(x.Text), Words: describe(x)}
}

// otherwise is a page that shows something else than was set there.
func otherwise(page int, format string, args ...any) Obstacle {
	return Obstacle{Name: "form.set", Page: page, Words: fmt.Sprintf(format, args...)}
}

var turnedByHand = Obstacle{Name: "form.direction", Words: "the file changes the direction of its letters by hand; print the document to PDF anew"}

// unread says of what kind an error of the reader is: the file is at fault, or what
// reads it.
func unread(err error) error {
	var no *pdf.Error
	if !errors.As(err, &no) {
		return err
	}
	named := func(err error) error { return obstructed{err, name("pdf", string(no.Problem))} }
	switch no.Problem {
	case pdf.NoReader, pdf.Failed, pdf.TooSlow:
		return named(kind.Unavailable.Errorf("%w; what was not read back is not issued: try again, and where PDFs cannot be read at all set the office's \"paper\" to \"none\"", err))
	case pdf.NotPDF, pdf.TooLarge, pdf.Locked, pdf.Broken, pdf.NoContent:
	}
	return named(kind.Invalid.Wrap(err))
}

// obstructed is an error that an obstacle is behind.
type obstructed struct {
	error
	name string
}

// Obstacle implements refusal.Obstacle.
func (o obstructed) Obstacle() (name string, page int, quoted string) { return o.name, 0, "" }

func (o obstructed) Unwrap() error { return o.error }
