package office

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Receipt says where an act's entry stands.
type Receipt struct {
	Index      register.Index
	Entry      []byte
	Checkpoint []byte // signed, and covers the entry
	// Embargoed is the letter that is public only from Until on: then the entry is
	// the commitment that holds its place. "" for all other acts.
	Embargoed letter.Ref
	Until     time.Time
}

// A publisher is the register's one sequencer: it signs intents in their order
// and appends them, each exactly once. What makes it so:
//
//  1. an intent's name is unique, so an act has one intent;
//  2. its entry is signed once, and the bytes are kept before the first attempt;
//  3. one process appends, the one that has the log's lock;
//  4. after any failure whose outcome is unknown, and on every start, the log is
//     read on from the last known position, up to its integrated size, and what
//     is found there is recorded, before anything is appended again;
//  5. an entry that would not count by the rules is never appended.
type publisher struct {
	r *Register

	mu     sync.Mutex // one drains at a time; the others find their work done
	log    *tlog.Log
	state  *register.State // of all that is in the log; nil: must be read again
	known  register.Index  // positions below hold known intents
	unsure bool            // the log may hold more than is known
	keeper keeper          // of the look-up map; as state
}

func newPublisher(r *Register) *publisher { return &publisher{r: r, unsure: true} }

const (
	drainMost = 256 // entries in one batch
	fewActs   = 8   // that wait, below which entries are added when a head can follow at once
	pollOther = 20 * time.Millisecond
	otherMost = 30 * time.Second
)

// publish returns when the intent's entry is in the log under a signed
// checkpoint. Many goroutines that call it at once share batches.
func (p *publisher) publish(ctx context.Context, seq int64) (Receipt, error) {
	intent, log, err := p.append(ctx, seq)
	if err != nil {
		return Receipt{}, fmt.Errorf("the act is recorded and will be in the log as soon as possible, but is not there yet: %w", err)
	}
	rec := Receipt{Index: intent.Position, Entry: intent.Entry}
	if log == nil { // another process has the log, or had it
		rec.Checkpoint, err = p.awaitHead(ctx, intent.Position)
	} else {
		rec.Checkpoint, err = log.AwaitPublished(ctx, intent.Position)
	}
	if err != nil {
		return rec, fmt.Errorf("the entry is in the log, but no signed head covers it yet: %w", err)
	}
	return rec, nil
}

func (p *publisher) append(ctx context.Context, seq int64) (store.Intent, *tlog.Log, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		i, err := p.intent(ctx, seq)
		if err != nil || i.Logged {
			return i, p.log, err
		}
		err = p.drain(ctx)
		if errors.Is(err, tlog.ErrLocked) {
			i, err = p.awaitOther(ctx, seq)
			return i, nil, err
		}
		if err != nil {
			return i, nil, err
		}
	}
}

func (p *publisher) intent(ctx context.Context, seq int64) (i store.Intent, err error) {
	err = p.r.db.View(ctx, func(tx *store.Tx) error { i, err = tx.Intent(seq); return err })
	return i, err
}

// awaitOther waits until the process that has the log has published the intent.
func (p *publisher) awaitOther(ctx context.Context, seq int64) (store.Intent, error) {
	ctx, cancel := context.WithTimeout(ctx, otherMost)
	defer cancel()
	tick := time.NewTicker(pollOther)
	defer tick.Stop()
	for {
		i, err := p.intent(ctx, seq)
		if err != nil || i.Logged {
			return i, err
		}
		switch err := p.drain(ctx); { // the other may have ended meanwhile
		case err == nil:
			continue
		case !errors.Is(err, tlog.ErrLocked):
			return i, err
		}
		select {
		case <-ctx.Done():
			return i, kind.Unavailable.Errorf("another program has the log's lock and does not publish; is a \"chancery serve\" hanging?")
		case <-tick.C:
		}
	}
}

// awaitHead waits until a signed checkpoint covers an entry that another process
// has added. It adds first and signs afterwards, and it may die in between: then
// this process takes the log and signs.
func (p *publisher) awaitHead(ctx context.Context, at register.Index) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, otherMost)
	defer cancel()
	policy, err := p.r.folder.Config.Policy()
	if err != nil {
		return nil, fmt.Errorf("the register's own keys: %w", err)
	}
	log, err := tlog.OpenReader(p.r.folder.LogDir())
	if err != nil {
		return nil, kind.Unavailable.Wrap(err)
	}
	for {
		if raw, err := log.Checkpoint(); err == nil {
			if cp, err := proof.OpenCheckpoint(raw, policy); err == nil && cp.Size > uint64(at) {
				return raw, nil
			}
		}
		switch own, err := p.take(ctx); {
		case err == nil:
			return own.AwaitPublished(ctx, at) //nolint:wrapcheck // the caller says what it waits for
		case !errors.Is(err, tlog.ErrLocked):
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, kind.Unavailable.Errorf("another program has the log's lock and does not sign; is a \"chancery serve\" hanging?")
		case <-time.After(pollOther):
		}
	}
}

