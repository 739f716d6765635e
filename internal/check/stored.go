package check

import (
	"cmp"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/seed"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Document is one text by which a register is searched: words of one letter,
// statement or disavowal in one language, once however many leaves they have.
type Document struct {
	Entry  register.Index // that showed it first
	Family string         // the same for all texts of one letter
	Leaf   letter.Hash    // the first that stands for it
	Words  string
}

// A Stored is what an index on disk knows of the first documents of a register.
type Stored struct {
	Count    int                     // documents that it knows, at most all
	Spelling func(i int) letter.Hash // of each, as fold.Folded.Spelling
	Postings seed.Postings           // families as numbered by the documents, from 0
	Model    *compare.Model          // of the words of the first documents
	Learned  int                     // how many of them
}

// Documents returns what a register is searched by, in the order of the log; see
// NewSnapshot about text.
func Documents(state *register.State, text func(leaf letter.Hash) (letter.Text, bool)) []Document {
	s := emptySnapshot(state, nil)
	s.list(text)
	return s.Documents()
}

// Documents returns what the register is searched by, in the order of the log.
func (s *Snapshot) Documents() []Document {
	var out []Document
	for _, t := range s.texts {
		if t.held == nil {
			out = append(out, Document{t.record.Entry, familyOf(t.record), t.leaves[0], t.text.String()})
		}
	}
	return out
}

// NewSnapshotWith is NewSnapshot with an index that was made before. find is
// given all documents and returns what is stored of the first of them, or nil.
func NewSnapshotWith(state *register.State, cp *CheckpointView, text func(leaf letter.Hash) (letter.Text, bool), find func([]Document) *Stored) *Snapshot {
	s := emptySnapshot(state, cp)
	s.list(text)
	stored := find(s.Documents())
	if stored == nil {
		stored = &Stored{Postings: seed.NewTable(), Model: compare.NewModel()}
	}
	s.index.SetModel(stored.Model)
	for i := range s.texts {
		s.texts[i].alike = s.put(i, stored)
		if t := s.texts[i]; t.record.Kind == register.RecordLetter {
			k := wordsKey{t.record.Office, t.alike}
			s.alike[k] = append(s.alike[k], i)
		}
	}
	s.index.Attach(stored.Postings)
	s.speakers = speakersOf(s.state)
	return s
}

// emptySnapshot shows a state, a new one when there is none, without its texts.
func emptySnapshot(state *register.State, cp *CheckpointView) *Snapshot {
	state = cmp.Or(state, register.NewState())
	return &Snapshot{state: state, checkpoint: cp, index: compare.NewIndex(), words: map[letter.Hash]letter.Text{}, alike: map[wordsKey][]int{}}
}

// put makes a text searchable and returns its spelling.
func (s *Snapshot) put(i int, stored *Stored) letter.Hash {
	t := s.texts[i]
	d := compare.Document{ID: i, Family: familyOf(t.record), Text: t.text.String()}
	if i >= stored.Count {
		return s.index.Add(d).Spelling()
	}
	s.index.AddStored(d)
	if i >= stored.Learned {
		s.index.Model().Learn(fold.Record(d.Text))
	}
	return stored.Spelling(i)
}
