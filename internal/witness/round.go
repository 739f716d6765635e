package witness

import (
	"bytes"
	"context"
	"time"

	"chancery.example/proof"
)

// A round collects for one head after the other. It belongs to one goroutine;
// what asks the witnesses hands its replies over.
type round struct {
	c       *Collector
	policy  proof.Policy
	members []*member
	replies chan reply
	once    bool // each witness is asked once for the head at hand

	newest []byte // the newest head that the log signed
	now    target // the head that is collected for
	began  time.Time
	have   proof.Checkpoint // what was written for it
	failed error            // why it was not
}

// A member is one witness of the policy.
type member struct {
	asker
	known    uint64
	busy     bool
	tried    bool   // asked for the head at hand, with an answer
	line     []byte // its cosignature of the head at hand
	failures int
	until    time.Time // when it is asked again after a failure
	alarmed  string    // what it was last found to hold against the register
}

// patience is how long a head is waited for when there is a newer one.
const patience = 2 * time.Second

// run collects until ctx ends or the policy is another one.
func (r *round) run(ctx context.Context, changed func() bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		for r.busy() > 0 {
			r.members[(<-r.replies).of].busy = false
		}
	}()
	tick := time.NewTicker(r.c.opts.Every)
	defer tick.Stop()
	policy := time.Now()
	for {
		if err := r.look(); err != nil {
			r.c.opts.Log.Error("collecting cosignatures", "error", err)
			tick.Reset(time.Second)
		}
		if r.due() {
			r.begin()
		}
		r.askAll(ctx)
		select {
		case <-ctx.Done():
			return
		case a := <-r.replies:
			r.take(a)
		case <-tick.C:
			if time.Since(policy) > time.Second {
				policy = time.Now()
				if changed() {
					return
				}
			}
		}
	}
}

// look reads the newest head.
func (r *round) look() error {
	raw, err := r.c.newest()
	if err == nil && raw != nil {
		r.newest = raw
	}
	return err
}

// due reports whether it is time for the newest head: the one at hand has its
// quorum, or will not have it soon.
func (r *round) due() bool {
	if r.newest == nil || same(r.newest, r.now.raw) {
		return false
	}
	return r.now.raw == nil || r.have.Met || r.busy() == 0 || time.Since(r.began) > patience
}

// begin makes the newest head the one that is collected for.
func (r *round) begin() {
	t, err := newTarget(r.newest)
	if err != nil {
		r.failed = err
		return
	}
	r.now, r.began = t, time.Now()
	r.have, r.failed = proof.OpenHead(t.raw, r.policy)
	for _, m := range r.members {
		m.tried, m.line = false, nil
	}
}

func (r *round) busy() (n int) {
	for _, m := range r.members {
		if m.busy {
			n++
		}
	}
	return n
}

// askAll asks the witnesses that have not answered for the head at hand.
func (r *round) askAll(ctx context.Context) {
	if r.now.raw == nil {
		return
	}
	for i, m := range r.members {
		again := m.failures > 0 && !m.until.IsZero() && time.Now().Before(m.until)
		if m.busy || m.line != nil || again || m.tried && (m.failures == 0 || r.once) {
			continue
		}
		m.busy = true
		go func(a asker, t target, known uint64) {
			ctx, cancel := context.WithTimeout(ctx, r.c.opts.Timeout)
			defer cancel()
			reply := a.ask(ctx, t, known)
			reply.of = i
			r.replies <- reply
		}(m.asker, r.now, m.known)
	}
}

// take notes what a witness said.
func (r *round) take(a reply) {
	m := r.members[a.of]
	m.busy, m.known = false, a.known
	current := a.target.text == r.now.text && bytes.Equal(a.target.raw, r.now.raw)
	if current {
		m.tried = true
	}
	if a.alarm != nil {
		r.alarm(m, a.alarm)
	}
	if a.err != nil {
		m.failures++
		m.until = time.Now().Add(backoff(m.failures))
		if m.failures == 1 {
			r.c.opts.Log.Warn("a witness does not cosign", "witness", m.witness.Name, "why", a.err)
		}
	} else if a.line != nil || a.ahead {
		if m.failures > 0 {
			r.c.opts.Log.Info("a witness cosigns again", "witness", m.witness.Name, "after_failures", m.failures)
		}
		m.failures = 0
	}
	r.c.note(a, m.failures)
	if a.line != nil && a.target.text == r.now.text {
		m.line = a.line
		r.write()
	}
}

// alarm keeps what a witness holds against the register, and says so when it is
// new.
func (r *round) alarm(m *member, a *Alarm) {
	if err := a.keep(r.c.folder); err != nil {
		r.c.opts.Log.Error("keeping the evidence of an alarm", "error", err)
	}
	if m.alarmed != a.Text {
		r.c.opts.Log.Error("ALARM: a witness holds something against this register", "witness", m.witness.Name, "what", a.Text, "evidence", a.File)
	}
	m.alarmed = a.Text
}

// backoff is how long a witness that failed is left alone.
func backoff(failures int) time.Duration {
	return min(250*time.Millisecond<<min(failures-1, 10), time.Minute)
}

// write writes the head with the cosignatures that are there, when they reach
// the quorum.
func (r *round) write() {
	raw := append([]byte(nil), r.now.raw...)
	for _, m := range r.members {
		if m.line != nil && !bytes.Contains(raw, m.line) {
			raw = append(raw, m.line...)
		}
	}
	cp, err := proof.OpenHead(raw, r.policy)
	if err != nil {
		r.failed = err
		r.c.opts.Log.Error("putting cosignatures together", "error", err)
		return
	}
	r.have = cp
	if !cp.Met {
		return
	}
	if _, r.failed = r.c.folder.PutWitnessed(raw); r.failed != nil {
		r.c.opts.Log.Error("writing the witnessed head", "error", r.failed)
	}
}

// note keeps what is known of a witness for who asks.
func (c *Collector) note(a reply, failures int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &c.states[a.of]
	s.Failures, s.Problem = failures, ""
	if a.err != nil {
		s.Problem = a.err.Error()
	}
	if a.line != nil {
		s.Size, s.At = a.target.head.Size, a.at
	}
	if a.alarm != nil {
		s.Alarm, s.File = a.alarm.Text, a.alarm.File
	}
}
