package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Mirror keeps a copy of a register in a folder by folder.md, to check against
// with no further request. It is for one goroutine; readers may read beside it.
type Mirror struct {
	client *Client
	folder folder.Folder
	opts   MirrorOptions

	policy proof.Policy
	config []byte // register.toml as it came
	head   proof.SignedHead

	// What was read so far by this Mirror.
	state  *register.State
	next   uint64               // entries folded
	seen   map[letter.Hash]bool // texts that are in place
	absent map[letter.Hash]bool // texts that the register does not have
	issued map[letter.Hash]askedForm
	known  []register.TextRecord // of the state, once
}

// MirrorOptions are whom a mirror trusts and who hears of it.
type MirrorOptions struct {
	// Policy is whom the reader trusts; the zero Policy means the register's own
	// word, as it was when the mirror began.
	Policy proof.Policy
	// Clock says when a PDF is asked for again that was not given; nil: with a new Mirror.
	Clock func() time.Time
	// Progress hears how many of how many files or entries are there.
	Progress func(what string, done, all uint64)
	// Entry hears every entry in order of the log, and why it is ignored or
	// flagged, before it is in force here: of the first Update those from before as
	// well. err is why it is no entry at all.
	Entry func(i register.Index, e register.Entry, p *register.Problem, err error)
}

// A Copied is what one update brought.
type Copied struct {
	Head    proof.SignedHead
	Before  proof.Head // that the mirror had; zero: it had none
	Files   int        // put in place
	Texts   int        // in place now
	Missing int        // texts that the register does not have: erased perhaps
	Forms   int        // issued PDFs in place now
	// NoForms are PDFs that the log names and the register does not give: erased, or
	// known by their digests only.
	NoForms int
	// Altered are PDFs that the register has another file for, which is not believed.
	Altered int
	// Complete: all of it is in place that the register gives.
	Complete bool
}

// Names in a mirror that are its own.
const (
	pendingName  = ".mirror" // the head under which files are being put in place
	lockName     = ".mirror.lock"
	evidenceName = "evidence"
	workers      = 8
)

// OpenMirror prepares the mirror of a register in a folder, which is made when it
// is not there. Nothing is asked for yet.
func OpenMirror(c *Client, dir string, o MirrorOptions) (*Mirror, error) {
	if o.Progress == nil {
		o.Progress = func(string, uint64, uint64) {}
	}
	if o.Clock == nil {
		o.Clock = func() time.Time { return time.Time{} }
	}
	if o.Entry == nil {
		o.Entry = func(register.Index, register.Entry, *register.Problem, error) {}
	}
	m := &Mirror{client: c, folder: folder.Folder{Dir: dir}, opts: o, policy: o.Policy}
	m.forget()
	for _, private := range []string{"office.db", "keys"} {
		if _, err := os.Lstat(filepath.Join(dir, private)); err == nil {
			return nil, kind.Invalid.Errorf("mirroring into %s: this is an office's own folder (%s is there); choose another", dir, private)
		}
	}
	if len(o.Policy.Logs()) > 0 {
		return m, nil
	}
	switch f, err := folder.Open(dir); { // the register's word, as it was when the mirror began
	case kind.Of(err) == kind.NotFound:
	case err != nil:
		return nil, err //nolint:wrapcheck // says what it read
	default:
		if m.policy, err = f.Config.Policy(); err != nil {
			return nil, kind.Invalid.Wrap(err)
		}
	}
	return m, nil
}

func (m *Mirror) forget() {
	m.state, m.next, m.known = register.NewState(), 0, nil
	m.seen, m.absent, m.issued = map[letter.Hash]bool{}, map[letter.Hash]bool{}, map[letter.Hash]askedForm{}
}

// State is what the entries that were read add up to. It must not be used beside
// Update.
func (m *Mirror) State() *register.State { return m.state }

// Folder is the folder of the mirror.
func (m *Mirror) Folder() folder.Folder { return m.folder }

// Policy is whom the mirror trusts; after the first Update.
func (m *Mirror) Policy() proof.Policy { return m.policy }

// Head is the head whose register is in place; a zero one when there is none yet.
func (m *Mirror) Head() (proof.SignedHead, error) { return m.own(filepath.Join("log", "checkpoint")) }

// Log reads the log that is in place.
func (m *Mirror) Log() *tlog.Reader {
	return tlog.NewReader(m.folder.LogDir(), tlog.Disk(m.folder.LogDir()))
}

// Update brings the mirror to the register's newest head. A [ForkError] says that
// the register told two stories; nothing of the newer one is in place then.
func (m *Mirror) Update(ctx context.Context) (c Copied, err error) {
	unlock, err := m.lock()
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := m.identify(ctx); err != nil {
		return c, err
	}
	if c.Before, err = m.newHead(ctx); err != nil {
		return c, err
	}
	c.Head = m.head
	if err := m.log(ctx, &c); err != nil {
		return c, err
	}
	if err := m.texts(ctx, &c); err != nil {
		return c, err
	}
	if err := m.forms(ctx, &c); err != nil {
		return c, err
	}
	if err := m.beside(ctx, &c); err != nil {
		return c, err
	}
	if err := m.publish(); err != nil {
		return c, err
	}
	c.Complete = true
	return c, nil
}

