package check

import (
	"context"
	"time"
	"unicode/utf8"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/letter"
	"chancery.example/register"
)

// Sealed is what an office's own server knows beside the register: the drafts
// that the office lets answer to who presents them. Present returns a draft that
// a copy presents and may be answered; all else must cost the same and tell
// nothing.
type Sealed interface {
	Present(ctx context.Context, p Presented) (SealedDraft, bool)
}

// A Presented copy is what is asked about a sealed draft.
type Presented struct {
	Copy *fold.Folded
	// Public are the stretches of the copy, in bytes of its exact text, that
	// stand in texts that everybody can find.
	Public [][2]int
	From   string // who presents it; see Exhibit
}

// A SealedDraft is a draft that a copy presents, with all that the holder of its
// proof would show.
type SealedDraft struct {
	Office register.Office
	Held   register.HeldDraft
	Text   letter.LangText
	// Differs are stretches of the copy, in bytes of its exact text, that have
	// other words than the draft. What the copy lacks is not told.
	Differs [][2]int
}

// WithSealed returns the snapshot asking x about words that nothing public holds.
// It is for an office's own server: mirrors, the command line and readers' own
// machines answer as the public does.
func (s *Snapshot) WithSealed(x Sealed) *Snapshot {
	with := *s
	with.sealed = x
	return &with
}

// presented answers for words that present a sealed draft: with its standing, as
// if the holder had shown the proof, and with no word of the record. false: the
// answer is that of an unknown text, in every byte.
func (s *Snapshot) presented(ctx context.Context, f Finding, e Exhibit, copied *fold.Folded, as []answer) (Finding, bool) {
	if s.sealed == nil || copied.TooShort() || len(as) > 0 && as[0].agreement <= compare.Altered {
		return f, false
	}
	d, ok := s.sealed.Present(ctx, Presented{copied, publicStretches(as), e.From})
	if !ok {
		return f, false
	}
	st, err := s.state.Held(d.Office, d.Held, d.Text, time.Time{})
	if err != nil {
		return f, false
	}
	t := &shown{
		record: st.Record, lang: d.Text.Lang, revision: st.Revision, text: d.Text.Text,
		held: &heldText{d.Office, d.Held, d.Text}, alike: fold.Record(d.Text.Text.String()).Spelling(),
	}
	if st, ok = s.statusOf(t, f.CheckedAt); !ok {
		return f, false
	}
	_, public := s.state.Letter(st.Record.Office, st.Record.Reference)
	switch st.Standing {
	case register.DraftOpened, register.DraftClosed:
	case register.DraftReplaced:
		if !public { // there is no letter that could be named
			return f, false
		}
	default:
		return f, false
	}
	if !public {
		st.Record.Reference = ""
	}
	st.Revision, st.Revisions = 0, 0
	if f.ExhibitKind, f.presented = KindText, true; f.picture != nil {
		f.ExhibitKind = KindPhoto
	}
	s.hiddenCharacters(&f, copied)
	for _, x := range d.Differs {
		f.Differences = append(f.Differences, Difference{
			Kind: Within, Copy: copied.Exact[x[0]:x[1]], Offset: utf8.RuneCountInString(copied.Exact[:x[0]]), Length: utf8.RuneCountInString(copied.Exact[x[0]:x[1]]),
		})
	}
	f = s.conclude(f, Most, st.Standing, &st)
	return s.beside(f, t), true
}

// publicStretches is where a copy agrees with texts that everybody can find.
func publicStretches(as []answer) [][2]int {
	var out [][2]int
	for _, a := range as {
		of := a.candidate.Alignment.Copy
		for _, p := range a.candidate.Alignment.Passages {
			from, to := facing.Bounds(of, p.Copy)
			out = append(out, [2]int{from, to})
		}
	}
	return out
}
