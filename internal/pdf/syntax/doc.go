// Package syntax reads the objects of a PDF file: a small, strict parser for files
// that may be hostile. It is for those who must know what is in a file and where -
// the verifier of seals, the linter before a seal - and not for showing pages.
//
// Strict means: where readers are known to differ, the file is refused and not
// guessed at. A dictionary with a key twice, a cross-reference entry that points
// at another object, a stream whose length is a lie, a header that is not at the
// first byte: all are errors that say where. Nothing is ever rebuilt by searching
// for objects, which is what lets forged files show different pages in different
// programs.
//
// A file is a row of revisions, oldest first: each was appended to all before it,
// and [File.At] shows the file as one of them had it. What stands in the file and
// belongs to no revision is [File.Tail] and [File.Stray].
//
// It promises, whatever the bytes: no panic, no endless loop, memory bounded by
// [Limits], no file, network or clock. It leaves to others what objects mean.
//
//	f, err := syntax.Open(data, syntax.DefaultLimits)
//	root, err := f.Root()
//	pages, err := f.Pages()
package syntax

import "fmt"

// Limits bound what one file may cost.
type Limits struct {
	Bytes     int // of the file
	Objects   int // in all revisions together
	Depth     int // of nested arrays and dictionaries, and of chains of references
	Revisions int
	Pages     int
	Stream    int // bytes of one stream, inflated
	Inflated  int // bytes of all streams together, inflated
}

// DefaultLimits are far above any letter: security.md allows 25 MiB and 200 pages.
var DefaultLimits = Limits{
	Bytes: 25 << 20, Objects: 100_000, Depth: 64, Revisions: 64, Pages: 200,
	Stream: 24 << 20, Inflated: 64 << 20,
}

// An Error says what of a file could not be read, and where.
type Error struct {
	Offset int    // of the byte, or -1 where there is no one place
	What   string // what was wrong
}

// Error implements error.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return "reading the PDF: " + e.What
	}
	return fmt.Sprintf("reading the PDF at byte %d: %s", e.Offset, e.What)
}

func fault(at int, format string, args ...any) error {
	return &Error{at, fmt.Sprintf(format, args...)}
}
