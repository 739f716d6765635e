package office

import (
	"context"
	"fmt"
	"slices"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// ReviseText changes the text of one language of a draft and says why; a language
// that the letter does not have yet is added. A translator may do so in their own
// languages and nothing else, a drafter in every language. What it undoes is what
// Revise undoes. Each of unless is asked about the draft as it is now, in the
// transaction that changes it, and may refuse: somebody else may have been quicker.
func (r *Register) ReviseText(ctx context.Context, officeID string, by By, ref letter.Ref, lang letter.Lang, text letter.Text, why string, unless ...func(now letter.Content) error) error {
	what := fmt.Sprintf("revising the %s text of %s", lang, ref)
	return r.act(ctx, func(t *turn) error {
		o, l, err := t.unissued(officeID, ref, "revising")
		if err != nil {
			return err
		}
		if err := t.mayAs(o, by, what, RoleTranslator, register.RoleDrafter); err != nil {
			return err
		}
		if _, drafter := t.may(o, by.ID, what, register.RoleDrafter); drafter != nil && !slices.Contains(by.Langs, lang) {
			return kind.Forbidden.Errorf("%s: a translator changes the texts in their own languages, and %s has %v; ask the drafter", what, by.ID, by.Langs)
		}
		for _, refuse := range unless {
			if err := refuse(l.Draft); err != nil {
				return err
			}
		}
		c := l.Draft
		c.Texts = slices.DeleteFunc(slices.Clone(c.Texts), func(x letter.LangText) bool { return x.Lang == lang })
		c.Texts = append(c.Texts, letter.LangText{Lang: lang, Text: text})
		slices.SortFunc(c.Texts, func(a, b letter.LangText) int { return compareLangs(a.Lang, b.Lang) })
		return t.revise(o, l, c, by.ID, why)
	})
}

func compareLangs(a, b letter.Lang) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// revise replaces the draft of a letter. All approvals under way are void, and
// clearances about what changed no longer count; the journal says which.
func (t *turn) revise(o store.Office, l store.Letter, c letter.Content, by, why string) error {
	if c.Reference != l.Reference {
		return kind.Invalid.Errorf("revising %s: a letter keeps its reference; start a new letter for %s", l.Reference, c.Reference)
	}
	if err := sealable(c); err != nil {
		return fmt.Errorf("revising %s: %w", l.Reference, err)
	}
	before, err := t.clearances(l)
	if err != nil {
		return err
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
	if err := t.note(o.ID, by, "revise", why, l.ID); err != nil {
		return err
	}
	return t.noteVoid(o, l, c, by, before)
}

// noteVoid writes into the journal which clearances no longer count.
func (t *turn) noteVoid(o store.Office, l store.Letter, c letter.Content, by string, before []Clearance) error {
	if len(before) == 0 {
		return nil
	}
	l.Draft = c
	after, err := t.clearances(l)
	if err != nil {
		return err
	}
	for i, x := range after {
		if x.State == ClearanceVoid && before[i].State != ClearanceVoid && !x.AskedAgain {
			text := fmt.Sprintf("%d of %s: %s changed", x.ID, x.Of, fieldList(x.Changed))
			if err := t.note(o.ID, by, "clearance void", text, l.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
