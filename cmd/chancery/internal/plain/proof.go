package plain

import (
	"slices"
	"time"

	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Proof writes what a proof that holds shows. brought are the languages of the
// texts that the reader brought, all of which agreed.
func (w Writer) Proof(v proof.Verified, brought []letter.LangText) {
	o, _ := v.State.OfficeOf(v.Record.Office)
	name, _ := o.Name.In(w.Lang)
	w.say("The proof holds.")
	w.say("%s %s of %s (%s): %s", v.Record.Kind, v.Record.Reference, Safe(name), v.Record.Office, Standing(v.Status.Standing))
	for _, t := range brought {
		st, _ := v.StatusOf(t)
		w.say("your %s text is, letter for letter, one that it is about: %s", t.Lang, Standing(st.Standing))
	}
	for _, by := range v.Status.ApprovedBy {
		w.say("approved by %s, %s, key %s", Safe(by.Officer), Safe(by.Name), by.Key)
	}
	for _, t := range v.Statuses {
		if slices.Contains(brought, t.Text) {
			continue
		}
		w.say("text %s: %s, %d characters", t.Text.Lang, Standing(t.Status.Standing), len([]rune(t.Text.Text.String())))
	}
	w.say("entry %d of %d in log %s", v.Index, v.Checkpoint.Size, v.Checkpoint.Origin)
	w.head(v.Checkpoint)
	if v.State.Exercise() {
		w.say("an exercise, on a simulated clock")
	}
	w.say("what came after entry %d this proof cannot show", v.Checkpoint.Size-1)
	w.say("nor what whoever made it left out: ask the register, or a mirror, for what holds today")
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
	texts := []textJSON{}
	for _, t := range v.Statuses {
		texts = append(texts, textJSON{t.Text.Lang, t.Status.Standing})
	}
	return proofJSON{true, v.Record.Kind, v.Record.Office, v.Record.Reference, v.Index, v.Status.Standing, texts, v.Status.ApprovedBy, cp}
}