// take makes this process the one that has the log.
func (p *publisher) take(ctx context.Context) (*tlog.Log, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.ready(ctx)
	return p.log, err
}

// settle appends all that waits, and returns how many entries the log has.
func (p *publisher) settle(ctx context.Context) (*tlog.Log, register.Index, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		n, err := p.step(ctx)
		if err != nil || n == 0 {
			return p.log, p.known, err
		}
	}
}

func (p *publisher) drain(ctx context.Context) error {
	_, err := p.step(ctx)
	return err
}

// step appends one batch and returns how many entries it had.
func (p *publisher) step(ctx context.Context) (int, error) {
	if err := p.ready(ctx); err != nil {
		return 0, err
	}
	batch, err := p.pending(ctx)
	if err == nil && len(batch) > 0 && len(batch) < fewActs {
		p.log.Pace(ctx)
		batch, err = p.pending(ctx) // with those that came meanwhile
	}
	if err != nil || len(batch) == 0 {
		return 0, err
	}
	batch = alone(batch)
	if err := p.sign(ctx, batch); err != nil {
		return 0, err
	}
	var words []folder.Text
	for _, i := range batch {
		for _, t := range i.Texts {
			words = append(words, folder.Text{Leaf: t.Leaf, Words: t.Text})
		}
	}
	forms, err := p.forms(ctx, batch)
	if err != nil {
		return 0, err
	}
	// What the entries show is public before they are (folder.md MUST-8, MUST-19).
	if err := errors.Join(p.r.folder.PutTexts(words), p.r.folder.PutForms(forms)); err != nil {
		return 0, kind.Unavailable.Wrap(err)
	}
	return len(batch), p.add(ctx, batch)
}

func (p *publisher) pending(ctx context.Context) (batch []store.Intent, err error) {
	err = p.r.db.View(ctx, func(tx *store.Tx) error { batch, err = tx.Pending(drainMost); return err })
	return batch, err
}

// alone lets a change of keys or policy go by itself, so that a failure between
// two entries cannot put what depends on it before it.
func alone(batch []store.Intent) []store.Intent {
	for n, i := range batch {
		switch i.Kind {
		case register.KindGenesis, register.KindKeyAdd, register.KindKeyRevoke, register.KindPolicy:
			return batch[:max(n, 1)]
		default:
		}
	}
	return batch
}

// ready opens the log and learns what is in it.
func (p *publisher) ready(ctx context.Context) error {
	if p.log == nil {
		if err := p.open(ctx); err != nil {
			return err
		}
	}
	if p.unsure || p.state == nil {
		return p.reconcile(ctx)
	}
	return nil
}

func (p *publisher) open(ctx context.Context) error {
	k, err := p.r.keys.get(logKey)
	if err != nil {
		return err
	}
	clock, err := p.r.keys.get(clockKey)
	if err != nil {
		return err
	}
	signer, err := k.NoteSigner(p.r.folder.Config.Origin)
	if err != nil {
		return err
	}
	second, err := p.r.folder.SecondHead()
	if err != nil {
		return err
	}
	log, err := tlog.Open(ctx, p.r.folder.LogDir(), signer, tlog.Options{
		Clock: p.r.opts.Clock, ClockKey: clock.Crypto(), HeadFile: p.r.folder.HeadFile(), SecondHead: second,
		MinFree: p.r.opts.LogRoom, AdoptHead: p.r.opts.AdoptHead,
	})
	if err != nil {
		return kind.Unavailable.Wrap(err)
	}
	p.log, p.unsure, p.state = log, true, nil
	return nil
}

