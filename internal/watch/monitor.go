package watch

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/remote"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Monitor follows one register from outside. It reads the log's tiles and
// nothing that a server searches for it, plays every entry by the rules, compares
// what others were shown, and tells what it was asked to tell. Its folder holds a
// mirror of the register, the evidence that it found, and where it ended.
type Monitor struct {
	opts   MonitorOptions
	client *remote.Client
	mirror *remote.Mirror
	memory *memory
	others []*other

	head    proof.SignedHead
	found   []Alert // of this look
	numbers map[register.Office]uint64
	texts   map[register.Index]bool // entries whose texts are to be read
	began   bool

	// The look-up map as it is made anew from the entries, up to the last
	// index-head that was compared.
	trail    lookup.Trail
	tree     lookup.Tree
	at       register.Index
	compared int

	phrases  []phrase
	watching watched
}

// MonitorOptions are what a monitor looks at.
type MonitorOptions struct {
	Dir    string // its own folder
	Policy proof.Policy
	// Witnesses are addresses at which witnesses show what they cosigned last, Also
	// those of other mirrors or readers of the register.
	Witnesses, Also []string
	// Offices (URI or short name), References (alone or after an office and a slash)
	// and Phrases are what somebody wants to hear of.
	Offices, References, Phrases []string
	// FromStart tells of what is watched in the log as it was before as well.
	FromStart bool
	// MaxAge is how old the newest head may be; a day when zero.
	MaxAge time.Duration
	// Lag is how long a longer log that others were shown may be missing here; ten
	// minutes when zero.
	Lag      time.Duration
	Clock    func() time.Time
	Client   remote.Options
	Progress func(what string, done, all uint64)
}

// memoryName is the file of what a monitor remembers.
const memoryName = "monitor.json"

// OpenMonitor prepares a monitor of the register at an address. Nothing is asked
// for yet.
func OpenMonitor(address string, o MonitorOptions) (*Monitor, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.MaxAge == 0 {
		o.MaxAge = 24 * time.Hour
	}
	if o.Lag == 0 {
		o.Lag = 10 * time.Minute
	}
	m := &Monitor{opts: o, numbers: map[register.Office]uint64{}, texts: map[register.Index]bool{}}
	var err error
	if m.client, err = remote.New(address, o.Client); err != nil {
		return nil, err
	}
	if err := m.watch(o); err != nil {
		return nil, err
	}
	for _, list := range []struct {
		addresses []string
		witness   bool
	}{{o.Witnesses, true}, {o.Also, false}} {
		for _, a := range list.addresses {
			c, err := remote.New(a, o.Client)
			if err != nil {
				return nil, err
			}
			m.others = append(m.others, &other{client: c, witness: list.witness})
		}
	}
	m.mirror, err = remote.OpenMirror(m.client, filepath.Join(o.Dir, "mirror"), remote.MirrorOptions{Policy: o.Policy, Clock: o.Clock, Progress: o.Progress, Entry: m.entry})
	if err != nil {
		return nil, err
	}
	if m.memory, err = remember(filepath.Join(o.Dir, memoryName)); err != nil {
		return nil, err
	}
	m.began = m.memory.Origin != ""
	return m, nil
}

// Look looks once and returns what there is to tell. The error is that of the
// monitor's own machine; whatever is wrong with the register is an alert. What is
// told is remembered only by [Monitor.Told].
func (m *Monitor) Look(ctx context.Context) ([]Alert, error) {
	m.found = nil
	got, err := m.mirror.Update(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("monitoring %s: %w", m.client.Address(), ctx.Err())
	}
	if err != nil {
		if err := m.failed(err); err != nil {
			return nil, err
		}
	} else {
		delete(m.memory.Told, string(AlertUnreachable))
		m.over(AlertOlder)
	}
	if m.head, err = m.mirror.Head(); err != nil {
		return nil, err
	}
	if m.head.Raw != nil {
		m.memory.Origin = m.head.Origin
		m.records()
		if got.Complete { // else their texts come with the next look
			if err := m.read(ctx); err != nil {
				return nil, err
			}
			m.maps()
			if err := m.issued(ctx); err != nil {
				return nil, err
			}
		}
		m.fresh()
		if err := m.compare(ctx); err != nil {
			return nil, err
		}
	}
	for i := range m.found { // of the first look, entries were read before the head was taken
		m.found[i].Origin, m.found[i].Size = m.memory.Origin, m.head.Size
	}
	return m.found, nil
}

