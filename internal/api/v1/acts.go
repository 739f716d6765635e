package v1

import (
	"strconv"
	"strings"

	"net/url"

	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/register"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// pathOf writes a reference as one part of an address.
func pathOf(ref letter.Ref) string { return url.PathEscape(string(ref)) }

func (c *call) me() (any, error) {
	t := c.token
	out := Me{Office: t.Office, Person: t.Person, Name: t.Name, Roles: []string{}, Until: t.Until}
	for _, r := range t.Roles {
		out.Roles = append(out.Roles, string(r))
	}
	return out, nil
}

func requestOf(q office.Request) Request {
	return Request{
		ID: q.ID, Kind: q.Kind, Reference: q.Reference, Revision: q.Revision, State: string(q.State), Statement: string(q.Statement.Bytes()), SixWords: q.SixWords,
		Approved: some(q.Approved), Refused: some(q.Refused), Needed: q.Needed, Ready: q.Ready, Missing: q.Missing,
	}
}

func (c *call) requests() (any, error) {
	all, err := c.api.Office.Waiting(c.Context(), c.token.Office)
	if err != nil {
		return nil, err
	}
	out := Requests{[]Request{}}
	for _, q := range all {
		seen, err := c.mayRead(q)
		if err != nil {
			return nil, err
		}
		if seen {
			out.Requests = append(out.Requests, requestOf(q))
		}
	}
	return out, nil
}

// mayRead reports whether a token may see a request: of a draft that it may not read
// it sees nothing.
func (c *call) mayRead(q office.Request) (bool, error) {
	if q.Reference == "" {
		return true, nil
	}
	l, err := c.api.Office.Letter(c.Context(), c.token.Office, q.Reference)
	if err != nil {
		return false, err
	}
	return c.knows(l), nil
}

func (c *call) request() (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	q, err := c.api.Office.Request(c.Context(), id)
	if err != nil {
		return nil, err
	}
	if seen, err := c.mayRead(q); err != nil || !seen {
		return nil, notThere
	}
	return requestOf(q), nil
}

func (c *call) perform() (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return c.done(c.api.Office.Perform(c.Context(), id, c.token.Person))
}

func (c *call) correct(ref letter.Ref, v Correction) (any, error) {
	x, err := v.correction()
	if err != nil {
		return nil, err
	}
	return c.asked(c.api.Office.ProposeCorrect(c.Context(), c.token.Office, c.token.Person, ref, x))
}

// correction is a correction as package office has it.
func (v Correction) correction() (office.Correction, error) {
	next, err := v.Content.content()
	if err == nil {
		err = v.Elsewhere.valid()
	}
	return office.Correction{
		Reason: v.Reason, Files: files(v.Files), Form: v.Form, Confirmed: v.confirmed(),
		Change: func(now *letter.Content) error {
			*now = next
			return nil
		},
	}, err
}

func (c *call) withdraw(ref letter.Ref, v Reason) (any, error) {
	propose := c.api.Office.ProposeWithdraw
	if v.Emergency {
		propose = c.api.Office.ProposeEmergencyWithdraw
	}
	return c.asked(propose(c.Context(), c.token.Office, c.token.Person, ref, v.Reason))
}

func (c *call) ratify(ref letter.Ref) (any, error) {
	return c.asked(c.api.Office.ProposeRatify(c.Context(), c.token.Office, c.token.Person, ref))
}

func (c *call) supersede(ref letter.Ref, v Successor) (any, error) {
	return c.asked(c.api.Office.ProposeSupersede(c.Context(), c.token.Office, c.token.Person, ref, v.Successor))
}

// targets names letters of this register.
func (c *call) targets(all []Regarding) ([]register.Target, error) {
	offices, err := c.api.Office.Offices(c.Context())
	if err != nil {
		return nil, err
	}
	var out []register.Target
	for _, r := range all {
		ref, err := letter.ParseRef(string(r.Reference))
		if err != nil {
			return nil, invalid(err.Error())
		}
		found := false
		for _, o := range offices {
			if o.ID == r.Office {
				out, found = append(out, register.Target{Office: register.Office(o.URI), Reference: ref}), true
			}
		}
		if !found {
			return nil, invalid("regarding: there is no such office in this register.")
		}
	}
	return out, nil
}

func (c *call) say(v Saying) (any, error) {
	about, err := c.targets(v.Regarding)
	if err != nil {
		return nil, err
	}
	texts, err := textsOf(v.Text)
	if err != nil {
		return nil, err
	}
	r, o, by := c.api.Office, c.token.Office, c.token.Person
	s := office.Say{Texts: texts, Regarding: about}
	switch register.StatementType(v.Type) {
	case register.About:
		return c.asked(r.ProposeStatement(c.Context(), o, by, s))
	case register.Holding:
		if v.NextWordBy == nil || len(texts) > 0 {
			return nil, invalid("A holding statement has words of its own and says in next_word_by when the next word comes.")
		}
		return c.asked(r.ProposeHolding(c.Context(), o, by, *v.NextWordBy, about))
	case register.Received:
		return c.asked(r.ProposeReceived(c.Context(), o, by, s, v.Slips))
	case register.Sighting, register.Collected:
		return c.sayItWasSeen(v, s)
	}
	return nil, invalid("type is about, holding, received, sighting or collected.")
}

// sayItWasSeen asks to say that a paper was seen, or is kept.
func (c *call) sayItWasSeen(v Saying, s office.Say) (any, error) {
	words, err := textsOf(v.Seen)
	if err != nil {
		return nil, err
	}
	propose := c.api.Office.ProposeSighting
	if v.Type == string(register.Collected) {
		propose = c.api.Office.ProposeCollected
	}
	return c.asked(propose(c.Context(), c.token.Office, c.token.Person, s, office.Sighted{Texts: words, Source: v.Source, SeenAt: at(v.SeenAt)}))
}

func (c *call) retract() (any, error) {
	id, err := c.id("entry")
	if err != nil {
		return nil, err
	}
	v, err := bodyOf[Reason](c)
	if err != nil {
		return nil, err
	}
	return c.asked(c.api.Office.ProposeRetract(c.Context(), c.token.Office, c.token.Person, register.Index(id), v.Reason)) //nolint:gosec // not negative
}

func (c *call) disavow(v Disavowing) (any, error) {
	about, err := c.targets(v.Regarding)
	if err != nil {
		return nil, err
	}
	texts, err := textsOf(v.Text)
	if err != nil {
		return nil, err
	}
	return c.asked(c.api.Office.ProposeDisavow(c.Context(), c.token.Office, c.token.Person, office.Forgery{Texts: texts, Files: v.Files, Regarding: about}, v.Reason))
}

func enquiryOf(e office.Enquiry) Enquiry {
	out := Enquiry{ID: e.ID, Words: e.Words, Exhibit: e.Exhibit, Contact: e.Contact, AskedAt: e.AskedAt, State: string(e.State), Reason: e.Reason, EndedAt: later(e.EndedAt)}
	if e.Entry != 0 {
		out.Entry = &e.Entry
	}
	return out
}

func (c *call) enquiries() (any, error) {
	all, err := c.api.Office.Enquiries(c.Context(), c.token.Office)
	out := Enquiries{[]Enquiry{}}
	for _, e := range all {
		out.Enquiries = append(out.Enquiries, enquiryOf(e))
	}
	return out, err
}

func (c *call) enquiry() (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	e, err := c.api.Office.Enquiry(c.Context(), c.token.Office, id)
	if err != nil {
		return nil, err
	}
	return enquiryOf(e), nil
}

func (c *call) answerEnquiry() (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	v, err := bodyOf[Answering](c)
	if err != nil {
		return nil, err
	}
	return nil, c.api.Office.AnswerEnquiry(c.Context(), c.token.Office, c.token.Person, id, v.Entry)
}

func (c *call) dismissEnquiry() (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	v, err := bodyOf[Recalling](c)
	if err != nil {
		return nil, err
	}
	return nil, c.api.Office.DismissEnquiry(c.Context(), c.token.Office, c.token.Person, id, strings.TrimSpace(v.Reason))
}
