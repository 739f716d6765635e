// Package watch looks after registers from outside the acts: [Fsck] reads a
// whole register folder and says what in it is damaged; a [Monitor] follows a
// register at its address, plays all of it again, and keeps evidence when it lies.
//
// Fsck never writes: no lock, no migration, no new file in the folder, also beside
// a running server. What is read is judged by the same verifiers that a reader
// uses, so a healthy report means that every public answer can be proved.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"chancery.example/internal/folder"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Severity says how bad a finding is.
type Severity string

// The severities. Damage means that the register does not hold what it promised;
// a notice is something that an operator will want to know.
const (
	Damage Severity = "damage"
	Notice Severity = "notice"
)

// A Finding is one thing that Fsck found.
type Finding struct {
	Severity Severity
	Where    string // "entry 12", "texts/3f...", "log.head"
	Text     string // what is wrong, and what to do
}

// String returns the finding as one line.
func (f Finding) String() string { return fmt.Sprintf("%s: %s: %s", f.Severity, f.Where, f.Text) }

// A Report is what Fsck found and how much it looked at.
type Report struct {
	Checkpoint  proof.Checkpoint
	Entries     uint64 // read and verified
	Letters     int    // issued or opened
	Statements  int
	Disavowals  int
	Commitments uint64
	IndexHeads  int  // each of which has the root of the map that was made anew
	Texts       int  // public texts that are there and fit
	Missing     int  // public texts that are not there
	Forms       int  // issued PDFs that are there and fit
	NoForms     int  // issued PDFs that are named and not there
	Office      bool // the office's own database was there and compared
	Intents     int
	Pending     int // intents that are on their way into the log
	Findings    []Finding
}

// Damaged reports whether anything is damaged.
func (r *Report) Damaged() bool { return r.Count(Damage) > 0 }

// Count returns how many findings are of a severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

func (r *Report) add(s Severity, where, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{s, where, fmt.Sprintf(format, args...)})
}

// A checker is one run of Fsck.
type checker struct {
	Report
	folder   folder.Folder
	log      *tlog.Reader
	progress func(done, all uint64)

	raw    [][]byte // entries by index; nil: damaged or unread
	parsed []register.Entry
	roots  map[uint64]letter.Hash // the root over so many entries, while all were read
	state  *register.State
	trail  lookup.Trail         // what the entries are about, for the look-up map
	whole  bool                 // every entry was read: absence can be spoken of
	kept   map[letter.Hash]bool // PDFs that the office's own database has
}

// Fsck reads the register in a folder and reports all that is wrong with it. The
// zero policy means the folder's own keys. An error means that it could not be
// read to the end, not that it is damaged: damage is in the report. progress,
// when not nil, is told how many of how many entries are read.
func Fsck(ctx context.Context, f folder.Folder, policy proof.Policy, progress func(done, all uint64)) (Report, error) {
	c := &checker{folder: f, progress: progress, roots: map[uint64]letter.Hash{}, state: register.NewState()}
	if c.progress == nil {
		c.progress = func(uint64, uint64) {}
	}
	if err := c.run(ctx, policy); err != nil {
		return c.Report, fmt.Errorf("checking register %s: %w", f.Dir, err)
	}
	return c.Report, nil
}

func (c *checker) run(ctx context.Context, policy proof.Policy) error {
	c.config()
	if len(policy.Logs()) == 0 {
		var err error
		if policy, err = c.folder.Config.Policy(); err != nil {
			c.add(Damage, folder.ConfigName, "%v; restore it from a backup", err)
			return nil
		}
	}
	head, ok, err := c.checkpoint(policy)
	if err != nil || !ok {
		return err
	}
	if err := c.entries(ctx, head); err != nil {
		return err
	}
	c.rules(head)
	c.keys()
	if err := c.lastHeads(ctx, head); err != nil {
		return err
	}
	waiting, err := c.office(ctx, head)
	if err != nil {
		return err
	}
	c.maps(ctx)
	return errors.Join(c.texts(waiting), c.forms(waiting))
}

// config reads register.toml once more: the caller may hold an older one.
func (c *checker) config() {
	now, err := folder.Open(c.folder.Dir)
	switch {
	case err != nil:
		c.add(Damage, folder.ConfigName, "%v; restore it from a backup", err)
	case now.Config != c.folder.Config:
		c.add(Notice, folder.ConfigName, "it changed while the register was open")
	}
}

// checkpoint reads the published checkpoint. One that nobody vouches for is
// damage, and what it says is still used to look further.
func (c *checker) checkpoint(policy proof.Policy) (_ proof.Head, ok bool, err error) {
	const where = "log/checkpoint"
	if c.log, err = tlog.OpenReader(c.folder.LogDir()); err != nil {
		c.add(Damage, "log", "%v; restore the log from its newest copy", err)
		return proof.Head{}, false, unlessDamage(err)
	}
	raw, err := c.log.Checkpoint()
	if err != nil {
		c.add(Damage, where, "%v; restore the log from its newest copy", err)
		return proof.Head{}, false, unlessDamage(err)
	}
	if c.Checkpoint, err = proof.OpenCheckpoint(raw, policy); err == nil {
		return c.Checkpoint.Head, true, nil
	}
	c.add(Damage, where, "%v; readers will refuse every answer. Restore the log from its newest copy", err)
	head, err := proof.ParseHead(raw)
	return head, err == nil, nil
}

// unlessDamage lets pass what is no fault of the files.
func unlessDamage(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
