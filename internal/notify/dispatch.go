package notify

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
)

// A Parcel is an issued letter as it goes to its addressees: its texts, the PDF that it
// was issued as if there is one, and the proof under a signed head, with which each of
// them can check it offline.
type Parcel struct {
	Office     string
	OfficeName string
	Reference  letter.Ref
	Texts      []letter.LangText
	Proof      []byte
	Form       []byte // the PDF that it was issued as; nil when there is none
}

// An Addressee is who gets a letter, and where.
type Addressee struct {
	Name    string
	Address string
	Lang    letter.Lang // of the words around it; both languages when ""
}

// mostAddressees is to how many one act of delivery sends.
const mostAddressees = 200

// Dispatch puts an issued letter on its way to some addressees. Each gets a receipt's
// address of their own.
func (n *Notifier) Dispatch(ctx context.Context, by string, p Parcel, to []Addressee) ([]store.Dispatch, error) {
	if n.opts.Address == "" {
		return nil, kind.Unavailable.Errorf("delivering %s: where are the register's pages? give --url, for the receipt that the addressee confirms", p.Reference)
	}
	if len(to) == 0 || len(to) > mostAddressees {
		return nil, kind.Invalid.Errorf("delivering %s: %d addressees; name 1 to %d", p.Reference, len(to), mostAddressees)
	}
	var mails []store.Mail
	var out []store.Dispatch
	for _, a := range to {
		m, d, err := n.parcel(by, p, a)
		if err != nil {
			return nil, fmt.Errorf("delivering %s to %q: %w", p.Reference, a.Name, err)
		}
		mails, out = append(mails, m), append(out, d)
	}
	err := n.db.Update(ctx, func(tx *store.Tx) error {
		l, err := tx.Letter(p.Office, p.Reference)
		if err != nil {
			return err
		}
		if l.Stage != store.Issued {
			return kind.Conflict.Errorf("delivering %s: it is in %s, and only issued letters are delivered; copies of drafts go out with \"chancery circulate\"", p.Reference, l.Stage)
		}
		for i := range mails {
			if err := tx.AddMail(&mails[i]); err != nil {
				return err
			}
			out[i].Mail, out[i].State = mails[i].ID, store.SendWaiting
			if err := tx.AddDispatch(&out[i]); err != nil {
				return err
			}
		}
		return tx.AddNote(store.Note{At: n.now(), Office: p.Office, Letter: l.ID, Actor: by, Act: "deliver", Text: fmt.Sprintf("to %d addressees", len(out))})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// parcel makes the mail to one addressee.
func (n *Notifier) parcel(by string, p Parcel, a Addressee) (store.Mail, store.Dispatch, error) {
	if !utf8.ValidString(a.Name) || oneLine(a.Name, "the addressee") != nil {
		return store.Mail{}, store.Dispatch{}, kind.Invalid.Errorf("the addressee's name is one line of at most %d bytes", longestSubject)
	}
	var secret [16]byte // 128 bits
	if err := n.draw(secret[:]); err != nil {
		return store.Mail{}, store.Dispatch{}, err
	}
	word := base64.RawURLEncoding.EncodeToString(secret[:])
	m := message{to: a.Address, subject: parcelSubject(p, a), text: parcelWords(n, p, a, n.opts.Address+ReceiptPath+word)}
	stem := strings.ReplaceAll(string(p.Reference), "/", "-")
	for _, t := range p.Texts {
		m.attachments = append(m.attachments, attachment{stem + "." + string(t.Lang) + ".txt", "text/plain; charset=utf-8", []byte(t.Text.String())})
	}
	if p.Form != nil {
		m.attachments = append(m.attachments, attachment{stem + ".pdf", "application/pdf", p.Form})
	}
	m.attachments = append(m.attachments, attachment{stem + proof.Extension, proof.MediaType, p.Proof})
	mail, err := n.compose(p.Office, m)
	return mail, store.Dispatch{
		Office: p.Office, Reference: p.Reference, Addressee: a.Name, Recipient: mail.Recipient, Secret: sha256.Sum256([]byte(word)), SentBy: by, MadeAt: n.now(),
	}, err
}

// ReceiptPath is under which addresses receipts are confirmed.
const ReceiptPath = "/receipt/"

func parcelSubject(p Parcel, a Addressee) string {
	if arabic(a.Lang) {
		return fmt.Sprintf("كتاب من %s: %s", p.OfficeName, p.Reference)
	}
	return fmt.Sprintf("Letter from %s: %s", p.OfficeName, p.Reference)
}

func parcelWords(n *Notifier, p Parcel, a Addressee, receipt string) string {
	var parts []string
	if !arabic(a.Lang) {
		parts = append(parts, fmt.Sprintf(`%s sends you its letter %s. The text is attached, and a proof file with it.

Please say that it arrived (you see the letter's name and one button):
%s

To check where the letter stands, now or in ten years:
%s

The proof file shows, without asking us, that the letter was issued and by whom it was approved ("chancery verify", or the page above).
This mail itself proves nothing: check the text.
`, p.OfficeName, p.Reference, receipt, n.letterURL(p.Office, p.Reference)))
	}
	if arabic(a.Lang) || a.Lang == "" {
		parts = append(parts, fmt.Sprintf(`يرسل إليك %s كتابه %s. النص مرفق، ومعه ملف إثبات.

نرجو أن تؤكد وصوله (ترى اسم الكتاب وزرًا واحدًا):
%s

لمعرفة حال الكتاب، الآن أو بعد عشر سنوات:
%s

يبيّن ملف الإثبات، من غير سؤالنا، أن الكتاب صدر ومن وافق عليه.
هذه الرسالة بذاتها لا تثبت شيئًا: تحقق من النص.
`, p.OfficeName, p.Reference, receipt, n.letterURL(p.Office, p.Reference)))
	}
	return strings.Join(parts, "\n--\n\n")
}

// Dispatches returns to whom a letter of an office was sent, the oldest first.
func (n *Notifier) Dispatches(ctx context.Context, officeID string, ref letter.Ref) (out []store.Dispatch, err error) {
	err = n.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Letter(officeID, ref); err != nil {
			return err
		}
		out, err = tx.Dispatches(officeID, ref)
		return err
	})
	return out, err
}

// Send tries at once what was just put on its way, and returns how each stands. What
// does not go through now is tried again by who runs the notifier.
func (n *Notifier) Send(ctx context.Context, dispatches []store.Dispatch) ([]store.Dispatch, error) {
	if n.opts.Mail == nil {
		return dispatches, nil
	}
	if !n.begin(theMail) { // the sender that runs beside has them
		return dispatches, nil
	}
	defer n.end(theMail)
	for i, d := range dispatches {
		var m store.Mail
		err := n.db.View(ctx, func(tx *store.Tx) (err error) { m, err = tx.Mail(d.Mail); return err })
		if err == nil && m.State == store.SendWaiting {
			m, err = n.sendMail(ctx, m)
		}
		if err != nil {
			return dispatches, err
		}
		dispatches[i].State, dispatches[i].Attempts, dispatches[i].Problem = m.State, m.Attempts, m.Problem
	}
	return dispatches, nil
}

// A Receipt is what the holder of a receipt's address sees.
type Receipt struct {
	Office     string
	Reference  letter.Ref
	Addressee  string
	SentAt     time.Time
	ReceivedAt time.Time // zero: not yet
}

// Receipt returns the receipt that has a secret.
func (n *Notifier) Receipt(ctx context.Context, secret string) (Receipt, error) {
	var d store.Dispatch
	err := n.db.View(ctx, func(tx *store.Tx) (err error) { d, err = bySecret(tx, secret); return err })
	return Receipt{d.Office, d.Reference, d.Addressee, d.MadeAt, d.ReceivedAt}, err
}

// Confirm records that the addressee has the letter; the first time counts.
func (n *Notifier) Confirm(ctx context.Context, secret string) (Receipt, error) {
	var d store.Dispatch
	err := n.db.Update(ctx, func(tx *store.Tx) (err error) {
		if d, err = bySecret(tx, secret); err != nil || !d.ReceivedAt.IsZero() {
			return err
		}
		d.ReceivedAt = n.now()
		l, err := tx.Letter(d.Office, d.Reference)
		return errors.Join(err, tx.SetReceived(d.ID, d.ReceivedAt),
			tx.AddNote(store.Note{At: n.now(), Office: d.Office, Letter: l.ID, Actor: "addressee", Act: "receipt", Text: d.Addressee}))
	})
	return Receipt{d.Office, d.Reference, d.Addressee, d.MadeAt, d.ReceivedAt}, err
}

// bySecret finds a receipt. Only the digest of a secret is kept, so the search tells
// nothing by its time.
func bySecret(tx *store.Tx, secret string) (store.Dispatch, error) {
	if raw, err := base64.RawURLEncoding.DecodeString(secret); err != nil || len(raw) != 16 || base64.RawURLEncoding.EncodeToString(raw) != secret {
		return store.Dispatch{}, errNoReceipt
	}
	d, found, err := tx.DispatchBy(sha256.Sum256([]byte(secret)))
	if err == nil && !found {
		return d, errNoReceipt
	}
	return d, err
}

var errNoReceipt = kind.NotFound.Errorf("no receipt has this address; is it complete?")
