package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/form"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// A proposal is an act that officers approve, as the desk asks for it: its form,
// and what the form asks of the office. Whoever sends it is led to the request.
type proposal struct {
	name    string // in the address, and of its messages under "desk.act"
	may     string // what roles must give
	fields  func(*call, letter.Ref) ([]form.Field, error)
	propose func(*call, letter.Ref) (office.Request, error)
}

// proposals are the acts about one letter.
func proposals() []proposal {
	return []proposal{
		{"withdraw", "withdraw", (*call).reasonFields, (*call).proposeWithdraw},
		{"emergency", "withdraw_at_once", (*call).reasonFields, (*call).proposeEmergency},
		{"ratify", "ratify", noFields, (*call).proposeRatify},
		{"supersede", "supersede", (*call).supersedeFields, (*call).proposeSupersede},
		{"close", "close", noFields, (*call).proposeClose},
		{"open", "open", (*call).openFields, (*call).proposeOpen},
	}
}

func (d *Desk) actRoutes() []route {
	var out []route
	for _, p := range proposals() {
		out = append(out,
			route{pattern: "GET /desk/" + p.name + "/{ref...}", act: p.may, serve: func(c *call) answer { return c.actForm(p) }},
			route{pattern: "POST /desk/" + p.name + "/{ref...}", act: p.may, serve: func(c *call) answer { return c.actSent(p) }})
	}
	return out
}

// letter returns the letter that an address names, if it is one of the reader's
// office.
func (c *call) letter() (letter.Ref, error) {
	ref, err := letter.ParseRef(c.PathValue("ref"))
	if err == nil {
		_, err = c.d.house.Letter(c.ctx(), c.who.Office, ref)
	}
	if err != nil {
		return "", kind.NotFound.Wrap(err)
	}
	return ref, nil
}

// deskLetter is the path of a letter's page at the desk.
func deskLetter(ref letter.Ref) string {
	return "/desk/letter/" + strings.TrimPrefix(shared.LetterPath("x", ref), "/l/x/")
}

func (c *call) actForm(p proposal) answer {
	ref, err := c.letter()
	if err != nil {
		return c.failed(err)
	}
	fields, err := p.fields(c, ref)
	if err != nil {
		return c.failed(err)
	}
	return c.showForm(actView(p.name, ref, fields), "letters")
}

func (c *call) actSent(p proposal) answer {
	ref, err := c.letter()
	if err != nil {
		return c.failed(err)
	}
	q, err := p.propose(c, ref)
	if err != nil {
		fields, errFields := p.fields(c, ref)
		if errFields != nil {
			return c.failed(errFields)
		}
		return c.again(err, actView(p.name, ref, fields), "letters")
	}
	return c.proposed(q)
}

// actView is the form of an act about a letter.
func actView(act string, ref letter.Ref, fields []form.Field) form.View {
	return form.View{Act: act, Reference: ref, Action: "/desk/" + act + strings.TrimPrefix(deskLetter(ref), "/desk/letter"), Back: deskLetter(ref), Fields: fields}
}

// proposed leads to the request that an act became.
func (c *call) proposed(q office.Request) answer {
	return c.done("/desk/request/"+strconv.FormatInt(q.ID, 10), "proposed")
}

func (c *call) showForm(v form.View, nav string) answer {
	title := c.printer.T("desk.act." + v.Act + ".title")
	if v.Reference != "" {
		title += " " + string(v.Reference)
	}
	return view(form.Page, v, title, v.Action, nav)
}

// again shows a form once more, with what was typed and why it was not done. What
// is not the sender's to put right is answered as everywhere.
func (c *call) again(err error, v form.View, nav string) answer {
	switch kind.Of(err) {
	case kind.Invalid, kind.Conflict, kind.Forbidden:
	case kind.Unknown, kind.NotFound, kind.Unavailable:
		return c.failed(err)
	}
	c.typed(v.Fields)
	v.Wrong = c.told(err)
	a := c.showForm(v, nav)
	a.status = problemStatus(err)
	return a
}

// typed puts what was typed into the fields of a form.
func (c *call) typed(fields []form.Field) {
	for i, f := range fields {
		switch f.Sort {
		case form.Select:
			for j, o := range f.Options {
				fields[i].Options[j].Chosen = o.Value == c.FormValue(f.Name)
			}
		case form.Checks:
			for j, o := range f.Options {
				fields[i].Options[j].Chosen = slices.Contains(c.Form[f.Name], o.Value)
			}
		case form.FileSort:
		default:
			fields[i].Value = c.FormValue(f.Name)
		}
	}
}

// noFields is a form of one button.
func noFields(*call, letter.Ref) ([]form.Field, error) { return nil, nil }

// reasonFields ask for the public reason in each language.
func (c *call) reasonFields(letter.Ref) ([]form.Field, error) {
	return wordFields("reason", "reason"), nil
}

