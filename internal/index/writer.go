package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/kind"
	"chancery.example/internal/seed"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Source is one text to be indexed.
type Source struct {
	Entry  register.Index // of the log, that shows it first
	Family string         // the same for all texts of one letter
	Leaf   letter.Hash
	Words  string
}

// Options of a Writer.
type Options struct {
	Signer   note.Signer // the operator's key under KeyName
	Verifier note.Verifier
	// Say hears what people should know: that an index was damaged and is made
	// anew. It may be nil, as may Progress, which hears how many texts are done.
	Say      func(string)
	Progress func(done, all uint64)

	onDisk func(dir string) disk // tests
}

// A Writer keeps the index of one folder. There is one at a time.
type Writer struct {
	dir    string
	opts   Options
	disk   disk
	unlock func() error
	now    *Index // nil: none that can be used
}

// OpenWriter takes the folder's index to write it, and clears away what a crash
// left behind. An index that cannot be used is no error: it is made anew by the
// next Update, and Say hears why.
func OpenWriter(dir string, o Options) (*Writer, error) {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Progress == nil {
		o.Progress = func(uint64, uint64) {}
	}
	if o.onDisk == nil {
		o.onDisk = func(dir string) disk { return osDisk(dir) }
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // public files
		return nil, fmt.Errorf("opening the index: %w", err)
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	w := &Writer{dir: dir, opts: o, disk: o.onDisk(dir), unlock: unlock}
	w.now, err = Open(dir, o.Verifier)
	if err != nil {
		if kind.Of(err) != kind.NotFound {
			o.Say(fmt.Sprintf("%v; it is made anew", err))
		}
		w.now = nil
	}
	if err := w.clear(); err != nil {
		return nil, errors.Join(err, unlock())
	}
	return w, nil
}

// Close lets others write.
func (w *Writer) Close() error { return w.unlock() }

// clear removes files that the manifest does not name.
func (w *Writer) clear() error {
	var keep []string
	if w.now != nil {
		keep = append(w.now.Manifest.files(), manifestName)
	}
	names, err := os.ReadDir(w.dir)
	if err != nil {
		return fmt.Errorf("clearing the index: %w", err)
	}
	for _, n := range names {
		ours := strings.HasPrefix(n.Name(), unfinished) || n.Name() == manifestName ||
			slices.ContainsFunc([]string{kindSeeds, kindTexts, kindModel}, func(k string) bool { return strings.HasSuffix(n.Name(), "."+k) })
		if !ours || slices.Contains(keep, n.Name()) {
			continue
		}
		if n.Name() == manifestName && w.now == nil {
			continue // the damaged one stays until there is a better one
		}
		if err := w.disk.remove(n.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing the index: %w", err)
		}
	}
	return nil
}

// Update makes the index cover a head, whose public texts are sources, in the
// order of the log. What is indexed already is kept, unless a text is gone that
// was there: then all is made anew, for the grams of words that may no longer be
// shown must go with them. With anew that is done in any case.
func (w *Writer) Update(ctx context.Context, head proof.Head, sources []Source, anew bool) (Manifest, error) {
	u := &update{w: w, ctx: ctx, head: head, sources: sources, families: numbered(sources)}
	u.keep(anew)
	if u.kept && len(u.texts) == len(sources) && w.now.Manifest.Head == head && !u.modelIsOld() {
		return w.now.Manifest, nil
	}
	if err := u.write(); err != nil {
		return Manifest{}, fmt.Errorf("updating the index: %w", err)
	}
	next, err := Open(w.dir, w.opts.Verifier)
	if err != nil {
		w.now = nil
		return Manifest{}, fmt.Errorf("updating the index: %w", err)
	}
	w.now = next
	return next.Manifest, w.clear()
}

// Index returns the index as the last Update left it; nil before there is one.
func (w *Writer) Index() *Index { return w.now }

// numbered gives each source the number of its family.
func numbered(sources []Source) []uint32 {
	numbers := map[string]uint32{}
	out := make([]uint32, len(sources))
	for i, s := range sources {
		n, ok := numbers[s.Family]
		if !ok {
			n = uint32(len(numbers)) //nolint:gosec // a register has no four thousand million letters
			numbers[s.Family] = n
		}
		out[i] = n
	}
	return out
}

// An update is one run of Update.
type update struct {
	w        *Writer
	ctx      context.Context
	head     proof.Head
	sources  []Source
	families []uint32

	kept  bool // what there was is used
	runs  []Run
	texts []Text // of the sources that are done
	model Model
}

// keep takes over what there is, if it is the beginning of what there shall be.
func (u *update) keep(anew bool) {
	old := u.w.now
	if old == nil || anew {
		return
	}
	if err := begins(old.Texts, u.sources, u.families); err != nil {
		u.w.opts.Say(err.Error() + "; the index is made anew")
		return
	}
	u.kept, u.runs, u.texts, u.model = true, slices.Clone(old.Manifest.Runs), slices.Clone(old.Texts), old.Manifest.Model
}

// write does the work: what is new becomes a run, runs of like size become one,
// and the manifest names them when they are on disk.
func (u *update) write() error {
	learned := compare.NewModel()
	fresh := len(u.texts) == 0 // all words are read in any case
	if len(u.texts) < len(u.sources) {
		if err := u.addRun(learned); err != nil {
			return err
		}
	}
	if u.modelIsOld() {
		if err := u.learn(learned, fresh); err != nil {
			return err
		}
	}
	if err := u.w.disk.sync(); err != nil {
		return err
	}
	m := Manifest{Head: u.head, Texts: len(u.texts), Families: familiesOf(u.texts), Runs: u.runs, Model: u.model}
	raw, err := m.sign(u.w.opts.Signer)
	if err != nil {
		return err
	}
	return replace(u.w.disk, raw)
}

// addRun writes the sources that are new, together with the last runs that are
// not much larger: so there are few runs, and a posting is written some times at
// most.
func (u *update) addRun(learned *compare.Model) error {
	from := len(u.texts)
	fresh := from == 0
	s := newSorter(seed.Families{First: 0, Count: uint32(len(u.sources))}) //nolint:gosec // as in numbered
	defer func() { _ = s.close() }()
	s.expect(u.sources[from:])
	err := foldAll(u.sources[from:], func(i int, g grams) error {
		i += from
		if fresh {
			learned.Learn(g.fold)
		}
		u.texts = append(u.texts, Text{u.families[i], u.sources[i].Leaf, g.fold.Spelling()})
		if i%100 == 0 {
			u.w.opts.Progress(uint64(i-from), uint64(len(u.sources)-from)) //nolint:gosec // counts
			if err := u.ctx.Err(); err != nil {
				return err
			}
		}
		return s.add(u.families[i], g.seeds)
	})
	if err != nil {
		return err
	}
	cursors := []seed.Cursor{s.cursor()}
	for n := len(u.runs); n > 0 && u.runs[n-1].Count < mergeRatio*(len(u.texts)-from); n-- {
		cursors = append(cursors, u.w.now.segments[n-1].Cursor())
		from = u.runs[n-1].First
		u.runs = u.runs[:n-1]
	}
	run, err := u.putRun(seed.Merge(cursors...), from, len(u.texts))
	u.runs = append(u.runs, run)
	u.w.opts.Progress(uint64(len(u.sources)), uint64(len(u.sources)))
	return err
}

// mergeRatio is how much larger a run stays than all that follow it.
const mergeRatio = 3

// putRun writes the files of a run.
func (u *update) putRun(c seed.Cursor, from, to int) (Run, error) {
	r := Run{First: from, Count: to - from}
	var err error
	if r.Seeds, err = put(u.w.disk, kindSeeds, writeSeeds(u.ctx, c, stretch(u.texts[from:to]), nil)); err != nil {
		return r, err
	}
	r.Texts, err = put(u.w.disk, kindTexts, func(w io.Writer) error {
		_, err := w.Write(encodeTexts(u.texts[from:to]))
		return err //nolint:wrapcheck // put says what it does
	})
	return r, err
}

// modelIsOld reports whether words should be counted anew: the model is of the
// first texts, and readers count those that it lacks.
func (u *update) modelIsOld() bool {
	lacks := len(u.sources) - u.model.Count
	return u.model.Count == 0 && lacks > 0 || lacks > 64 && lacks > u.model.Count/8
}

// learn counts the words of all texts, unless they were while they were read.
func (u *update) learn(m *compare.Model, learned bool) error {
	if !learned {
		for i, s := range u.sources {
			if i%100 == 0 && u.ctx.Err() != nil {
				return u.ctx.Err() //nolint:wrapcheck // who stopped knows why
			}
			m.Learn(fold.Record(s.Words))
		}
	}
	b, err := m.MarshalBinary()
	if err != nil {
		return fmt.Errorf("writing the word model: %w", err)
	}
	f, err := put(u.w.disk, kindModel, func(w io.Writer) error {
		_, err := w.Write(b)
		return err //nolint:wrapcheck // put says what it does
	})
	u.model = Model{len(u.sources), f}
	return err
}
