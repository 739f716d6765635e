package remote

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/register"
)

// A bundle is what one worker brings.
type bundle struct {
	entries [][]byte
	files   int
	err     error
}

// log brings every entry and tile under the new head, and folds the entries in
// order. What is in place is read again and not asked for; what is damaged there
// is brought anew.
func (m *Mirror) log(ctx context.Context, c *Copied) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	first, last := m.next/tlog.BundleWidth, (m.head.Size+tlog.BundleWidth-1)/tlog.BundleWidth
	if m.next == m.head.Size {
		return nil
	}
	// Results come in order of the log, at most as many ahead as there are workers.
	results := make(chan chan bundle, workers)
	go func() {
		defer close(results)
		for i := first; i < last && ctx.Err() == nil; i++ {
			out := make(chan bundle, 1)
			select {
			case results <- out:
			case <-ctx.Done():
				return
			}
			if i == first { // its tiles are those of all others, up to the root
				out <- m.bundle(ctx, i)
				continue
			}
			go func() { out <- m.bundle(ctx, i) }()
		}
	}()
	for i := first; i < last; i++ {
		out, ok := <-results
		if !ok {
			break
		}
		b := <-out
		if b.err != nil {
			return b.err
		}
		c.Files += b.files
		m.fold(i*tlog.BundleWidth, b.entries)
		m.opts.Progress("entry", m.next, m.head.Size)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("mirroring %s: %w", m.client.Address(), err)
	}
	return m.begins()
}

// fold takes entries in the order of the log, those that are new.
func (m *Mirror) fold(at uint64, entries [][]byte) {
	for n, raw := range entries {
		i := at + uint64(n)
		if i < m.next {
			continue
		}
		m.next = i + 1
		e, err := register.Parse(raw)
		var p *register.Problem
		if err == nil {
			p = m.state.Add(register.Logged{Index: register.Index(i), Entry: e})
		}
		m.opts.Entry(register.Index(i), e, p, err)
	}
	m.known = nil
}

// begins sees that the log is the one that register.toml names.
func (m *Mirror) begins() error {
	g, cfg := m.state.Genesis(), m.folder.Config
	switch {
	case m.state.Size() == 0:
	case m.state.Origin() != cfg.Origin:
		return kind.Invalid.Errorf("mirroring %s: the log begins as %q, its register.toml says %q", m.client.Address(), m.state.Origin(), cfg.Origin)
	case g.Exercise != cfg.Exercise:
		return kind.Invalid.Errorf("mirroring %s: its register.toml says exercise = %v, the log says %v", m.client.Address(), cfg.Exercise, g.Exercise)
	}
	return nil
}

// bundle brings one bundle with all that proves it, and puts in place what is not
// there: only files that were verified under the head (folder.md MUST-14).
func (m *Mirror) bundle(ctx context.Context, index uint64) bundle {
	here, there := tlog.Disk(m.folder.LogDir()), m.client.LogFiles(ctx)
	for _, anew := range []bool{false, true} {
		files := &layered{here: here, there: there, anew: anew, fromIt: map[string]bool{}}
		entries, got, err := tlog.NewReader(m.client.Address(), files).Bundle(ctx, m.head.Head, index)
		if errors.Is(err, tlog.ErrCorrupt) && !anew && len(files.fromIt) > 0 {
			continue // the folder's, perhaps
		}
		if err != nil {
			return bundle{err: err}
		}
		b := bundle{entries: entries}
		for _, f := range got {
			if files.fromIt[f.Name] {
				continue
			}
			if err := m.put("log/"+f.Name, f.Content); err != nil {
				return bundle{err: err}
			}
			b.files++
		}
		return b
	}
	return bundle{err: fmt.Errorf("mirroring %s: bundle %d could not be read", m.client.Address(), index)}
}

