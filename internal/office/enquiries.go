package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// Enquiries returns the questions of readers to an office: the open ones, the
// oldest first, then at most 200 that ended, the newest first.
func (r *Register) Enquiries(ctx context.Context, officeID string) (out []Enquiry, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		rows, err := tx.Enquiries(officeID)
		for _, e := range rows {
			out = append(out, enquiryOf(e))
		}
		return err
	})
	return out, err
}

// Enquiry returns one question of a reader to an office.
func (r *Register) Enquiry(ctx context.Context, officeID string, id int64) (out Enquiry, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		e, err := tx.Enquiry(officeID, id)
		out = enquiryOf(e)
		return err
	})
	return out, err
}

// AnswerEnquiry answers a question with a statement or a disavowal of the office
// that is in the log: the reader is shown it, and how long it took. It takes the
// press officer or the issuing clerk.
func (r *Register) AnswerEnquiry(ctx context.Context, officeID, by string, id int64, entry register.Index) error {
	what := fmt.Sprintf("answering enquiry %d", id)
	return r.act(ctx, func(t *turn) error {
		o, err := t.openEnquiry(officeID, by, id, what)
		if err != nil {
			return err
		}
		i, found, err := t.IntentAt(entry)
		if err != nil {
			return err
		}
		if !found || i.Office != o.ID || i.Kind != register.KindStatement && i.Kind != register.KindDisavow {
			return kind.NotFound.Errorf("%s: entry %d is no statement or disavowal of %s; make one first (chancery say, chancery disavow)", what, entry, o.ID)
		}
		switch _, gone, err := t.IntentNamed(retractName(o.ID, register.LeafHash(i.Entry))); {
		case err != nil:
			return err
		case gone:
			return kind.Conflict.Errorf("%s: entry %d was taken back; answer with one that stands", what, entry)
		}
		if err := t.EndEnquiry(id, EnquiryAnswered, entry, "", by, t.now); err != nil {
			return err
		}
		return t.note(o.ID, by, "answer enquiry", fmt.Sprintf("%d: entry %d", id, entry), 0)
	})
}

// DismissEnquiry ends a question without a statement. The reason, at most 4,000
// bytes, is shown to the reader who asked and to nobody else outside.
func (r *Register) DismissEnquiry(ctx context.Context, officeID, by string, id int64, reason string) error {
	what := fmt.Sprintf("dismissing enquiry %d", id)
	return r.act(ctx, func(t *turn) error {
		o, err := t.openEnquiry(officeID, by, id, what)
		if err != nil {
			return err
		}
		if err := checkReason(reason, what); err != nil {
			return err
		}
		if err := t.EndEnquiry(id, EnquiryDismissed, 0, reason, by, t.now); err != nil {
			return err
		}
		return t.note(o.ID, by, "dismiss enquiry", fmt.Sprintf("%d: %s", id, reason), 0)
	})
}

// openEnquiry returns the office of a question that is open, to who may end it.
func (t *turn) openEnquiry(officeID, by string, id int64, what string) (store.Office, error) {
	o, err := t.Office(officeID)
	if err != nil {
		return o, err
	}
	e, err := t.Enquiry(officeID, id)
	if err != nil {
		return o, err
	}
	if _, err := t.may(o, by, what, register.RolePress, register.RoleClerk); err != nil {
		return o, err
	}
	if e.State != EnquiryOpen {
		return o, kind.Conflict.Errorf("%s: it is %s already, by %s", what, e.State, e.EndedBy)
	}
	return o, nil
}

// ForgetEnquirers empties the addresses and texts that readers left in questions
// which ended more than ForgetAfter ago, of all offices, and returns in how many.
// Run does it every hour.
func (r *Register) ForgetEnquirers(ctx context.Context) (n int64, err error) {
	err = r.db.Update(ctx, func(tx *store.Tx) error {
		n, err = tx.ForgetEnquirers(r.Now().Add(-ForgetAfter))
		return err
	})
	return n, err
}
