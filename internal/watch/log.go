package watch

import (
	"context"
	"errors"
	"fmt"

	"chancery.example/internal/tlog"
	"chancery.example/proof"
	"chancery.example/register"
)

// bundle is how many entries share a file, and so a damage.
const bundle = 256

// maxEntries bounds what a checkpoint nobody vouches for can make us hold.
const maxEntries = 1 << 26

// entries reads every entry under the head. After a damaged entry it goes on with
// the next one, and when that is no better with the next file.
func (c *checker) entries(ctx context.Context, head proof.Head) error {
	if head.Size > maxEntries {
		c.add(Damage, "log/checkpoint", "it says %d entries; more than %d are not read", head.Size, maxEntries)
		return nil
	}
	c.whole = true
	var tree tlog.Frontier
	c.roots[0] = tree.Root()
	const none = ^uint64(0)
	for at, bad := uint64(0), none; at < head.Size; {
		err := c.log.Entries(ctx, head, register.Index(at), func(i register.Index, raw []byte) error {
			c.take(i, raw)
			if c.whole {
				tree.Append(register.LeafHash(raw))
				c.roots[tree.Size()] = tree.Root()
			}
			if at = uint64(i) + 1; at%bundle == 0 {
				c.progress(at, head.Size)
			}
			return nil
		})
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return fmt.Errorf("reading entry %d: %w", at, err)
		}
		if !errors.Is(err, tlog.ErrCorrupt) && unlessDamage(err) != nil {
			return err //nolint:wrapcheck // says what it read
		}
		c.whole = false
		at, bad = c.unreadable(at, bad, head.Size, err)
	}
	c.progress(head.Size, head.Size)
	return nil
}

// unreadable reports entry at, where the one before was bad perhaps, and returns
// where to go on and which entry was bad.
func (c *checker) unreadable(at, bad, size uint64, err error) (next, nowBad uint64) {
	if at == 0 || at-1 != bad || at%bundle == 0 {
		c.add(Damage, fmt.Sprintf("entry %d", at), "%v; restore the file from a copy of the log", err)
		return at + 1, at
	}
	next = min(at/bundle*bundle+bundle, size)
	c.Findings[len(c.Findings)-1].Where = fmt.Sprintf("entries %d to %d", bad, next-1)
	return next, next - 1
}

// take parses an entry and adds it to the fold.
func (c *checker) take(i register.Index, raw []byte) {
	for uint64(len(c.raw)) <= uint64(i) {
		c.raw, c.parsed = append(c.raw, nil), append(c.parsed, register.Entry{})
	}
	c.raw[i] = raw
	c.Entries++
	e, err := register.Parse(raw)
	if err != nil {
		c.add(Damage, fmt.Sprintf("entry %d", i), "it is no entry: %v", err)
		return
	}
	c.parsed[i] = e
	l := register.Logged{Index: i, Entry: e}
	if p := c.state.Add(l); p == nil || !p.Ignored {
		c.trail.Add(c.state, l)
	}
}

// rules reports the entries that do not count, and what genesis and commitments
// say.
func (c *checker) rules(head proof.Head) {
	c.Letters, c.Statements, c.Disavowals = len(c.state.Letters()), len(c.state.Statements()), len(c.state.Disavowals())
	c.commitments()
	if !c.whole {
		c.add(Notice, "log", "some entries could not be read, so whether the others keep the rules was not judged")
		return
	}
	for _, p := range c.state.Problems() {
		if p.Ignored {
			c.add(Damage, fmt.Sprintf("entry %d", p.Index), "it changes nothing, because a rule does not allow it: %s", p.Why)
		} else {
			c.add(Notice, fmt.Sprintf("entry %d", p.Index), "%s", p.Why)
		}
	}
	for _, l := range c.state.Letters() {
		for _, i := range l.Conflicts {
			c.add(Notice, fmt.Sprintf("entry %d", i), "it contradicts the record of %s: readers are told of a conflict", l.Reference)
		}
	}
	if head.Size == 0 {
		return
	}
	g, cfg := c.state.Genesis(), c.folder.Config
	switch {
	case g.Origin != cfg.Origin || g.Origin != head.Origin:
		c.add(Damage, "entry 0", "it begins the log %q; %s says %q, the checkpoint %q", g.Origin, "register.toml", cfg.Origin, head.Origin)
	case g.LogKey != cfg.LogKey:
		c.add(Damage, "register.toml", "its log key is not the one that the first entry names")
	case g.Exercise != cfg.Exercise:
		c.add(Damage, "register.toml", "it says exercise = %v, the first entry says %v", cfg.Exercise, g.Exercise)
	}
}

// commitments sees that the numbers of each office's commitments have no gap.
func (c *checker) commitments() {
	next := map[register.Office]uint64{}
	for i, e := range c.parsed {
		commit, ok := e.Body.(register.Commit)
		if !ok {
			continue
		}
		c.Commitments++
		o := e.Claims.Issuer
		if next[o]++; commit.Number() != next[o] && c.whole {
			c.add(Damage, fmt.Sprintf("entry %d", i), "it is commitment %d of %s: want %d; a commitment was left out or put in", commit.Number(), o, next[o])
		}
		next[o] = commit.Number()
	}
}
