package check

import (
	"slices"
	"time"

	"chancery.example/letter"
	"chancery.example/register"
)

// An Elsewhere is what another register says of the same words. It stands beside an
// answer under its own name, keys and date, and is never part of it.
type Elsewhere struct {
	Register   string          `json:"register"` // by which who asked it knows it
	Address    string          `json:"address,omitempty"`
	Origin     string          `json:"origin,omitempty"`
	Voices     []Voice         `json:"voices"`
	Evidence   []Chip          `json:"evidence"`   // of its head
	Checkpoint *CheckpointView `json:"checkpoint"` // nil: it was never read
	// NotAskedSince is since when it could not be asked; what it says is as of then.
	NotAskedSince *time.Time `json:"not_asked_since,omitempty"`
	// TwoStories: its log told two readers different things, and is not believed.
	TwoStories bool `json:"two_stories,omitempty"`
	// Partly: it says more about texts than could be held against the words in time.
	Partly bool `json:"partly,omitempty"`
}

// A Voice is one statement of another register about the words.
type Voice struct {
	Domain    string        `json:"domain"` // of the office that makes it
	Statement StatementView `json:"statement"`
}

// Asked is what another register is asked about: words as they are on record or were
// given, the leaves under which a register shows them, and the letter they are of.
type Asked struct {
	Words     []string
	Leaves    []letter.Hash
	Office    register.Office
	Reference letter.Ref
}

// AskedOf is what a finding is about, for other registers. What was read from a
// picture, a report or a proof has no words of its own to ask about.
func (s *Snapshot) AskedOf(f Finding) Asked {
	a := Asked{Leaves: s.Leaves(f)}
	if f.ExhibitKind == KindText || f.ExhibitKind == KindQuotation {
		a.Words = []string{f.Text}
	}
	if f.Record != nil && f.Record.Kind == register.RecordLetter {
		a.Office, a.Reference = f.Record.OfficeURI, f.Record.Reference
	}
	return a
}

// AskedOfLetter is what a letter's own page is about: all its texts that are public.
func (s *Snapshot) AskedOfLetter(l *register.Letter) Asked {
	a := Asked{Office: l.Office, Reference: l.Reference}
	for _, t := range s.texts {
		if t.held == nil && t.record.Kind == register.RecordLetter && t.record.Office == l.Office && t.record.Reference == l.Reference {
			a.Words, a.Leaves = append(a.Words, t.text.String()), append(a.Leaves, t.leaves...)
		}
	}
	return a
}

// NewListing shows what a register says without making its texts searchable: enough
// for what it says of words that somebody else found.
func NewListing(state *register.State, cp *CheckpointView, text func(leaf letter.Hash) (letter.Text, bool)) *Snapshot {
	s := emptySnapshot(state, cp)
	s.list(text)
	return s
}

// mostHashed is how many bytes are hashed to find out what one register says of some
// words: each salt that it publishes takes the words once more, and whoever keeps it
// publishes as many as they like.
const mostHashed = 64 << 20

// Elsewhere is what the register says to a reader of another one, at a moment.
func (s *Snapshot) Elsewhere(a Asked, at time.Time) Elsewhere {
	out := Elsewhere{Origin: s.state.Origin(), Voices: []Voice{}, Evidence: []Chip{}, Checkpoint: s.checkpoint}
	budget := mostHashed
	seen := map[register.Index]bool{}
	take := func(v StatementView) {
		if seen[v.Entry] {
			return
		}
		seen[v.Entry] = true
		o, _ := s.state.OfficeByID(v.Office)
		out.Voices = append(out.Voices, Voice{o.Domain, v})
	}
	for _, words := range append([]string{""}, a.Words...) { // the leaves alone, then each text
		said, whole := s.voices(words, a.Leaves, &budget)
		out.Partly = out.Partly || !whole
		for _, v := range said {
			take(v)
		}
	}
	if a.Reference != "" {
		for _, r := range s.state.StatementsRegarding(a.Office, a.Reference) {
			take(s.statement(r, false))
		}
	}
	slices.SortFunc(out.Voices, func(a, b Voice) int { return int(a.Statement.Entry) - int(b.Statement.Entry) }) //nolint:gosec // positions of a log
	s.headChips(Finding{CheckedAt: at}, func(k ChipKind, en, ar string) {
		out.Evidence = append(out.Evidence, Chip{k, Words{en, ar}})
	})
	return out
}

// Leaves returns the salted leaves under which the register shows the text that a
// finding is about: what a receiver in another register names when it says what
// it was given.
func (s *Snapshot) Leaves(f Finding) []letter.Hash {
	if f.Record == nil || f.Match == nil || *f.Match != SameText {
		return nil
	}
	var out []letter.Hash
	for _, t := range s.texts {
		if t.record.Office == f.Record.OfficeURI && t.record.Kind == f.Record.Kind && t.record.Reference == f.Record.Reference && t.lang == f.Record.Language {
			out = append(out, t.leaves...)
		}
	}
	return out
}

// Voices returns the statements of this register that say of the words of an
// exhibit, letter for letter, that they were seen, kept or received: by a salt
// that the statement publishes, or by one of the leaves that another register
// shows them under. They are the word of who made them and of nobody else.
func (s *Snapshot) Voices(words string, leaves []letter.Hash) []StatementView {
	said, _ := s.voices(words, leaves, nil)
	return said
}

// voices is Voices for as many bytes as budget has, when it is not nil; the newest
// statements go first. whole is false when it did not reach.
func (s *Snapshot) voices(words string, leaves []letter.Hash, budget *int) (said []StatementView, whole bool) {
	said, whole = []StatementView{}, true
	text, err := letter.Canonicalize([]byte(words))
	matches := func(d letter.Disclosure) bool {
		if err != nil || d.Salt == nil {
			return false
		}
		if budget != nil {
			if *budget < len(text.String()) {
				whole = false
				return false
			}
			*budget -= len(text.String())
		}
		return d.Matches([]byte(text.String()))
	}
	for _, r := range slices.Backward(s.state.Statements()) {
		if slices.ContainsFunc(r.Statement.Of, func(d letter.Disclosure) bool { return slices.Contains(leaves, d.Hash) || matches(d) }) {
			said = append(said, s.statement(r, true))
		}
	}
	slices.Reverse(said)
	return said, whole
}

// FirstUseChip says that a register's keys are those that it named itself that day.
func FirstUseChip(day time.Time) Chip {
	d := day.Format("2006-01-02")
	return Chip{ChipFirstUse, Words{EN: "Keys as the register named them itself on " + d, AR: "المفاتيح كما ذكرها السجل بنفسه بتاريخ " + d}}
}
