package office

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/parity"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A ParityFinding is a difference between the languages of a letter, and who
// accepts it.
type ParityFinding struct {
	parity.Finding
	Accepted *Acceptance // nil: nobody
}

// An Acceptance is a reason to leave a difference as it is.
type Acceptance struct {
	By     string
	At     time.Time
	Reason string
}

// Blocks reports whether the finding keeps the letter from being submitted.
func (f ParityFinding) Blocks() bool { return f.Severity == parity.Blocking && f.Accepted == nil }

// A ParityView is how the texts of a letter's draft compare.
type ParityView struct {
	Reference letter.Ref
	Texts     []letter.LangText // that were compared
	Findings  []ParityFinding   // in order of kind and place
}

// Open returns the findings that keep the letter from being submitted.
func (v ParityView) Open() []ParityFinding {
	var out []ParityFinding
	for _, f := range v.Findings {
		if f.Blocks() {
			out = append(out, f)
		}
	}
	return out
}

// Compared reports whether there were two texts to compare. Without findings then
// no difference was found by these checks; it does not say that they agree.
func (v ParityView) Compared() bool { return len(v.Texts) > 1 }

// Parity compares the texts of a letter as they are now: of its draft, or of what
// was issued.
func (r *Register) Parity(ctx context.Context, officeID string, ref letter.Ref) (v ParityView, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		t := r.turn(ctx, tx)
		l, err := t.Letter(officeID, ref)
		if err != nil {
			return err
		}
		v = ParityView{Reference: ref, Texts: l.Draft.Texts}
		v.Findings, err = t.parity(l, l.Draft)
		return err
	})
	return v, err
}

// parity compares the texts of a content of a letter.
func (t *turn) parity(l store.Letter, c letter.Content) ([]ParityFinding, error) {
	if len(c.Texts) < 2 {
		return nil, nil
	}
	g, err := t.glossary(l.Office)
	if err != nil {
		return nil, err
	}
	accepted, err := t.AcceptedParity(l.ID)
	if err != nil {
		return nil, err
	}
	by := map[string]*Acceptance{}
	for _, a := range accepted {
		by[a.Finding] = &Acceptance{By: a.By, At: a.At, Reason: a.Reason}
	}
	var out []ParityFinding
	for _, f := range parity.Compare(c, g) {
		out = append(out, ParityFinding{f, by[f.ID]})
	}
	return out, nil
}

// AcceptParity leaves a difference as it is, with a reason that goes into the
// journal under the name of who gives it and is shown to those who approve the
// letter. It holds for the words of the paragraphs that the finding is about: when
// they change the finding is another one. It takes the drafter, the issuing clerk
// or an approver.
func (r *Register) AcceptParity(ctx context.Context, officeID, by string, ref letter.Ref, findingID, reason string) error {
	what := "accepting a difference in " + string(ref)
	return r.act(ctx, func(t *turn) error {
		o, l, err := t.unissued(officeID, ref, "accepting a difference in")
		if err != nil {
			return err
		}
		if _, err := t.may(o, by, what, register.RoleDrafter, register.RoleClerk, register.RoleApprover); err != nil {
			return err
		}
		if err := checkReason(reason, what); err != nil {
			return err
		}
		fs, err := t.parity(l, l.Draft)
		if err != nil {
			return err
		}
		for _, f := range fs {
			if f.ID != findingID {
				continue
			}
			if err := t.Tx.AcceptParity(l.ID, store.Accepted{Finding: f.ID, Reason: reason, By: by, At: t.now}); err != nil {
				return err
			}
			return t.note(o.ID, by, "accept difference", fmt.Sprintf("%s (%s): %s", f.ID, f.Kind, reason), l.ID)
		}
		return kind.NotFound.Errorf("%s: its texts have no difference %q now; \"chancery parity %s/%s\" lists them", what, findingID, officeID, ref)
	})
}

// glossary returns an office's glossary, empty when it has none.
func (t *turn) glossary(officeID string) (parity.Glossary, error) {
	raw, err := t.Tx.Glossary(officeID)
	if err != nil || raw == "" {
		return parity.Glossary{}, err
	}
	var g parity.Glossary
	if err := json.Unmarshal([]byte(raw), &g); err != nil {
		return g, fmt.Errorf("reading the glossary of %s: %w", officeID, err)
	}
	return g, nil
}
