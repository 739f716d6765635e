//go:build !js

// Package confine runs a part of the program as a child of itself that can reach
// nothing: where foreign bytes are read (pictures, PDFs), what reads them may
// crash, hang or be taken over, and then it shall have nothing.
//
// The parent starts the program again ([Run]) in namespaces of its own, with the
// bytes on standard input, and takes what it prints, so much and for so long. The
// child's first act is [Again]: it limits its memory, processor time and files,
// locks itself in with Landlock and becomes the same program once more, which was
// never outside. What a system does not offer is left out and the rest holds
// (docs/decisions/0022).
package confine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"chancery.example/internal/photo"
)

// Limits are what a child may use.
type Limits struct {
	Memory    uint64   // bytes beyond what the program takes when it starts
	Processor uint64   // seconds
	Files     uint64   // open at a time
	Readable  []string // paths beside the system's own programs and libraries
}

// A Child is one run of the program as a child of itself.
type Child struct {
	Program string   // this one when empty
	Args    []string // without the program's name
	Mark    string   // a variable of the child's environment, so that it does not start children itself
	Input   []byte   // that Run gives it
	Most    int      // bytes that it may print
	// Used hears what the child took, as the system counted it; may be nil.
	Used func(Usage)
}

// A Usage is what a child took of the machine.
type Usage struct {
	Processor time.Duration
	Memory    uint64 // bytes that it held at once, programs and libraries included; 0 where the system does not say
}

// ErrInside says that the program is such a child already: one that forgot to act
// as it would start itself without end.
var ErrInside = errors.New("its reader is no reader")

// Run runs a child, in namespaces of its own where that is allowed, and returns
// what it printed. When ctx ends the child is ended with all that it started.
func Run(ctx context.Context, c Child) ([]byte, error) {
	w, err := Start(c)
	if err != nil {
		return nil, err
	}
	return w.Give(ctx, c.Input)
}

// lastWords are the first line of what a child said before it died.
func lastWords(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if line == "" {
		return ""
	}
	return ": " + photo.LegibleLine(fmt.Sprintf("%.120s", line))
}

// A Capped writer takes so many bytes and no more.
type Capped struct {
	buf    bytes.Buffer
	To     *bytes.Buffer
	Limit  int
	Silent bool // drops what is too much, instead of failing
}

// Bytes returns what was written, when To is nil.
func (c *Capped) Bytes() []byte { return c.buf.Bytes() }

func (c *Capped) Write(p []byte) (int, error) {
	buf := c.To
	if buf == nil {
		buf = &c.buf
	}
	if room := c.Limit - buf.Len(); len(p) > room {
		if !c.Silent {
			return 0, fmt.Errorf("it prints more than %d bytes: %w", c.Limit, io.ErrShortBuffer)
		}
		_, _ = buf.Write(p[:max(0, room)])
		return len(p), nil
	}
	return buf.Write(p)
}
