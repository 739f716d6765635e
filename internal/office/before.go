package office

import (
	"context"
	"fmt"
	"strconv"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A ConditionState says how far a condition is.
type ConditionState string

// The states of a condition.
const (
	ConditionDone    ConditionState = "done"
	ConditionOpen    ConditionState = "open"    // somebody of the office has to do something
	ConditionWaiting ConditionState = "waiting" // for others, or for what stands above it
)

// A Condition is one line of the list "before it can be issued". Its words have
// the key "before." and its name, with Args as placeholders.
type Condition struct {
	Name  string
	State ConditionState
	Args  map[string]string
	// Command is what to type to go on; "" when there is nothing to type.
	Command string
}

// Key is the key of its message.
func (q Condition) Key() string { return "before." + q.Name + "." + string(q.State) }

// Before lists what has to happen before a letter can be issued, in order, what is
// done included. A letter that is issued, embargoed or closed has no such list.
func (r *Register) Before(ctx context.Context, officeID string, ref letter.Ref) (out []Condition, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		t := r.turn(ctx, tx)
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		l, err := t.Letter(officeID, ref)
		if err != nil {
			return err
		}
		if l.Stage == store.Issued || l.Stage == store.Embargoed || l.Stage == store.Closed {
			return nil
		}
		out, err = t.before(o, l)
		return err
	})
	return out, err
}

func (t *turn) before(o store.Office, l store.Letter) ([]Condition, error) {
	var out []Condition
	rule := Condition{Name: "rule", State: ConditionDone, Args: map[string]string{}}
	if err := t.ruled(o, approval.Issue, string(l.Draft.Type)); err != nil {
		rule.State, rule.Args["type"] = ConditionOpen, string(l.Draft.Type)
	} else {
		rule.Args["type"] = string(l.Draft.Type)
	}
	out = append(out, rule)
	if len(l.Draft.Texts) > 1 {
		fs, err := t.parity(l, l.Draft)
		if err != nil {
			return nil, err
		}
		out = append(out, parityBefore(o, l, fs))
	}
	cs, err := t.clearances(l)
	if err != nil {
		return nil, err
	}
	for _, c := range cs {
		if !c.AskedAgain {
			out = append(out, clearanceBefore(l, c))
		}
	}
	more, err := t.approvalsBefore(l)
	return append(out, more...), err
}

// parityBefore is the line about the languages.
func parityBefore(o store.Office, l store.Letter, fs []ParityFinding) Condition {
	open, accepted := 0, 0
	for _, f := range fs {
		if f.Blocks() {
			open++
		} else if f.Accepted != nil {
			accepted++
		}
	}
	q := Condition{Name: "parity", State: ConditionDone, Args: map[string]string{"n": strconv.Itoa(open), "accepted": strconv.Itoa(accepted)}}
	if open > 0 {
		q.State, q.Command = ConditionOpen, fmt.Sprintf("chancery parity %s/%s", o.ID, l.Reference)
	}
	return q
}

// clearanceBefore is the line about one clearance.
func clearanceBefore(l store.Letter, c Clearance) Condition {
	q := Condition{Name: "clearance", State: ConditionDone, Args: map[string]string{"of": c.Of, "id": strconv.FormatInt(c.ID, 10), "state": string(c.State)}}
	switch {
	case !c.Blocks:
	case c.State == ClearanceWaiting:
		q.State = ConditionWaiting
	default:
		q.State = ConditionOpen
	}
	if q.State != ConditionDone {
		q.Command = settleCommand(l.Reference, c)
	}
	return q
}

// settleCommand is what to type about a clearance that holds a letter up.
func settleCommand(ref letter.Ref, c Clearance) string {
	if c.State == ClearanceVoid || c.State == ClearanceLapsed {
		return fmt.Sprintf("chancery clear ask %s --of %q --due TIME --by OFFICER", ref, c.Of)
	}
	return fmt.Sprintf("chancery clear overrule %s %d --reason WORDS --by OFFICER", ref, c.ID)
}

// approvalsBefore are the lines about submitting, approving and issuing.
func (t *turn) approvalsBefore(l store.Letter) ([]Condition, error) {
	submit := Condition{Name: "submit", State: ConditionOpen, Command: fmt.Sprintf("chancery submit %s --by OFFICER", l.Reference)}
	approve := Condition{Name: "approvals", State: ConditionWaiting, Args: map[string]string{"n": "0", "of": "0"}}
	issue := Condition{Name: "issue", State: ConditionWaiting}
	if l.Stage != store.Approval && l.Stage != store.Approved {
		return []Condition{submit, approve, issue}, nil
	}
	submit.State, submit.Command = ConditionDone, ""
	rows, err := t.RequestsOf(l.ID)
	if err != nil {
		return nil, err
	}
	o, err := t.Office(l.Office)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Kind != register.KindIssue || row.State != store.Waiting {
			continue
		}
		q, err := t.describe(o, row)
		if err != nil {
			return nil, err
		}
		approve.Args = map[string]string{"n": strconv.Itoa(len(q.Approved)), "of": strconv.Itoa(q.Needed)}
		if q.Ready {
			approve.State, issue.State = ConditionDone, ConditionOpen
			issue.Command = fmt.Sprintf("chancery issue %s --by OFFICER", l.Reference)
		} else {
			approve.Command = fmt.Sprintf("chancery approve %d --officer OFFICER --key FILE", q.ID)
		}
	}
	return []Condition{submit, approve, issue}, nil
}

// cleared refuses to submit what a clearance or a difference between the languages
// holds up (lifecycle, 5). The error names the command to type. The texts of a
// letter that was issued before it is recorded here (archived) stand as they went
// out, with their differences.
func (t *turn) cleared(o store.Office, l store.Letter, what string, archived bool) error {
	cs, err := t.clearances(l)
	if err != nil {
		return err
	}
	for _, c := range cs {
		if !c.Blocks {
			continue
		}
		command := settleCommand(l.Reference, c)
		switch c.State {
		case ClearanceWaiting:
			return kind.Conflict.Errorf("%s: %s has until %s to answer clearance %d; wait, or go on without: %s", what, c.Of, c.Due.Format("2006-01-02 15:04 MST"), c.ID, command)
		case ClearanceVoid:
			return kind.Conflict.Errorf("%s: %s was asked (clearance %d) before it was changed (%s); ask again: %s", what, c.Of, c.ID, fieldList(c.Changed), command)
		case ClearanceLapsed:
			return kind.Conflict.Errorf("%s: %s did not answer again (clearance %d), and objected to an earlier revision; ask again: %s", what, c.Of, c.ID, command)
		case ClearanceCondition, ClearanceObjection, ClearanceClear, ClearanceRemark, ClearanceNilReturn:
			return kind.Conflict.Errorf("%s: the %s of %s stands (clearance %d: %s); resolve it with them, or go on without: %s", what, c.Answer, c.Of, c.ID, c.Comment, command)
		}
	}
	if archived {
		return nil
	}
	fs, err := t.parity(l, l.Draft)
	if err != nil {
		return err
	}
	for _, f := range fs {
		if f.Blocks() {
			n := len(ParityView{Findings: fs}.Open())
			return kind.Conflict.Errorf("%s: its texts differ (%d open, the first: %s); see them: chancery parity %s/%s; put the text right, or leave it with a reason: chancery parity %s/%s --accept %s --reason WORDS --by OFFICER",
				what, n, f.Kind, o.ID, l.Reference, o.ID, l.Reference, f.ID)
		}
	}
	return nil
}
