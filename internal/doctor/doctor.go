// Package doctor looks at a register the way its operator would at midnight: is
// everything in place, and if not, what does it mean and what is to be done? It
// writes nothing, sends nothing and tells no secret: no key, no word of a letter,
// no name of a draft.
//
//	for _, f := range doctor.Folder(ctx, "/srv/register", doctor.Options{}) {
//		fmt.Println(f.Level, f.Name, f.What)
//	}
//
// The running server answers /readyz from the same findings.
package doctor

import (
	"fmt"
	"time"

	"chancery.example/internal/tlog"
	"chancery.example/proof"
)

// A Level says how a finding stands.
type Level string

// The levels. Bad: something does not work, or will not when it is needed. Warn:
// it works and ought to be seen to. Skipped: it was not looked at, and What says
// why.
const (
	OK      Level = "ok"
	Warn    Level = "warn"
	Bad     Level = "bad"
	Skipped Level = "skipped"
)

// rank orders levels.
func (l Level) rank() int {
	switch l {
	case Bad:
		return 3
	case Warn:
		return 2
	case OK:
		return 1
	case Skipped:
	}
	return 0
}

// A Finding is what was seen of one thing.
type Finding struct {
	Name  string `json:"name"` // the same in every version
	Level Level  `json:"level"`
	What  string `json:"what"`
	Means string `json:"means,omitempty"`
	Do    string `json:"do,omitempty"`
}

// Findings are all that was seen.
type Findings []Finding

// Worst returns the gravest level.
func (fs Findings) Worst() Level {
	worst := Skipped
	for _, f := range fs {
		if f.Level.rank() > worst.rank() {
			worst = f.Level
		}
	}
	return worst
}

func (fs *Findings) ok(name, format string, args ...any) {
	*fs = append(*fs, Finding{Name: name, Level: OK, What: fmt.Sprintf(format, args...)})
}

func (fs *Findings) skip(name, format string, args ...any) {
	*fs = append(*fs, Finding{Name: name, Level: Skipped, What: fmt.Sprintf(format, args...)})
}

func (fs *Findings) add(name string, l Level, what, means, do string) {
	*fs = append(*fs, Finding{name, l, what, means, do})
}

// littleRoom is when a disk that still accepts entries is worth a word.
const littleRoom = 1 << 30

// Room looks at the disk of a register's folder.
func Room(dir string) Finding {
	if err := tlog.Room(dir, 0); err != nil {
		return Finding{"disk", Bad, err.Error(), "nothing can be issued, stated or withdrawn; answers go on", "make room on this disk, or move the register to a larger one"}
	}
	if err := tlog.Room(dir, littleRoom); err != nil {
		return Finding{"disk", Warn, "less than 1 GiB is free", "below 64 MiB nothing can be issued any more", "make room soon"}
	}
	return Finding{Name: "disk", Level: OK, What: "more than 1 GiB is free"}
}

// resignEvery is how often a register that is served signs its head anew at least.
const resignEvery = time.Minute

// Head looks at the newest head of a register. fresh is the bound on its age
// beyond which answers are "could not check"; 0 asks for none. publishing: this
// register is kept by a server that signs heads. exercise: its clock is simulated.
func Head(c proof.Checkpoint, now time.Time, fresh time.Duration, publishing, exercise bool) Finding {
	const name = "head"
	age := now.Sub(c.Time).Round(time.Second)
	switch {
	case exercise:
		return Finding{Name: name, Level: OK, What: fmt.Sprintf("%d entries; an exercise, whose head has no age", c.Size)}
	case c.Time.IsZero():
		return Finding{name, Warn, fmt.Sprintf("the head over %d entries carries no time", c.Size), "nobody can tell how old the answers are", "sign with the clock key: chancery serve --publish"}
	case age < -resignEvery:
		return Finding{name, Bad, fmt.Sprintf("the newest head is of %s, %s in the future", c.Time.Format(time.RFC3339), -age), "this machine's clock is behind, or another's that signed was ahead; nothing is signed until the clock has passed it", "set the clock by NTP"}
	case fresh > 0 && age > fresh:
		return Finding{name, Bad, fmt.Sprintf("the newest head is %s old", age), "every answer about what is in force is \"could not check\" now", "start chancery serve --publish, or bring the mirror up to date"}
	case publishing && age > 5*resignEvery:
		return Finding{name, Bad, fmt.Sprintf("the newest head is %s old, though it is signed every minute", age), "publishing has stopped: what is issued does not become public", "look at the server's log for \"publishing\""}
	}
	return Finding{Name: name, Level: OK, What: fmt.Sprintf("%d entries, signed %s ago", c.Size, max(age, 0))}
}

// lagging is how long the newest entries may be without a quorum of witnesses.
const lagging = 10 * time.Minute

// Witnesses looks at what the policy's witnesses vouch for: w is the newest head
// that has the quorum, nil for none.
func Witnesses(c proof.Checkpoint, w *proof.Checkpoint, now time.Time, exercise bool) Finding {
	const name = "witnesses"
	switch {
	case exercise:
		return Finding{Name: name, Level: OK, What: "an exercise needs none"}
	case c.Needed == 0:
		return Finding{name, Warn, "the policy asks for no witness", "the register could show two readers two logs, and nobody would know; every answer says so", "ask three other houses to run one: docs/operate, \"Witnesses\""}
	case w == nil:
		return Finding{name, Bad, fmt.Sprintf("no head has the %d cosignatures that the policy asks for", c.Needed), "no answer is in force for readers under this policy", "chancery log cosign says what each witness answers"}
	case w.Size < c.Size && now.Sub(w.WitnessedAt) > lagging:
		return Finding{name, Bad, fmt.Sprintf("the newest %d entries are not witnessed, for %s", c.Size-w.Size, now.Sub(w.WitnessedAt).Round(time.Second)), "what is newest is answered \"not yet witnessed\"", "chancery log cosign says what each witness answers"}
	}
	return Finding{Name: name, Level: OK, What: fmt.Sprintf("%d of the policy's witnesses over %d of %d entries", w.Witnesses, w.Size, c.Size)}
}
