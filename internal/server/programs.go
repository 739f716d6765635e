package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "chancery.example/internal/api/v1"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	outgoing "chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/internal/store"
	"chancery.example/internal/web"
	"chancery.example/letter"
	"chancery.example/proof"
)

// Outgoing is how the register sends by itself.
type Outgoing struct {
	SMTP         string         `name:"smtp" word:"RELAY" doc:"that mail is given to, such as smtp://user@relay.example:587 or smtps://relay.example; without it there is no mail"`
	SMTPPassword string         `name:"smtp-password-file" word:"FILE" doc:"with the password for the relay"`
	MailFrom     string         `name:"mail-from" word:"ADDRESS" doc:"that mail comes from, such as registry@harbour.example"`
	WebhooksTo   []netip.Prefix `name:"webhooks-to" word:"NETWORK" doc:"(such as 10.1.0.0/16) of one's own that webhooks may go to, at any port and without TLS; can be repeated"`
}

// Relay reads how mail goes out; nil: not at all.
func (o Outgoing) Relay() (*outgoing.SMTP, error) {
	if o.SMTP == "" {
		return nil, nil //nolint:nilnil // no relay is no error
	}
	password := ""
	if o.SMTPPassword != "" {
		raw, err := os.ReadFile(filepath.Clean(o.SMTPPassword))
		if err != nil {
			return nil, kind.Invalid.Errorf("the password for the mail relay: %w", err)
		}
		password = strings.TrimRight(string(raw), "\r\n")
	}
	return outgoing.ParseSMTP(o.SMTP, password, o.MailFrom)
}

// Options are those of the notifier of a register whose pages are at url; people says
// where an officer is written to.
func (o Outgoing) Options(url string, people *staff.Staff) (outgoing.Options, error) {
	relay, err := o.Relay()
	n := outgoing.Options{Address: strings.TrimSuffix(url, "/"), Networks: o.WebhooksTo, Mail: relay}
	if people != nil {
		n.Mailbox = func(ctx context.Context, officeID, officer string) (outgoing.Mailbox, bool) {
			p, err := people.Person(ctx, officeID, officer)
			return outgoing.Mailbox{Name: p.Name, Address: p.Email, Lang: p.Lang}, err == nil && p.Active && p.Email != ""
		}
	}
	return n, err
}

// programs is the office's side of the door for programs, and what it sends.
type programs struct {
	house  *office.Register
	people *staff.Staff
	notify *outgoing.Notifier
	once   *answersKept
	mail   bool // there is a relay
}

// programs opens it where the folder is the office's own and this server publishes;
// elsewhere it is nil, and programs may only read.
func (c Config) programs(ctx context.Context, f folder.Folder, house *office.Register) (_ *programs, err error) {
	if house == nil {
		return nil, nil //nolint:nilnil // a copy to read
	}
	p := &programs{house: house}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if p.people, err = staff.Open(ctx, f, staff.Options{}); err != nil {
		return nil, err
	}
	options, err := c.Outgoing.Options(c.URL, p.people)
	if err != nil {
		return nil, err
	}
	options.Log = c.Log
	p.mail = options.Mail != nil
	if p.notify, err = outgoing.Open(ctx, f, options); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, f.Database())
	if err != nil {
		return nil, err
	}
	p.once = &answersKept{db}
	return p, p.once.begin(ctx)
}

func (p *programs) close() error {
	if p == nil {
		return nil
	}
	var err error
	if p.once != nil {
		err = p.once.db.Close()
	}
	if p.notify != nil {
		err = errors.Join(err, p.notify.Close())
	}
	if p.people != nil {
		err = errors.Join(err, p.people.Close())
	}
	return err
}

// mailer sends the desk's mail to its people; nil: nothing does.
func (p *programs) mailer() staff.Mailer {
	if p == nil || !p.mail {
		return nil
	}
	return p.notify
}

// notifier is what the desk sets webhooks up with; nil where nothing is sent.
func (p *programs) notifier() *outgoing.Notifier {
	if p == nil {
		return nil
	}
	return p.notify
}

