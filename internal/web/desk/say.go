package desk

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/page"
	"chancery.example/internal/web/desk/pages/form"
	"chancery.example/internal/web/desk/pages/forme"
	"chancery.example/internal/web/desk/pages/statements"
	"chancery.example/internal/web/i18n"
	publicoffice "chancery.example/internal/web/pages/office"
	"chancery.example/letter"
	"chancery.example/register"
)

func (d *Desk) sayRoutes() []route {
	routes := []route{
		{pattern: "GET /desk/statements", serve: (*call).statements},
		{pattern: "GET /desk/disavow", act: "disavow", serve: func(c *call) answer { return c.showForm(c.disavowForm(), "statements") }},
		{pattern: "POST /desk/disavow", act: "disavow", serve: func(c *call) answer { return c.said(c.disavowForm(), (*call).proposeDisavow) }},
		{pattern: "GET /desk/retract/{entry}", act: "retract", serve: func(c *call) answer { return c.retractForm() }},
		{pattern: "POST /desk/retract/{entry}", act: "retract", serve: func(c *call) answer { return c.retractSent() }},
	}
	for name, propose := range map[string]func(*call) (office.Request, error){
		"holding": (*call).proposeHolding, "draft": (*call).proposeAbout, "about": (*call).proposeAbout,
		"received": (*call).proposeReceived, "sighting": (*call).proposeSighting, "collected": (*call).proposeCollected,
	} {
		routes = append(routes,
			route{pattern: "GET /desk/say/" + name, act: "state", serve: func(c *call) answer { return c.showForm(c.sayForm(name), "statements") }},
			route{pattern: "POST /desk/say/" + name, act: "state", serve: func(c *call) answer { return c.said(c.sayForm(name), propose) }})
	}
	return routes
}

// statements shows what the office says in public, and the ways to say something.
func (c *call) statements() answer {
	snap, err := c.d.records.Snapshot(c.ctx())
	if err != nil {
		return c.failed(err)
	}
	v := statements.View{MaySay: c.may("state"), MayDisavow: c.may("disavow"), MayRetract: c.may("retract")}
	if o, ok := snap.State().OfficeByID(c.who.Office); ok {
		v.Said, v.More = publicoffice.Said(snap, o.Office)
	}
	waiting, err := c.d.house.Waiting(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	if c.seesRequests() {
		for _, row := range forme.Build(waiting, c.who.ID).Requests {
			if row.Act == "statement" || row.Act == "disavow" || row.Act == "retract" {
				v.Waiting = append(v.Waiting, row)
			}
		}
	}
	return view(statements.Page, v, c.printer.T("desk.statements.title"), "/desk/statements", "statements")
}

// said takes a form and leads to the request that it became.
func (c *call) said(v form.View, propose func(*call) (office.Request, error)) answer {
	q, err := propose(c)
	if err != nil {
		return c.again(err, v, "statements")
	}
	return c.proposed(q)
}

// holdFor is how long a holding statement usually lets people wait.
const holdFor = 2 * time.Hour

// sayForm is the form of a statement. Its words are there already where they are
// the same each time.
func (c *call) sayForm(name string) form.View {
	switch name {
	case "received", "sighting", "collected":
		return c.seenForm(name)
	}
	v := form.View{Act: name, Action: "/desk/say/" + name, Back: "/desk/statements"}
	if name == "holding" {
		next := c.d.house.Now().Add(holdFor).Round(15 * time.Minute)
		v.Fields = []form.Field{{Name: "next", Label: "next", Hint: "next", Sort: form.Time, Required: true, Value: next.Format("2006-01-02T15:04")}}
	} else {
		v.Fields = wordFields("words", "words")
	}
	if name == "draft" {
		for i, f := range v.Fields {
			p := c.d.printers[f.Lang]
			v.Fields[i].Value = p.T("desk.say.draft")
		}
	}
	v.Fields = append(v.Fields, regardingField(c.FormValue("regarding")))
	return v
}

func regardingField(value string) form.Field {
	return form.Field{Name: "regarding", Label: "regarding", Hint: "regarding", Sort: form.Line, Value: value}
}

// regarding returns the letters that a form names, of the reader's own office, or
// of another as OFFICE/REFERENCE is on the command line.
func (c *call) regarding() ([]register.Target, error) {
	words := strings.Fields(strings.ReplaceAll(c.FormValue("regarding"), ",", " "))
	if len(words) == 0 {
		return nil, nil
	}
	offices, err := c.d.house.Offices(c.ctx())
	if err != nil {
		return nil, err //nolint:wrapcheck // the act's own words
	}
	uris := map[string]register.Office{}
	for _, o := range offices {
		uris[o.ID] = register.Office(o.URI)
	}
	var out []register.Target
	for _, w := range words {
		of := uris[c.who.Office]
		if name, theirs, cut := strings.Cut(w, "/"); cut && name != c.who.Office && uris[name] != "" {
			of, w = uris[name], theirs
		}
		ref, err := letter.ParseRef(w)
		if err != nil {
			return nil, kind.Invalid.Errorf("the letter that it is about: %w", err)
		}
		out = append(out, register.Target{Office: of, Reference: ref})
	}
	return out, nil
}

func (c *call) proposeHolding() (office.Request, error) {
	next, err := c.minute("next")
	if err != nil {
		return office.Request{}, err
	}
	about, err := c.regarding()
	if err != nil {
		return office.Request{}, err
	}
	return c.d.house.ProposeHolding(c.ctx(), c.who.Office, c.who.ID, next, about) //nolint:wrapcheck // the act's own words
}

func (c *call) proposeAbout() (office.Request, error) {
	say, err := c.saying()
	if err != nil {
		return office.Request{}, err
	}
	return c.d.house.ProposeStatement(c.ctx(), c.who.Office, c.who.ID, say) //nolint:wrapcheck // the act's own words
}

// texts returns the texts of a form in the languages of the pages.
func (c *call) texts(name string) ([]letter.LangText, error) {
	var out []letter.LangText
	for _, lang := range i18n.Langs() {
		s := c.FormValue(name + "." + string(lang))
		if strings.TrimSpace(s) == "" {
			continue
		}
		text, err := letter.Canonicalize([]byte(s))
		if err != nil {
			return nil, kind.Invalid.Errorf("the text in %s: %w", lang, err)
		}
		out = append(out, letter.LangText{Lang: lang, Text: text})
	}
	return out, nil
}

// disavowForm asks for the paper, as words or as a file, and for the reason.
func (c *call) disavowForm() form.View {
	v := form.View{Act: "disavow", Action: "/desk/disavow", Back: "/desk/statements", Files: true}
	v.Fields = append(v.Fields, form.Field{Name: "file", Label: "forgery", Hint: "forgery", Sort: form.FileSort})
	for _, f := range wordFields("paper", "paper") {
		f.Rows = 8
		v.Fields = append(v.Fields, f)
	}
	reason := wordFields("reason", "notours")
	for i, f := range reason {
		p := c.d.printers[f.Lang]
		reason[i].Value = p.T("desk.say.notours")
	}
	v.Fields = append(append(v.Fields, reason...), regardingField(""))
	return v
}

func (c *call) proposeDisavow() (office.Request, error) {
	f, err := c.forgery()
	if err != nil {
		return office.Request{}, err
	}
	why, err := c.reason()
	if err != nil {
		return office.Request{}, err
	}
	return c.d.house.ProposeDisavow(c.ctx(), c.who.Office, c.who.ID, f, why) //nolint:wrapcheck // the act's own words
}

// forgery reads the paper: its words, and the digest of its file. The words of a
// file that is text count as well.
func (c *call) forgery() (f office.Forgery, err error) {
	if f.Regarding, err = c.regarding(); err != nil {
		return f, err
	}
	texts, raw, err := c.paperSent("paper")
	if err != nil {
		return f, err
	}
	if f.Texts = texts; raw != nil {
		f.Files = append(f.Files, sha256.Sum256(raw))
	}
	return f, nil
}

// paperSent reads a paper: the words that were typed into fields of a name or, without
// any, those of its file when that is text; and the file.
func (c *call) paperSent(name string) (texts []letter.LangText, raw []byte, err error) {
	if texts, err = c.texts(name); err != nil {
		return nil, nil, err
	}
	raw, fileName, err := c.file("file")
	if err != nil || raw == nil {
		return texts, nil, err
	}
	words, isText := wordsOf(fileName, raw)
	if !isText || len(texts) > 0 {
		return texts, raw, nil
	}
	text, err := letter.Canonicalize([]byte(words))
	if err != nil {
		return nil, raw, nil // known by its digest alone
	}
	return []letter.LangText{{Lang: c.lang, Text: text}}, raw, nil
}

// wordsOf returns the words of a file that is plain text or a page.
func wordsOf(name string, raw []byte) (string, bool) {
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".txt"), strings.HasSuffix(lower, ".md"):
		return string(raw), true
	case strings.HasSuffix(lower, ".html"), strings.HasSuffix(lower, ".htm"):
		return page.Read(string(raw)).Text, true
	}
	return "", false
}