// lock keeps a second mirror out of the folder.
func (m *Mirror) lock() (unlock func() error, err error) {
	if err := os.MkdirAll(m.folder.Dir, 0o755); err != nil { //nolint:gosec // public files
		return nil, fmt.Errorf("mirroring into %s: %w", m.folder.Dir, err)
	}
	f, err := os.OpenFile(filepath.Join(m.folder.Dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("mirroring into %s: %w", m.folder.Dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(kind.Unavailable.Errorf("mirroring into %s: another program does so now: %w", m.folder.Dir, err), f.Close())
	}
	return f.Close, nil
}

// identify sees that the address is that of the register whose mirror this is.
func (m *Mirror) identify(ctx context.Context) error {
	cfg, raw, err := m.client.Config(ctx)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return kind.NotFound.Errorf("no register at %s: there is no %s; is it the right address?", m.client.Address(), folder.ConfigName)
		}
		return err
	}
	switch mine, err := folder.Open(m.folder.Dir); {
	case kind.Of(err) == kind.NotFound:
	case err != nil:
		return err //nolint:wrapcheck // says what it read
	case mine.Config.Origin != cfg.Origin:
		return kind.Conflict.Errorf("mirroring into %s: it is the mirror of %s, and at %s is %s; choose another folder", m.folder.Dir, mine.Config.Origin, m.client.Address(), cfg.Origin)
	case mine.Config.LogKey != cfg.LogKey && len(m.opts.Policy.Logs()) == 0:
		return kind.Conflict.Errorf("mirroring into %s: the register now names another log key than when the mirror began; if that is right, say so with a policy that has both keys", m.folder.Dir)
	}
	m.folder.Config, m.config = cfg, raw
	if len(m.opts.Policy.Logs()) == 0 {
		if m.policy, err = cfg.Policy(); err != nil {
			return kind.Invalid.Wrap(err)
		}
	}
	return nil
}

// newHead takes the register's newest head, after it was found to continue what
// is here (folder.md MUST-15).
func (m *Mirror) newHead(ctx context.Context) (before proof.Head, err error) {
	raw, err := m.client.Log(ctx).Checkpoint()
	if err != nil {
		return before, err //nolint:wrapcheck // says what it read
	}
	head, err := proof.OpenSigned(raw, m.policy)
	if err != nil {
		return before, fmt.Errorf("the newest head at %s: %w", m.client.Address(), err)
	}
	if head.Origin != m.folder.Config.Origin {
		return before, kind.Invalid.Errorf("the newest head at %s is of %s, its %s says %s", m.client.Address(), head.Origin, folder.ConfigName, m.folder.Config.Origin)
	}
	for _, name := range []string{filepath.Join("log", "checkpoint"), pendingName} {
		old, err := m.own(name)
		if err != nil {
			return before, err
		}
		if old.Raw == nil {
			continue
		}
		if name != pendingName {
			before = old.Head
		}
		if err := m.Continues(ctx, head, old, m.folder.Dir); err != nil {
			return before, err
		}
	}
	m.head = head
	if m.next > head.Size { // another program brought this folder further, or it was changed
		m.forget()
	}
	return before, m.put(pendingName, head.Raw)
}

// own reads a head that this mirror put in its folder; a zero one when there is
// none.
func (m *Mirror) own(name string) (proof.SignedHead, error) {
	raw, err := os.ReadFile(filepath.Join(m.folder.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return proof.SignedHead{}, nil
	}
	if err != nil {
		return proof.SignedHead{}, fmt.Errorf("reading the mirror in %s: %w", m.folder.Dir, err)
	}
	h, err := proof.OpenSigned(raw, m.policy)
	if err != nil && len(m.policy.Logs()) == 0 {
		return proof.SignedHead{}, nil // nobody is trusted yet: the mirror has not begun
	}
	if err != nil {
		return h, kind.Invalid.Errorf("reading the mirror in %s: %s: %w; if you trust the keys that it was made under no more, begin a new one", m.folder.Dir, name, err)
	}
	return h, nil
}

// put writes a file of the mirror, whole.
func (m *Mirror) put(name string, content []byte) error {
	return folder.WriteFile(filepath.Join(m.folder.Dir, filepath.FromSlash(name)), content, 0o644) //nolint:wrapcheck // says what it wrote
}

// publish moves the mirror's head, when all that it covers is in place
// (folder.md MUST-14).
func (m *Mirror) publish() error {
	before, err := m.own(filepath.Join("log", "checkpoint"))
	if err != nil {
		return err
	}
	if before.Head != m.head.Head || !before.Time.After(m.head.Time) { // else the same head, signed earlier
		if err := m.put("log/checkpoint", m.head.Raw); err != nil {
			return err
		}
	}
	if err := os.Remove(filepath.Join(m.folder.Dir, pendingName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("mirroring into %s: %w", m.folder.Dir, err)
	}
	return m.tidy(m.head.Size, before.Size)
}

// at hand: the log's files from the folder first, then from the register.
type layered struct {
	here   tlog.Files
	there  tlog.Files
	anew   bool // pass the folder over: what is there is damaged
	mu     sync.Mutex
	fromIt map[string]bool // names that came from the folder
}

// File implements tlog.Files.
func (l *layered) File(name string, limit int64) ([]byte, error) {
	if !l.anew {
		if b, err := l.here.File(name, limit); err == nil {
			l.mu.Lock()
			l.fromIt[name] = true
			l.mu.Unlock()
			return b, nil
		}
	}
	return l.there.File(name, limit) //nolint:wrapcheck // says what it read
}
