// Package feed tells what an office did in public, the newest first, to programs
// that follow it: as Atom (RFC 4287) and as JSON Feed 1.1. It holds what the log
// says to everybody and nothing of sealed drafts.
package feed

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// Most is how many acts a feed holds.
const Most = 50

// An Item is one act of an office.
type Item struct {
	Entry     register.Index
	At        time.Time
	What      string     // key of a message under "event."
	Reference letter.Ref // of the letter it is about; "" for a statement about none
	Text      string     // public words of the act, in the feed's language where there are any
}

// A Feed is what an office did in public, in one language.
type Feed struct {
	Lang   letter.Lang
	Office register.OfficeView
	Origin string // of the log
	Base   string // scheme and host of this server, without a slash at the end
	Items  []Item
	name   string
	title  string
	since  time.Time
	says   func(Item) string
}

// Build gathers an office's public acts.
func Build(p *i18n.Printer, r shared.Records, o register.OfficeView, base string) Feed {
	s := r.State()
	name, _ := o.Name.In(p.Lang())
	f := Feed{Lang: p.Lang(), Office: o, Origin: s.Origin(), Base: base, name: name, since: o.Since}
	f.title = p.T("feed.title", "office", name)
	if s.Exercise() {
		f.title = p.T("feed.exercise", "title", f.title)
	}
	f.says = func(i Item) string {
		what := p.T("event." + i.What)
		if i.Reference == "" {
			return what
		}
		return p.T("feed.item", "ref", string(i.Reference), "what", what)
	}
	for _, l := range s.Letters() {
		if l.Office == o.Office {
			f.Items = append(f.Items, ofLetter(p, l)...)
		}
	}
	f.Items = append(f.Items, spoken(p, r, o.Office)...)
	slices.SortStableFunc(f.Items, func(a, b Item) int { return cmp.Compare(b.Entry, a.Entry) })
	f.Items = f.Items[:min(len(f.Items), Most)]
	return f
}

// ofLetter returns what happened to one letter.
func ofLetter(p *i18n.Printer, l *register.Letter) []Item {
	var out []Item
	add := func(i register.Index, at register.Stamp, what string, words register.Words) {
		text, _ := words.In(p.Lang())
		out = append(out, Item{Entry: i, At: at.Time(), What: what, Reference: l.Reference, Text: text})
	}
	for i, o := range l.Opened {
		if i == 0 || l.Opened[i-1].Index != o.Index { // one entry may open several revisions
			add(o.Index, o.At, "opened", nil)
		}
	}
	for _, i := range l.Issues {
		add(i.Index, i.At, "issued", nil)
	}
	for _, c := range l.Corrected {
		add(c.Index, c.At, "corrected", c.Correct.Reason)
	}
	if c := l.Closed; c != nil {
		add(c.Index, c.At, "closed", nil)
	}
	if w := l.Withdrawn; w != nil {
		add(w.Index, w.At, "withdrawn", w.Reason)
		if w.Emergency != nil && w.Emergency.Ratified != nil {
			add(w.Emergency.Ratified.Index, w.Emergency.Ratified.At, "ratified", nil)
		}
	}
	for _, x := range l.ReplacedBy {
		add(x.Index, x.At, "superseded", nil)
		out[len(out)-1].Text = p.T("event.by", "ref", string(x.By.Reference))
	}
	return out
}

// spoken returns an office's statements and disavowals, and those it took back.
func spoken(p *i18n.Printer, r shared.Records, o register.Office) []Item {
	var out []Item
	add := func(i register.Index, at register.Stamp, what, text string, gone *register.Retraction) {
		out = append(out, Item{Entry: i, At: at.Time(), What: what, Text: text})
		if gone != nil {
			reason, _ := gone.Reason.In(p.Lang())
			out = append(out, Item{Entry: gone.Index, At: gone.At.Time(), What: "retracted", Text: reason})
		}
	}
	for _, x := range r.State().Statements() {
		if x.Office == o {
			add(x.Index, x.At, string(x.Statement.Type), wordsOf(p, r, x.Statement.Texts), x.Retracted)
		}
	}
	for _, d := range r.State().Disavowals() {
		if d.Office == o {
			reason, _ := d.Disavow.Reason.In(p.Lang())
			add(d.Index, d.At, "disavowal", reason, d.Retracted)
		}
	}
	return out
}

