package watch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"chancery.example/internal/remote"
	"chancery.example/internal/tlog"
	"chancery.example/proof"
)

// An other is somebody else who was shown the log.
type other struct {
	client  *remote.Client
	witness bool
}

// head reads the newest head that the other was shown. A witness shows it where
// C2SP tlog-witness says, under the hash of the log's origin.
func (o *other) head(ctx context.Context, origin string) ([]byte, error) {
	if !o.witness {
		return o.client.Log(ctx).Checkpoint() //nolint:wrapcheck // says what it read
	}
	return o.client.File(ctx, fmt.Sprintf("%x/checkpoint", sha256.Sum256([]byte(origin))), maxLastHead<<5)
}

// compare holds the heads that others were shown to the log as it is shown here.
func (m *Monitor) compare(ctx context.Context) error {
	if err := m.comparePending(ctx); err != nil {
		return err
	}
	if err := m.compareWitnessed(ctx); err != nil {
		return err
	}
	for _, o := range m.others {
		where := o.client.Address()
		raw, err := o.head(ctx, m.head.Origin)
		if ctx.Err() != nil {
			return fmt.Errorf("monitoring %s: %w", m.client.Address(), ctx.Err())
		}
		if err != nil {
			why := err.Error()
			if errors.Is(err, fs.ErrNotExist) {
				why = "it was shown no head of this log"
			}
			m.once(AlertUnreachable, where, Alert{Level: Trouble, Text: fmt.Sprintf("%s: %s", where, why)})
			continue
		}
		h, err := proof.OpenSigned(raw, m.mirror.Policy())
		if err != nil || h.Origin != m.head.Origin {
			m.once(AlertUnreachable, where, Alert{Level: Trouble, Text: fmt.Sprintf("the head at %s is none that this log signed: %v", where, err)})
			continue
		}
		delete(m.memory.Told, string(AlertUnreachable)+" "+where)
		var source *tlog.Reader
		if !o.witness {
			source = o.client.Log(ctx)
		}
		if err := m.judge(ctx, h, source, where); err != nil {
			return err
		}
	}
	return nil
}

// compareWitnessed looks at the head that the register itself shows as witnessed.
func (m *Monitor) compareWitnessed(ctx context.Context) error {
	raw, err := m.client.Witnessed(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("monitoring %s: %w", m.client.Address(), ctx.Err())
	}
	met := m.quorum(m.head.Raw)
	if err == nil && raw != nil {
		h, err := proof.OpenSigned(raw, m.mirror.Policy())
		if err != nil {
			m.once(AlertUnwitnessed, "", Alert{Level: Noteworthy, Text: fmt.Sprintf("the witnessed head that the register shows is none that this log signed: %v", err)})
			return nil
		}
		met = met || m.quorum(raw)
		if err := m.judge(ctx, h, nil, "the register's own witnessed head"); err != nil {
			return err
		}
	}
	if met || m.mirror.Policy().Needed() == 0 {
		m.over(AlertUnwitnessed)
		return nil
	}
	m.once(AlertUnwitnessed, "", Alert{Level: Noteworthy, Text: fmt.Sprintf("no head of the last %s carries the cosignatures that the policy asks for", m.opts.MaxAge)})
	return nil
}

// quorum reports whether a head meets the policy's quorum with cosignatures that
// are not too old.
func (m *Monitor) quorum(raw []byte) bool {
	if _, err := proof.OpenCheckpoint(raw, m.mirror.Policy()); err != nil {
		return false
	}
	h, err := proof.OpenSigned(raw, m.mirror.Policy())
	return err == nil && slices.ContainsFunc(h.Marks, func(k proof.Mark) bool { return m.opts.Clock().Sub(k.Time) <= m.opts.MaxAge })
}

// judge holds a head that somebody was shown to the log as it is shown here.
// source has the tree of that head, when there is one.
func (m *Monitor) judge(ctx context.Context, h proof.SignedHead, source *tlog.Reader, where string) error {
	var err error
	switch {
	case h.Size == 0 || h.Head == m.head.Head:
		return nil
	case h.Size == m.head.Size:
		err = m.mirror.Accuse(m.head, h, m.mirror.Log())
	case h.Size < m.head.Size:
		root, e := m.mirror.Log().RootAt(m.head.Head, h.Size)
		if e != nil {
			return e //nolint:wrapcheck // the monitor's own copy, says what it read
		}
		if root == h.Root {
			return nil
		}
		err = m.mirror.Accuse(m.head, h, m.mirror.Log())
	case source != nil && m.head.Size > 0:
		root, e := source.RootAt(h.Head, m.head.Size)
		if e != nil {
			m.once(AlertUnreachable, where, Alert{Level: Trouble, Text: fmt.Sprintf("the head at %s cannot be compared: %v", where, e)})
			return nil
		}
		if root == m.head.Root {
			return m.longer(h, where)
		}
		err = m.mirror.Accuse(m.head, h, source)
	default:
		return m.longer(h, where)
	}
	return m.accused(err)
}

// accused tells of a fork; other errors are the monitor's own.
func (m *Monitor) accused(err error) error {
	var fork *remote.ForkError
	if errors.As(err, &fork) {
		m.fork(fork)
		return nil
	}
	return err
}

// longer remembers a head over more entries than the log shows here, until the
// log has grown so far and can be held to it.
func (m *Monitor) longer(h proof.SignedHead, where string) error {
	known := slices.ContainsFunc(m.memory.Seen, func(s seenHead) bool {
		return string(s.Raw) == string(h.Raw) || s.Where == where && sameHead(s.Raw, h.Head)
	})
	if !known {
		if len(m.memory.Seen) == maxSeen { // the oldest went unanswered long ago, and was told of
			m.memory.Seen = m.memory.Seen[1:]
		}
		m.memory.Seen = append(m.memory.Seen, seenHead{h.Raw, where, m.opts.Clock().UTC()})
	}
	return nil
}

func sameHead(raw []byte, h proof.Head) bool {
	got, err := proof.ParseHead(raw)
	return err == nil && got == h
}

// comparePending judges the heads that were ahead, now that the log may have
// grown; one that the log does not reach in time is told of.
func (m *Monitor) comparePending(ctx context.Context) error {
	pending := m.memory.Seen
	m.memory.Seen = nil
	for _, s := range pending {
		h, err := proof.OpenSigned(s.Raw, m.mirror.Policy())
		if err != nil {
			continue // a key that is trusted no more
		}
		if h.Size <= m.head.Size {
			if err := m.judge(ctx, h, nil, s.Where); err != nil {
				return err
			}
			continue
		}
		m.memory.Seen = append(m.memory.Seen, s)
		if m.opts.Clock().Sub(s.At) > m.opts.Lag {
			m.once(AlertHidden, fmt.Sprint(s.Where, " ", h.Size), Alert{
				Level: Noteworthy,
				Text:  fmt.Sprintf("%s was shown a log of %d entries on %s, and here it has %d: the register hides entries, or two readers are shown different logs", s.Where, h.Size, s.At.Format("2006-01-02 15:04:05"), m.head.Size),
			})
		}
	}
	return nil
}
