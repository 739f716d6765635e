package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/watch"
	"chancery.example/proof"
)

// exitAlert says that a monitor has something to tell; exitMisbehaviour, that a
// record or a log contradicts itself.
const (
	exitAlert        = 1
	exitMisbehaviour = check.ExitConflict
)

type monitoring struct {
	policy, state, webhook, book                 string
	witnesses, also, offices, references, phrase list
	once, json, fromStart                        bool
	every, maxAge, lag                           time.Duration
}

func monitorCommand() command {
	return command{
		name: "monitor", args: "[URL...] [--once]", group: forReaders, short: "follow registers from outside, and tell what is not right or was asked for",
		detail: `Reads the tiles of a register's log, never a search, plays every entry by the rules, and tells: two heads that do not
fit, entries that the rules do not allow, gaps in the numbers of commitments, letters whose record contradicts itself,
heads that are old or that the policy's witnesses do not vouch for, new keys and policies, issued PDFs that are not there
or are other files than the log names, and when they are back. --witness and --also give others who were shown the log: a
register that shows two readers different logs leaves evidence in the state folder, which "chancery verify" explains.
--office, --reference and --phrase say what else to tell; a phrase is looked for on this machine, in texts that are
copied whole, and is never sent.

Without an address all registers of the address book are followed, each under its own policy.

Alerts are lines of text, or of JSON with --json. --webhook posts each as JSON; one that is not taken is posted again
at the next look. What was told is remembered in the state folder, where the next run goes on.

Exit codes, with --once or when stopped: 0 nothing to tell, 1 alerts, 42 a log or a record contradicts itself, 2
something could not be looked at.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var m monitoring
			fs.StringVar(&m.policy, "policy", "", "`FILE` of whom to trust (C2SP tlog-policy); what each register says of itself without it")
			fs.StringVar(&m.state, "state", "", "`DIR` for what is remembered, mirrors and evidence; one in the user's cache folder without it")
			fs.StringVar(&m.webhook, "webhook", "", "`URL` to which each alert is posted as JSON")
			fs.Var(&m.witnesses, "witness", "`URL` of a witness's monitoring endpoint; can be repeated")
			fs.Var(&m.also, "also", "`URL` of another mirror or address of the same register; can be repeated")
			fs.Var(&m.offices, "office", "tell of every entry of this `OFFICE` (short name or URI); can be repeated")
			fs.Var(&m.references, "reference", "tell of every entry about this letter, `REFERENCE` or OFFICE/REFERENCE; can be repeated")
			fs.Var(&m.phrase, "phrase", "tell of new texts that hold these `WORDS`, or come close to them; can be repeated")
			bookFlag(fs, &m.book)
			fs.BoolVar(&m.once, "once", false, "look once, and end")
			fs.BoolVar(&m.json, "json", false, "print alerts as lines of JSON")
			fs.BoolVar(&m.fromStart, "from-start", false, "at the first look, tell of what is watched in the whole log")
			fs.DurationVar(&m.every, "every", time.Minute, "`TIME` between two looks")
			fs.DurationVar(&m.maxAge, "max-age", 24*time.Hour, "`TIME` after which a head is too old")
			fs.DurationVar(&m.lag, "lag", 10*time.Minute, "`TIME` for which a longer log that others were shown may be missing")
			return func(ctx context.Context, c *call) error { return m.run(ctx, c) }
		},
	}
}

func (k monitoring) run(ctx context.Context, c *call) error {
	if k.every < time.Second {
		return usage("--every %s: at least 1s, for the registers' sake", k.every)
	}
	ms, err := k.open(c, c.args)
	if err != nil {
		return err
	}
	var hook *watch.Webhook
	if k.webhook != "" {
		if hook, err = watch.NewWebhook(k.webhook, time.Second); err != nil {
			return usageError{err}
		}
	}
	worst := watch.Level("")
	for {
		for _, m := range ms {
			level, err := k.look(ctx, c, m, hook)
			if err != nil && ctx.Err() == nil {
				return err
			}
			worst = worst.Worse(level)
		}
		if k.once || ctx.Err() != nil {
			return exitOf(worst)
		}
		select {
		case <-ctx.Done():
			return exitOf(worst)
		case <-time.After(k.every):
		}
	}
}

func exitOf(l watch.Level) error {
	switch l {
	case watch.Misbehaviour:
		return exit(exitMisbehaviour)
	case watch.Noteworthy:
		return exit(exitAlert)
	case watch.Trouble:
		return exit(check.ExitError)
	}
	return nil
}

// A followed is a register that is monitored, under a policy.
type followed struct {
	address, name string
	policy        proof.Policy
}

// whom returns which registers are monitored: those named, else those of the
// address book that have an address.
func (k monitoring) whom(c *call, addresses []string) ([]followed, error) {
	var out []followed
	if len(addresses) > 0 {
		p, err := c.policy(k.policy)
		for _, a := range addresses {
			out = append(out, followed{a, folderOf(a), p})
		}
		return out, err
	}
	b, err := openBook(k.book)
	if err != nil {
		return nil, err
	}
	if k.policy != "" {
		return nil, usage("--policy is for registers that are named: each of the address book has its own")
	}
	for _, e := range b.Entries {
		if e.URL == "" {
			continue
		}
		p, err := b.Policy(e)
		if err != nil {
			return nil, err
		}
		out = append(out, followed{e.URL, e.Name, p})
	}
	if len(out) == 0 {
		return nil, usage("want the address of a register, such as: chancery monitor https://letters.harbour.example --once; the address book has none")
	}
	return out, nil
}

// open prepares a monitor for each register.
func (k monitoring) open(c *call, addresses []string) ([]*watch.Monitor, error) {
	all, err := k.whom(c, addresses)
	if err != nil {
		return nil, err
	}
	base := k.state
	if base == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, usage("where to remember what was told? give --state DIR (%w)", err)
		}
		base = filepath.Join(cache, "chancery", "monitor")
	}
	var out []*watch.Monitor
	for _, x := range all {
		m, err := watch.OpenMonitor(x.address, watch.MonitorOptions{
			Dir: filepath.Join(base, x.name), Policy: x.policy, Witnesses: k.witnesses, Also: k.also,
			Offices: k.offices, References: k.references, Phrases: k.phrase,
			FromStart: k.fromStart, MaxAge: k.maxAge, Lag: k.lag,
		})
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// folderOf is an address as the name of a folder.
func folderOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-", r) {
			return r
		}
		return '_'
	}, strings.ToLower(strings.TrimSuffix(rest, "/")))
}

// look looks once at one register, tells, and remembers that it told.
func (k monitoring) look(ctx context.Context, c *call, m *watch.Monitor, hook *watch.Webhook) (watch.Level, error) {
	alerts, err := m.Look(ctx)
	if err != nil {
		return "", err
	}
	worst := watch.Level("")
	for _, a := range alerts {
		worst = worst.Worse(a.Level)
		if !k.json {
			c.say("%s", safe(a.String()))
			continue
		}
		raw, err := json.Marshal(a)
		if err != nil {
			return worst, fmt.Errorf("writing an alert: %w", err)
		}
		if err := c.data(append(raw, '\n')); err != nil {
			return worst, err
		}
	}
	if hook != nil {
		if err := m.Deliver(ctx, hook, alerts); err != nil {
			c.note("chancery monitor: %s", safe(plainly(err)))
			worst = worst.Worse(watch.Trouble)
		}
	}
	return worst, m.Told()
}
