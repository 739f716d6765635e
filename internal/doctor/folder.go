package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"chancery.example/internal/binding"
	"chancery.example/internal/folder"
	"chancery.example/internal/index"
	"chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/internal/store"
	"chancery.example/proof"
)

// Options say what else to look at.
type Options struct {
	Backups string        // the folder in which backups are kept; "" when nobody said
	Fresh   time.Duration // from which age of the head answers are "could not check"
	Now     time.Time     // the moment from which ages are counted

	URL      string         // of the register's pages and desk; "" when nobody said
	Mail     *notify.SMTP   // the relay that mail is given to; nil when nobody said
	Networks []netip.Prefix // of one's own, to which webhooks may go
}

// Folder looks at the folder of a register or of a mirror of one. It stops early
// when what follows could not be looked at.
func Folder(ctx context.Context, dir string, o Options) Findings {
	var fs Findings
	f, err := folder.Open(dir)
	if err != nil {
		fs.add("folder", Bad, err.Error(), "it is no register's folder, or this user may not read it", "give the folder that holds register.toml; run this as the user who runs the register")
		return fs
	}
	fs.ok("folder", "%s in %s", f.Config.Origin, dir)
	fs = append(fs, Room(dir))
	_, err = os.Stat(f.Database())
	own := err == nil
	if own {
		fs.rights(f)
		fs.memory(f)
		fs.database(ctx, f, o)
		fs.desk(ctx, o)
		fs.mail(ctx, o.Mail)
	} else {
		fs.skip("office", "a mirror: it has no database and no keys, and acts for nobody")
	}
	fs.public(ctx, f, own, o)
	if own {
		fs.backups(o.Backups, o.Now)
	}
	fs.tools()
	return fs
}

// rights looks at who can read what is the office's own.
func (out *Findings) rights(f folder.Folder) {
	var open []string
	look := func(name string) {
		info, err := os.Stat(name)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			open = append(open, fmt.Sprintf("%s (%04o)", filepath.Base(name), info.Mode().Perm()))
		}
	}
	look(f.Database())
	look(f.KeyDir())
	names, err := os.ReadDir(f.KeyDir())
	if err != nil {
		out.add("keys", Bad, "the folder keys/ cannot be read by this user", "nothing can be signed", "run this, and the register, as the user who owns the folder")
		return
	}
	for _, n := range names {
		look(filepath.Join(f.KeyDir(), n.Name()))
	}
	if len(open) > 0 {
		out.add("keys", Bad, "others than the owner can read "+strings.Join(open, ", "), "a private key, or drafts and their salts, may have been copied", "chmod 600 for files, 700 for keys/; if others were on this machine: docs/operate, \"Keys\"")
	} else {
		out.ok("keys", "%d files, which their owner alone can read", len(names))
	}
	for _, name := range []string{"operator", "log", "clock"} {
		if _, err := os.Stat(f.KeyFile(name)); err != nil {
			out.add("keys", Bad, "there is no key "+name, "the register cannot sign", "restore keys/ from where \"chancery backup --keys\" put it")
		}
	}
}

// memory looks at what remembers the highest head that was signed.
func (out *Findings) memory(f folder.Folder) {
	const name = "last head"
	if _, err := os.Stat(f.HeadFile()); errors.Is(err, fs.ErrNotExist) {
		out.add(name, Bad, "log.head is missing", "nothing is signed: this may be an older copy of the log", "docs/operate, \"When it stops\"")
		return
	}
	second, err := f.SecondHead()
	switch {
	case err != nil:
		out.add(name, Bad, err.Error(), "nothing is signed while the second place cannot be read", "mount the disk, or name another place: chancery head DIR --also FILE")
	case second == "":
		out.add(name, Warn, "it is remembered in this folder alone", "who puts back an old copy of the whole folder is not noticed", "chancery head DIR --also FILE, on another disk")
	default:
		out.ok(name, "it is remembered in two places")
	}
}

// pendingLong is how long an act may wait for its place in the log.
const pendingLong = 5 * time.Minute

// database looks at the office's own database without writing to it.
func (out *Findings) database(ctx context.Context, f folder.Folder, o Options) {
	now := o.Now
	db, err := store.OpenReadOnly(ctx, f.Database())
	if err != nil && strings.Contains(err.Error(), "its schema is") {
		out.add("version", Bad, err.Error(), "program and database are not of one time", "run the program that goes with it; a newer one brings an older database up to date when it first acts: back up before")
		return
	}
	if err != nil {
		out.add("database", Bad, err.Error(), "no act of an office is possible", "restore it from the newest backup: docs/operate, \"At midnight, the disk is gone\"")
		return
	}
	defer func() { _ = db.Close() }()
	var waiting []store.Intent
	var last time.Time
	var offices []store.Office
	err = db.View(ctx, func(tx *store.Tx) (err error) {
		if waiting, err = tx.Pending(1000); err != nil {
			return err
		}
		if offices, err = tx.Offices(); err != nil {
			return err
		}
		last, err = tx.LastAt()
		return err
	})
	if err != nil {
		out.add("database", Bad, err.Error(), "no act of an office is possible", "restore it from the newest backup")
		return
	}
	out.ok("database", "it can be read")
	out.versions(ctx, db)
	if now.Before(last) {
		out.add("clock", Bad, fmt.Sprintf("this machine says %s, the register's newest act is of %s", now.UTC().Format(time.RFC3339), last.Format(time.RFC3339)), "nothing is accepted until the clock has passed it", "set the clock by NTP")
	} else {
		out.ok("clock", "it stands after the register's newest act")
	}
	switch {
	case len(waiting) > 0 && now.Sub(waiting[0].At) > pendingLong:
		out.add("waiting", Bad, fmt.Sprintf("%d acts wait for their place in the log, the oldest since %s", len(waiting), waiting[0].At.Format(time.RFC3339)), "they are promised and not public", "start chancery serve --publish, and look at its log for \"publishing\"")
	default:
		out.ok("waiting", "%d acts are on their way into the log", len(waiting))
	}
	for _, x := range offices {
		out.domain(ctx, f, x, now)
		out.seals(f, x.ID, now)
		out.webhooks(ctx, db, x.ID, o, f.Config.Exercise)
	}
}

