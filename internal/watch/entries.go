package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
	"chancery.example/lookup"
	"chancery.example/register"
)

// watched is what somebody wants to hear of.
type watched struct {
	offices    []string
	references []string
}

// A phrase is words that are watched, by their number on the command line.
type phrase struct {
	number int
	folded *fold.Folded
}

// watch reads what is watched.
func (m *Monitor) watch(o MonitorOptions) error {
	m.watching = watched{o.Offices, o.References}
	for i, p := range o.Phrases {
		f := fold.Copy(p)
		if len(f.Words) == 0 || f.Letters < 4 {
			return kind.Invalid.Errorf("phrase %d: %q has no words to watch for: give at least four letters or digits", i+1, p)
		}
		m.phrases = append(m.phrases, phrase{i + 1, f})
	}
	return nil
}

// fresh reports whether what is watched is told of at an entry: integrity is
// looked at from the first entry, the rest from when the monitor began.
func (m *Monitor) news(i register.Index) bool {
	return uint64(i) >= m.memory.Next && (m.began || m.opts.FromStart)
}

// entry hears every entry of the log in order.
func (m *Monitor) entry(i register.Index, e register.Entry, p *register.Problem, err error) {
	if i == 0 { // the log is read from its beginning, perhaps again
		m.numbers, m.trail, m.tree, m.at, m.compared = map[register.Office]uint64{}, lookup.Trail{}, lookup.Tree{}, 0, 0
	}
	told := uint64(i) < m.memory.Next
	gap := m.number(e)
	if err == nil && (p == nil || !p.Ignored) {
		m.trail.Add(m.mirror.State(), register.Logged{Index: i, Entry: e})
	}
	if told {
		return
	}
	switch {
	case err != nil:
		m.tell(AlertMalformed, Alert{Level: Misbehaviour, Entry: &i, Text: fmt.Sprintf("it is no entry, and the log was to take none but entries: %v", err)})
		return
	case p != nil && p.Ignored:
		m.tell(AlertIgnored, Alert{Level: Noteworthy, Entry: &i, Office: e.Claims.Issuer, Text: "it changes nothing, because a rule does not allow it: " + p.Why})
	case gap != "":
		m.tell(AlertGap, Alert{Level: Noteworthy, Entry: &i, Office: e.Claims.Issuer, Text: gap})
	case p != nil:
		m.tell(AlertFlagged, Alert{Level: Noteworthy, Entry: &i, Office: e.Claims.Issuer, Text: p.Why})
	}
	if m.news(i) {
		m.asked(i, e)
		m.texts[i] = true
	}
}

// number sees that an office's commitments are counted without a gap: a gap is a
// draft that was kept back, and may be shown later as if it were older.
func (m *Monitor) number(e register.Entry) string {
	c, ok := e.Body.(register.Commit)
	if !ok {
		return ""
	}
	o := e.Claims.Issuer
	want := m.numbers[o] + 1
	m.numbers[o] = max(m.numbers[o], c.Number())
	if c.Number() == want {
		return ""
	}
	return fmt.Sprintf("it is commitment %d of %s: want %d; one was left out, or is used twice", c.Number(), o, want)
}

// asked tells of an entry that somebody wanted to hear of.
func (m *Monitor) asked(i register.Index, e register.Entry) {
	o := e.Claims.Issuer
	mine := m.watchesOffice(o)
	all := len(m.watching.offices) == 0
	switch b := e.Body.(type) {
	case register.KeyAdd:
		if all || mine || m.watchesOffice(b.Office) {
			m.tell(AlertKeyAdd, Alert{Level: Noteworthy, Entry: &i, Office: b.Office, Text: fmt.Sprintf("%s has a new key, %s, signed for by %s", b.Office, b.Key.Thumbprint(), o)})
			return
		}
	case register.KeyRevoke:
		if all || mine || m.watchesOffice(b.Office) {
			m.tell(AlertKeyRevoke, Alert{Level: Noteworthy, Entry: &i, Office: b.Office, Text: fmt.Sprintf("a key of %s is not trusted any more after entry %d", b.Office, b.After)})
			return
		}
	case register.Policy:
		if all || mine {
			m.tell(AlertPolicy, Alert{Level: Noteworthy, Entry: &i, Office: o, Text: fmt.Sprintf("%s has a new policy: who may approve what for it", o)})
			return
		}
	}
	if mine {
		m.tell(AlertOffice, Alert{Level: Noteworthy, Entry: &i, Office: o, Text: fmt.Sprintf("%s put an entry of kind %s on record", o, e.Body.Kind())})
	}
}

// watchesOffice reports whether an office is watched by its URI or short name.
func (m *Monitor) watchesOffice(o register.Office) bool {
	v, known := m.mirror.State().OfficeOf(o)
	return slices.ContainsFunc(m.watching.offices, func(s string) bool { return s == string(o) || known && s == v.ID })
}