// reconcile reads the log on from what is known and records which intents are
// in it. An entry of no intent means that database and log do not belong
// together: it stops.
func (p *publisher) reconcile(ctx context.Context) error {
	var signed map[letter.Hash]int64
	err := p.r.db.View(ctx, func(tx *store.Tx) (err error) {
		if p.known, err = tx.Confirmed(); err != nil {
			return err
		}
		if at, gap, err := tx.Missing(); err != nil || gap {
			return errors.Join(err, kind.Unavailable.Errorf("the database does not know what is at position %d of the log; run \"chancery fsck\"", at))
		}
		signed, err = signedPending(tx)
		return err
	})
	if err != nil {
		return err
	}
	state, found, trail := register.NewState(), map[int64]register.Index{}, &lookup.Trail{}
	size, err := p.log.Scan(ctx, 0, func(i register.Index, raw []byte) error {
		e, err := register.Parse(raw)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		l := register.Logged{Index: i, Entry: e}
		if problem := state.Add(l); problem == nil || !problem.Ignored {
			trail.Add(state, l)
		}
		if i < p.known {
			return nil
		}
		seq, ours := signed[e.LeafHash()]
		if !ours {
			return kind.Unavailable.Errorf("the log's entry %d was not written from this database: an older copy of the database, or two of them. Nothing more is signed; restore the newest database, or complete this one from the log: chancery rebuild DIR", i)
		}
		found[seq] = i
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the log to see what is in it: %w", err)
	}
	if size < uint64(p.known) {
		return kind.Unavailable.Errorf("the log has %d entries, the database knows of %d: an older copy of the log. Nothing more is signed; restore the newest log", size, p.known)
	}
	if err := p.record(ctx, found); err != nil {
		return err
	}
	p.state, p.known, p.unsure, p.keeper.trail = state, register.Index(size), false, trail
	return nil
}

// signedPending returns the intents that were signed and are not known to be in
// the log, by leaf hash. Only the oldest can have been tried.
func signedPending(tx *store.Tx) (map[letter.Hash]int64, error) {
	pending, err := tx.Pending(2 * drainMost)
	if err != nil {
		return nil, err
	}
	out := map[letter.Hash]int64{}
	for _, i := range pending {
		if i.Entry != nil {
			out[register.LeafHash(i.Entry)] = i.Seq
		}
	}
	return out, nil
}

// sign signs the intents that have no entry yet. No transaction is open while
// it does: a signer may be slow.
func (p *publisher) sign(ctx context.Context, batch []store.Intent) error {
	fresh := map[int64][]byte{}
	for n, i := range batch {
		if i.Entry != nil {
			continue
		}
		body, err := register.DecodeBody(i.Kind, i.Body)
		if err != nil {
			return fmt.Errorf("intent %s: %w", i.Name, err)
		}
		key, err := p.keyFor(i, body)
		if err != nil {
			return err
		}
		e, err := register.Sign(key, register.Claims{Issuer: i.Issuer, Subject: i.Subject, IssuedAt: i.At}, body)
		if err != nil {
			return fmt.Errorf("intent %s: %w", i.Name, err)
		}
		batch[n].Entry = e.Bytes()
		fresh[i.Seq] = batch[n].Entry
	}
	if len(fresh) == 0 {
		return nil
	}
	return p.r.db.Update(ctx, func(tx *store.Tx) error {
		for seq, raw := range fresh {
			if err := tx.SetEntry(seq, raw); err != nil {
				return err
			}
		}
		return nil
	})
}

// keyFor returns the key that signs an intent: the operator's for the genesis,
// for an office's first key and for what is marked so; for all else the newest key
// of the office that counts at this position and is here. A change of keys goes by
// itself (alone), so the state is that at the entry's position.
func (p *publisher) keyFor(i store.Intent, b register.Body) (signing.Key, error) {
	switch {
	case i.Kind == register.KindGenesis, i.Kind == register.KindIndexHead, i.Name == enrolName(i.Office), strings.HasPrefix(i.Name, byOperator):
		return p.r.keys.get(operatorKey)
	}
	ids := p.r.keys.those(officeKey(i.Office), p.state.MaySign(i.Issuer, b))
	if len(ids) == 0 {
		return signing.Key{}, kind.Unavailable.Errorf("intent %s: no key of %s that counts is in %s", i.Name, i.Office, filepath.Dir(p.r.folder.KeyFile(officeKey(i.Office))))
	}
	return p.r.keys.by(officeKey(i.Office), ids[0])
}

// add appends a signed batch and records where it is.
func (p *publisher) add(ctx context.Context, batch []store.Intent) error {
	raw, found := make([][]byte, len(batch)), map[int64]register.Index{}
	for n, i := range batch {
		e, err := register.Parse(i.Entry)
		if err != nil {
			return fmt.Errorf("intent %s: %w", i.Name, err)
		}
		at := register.Index(p.state.Size())
		l := register.Logged{Index: at, Entry: e}
		if problem := p.state.Add(l); problem != nil && problem.Ignored {
			p.state = nil
			return fmt.Errorf("intent %s is against the rules of the log and is not appended: %s", i.Name, problem.Why)
		}
		p.keeper.trail.Add(p.state, l)
		raw[n], found[i.Seq] = i.Entry, at
	}
	// A caller that goes away must not leave entries in flight: what is looked
	// for next has to be there, or to be never there.
	at, err := p.log.AddAll(context.WithoutCancel(ctx), raw)
	if err != nil {
		// Whatever became of it: look before adding again.
		p.unsure, p.state = true, nil
		return kind.Unavailable.Wrap(err)
	}
	for n, i := range batch {
		if at[n] != found[i.Seq] {
			p.unsure, p.state = true, nil
			return fmt.Errorf("intent %s is at position %d of the log, not %d as foreseen", i.Name, at[n], found[i.Seq])
		}
	}
	if err := p.record(ctx, found); err != nil {
		p.unsure, p.state = true, nil
		return err
	}
	p.known = register.Index(p.state.Size())
	return nil
}

func (p *publisher) record(ctx context.Context, found map[int64]register.Index) error {
	if len(found) == 0 {
		return nil
	}
	// The act is in the log already: a caller that goes away changes nothing.
	return p.r.db.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		for seq, at := range found {
			if err := tx.SetPosition(seq, at); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *publisher) close(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.log == nil {
		return nil
	}
	err := p.log.Close(ctx)
	p.log = nil
	return err
}

func clockPublic(k signing.Key) ed25519.PublicKey {
	pub, _ := k.Crypto().Public().(ed25519.PublicKey)
	return pub
}
