package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/internal/watch"
	"chancery.example/proof"
)

// Options of a restoration.
type Options struct {
	// Policy is whom to trust; the zero Policy means the backup's own keys.
	Policy proof.Policy
	// Known is the highest head that is known to have been signed, and Stamp when;
	// nil: none is known.
	Known *proof.Head
	Stamp uint64
	// Newest says that somebody is sure that this is the newest backup, though no
	// head is known.
	Newest bool
	// ReadOnly restores a register to read: no database, no keys, no right to sign.
	ReadOnly bool
	// VerifyOnly restores nothing.
	VerifyOnly bool
	// Mirror, when not "", is the folder of a mirror that may have more than the
	// backup: log and texts come from there, and the database is completed.
	Mirror string
	// Keys, when not nil, is an archive of the register's keys.
	Keys io.Reader
	// Progress, when not nil, is told how many of how many entries are verified.
	Progress func(done, all uint64)
}

// A Restored says what was found in a backup and what became of it.
type Restored struct {
	Summary
	Origin   string
	Fsck     watch.Report
	Behind   uint64   // how many entries were signed after the backup, as far as is known
	ReadOnly bool     // it can be read, and signs nothing
	Missing  []string // what the restored register lacks, and what to do
}

// ErrOlder says that a head was signed that the backup does not have.
var ErrOlder = errors.New("the backup is older than the last head that was signed")

// ErrUnknownHead says that nobody says what the highest head is.
var ErrUnknownHead = errors.New("it is not known which head was signed last")

// ErrDamaged says that the backup is whole, and what is in it not as it should be.
var ErrDamaged = errors.New("the backup holds a register that is damaged")

// Restore verifies a backup, and makes a register of it in the folder dir, which
// must not exist or be empty. When it fails, or only verifies, dir is as before.
func Restore(ctx context.Context, r io.Reader, dir string, o Options) (res Restored, err error) {
	err = createFolder(dir, func(path string) (bool, error) {
		var err error
		res, err = lay(ctx, r, path, o)
		return !o.VerifyOnly, err
	})
	if err != nil {
		return res, fmt.Errorf("restoring into %s: %w", dir, err)
	}
	return res, nil
}

// Verify verifies a backup without restoring it, in a temporary folder.
func Verify(ctx context.Context, r io.Reader, o Options) (Restored, error) {
	o.VerifyOnly = true
	tmp, err := os.MkdirTemp("", "chancery-verify-*")
	if err != nil {
		return Restored{}, kind.Unavailable.Wrap(err)
	}
	res, err := Restore(ctx, r, filepath.Join(tmp, "register"), o)
	return res, errors.Join(err, os.RemoveAll(tmp))
}

// lay unpacks and judges a backup in a folder of its own.
func lay(ctx context.Context, r io.Reader, dir string, o Options) (res Restored, err error) {
	h, err := extract(ctx, r, dir)
	if err != nil {
		return res, err
	}
	res.Head, res.Made = h.head, h.made
	f, err := folder.Open(dir)
	if err != nil {
		return res, err //nolint:wrapcheck // says what it read
	}
	res.Origin = f.Config.Origin
	if _, err := os.Stat(f.Database()); err == nil {
		res.Office = true
		if err := migrate(ctx, f); err != nil {
			return res, err
		}
	}
	if res.Fsck, err = watch.Fsck(ctx, f, o.Policy, o.Progress); err != nil {
		return res, err //nolint:wrapcheck // says what it read
	}
	res.Texts = res.Fsck.Texts
	if err := res.sound(); err != nil {
		return res, err
	}
	if o.Mirror != "" {
		if err := res.follow(ctx, f, o); err != nil {
			return res, fmt.Errorf("taking the log from the mirror %s: %w", o.Mirror, err)
		}
	}
	if err := res.compare(f, o); err != nil {
		return res, err
	}
	if o.VerifyOnly {
		res.lacks(f, o.Keys != nil)
		return res, nil
	}
	return res, res.settle(f, o)
}

// extract lays a backup's members out.
func extract(ctx context.Context, r io.Reader, dir string) (h header, err error) {
	first := func(raw []byte) error { h, err = parseHeader(raw); return err }
	return h, unpack(r, first, member, func(name string, body io.Reader) error {
		if err := ctx.Err(); err != nil {
			return err //nolint:wrapcheck // wrapped by Restore
		}
		mode := fs.FileMode(0o644)
		if name == "office.db" {
			mode = 0o600
		}
		return writeOut(filepath.Join(dir, filepath.FromSlash(name)), body, mode)
	})
}

// writeOut writes a member; createFolder makes it durable.
func writeOut(path string, body io.Reader, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as registers are
		return kind.Unavailable.Wrap(err)
	}
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return kind.Unavailable.Wrap(err)
	}
	_, err = io.Copy(f, body)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.Join(err, f.Close())
	}
	return kind.Unavailable.Wrap(errors.Join(err, f.Chmod(mode), f.Close()))
}

// migrate brings the database of an older program up to date.
func migrate(ctx context.Context, f folder.Folder) error {
	db, err := store.Open(ctx, f.Database())
	if err != nil {
		return err //nolint:wrapcheck // says what it opened
	}
	return db.Close() //nolint:wrapcheck // likewise
}

// sound refuses a backup whose register fsck would call damaged.
func (r *Restored) sound() error {
	if r.Fsck.Checkpoint.Head != r.Head && !r.Fsck.Damaged() {
		return kind.Invalid.Errorf("%w: it says that it is as of %d entries, and holds a head over %d", ErrDamaged, r.Head.Size, r.Fsck.Checkpoint.Size)
	}
	if !r.Fsck.Damaged() {
		return nil
	}
	for _, x := range r.Fsck.Findings {
		if x.Severity == watch.Damage {
			return kind.Invalid.Errorf("%w: %s: %s", ErrDamaged, x.Where, x.Text)
		}
	}
	return nil
}

