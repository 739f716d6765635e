package office

import (
	"context"
	"slices"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
)

// A ClearanceAnswer is what a clearer says: one of five.
type ClearanceAnswer = store.ClearanceAnswer

// The five answers.
const (
	AnswerClear     = store.Clear
	AnswerRemark    = store.Remark    // clear, with a remark
	AnswerCondition = store.Condition // clear once something is met
	AnswerObjection = store.Objection // not clear
	AnswerNilReturn = store.NilReturn // seen, nothing to say
)

// A Settlement is how a condition or an objection no longer holds a letter up.
type Settlement = store.Settlement

// The settlements.
const (
	Resolved  = store.Resolved  // its clearer says that it is met
	Overruled = store.Overruled // the drafter or the clerk goes on without, with a reason
)

// A ClearanceState is what a clearance is worth now. Its message has the key
// "clearance.state." and its name.
type ClearanceState string

// The states of a clearance.
const (
	ClearanceWaiting   ClearanceState = "waiting"
	ClearanceLapsed    ClearanceState = "lapsed" // no answer in time, by the register's clock
	ClearanceClear     ClearanceState = "clear"
	ClearanceRemark    ClearanceState = "remark"
	ClearanceCondition ClearanceState = "condition"
	ClearanceObjection ClearanceState = "objection"
	ClearanceNilReturn ClearanceState = "nil-return"
	ClearanceVoid      ClearanceState = "void" // a later revision changed what it was asked about
)

// A Clearance is a question to a clearer and what it is worth now.
type Clearance struct {
	store.Clearance
	State ClearanceState
	// Changed are the parts it was asked about that are no longer what they were.
	Changed []letter.Field
	// AskedAgain says that a later clearance of the same clearer takes its place.
	AskedAgain bool
	// Carried says that the same clearer's condition or objection about an earlier
	// revision was never taken back: letting the time pass does not clear it.
	Carried bool
	// Late says that the answer came after the time.
	Late bool
	// Blocks says that it keeps the letter from being submitted.
	Blocks bool
}

// Clearances returns what was asked about a letter, in order, with what each is
// worth now. Those that no longer count stay in sight.
func (r *Register) Clearances(ctx context.Context, officeID string, ref letter.Ref) (out []Clearance, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		t := r.turn(ctx, tx)
		l, err := t.Letter(officeID, ref)
		if err != nil {
			return err
		}
		out, err = t.clearances(l)
		return err
	})
	return out, err
}

// clearance returns one of them.
func (r *Register) clearance(ctx context.Context, officeID string, ref letter.Ref, id int64) (Clearance, error) {
	all, err := r.Clearances(ctx, officeID, ref)
	if err != nil {
		return Clearance{}, err
	}
	return pick(all, ref, id)
}

func pick(all []Clearance, ref letter.Ref, id int64) (Clearance, error) {
	i := slices.IndexFunc(all, func(c Clearance) bool { return c.ID == id })
	if i < 0 {
		return Clearance{}, kind.NotFound.Errorf("%s has no clearance %d; \"chancery clear list %s\" shows them", ref, id, ref)
	}
	return all[i], nil
}

// clearances says what each clearance of a letter is worth for its draft as it is.
func (t *turn) clearances(l store.Letter) ([]Clearance, error) {
	rows, err := t.Clearances(l.ID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	revs, err := t.Revisions(l.ID)
	if err != nil {
		return nil, err
	}
	changed := map[uint32][]letter.Field{}
	for _, rev := range revs {
		changed[rev.Number] = changedFields(rev.Revision.Content(), l.Draft)
	}
	out := make([]Clearance, len(rows))
	last := map[string]int{}
	for i, row := range rows {
		c := Clearance{Clearance: row}
		for _, f := range changed[row.Revision] {
			if len(row.Parts) == 0 || slices.Contains(row.Parts, f) {
				c.Changed = append(c.Changed, f)
			}
		}
		key := strings.ToLower(row.Of)
		if before, again := last[key]; again {
			out[before].AskedAgain, out[before].Blocks = true, false
			c.Carried = out[before].standing()
		}
		c.State, c.Late = t.worth(c), row.Answer != "" && row.AnsweredAt.After(row.Due)
		c.Blocks = c.holdsUp()
		out[i], last[key] = c, i
	}
	return out, nil
}

// standing reports whether a condition or an objection was neither resolved nor
// overruled, of this revision or an earlier one.
func (c Clearance) standing() bool {
	if c.Settled != "" {
		return false
	}
	return c.Answer == AnswerCondition || c.Answer == AnswerObjection || c.Answer == "" && c.Carried
}

// worth is the state of a clearance.
func (t *turn) worth(c Clearance) ClearanceState {
	switch {
	case len(c.Changed) > 0:
		return ClearanceVoid
	case c.Answer != "":
		return ClearanceState(c.Answer)
	case t.now.After(c.Due):
		return ClearanceLapsed
	}
	return ClearanceWaiting
}

// holdsUp reports whether a letter may not be submitted because of it.
func (c Clearance) holdsUp() bool {
	if c.Settled == Overruled {
		return false
	}
	switch c.State {
	case ClearanceWaiting, ClearanceVoid:
		return true
	case ClearanceCondition, ClearanceObjection:
		return c.Settled == ""
	case ClearanceLapsed:
		return c.Carried
	case ClearanceClear, ClearanceRemark, ClearanceNilReturn:
	}
	return false
}

// changedFields lists the fields in which two contents differ, in their fixed
// order; texts that one of them lacks are among them.
func changedFields(a, b letter.Content) []letter.Field {
	x, y := leaves(a), leaves(b)
	var out []letter.Field
	for _, d := range x {
		if other := letter.Find(y, d.Field); other == nil || other.Hash != d.Hash {
			out = append(out, d.Field)
		}
	}
	for _, d := range y {
		if letter.Find(x, d.Field) == nil {
			out = append(out, d.Field)
		}
	}
	return out
}

// leaves are the fields of a content under salts of zero.
func leaves(c letter.Content) []letter.Disclosure {
	rev, err := letter.Seal(c, zeros{})
	if err != nil {
		return nil // what cannot be sealed is in no letter
	}
	return rev.Disclose()
}
