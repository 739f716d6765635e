package v1

import (
	"context"
	"fmt"

	"chancery.example/internal/notify"
	"chancery.example/letter"
)

func webhookOf(w notify.Webhook, secret string) Webhook {
	return Webhook{
		ID: w.ID, URL: w.URL, Events: some(w.Events), Scheme: w.Scheme, Note: w.Note, CreatedBy: w.CreatedBy, CreatedAt: w.CreatedAt,
		SucceededAt: later(w.SucceededAt), Disabled: w.Disabled, Secret: secret,
	}
}

func (c *call) webhooks() (any, error) {
	all, err := c.api.Notify.Webhooks(c.Context(), c.token.Office)
	out := Webhooks{[]Webhook{}}
	for _, w := range all {
		out.Webhooks = append(out.Webhooks, webhookOf(w, ""))
	}
	return out, err
}

func (c *call) webhook() (any, error) {
	w, err := c.api.Notify.Webhook(c.Context(), c.token.Office, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return webhookOf(w, ""), nil
}

func (c *call) webhookKey() (any, error) {
	k, err := c.api.Notify.PublicKey()
	return PublicKey{k}, err
}

func (c *call) subscribe(v Subscribing) (any, error) {
	w, secret, err := c.api.Notify.Subscribe(c.Context(), c.token.Office, c.token.Person,
		notify.Subscription{URL: v.URL, Events: v.Events, Scheme: notify.Scheme(v.Scheme), Note: v.Note})
	if err != nil {
		return nil, err
	}
	return made{webhookOf(w, secret), "/office/webhooks/" + w.ID}, nil
}

func (c *call) unsubscribe() (any, error) {
	return nil, c.api.Notify.Unsubscribe(c.Context(), c.token.Office, c.token.Person, c.PathValue("id"))
}

func (c *call) enable() (any, error) {
	return nil, c.api.Notify.Enable(c.Context(), c.token.Office, c.token.Person, c.PathValue("id"))
}

func deliveryOf(d notify.Delivery) Delivery {
	out := Delivery{
		ID: d.ID, Message: d.Message.ID, Event: d.Message.Type, State: string(d.State), Attempts: d.Attempts, LastAt: later(d.LastAt), Status: d.Status, Problem: d.Problem,
	}
	if d.State == notify.Waiting {
		out.NextAt = later(d.NextAt)
	}
	return out
}

func (c *call) test() (any, error) {
	d, err := c.api.Notify.Try(c.Context(), c.token.Office, c.token.Person, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return deliveryOf(d), nil
}

func (c *call) deliveries() (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	all, err := c.api.Notify.Deliveries(c.Context(), c.token.Office, c.PathValue("id"), int64(p.below), p.most+1) //nolint:gosec // below 2^63
	if err != nil {
		return nil, err
	}
	list, last, more := pick(p, all, func(d notify.Delivery) uint64 { return uint64(d.ID) }) //nolint:gosec // a row's number
	out := Deliveries{Deliveries: []Delivery{}, Next: c.next(last, more)}
	for _, d := range list {
		out.Deliveries = append(out.Deliveries, deliveryOf(d))
	}
	return out, nil
}

// parcel is an issued letter as it goes to its addressees: its public words, and
// its proof under a signed head.
func (a *api) parcel(ctx context.Context, officeID string, ref letter.Ref) (notify.Parcel, error) {
	snap, err := a.Source.Snapshot(ctx)
	if err != nil {
		return notify.Parcel{}, err
	}
	o, ok := snap.State().OfficeByID(officeID)
	if !ok {
		return notify.Parcel{}, notThere
	}
	b, err := a.Office.Prove(ctx, officeID, ref)
	if err != nil {
		return notify.Parcel{}, err
	}
	raw, err := b.Bytes()
	if err != nil {
		return notify.Parcel{}, fmt.Errorf("delivering %s: %w", ref, err)
	}
	name, _ := o.Name.In("en")
	form, err := a.Office.IssuedForm(ctx, officeID, ref)
	return notify.Parcel{Office: officeID, OfficeName: name, Reference: ref, Texts: b.Texts, Proof: raw, Form: form}, err
}

func (c *call) dispatch(ref letter.Ref, v Sending) (any, error) {
	p, err := c.api.parcel(c.Context(), c.token.Office, ref)
	if err != nil {
		return nil, err
	}
	var to []notify.Addressee
	for _, a := range v.Addressees {
		to = append(to, notify.Addressee{Name: a.Name, Address: a.Address, Lang: a.Lang})
	}
	ds, err := c.api.Notify.Dispatch(c.Context(), c.token.Person, p, to)
	if err != nil {
		return nil, err
	}
	return dispatchesOf(ds), nil
}

func (c *call) dispatches(ref letter.Ref) (any, error) {
	ds, err := c.api.Notify.Dispatches(c.Context(), c.token.Office, ref)
	return dispatchesOf(ds), err
}

func dispatchesOf(ds []notify.Dispatch) Dispatches {
	out := Dispatches{[]Dispatch{}}
	for _, d := range ds {
		out.Dispatches = append(out.Dispatches, Dispatch{d.ID, d.Addressee, d.Recipient, d.SentBy, d.MadeAt, string(d.State), d.Problem, later(d.ReceivedAt)})
	}
	return out
}