// compare holds the backup to the highest head that is known (MUST-7).
func (r *Restored) compare(f folder.Folder, o Options) error {
	r.ReadOnly = o.ReadOnly
	if o.Known == nil {
		if o.ReadOnly || o.Newest || o.VerifyOnly {
			return nil
		}
		return kind.Unavailable.Errorf("%w, so a fork cannot be excluded. Give the log.head of the lost register or its second place with --head-file FILE; or --read-only; or, if you are sure that nothing was signed after this backup, --newest", ErrUnknownHead)
	}
	known := *o.Known
	if known.Origin != r.Origin {
		return kind.Invalid.Errorf("the head that is known is of %q, the backup is of %q: one of the two files is the wrong one", known.Origin, r.Origin)
	}
	if known.Size > r.Head.Size {
		r.Behind = known.Size - r.Head.Size
		if o.ReadOnly || o.VerifyOnly {
			return nil
		}
		return kind.Conflict.Errorf("%w: it has %d entries, and a head over %d was signed, so %d are missing. Restore a newer backup; or take the newest public files from a mirror and use this backup's database with them (--log MIRROR); or restore it to be read only (--read-only)",
			ErrOlder, r.Head.Size, known.Size, r.Behind)
	}
	log, err := tlog.OpenReader(f.LogDir())
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	root, err := log.RootAt(r.Head, known.Size)
	if err != nil {
		return err //nolint:wrapcheck // likewise
	}
	if root != known.Root {
		return kind.Conflict.Errorf("%w: the head that was signed over %d entries is not the root over the first %d of the backup. They are two logs under one name, which is a fork; keep both", ErrDamaged, known.Size, known.Size)
	}
	return nil
}

// settle makes the register one that goes on, or one to read.
func (r *Restored) settle(f folder.Folder, o Options) error {
	if r.ReadOnly {
		r.lacks(f, false)
		r.Office = false
		return kind.Unavailable.Wrap(removeOffice(f))
	}
	if err := tlog.Adopt(f.LogDir(), r.Head); err != nil {
		return kind.Unavailable.Wrap(err)
	}
	head, stamp := r.Head, uint64(max(r.stamp(), 1))
	if o.Known != nil {
		stamp = max(stamp, o.Stamp)
	}
	if err := tlog.WriteHeadFile(f.HeadFile(), head, stamp); err != nil {
		return kind.Unavailable.Wrap(err)
	}
	if o.Keys != nil {
		if err := keys(o.Keys, f); err != nil {
			return fmt.Errorf("the keys: %w", err)
		}
	}
	r.lacks(f, o.Keys != nil)
	return nil
}

func (r *Restored) stamp() int64 {
	if r.Fsck.Checkpoint.Time.IsZero() {
		return 0
	}
	return r.Fsck.Checkpoint.Time.Unix()
}

func removeOffice(f folder.Folder) error {
	var err error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if e := os.Remove(f.Database() + suffix); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// keys brings the private keys back, each for its owner alone.
func keys(r io.Reader, f folder.Folder) error {
	want := keysLine + f.Config.Origin + "\n"
	first := func(raw []byte) error {
		if string(raw) != want {
			return kind.Invalid.Errorf("this is no archive of the keys of %s", f.Config.Origin)
		}
		return nil
	}
	if err := os.Mkdir(filepath.Join(f.Dir, "keys"), 0o700); err != nil {
		return kind.Unavailable.Wrap(err)
	}
	return unpack(r, first, keyMember, func(name string, body io.Reader) error {
		return writeOut(filepath.Join(f.Dir, filepath.FromSlash(name)), body, 0o600)
	})
}

// lacks says what the restored register does not have.
func (r *Restored) lacks(f folder.Folder, keysCome bool) {
	say := func(format string, args ...any) { r.Missing = append(r.Missing, fmt.Sprintf(format, args...)) }
	if r.Behind > 0 {
		say("entries %d to %d, which were signed after the backup: take them from a mirror", r.Head.Size, r.Head.Size+r.Behind-1)
	}
	if r.Fsck.Missing > 0 {
		say("%d public texts that the backup did not have: erased by legal order, or lost before it; a mirror may have them", r.Fsck.Missing)
	}
	if !r.ReadOnly && !r.Office {
		say("the office's database, which the backup did not have: \"chancery rebuild DIR\" makes it anew from the log, without drafts")
	}
	if !r.ReadOnly && !keysCome {
		say("the private keys: put keys/ back from where they are kept, or restore with --keys FILE")
	}
	if second, err := f.SecondHead(); err == nil && second == "" && !r.ReadOnly {
		say("a second place for the last head: \"chancery head DIR --also FILE\"")
	}
	say("the finding index: \"chancery index build DIR\", when there are many letters")
}

// Head is a head file's content as Options take it.
func Head(path string) (*proof.Head, uint64, error) {
	h, stamp, err := tlog.ReadHeadFile(path)
	if err != nil {
		return nil, 0, kind.Invalid.Wrap(err)
	}
	return &h, stamp, nil
}

// Describe says in one line what was found.
func (r *Restored) Describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s as of %d entries, backed up %s: %d letters, %d public texts", r.Origin, r.Head.Size, r.Made.Format(time.RFC3339), r.Fsck.Letters, r.Texts)
	if r.Office {
		fmt.Fprintf(&b, ", the office's database (%d acts, %d on their way into the log)", r.Fsck.Intents, r.Fsck.Pending)
	}
	return b.String()
}
