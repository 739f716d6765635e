// Package office is what people of an office do with letters: start a draft,
// revise it, seal it, give out numbered copies, approve, issue, withdraw, make a
// statement, disavow a forgery. One act is one file and one method of
// [Register].
//
// What an act promises: the rules of the office's policy hold, or nothing
// happens and the error says which rule and what to do; and once an act has
// returned without an error, what it did survives any crash. An act that writes
// to the log returns when a signed checkpoint covers its entry. publish.go is
// the only code that appends.
//
// Acts that officers must approve come in two steps: one proposes and gives a
// [Request] with the statement to sign, then [Register.Approve] takes the
// signatures and [Register.Perform] carries it out. [Register.Carry] does both
// for those who have the keys at hand.
//
// Standing is not kept here: the log says it, and package register reads it.
package office

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/form"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/register"
)

// Options of a Register. The zero value is right outside tests.
type Options struct {
	Clock  func() time.Time // default time.Now
	Random io.Reader        // cryptographic; default crypto/rand
	// LogRoom is how many bytes must be free on the log's disk; see package tlog.
	LogRoom uint64
	// Alarm hears of passkeys that may have been copied, after the approval is kept;
	// nil: the journal alone. It must not wait.
	Alarm func(PasskeyAlarm)
	// Forms makes the PDFs of letters: form.New with a reader of PDFs. Without it none is
	// made, because what cannot be read back is not issued.
	Forms Forms
	// AdoptHead takes the log as it is after a move to another machine.
	AdoptHead bool
}

// Forms makes the PDFs that letters are issued as, and looks at those that were made
// elsewhere: form.Maker.
type Forms interface {
	Make(ctx context.Context, o form.Order) ([]byte, error)
	Look(ctx context.Context, o form.Order) (form.Shown, error)
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Forms == nil {
		o.Forms = form.Maker{}
	}
	return o
}

// A Register is a register's folder, opened by those who run it. Its methods
// may be used by many goroutines, and by several processes on one folder.
type Register struct {
	folder folder.Folder
	opts   Options
	db     *store.DB
	keys   *keyring
	pub    *publisher

	policies sync.Map // register.Index of a policy entry -> register.Policy; entries never change
	// bodies are those of requests as they were put up, by their numbers.
	bodiesGuard sync.Mutex
	bodies      map[int64]register.Body
}

// Open opens the register in dir for acting. It takes no lock on the log yet:
// the first act that writes does, or hands its entry to the process that has it.
func Open(ctx context.Context, dir string, opts Options) (*Register, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	// A new database beside an old log would know nothing of it.
	if _, err := os.Stat(f.Database()); errors.Is(err, fs.ErrNotExist) {
		return nil, kind.NotFound.Errorf("opening register %s: it has no %s, so it is a copy to read and check; to act, use the office's own folder or restore its database", dir, filepath.Base(f.Database()))
	}
	return open(ctx, f, opts.withDefaults())
}

func open(ctx context.Context, f folder.Folder, opts Options) (*Register, error) {
	db, err := store.Open(ctx, f.Database())
	if err != nil {
		return nil, fmt.Errorf("opening register %s: %w", f.Dir, err)
	}
	r := &Register{folder: f, opts: opts, db: db, keys: &keyring{folder: f}, bodies: map[int64]register.Body{}}
	r.pub = newPublisher(r)
	return r, nil
}

// Folder returns the register's folder.
func (r *Register) Folder() folder.Folder { return r.folder }

// Now returns the register's time, in whole seconds.
func (r *Register) Now() time.Time { return r.opts.Clock().UTC().Truncate(time.Second) }

// Close finishes what is under way and gives the log free for others.
func (r *Register) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return errors.Join(r.pub.close(ctx), r.db.Close())
}

const closeTimeout = 30 * time.Second

// A turn is one act's transaction.
type turn struct {
	*store.Tx
	r      *Register
	now    time.Time
	within string // the office that acts, when it is said; "" is any
}

