package v1

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/register"
)

// textsOf brings words into canonical form.
func textsOf(words map[letter.Lang]string) ([]letter.LangText, error) {
	var out []letter.LangText
	for tag, s := range words {
		lang, err := letter.ParseLang(string(tag))
		if err != nil {
			return nil, invalid(err.Error())
		}
		t, err := letter.Canonicalize([]byte(s))
		if err != nil {
			return nil, invalid("The " + string(lang) + " text: " + err.Error())
		}
		out = append(out, letter.LangText{Lang: lang, Text: t})
	}
	slices.SortFunc(out, func(a, b letter.LangText) int {
		if a.Lang < b.Lang {
			return -1
		}
		return 1
	})
	return out, nil
}

func (v Content) content() (letter.Content, error) {
	ref, err := letter.ParseRef(string(v.Reference))
	if err != nil {
		return letter.Content{}, invalid(err.Error())
	}
	typ, err := letter.ParseType(string(v.Type))
	if err != nil {
		return letter.Content{}, invalid(err.Error())
	}
	texts, err := textsOf(v.Texts)
	if err != nil {
		return letter.Content{}, err
	}
	c := letter.Content{Reference: ref, Type: typ, Prevailing: v.Prevailing, Texts: texts, Addressees: v.Addressees, Distribution: v.Distribution}
	for _, e := range v.Enclosures {
		c.Enclosures = append(c.Enclosures, letter.Enclosure{Title: e.Title, Digest: e.Digest})
	}
	if v.Signature != nil {
		c.Signature = letter.SignatureBlock{Kind: v.Signature.Kind, Lines: v.Signature.Lines}
	}
	return c, nil
}

func contentOf(c letter.Content) Content {
	v := Content{Reference: c.Reference, Type: c.Type, Prevailing: c.Prevailing, Texts: map[letter.Lang]string{}, Addressees: c.Addressees, Distribution: c.Distribution}
	for _, t := range c.Texts {
		v.Texts[t.Lang] = t.Text.String()
	}
	for _, e := range c.Enclosures {
		v.Enclosures = append(v.Enclosures, Enclosure{e.Title, e.Digest})
	}
	if c.Signature.Kind != "" {
		v.Signature = &Signature{c.Signature.Kind, some(c.Signature.Lines)}
	}
	return v
}

// contentTag is the tag of a draft: of its words and fields, and of nothing else, so
// that a change of stage does not get into the way of who revises.
func contentTag(c letter.Content) string {
	raw, err := json.Marshal(contentOf(c))
	if err != nil {
		return `"none"`
	}
	return tagOf(raw)
}

// mine reads the reference in the address of a letter of the office that this token may
// see. A press officer sees that it exists; a drafter, translator or clearer what is
// theirs, which for programs are the drafts that their person began.
func (c *call) mine() (letter.Ref, error) {
	ref, err := c.ref()
	if err != nil {
		return "", err
	}
	l, err := c.api.Office.Letter(c.Context(), c.token.Office, ref)
	if err != nil {
		return "", err
	}
	if !c.sees(l) {
		return "", notThere
	}
	return ref, nil
}

// wording reads in If-Match which wording of a draft is revised (MUST-15): what it
// returns refuses another.
func (c *call) wording() (func(now letter.Content) error, error) {
	match := c.Header.Values("If-Match")
	if len(match) == 0 {
		return nil, refusal{http.StatusPreconditionRequired, "precondition_required", "Say in If-Match which wording you revise: the ETag of the draft.", 0}
	}
	return func(now letter.Content) error {
		if !matches(match, contentTag(now)) {
			return refusal{http.StatusPreconditionFailed, "precondition_failed", "The draft was changed meanwhile: read it again.", 0}
		}
		return nil
	}, nil
}

func (c *call) draftOf(ref letter.Ref) (any, error) {
	l, err := c.api.Office.Letter(c.Context(), c.token.Office, ref)
	if err != nil {
		return nil, err
	}
	return tagged{Draft{string(l.Stage), l.Drafter, l.CreatedAt, contentOf(l.Draft)}, contentTag(l.Draft)}, nil
}

func (c *call) drafts() (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	all, err := c.api.Office.Letters(c.Context(), c.token.Office)
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	all = slices.DeleteFunc(all, func(l office.Held) bool { return !c.knows(l) })
	list, last, more := pick(p, all, func(l office.Held) uint64 { return uint64(l.ID) }) //nolint:gosec // a row's number
	out := Titles{Drafts: []Title{}, Next: c.next(last, more)}
	for _, l := range list {
		out.Drafts = append(out.Drafts, Title{l.Reference, l.Draft.Type, string(l.Stage), l.Drafter, l.CreatedAt})
	}
	return out, nil
}

func (c *call) draft(ref letter.Ref) (any, error) {
	return c.draftOf(ref)
}

func (c *call) start(v Content) (any, error) {
	content, err := v.content()
	if err != nil {
		return nil, err
	}
	if err := c.api.Office.Start(c.Context(), c.token.Office, c.token.Person, content); err != nil {
		return nil, err
	}
	d, err := c.draftOf(content.Reference)
	if err != nil {
		return nil, err
	}
	return made{d, "/office/drafts/" + pathOf(content.Reference)}, nil
}

