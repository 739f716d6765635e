// Package linked says what a page of the register says in the words of
// schema.org, for programs that gather pages: a letter as a DigitalDocument, and
// a sketch of a ClaimReview that a fact-checker can take and fill in. The
// register never rates a claim itself.
package linked

import (
	"encoding/json"
	"fmt"
	"time"

	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

const context = "https://schema.org"

// An Organization is who speaks.
type Organization struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// A Document is a letter as schema.org's DigitalDocument.
type Document struct {
	Context    string        `json:"@context,omitempty"`
	Type       string        `json:"@type"`
	ID         string        `json:"@id"`
	URL        string        `json:"url"`
	Name       string        `json:"name"`
	Identifier letter.Ref    `json:"identifier"`
	Languages  []letter.Lang `json:"inLanguage,omitempty"`
	Status     string        `json:"creativeWorkStatus"`
	Published  string        `json:"datePublished,omitempty"`
	Modified   string        `json:"dateModified,omitempty"`
	Expires    string        `json:"expires,omitempty"`
	Author     Organization  `json:"author"`
	Publisher  Organization  `json:"publisher"`
	Page       string        `json:"mainEntityOfPage"`
	Checked    string        `json:"sdDatePublished"`
}

// A Claim is what a fact-checker reviews.
type Claim struct {
	Type       string   `json:"@type"`
	Appearance []string `json:"appearance"`
	About      Document `json:"about"`
}

// A Review is a ClaimReview without rating, claim and reviewer: those are for who
// takes it.
type Review struct {
	Context   string       `json:"@context"`
	Type      string       `json:"@type"`
	URL       string       `json:"url"`
	Claim     string       `json:"claimReviewed"`
	Author    Organization `json:"author"`
	Published string       `json:"datePublished"`
	Item      Claim        `json:"itemReviewed"`
	Abstract  string       `json:"abstract"`
	BasedOn   []string     `json:"isBasedOn"`
}

// Letter describes a letter. base is the scheme and host of this server.
func Letter(p *i18n.Printer, v record.View, base string) Document {
	name, _ := v.Office.Name.In(p.Lang())
	page := base + shared.Href(p.Lang(), shared.LetterPath(v.Office.ID, v.Reference))
	office := Organization{"Organization", shared.Plain(name), string(v.Office.Office)}
	d := Document{
		Context: context, Type: "DigitalDocument", ID: base + shared.LetterPath(v.Office.ID, v.Reference), URL: page, Identifier: v.Reference, Page: page,
		Name: p.T("feed.item", "ref", string(v.Reference), "what", office.Name), Status: p.T("letter.title." + string(v.Standing)),
		Author: office, Publisher: office, Checked: day(v.At),
	}
	if v.Status.IssuedAt != 0 {
		d.Published = day(v.Status.IssuedAt.Time())
	}
	if n := len(v.History); n > 0 {
		d.Modified = day(v.History[n-1].At)
	}
	if v.Status.Expires != 0 {
		d.Expires = day(v.Status.Expires.Time())
	}
	if len(v.Revisions) > 0 {
		for _, b := range v.Revisions[0].Bodies {
			d.Languages = append(d.Languages, b.Lang)
		}
	}
	return d
}

func day(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Sketch makes what a fact-checker can take: what the register says, and where.
func Sketch(p *i18n.Printer, v record.View, base string) Review {
	d := Letter(p, v, base)
	d.Context = ""
	r := Review{
		Context: context, Type: "ClaimReview", Author: Organization{Type: "Organization"}, Item: Claim{"Claim", []string{}, d},
		Abstract: p.T("linked.abstract", "ref", string(v.Reference), "office", d.Author.Name, "standing", d.Status, "origin", v.Head.Origin, "n", v.Head.Size, "time", p.Moment(v.At)),
		BasedOn:  []string{d.URL},
	}
	for _, e := range v.Status.Entries {
		r.BasedOn = append(r.BasedOn, base+shared.Href(p.Lang(), shared.EntryPath(e)))
	}
	return r
}

// Bytes writes a description.
func Bytes(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing linked data: %w", err)
	}
	return append(b, '\n'), nil
}
