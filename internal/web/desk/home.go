package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/forme"
	"chancery.example/internal/web/shared"
)

func (d *Desk) homeRoutes() []route {
	return []route{{pattern: "GET /desk/{$}", serve: (*call).forMe}}
}

// forMe shows what waits for the one who is signed in.
func (c *call) forMe() answer {
	v := forme.View{MayStart: c.may("start_draft")}
	for _, fill := range []func(*forme.View) error{c.waitingForMe, c.lettersForMe, c.enquiriesForMe} {
		if err := fill(&v); err != nil {
			return c.failed(fmt.Errorf("finding what waits: %w", err))
		}
	}
	return view(forme.Page, v, c.printer.T("desk.forme.title"), "/desk/", "forme")
}

// waitingForMe finds what the reader can approve, and what they can carry out.
func (c *call) waitingForMe(v *forme.View) error {
	waiting, err := c.d.house.Waiting(c.ctx(), c.who.Office)
	if err != nil || len(waiting) == 0 {
		return err //nolint:wrapcheck // the caller does
	}
	policy, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return err //nolint:wrapcheck // the caller does
	}
	me, _ := policy.Officer(c.who.ID)
	carries := c.may("issue") || c.may("open") || c.may("state")
	for _, q := range waiting {
		mine := false
		for _, rule := range policy.Rules {
			mine = mine || rule.Act == q.Statement.Act && slices.ContainsFunc(rule.Roles, me.Holds)
		}
		switch {
		case q.Ready && carries:
			v.Ready = append(v.Ready, forme.RowOf(q, c.who.ID))
		case mine && c.may("approve") && !q.Ready:
			v.Requests = append(v.Requests, forme.RowOf(q, c.who.ID))
		}
	}
	// What the reader has approved waits for others.
	slices.SortStableFunc(v.Requests, func(a, b forme.Row) int { return cmp.Compare(order(a.Mine), order(b.Mine)) })
	return nil
}

func order(later bool) int {
	if later {
		return 1
	}
	return 0
}

// lettersForMe finds what waits about letters that are not issued: clearances
// asked of the reader, their own drafts, copies of which nobody knows whether they
// arrived.
func (c *call) lettersForMe(v *forme.View) error {
	if !c.may("see_drafts") {
		return nil
	}
	all, err := c.d.house.Letters(c.ctx(), c.who.Office)
	if err != nil {
		return err //nolint:wrapcheck // the caller does
	}
	for _, l := range all {
		d := dossier{Reference: l.Reference, Draft: l.Draft, Drafter: l.Drafter, Stage: string(l.Stage)}
		if !d.unissued() {
			continue
		}
		for _, fill := range []func(dossier, *forme.View) error{c.clearancesForMe, c.draftsForMe, c.copiesForMe} {
			if err := fill(d, v); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(v.Clearances, func(a, b forme.Asked) int { return a.Due.Compare(b.Due) })
	return nil
}

func (c *call) clearancesForMe(d dossier, v *forme.View) error {
	all, err := c.d.house.Clearances(c.ctx(), c.who.Office, d.Reference)
	for _, x := range all {
		if !strings.EqualFold(x.Of, c.who.ID) || x.Outside || x.AskedAgain || x.Answer != "" || x.State == office.ClearanceVoid {
			continue
		}
		row := forme.Asked{Reference: d.Reference, ID: x.ID, Due: x.Due, Late: x.State == office.ClearanceLapsed}
		row.Title, row.TitleLang = shared.TitleOf(d.Draft, c.lang)
		v.Clearances = append(v.Clearances, row)
	}
	return err //nolint:wrapcheck // the caller does
}

func (c *call) draftsForMe(d dossier, v *forme.View) error {
	if d.Drafter != c.who.ID {
		return nil
	}
	row := forme.Draft{Reference: d.Reference, Stage: d.Stage}
	row.Title, row.TitleLang = shared.TitleOf(d.Draft, c.lang)
	before, err := c.before(d.Reference)
	for _, q := range before {
		if q.State == office.ConditionOpen {
			row.Open = append(row.Open, q.Words)
		}
	}
	v.Drafts = append(v.Drafts, row)
	return err
}

func (c *call) copiesForMe(d dossier, v *forme.View) error {
	if d.Drafter != c.who.ID && !c.may("give_copies_outside") {
		return nil
	}
	all, err := c.d.house.Copies(c.ctx(), c.who.Office, d.Reference)
	for _, x := range all {
		if x.ReceivedBy == "" {
			v.Copies = append(v.Copies, forme.Copy{Reference: d.Reference, Revision: x.Revision, Number: x.Number, Holder: x.Holder, At: x.At})
		}
	}
	return err //nolint:wrapcheck // the caller does
}

func (c *call) enquiriesForMe(v *forme.View) error {
	if !c.may("answer_enquiry") {
		return nil
	}
	open, err := c.openEnquiries()
	for _, e := range open {
		words, _, _ := strings.Cut(strings.TrimSpace(e.Words), "\n")
		if r := []rune(words); len(r) > 120 {
			words = string(r[:120]) + "…"
		}
		v.Enquiries = append(v.Enquiries, forme.Enquiry{ID: e.ID, Words: words, At: e.AskedAt})
	}
	return err
}

// openEnquiries are the questions that wait for an answer, the oldest first.
func (c *call) openEnquiries() ([]office.Enquiry, error) {
	all, err := c.d.house.Enquiries(c.ctx(), c.who.Office)
	open := slices.DeleteFunc(all, func(e office.Enquiry) bool { return e.State != office.EnquiryOpen })
	slices.SortFunc(open, func(a, b office.Enquiry) int { return a.AskedAt.Compare(b.AskedAt) })
	return open, err //nolint:wrapcheck // the caller does
}
