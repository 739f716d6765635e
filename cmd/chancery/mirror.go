package main

import (
	"context"
	"errors"
	"flag"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/remote"
)

func mirrorCommand() command {
	return command{
		name: "mirror", args: "URL DIR [--policy FILE] [--follow]", group: forReaders, short: "keep a full copy of a register, to check against without any network",
		detail: `Copies the public files of a register into DIR: "chancery check --register DIR" then asks nobody, and nobody learns
what you look up. Everything is verified up to a head that the log signed before it is put in place, so a reader
beside it sees the old register or the new one. A mirror that was stopped goes on where it was; a second run asks only
for what is new.

Without --policy the keys are those that the register names itself when the mirror begins; with it, those that you had
from elsewhere. A head that is older than the mirror's is refused. One that contradicts it is refused for good: both
heads are written to DIR/evidence as a file that convicts the log's key, which "chancery verify" explains.

Exit codes: 0 the copy is complete, 42 the register told two stories, 2 it could not be copied to the end, or
an issued PDF is another file there than the log names.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			policy := fs.String("policy", "", "`FILE` of whom to trust (C2SP tlog-policy); what the register says of itself without it")
			follow := fs.Bool("follow", false, "go on: look for what is new again and again, until stopped")
			every := fs.Duration("every", 10*time.Second, "`TIME` between two looks, with --follow")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 2 {
					return usage("want the address of a register and a folder, such as: chancery mirror https://letters.harbour.example harbour")
				}
				if *every < time.Second {
					return usage("--every %s: at least 1s, for the register's sake", *every)
				}
				p, err := c.policy(*policy)
				if err != nil {
					return err
				}
				client, err := remote.New(c.args[0], remote.Options{})
				if err != nil {
					return usageError{err}
				}
				progress, done := c.steps()
				defer done()
				m, err := remote.OpenMirror(client, c.args[1], remote.MirrorOptions{Policy: p, Clock: time.Now, Progress: progress})
				if err != nil {
					return err
				}
				if *follow {
					return keepMirror(ctx, c, m, *every)
				}
				got, err := m.Update(ctx)
				done()
				return c.mirrored(got, err)
			}
		},
	}
}

// mirrored tells what an update brought.
func (c *call) mirrored(got remote.Copied, err error) error {
	var fork *remote.ForkError
	switch {
	case errors.As(err, &fork):
		c.note("chancery mirror: %s", safe(plainly(err)))
		return exit(check.ExitConflict)
	case err != nil:
		return err
	}
	c.say("%s: %d entries, %d of them new; texts: %d, no longer kept by the register: %d", safe(got.Head.Origin), got.Head.Size, got.Head.Size-got.Before.Size, got.Texts, got.Missing)
	if got.Forms+got.NoForms > 0 {
		c.say("issued PDFs: %d, known by their digests only: %d", got.Forms, got.NoForms)
	}
	if got.Altered > 0 {
		c.note("chancery mirror: the register has other files for %d issued PDFs than the log names: they are not taken. Tell its operator; \"chancery monitor\" names them", got.Altered)
	}
	if got.Head.Time.IsZero() {
		c.say("its head carries no time")
	} else {
		c.say("its head is of %s, by the register's own clock", got.Head.Time.Format(time.RFC3339))
	}
	if got.Altered > 0 {
		return exit(check.ExitError)
	}
	return nil
}

// keepMirror updates until it is stopped. A register that cannot be reached is
// asked again, less and less often; one that told two stories is not followed.
func keepMirror(ctx context.Context, c *call, m *remote.Mirror, every time.Duration) error {
	pause := every
	for {
		got, err := m.Update(ctx)
		var fork *remote.ForkError
		switch {
		case ctx.Err() != nil:
			return nil // stopped, as it should be
		case errors.As(err, &fork):
			return c.mirrored(got, err)
		case err != nil:
			c.note("chancery mirror: %s; trying again in %s", safe(plainly(err)), pause)
		case got.Files > 0 || got.Head.Size != got.Before.Size:
			_ = c.mirrored(got, nil) // what it says was said; the copy goes on
		}
		if err == nil {
			pause = every
		} else {
			pause = min(pause*2, max(every, 5*time.Minute))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// steps shows how far a long work of several steps is, on a terminal only.
func (c *call) steps() (progress func(what string, done, all uint64), end func()) {
	if !c.tty {
		return nil, func() {}
	}
	shown, last := false, time.Time{}
	return func(what string, done, all uint64) {
			if time.Since(last) < 100*time.Millisecond && done != all {
				return
			}
			shown, last = true, time.Now()
			tell(c.err, "\r\x1b[K%s %d of %d", what, done, all)
		}, func() {
			if shown {
				tell(c.err, "\r\x1b[K")
			}
			shown = false
		}
}