// askedLongAgo is how old the last answer of an office's domain may be.
const askedLongAgo = 8 * 24 * time.Hour

func (out *Findings) domain(ctx context.Context, f folder.Folder, o store.Office, now time.Time) {
	name := "domain of " + o.ID
	b, found, err := office.LastBinding(ctx, f, o.ID)
	do := "chancery office check " + o.ID + ", once a day, from another network"
	switch {
	case err != nil:
		out.add(name, Warn, err.Error(), "nobody knows what the domain says", do)
	case !found:
		out.add(name, Warn, "it was never asked", "readers are not told that the domain stands behind the office", do)
	case b.Outcome != string(binding.Bound):
		out.add(name, Warn, fmt.Sprintf("%s, asked on %s", b.Outcome, b.At.Format(time.DateOnly)), "readers see that domain and log do not agree", "publish what \"chancery office well-known "+o.ID+"\" prints")
	case now.Sub(b.At) > askedLongAgo:
		out.add(name, Warn, "it was last asked on "+b.At.Format(time.DateOnly), "the answer that readers see is old", do)
	default:
		out.ok(name, "it agreed on %s", b.At.Format(time.DateOnly))
	}
}

// public looks at what readers get of a folder.
func (out *Findings) public(ctx context.Context, f folder.Folder, own bool, o Options) {
	r, err := f.Read(ctx, proof.Policy{}, nil)
	if err != nil {
		out.add("log", Bad, err.Error(), "nothing can be answered from this folder", "chancery fsck "+f.Dir)
		return
	}
	out.ok("log", "%d entries, all as the head says", r.Checkpoint.Size)
	if r.Forked {
		out.add("log", Bad, "two signed heads do not fit together", "nothing is in force for readers", "docs/operate, \"When evidence appears\"")
	}
	exercise := r.State.Exercise()
	*out = append(*out, Head(r.Checkpoint, o.Now, o.Fresh, own && !exercise, exercise), Witnesses(r.Checkpoint, r.Witnessed, o.Now, exercise))
	if _, err := os.Stat(f.IndexDir()); errors.Is(err, fs.ErrNotExist) {
		out.ok("index", "there is none; %d letters are searched in memory", len(r.State.Letters()))
		return
	}
	key, ok := r.State.Genesis().Operator.Ed25519()
	if !ok {
		out.skip("index", "the operator's key signs no index")
		return
	}
	v, err := index.VerifierFor(r.State.Origin(), key)
	if err == nil {
		_, err = index.Open(f.IndexDir(), v)
	}
	if err != nil {
		out.add("index", Warn, err.Error(), "answers are the same and take longer", "chancery index rebuild "+f.Dir)
		return
	}
	out.ok("index", "it is there and the operator's")
}

// Ages of the newest backup.
const (
	backupWarn = 26 * time.Hour
	backupBad  = 8 * 24 * time.Hour
)

func (out *Findings) backups(dir string, now time.Time) {
	if dir == "" {
		out.add("backups", Warn, "nobody said where they are", "nobody knows whether there are any", "chancery backup every hour, and --backups DIR here")
		return
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.tar"))
	var newest time.Time
	for _, n := range names {
		if info, err := os.Stat(n); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	age := now.Sub(newest).Round(time.Minute)
	switch {
	case err != nil || newest.IsZero():
		out.add("backups", Bad, "there is none in "+dir, "drafts and sealed revisions are lost with this disk", "chancery backup")
	case age > backupBad:
		out.add("backups", Bad, fmt.Sprintf("the newest is %s old", age), "what was drafted since is lost with this disk", "see why the timer of chancery backup does not run")
	case age > backupWarn:
		out.add("backups", Warn, fmt.Sprintf("the newest is %s old", age), "what was drafted since is lost with this disk", "see why the timer of chancery backup does not run")
	default:
		out.ok("backups", "the newest is %s old; chancery restore --verify says whether it is whole", age)
	}
}

// tools looks for the programs that ours calls.
func (out *Findings) tools() {
	if _, err := exec.LookPath("tesseract"); err != nil {
		out.add("pictures", Warn, "there is no tesseract on this machine", "readers who send a photo are told to type a sentence", "apt-get install tesseract-ocr tesseract-ocr-script-arab")
		return
	}
	out.ok("pictures", "tesseract is there")
}
