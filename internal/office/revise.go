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
// words. Clearances about what changed no longer count; see AskClearance.
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
		return t.revise(o, l, c, by, why)
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
