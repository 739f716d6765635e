package desk

import (
	"net/http"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/form"
	"chancery.example/letter"
)

func (d *Desk) correctRoutes() []route {
	return []route{
		{pattern: "GET /desk/correct/{ref...}", act: "correct", serve: (*call).correctForm},
		{pattern: "POST /desk/correct/{ref...}", act: "correct", serve: (*call).correct},
	}
}

// correctForm holds the words that stand, to be corrected, and asks why.
func (c *call) correctForm() answer {
	v, err := c.correctView()
	if err != nil {
		return c.failed(err)
	}
	return c.showForm(v, "letters")
}

func (c *call) correctView() (form.View, error) {
	ref, err := c.letter()
	if err != nil {
		return form.View{}, err
	}
	l, err := c.d.house.Letter(c.ctx(), c.who.Office, ref)
	if err != nil {
		return form.View{}, err //nolint:wrapcheck // the act's own words
	}
	var fields []form.Field
	for _, x := range l.Draft.Texts {
		fields = append(fields, form.Field{
			Name: "text." + string(x.Lang), Label: "text", Hint: "correct", Sort: form.Text, Lang: x.Lang, Rows: 14, Value: x.Text.String(),
		})
	}
	fields = append(fields, wordFields("reason", "reason")...)
	v := actView("correct", ref, append(fields, form.Field{Name: "form", Label: "elsewhere", Hint: "elsewhere", Sort: form.FileSort}))
	v.Files = true
	return v, nil
}

// correct proposes what was corrected. A PDF made elsewhere is shown first, beside the
// corrected words.
func (c *call) correct() answer {
	v, err := c.correctView()
	if err != nil {
		return c.failed(err)
	}
	if err := c.readForm(); err != nil {
		return c.failed(err)
	}
	x, name, err := c.correction()
	if err != nil {
		return c.again(err, v, "letters")
	}
	if x.Form != nil && x.Confirmed == (letter.Hash{}) {
		return c.showCorrection(v, name, x)
	}
	q, err := c.d.house.ProposeCorrect(c.ctx(), c.who.Office, c.who.ID, v.Reference, x)
	if err != nil {
		return c.again(err, v, "letters")
	}
	return c.proposed(q)
}

// correction reads what is corrected, why, and what PDF it is to be.
func (c *call) correction() (x office.Correction, name string, err error) {
	if x.Reason, err = c.reason(); err != nil {
		return x, "", err
	}
	x.Change = func(content *letter.Content) error {
		for i, t := range content.Texts {
			text, err := letter.Canonicalize([]byte(c.FormValue("text." + string(t.Lang))))
			if err != nil {
				return kind.Invalid.Errorf("the text in %s: %w", t.Lang, err)
			}
			content.Texts[i].Text = text
		}
		return nil
	}
	g, err := c.given()
	x.Form, x.Confirmed = g.pdf, g.confirmed
	return x, g.name, err
}

// showCorrection shows what a PDF made elsewhere says beside the corrected words.
func (c *call) showCorrection(v form.View, name string, x office.Correction) answer {
	s, err := c.d.house.ShowCorrection(c.ctx(), c.who.Office, c.who.ID, v.Reference, x)
	if kind.Of(err) == kind.Unavailable {
		err = kind.Conflict.Wrap(err) // it is said in the form, and what was typed stays
	}
	if err != nil {
		return c.again(err, v, "letters")
	}
	words := map[letter.Lang]string{}
	for _, t := range s.Texts {
		words[t.Language] = c.FormValue("text." + string(t.Language))
	}
	c.typed(v.Fields)
	v.Given = c.shown(name, x.Form, s, words)
	a := c.showForm(v, "letters")
	if !v.Given.Fits {
		a.status = http.StatusUnprocessableEntity
	}
	return a
}
