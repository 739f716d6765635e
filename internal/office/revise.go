package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// Revise changes a draft and says why. What was sealed stays as it was; the next
// seal is a new revision. All approvals under way are void: they were for other
// words.
func (r *Register) Revise(ctx context.Context, officeID, by string, ref letter.Ref, why string, change func(*letter.Content) error) error {
	return r.act(ctx, func(t *turn) error {
		o, l, err := t.unissued(officeID, ref, "revising")
		if err != nil {
			return err
		}
		if _, err := t.may(o, by, "revising "+string(ref), register.RoleDrafter); err != nil {
			return err
		}
		c := l.Draft
		if err := change(&c); err != nil {
			return fmt.Errorf("revising %s: %w", ref, err)
		}
		if c.Reference != l.Reference {
			return kind.Invalid.Errorf("revising %s: a letter keeps its reference; start a new letter for %s", ref, c.Reference)
		}
		if err := sealable(c); err != nil {
			return fmt.Errorf("revising %s: %w", ref, err)
		}
		if err := t.SetDraft(l.ID, c); err != nil {
			return err
		}
		if err := t.VoidRequests(l.ID, register.KindIssue); err != nil {
			return err
		}
		if l.Stage != store.Drafting {
			if err := t.SetStage(l.ID, store.Coordination); err != nil {
				return err
			}
		}
		return t.note(o.ID, by, "revise", why, l.ID)
	})
}

// unissued returns a letter that is neither issued nor closed.
func (t *turn) unissued(officeID string, ref letter.Ref, what string) (store.Office, store.Letter, error) {
	o, err := t.Office(officeID)
	if err != nil {
		return o, store.Letter{}, err
	}
	l, err := t.Letter(officeID, ref)
	if err != nil {
		return o, l, err
	}
	switch l.Stage {
	case store.Embargoed:
		return o, l, kind.Conflict.Errorf("%s %s: it is issued, under embargo; close it before its hour and start a new letter, or supersede it afterwards", what, ref)
	case store.Issued:
		return o, l, kind.Conflict.Errorf("%s %s: it is issued; issue a letter that supersedes it, or withdraw it", what, ref)
	case store.Closed:
		return o, l, kind.Conflict.Errorf("%s %s: it is closed and will not be issued under this reference; start a new letter", what, ref)
	case store.Drafting, store.Coordination, store.Approval, store.Approved:
	}
	return o, l, nil
}
