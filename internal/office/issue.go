package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

func issueName(officeID string, ref letter.Ref) string {
	return "issue:" + officeID + "/" + string(ref)
}

// Issue makes a letter official, by the issuing clerk's act on what the officers
// approved. There is no way back: an issued letter can be superseded or
// withdrawn, and never be a draft again. With a not-before that is to come, the
// receipt is that of a commitment; the issue entry follows at the hour.
func (r *Register) Issue(ctx context.Context, officeID, by string, ref letter.Ref) (Receipt, error) {
	q, err := r.pendingFor(ctx, officeID, ref, register.KindIssue)
	if err != nil {
		return Receipt{}, fmt.Errorf("issuing %s: %w", ref, err)
	}
	return r.Perform(ctx, q, by)
}

// pendingFor finds the newest request of a kind about a letter that can be
// carried out, or was.
func (r *Register) pendingFor(ctx context.Context, officeID string, ref letter.Ref, k register.Kind) (id int64, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Letter(officeID, ref)
		if err != nil {
			return err
		}
		all, err := tx.RequestsOf(l.ID)
		if err != nil {
			return err
		}
		for _, q := range all {
			if q.Kind == k && (q.State == store.Waiting || q.State == store.Done) {
				id = q.ID
			}
		}
		if id == 0 {
			return kind.Conflict.Errorf("nothing waits for it: submit it first (it is in %s)", l.Stage)
		}
		return nil
	})
	return id, err
}

var issueAct = act{
	performers: []register.Role{register.RoleClerk},
	name:       func(q store.Request, b register.Body) string { return issueName(q.Office, referenceOf(b)) },
	effect: func(t *turn, q store.Request, b register.Body) error {
		l, err := t.LetterByID(q.Letter)
		if err != nil {
			return err
		}
		switch l.Stage {
		case store.Approved, store.Approval:
		case store.Embargoed:
			return kind.Conflict.Errorf("issuing %s: it is issued already, and public at the end of its embargo", l.Reference)
		case store.Issued:
			return kind.Conflict.Errorf("issuing %s: it is issued already", l.Reference)
		case store.Closed:
			return kind.Conflict.Errorf("issuing %s: it is closed and will not be issued under this reference; start a new letter", l.Reference)
		case store.Drafting, store.Coordination:
			return kind.Conflict.Errorf("issuing %s: it is in %s; submit it for approval", l.Reference, l.Stage)
		}
		o, err := t.Office(q.Office)
		if err != nil {
			return err
		}
		if err := t.notDisavowed(o, "issuing "+string(l.Reference), l.Draft.Texts); err != nil {
			return err
		}
		if err := t.VoidRequests(l.ID, register.KindDraftClose, register.KindDraftOpen); err != nil {
			return err
		}
		if issue, ok := b.(register.Issue); ok {
			for _, target := range issue.Supersedes {
				if err := t.replaceable(q.Office, target.Reference); err != nil {
					return fmt.Errorf("issuing %s: %w", l.Reference, err)
				}
			}
		}
		if _, later := t.heldBack(b); later {
			return t.SetStage(l.ID, store.Embargoed)
		}
		return t.SetStage(l.ID, store.Issued)
	},
}

// replaceable refuses to replace a letter that is withdrawn: it has ended.
func (t *turn) replaceable(officeID string, ref letter.Ref) error {
	_, gone, err := t.IntentNamed(withdrawName(officeID, ref))
	if err == nil && gone {
		return kind.Conflict.Errorf("%s was withdrawn; there is nothing left to supersede", ref)
	}
	return err
}

func referenceOf(b register.Body) letter.Ref {
	switch b := b.(type) {
	case register.Issue:
		return b.Reference
	case register.DraftOpen:
		return b.Reference
	case register.Withdraw:
		return b.Target.Reference
	case register.Supersede:
		return b.Target.Reference
	case register.Correct:
		return b.Target.Reference
	case register.Ratify:
		return b.Target.Reference
	}
	return ""
}
