package office

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// Answers is to whom a sealed revision says that it is a draft. Only the office's
// node knows it: nothing of it is logged.
type Answers = store.Answers

// What a sealed revision answers.
const (
	Silent = store.Silent // what an unknown text gets
	ByCode = store.ByCode // likewise; but copies outside the house carry the opening, as a code
	OnCopy = store.OnCopy // with that code, and to who presents most of its words
)

// A RevisionAnswers says what one sealed revision of a letter answers.
type RevisionAnswers struct {
	Revision uint32
	Answers  Answers
}

// SetAnswers sets what a sealed revision answers, all of the letter's when
// revision is 0. It takes the issuing clerk or the press officer and is noted in
// the journal.
func (r *Register) SetAnswers(ctx context.Context, officeID, by string, ref letter.Ref, revision uint32, a Answers) error {
	return r.act(ctx, func(t *turn) error {
		what := "setting what drafts of " + string(ref) + " answer"
		if a == "" {
			return kind.Invalid.Errorf("%s: want %s, %s or %s", what, Silent, ByCode, OnCopy)
		}
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		if _, err := t.may(o, by, what, register.RoleClerk, register.RolePress); err != nil {
			return err
		}
		l, err := t.Letter(officeID, ref)
		if err != nil {
			return err
		}
		revs, err := t.Revisions(l.ID)
		if err != nil {
			return err
		}
		if len(revs) == 0 || int(revision) > len(revs) {
			return kind.NotFound.Errorf("%s: it has %d sealed revisions; \"chancery seal\" makes one", what, len(revs))
		}
		for _, rev := range revs {
			if revision != 0 && rev.Number != revision {
				continue
			}
			if err := t.answer(o, l, rev.Number, by, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// answer sets what a revision answers and notes it; "" changes nothing.
func (t *turn) answer(o store.Office, l store.Letter, revision uint32, by string, a Answers) error {
	if a == "" {
		return nil
	}
	if a != Silent && a != ByCode && a != OnCopy {
		return kind.Invalid.Errorf("what drafts of %s answer: %q: want %s, %s or %s", l.Reference, a, Silent, ByCode, OnCopy)
	}
	if err := t.Tx.SetAnswers(l.ID, revision, a); err != nil {
		return err
	}
	return t.note(o.ID, by, "answers", fmt.Sprintf("revision %d: %s", revision, a), l.ID)
}

// AnswersOf returns what the sealed revisions of a letter answer, in order.
func (r *Register) AnswersOf(ctx context.Context, officeID string, ref letter.Ref) (out []RevisionAnswers, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Letter(officeID, ref)
		if err != nil {
			return err
		}
		revs, err := tx.Revisions(l.ID)
		for _, rev := range revs {
			out = append(out, RevisionAnswers{rev.Number, rev.Answers})
		}
		return err
	})
	return out, err
}

// A SealedDraft is a sealed revision that answers, with what the holder of a copy
// is told beside its words.
type SealedDraft struct {
	Letter   string // names the letter within this folder
	Revision uint32
	Office   register.Office
	Held     register.HeldDraft
	Texts    []letter.LangText
}

// DraftsOnCopy reads the sealed revisions that answer, silent ones not at all, and
// leaves no trace in the folder. stamp says which they are: when it is still what
// known says, they are not read again.
func DraftsOnCopy(ctx context.Context, f folder.Folder, known string) (drafts []SealedDraft, stamp string, err error) {
	db, err := store.OpenReadOnly(ctx, f.Database())
	if err != nil {
		return nil, known, fmt.Errorf("reading sealed drafts: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.View(ctx, func(tx *store.Tx) error {
		if stamp, err = tx.OnCopyStamp(); err != nil || stamp == known {
			return err
		}
		revs, err := tx.RevisionsOnCopy()
		for _, rev := range revs {
			drafts = append(drafts, SealedDraft{
				Letter: strconv.FormatInt(rev.Letter, 10), Revision: rev.Number, Office: register.Office(rev.Opening.Office),
				Held: heldBy(register.Index(rev.Position), rev), Texts: rev.Revision.Content().Texts,
			})
		}
		return err
	})
	return drafts, stamp, err
}