// texts brings the words that the register shows and that are not here, and
// believes those that fit their leaves (folder.md MUST-7, MUST-14).
func (m *Mirror) texts(ctx context.Context, c *Copied) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wanted []letter.Disclosure
	for t := range m.state.Texts() {
		leaf := t.Leaf.Hash
		if m.seen[leaf] {
			continue
		}
		if words, ok := m.folder.Text(leaf); ok && t.Leaf.Matches([]byte(words.String())) {
			m.seen[leaf] = true
			continue
		}
		m.seen[leaf] = true // once each; taken back below when it does not come
		wanted = append(wanted, t.Leaf)
	}
	clear(m.absent)
	type answer struct {
		leaf letter.Hash
		ok   bool
		err  error
	}
	slots, answers := make(chan struct{}, workers), make(chan answer, len(wanted))
	for _, d := range wanted {
		go func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			ok, err := m.text(ctx, d)
			answers <- answer{d.Hash, ok, err}
		}()
	}
	var failed error
	for n := range wanted {
		a := <-answers
		switch {
		case a.err != nil:
			delete(m.seen, a.leaf)
			failed = errors.Join(failed, a.err)
			stop()
		case a.ok:
			c.Files++
		default:
			delete(m.seen, a.leaf)
			m.absent[a.leaf] = true
		}
		m.opts.Progress("text", uint64(n+1), uint64(len(wanted)))
	}
	c.Texts, c.Missing = len(m.seen), len(m.absent)
	if failed != nil {
		return fmt.Errorf("mirroring the texts of %s: %w", m.client.Address(), firstOf(failed))
	}
	return nil
}

// firstOf is the first of several errors: those after it follow from stopping.
func firstOf(err error) error {
	if many, ok := err.(interface{ Unwrap() []error }); ok && len(many.Unwrap()) > 0 {
		return firstOf(many.Unwrap()[0])
	}
	return err
}

// text brings the words of one leaf; false when the register does not have them.
func (m *Mirror) text(ctx context.Context, d letter.Disclosure) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err //nolint:wrapcheck // the caller says what
	}
	raw, ok, err := m.client.Text(ctx, d.Hash)
	if err == nil && !ok {
		err = m.tombstone(ctx, d)
	}
	if err != nil || !ok {
		return false, err
	}
	if _, err := letter.Parse(raw); err != nil || !d.Matches(raw) {
		return false, kind.Unavailable.Errorf("the words at texts/%s are not those that the log shows", d.Hash)
	}
	return true, m.put("texts/"+d.Hash.String(), raw)
}

// tombstone brings what is left of erased words: their place in the look-up map,
// which nobody can check but by playing the map.
func (m *Mirror) tombstone(ctx context.Context, d letter.Disclosure) error {
	if _, ok := m.folder.Erased(d.Hash); ok {
		return nil
	}
	name := "texts/" + d.Hash.String() + ".erased"
	raw, err := m.client.optional(ctx, name, 2*int64(len(d.Hash))+1)
	if err != nil || raw == nil {
		return err
	}
	key, err := letter.ParseHash(strings.TrimSuffix(string(raw), "\n"))
	if err != nil || string(raw) != key.String()+"\n" {
		return kind.Unavailable.Errorf("%s is no tombstone", name)
	}
	return m.put(name, raw)
}

// tidy takes away what a killed mirror left half written, and partial tiles and
// bundles that no head needs any more: all but those of the head that is here and
// the one before, which a reader may be using.
func (m *Mirror) tidy(sizes ...uint64) error {
	err := filepath.WalkDir(m.folder.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasPrefix(d.Name(), folder.HalfWritten) {
			return os.Remove(path) //nolint:wrapcheck,gosec // says what it removed; under the mirror's lock, in its own folder
		}
		width, err := strconv.ParseUint(d.Name(), 10, 8)
		if err != nil || !strings.HasSuffix(filepath.Dir(path), ".p") {
			return nil //nolint:nilerr // no partial file
		}
		rel, err := filepath.Rel(m.folder.LogDir(), path)
		if err != nil {
			return err //nolint:wrapcheck // of our own folder
		}
		for _, n := range sizes {
			if tlog.NeedsPartial(filepath.ToSlash(rel), uint8(width), n) {
				return nil
			}
		}
		return os.Remove(path) //nolint:wrapcheck,gosec // as above
	})
	if err != nil {
		return fmt.Errorf("tidying the mirror in %s: %w", m.folder.Dir, err)
	}
	return nil
}
