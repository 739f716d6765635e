package desk

import (
	"encoding/base64"
	"net/http"
	"path"
	"strings"

	"chancery.example/internal/form"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/submit"
	"chancery.example/letter"
)

// given reads a PDF that was made elsewhere out of the form: one that was chosen now, or
// that which the page before was about, with what was confirmed of it.
func (c *call) given(terms *office.Terms) (name string, err error) {
	raw, name, err := c.file("form")
	if err != nil {
		return "", err
	}
	if raw == nil {
		if raw, err = base64.StdEncoding.DecodeString(c.FormValue("given")); err != nil {
			return "", kind.Invalid.Errorf("the PDF came back broken: choose it again")
		}
		name = c.FormValue("given-name")
		if terms.Confirmed, err = letter.ParseHash(c.FormValue("confirmed")); err != nil {
			terms.Confirmed = letter.Hash{}
		}
	}
	if len(raw) > form.MaxBytes {
		return "", kind.Invalid.Errorf("the PDF has more than %d MB: print it with smaller pictures", form.MaxBytes>>20)
	}
	if len(raw) > 0 {
		terms.Form = raw
	}
	return path.Base(strings.ReplaceAll(name, `\`, "/")), nil
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
	g := &submit.Given{Name: name, Pages: s.Pages, Fits: s.Fit(), Text: s.Text, Wrong: s.Wrong, Pictures: s.Pictures, Digest: s.Digest().String()}
	for _, t := range s.Texts {
		x := submit.Text{Lang: t.Language, Differences: t.Differences}
		for _, own := range d.Draft.Texts {
			if own.Lang == t.Language {
				x.Words = own.Text.String()
			}
		}
		g.Texts = append(g.Texts, x)
	}
	status := http.StatusUnprocessableEntity
	if g.Fits {
		g.Data, status = base64.StdEncoding.EncodeToString(terms.Form), http.StatusOK
	}
	return c.showSubmit(d, g, nil, status)
}
