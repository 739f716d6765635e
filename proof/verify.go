package proof

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/letter"
	"chancery.example/register"
)

// A Verified is what a bundle shows under a policy.
type Verified struct {
	Checkpoint Checkpoint
	Index      register.Index // of the entry the bundle is about
	Entry      register.Entry
	State      *register.State // of the carried entries alone
	// Record is the record that the entry made, and Status where it stands as
	// a whole.
	Record register.RecordID
	Status register.Status
	// Statuses tell where each carried text stands, and each that the reader
	// brought.
	Statuses []TextStatus
	// Receipts are the receipts that the bundle carries, each verified.
	Receipts []Receipt
	// Lookups is what the register's own map says, as of one of its index-heads;
	// nil when the bundle looks nothing up. See Later.
	Lookups *Lookups
	// Absence makes it a proof that nothing is on record: there is no Record, and
	// every answer in Lookups is that there is nothing. Texts are the words, as
	// far as they are at hand.
	Absence bool
	Texts   []letter.LangText

	carried map[register.Index]bool
}

// A TextStatus is where one text stands.
type TextStatus struct {
	Text   letter.LangText
	Status register.Status
}

// Verify verifies all that the bundle says under the reader's policy (proof.md
// MUST-22 to MUST-26) and folds its entries. at is the reader's time, for
// embargo and expiry. Each of texts, the words in the reader's hand, must be on
// record here, or the error is of class TextDiffers.
func (b Bundle) Verify(p Policy, at time.Time, texts ...letter.LangText) (Verified, error) {
	if err := b.wellFormed(); err != nil {
		return Verified{}, err
	}
	tp, err := ParseTLogProof(b.Proof)
	if err != nil {
		return Verified{}, err
	}
	v := Verified{Index: register.Index(tp.Index)}
	if v.Checkpoint, err = tp.Verify(register.LeafHash(b.Entry), p); err != nil {
		return Verified{}, err
	}
	logged, err := b.entries(tp, v.Checkpoint.Head)
	if err != nil {
		return Verified{}, err
	}
	if v.State, err = fold(logged, v.Checkpoint.Head); err != nil {
		return Verified{}, err
	}
	i := slices.IndexFunc(logged, func(l register.Logged) bool { return l.Index == v.Index })
	v.Entry = logged[i].Entry
	absence := b.Lookups != nil && b.Lookups.Head == v.Index
	if b.Draft == nil && !absence {
		if v.Record, v.Status, err = v.State.RecordAt(v.Index, at); err != nil {
			return Verified{}, refuse(BadEntry, err, "entry %d, which the proof is about", v.Index)
		}
	}
	if err := v.lookUp(b.Lookups, logged); err != nil {
		return Verified{}, err
	}
	if err := v.receipts(b); err != nil {
		return Verified{}, err
	}
	if absence {
		return v, v.placeAbsent(b.Texts, texts)
	}
	if b.Draft != nil {
		return v, v.placeDraft(*b.Draft, b.Texts, texts, at)
	}
	return v, v.place(b.Texts, texts, at)
}

// placeDraft finds where the texts of a sealed draft stand (proof.md MUST-31).
func (v *Verified) placeDraft(h register.HeldDraft, carried, own []letter.LangText, at time.Time) error {
	for i, t := range carried {
		st, err := v.State.Held(v.Entry.Claims.Issuer, h, t, at)
		if err != nil {
			return refuse(BadText, err, "the draft that the proof opens")
		}
		if i == 0 {
			v.Record, v.Status = st.Record, st
		}
		v.Statuses = append(v.Statuses, TextStatus{t, st})
	}
	for _, t := range own {
		if !slices.Contains(carried, t) {
			return refuse(TextDiffers, nil, "your text is not, letter for letter, a text of %s that this proof is about", recordName(v.Record))
		}
	}
	return nil
}

// entries verifies each supporting entry's path and puts all in order.
func (b Bundle) entries(tp TLogProof, h Head) ([]register.Logged, error) {
	all := append(slices.Clone(b.Support), Supporting{register.Index(tp.Index), b.Entry, tp.Path})
	slices.SortFunc(all, func(x, y Supporting) int { return cmp.Compare(x.Index, y.Index) })
	for _, s := range all {
		if err := included(s, h); err != nil {
			return nil, err
		}
	}
	out := make([]register.Logged, len(all))
	for i, s := range all {
		e, err := register.Parse(s.Entry)
		if err != nil {
			return nil, refuse(BadEntry, err, "entry %d", s.Index)
		}
		out[i] = register.Logged{Index: s.Index, Entry: e}
	}
	return out, nil
}

func included(s Supporting, h Head) error {
	if uint64(s.Index) >= h.Size || len(s.Path) > maxPath {
		return refuse(BadInclusion, nil, "entry %d is not among the %d entries of the checkpoint", s.Index, h.Size)
	}
	path := make(tlog.RecordProof, len(s.Path))
	for i, n := range s.Path {
		path[i] = tlog.Hash(n)
	}
	leaf := tlog.Hash(register.LeafHash(s.Entry))
	if err := tlog.CheckRecord(path, int64(h.Size), tlog.Hash(h.Root), int64(s.Index), leaf); err != nil { //nolint:gosec // bounded by ParseHead
		return refuse(BadInclusion, err, "entry %d is not in the tree of the checkpoint", s.Index)
	}
	return nil
}