// file returns an uploaded file; nil when none was chosen.
func (c *call) file(field string) ([]byte, string, error) {
	f, h, err := c.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", kind.Invalid.Errorf("reading the file: %w", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(f) // the whole form is limited
	if err != nil {
		return nil, "", kind.Invalid.Errorf("reading the file: %w", err)
	}
	if len(raw) == 0 {
		return nil, "", nil
	}
	return raw, h.Filename, nil
}

// retracted returns the entry that an address names.
func (c *call) retracted() (register.Index, error) {
	n, err := strconv.ParseUint(c.PathValue("entry"), 10, 63)
	if err != nil {
		return 0, kind.NotFound.Errorf("there is no such entry")
	}
	snap, err := c.d.records.Snapshot(c.ctx())
	if err != nil {
		return 0, err //nolint:wrapcheck // says what it read
	}
	o, _ := snap.State().OfficeByID(c.who.Office)
	for _, s := range snap.State().Statements() {
		if s.Office == o.Office && s.Index == register.Index(n) {
			return s.Index, nil
		}
	}
	for _, d := range snap.State().Disavowals() {
		if d.Office == o.Office && d.Index == register.Index(n) {
			return d.Index, nil
		}
	}
	return 0, kind.NotFound.Errorf("there is no such entry")
}

func (c *call) retractView() form.View {
	return form.View{Act: "retract", Action: "/desk/retract/" + c.PathValue("entry"), Back: "/desk/statements", Fields: wordFields("reason", "reason")}
}

func (c *call) retractForm() answer {
	if _, err := c.retracted(); err != nil {
		return c.failed(err)
	}
	return c.showForm(c.retractView(), "statements")
}

func (c *call) retractSent() answer {
	entry, err := c.retracted()
	if err != nil {
		return c.failed(err)
	}
	return c.said(c.retractView(), func(c *call) (office.Request, error) {
		why, err := c.reason()
		if err != nil {
			return office.Request{}, err
		}
		return c.d.house.ProposeRetract(c.ctx(), c.who.Office, c.who.ID, entry, why) //nolint:wrapcheck // the act's own words
	})
}
