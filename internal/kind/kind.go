// Package kind says of what kind an error is, so that every door answers the
// same: one exit code on the command line, one status in HTTP.
//
//	return kind.Conflict.Errorf("issuing %s: it is closed; start a new letter", ref)
//
// The text of an error is for people: what was tried, why not, what to do.
package kind

import (
	"errors"
	"fmt"
)

// A Kind is what sort of failure an error is.
type Kind int

// The kinds. Unknown is what an error without one has: a defect or the machine.
const (
	Unknown     Kind = iota
	Invalid          // the input is wrong in itself
	NotFound         // what it names is not there
	Conflict         // the record's state does not allow it
	Forbidden        // the one who asks may not
	Unavailable      // now is not the time: disk full, clock wrong, in use
)

type kinded struct {
	error
	kind Kind
	said *said // how it was put; nil for an error of elsewhere
}

// said is the form of a message and what was put into it, so that a door can say the
// same in another language.
type said struct {
	format string
	args   []any
}

func (k kinded) Unwrap() error { return k.error }

// Error makes a kind comparable by errors.Is: errors.Is(err, kind.NotFound).
func (k Kind) Error() string {
	switch k {
	case Invalid:
		return "invalid"
	case NotFound:
		return "not found"
	case Conflict:
		return "conflict"
	case Forbidden:
		return "forbidden"
	case Unavailable:
		return "unavailable"
	case Unknown:
	}
	return "unknown"
}

func (k kinded) Is(target error) bool {
	want, ok := target.(Kind)
	return ok && want == k.kind
}

// Errorf makes an error of kind k.
func (k Kind) Errorf(format string, args ...any) error {
	return kinded{fmt.Errorf(format, args...), k, &said{format, args}}
}

// Wrap gives an error a kind; nil stays nil.
func (k Kind) Wrap(err error) error {
	if err == nil {
		return nil
	}
	return kinded{err, k, nil}
}

// Of returns the kind of an error, the outermost that has one.
func Of(err error) Kind {
	var k kinded
	if errors.As(err, &k) {
		return k.kind
	}
	return Unknown
}

// Said returns the form of an error's words and what was put into it, of the outermost
// that Errorf made.
func Said(err error) (format string, args []any, ok bool) {
	for err != nil {
		var k kinded
		if !errors.As(err, &k) {
			return "", nil, false
		}
		if k.said != nil {
			return k.said.format, k.said.args, true
		}
		err = k.error
	}
	return "", nil, false
}
