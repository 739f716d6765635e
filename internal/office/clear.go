package office

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// Limits of what clearers are asked and answer.
const (
	maxComment    = 4000 // bytes of a note, a comment or a reason
	maxClearances = 200  // of one letter
	maxDue        = 365 * 24 * time.Hour
)

// A ClearanceAsked is a question to a clearer.
type ClearanceAsked struct {
	Of      string         // who is asked: a person's id at the desk, or an office in words; one line of at most 120 bytes
	Outside bool           // they are outside the house, which takes the issuing clerk
	Due     time.Time      // without an answer by then it lapses; at most a year ahead
	Parts   []letter.Field // what they are asked about; empty: the whole letter
	Note    string         // what to look at; at most 4,000 bytes
}

// AskClearance asks somebody to clear a draft. The draft is sealed first if it
// changed: an answer is about one revision, and when a later one changes a part it
// was asked about the answer no longer counts. Who was asked before about a
// revision that no longer counts, or let the time pass, can be asked again.
func (r *Register) AskClearance(ctx context.Context, officeID, by string, ref letter.Ref, a ClearanceAsked) (Clearance, error) {
	what := "asking for clearance of " + string(ref)
	var o store.Office
	var rev store.Revision
	var row store.Clearance
	err := r.act(ctx, func(t *turn) (err error) {
		var l store.Letter
		if o, l, err = t.unissued(officeID, ref, "asking for clearance of"); err != nil {
			return err
		}
		roles := []register.Role{register.RoleDrafter, register.RoleClerk}
		if a.Outside {
			roles = roles[1:]
		}
		if _, err := t.may(o, by, what, roles...); err != nil {
			return err
		}
		if err := a.check(what, t.now); err != nil {
			return err
		}
		if l.Stage != store.Drafting && l.Stage != store.Coordination {
			return kind.Conflict.Errorf("%s: it is before its approvers (%s); recall it or change it first", what, l.Stage)
		}
		if err := t.askable(l, a, what); err != nil {
			return err
		}
		if rev, err = t.seal(o, l, by); err != nil {
			return err
		}
		row = store.Clearance{
			Letter: l.ID, Revision: rev.Number, Of: a.Of, Outside: a.Outside, Parts: a.Parts,
			Note: a.Note, Due: a.Due.UTC().Truncate(time.Second), AskedBy: by, AskedAt: t.now,
		}
		if err := t.AddClearance(&row); err != nil {
			return err
		}
		if err := t.SetStage(l.ID, store.Coordination); err != nil {
			return err
		}
		return t.note(o.ID, by, "ask clearance", fmt.Sprintf("%d: of %s, revision %d, by %s", row.ID, a.Of, rev.Number, row.Due.Format(time.RFC3339)), l.ID)
	})
	if err != nil {
		return Clearance{}, err
	}
	if _, err := r.sealed(ctx, o, ref, rev); err != nil {
		return Clearance{}, err
	}
	return r.clearance(ctx, officeID, ref, row.ID)
}

func (a ClearanceAsked) check(what string, now time.Time) error {
	switch {
	case !oneLine(a.Of):
		return kind.Invalid.Errorf("%s: of %q: want one line of at most 120 bytes", what, a.Of)
	case len(a.Note) > maxComment:
		return kind.Invalid.Errorf("%s: the note has %d bytes; at most %d", what, len(a.Note), maxComment)
	case !a.Due.After(now):
		return kind.Invalid.Errorf("%s: say by when, later than now (%s)", what, now.Format(time.RFC3339))
	case a.Due.After(now.Add(maxDue)):
		return kind.Invalid.Errorf("%s: %s is in more than a year; is it right?", what, a.Due.Format(time.RFC3339))
	}
	for i, f := range a.Parts {
		if !f.Valid() || slices.Contains(a.Parts[:i], f) {
			return kind.Invalid.Errorf("%s: part %q: want parts of a letter, each once, such as text/en, enclosures or signature", what, f)
		}
	}
	return nil
}

// askable refuses to ask who was asked already and whose word still stands.
func (t *turn) askable(l store.Letter, a ClearanceAsked, what string) error {
	all, err := t.clearances(l)
	if err != nil {
		return err
	}
	if len(all) >= maxClearances {
		return kind.Conflict.Errorf("%s: there are %d clearances of it, which is the most", what, len(all))
	}
	for _, f := range a.Parts {
		if lang, isText := f.Lang(); isText && !slices.ContainsFunc(l.Draft.Texts, func(x letter.LangText) bool { return x.Lang == lang }) {
			return kind.Invalid.Errorf("%s: part %q: the letter has no such text", what, f)
		}
	}
	for _, c := range all {
		if !strings.EqualFold(c.Of, a.Of) || c.AskedAgain {
			continue
		}
		switch c.State {
		case ClearanceWaiting:
			return kind.Conflict.Errorf("%s: %s was asked already (clearance %d) and has until %s", what, c.Of, c.ID, c.Due.Format(time.RFC3339))
		case ClearanceCondition, ClearanceObjection:
			if c.Settled == "" {
				return kind.Conflict.Errorf("%s: the %s of %s (clearance %d) stands; resolve it, overrule it with a reason, or change the letter first", what, c.Answer, c.Of, c.ID)
			}
		case ClearanceClear, ClearanceRemark, ClearanceNilReturn, ClearanceLapsed, ClearanceVoid:
		}
	}
	return nil
}