// wordFields ask for words in each language of the pages.
func wordFields(name, hint string) []form.Field {
	var out []form.Field
	for i, lang := range i18n.Langs() {
		f := form.Field{Name: name + "." + string(lang), Label: name, Sort: form.Text, Lang: lang, Rows: 4}
		if i == 0 {
			f.Hint = hint
		}
		out = append(out, f)
	}
	return out
}

// words returns what was written in the languages of the pages.
func (c *call) words(name string) register.Words {
	w := register.Words{}
	for _, lang := range i18n.Langs() {
		if s := strings.TrimSpace(strings.ReplaceAll(c.FormValue(name+"."+string(lang)), "\r\n", "\n")); s != "" {
			w[lang] = s
		}
	}
	return w
}

// reason returns the public reason, which must be there.
func (c *call) reason() (register.Words, error) {
	w := c.words("reason")
	if len(w) == 0 {
		return nil, kind.Invalid.Errorf("say why, in at least one language: everybody will read it beside the letter")
	}
	return w, nil
}

// minute reads a time of a form, in UTC; zero when there is none.
func (c *call) minute(name string) (time.Time, error) {
	s := c.FormValue(name)
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, kind.Invalid.Errorf("%q is not a time: write it as 2026-11-30 14:00, in UTC", s)
}

func (c *call) proposeWithdraw(ref letter.Ref) (office.Request, error) {
	why, err := c.reason()
	if err != nil {
		return office.Request{}, err
	}
	return c.d.house.ProposeWithdraw(c.ctx(), c.who.Office, c.who.ID, ref, why) //nolint:wrapcheck // the act's own words
}

func (c *call) proposeEmergency(ref letter.Ref) (office.Request, error) {
	why, err := c.reason()
	if err != nil {
		return office.Request{}, err
	}
	return c.d.house.ProposeEmergencyWithdraw(c.ctx(), c.who.Office, c.who.ID, ref, why) //nolint:wrapcheck // the act's own words
}

func (c *call) proposeRatify(ref letter.Ref) (office.Request, error) {
	return c.d.house.ProposeRatify(c.ctx(), c.who.Office, c.who.ID, ref) //nolint:wrapcheck // the act's own words
}

func (c *call) proposeClose(ref letter.Ref) (office.Request, error) {
	return c.d.house.ProposeClose(c.ctx(), c.who.Office, c.who.ID, ref) //nolint:wrapcheck // the act's own words
}

// supersedeFields offer the issued letters that can take its place.
func (c *call) supersedeFields(ref letter.Ref) ([]form.Field, error) {
	all, err := c.d.house.Letters(c.ctx(), c.who.Office)
	if err != nil {
		return nil, err //nolint:wrapcheck // the act's own words
	}
	f := form.Field{Name: "successor", Label: "successor", Hint: "successor", Sort: form.Select, Options: []form.Option{{}}}
	for _, l := range all {
		if l.Stage == "issued" && l.Reference != ref {
			f.Options = append(f.Options, form.Option{Value: string(l.Reference), Label: string(l.Reference)})
		}
	}
	return []form.Field{f}, nil
}

func (c *call) proposeSupersede(ref letter.Ref) (office.Request, error) {
	successor, err := letter.ParseRef(c.FormValue("successor"))
	if err != nil {
		return office.Request{}, kind.Invalid.Errorf("choose the letter that takes the place of %s; it must be issued first", ref)
	}
	return c.d.house.ProposeSupersede(c.ctx(), c.who.Office, c.who.ID, ref, successor) //nolint:wrapcheck // the act's own words
}

// openFields offer the sealed revisions; none chosen means all.
func (c *call) openFields(ref letter.Ref) ([]form.Field, error) {
	revs, err := c.d.house.Revisions(c.ctx(), c.who.Office, ref)
	if err != nil {
		return nil, err //nolint:wrapcheck // the act's own words
	}
	f := form.Field{Name: "revision", Label: "revisions", Hint: "revisions", Sort: form.Checks}
	for _, r := range revs {
		n := strconv.FormatUint(uint64(r.Number), 10)
		f.Options = append(f.Options, form.Option{Value: n, Label: c.printer.T("result.revision", "n", n), Chosen: true})
	}
	return []form.Field{f}, nil
}

func (c *call) proposeOpen(ref letter.Ref) (office.Request, error) {
	_ = c.FormValue("") // reads the form
	var chosen []uint32
	for _, s := range c.Form["revision"] {
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			return office.Request{}, kind.Invalid.Errorf("%q is not the number of a revision", s)
		}
		chosen = append(chosen, uint32(n))
	}
	if len(chosen) == 0 {
		return office.Request{}, kind.Invalid.Errorf("choose at least one revision to open; the others stay sealed, and everybody sees how many there are")
	}
	return c.d.house.ProposeOpen(c.ctx(), c.who.Office, c.who.ID, ref, chosen...) //nolint:wrapcheck // the act's own words
}