// receipts gives the pages the receipts of letters that were mailed.
func (p *programs) receipts(o *web.Options) {
	if p != nil {
		o.Receipts = receiptsOf{p.notify}
	}
}

type receiptsOf struct{ notify *outgoing.Notifier }

// Receipt implements web.Receipts.
func (r receiptsOf) Receipt(ctx context.Context, secret string) (web.Receipt, error) {
	got, err := r.notify.Receipt(ctx, secret)
	return web.Receipt(got), err //nolint:wrapcheck // its sort matters
}

// Confirm implements web.Receipts.
func (r receiptsOf) Confirm(ctx context.Context, secret string) (web.Receipt, error) {
	got, err := r.notify.Confirm(ctx, secret)
	return web.Receipt(got), err //nolint:wrapcheck // its sort matters
}

// sendEvery is how often it is looked whether something is to be sent.
const sendEvery = time.Second

// sending opens the office's side for programs, and sends until stop is called.
func (c Config) sending(ctx context.Context, f folder.Folder, house *office.Register) (p *programs, stop func(), err error) {
	if p, err = c.programs(ctx, f, house); err != nil || p == nil {
		return nil, func() {}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.notify.Run(ctx, sendEvery)
	}()
	return p, func() {
		cancel()
		<-ended
		if err := p.close(); err != nil {
			c.Log.Error("closing what sends", "error", err)
		}
	}, nil
}

// withPrograms puts the door for programs beside the pages.
func (c Config) withPrograms(rest, pages http.Handler, src *Source, p *programs, limits *web.Limits) http.Handler {
	o := v1.Options{Source: src, Check: pages, Take: limits.Take, Log: c.Log}
	if p != nil {
		o.Office, o.Staff, o.Notify, o.Once = p.house, p.people, p.notify, p.once
	}
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	mux.Handle(v1.Base+"/", v1.New(o))
	return mux
}

// answersKept keeps answers under Idempotency-Keys in the office's database.
type answersKept struct{ db *store.DB }

const keptFor = 24 * time.Hour

// begin gives the keys free that a server took which ended before it answered.
func (k *answersKept) begin(ctx context.Context) error {
	return k.db.Update(ctx, func(tx *store.Tx) error { return tx.DropUnanswered() })
}

// Begin implements v1.Kept.
func (k *answersKept) Begin(ctx context.Context, a v1.Answer) (kept v1.Answer, taken bool, err error) {
	err = k.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetOnce(a.At.Add(-keptFor)); err != nil {
			return err
		}
		row, found, err := tx.BeginOnce(store.Once(a))
		kept, taken = v1.Answer(row), found
		return err
	})
	return kept, taken, err
}

// End implements v1.Kept.
func (k *answersKept) End(ctx context.Context, a v1.Answer) error {
	return k.db.Update(ctx, func(tx *store.Tx) error { return tx.EndOnce(store.Once(a)) })
}

// Drop implements v1.Kept.
func (k *answersKept) Drop(ctx context.Context, caller, key string) error {
	return k.db.Update(ctx, func(tx *store.Tx) error { return tx.DropOnce(caller, key) })
}

// Parcel makes of an issued letter what goes to its addressees.
func Parcel(ctx context.Context, house *office.Register, officeID string, ref letter.Ref) (outgoing.Parcel, error) {
	b, err := house.Prove(ctx, officeID, ref)
	if err != nil {
		return outgoing.Parcel{}, err
	}
	raw, err := b.Bytes()
	if err != nil {
		return outgoing.Parcel{}, fmt.Errorf("delivering %s: %w", ref, err)
	}
	r, err := house.Folder().Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return outgoing.Parcel{}, err
	}
	o, ok := r.State.OfficeByID(officeID)
	if !ok {
		return outgoing.Parcel{}, kind.NotFound.Errorf("no office %q in this register", officeID)
	}
	name, _ := o.Name.In("en")
	form, err := house.IssuedForm(ctx, officeID, ref)
	return outgoing.Parcel{Office: officeID, OfficeName: name, Reference: ref, Texts: b.Texts, Proof: raw, Form: form}, err
}