// Told remembers that everything that was found was told.
func (m *Monitor) Told() error {
	if m.head.Raw != nil {
		m.memory.Next, m.began = m.head.Size, true
	}
	return m.memory.keep()
}

// Address is where the register is.
func (m *Monitor) Address() string { return m.client.Address() }

// failed tells why the register could not be brought up to date.
func (m *Monitor) failed(err error) error {
	var fork *remote.ForkError
	switch {
	case errors.As(err, &fork):
		m.fork(fork)
	case strings.Contains(err.Error(), "older copy"):
		m.once(AlertOlder, "", Alert{Level: Noteworthy, Text: err.Error()})
	case kind.Of(err) == kind.Unavailable, kind.Of(err) == kind.NotFound, kind.Of(err) == kind.Conflict, kind.Of(err) == kind.Invalid, proof.ClassOf(err) != "", isDamage(err):
		m.once(AlertUnreachable, "", Alert{Level: Trouble, Text: err.Error()})
	default:
		return fmt.Errorf("monitoring %s: %w", m.client.Address(), err)
	}
	return nil
}

// fork tells of two heads that do not fit, once for each evidence.
func (m *Monitor) fork(f *remote.ForkError) {
	m.once(AlertFork, filepath.Base(f.File), Alert{Level: Misbehaviour, Evidence: f.File, Text: f.Error()})
}

// tell adds an alert.
func (m *Monitor) tell(k AlertKind, a Alert) {
	a.Kind, a.At, a.Register = k, m.opts.Clock().UTC().Truncate(time.Second), m.client.Address()
	a.Origin, a.Size = m.memory.Origin, m.head.Size
	a.ID = a.id()
	m.found = append(m.found, a)
}

// once adds an alert about something that lasts, the first time.
func (m *Monitor) once(k AlertKind, which string, a Alert) {
	key := strings.TrimSpace(string(k) + " " + which)
	if _, told := m.memory.Told[key]; told {
		return
	}
	m.memory.Told[key] = m.opts.Clock().UTC().Truncate(time.Second)
	m.tell(k, a)
}

// over forgets what lasted until now.
func (m *Monitor) over(k AlertKind) {
	for key := range m.memory.Told {
		if key == string(k) || strings.HasPrefix(key, string(k)+" ") {
			delete(m.memory.Told, key)
		}
	}
}

// fresh tells when the newest head is old: nobody knows then what came since.
func (m *Monitor) fresh() {
	newest := m.head.Time
	for _, mark := range m.head.Marks {
		if mark.Time.After(newest) {
			newest = mark.Time
		}
	}
	now := m.opts.Clock()
	switch s := m.mirror.State(); {
	case s != nil && s.Exercise(): // its clock is simulated: it has no age (witness.md MUST-14)
		m.over(AlertStale)
	case newest.IsZero():
		m.once(AlertStale, "", Alert{Level: Noteworthy, Text: "the newest head carries no time: nobody can tell whether it is fresh"})
	case now.Sub(newest) > m.opts.MaxAge:
		m.once(AlertStale, "", Alert{Level: Noteworthy, Text: fmt.Sprintf("the newest head is of %s, older than %s: what came since is not shown", newest.Format(time.RFC3339), m.opts.MaxAge)})
	default:
		m.over(AlertStale)
	}
}
