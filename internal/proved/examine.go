package proved

import (
	"errors"
	"slices"
	"time"

	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Examine verifies a proof file and says where what it is about stood and stands,
// at a moment of the reader's.
func Examine(r Register, raw []byte, at time.Time) Answer {
	b, err := proof.Parse(raw)
	if err != nil {
		return refused(r, "", err, at)
	}
	tp, err := proof.ParseTLogProof(b.Proof)
	if err != nil {
		return refused(r, "", err, at)
	}
	head, err := proof.ParseHead(tp.Checkpoint)
	if err != nil {
		return refused(r, "", err, at)
	}
	if own := r.Snapshot.State().Origin(); head.Origin != own {
		return foreign(r, head.Origin, at)
	}
	v, err := b.Verify(r.Policy, at)
	if err != nil {
		return refused(r, head.Origin, err, at)
	}
	x := reading{Register: r, bundle: b, v: v, at: at, then: then(v, at)}
	if x.then.Before(at) { // where it stood then depends on the hour, too
		if x.v, err = b.Verify(r.Policy, x.then); err != nil {
			return refused(r, head.Origin, err, at)
		}
	}
	x.known = v.Checkpoint.Size <= r.Snapshot.State().Size()
	return x.answer()
}

// then is the moment of a proof's head by the register's own clock, as far as that
// is not later than the reader's.
func then(v proof.Verified, at time.Time) time.Time {
	if t := v.Checkpoint.Time; !t.IsZero() && t.Before(at) {
		return t
	}
	return at
}

// A reading is one proof that holds, beside the log that is known here.
type reading struct {
	Register
	bundle   proof.Bundle
	v        proof.Verified
	at, then time.Time
	known    bool // the log known here reaches to the proof's head
	old      *check.Snapshot
}

func (x *reading) answer() Answer {
	s := Shown{Origin: x.v.Checkpoint.Origin, Says: x.holds(), Head: headOf(x.v.Checkpoint), Texts: []Text{}, Later: []Later{}}
	if x.forked() {
		return x.forkedAnswer(s)
	}
	old, err := check.NewSnapshot(x.v.State, s.Head, func(letter.Hash) (letter.Text, bool) { return letter.Text{}, false })
	if err != nil {
		return refused(x.Register, s.Origin, err, x.at)
	}
	x.old = old
	switch {
	case x.v.Absence:
		return x.absence(s)
	case x.bundle.Draft != nil:
		s.Kind = OfDraft
	default:
		s.Kind = OfRecord
	}
	return x.record(s)
}

// headOf is the head of a proof as answers show it.
func headOf(c proof.Checkpoint) *check.CheckpointView {
	v := &check.CheckpointView{Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Witnesses: c.Witnesses, Needed: c.Needed, OwnKeys: c.OwnKeys}
	if !c.Time.IsZero() {
		v.Time = &c.Time
	}
	if c.Met && c.Needed > 0 {
		v.WitnessedSize = c.Size
		if !c.WitnessedAt.IsZero() {
			v.WitnessedAt = &c.WitnessedAt
		}
	}
	return v
}

// forked reports whether the log that is known here never had the proof's head.
func (x *reading) forked() bool {
	if !x.known {
		return false
	}
	here, err := x.HeadAt(x.v.Checkpoint.Size)
	return err == nil && here.Root != x.v.Checkpoint.Root
}

// record answers for a proof of a record or of a sealed draft.
func (x *reading) record(s Shown) Answer {
	texts := make([]letter.LangText, 0, len(x.v.Statuses))
	for _, t := range x.v.Statuses {
		texts = append(texts, t.Text)
	}
	before, after, ok := x.gravest(&s, texts)
	if !ok {
		return refused(x.Register, s.Origin, errors.New("its record cannot be placed"), x.at)
	}
	s.At = thenOf(before)
	f := after
	if !x.known || after.Standing == nil {
		f = before
		f.CheckedAt = x.at.UTC()
	}
	s.Own = x.ownWord()
	if !x.known {
		f = notGreen(f)
		s.Since = x.newerHead()
		return Answer{f, s}
	}
	s.Later = x.later(after.Status, texts)
	s.Since = x.since(before, after, s.Later)
	return Answer{f, s}
}

// gravest places all texts, then and now, and returns the answers about the one
// whose standing now is the most serious; of a proof without words those about its
// record.
func (x *reading) gravest(s *Shown, texts []letter.LangText) (before, after check.Finding, ok bool) {
	if len(texts) == 0 {
		if before, ok = x.old.TellRecord(x.v.Index, x.then); ok && x.known {
			after, ok = x.Snapshot.TellRecord(x.v.Index, x.at)
		}
		return before, after, ok
	}
	for i, t := range texts {
		was, placed := x.old.Tell(x.v.Record, x.bundle.Draft, t, x.then)
		if !placed {
			return before, after, false
		}
		row := Text{Language: t.Lang, Then: was.Status.Standing, Begins: beginning(t.Text.String()), Length: len([]rune(t.Text.String()))}
		is := was
		if x.known {
			if is, placed = x.Snapshot.Tell(x.v.Record, x.bundle.Draft, t, x.at); !placed {
				return before, after, false
			}
			row.Now = is.Status.Standing
		}
		s.Texts = append(s.Texts, row)
		if i == 0 || is.Status.Standing.Graver(after.Status.Standing) {
			before, after = was, is
		}
	}
	return before, after, true
}

func thenOf(f check.Finding) Then {
	return Then{Standing: f.Status.Standing, Headline: f.Headline.Text, Details: f.Details, Intent: f.Verdict.Intent, Icon: f.Verdict.Icon}
}

// notGreen takes the green from an answer that rests on a proof alone: it cannot
// show what came after its head (proof.md MUST-4).
func notGreen(f check.Finding) check.Finding {
	if f.Verdict == nil || f.Verdict.Intent != check.IntentInForce {
		return f
	}
	v := *f.Verdict
	v.Intent, v.Icon, v.Exit = check.IntentStated, "quote", check.ExitPart
	f.Verdict = &v
	return f
}

// beside are entries that what a proof says stands on, without being about it.
var beside = []register.Kind{register.KindGenesis, register.KindKeyAdd, register.KindPolicy, register.KindCommit, register.KindIndexHead}

// later lists the entries after the proof's head that are about what it proves.
func (x *reading) later(now register.Status, texts []letter.LangText) []Later {
	state := x.Snapshot.State()
	all := slices.Clone(now.Entries)
	if h := x.bundle.Draft; h != nil {
		all = append(all, state.HeldEvidence(x.v.Record.Office, *h)...)
	} else {
		all = append(all, state.Evidence(x.v.Record)...)
	}
	for _, t := range texts {
		all = append(all, state.EvidenceOfText(x.v.Record.Office, t)...)
	}
	slices.Sort(all)
	out := []Later{}
	for _, i := range slices.Compact(all) {
		if uint64(i) < x.v.Checkpoint.Size {
			continue
		}
		raw, err := x.Entry(i)
		if err != nil {
			continue
		}
		e, err := register.Parse(raw)
		if err != nil || slices.Contains(beside, e.Body.Kind()) {
			continue
		}
		out = append(out, Later{i, e.Body.Kind()})
	}
	return out
}

func beginning(s string) string {
	const most = 160
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + " …"
	}
	return s
}
