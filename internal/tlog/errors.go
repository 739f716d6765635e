package tlog

import "errors"

// Errors that callers tell apart. They come wrapped in what was tried.
var (
	// ErrNotAdded: the entry was refused before Tessera saw it. It is not in
	// the log and never will be by this call.
	ErrNotAdded = errors.New("the entry was not added")
	// ErrLocked: another process, or another Log of this one, has the folder.
	ErrLocked = errors.New("the log is in use by another appender")
	// ErrForeign: the folder holds a log of another origin or key.
	ErrForeign = errors.New("the log belongs to another key")
	// ErrClock: the clock, or a file's date, makes signing impossible.
	ErrClock = errors.New("the clock is wrong")
	// ErrDiskFull: too little room to promise anything.
	ErrDiskFull = errors.New("too little room on the disk")
	// ErrRollback: the log is older than a head signed before, or differs from it.
	ErrRollback = errors.New("the log does not extend the last head that was signed")
	// ErrStopped: integrity is in doubt and the Log signs nothing any more.
	ErrStopped = errors.New("the log stopped signing")
	// ErrCorrupt: a file of the log does not hold what it should.
	ErrCorrupt = errors.New("the log is damaged")
)
