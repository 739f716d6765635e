package desk

import (
	"encoding/json"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/form"
)

// What an office says of papers that are not its own: that it received one, saw one,
// or keeps one. An addressee, an embassy or a newsroom says so in its own register.

// seenForm is the form of such a statement.
func (c *call) seenForm(name string) form.View {
	v := form.View{Act: name, Action: "/desk/say/" + name, Back: "/desk/statements", Files: true, Fields: wordFields("words", "words")}
	for i, f := range v.Fields {
		v.Fields[i].Value = c.d.printers[f.Lang].T("desk.say." + name)
	}
	if name == "received" {
		v.Fields = append(v.Fields, form.Field{Name: "file", Label: "slip", Hint: "slip", Sort: form.FileSort})
	} else {
		v.Fields = append(v.Fields, form.Field{Name: "file", Label: "seenfile", Hint: "seenfile", Sort: form.FileSort})
		for _, f := range wordFields("seen", "seen") {
			f.Label, f.Rows = "paper", 8
			v.Fields = append(v.Fields, f)
		}
		v.Fields = append(v.Fields,
			form.Field{Name: "source", Label: "source", Hint: "source", Sort: form.Line, Required: name == "collected"},
			form.Field{Name: "at", Label: "seenat", Hint: "seenat", Sort: form.Time})
	}
	v.Fields = append(v.Fields, regardingField(c.FormValue("regarding")))
	return v
}

// saying is what the statement itself says.
func (c *call) saying() (office.Say, error) {
	about, err := c.regarding()
	if err != nil {
		return office.Say{}, err
	}
	texts, err := c.texts("words")
	if err == nil && len(texts) == 0 {
		err = kind.Invalid.Errorf("there are no words: write them in at least one language")
	}
	return office.Say{Texts: texts, Regarding: about}, err
}

// mostSlips is how large the file of slips may be.
const mostSlips = 1 << 20

func (c *call) proposeReceived() (office.Request, error) {
	raw, name, err := c.file("file")
	if err != nil {
		return office.Request{}, err
	}
	say, err := c.saying()
	if err != nil {
		return office.Request{}, err
	}
	var slips []office.Slip
	if raw != nil {
		if len(raw) > mostSlips || json.Unmarshal(raw, &slips) != nil {
			return office.Request{}, kind.Invalid.Errorf("%q is not the .slip.json that came with a copy", name)
		}
	}
	return c.d.house.ProposeReceived(c.ctx(), c.who.Office, c.who.ID, say, slips) //nolint:wrapcheck // the act's own words
}

func (c *call) proposeSighting() (office.Request, error) {
	say, seen, err := c.seen()
	if err != nil {
		return office.Request{}, err
	}
	return c.d.house.ProposeSighting(c.ctx(), c.who.Office, c.who.ID, say, seen) //nolint:wrapcheck // the act's own words
}

func (c *call) proposeCollected() (office.Request, error) {
	say, seen, err := c.seen()
	if err != nil {
		return office.Request{}, err
	}
	return c.d.house.ProposeCollected(c.ctx(), c.who.Office, c.who.ID, say, seen) //nolint:wrapcheck // the act's own words
}

// seen reads what is said of a paper, and the paper: its words, or a file that is
// text.
func (c *call) seen() (say office.Say, seen office.Sighted, err error) {
	paper, _, err := c.paperSent("seen")
	if err != nil {
		return say, seen, err
	}
	if say, err = c.saying(); err != nil {
		return say, seen, err
	}
	seen = office.Sighted{Texts: paper, Source: strings.TrimSpace(c.FormValue("source"))}
	seen.SeenAt, err = c.minute("at")
	return say, seen, err
}
