package desk

import (
	"encoding/base64"
	"net/http"
	"path"
	"strings"

	"chancery.example/internal/form"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/given"
	"chancery.example/internal/web/desk/pages/submit"
	"chancery.example/letter"
)

// A givenPDF is a PDF that was made elsewhere, as a form brings it.
type givenPDF struct {
	pdf       []byte // nil: none was chosen
	name      string
	confirmed letter.Hash // what somebody said yes to; zero: nothing
}

// given reads a PDF that was made elsewhere out of the form: one that was chosen now, or
// that which the page before was about, with what was confirmed of it.
func (c *call) given() (g givenPDF, err error) {
	if g.pdf, g.name, err = c.file("form"); err != nil {
		return g, err
	}
	if g.pdf == nil {
		if g.pdf, err = base64.StdEncoding.DecodeString(c.FormValue("given")); err != nil {
			return givenPDF{}, kind.Invalid.Errorf("the PDF came back broken: choose it again")
		}
		g.name = c.FormValue("given-name")
		if g.confirmed, err = letter.ParseHash(c.FormValue("confirmed")); err != nil {
			g.confirmed = letter.Hash{}
		}
	}
	switch {
	case len(g.pdf) == 0:
		return givenPDF{}, nil
	case len(g.pdf) > form.MaxBytes:
		return givenPDF{}, kind.Invalid.Errorf("the PDF has more than %d MB: print it with smaller pictures", form.MaxBytes>>20)
	}
	g.name = path.Base(strings.ReplaceAll(g.name, `\`, "/"))
	return g, nil
}

// showGiven shows what a PDF made elsewhere says beside the letter, and asks for a yes to
// it. Nothing is kept meanwhile: the file goes to the page and comes back with the answer.
func (c *call) showGiven(d dossier, name string, terms office.Terms) answer {
	s, err := c.d.house.ShowForm(c.ctx(), c.who.Office, c.who.ID, d.Draft, terms)
	switch k := kind.Of(err); {
	case err == nil:
	case k == kind.Invalid, k == kind.Conflict, k == kind.Unavailable:
		return c.showSubmit(d, nil, []submit.Wrong{{Field: "form", Key: "form", Why: c.told(err)}}, problemStatus(err))
	default:
		return c.failed(err)
	}
	words := map[letter.Lang]string{}
	for _, t := range d.Draft.Texts {
		words[t.Lang] = t.Text.String()
	}
	g, status := c.shown(name, terms.Form, s, words), http.StatusOK
	if !g.Fits {
		status = http.StatusUnprocessableEntity
	}
	return c.showSubmit(d, g, nil, status)
}

// shown is what a page shows of a PDF, beside the words that it is to say.
func (c *call) shown(name string, pdf []byte, s form.Shown, words map[letter.Lang]string) *given.View {
	g := &given.View{Name: name, Pages: s.Pages, Fits: s.Fit(), Text: s.Text, Pictures: s.Pictures, Digest: s.Digest().String()}
	for _, o := range s.Wrong {
		g.Wrong = append(g.Wrong, c.told(o))
	}
	for _, t := range s.Texts {
		g.Texts = append(g.Texts, given.Text{Lang: t.Language, Words: words[t.Language], Differences: t.Differences})
	}
	if g.Fits {
		g.Data = base64.StdEncoding.EncodeToString(pdf)
	}
	return g
}
