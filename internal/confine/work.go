//go:build !js

package confine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
)

// The two lives of a child: it locks itself in, then begins anew as a program that was
// never outside.
const (
	stageLock   = "lock"
	stageLocked = "locked"
)

// A Work is what the program does as a child of itself: its arguments are "COMMAND STAGE
// ...". What a child is to do is the first line of its input, and what it is done to the
// rest: so it may be started before there is any.
type Work struct {
	Command string // the word after the program's name; it is no command for people
	Instead string // the one for people
	Does    string // such as "reading a PDF", for who looks for what went wrong
	Order   int    // bytes that the first line may have
	Input   int    // bytes that may follow
	Limits  Limits // what it may use
	// Lock says by a child's arguments what it may read as well, and which arguments it
	// begins anew with; nil: nothing, and the same.
	Lock func(args []string) (readable, again []string)
	// Ready makes ready what the work needs, before the first foreign byte, and returns
	// what does it. An answer is printed as JSON, or prints itself, in parts, when it is
	// [Printed].
	Ready func(args []string) (func(order string, data []byte) (answer any, err error), error)
}

// Printed is an answer that prints itself.
type Printed func(out io.Writer) error

// Is reports whether the program was started to be this child.
func (w Work) Is(args []string) bool { return len(args) > 1 && args[1] == w.Command }

// Args are the arguments that a child is started with, without the program's name.
func (w Work) Args(args ...string) []string {
	return slices.Concat([]string{w.Command, stageLock}, args)
}

// Locked reports whether arguments are those of a child that is locked in.
func (w Work) Locked(args []string) bool {
	return w.Is(args) && len(args) > 2 && args[2] == stageLocked
}

// Input is what a child is given.
func Input(order string, data []byte) []byte {
	return slices.Concat([]byte(order), []byte("\n"), data)
}

// Main is the child: it locks itself in, does its work and writes the answer to out. It
// returns the exit code, not 0 when there is no answer.
func (w Work) Main(args []string, in io.Reader, out io.Writer) int {
	switch {
	case len(args) > 2 && args[2] == stageLock:
		may, again := w.Limits, args[3:]
		if w.Lock != nil {
			may.Readable, again = w.Lock(again)
		}
		return w.Fail(Again(slices.Concat([]string{args[0], w.Command, stageLocked}, again), may))
	case !w.Locked(args):
		return w.Fail(fmt.Errorf("this command is the program's own, not for people: use %q", w.Instead))
	}
	debug.SetMemoryLimit(int64(w.Limits.Memory / 5 * 4)) //nolint:gosec // from there on it is given back eagerly
	do, err := w.Ready(args[3:])
	if err != nil {
		return w.Fail(err)
	}
	order, data, err := w.take(in)
	if err != nil {
		return w.Fail(err)
	}
	answer, err := do(order, data)
	if printed, ok := answer.(Printed); ok && err == nil {
		err = printed(out)
	} else if err == nil {
		err = json.NewEncoder(out).Encode(answer)
	}
	if err != nil {
		return w.Fail(err)
	}
	return 0
}

// Fail says on standard error why there is no answer, and returns the exit code; the
// parent quotes it in its own log at most.
func (w Work) Fail(err error) int {
	_, _ = fmt.Fprintf(os.Stderr, "%s: %v\n", w.Does, err)
	return 1
}

// take waits for the order and what follows it.
func (w Work) take(in io.Reader) (order string, data []byte, err error) {
	all, err := io.ReadAll(io.LimitReader(in, int64(w.Order+w.Input)+1))
	if err != nil {
		return "", nil, fmt.Errorf("reading its input: %w", err)
	}
	line, data, ok := bytes.Cut(all, []byte("\n"))
	if !ok || len(line) > w.Order || len(data) > w.Input { // its parent has ended, or did not need it
		return "", nil, errors.New("it was given no file")
	}
	return string(line), data, nil
}

// Decode reads what a child printed, which had foreign bytes in its hands: one JSON value
// of so many bytes at most, with known names alone, and nothing else.
func Decode(raw []byte, most int, answer any) error {
	if len(raw) > most {
		return errors.New("the answer is too long")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(answer); err != nil {
		return fmt.Errorf("the answer is not what it should be: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one answer came")
	}
	return nil
}
