package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"chancery.example/internal/backup"
	"chancery.example/internal/folder"
	"chancery.example/internal/office"
)

func backupCommand() command {
	return command{
		name: "backup", args: "DIR FILE|- [--keys FILE]", group: running, short: "write a register into one file, also while it runs",
		detail: `The file holds the log as of its newest signed head, the public texts, register.toml, the policy and the office's database,
all as of one moment. It holds drafts and the salts that hide them, so it is written for its owner alone (mode 0600): keep
it so. It is a tar archive; its last member, "manifest", has the SHA-256 of all others.

The private keys are never in it. --keys FILE writes them into a file of their own, once: keep that one encrypted, and not
where the backups are. log.head is in neither, because a backup must not set back the memory of what was signed last: let
that be kept on another disk (chancery help head).

A backup that is stopped leaves no file. "chancery restore --verify FILE" says whether one is whole.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			keys := fs.String("keys", "", "`FILE` into which the private keys are written, apart from the backup")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 2 {
					return usage("want the folder of a register and the file to write, or - for standard output")
				}
				f, err := folder.Open(c.args[0])
				if err != nil {
					return err
				}
				got, err := c.backup(ctx, f, c.args[1])
				if err != nil {
					return err
				}
				c.note("backed up: %d entries, %d texts, %d issued PDFs, %s", got.Head.Size, got.Texts, got.Forms, withOffice(got.Office))
				if *keys == "" {
					return nil
				}
				n := 0
				err = backup.CreateFile(*keys, func(w *os.File) (err error) { n, err = backup.WriteKeys(f, w, time.Now()); return err })
				if err != nil {
					return err
				}
				c.note("keys: %d, in %s; keep it encrypted, and away from the backups", n, safe(*keys))
				return nil
			}
		},
	}
}

func withOffice(has bool) string {
	if has {
		return "and the office's database"
	}
	return "and no database of an office: this is a copy to read"
}

// backup writes into a file or, for "-", to standard output.
func (c *call) backup(ctx context.Context, f folder.Folder, to string) (s backup.Summary, err error) {
	progress, done := c.progress("writing entry")
	defer done()
	if to == "-" {
		return backup.Write(ctx, f, c.out, time.Now(), progress)
	}
	err = backup.CreateFile(to, func(w *os.File) (err error) {
		s, err = backup.Write(ctx, f, w, time.Now(), progress)
		return err
	})
	return s, err
}

func restoreCommand() command {
	return command{
		name: "restore", args: "FILE DIR [--head-file FILE | --newest | --read-only] [--log MIRROR] [--keys FILE]", group: running, short: "verify a backup and bring the register back",
		detail: `Everything in the backup is verified as fsck does before DIR is there: every entry, signature and act, every text, the
database. DIR must not exist or be empty; nothing is written over. What is stopped leaves no folder.

A register must not sign below a head that readers hold. So say what was signed last:
--head-file FILE  the log.head of the lost register, or its second place; a backup that is older is refused
--newest          no such file is left, and you are sure that nothing was signed after this backup
--read-only       to read and check only: no database, no keys, nothing can be signed

--log MIRROR takes the log and the texts from a mirror's folder when the backup is older, and completes the backup's
database from them: nothing that was issued is lost, drafts are as in the backup.

--verify restores nothing: it says whether the backup is whole, what it holds and, with a folder DIR that is a register or
with --head-file, whether it is older than what that one signed.

Exit codes: 0 done or whole, 1 damaged or older than the last head, 2 it could not be read or written.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			r := restoring{}
			fs.BoolVar(&r.VerifyOnly, "verify", false, "verify the backup and restore nothing")
			fs.StringVar(&r.head, "head-file", "", "`FILE` that remembers the highest head ever signed")
			fs.BoolVar(&r.Newest, "newest", false, "no head file is left, and nothing was signed after this backup")
			fs.BoolVar(&r.ReadOnly, "read-only", false, "restore a register to read, which signs nothing")
			fs.StringVar(&r.Mirror, "log", "", "folder of a `MIRROR` that has the newest log")
			fs.StringVar(&r.keys, "keys", "", "`FILE` of the private keys, as \"chancery backup --keys\" wrote it")
			policy := policyFlag(fs)
			return func(ctx context.Context, c *call) error {
				want := 2
				if r.VerifyOnly && len(c.args) == 1 {
					want = 1
				}
				if len(c.args) != want {
					return usage("want the backup and the folder in which the register is to be")
				}
				var err error
				if r.Policy, err = c.policy(*policy); err != nil {
					return err
				}
				return r.run(ctx, c)
			}
		},
	}
}

