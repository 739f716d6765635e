// Package check answers a reader's question: where do these words stand?
//
// A [Snapshot] is what a register shows to everybody at one size of its log.
// [Snapshot.Examine] reads an exhibit - a pasted text, a quotation, a report, a
// picture, a PDF, any file - finds the texts of record that hold its words, and says two things
// that never hide each other: how far the words agree (Match) and where that
// very text stands (register.Standing). VerdictOf puts both into words.
//
//	snap, err := check.NewSnapshot(state, checkpoint, text)
//	finding, err := snap.Examine(ctx, check.Exhibit{Data: pasted}, time)
//	os.Exit(finding.Exit())
//
// A report gets a reading sheet instead of a verdict: every quotation with the
// speaker named beside it, where its words come from, and where those stand.
//
// The package knows no clock and no files. Sealed drafts are no part of a
// snapshot: their words answer not_on_record like any others, but to who presents
// them on an office's own server ([Snapshot.WithSealed]).
package check

import (
	"slices"
	"strings"
	"time"

	"chancery.example/internal/compare"
	"chancery.example/internal/report"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Snapshot is what a register shows at one size, ready to be searched. Its
// methods may run beside each other.
type Snapshot struct {
	state      *register.State
	checkpoint *CheckpointView
	index      *compare.Index
	texts      []shown
	alike      map[wordsKey][]int // texts of letters with the same words
	words      map[letter.Hash]letter.Text
	missing    int
	damaged    int
	speakers   report.Speakers
	prover     Prover                            // nil: absence is not proved
	sealed     Sealed                            // nil everywhere but on an office's own server
	forms      func(letter.Hash) ([]byte, error) // nil: issued PDFs are not kept
}

// A shown text is one text of one record, however many leaves it has.
type shown struct {
	record    register.RecordID
	lang      letter.Lang
	revision  uint32 // the latest that holds it
	revisions []uint32
	text      letter.Text
	leaves    []letter.Hash
	held      *heldText      // not public: nil for all others
	issued    register.Index // the first entry that issued it; 0: none
	opened    register.Index // the last entry that opened it as a draft; 0: none
	alike     [32]byte       // its words, however they are set
}

// wordsKey names words of an office.
type wordsKey struct {
	office register.Office
	alike  [32]byte
}

// NewSnapshot indexes what state shows. text returns the words of a leaf; a
// text whose words are gone (a court may order that) is left out and counted
// by Missing, and one whose words are not those the log stands for is left out
// too: then nothing can be said to be absent any more. Both state and cp may be nil: then there is no register, and
// reports can still be read.
func NewSnapshot(state *register.State, cp *CheckpointView, text func(leaf letter.Hash) (letter.Text, bool)) (*Snapshot, error) {
	return NewSnapshotWith(state, cp, text, func([]Document) *Stored { return nil }), nil
}

// list fills in the texts, in the order of the log.
func (s *Snapshot) list(text func(leaf letter.Hash) (letter.Text, bool)) {
	issues := issueEntries(s.state)
	at := map[string]int{}
	for _, t := range s.state.TextsInOrder() {
		words, ok := text(t.Leaf.Hash)
		if !ok || words.IsZero() {
			s.missing++
			continue
		}
		if !t.Leaf.Matches([]byte(words.String())) {
			s.damaged++
			continue
		}
		s.words[t.Leaf.Hash] = words
		key := strings.Join([]string{familyOf(t.Record), string(t.Language), words.String()}, "\x00")
		if i, ok := at[key]; ok {
			s.texts[i].leaves = append(s.texts[i].leaves, t.Leaf.Hash)
			s.texts[i].revision = max(s.texts[i].revision, t.Revision)
			s.texts[i].revisions = append(s.texts[i].revisions, t.Revision)
			s.texts[i].shownBy(t.Record.Entry, issues)
			continue
		}
		at[key] = len(s.texts)
		fresh := shown{record: t.Record, lang: t.Language, revision: t.Revision, revisions: []uint32{t.Revision}, text: words, leaves: []letter.Hash{t.Leaf.Hash}}
		fresh.shownBy(t.Record.Entry, issues)
		s.texts = append(s.texts, fresh)
	}
}

func issueEntries(state *register.State) map[register.Index]bool {
	out := map[register.Index]bool{}
	for _, l := range state.Letters() {
		for _, i := range l.Issues {
			out[i.Index] = true
		}
	}
	return out
}

// shownBy notes an entry that shows the text.
func (t *shown) shownBy(entry register.Index, issues map[register.Index]bool) {
	switch {
	case !issues[entry]:
		t.opened = max(t.opened, entry)
	case t.issued == 0 || entry < t.issued:
		t.issued = entry
	}
}

// familyOf names the letter, statement or disavowal that a text belongs to.
func familyOf(id register.RecordID) string { return id.Family() }

// speakersOf returns the names under which offices are quoted.
func speakersOf(state *register.State) report.Speakers {
	var out report.Speakers
	for _, o := range state.Offices() {
		for _, name := range o.Speakers {
			out.Add(name, string(o.Office))
		}
	}
	return out
}

// Empty reports whether nothing is on record.
func (s *Snapshot) Empty() bool { return len(s.texts) == 0 && len(s.state.Offices()) == 0 }

// State returns the state that the snapshot shows; never nil.
func (s *Snapshot) State() *register.State { return s.state }

// Checkpoint returns the head that answers rest on; nil when there is none.
func (s *Snapshot) Checkpoint() *CheckpointView { return s.checkpoint }

// TextOf returns the words of a leaf that the register shows.
func (s *Snapshot) TextOf(leaf letter.Hash) (letter.Text, bool) {
	t, ok := s.words[leaf]
	return t, ok
}

// Missing returns how many texts of record could not be searched, because their
// words are no longer kept.
func (s *Snapshot) Missing() int { return s.missing }

// Texts returns how many different texts can be found.
func (s *Snapshot) Texts() int { return len(s.texts) }

// absence is the standing of words that nothing on record holds.
func (s *Snapshot) absence() register.Standing {
	switch {
	case s.Empty():
		return register.NoRegister
	case !s.state.Complete(), s.damaged > 0:
		return register.CannotCheck
	}
	return register.NotOnRecord
}

// published counts letters and statements, and says since when and in which
// languages.
func (s *Snapshot) published() (n int, since time.Time, langs []letter.Lang) {
	n = len(s.state.Letters()) + len(s.state.Statements())
	for _, o := range s.state.Offices() {
		if since.IsZero() || o.Since.Before(since) {
			since = o.Since
		}
	}
	for _, t := range s.texts {
		if !slices.Contains(langs, t.lang) {
			langs = append(langs, t.lang)
		}
	}
	slices.Sort(langs)
	return n, since, langs
}
