package desk

import (
	"fmt"
	"slices"
	"strings"

	"chancery.example/approval"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/internal/web/desk/pages/paper"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// paperView puts together what the page of a letter shows.
func (c *call) paperView(d dossier, ask paper.Ask) (paper.View, error) {
	v := paper.View{
		UI: c.lang, Reference: d.Reference, Type: d.Draft.Type, Drafter: d.Drafter, Stage: d.Stage, TitleOnly: d.sight < whole,
		Steps: paper.Steps(d.Stage),
	}
	v.Title, v.TitleLang = shared.TitleOf(d.Draft, c.lang)
	for _, t := range d.Draft.Texts {
		v.Langs = append(v.Langs, t.Lang)
	}
	standings, err := c.standings()
	if err != nil {
		return v, err
	}
	if v.Standing = standings[d.Reference]; v.Standing != "" {
		v.Public = shared.LetterPath(c.who.Office, d.Reference)
	}
	if v.TitleOnly {
		v.Acts = c.paperActs(d, &v)
		return v, nil
	}
	v.Addressees, v.Copied, v.Enclosures, v.Signature = d.Draft.Addressees, d.Draft.Distribution, d.Draft.Enclosures, d.Draft.Signature.Lines
	for _, fill := range []func(dossier, *paper.View) error{c.fillTexts, c.fillRevisions, c.fillClearances, c.fillCopies, c.fillBefore, c.fillApprovals, c.fillJournal} {
		if err := fill(d, &v); err != nil {
			return v, fmt.Errorf("showing %s: %w", d.Reference, err)
		}
	}
	if v.Ask != nil && ask.Wrong != "" {
		ask.People, ask.MayOutside = v.Ask.People, v.Ask.MayOutside
		v.Ask = &ask
	}
	v.Acts = c.paperActs(d, &v)
	return v, nil
}

// unissued reports whether a letter can still be changed.
func (d dossier) unissued() bool {
	return slices.Contains([]string{"drafting", "coordination", "approval", "approved"}, d.Stage)
}

func (c *call) fillTexts(d dossier, v *paper.View) error {
	found, err := c.d.house.Parity(c.ctx(), c.who.Office, d.Reference)
	if err != nil {
		return err //nolint:wrapcheck // the caller does
	}
	accepts := d.unissued() && c.who.Holds(string(staff.Drafter), string(staff.Clerk), string(staff.Approver))
	v.Findings, v.Open = paper.Found(found, accepts)
	v.Compared, v.Texts = found.Compared(), paper.Lay(d.Draft, v.Findings)
	return nil
}

func (c *call) fillRevisions(d dossier, v *paper.View) error {
	revs, err := c.d.house.Revisions(c.ctx(), c.who.Office, d.Reference)
	if err != nil {
		return err //nolint:wrapcheck // the caller does
	}
	answers, err := c.d.house.AnswersOf(c.ctx(), c.who.Office, d.Reference)
	if err != nil {
		return err //nolint:wrapcheck // the caller does
	}
	v.Changed = d.unissued()
	for i, r := range revs {
		row := paper.Revision{Number: r.Number, Entry: r.Index, Logged: r.Logged, Why: r.Why, SixWords: r.SixWords, Answers: office.Silent}
		if i > 0 {
			row.Previous = revs[i-1].Number
		}
		if i < len(answers) {
			row.Answers = answers[i].Answers
		}
		v.Revisions = append(v.Revisions, row)
		v.Revision, v.SixWords = r.Number, r.SixWords
		if i == len(revs)-1 {
			v.Changed = v.Changed && !sameWords(r.Content, d.Draft)
		}
	}
	v.Seals = v.Changed && c.may("submit")
	v.SetsAnswers = c.may("set_answers")
	return nil
}

// sameWords reports whether two contents say the same.
func sameWords(a, b letter.Content) bool { return seenOf(a) == seenOf(b) }

func (c *call) fillClearances(d dossier, v *paper.View) error {
	all, err := c.d.house.Clearances(c.ctx(), c.who.Office, d.Reference)
	if err != nil {
		return err //nolint:wrapcheck // the caller does
	}
	for _, x := range all {
		row := paper.Clearance{Clearance: x}
		if d.unissued() && !x.AskedAgain {
			own := strings.EqualFold(x.Of, c.who.ID) && !x.Outside
			// Nobody clears what they drafted; a clerk enters what came on paper.
			answers := c.who.ID != d.Drafter && (own || c.who.Holds(string(staff.Clerk)))
			stands := x.State == office.ClearanceCondition || x.State == office.ClearanceObjection
			row.Answers = answers && x.State != office.ClearanceVoid && x.Settled != office.Overruled
			row.Resolves = answers && x.Blocks && stands
			row.Settles = x.Blocks && c.may("settle_clearance")
		}
		v.Clearances = append(v.Clearances, row)
	}
	if (d.Stage == "drafting" || d.Stage == "coordination") && c.may("ask_clearance") {
		v.Ask = &paper.Ask{MayOutside: c.may("give_copies_outside")}
		v.Ask.People, err = c.colleagues()
	}
	return err
}

// colleagues are those who can be asked: the officers of the policy, and the
// clearers of the desk.
func (c *call) colleagues() ([]paper.Person, error) {
	policy, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller does
	}
	var out []paper.Person
	for _, o := range policy.Officers {
		if o.ID != c.who.ID {
			out = append(out, paper.Person{ID: o.ID, Name: o.Name})
		}
	}
	if c.d.opts.Staff == nil {
		return out, nil
	}
	people, err := c.d.opts.Staff.People(c.ctx(), c.who.Office)
	for _, p := range people {
		known := slices.ContainsFunc(out, func(o paper.Person) bool { return o.ID == p.ID })
		if p.Active && p.Has(staff.Clearer) && !known && p.ID != c.who.ID {
			out = append(out, paper.Person{ID: p.ID, Name: p.Name})
		}
	}
	return out, err //nolint:wrapcheck // the caller does
}

