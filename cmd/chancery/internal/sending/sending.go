// Package sending is what "chancery webhook" and "chancery deliver" do: where an
// office's public events are sent, and issued letters by mail to their addressees.
package sending

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/internal/server"
	"chancery.example/letter"
)

// A Call is one run of a command: its words and its flags.
type Call struct {
	Args         []string
	Dir, By, URL string
	Events       []string
	Scheme, Note string
	To           []string // NAME=ADDRESS
	Lang         string
	server.Outgoing
	Out io.Writer
}

// A UsageError is a call that was typed wrong.
type UsageError struct{ error }

func usage(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

func (p *Call) say(format string, args ...any) { _, _ = fmt.Fprintf(p.Out, format+"\n", args...) }

// acts are the words after "webhook", with how many words follow each.
var acts = map[string]struct {
	words int
	do    func(*Call, context.Context, *notify.Notifier) error
}{
	"add": {2, (*Call).add}, "list": {1, (*Call).list}, "remove": {2, (*Call).remove}, "enable": {2, (*Call).enable}, "test": {2, (*Call).test},
	"deliveries": {2, (*Call).deliveries}, "key": {0, (*Call).key},
}

// Webhook does what the words after "webhook" say.
func (p *Call) Webhook(ctx context.Context) error {
	if len(p.Args) == 0 {
		return usage("want add, list, remove, enable, test, deliveries or key")
	}
	act, ok := acts[p.Args[0]]
	if !ok {
		return usage("want add, list, remove, enable, test, deliveries or key, not %q", p.Args[0])
	}
	if len(p.Args) != 1+act.words {
		return usage("%s: want an office, and an address or the name of a webhook: see the examples", p.Args[0])
	}
	n, err := p.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(act.do(p, ctx, n), n.Close())
}

func (p *Call) open(ctx context.Context) (*notify.Notifier, error) {
	f, err := folder.Open(p.Dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(f.Database()); err != nil {
		return nil, kind.NotFound.Errorf("register %s is a copy to read and check; only the office's own folder sends", p.Dir)
	}
	o, err := p.Outgoing.Options(p.URL, nil)
	if err != nil {
		return nil, err
	}
	return notify.Open(ctx, f, o)
}

func (p *Call) by() string { return cmp.Or(p.By, "operator") }

func (p *Call) add(ctx context.Context, n *notify.Notifier) error {
	w, secret, err := n.Subscribe(ctx, p.Args[1], p.by(), notify.Subscription{URL: p.Args[2], Events: p.Events, Scheme: notify.Scheme(p.Scheme), Note: p.Note})
	if err != nil {
		return err
	}
	p.say("%s gets the public events of %s from now on", w.ID, w.Office)
	if secret != "" {
		p.say("its secret, shown this once: %s", secret)
		return nil
	}
	key, err := n.PublicKey()
	if err != nil {
		return err
	}
	p.say("messages are signed with the register's own key: %s", key)
	return nil
}

func (p *Call) list(ctx context.Context, n *notify.Notifier) error {
	all, err := n.Webhooks(ctx, p.Args[1])
	if err != nil {
		return err
	}
	if len(all) == 0 {
		p.say("%s has no webhooks", p.Args[1])
	}
	for _, w := range all {
		state, events := "in use", "all events"
		if w.Disabled != "" {
			state = "off: " + w.Disabled
		}
		if len(w.Events) > 0 {
			events = strings.Join(w.Events, ", ")
		}
		p.say("%s  %s  %s  %s  %s %s", w.ID, plain.Safe(w.URL), w.Scheme, state, events, plain.Safe(w.Note))
	}
	return nil
}

func (p *Call) remove(ctx context.Context, n *notify.Notifier) error {
	if err := n.Unsubscribe(ctx, p.Args[1], p.by(), p.Args[2]); err != nil {
		return err
	}
	p.say("removed; what was still on its way there is not sent")
	return nil
}

func (p *Call) enable(ctx context.Context, n *notify.Notifier) error {
	if err := n.Enable(ctx, p.Args[1], p.by(), p.Args[2]); err != nil {
		return err
	}
	p.say("in use; what happened while it was off is not sent")
	return nil
}

func (p *Call) test(ctx context.Context, n *notify.Notifier) error {
	d, err := n.Try(ctx, p.Args[1], p.by(), p.Args[2])
	if err != nil {
		return err
	}
	if d.State != notify.Done {
		return kind.Unavailable.Errorf("the test message did not get through: %s", plain.Safe(d.Problem))
	}
	p.say("taken, with status %d", d.Status)
	return nil
}

const shown = 50 // deliveries

func (p *Call) deliveries(ctx context.Context, n *notify.Notifier) error {
	all, err := n.Deliveries(ctx, p.Args[1], p.Args[2], 0, shown)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		p.say("nothing was sent there yet")
	}
	for _, d := range all {
		line := fmt.Sprintf("%s  %s  %s after %d attempts", d.Message.ID, d.Message.Type, d.State, d.Attempts)
		if d.State == notify.Waiting {
			line += ", next at " + d.NextAt.Format(time.RFC3339)
		}
		if d.Problem != "" {
			line += ": " + plain.Safe(d.Problem)
		}
		p.say("%s", line)
	}
	return nil
}

func (p *Call) key(_ context.Context, n *notify.Notifier) error {
	key, err := n.PublicKey()
	if err == nil {
		p.say("%s", key)
	}
	return err
}

// Deliver sends an issued letter, named OFFICE/REFERENCE, to the addressees of the
// flags; without any it says to whom it was sent.
func (p *Call) Deliver(ctx context.Context) error {
	if len(p.Args) != 1 {
		return usage("want one letter, such as harbour/HC-2026-0012")
	}
	officeID, name, ok := strings.Cut(p.Args[0], "/")
	ref, err := letter.ParseRef(name)
	if !ok || err != nil {
		return usage("%q: want OFFICE/REFERENCE, such as harbour/HC-2026-0012", p.Args[0])
	}
	var to []notify.Addressee
	for _, s := range p.To {
		who, address, ok := strings.Cut(s, "=")
		if !ok {
			return usage("--to %q: want NAME=ADDRESS, such as \"The Master=master@lock.example\"", s)
		}
		to = append(to, notify.Addressee{Name: who, Address: address, Lang: letter.Lang(p.Lang)})
	}
	n, err := p.open(ctx)
	if err != nil {
		return err
	}
	if len(to) == 0 {
		err = p.sent(ctx, n, officeID, ref)
	} else {
		err = p.deliver(ctx, n, officeID, ref, to)
	}
	return errors.Join(err, n.Close())
}

func (p *Call) deliver(ctx context.Context, n *notify.Notifier, officeID string, ref letter.Ref, to []notify.Addressee) (err error) {
	house, err := office.Open(ctx, p.Dir, office.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, house.Close()) }()
	parcel, err := server.Parcel(ctx, house, officeID, ref)
	if err != nil {
		return err
	}
	ds, err := n.Dispatch(ctx, p.by(), parcel, to)
	if err != nil {
		return err
	}
	if ds, err = n.Send(ctx, ds); err != nil {
		return err
	}
	p.print(ds)
	return nil
}

func (p *Call) sent(ctx context.Context, n *notify.Notifier, officeID string, ref letter.Ref) error {
	ds, err := n.Dispatches(ctx, officeID, ref)
	if err != nil {
		return err
	}
	if len(ds) == 0 {
		p.say("%s was sent to nobody by mail", ref)
	}
	p.print(ds)
	return nil
}

func (p *Call) print(ds []notify.Dispatch) {
	for _, d := range ds {
		line := map[bool]string{true: "received, as the addressee says, at " + d.ReceivedAt.Format(time.RFC3339)}[!d.ReceivedAt.IsZero()]
		switch {
		case line != "":
		case d.State == notify.Done:
			line = "sent; the addressee has not said that it arrived"
		case d.State == notify.Failed:
			line = "given up: " + plain.Safe(d.Problem)
		case d.Problem != "":
			line = "not sent yet, and tried again by \"chancery serve --publish\": " + plain.Safe(d.Problem)
		default:
			line = "on its way"
		}
		p.say("%s <%s>: %s", plain.Safe(d.Addressee), d.Recipient, line)
	}
}
