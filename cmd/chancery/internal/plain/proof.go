package plain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// Proof writes what a proof that holds shows. brought are the languages of the
// texts that the reader brought, all of which agreed; at is the reader's time.
func (w Writer) Proof(v proof.Verified, brought []letter.LangText, at time.Time) {
	if v.Absence {
		w.absence(v, brought)
		return
	}
	o, _ := v.State.OfficeOf(v.Record.Office)
	name, _ := o.Name.In(w.Lang)
	w.say("The proof holds.")
	w.say("%s %s of %s (%s): %s", v.Record.Kind, v.Record.Reference, Safe(name), v.Record.Office, Standing(v.Status.Standing))
	for _, t := range brought {
		st, _ := v.StatusOf(t)
		w.say("your %s text is, letter for letter, one that it is about: %s", t.Lang, Standing(st.Standing))
	}
	for _, by := range v.Status.ApprovedBy {
		w.say("approved by %s, %s, %s", Safe(by.Officer), Safe(by.Name), Safe(by.With()))
	}
	for _, t := range v.Statuses {
		if slices.Contains(brought, t.Text) {
			continue
		}
		w.say("text %s: %s, %d characters", t.Text.Lang, Standing(t.Status.Standing), len([]rune(t.Text.Text.String())))
	}
	w.life(v, at)
	w.say("entry %d of %d in log %s", v.Index, v.Checkpoint.Size, v.Checkpoint.Origin)
	w.head(v.Checkpoint)
	if v.State.Exercise() {
		w.say("an exercise, on a simulated clock")
	}
	w.later(v)
}

// later says what the proof shows about entries after those it carries.
func (w Writer) later(v proof.Verified) {
	switch l := v.Later(); {
	case l.None() && l.Keys:
		w.say("no later entry, as of entry %d: the register's own map has nothing else about this %s, nor about the keys and officers of its office", l.AsOf, v.Record.Kind)
	case l.None():
		w.say("no later entry, as of entry %d: the register's own map has nothing else about this %s", l.AsOf, v.Record.Kind)
	case l.Shown:
		w.say("CAUTION: the register's own map, as of entry %d, knows of more about this %s than the proof carries: %s", l.AsOf, v.Record.Kind, entries(l.Missing))
		w.say("whoever made the proof left that out; ask the register, or a mirror")
		return
	default:
		w.say("that nothing came later it does not show: it looks nothing up in the register's own map")
		w.say("what came after entry %d this proof cannot show, nor what whoever made it left out: ask the register, or a mirror, for what holds today", v.Checkpoint.Size-1)
		return
	}
	w.say("what came after entry %d this proof cannot show: ask the register, or a mirror, for what holds today", v.Later().AsOf)
}

// absence says what is proved not to be on record.
func (w Writer) absence(v proof.Verified, brought []letter.LangText) {
	w.say("The proof holds: nothing is on record, as of entry %d.", v.Lookups.Head)
	for _, a := range v.Lookups.Answers {
		w.say("%s", absent(a.Name, v.Texts, brought))
	}
	w.say("it is the absence of these words, not of a paraphrase; and what came after entry %d it does not show", v.Lookups.Head)
	w.say("the map was made by the register itself: \"chancery fsck\" on a copy, or a monitor, tells whether it is right")
	w.say("entry %d of %d in log %s", v.Index, v.Checkpoint.Size, v.Checkpoint.Origin)
	w.head(v.Checkpoint)
	if v.State.Exercise() {
		w.say("an exercise, on a simulated clock")
	}
}

// absent names what is absent.
func absent(n lookup.Name, texts, brought []letter.LangText) string {
	d, _ := n.Digest()
	switch n.Kind {
	case lookup.Reference:
		o, ref, _ := n.Letter()
		return fmt.Sprintf("no letter %s of %s, and no word of that office about it", Safe(string(ref)), Safe(string(o)))
	case lookup.Office:
		return fmt.Sprintf("no key and no officers of %s: that office is not in this register", Safe(string(n.Values[0])))
	case lookup.File:
		return "no entry names the file with the SHA-256 " + d.String()
	case lookup.Leaf:
		return "no entry names words under the leaf " + d.String()
	case lookup.Text:
	}
	for _, t := range brought {
		if n.Names(t.Text) {
			return fmt.Sprintf("no entry shows the words of your %s text", t.Lang)
		}
	}
	for _, t := range texts {
		if n.Names(t.Text) {
			return fmt.Sprintf("no entry shows these words: %s", Safe(firstWords(t.Text.String())))
		}
	}
	return "no entry shows the words whose SHA-256 is " + d.String()
}