// fold adds the entries up. In a bundle every entry must count: one that the
// rules ignore has no business there (MUST-24).
func fold(logged []register.Logged, h Head) (*register.State, error) {
	s := register.NewState()
	for _, l := range logged {
		if p := s.Add(l); p != nil && p.Ignored {
			return nil, refuse(BadEntry, nil, "%s", p)
		}
	}
	if s.Origin() != h.Origin {
		return nil, refuse(BadEntry, nil, "the register's first entry is of %s; the checkpoint is of %s", clip(s.Origin()), clip(h.Origin))
	}
	return s, nil
}

// place finds where the carried texts and the reader's own stand.
func (v *Verified) place(carried, own []letter.LangText, at time.Time) error {
	for _, t := range carried {
		st, ok := v.State.Standing(v.Record, t, at)
		if !ok {
			return refuse(BadText, nil, "the %s text that the proof carries is not the one its entries stand for", t.Lang)
		}
		v.Statuses = append(v.Statuses, TextStatus{t, st})
		v.contradicted(st)
	}
	for _, t := range own {
		st, ok := v.State.Standing(v.Record, t, at)
		if !ok {
			return refuse(TextDiffers, nil, "your text is not, letter for letter, a text of %s that this proof is about", recordName(v.Record))
		}
		if !slices.ContainsFunc(carried, func(c letter.LangText) bool { return c == t }) {
			v.Statuses = append(v.Statuses, TextStatus{t, st})
			v.contradicted(st)
		}
	}
	return nil
}

// contradicted puts a contradiction about one of its texts on the whole record.
func (v *Verified) contradicted(st register.Status) {
	if st.Standing == register.Conflict {
		v.Status.Standing, v.Status.Entries = st.Standing, st.Entries
	}
}

// StatusOf returns where a carried text or one of the reader's stands.
func (v Verified) StatusOf(t letter.LangText) (register.Status, bool) {
	i := slices.IndexFunc(v.Statuses, func(s TextStatus) bool { return s.Text == t })
	if i < 0 {
		return register.Status{}, false
	}
	return v.Statuses[i].Status, true
}

func recordName(r register.RecordID) string {
	if r.Reference == "" {
		return "the " + string(r.Kind) + " of " + r.OfficeID
	}
	return strings.TrimSpace(string(r.Reference) + " of " + r.OfficeID)
}

// A Source gives what a bundle is made of: the log, as of one checkpoint.
type Source interface {
	Entry(i register.Index) ([]byte, error)
	Path(i register.Index) ([]letter.Hash, error)
}

// Assemble makes the bundle about a record of state from a log of which
// checkpoint is the head, giving texts along. From a Mapped source it also shows
// that nothing came later, when an index-head covers the record.
func Assemble(state *register.State, id register.RecordID, checkpoint []byte, src Source, texts []letter.LangText) (Bundle, error) {
	b := Bundle{Texts: sortTexts(texts)}
	evidence := state.Evidence(id)
	if len(evidence) == 0 {
		return Bundle{}, refuse(BadEntry, nil, "the register holds no %s", recordName(id))
	}
	for _, t := range b.Texts { // a text can rest on more: its own office's disavowal, another letter's issue
		evidence = append(evidence, state.EvidenceOfText(id.Office, t)...)
	}
	evidence, err := b.showLater(state, id, evidence, src)
	if err != nil {
		return Bundle{}, err
	}
	return b, b.gather(evidence, id.Entry, checkpoint, src)
}

// AssembleDraft makes the bundle about a sealed draft of an office, for those
// who were given its words.
func AssembleDraft(state *register.State, o register.Office, h register.HeldDraft, checkpoint []byte, src Source, texts []letter.LangText) (Bundle, error) {
	b := Bundle{Texts: sortTexts(texts), Draft: &h}
	evidence := state.HeldEvidence(o, h)
	for _, t := range b.Texts {
		if st, err := state.Held(o, h, t, time.Time{}); err == nil && st.Standing == register.DraftReplaced {
			evidence = append(evidence, state.EvidenceOfText(o, t)...)
		}
	}
	return b, b.gather(evidence, h.Link.Index, checkpoint, src)
}

func sortTexts(texts []letter.LangText) []letter.LangText {
	out := slices.Clone(texts)
	slices.SortFunc(out, func(x, y letter.LangText) int {
		return cmp.Or(strings.Compare(string(x.Lang), string(y.Lang)), strings.Compare(x.Text.String(), y.Text.String()))
	})
	return slices.Compact(out)
}

// gather takes the entries from the log, one of them as what it is about.
func (b *Bundle) gather(evidence []register.Index, about register.Index, checkpoint []byte, src Source) error {
	slices.Sort(evidence)
	for _, i := range slices.Compact(evidence) {
		raw, err := src.Entry(i)
		if err != nil {
			return err
		}
		path, err := src.Path(i)
		if err != nil {
			return err
		}
		if i == about {
			b.Entry = raw
			b.Proof = FormatTLogProof(TLogProof{Index: uint64(i), Path: path, Checkpoint: checkpoint})
			continue
		}
		b.Support = append(b.Support, Supporting{i, raw, path})
	}
	if b.Entry == nil {
		return refuse(BadEntry, nil, "what the proof is about does not rest on entry %d", about)
	}
	return nil
}