// revise changes a draft that is still what the program saw (MUST-15).
func (c *call) revise(ref letter.Ref) (any, error) {
	is, err := c.wording()
	if err != nil {
		return nil, err
	}
	v, err := bodyOf[Revising](c)
	if err != nil {
		return nil, err
	}
	next, err := v.Content.content()
	if err != nil {
		return nil, err
	}
	err = c.api.Office.Revise(c.Context(), c.token.Office, c.token.Person, ref, v.Why, func(now *letter.Content) error {
		err := is(*now)
		*now = next
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.draftOf(ref)
}

func (c *call) seal(ref letter.Ref) (any, error) {
	s, err := c.api.Office.Seal(c.Context(), c.token.Office, c.token.Person, ref)
	if err != nil {
		return nil, err
	}
	return Sealed{s.Revision, s.Digest, s.Receipt.Index}, nil
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func (c *call) submit(ref letter.Ref, v Terms) (any, error) {
	terms, err := c.terms(v)
	if err != nil {
		return nil, err
	}
	return c.asked(c.api.Office.Submit(c.Context(), c.token.Office, c.token.Person, ref, terms))
}

// terms are what an issue says beside the letter, as package office has it.
func (c *call) terms(v Terms) (office.Terms, error) {
	if err := v.Elsewhere.valid(); err != nil {
		return office.Terms{}, err
	}
	about, err := c.targets(v.Regarding)
	return office.Terms{
		NotBefore: at(v.NotBefore), Expires: at(v.Expires), Supersedes: v.Supersedes, Regarding: about, Files: files(v.Files),
		Form: v.Form, Confirmed: v.confirmed(),
	}, err
}

func files(all []File) (out []register.File) {
	for _, f := range all {
		out = append(out, register.File{Role: f.Role, MediaType: f.MediaType, Digest: f.Digest})
	}
	return out
}

func (c *call) circulate(ref letter.Ref, v Circulating) (any, error) {
	var holders []office.Holder
	for _, h := range v.Holders {
		holders = append(holders, office.Holder{Name: h.Name, Purpose: h.Purpose, Outside: h.Outside})
	}
	if _, err := c.api.Office.CirculateAnswering(c.Context(), c.token.Office, c.token.Person, ref, holders, office.Answers(v.Answers)); err != nil {
		return nil, err
	}
	return c.copiesOf(ref)
}

func (c *call) copies(ref letter.Ref) (any, error) {
	return c.copiesOf(ref)
}

func (c *call) copiesOf(ref letter.Ref) (any, error) {
	all, err := c.api.Office.Copies(c.Context(), c.token.Office, ref)
	out := Copies{[]Copy{}}
	for _, x := range all {
		out.Copies = append(out.Copies, Copy{x.Revision, x.Number, x.Of, x.Holder, x.Purpose, x.Outside, some(x.Langs), x.At, later(x.ReceivedAt)})
	}
	return out, err
}

func clearanceOf(x office.Clearance) Clearance {
	return Clearance{
		ID: x.ID, Revision: x.Revision, Of: x.Of, Outside: x.Outside, Parts: some(x.Parts), Note: x.Note, Due: x.Due, State: string(x.State),
		Comment: x.Comment, Settled: string(x.Settled), Blocks: x.Blocks,
	}
}

func (c *call) clearances(ref letter.Ref) (any, error) {
	all, err := c.api.Office.Clearances(c.Context(), c.token.Office, ref)
	out := Clearances{[]Clearance{}}
	for _, x := range all {
		out.Clearances = append(out.Clearances, clearanceOf(x))
	}
	return out, err
}

func (c *call) askClearance(ref letter.Ref, v ClearanceAsked) (any, error) {
	x, err := c.api.Office.AskClearance(c.Context(), c.token.Office, c.token.Person, ref,
		office.ClearanceAsked{Of: v.Of, Outside: v.Outside, Due: v.Due, Parts: v.Parts, Note: v.Note})
	if err != nil {
		return nil, err
	}
	return clearanceOf(x), nil
}

// Clearances are answered and settled by those who were asked, who need not see the
// draft: package office says who may.
func (c *call) answerClearance() (any, error) {
	ref, id, err := c.refAndID()
	if err != nil {
		return nil, err
	}
	v, err := bodyOf[ClearanceAnswered](c)
	if err != nil {
		return nil, err
	}
	return nil, c.api.Office.AnswerClearance(c.Context(), c.token.Office, c.by(), ref, id, office.ClearanceAnswer(v.Answer), v.Comment)
}

func (c *call) settleClearance() (any, error) {
	ref, id, err := c.refAndID()
	if err != nil {
		return nil, err
	}
	v, err := bodyOf[ClearanceSettled](c)
	if err != nil {
		return nil, err
	}
	return nil, c.api.Office.SettleClearance(c.Context(), c.token.Office, c.by(), ref, id, office.Settlement(v.How), v.Reason)
}

func (c *call) refAndID() (letter.Ref, int64, error) {
	ref, err := c.ref()
	if err != nil {
		return "", 0, err
	}
	id, err := c.id("id")
	return ref, id, err
}

func (c *call) closeDraft(ref letter.Ref) (any, error) {
	return c.asked(c.api.Office.ProposeClose(c.Context(), c.token.Office, c.token.Person, ref))
}

func (c *call) open(ref letter.Ref, v Opening) (any, error) {
	return c.asked(c.api.Office.ProposeOpen(c.Context(), c.token.Office, c.token.Person, ref, v.Revisions...))
}

func (c *call) issue(ref letter.Ref) (any, error) {
	return c.done(c.api.Office.Issue(c.Context(), c.token.Office, c.token.Person, ref))
}

// done makes an answer of a receipt.
func (c *call) done(r office.Receipt, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return Receipt{r.Index, register.LeafHash(r.Entry), r.Embargoed, later(r.Until)}, nil
}

// asked makes an answer of a request that now waits for officers.
func (c *call) asked(q office.Request, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return made{requestOf(q), "/office/requests/" + number(q.ID)}, nil
}