// act runs f in one transaction, at the register's time. A clock that stands
// before the newest entry is refused: an entry's time must not run backwards. So
// is a disk that is nearly full, before anything is promised.
func (r *Register) act(ctx context.Context, f func(*turn) error) error {
	if err := tlog.Room(r.folder.Dir, r.opts.LogRoom); err != nil {
		return kind.Unavailable.Errorf("nothing was changed: %w", err)
	}
	return r.db.Update(ctx, func(tx *store.Tx) error {
		t := r.turn(ctx, tx)
		last, err := t.LastAt()
		if err != nil {
			return err
		}
		if t.now.Before(last) {
			return kind.Unavailable.Errorf("the clock says %s, but the register's newest entry is of %s: set the clock right; nothing was changed",
				t.now.Format(time.RFC3339), last.Format(time.RFC3339))
		}
		return f(t)
	})
}

func (r *Register) turn(ctx context.Context, tx *store.Tx) *turn {
	within, _ := ctx.Value(withinKey{}).(string)
	return &turn{Tx: tx, r: r, now: r.Now(), within: within}
}

type withinKey struct{}

// Within says for which office somebody acts: then the requests of other offices
// are not there, as if their numbers did not exist.
func Within(ctx context.Context, officeID string) context.Context {
	return context.WithValue(ctx, withinKey{}, officeID)
}

// Request returns a request that the office in whose name this is done may see.
func (t *turn) Request(id int64) (store.Request, error) {
	q, err := t.Tx.Request(id)
	if err == nil && t.within != "" && q.Office != t.within {
		return store.Request{}, store.NoRequest(id)
	}
	return q, err
}

// draw fills b with random bytes.
func (t *turn) draw(b []byte) error {
	if _, err := io.ReadFull(t.r.opts.Random, b); err != nil {
		return fmt.Errorf("drawing random bytes: %w", err)
	}
	return nil
}

// policy returns the office's policy in force and its position in the log.
func (t *turn) policy(o store.Office) (register.Policy, register.Index, error) {
	i, err := t.NewestIntent(o.ID, register.KindPolicy)
	if err != nil {
		return register.Policy{}, 0, err
	}
	if !i.Logged {
		return register.Policy{}, 0, kind.Unavailable.Errorf("a new policy of %s is on its way into the log; do it again in a moment", o.ID)
	}
	if p, ok := t.r.policies.Load(i.Position); ok {
		return p.(register.Policy), i.Position, nil //nolint:forcetypeassert // only policies are stored
	}
	body, err := register.DecodeBody(i.Kind, i.Body)
	if err != nil {
		return register.Policy{}, 0, fmt.Errorf("policy of %s: %w", o.ID, err)
	}
	p, ok := body.(register.Policy)
	if !ok {
		return register.Policy{}, 0, fmt.Errorf("policy of %s: entry %d is none", o.ID, i.Position)
	}
	t.r.policies.Store(i.Position, p)
	return p, i.Position, nil
}

// may returns the officer if the policy gives them one of the roles.
func (t *turn) may(o store.Office, officer, what string, roles ...register.Role) (register.Officer, error) {
	p, _, err := t.policy(o)
	if err != nil {
		return register.Officer{}, err
	}
	who, ok := p.Officer(officer)
	if !ok {
		return who, kind.Forbidden.Errorf("%s: %q is no officer of %s; its policy names %s", what, officer, o.ID, officerList(p))
	}
	for _, role := range roles {
		if who.Holds(role) {
			return who, nil
		}
	}
	return who, kind.Forbidden.Errorf("%s: this takes %s of %s, and %s (%s) is %s; ask %s", what, oneOf(roles), o.ID,
		officer, who.Name, joinRoles(who.Roles, " and "), holders(p, roles))
}

// note writes a line into the office's journal.
func (t *turn) note(o, actor, act, text string, letterID int64) error {
	return t.AddNote(store.Note{At: t.now, Office: o, Letter: letterID, Actor: actor, Act: act, Text: text})
}

// intend inserts the intent of an entry.
func (t *turn) intend(name string, o store.Office, subject string, body register.Body, texts []store.Text) (store.Intent, error) {
	raw, err := register.EncodeBody(body)
	if err != nil {
		return store.Intent{}, kind.Invalid.Wrap(err)
	}
	i := store.Intent{
		Name: name, Office: o.ID, Issuer: register.Office(o.URI), Subject: subject,
		Kind: body.Kind(), Body: raw, Texts: texts, At: t.now,
	}
	return i, t.AddIntent(&i)
}

// letterSubject is the subject of entries about a letter of this register.
func (t *turn) letterSubject(o store.Office, ref letter.Ref) string {
	return register.LetterSubject(t.r.folder.Config.Origin, register.Office(o.URI), ref)
}
