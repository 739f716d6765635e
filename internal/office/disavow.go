package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Forgery is a paper that an office says is not its own.
type Forgery struct {
	Texts     []letter.LangText
	Files     []letter.Hash // SHA-256 of whole files
	Regarding []register.Target
}

// ProposeDisavow asks for the approvals of an office's word that a text or file
// is not its own. It refuses the office's own issued or opened words: the record
// would contradict itself.
func (r *Register) ProposeDisavow(ctx context.Context, officeID, by string, f Forgery, reason register.Words) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		what := "disavowing"
		if _, err := t.may(o, by, what, register.RolePress); err != nil {
			return proposal{}, err
		}
		if len(f.Texts) == 0 && len(f.Files) == 0 {
			return proposal{}, kind.Invalid.Errorf("disavowing: say what; give the text of the paper, or its file")
		}
		if err := t.notOwn(o, what, f.Texts); err != nil {
			return proposal{}, err
		}
		body := register.Disavow{Files: f.Files, Reason: reason, Regarding: f.Regarding}
		var texts []store.Text
		if len(f.Texts) > 0 {
			var err error
			if body.Texts, texts, err = t.leaves(f.Texts, what); err != nil {
				return proposal{}, err
			}
		}
		return proposal{by: by, subject: register.OfficeSubject(register.Office(o.URI)), texts: texts,
			body: func(a register.Approvals) register.Body { body.Approvals = a; return body }}, nil
	})
}

var disavowAct = act{
	performers: []register.Role{register.RolePress},
	name:       func(q store.Request, _ register.Body) string { return requestName("disavow", q) },
	effect: func(t *turn, q store.Request, b register.Body) error {
		o, err := t.Office(q.Office)
		if err != nil {
			return err
		}
		texts, err := wordsOf(q.Texts, b)
		if err != nil {
			return fmt.Errorf("request %d: %w", q.ID, err)
		}
		return t.notOwn(o, "disavowing", texts) // they may have become so meanwhile
	},
}
