package v1

import (
	"encoding/base64"
	"fmt"
	"net/http"

	"chancery.example/internal/folder"
	"chancery.example/internal/form"
	"chancery.example/internal/staff"
	"chancery.example/letter"
)

// PDFs that were made elsewhere and are to be a letter's form. What one shows is told
// first, held against the letter's words; who brings it has a person read that, and sends
// the same again with the digest that stands there (MUST-18).

// maxWithForm is how much a request may hold that brings a PDF.
var maxWithForm = maxBody + int64(base64.StdEncoding.EncodedLen(form.MaxBytes))

// elsewhereRoutes are the routes of this file.
func elsewhereRoutes() []route {
	post := http.MethodPost
	pdf := act(http.MethodGet, "/requests/{id}/form", "the PDF that officers are asked to approve, byte for byte", nil, nil, ok, (*call).requestForm, staff.SeeDrafts)
	pdf.media = folder.FormMedia
	return []route{
		pdf,
		act(post, "/drafts/{ref}/submit/form", "what a PDF made elsewhere shows beside the draft, before it is submitted on these terms", Terms{}, Shown{}, ok, aboutWith((*call).mine, (*call).showDraftForm), staff.Submit).look(),
		act(post, "/finished/form", "what a PDF made elsewhere shows beside a document, before that is submitted", Finished{}, Shown{}, ok, with((*call).showFinishedForm), staff.Submit).look(),
		act(post, "/letters/{ref}/correct/form", "what a PDF made elsewhere shows beside the corrected words, before the correction is asked for", Correction{}, Shown{}, ok, aboutWith((*call).ref, (*call).showCorrectedForm), staff.Correct).look(),
	}
}

// Elsewhere is a PDF that was made elsewhere and is to be the letter's form.
type Elsewhere struct {
	Form      []byte       `json:"form,omitempty" doc:"a PDF made elsewhere, with all languages of the letter, that is to be stamped, sealed and issued as the letter; at most 16 MB"`
	Confirmed *letter.Hash `json:"confirmed,omitempty" doc:"with form: the digest of what it shows, from a person who has read that"`
}

// valid refuses what cannot be looked at.
func (v Elsewhere) valid() error {
	switch {
	case v.Form == nil && v.Confirmed != nil:
		return invalid("confirmed is about a PDF that was made elsewhere: send that as form.")
	case v.Form != nil && len(v.Form) == 0:
		return invalid("form is empty: send the PDF in base64, or leave form out.")
	case len(v.Form) > form.MaxBytes:
		return refusal{http.StatusRequestEntityTooLarge, "too_large", fmt.Sprintf("A PDF holds at most %d MB: print it with smaller pictures.", form.MaxBytes>>20), 0}
	}
	return nil
}

func (v Elsewhere) confirmed() letter.Hash {
	if v.Confirmed == nil {
		return letter.Hash{}
	}
	return *v.Confirmed
}

// A Shown is what a PDF made elsewhere shows, held against the words of a letter.
type Shown struct {
	File     letter.Hash  `json:"file" doc:"SHA-256 of the file"`
	Fits     bool         `json:"fits" doc:"it shows the letter and nothing else"`
	Confirm  *letter.Hash `json:"confirm,omitempty" doc:"when it fits: of the file and of what was read in it. A person who has read text, and looked at the file, confirms this"`
	Pages    int          `json:"pages"`
	Pictures []int        `json:"pictures" doc:"pages with a picture: words in one are not read, and are for people to look at"`
	Text     string       `json:"text" doc:"what people see in it, as it was read"`
	Texts    []ShownText  `json:"texts"`
	Wrong    []Obstacle   `json:"wrong" doc:"what else is in the way"`
}

// An Obstacle is something that an issued letter must not have.
type Obstacle struct {
	Code string `json:"code" doc:"what it is, as lint.covered; stays the same"`
	Page int    `json:"page,omitempty" doc:"none: the file as a whole"`
	Text string `json:"text" doc:"what it is and what to do, in English"`
}

// A ShownText is a text of the letter, and where the PDF shows something else.
type ShownText struct {
	Language    letter.Lang       `json:"language"`
	Differences []ShownDifference `json:"differences"`
}

// A ShownDifference is a place where a PDF shows other words than the letter has.
type ShownDifference struct {
	Shown      string `json:"shown" doc:"empty: the PDF leaves it out"`
	Registered string `json:"registered" doc:"empty: the letter does not say it"`
	Moved      bool   `json:"moved,omitempty" doc:"both have it, in another order"`
}

func (c *call) showDraftForm(ref letter.Ref, v Terms) (any, error) {
	l, err := c.api.Office.Letter(c.Context(), c.token.Office, ref)
	if err != nil {
		return nil, err
	}
	terms, err := c.terms(v)
	if err != nil {
		return nil, err
	}
	return c.shown(c.api.Office.ShowForm(c.Context(), c.token.Office, c.token.Person, l.Draft, terms))
}

func (c *call) showFinishedForm(v Finished) (any, error) {
	content, terms, err := c.finishing(v)
	if err != nil {
		return nil, err
	}
	return c.shown(c.api.Office.ShowForm(c.Context(), c.token.Office, c.token.Person, content, terms))
}

func (c *call) showCorrectedForm(ref letter.Ref, v Correction) (any, error) {
	x, err := v.correction()
	if err != nil {
		return nil, err
	}
	return c.shown(c.api.Office.ShowCorrection(c.Context(), c.token.Office, c.token.Person, ref, x))
}

// shown makes an answer of what a PDF shows.
func (c *call) shown(s form.Shown, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out := Shown{File: s.File, Fits: s.Fit(), Pages: s.Pages, Pictures: some(s.Pictures), Text: s.Text, Texts: []ShownText{}, Wrong: []Obstacle{}}
	for _, o := range s.Wrong {
		out.Wrong = append(out.Wrong, Obstacle{o.Name, o.Page, o.Words})
	}
	for _, t := range s.Texts {
		x := ShownText{t.Language, []ShownDifference{}}
		for _, d := range t.Differences {
			x.Differences = append(x.Differences, ShownDifference{d.Shown, d.Registered, d.Moved})
		}
		out.Texts = append(out.Texts, x)
	}
	if digest := s.Digest(); out.Fits {
		out.Confirm = &digest
	}
	return out, nil
}

// requestForm gives out the PDF of a request to who may read what it is about: it is the
// office's own until it is issued.
func (c *call) requestForm() (any, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	q, err := c.api.Office.Request(c.Context(), id)
	if err != nil {
		return nil, err
	}
	digest, made := q.FormOf()
	if !made {
		return nil, notThere
	}
	l, err := c.api.Office.Letter(c.Context(), c.token.Office, q.Reference)
	if err != nil {
		return nil, err
	}
	if !c.works(l) {
		return nil, notThere
	}
	raw, err := c.api.Office.Form(c.Context(), c.token.Office, digest)
	if err != nil {
		return nil, err
	}
	return file{folder.FormMedia, string(q.Reference) + ".pdf", raw}, nil
}