// wordsOf returns a statement's words in the printer's language, or in the first
// that it has.
func wordsOf(p *i18n.Printer, r shared.Records, fields []letter.Disclosure) string {
	first := ""
	for _, f := range fields {
		lang, ok := f.Field.Lang()
		if !ok || f.Salt == nil {
			continue
		}
		text, ok := r.TextOf(f.Hash)
		switch {
		case !ok:
		case lang == p.Lang():
			return strings.TrimSpace(text.String())
		case first == "":
			first = strings.TrimSpace(text.String())
		}
	}
	return first
}

// id names an act for ever: the log, the position of its entry, and which of the
// acts of that entry it is: an issue may replace several letters.
func (f Feed) id(i Item) string {
	id := fmt.Sprintf("urn:chancery:entry:%s:%d:%s", f.Origin, i.Entry, i.What)
	if i.Reference == "" {
		return id
	}
	return id + ":" + url.PathEscape(string(i.Reference))
}

// url is the page of an item: of the letter, or of the entry.
func (f Feed) url(i Item) string {
	path := shared.EntryPath(i.Entry)
	if i.Reference != "" {
		path = shared.LetterPath(f.Office.ID, i.Reference)
	}
	return f.Base + shared.Href(f.Lang, path)
}

func (f Feed) page(suffix string) string {
	return f.Base + shared.Href(f.Lang, shared.OfficePath(f.Office.ID)+suffix)
}

// updated is when the newest act was done, or the office enrolled.
func (f Feed) updated() time.Time {
	if len(f.Items) > 0 {
		return f.Items[0].At
	}
	return f.since
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   atomText    `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomAuthor  `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
	URI  string `xml:"uri"`
}

type atomEntry struct {
	ID        string    `xml:"id"`
	Title     atomText  `xml:"title"`
	Updated   string    `xml:"updated"`
	Published string    `xml:"published"`
	Link      atomLink  `xml:"link"`
	Content   *atomText `xml:"content,omitempty"`
}

// Atom writes the feed as Atom.
func (f Feed) Atom() ([]byte, error) {
	when := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	out := atomFeed{
		Lang: string(f.Lang), ID: fmt.Sprintf("urn:chancery:office:%s:%s:%s", f.Origin, f.Office.ID, f.Lang), Title: atomText{"text", clean(f.title)},
		Updated: when(f.updated()), Author: atomAuthor{clean(f.name), string(f.Office.Office)},
		Links: []atomLink{{"self", "application/atom+xml", f.page("/feed.atom")}, {"alternate", "text/html", f.page("")}},
	}
	for _, i := range f.Items {
		e := atomEntry{
			ID: f.id(i), Title: atomText{"text", clean(f.says(i))}, Updated: when(i.At), Published: when(i.At),
			Link: atomLink{"alternate", "text/html", f.url(i)},
		}
		if i.Text != "" {
			e.Content = &atomText{"text", clean(i.Text)}
		}
		out.Entries = append(out.Entries, e)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("writing the feed of %s: %w", f.Office.ID, err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// clean takes out what would break the line of a feed reader: control characters,
// and those that turn the direction of writing.
func clean(s string) string { return shared.Plain(s) }

type jsonFeed struct {
	Version  string       `json:"version"`
	Title    string       `json:"title"`
	Home     string       `json:"home_page_url"`
	URL      string       `json:"feed_url"`
	Language letter.Lang  `json:"language"`
	Authors  []jsonAuthor `json:"authors"`
	Items    []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type jsonItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Title     string   `json:"title"`
	Text      string   `json:"content_text"`
	Published string   `json:"date_published"`
	Tags      []string `json:"tags"`
}

// JSON writes the feed as JSON Feed 1.1.
func (f Feed) JSON() ([]byte, error) {
	out := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: clean(f.title), Home: f.page(""), URL: f.page("/feed.json"), Language: f.Lang,
		Authors: []jsonAuthor{{clean(f.name), string(f.Office.Office)}}, Items: []jsonItem{},
	}
	for _, i := range f.Items {
		x := jsonItem{ID: f.id(i), URL: f.url(i), Title: clean(f.says(i)), Text: clean(i.Text), Published: i.At.UTC().Format(time.RFC3339), Tags: []string{i.What}}
		if x.Text == "" {
			x.Text = x.Title
		}
		out.Items = append(out.Items, x)
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the feed of %s: %w", f.Office.ID, err)
	}
	return append(b, '\n'), nil
}