// firstWords are the first line of a text, not too long.
func firstWords(s string) string {
	const most = 60
	line, rest, _ := strings.Cut(s, "\n")
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + " ..."
	}
	if rest != "" {
		return line + " ..."
	}
	return line
}

func entries(is []register.Index) string {
	var out []string
	for _, i := range is {
		out = append(out, fmt.Sprintf("entry %d", i))
	}
	return strings.Join(out, ", ")
}

func (w Writer) head(c proof.Checkpoint) {
	witnessed := "no witness vouches for it, and the policy asks for none"
	if c.Needed > 0 || c.Witnesses > 0 {
		witnessed = counted(c.Witnesses, "witness vouches", "witnesses vouch") + " for it"
	}
	if c.Time.IsZero() {
		w.say("its head carries no time; %s", witnessed)
		return
	}
	w.say("its head is of %s, by the register's own clock; %s", c.Time.Format(time.RFC3339), witnessed)
}

type proofJSON struct {
	Holds      bool                  `json:"holds"`
	Kind       register.RecordKind   `json:"kind"`
	Office     register.Office       `json:"office"`
	Reference  letter.Ref            `json:"reference"`
	Entry      register.Index        `json:"entry"`
	Standing   register.Standing     `json:"standing"`
	Texts      []textJSON            `json:"texts"`
	ApprovedBy []register.ApprovedBy `json:"approved_by"`
	Checkpoint check.CheckpointView  `json:"checkpoint"`
	Later      laterJSON             `json:"later"`
	lifeJSON
}

// laterJSON is what is shown about entries that came later: None only with
// AsOf, the entry up to which the register's map goes.
type laterJSON struct {
	None    bool             `json:"none"`
	AsOf    *register.Index  `json:"as_of"`
	Missing []register.Index `json:"missing,omitempty"` // known to the map, and left out of the proof
	Keys    bool             `json:"keys"`
}

type absenceJSON struct {
	Holds      bool                 `json:"holds"`
	Standing   register.Standing    `json:"standing"` // not_on_record
	AsOf       register.Index       `json:"as_of"`
	Absent     []absentJSON         `json:"absent"`
	Checkpoint check.CheckpointView `json:"checkpoint"`
}

type absentJSON struct {
	Kind      lookup.Kind     `json:"kind"`
	Office    register.Office `json:"office,omitempty"`
	Reference letter.Ref      `json:"reference,omitempty"`
	Digest    string          `json:"digest,omitempty"`
}

func absenceOf(v proof.Verified, cp check.CheckpointView) absenceJSON {
	out := absenceJSON{Holds: true, Standing: register.NotOnRecord, AsOf: v.Lookups.Head, Absent: []absentJSON{}, Checkpoint: cp}
	for _, a := range v.Lookups.Answers {
		x := absentJSON{Kind: a.Name.Kind}
		if d, ok := a.Name.Digest(); ok {
			x.Digest = d.String()
		}
		if o, ref, ok := a.Name.Letter(); ok {
			x.Office, x.Reference = o, ref
		} else if a.Name.Kind == lookup.Office {
			x.Office = register.Office(a.Name.Values[0])
		}
		out.Absent = append(out.Absent, x)
	}
	return out
}

func laterOf(v proof.Verified) laterJSON {
	l := v.Later()
	out := laterJSON{None: l.None(), Missing: l.Missing, Keys: l.Keys}
	if l.Shown {
		out.AsOf = &l.AsOf
	}
	return out
}

type textJSON struct {
	Language letter.Lang       `json:"language"`
	Standing register.Standing `json:"standing"`
}

// ProofJSON is the same for programs.
func ProofJSON(v proof.Verified) any {
	cp := check.CheckpointView{
		Origin: v.Checkpoint.Origin, Size: v.Checkpoint.Size, Root: v.Checkpoint.Root.String(),
		Witnesses: v.Checkpoint.Witnesses, Needed: v.Checkpoint.Needed,
	}
	if !v.Checkpoint.Time.IsZero() {
		cp.Time = &v.Checkpoint.Time
	}
	if v.Absence {
		return absenceOf(v, cp)
	}
	texts := []textJSON{}
	for _, t := range v.Statuses {
		texts = append(texts, textJSON{t.Text.Lang, t.Status.Standing})
	}
	return proofJSON{true, v.Record.Kind, v.Record.Office, v.Record.Reference, v.Index, v.Status.Standing, texts, v.Status.ApprovedBy, cp, laterOf(v), lifeOf(v.Status)}
}