// records tells of letters whose record contradicts itself, and of references
// that are watched.
func (m *Monitor) records() {
	s := m.mirror.State()
	for _, l := range s.Letters() {
		st := s.LetterStatus(l, m.opts.Clock())
		if st.Standing == register.Conflict {
			m.once(AlertConflict, fmt.Sprint(l.Office, "/", l.Reference, " ", st.Entries), Alert{
				Level: Misbehaviour, Office: l.Office, Reference: string(l.Reference),
				Text: fmt.Sprintf("the record of %s of %s contradicts itself: see entries %s; readers are told of a conflict, and a proof of its issue from before still says issued", l.Reference, l.Office, strings.Trim(fmt.Sprint(st.Entries), "[]")),
			})
		}
		if !m.watchesReference(s, l) {
			continue
		}
		for _, i := range st.Entries {
			if m.news(i) {
				m.once(AlertReference, fmt.Sprint(l.Office, "/", l.Reference, " ", i), Alert{
					Level: Noteworthy, Entry: &i, Office: l.Office, Reference: string(l.Reference),
					Text: fmt.Sprintf("an entry about %s of %s: it is now %s", l.Reference, l.Office, strings.ReplaceAll(string(st.Standing), "_", " ")),
				})
			}
		}
	}
}

func (m *Monitor) watchesReference(s *register.State, l *register.Letter) bool {
	id := ""
	if o, ok := s.OfficeOf(l.Office); ok {
		id = o.ID
	}
	ref := string(l.Reference)
	return slices.ContainsFunc(m.watching.references, func(w string) bool {
		return w == ref || w == id+"/"+ref || w == string(l.Office)+"/"+ref
	})
}

// maps makes the look-up map anew and holds the root in each index-head against
// it (lookup.md MUST-15): proofs of absence rest on it.
func (m *Monitor) maps() {
	heads := m.trail.Heads()
	for ; m.compared < len(heads); m.compared++ {
		h := heads[m.compared]
		tree, err := m.trail.Tree(m.tree, m.at, h.Index, m.mirror.Folder().WordsKey)
		if err != nil {
			m.once(AlertUnreachable, "map", Alert{Level: Trouble, Entry: &h.Index, Text: fmt.Sprintf("whether it has the root of the look-up map cannot be said: %v", err)})
			return
		}
		m.tree, m.at = tree, h.Index
		if tree.Root() == h.Root && tree.Keys() == h.Keys {
			continue
		}
		m.once(AlertIndex, fmt.Sprint(h.Index), Alert{Level: Misbehaviour, Entry: &h.Index, Text: fmt.Sprintf(
			"the look-up map over the entries before it has %d keys and the root %s; it says %d and %s. Proofs of absence that rest on it are worthless", tree.Keys(), tree.Root(), h.Keys, h.Root)})
	}
	delete(m.memory.Told, string(AlertUnreachable)+" map")
}

// read looks for the phrases in the texts of entries that are new.
func (m *Monitor) read(ctx context.Context) error {
	if len(m.phrases) > 0 {
		for t := range m.mirror.State().Texts() {
			if !m.texts[t.Record.Entry] {
				continue
			}
			if err := m.readText(ctx, t); err != nil {
				return err
			}
		}
	}
	clear(m.texts)
	return nil
}

func (m *Monitor) readText(ctx context.Context, t register.TextRecord) error {
	words, ok := m.mirror.Folder().Text(t.Leaf.Hash)
	if !ok || !t.Leaf.Matches([]byte(words.String())) {
		return nil // not kept: the mirror counts it
	}
	x := compare.NewIndex()
	x.Add(compare.Document{Family: "text", Text: words.String()})
	for _, p := range m.phrases {
		found, err := x.Find(ctx, p.folded)
		if err != nil {
			return fmt.Errorf("looking for phrase %d: %w", p.number, err)
		}
		k, says := AlertKind(""), ""
		for _, c := range found {
			switch a := c.Judge(); {
			case a == compare.Same, a == compare.PartOf, c.Exact:
				k, says = AlertPhrase, "holds"
			case a == compare.Altered && k == "":
				k, says = AlertNearPhrase, "comes close to"
			}
		}
		if k != "" {
			i := t.Record.Entry
			m.tell(k, Alert{
				Level: Noteworthy, Entry: &i, Office: t.Record.Office, Reference: string(t.Record.Reference),
				Text: fmt.Sprintf("the %s text of a %s of %s %s phrase %d", t.Language, t.Record.Kind, t.Record.Office, says, p.number),
			})
		}
	}
	return nil
}

func isDamage(err error) bool { return errors.Is(err, tlog.ErrCorrupt) }