func (c *call) fillCopies(d dossier, v *paper.View) error {
	v.Circulates = c.may("give_copies_inside") && d.unissued()
	if !c.may("give_copies_inside") && !c.who.Holds(string(staff.Auditor)) {
		return nil // who holds copies is theirs to know who give them out
	}
	all, err := c.d.house.Copies(c.ctx(), c.who.Office, d.Reference)
	for _, x := range all {
		v.Copies = append(v.Copies, paper.Copy{GivenCopy: x, Receipts: c.may("give_copies_inside")})
	}
	return err //nolint:wrapcheck // the caller does
}

func (c *call) fillBefore(d dossier, v *paper.View) error {
	var err error
	v.Before, err = c.before(d.Reference)
	return err
}

// before lists what has to happen before a letter can be issued, in words.
func (c *call) before(ref letter.Ref) ([]paper.Condition, error) {
	all, err := c.d.house.Before(c.ctx(), c.who.Office, ref)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller does
	}
	var out []paper.Condition
	for _, q := range all {
		var args []any
		for name, value := range q.Args {
			if name == "type" {
				value = c.printer.T("type." + value)
			}
			args = append(args, name, value)
		}
		holds := slices.Contains([]string{"rule", "parity", "clearance"}, q.Name)
		out = append(out, paper.Condition{Words: c.printer.T(q.Key(), args...), State: q.State, Holds: holds})
	}
	return out, nil
}

func (c *call) fillApprovals(d dossier, v *paper.View) error {
	if !d.unissued() {
		return nil
	}
	policy, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return err //nolint:wrapcheck // the caller does
	}
	rule, ok := policy.RuleFor(approval.Issue, string(d.Draft.Type))
	if !ok {
		return nil
	}
	v.Needed, v.Recalls = int(rule.K), c.recalls(d)
	waiting, err := c.issueRequest(d.Reference)
	if err != nil {
		return err
	}
	if waiting.ID != 0 {
		v.Request, v.SixWords, v.Needed, v.Approved = waiting.ID, waiting.SixWords, waiting.Needed, len(waiting.Approved)
	}
	for _, o := range policy.Officers {
		if !slices.ContainsFunc(rule.Roles, o.Holds) {
			continue
		}
		row := paper.Approval{ID: o.ID, Name: o.Name, Roles: o.Roles, State: "waiting", Drafter: o.ID == d.Drafter}
		switch {
		case slices.Contains(waiting.Approved, o.ID):
			row.State = "approved"
		case slices.Contains(waiting.Refused, o.ID):
			row.State = "refused"
		}
		v.Approvals = append(v.Approvals, row)
	}
	return nil
}

// issueRequest returns the request to issue a letter that waits; the zero one when
// there is none.
func (c *call) issueRequest(ref letter.Ref) (office.Request, error) {
	all, err := c.d.house.RequestsOf(c.ctx(), c.who.Office, ref)
	if err != nil {
		return office.Request{}, err //nolint:wrapcheck // the caller does
	}
	for _, q := range slices.Backward(all) {
		if q.Kind == register.KindIssue && q.State == "waiting" {
			return q, nil
		}
	}
	return office.Request{}, nil
}

func (c *call) fillJournal(d dossier, v *paper.View) error {
	notes, err := c.d.house.Journal(c.ctx(), c.who.Office, d.Reference)
	for _, n := range slices.Backward(notes) {
		row := paper.Note{At: n.At, Actor: n.Actor, Act: n.Act, Text: n.Text}
		if key := "journal." + strings.ReplaceAll(n.Act, " ", "-"); c.printer.Has(key) {
			row.What = key
		}
		v.Journal = append(v.Journal, row)
	}
	return err //nolint:wrapcheck // the caller does
}

// paperActs are what the reader can do with a letter now: the pages to go to.
func (c *call) paperActs(d dossier, v *paper.View) []paper.Act {
	var out []paper.Act
	add := func(may bool, key string, first bool) {
		if may {
			out = append(out, paper.Act{Key: key, Path: deskPath(key, d.Reference), First: first})
		}
	}
	early := d.Stage == "drafting" || d.Stage == "coordination"
	open := d.unissued()
	if v.Request != 0 {
		key := "approve"
		if c.may("issue") && v.Approved >= v.Needed {
			key = "issue"
		}
		out = append(out, paper.Act{Key: key, Path: fmt.Sprintf("/desk/request/%d", v.Request), First: true})
	}
	add(open && c.may("edit_text") && !v.TitleOnly, "edit", d.Stage == "drafting")
	add(open && c.may("give_copies_inside") && !v.TitleOnly, "circulate", false)
	add(early && c.may("submit") && !v.TitleOnly, "submit", d.Stage == "coordination")
	add((open || d.Stage == "embargoed") && c.may("close"), "close", false)
	add((open || d.Stage == "closed") && c.may("open"), "open", false)
	add(d.Stage == "issued" && c.may("correct"), "correct", false)
	add(d.Stage == "issued" && c.may("supersede"), "supersede", false)
	add(d.Stage == "issued" && c.may("withdraw"), "withdraw", false)
	return out
}