// restoring is what "chancery restore" was told.
type restoring struct {
	backup.Options
	head, keys string
}

func (r *restoring) run(ctx context.Context, c *call) (err error) {
	if r.head == "" && r.VerifyOnly && len(c.args) == 2 {
		if f, err := folder.Open(c.args[1]); err == nil {
			r.head = f.HeadFile()
		}
	}
	if r.head != "" {
		if r.Known, r.Stamp, err = backup.Head(r.head); err != nil {
			return err
		}
	}
	if r.keys != "" {
		f, err := os.Open(r.keys)
		if err != nil {
			return fmt.Errorf("reading the keys: %w", err)
		}
		defer func() { _ = f.Close() }()
		r.Keys = f
	}
	in := c.in
	if c.args[0] != "-" {
		f, err := os.Open(c.args[0])
		if err != nil {
			return fmt.Errorf("reading the backup: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	progress, done := c.progress("verifying entry")
	r.Progress = progress
	var got backup.Restored
	if r.VerifyOnly {
		got, err = backup.Verify(ctx, in, r.Options)
	} else {
		got, err = backup.Restore(ctx, in, c.args[1], r.Options)
	}
	done()
	return r.tell(c, got, err)
}

func (r *restoring) tell(c *call, got backup.Restored, err error) error {
	if errors.Is(err, backup.ErrDamaged) || errors.Is(err, backup.ErrOlder) {
		c.note("chancery restore: %s", safe(plainly(err)))
		return exit(exitDamaged)
	}
	if err != nil {
		return err
	}
	c.say("%s", safe(got.Describe()))
	for _, m := range got.Missing {
		c.say("missing: %s", safe(m))
	}
	switch {
	case r.VerifyOnly && got.Behind > 0:
		c.say("OLDER than the last head that was signed, by %d entries: it can only be restored with --log MIRROR or --read-only", got.Behind)
		return exit(exitDamaged)
	case r.VerifyOnly:
		c.say("whole and sound; nothing was restored")
	case got.ReadOnly:
		c.say("restored into %s, to be read only: nothing can be signed there", safe(c.args[1]))
	default:
		c.say("restored into %s; it goes on from the head over %d entries", safe(c.args[1]), got.Head.Size)
	}
	return nil
}

func rebuildCommand() command {
	return command{
		name: "rebuild", args: "DIR", group: running, short: "make the office's database anew from the log, or complete an older one",
		detail: `For when office.db is lost, or is from a backup that is older than the log. The log is the truth: what it holds is done.
What is in no log comes from the database alone: drafts, salts and openings of sealed revisions, copies, the journal.
Without a database those are gone; sealed drafts then can neither be opened nor issued, and their commitments stay closed
for ever. Whether an office issues its letters as PDFs is in no log either: it is guessed from its newest letter and its
seal, and said.

A backup is better: "chancery restore --log MIRROR". End "chancery serve --publish" and all commands first.`,
		setup: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usage("want the folder of one register")
				}
				progress, done := c.progress("reading entry")
				got, err := office.Rebuild(ctx, c.args[0], office.Options{}, progress)
				done()
				if err != nil {
					return err
				}
				what := "completed"
				if got.Fresh {
					what = "made anew"
				}
				c.say("database %s: %d of %d entries taken from the log, %d issued letters", what, got.Added, got.Entries, got.Issued)
				if got.Lost > 0 {
					c.say("opened drafts whose secrets are lost, so that they can be neither issued nor closed: %d", got.Lost)
				}
				for _, id := range slices.Sorted(maps.Keys(got.Papers)) {
					c.say("%s: paper %s, as its newest letter and its seal show; if it was another: chancery office paper %s pdf|none", safe(id), got.Papers[id], safe(id))
				}
				return nil
			}
		},
	}
}
