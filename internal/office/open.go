package office

import (
	"context"
	"slices"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// ProposeOpen asks for the approvals that show drafts to everybody: the named
// revisions, all sealed ones when none is named. The chain of commitments goes
// along, so everybody sees how many revisions there are.
func (r *Register) ProposeOpen(ctx context.Context, officeID, by string, ref letter.Ref, revisions ...uint32) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		what := "opening " + string(ref)
		if _, err := t.may(o, by, what, register.RolePress); err != nil {
			return proposal{}, err
		}
		l, err := t.Letter(officeID, ref)
		if err != nil {
			return proposal{}, err
		}
		if l.Stage == store.Issued || l.Stage == store.Embargoed {
			return proposal{}, kind.Conflict.Errorf("%s: it is issued; an issued letter is never shown as a draft", what)
		}
		body, texts, err := t.openBody(l, what, revisions)
		if err != nil {
			return proposal{}, err
		}
		if err := t.mayOpen(o, what, body, texts); err != nil {
			return proposal{}, err
		}
		return proposal{by: by, letter: &l, subject: t.letterSubject(o, ref), texts: texts,
			body: func(a register.Approvals) register.Body { body.Approvals = a; return body }}, nil
	})
}

func (t *turn) openBody(l store.Letter, what string, wanted []uint32) (register.DraftOpen, []store.Text, error) {
	body := register.DraftOpen{Reference: l.Reference}
	revs, err := t.Revisions(l.ID)
	if err != nil {
		return body, nil, err
	}
	if len(revs) == 0 {
		return body, nil, kind.Conflict.Errorf("%s: nothing of it was sealed, so there is nothing to open", what)
	}
	for _, n := range wanted {
		if n == 0 || int(n) > len(revs) {
			return body, nil, kind.NotFound.Errorf("%s: it has no revision %d, only 1 to %d", what, n, len(revs))
		}
	}
	var texts []store.Text
	for _, rev := range revs {
		if !rev.Logged {
			return body, nil, kind.Unavailable.Errorf("%s: revision %d is on its way into the log; do it again in a moment", what, rev.Number)
		}
		body.Chain = append(body.Chain, register.Link{Index: register.Index(rev.Position), Opening: rev.Opening})
		if len(wanted) > 0 && !slices.Contains(wanted, rev.Number) {
			continue
		}
		body.Revisions = append(body.Revisions, register.OpenedRevision{
			Number: rev.Number, Fields: rev.Revision.Disclose(rev.Revision.Fields()...),
		})
		texts = append(texts, textsOf(rev.Revision)...)
	}
	return body, texts, nil
}

var openAct = act{
	performers: []register.Role{register.RolePress},
	name: func(q store.Request, b register.Body) string {
		return requestName("open", q) + "/" + string(referenceOf(b))
	},
	effect: func(t *turn, q store.Request, b register.Body) error {
		l, err := t.LetterByID(q.Letter)
		if err != nil {
			return err
		}
		if l.Stage == store.Issued || l.Stage == store.Embargoed {
			return kind.Conflict.Errorf("opening %s: it is issued; an issued letter is never shown as a draft", l.Reference)
		}
		o, err := t.Office(q.Office)
		if err != nil {
			return err
		}
		return t.mayOpen(o, "opening "+string(l.Reference), b, q.Texts)
	},
}

// mayOpen refuses drafts whose words the office has issued or disavowed.
func (t *turn) mayOpen(o store.Office, what string, b register.Body, texts []store.Text) error {
	words, err := wordsOf(texts, b)
	if err != nil {
		return err
	}
	if err := t.notIssued(o, what, words); err != nil {
		return err
	}
	return t.notDisavowed(o, what, words)
}
