package office

import (
	"context"

	"chancery.example/commitment"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// ProposeClose asks for the approvals that end a draft: it will not be issued
// under this reference. Of a draft that was opened the register says so by its
// reference; of one that stays sealed it shows a tag that only those recognise
// who hold an opening. A letter under embargo is recalled by it, before its hour.
func (r *Register) ProposeClose(ctx context.Context, officeID, by string, ref letter.Ref) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		l, err := t.closable(officeID, ref)
		if err != nil {
			return proposal{}, err
		}
		if _, err := t.may(o, by, "closing "+string(ref), register.RoleDrafter, register.RolePress, register.RoleClerk); err != nil {
			return proposal{}, err
		}
		opened, err := t.opened(l)
		if err != nil {
			return proposal{}, err
		}
		shown := letter.Ref("")
		subject := register.OfficeSubject(register.Office(o.URI))
		if opened {
			shown, subject = ref, t.letterSubject(o, ref)
		}
		return proposal{by: by, letter: &l, subject: subject, body: func(a register.Approvals) register.Body {
			return register.DraftClose{Tag: commitment.CloseTag(l.Tag), Reference: shown, Approvals: a}
		}}, nil
	})
}

// closable returns a letter that can be closed: a draft, or one under embargo
// before its hour, which is recalled with it.
func (t *turn) closable(officeID string, ref letter.Ref) (store.Letter, error) {
	l, err := t.Letter(officeID, ref)
	if err == nil && l.Stage == store.Embargoed {
		return l, nil
	}
	_, l, err = t.unissued(officeID, ref, "closing")
	return l, err
}

// opened reports whether a draft of the letter was opened.
func (t *turn) opened(l store.Letter) (bool, error) {
	all, err := t.RequestsOf(l.ID)
	for _, q := range all {
		if q.Kind == register.KindDraftOpen && q.State == store.Done {
			return true, err
		}
	}
	return false, err
}

var closeAct = act{
	performers: []register.Role{register.RoleDrafter, register.RolePress, register.RoleClerk},
	name: func(q store.Request, b register.Body) string {
		c, _ := b.(register.DraftClose)
		return "close:" + q.Office + "/" + c.Tag.String()
	},
	effect: func(t *turn, q store.Request, _ register.Body) error {
		l, err := t.LetterByID(q.Letter)
		if err != nil {
			return err
		}
		if l.Stage == store.Issued || l.Stage == store.Closed {
			return kind.Conflict.Errorf("closing %s: it is %s already", l.Reference, l.Stage)
		}
		if l.Stage == store.Embargoed {
			if err := t.recall(l); err != nil {
				return err
			}
		}
		if err := t.VoidRequests(l.ID, register.KindIssue); err != nil {
			return err
		}
		return t.SetStage(l.ID, store.Closed)
	},
}
