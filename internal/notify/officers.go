package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// mailsAbout makes the mail that a line of the journal is a reason for: to the
// officer in whose name something was approved, so that who lost a key learns of it
// (lifecycle, "Approvals"), and to those who answer the press about a new enquiry.
func (n *Notifier) mailsAbout(ctx context.Context, note store.Note) ([]store.Mail, error) {
	if n.opts.Mail == nil || n.opts.Mailbox == nil {
		return nil, nil
	}
	switch note.Act {
	case "approve":
		box, ok := n.opts.Mailbox(ctx, note.Office, note.Actor)
		if !ok {
			return nil, nil
		}
		q, err := n.request(ctx, note)
		if err != nil {
			return nil, err
		}
		subject, text := approvalWords(box, note, q)
		return n.composed(note.Office, box, subject, text)
	case "enquire":
		officers, err := n.press(ctx, note.Office)
		if err != nil {
			return nil, err
		}
		var out []store.Mail
		for _, id := range officers {
			box, ok := n.opts.Mailbox(ctx, note.Office, id)
			if !ok {
				continue
			}
			subject, text := enquiryWords(box, note)
			mails, err := n.composed(note.Office, box, subject, text)
			if err != nil {
				return nil, err
			}
			out = append(out, mails...)
		}
		return out, nil
	}
	return nil, nil
}

// composed is one mail, or none when the address on file is no address: what is wrong
// with it must not stop the others.
func (n *Notifier) composed(officeID string, box Mailbox, subject, text string) ([]store.Mail, error) {
	m, err := n.compose(officeID, message{to: box.Address, subject: subject, text: text})
	if kind.Of(err) == kind.Invalid {
		n.opts.Log.Warn("an officer cannot be written to", "office", officeID, "error", err)
		return nil, nil
	}
	return []store.Mail{m}, err
}

// request returns the request that a line of the journal names, zero when it names
// none.
func (n *Notifier) request(ctx context.Context, note store.Note) (q store.Request, err error) {
	var id int64
	if _, err := fmt.Sscanf(note.Text, "request %d", &id); err != nil {
		return q, nil //nolint:nilerr // it names none
	}
	err = n.db.View(ctx, func(tx *store.Tx) error { q, err = tx.Request(id); return err })
	if kind.Of(err) == kind.NotFound {
		return store.Request{}, nil
	}
	return q, err
}

// press returns the officers who speak to the press, by the policy in force.
func (n *Notifier) press(ctx context.Context, officeID string) (out []string, err error) {
	err = n.db.View(ctx, func(tx *store.Tx) error {
		i, err := tx.NewestIntent(officeID, register.KindPolicy)
		if err != nil {
			return err
		}
		body, err := register.DecodeBody(i.Kind, i.Body)
		if err != nil {
			return fmt.Errorf("policy of %s: %w", officeID, err)
		}
		p, _ := body.(register.Policy)
		for _, o := range p.Officers {
			if o.Holds(register.RolePress) {
				out = append(out, o.ID)
			}
		}
		return nil
	})
	return out, err
}

func arabic(l letter.Lang) bool { return l == "ar" }

func approvalWords(box Mailbox, note store.Note, q store.Request) (subject, text string) {
	at := note.At.UTC().Format("2006-01-02 15:04 UTC")
	if arabic(box.Lang) {
		return fmt.Sprintf("سُجّلت موافقة باسمك (الطلب %d)", q.ID), strings.Join([]string{
			fmt.Sprintf("سُجّلت موافقة باسمك في %s.", at), "",
			fmt.Sprintf("الطلب: %d", q.ID), fmt.Sprintf("الإجراء: %s", q.Kind), fmt.Sprintf("المكتب: %s", note.Office), "",
			"إذا لم تكن أنت من وافق فأبلغ زملاءك الآن، واطلب إلغاء مفتاحك.",
		}, "\n")
	}
	return fmt.Sprintf("An approval was recorded in your name (request %d)", q.ID), strings.Join([]string{
		fmt.Sprintf("An approval was recorded in your name on %s.", at), "",
		fmt.Sprintf("Request: %d", q.ID), fmt.Sprintf("Act: %s", q.Kind), fmt.Sprintf("Office: %s", note.Office), "",
		"If this was not you, tell your colleagues now, and have your key taken out of the policy.",
	}, "\n")
}

func enquiryWords(box Mailbox, note store.Note) (subject, text string) {
	at := note.At.UTC().Format(time.RFC3339)
	if arabic(box.Lang) {
		return "سؤال جديد من قارئ", fmt.Sprintf("سأل قارئ مكتب %s عن ورقة ليست في السجل (%s).\n\nالسؤال بانتظارك في لوحة العمل.\n", note.Office, at)
	}
	return "A reader asks about a paper", fmt.Sprintf("A reader asks the office %s about a paper that is not on record (%s).\n\nThe enquiry waits at the desk.\n", note.Office, at)
}
