// Package badge draws where a letter stands, small enough to stand in somebody
// else's page. It is drawn anew whenever it is asked for, so that a withdrawal
// shows where the letter was once quoted as in force.
package badge

import (
	_ "embed"
	"html/template"
	"io"
	"time"
	"unicode"

	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

//go:embed badge.svg.tmpl
var source string

// A Badge says where a letter stands as a whole.
type Badge struct {
	Office    string            `json:"office"`
	URI       register.Office   `json:"office_uri"`
	Reference letter.Ref        `json:"reference"`
	Standing  register.Standing `json:"standing"`
	Text      map[string]string `json:"text"` // the standing in words, by language
	Corrected bool              `json:"corrected,omitempty"`
	At        time.Time         `json:"checked_at"`
	Origin    string            `json:"origin"`
	Size      uint64            `json:"size"`
	Page      string            `json:"page"`
	Exercise  bool              `json:"exercise,omitempty"`
	name      string
}

// Build looks up where a letter stands. base is the scheme and host of this
// server, without a slash at the end.
func Build(r shared.Records, l *register.Letter, at time.Time, printers map[letter.Lang]*i18n.Printer, lang letter.Lang, base string) Badge {
	s := r.State()
	office := shared.NameOf(s, l.Office)
	st := shared.StatusOf(r, l, at)
	name, _ := office.Name.In(lang)
	b := Badge{
		Office: office.ID, URI: l.Office, Reference: l.Reference, Standing: st.Standing, Text: map[string]string{}, Corrected: len(st.Corrected) > 0,
		At: at.UTC(), Origin: s.Origin(), Size: s.Size(), Page: base + shared.Href(lang, shared.LetterPath(office.ID, l.Reference)), Exercise: s.Exercise(), name: shared.Plain(name),
	}
	for lang, p := range printers {
		b.Text[string(lang)] = p.T("letter.title." + string(st.Standing))
	}
	return b
}

// A drawing is what the template draws.
type drawing struct {
	Lang, Dir             string
	Title                 string // the whole badge in words
	Name, Line, Ref, AsOf string
	Fill, On              string
	Width, Edge, Text     int // of the badge, where the colour ends, where words begin
	Icon                  template.HTML
}

// fills are the colours of the design's tokens, which a picture cannot take from a
// style sheet.
var fills = map[string][2]string{
	"in-force": {"#03864e", "#fff"}, "superseded": {"#2d54be", "#fff"}, "withdrawn": {"#4b1f6c", "#fff"}, "draft": {"#f2b705", "#16202a"},
	"altered": {"#b42d0a", "#fff"}, "disavowed": {"#5f0716", "#fff"}, "unknown": {"#59616a", "#fff"}, "stated": {"#2f4858", "#fff"},
}

// Fills returns the fill and the ink of each intent, for a test to compare with
// the tokens.
func Fills() map[string][2]string { return fills }

// SVG draws the badge in a language.
func (b Badge) SVG(w io.Writer, p *i18n.Printer) error {
	d := drawing{Lang: string(p.Lang()), Dir: shared.Dir(p.Lang()), Name: cut(b.name, 44), Line: b.Text[string(p.Lang())], Ref: cut(string(b.Reference), 40)}
	d.AsOf = p.T("badge.asof", "time", p.Moment(b.At))
	if b.Exercise {
		d.AsOf = p.T("exercise.short") + " " + d.AsOf
	}
	if b.Corrected && b.Standing == register.InForce {
		d.Line = p.T("badge.corrected", "standing", d.Line)
	}
	d.Title = p.T("badge.title", "ref", string(b.Reference), "office", b.name, "standing", d.Line, "asof", d.AsOf)
	intent := string(shared.IntentOf(b.Standing))
	d.Fill, d.On = fills[intent][0], fills[intent][1]
	d.Icon = shared.Icon(shared.IconOf(b.Standing))
	d.Width = 64 + 24 + max(width(d.Line, 9), width(d.Name, 7.4)+width(d.Ref, 7.4)+16, width(d.AsOf, 6.6))
	d.Edge, d.Text = 64, 76
	if d.Dir == "rtl" {
		d.Edge, d.Text = d.Width-64, d.Width-76
	}
	return badge.Execute(w, d) //nolint:wrapcheck // the caller says what it did
}

var badge = template.Must(template.New("badge").Parse(source))

// width is about how wide a text is drawn, generously: who reads it may have any
// font. Marks upon letters take no room.
func width(s string, each float64) int {
	n := 0.0
	for _, r := range s {
		if !unicode.Is(unicode.Mn, r) {
			n += each
		}
	}
	return int(n)
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// Link is the piece of a page that shows the badge, for others to copy.
func (b Badge) Link(p *i18n.Printer) string {
	alt := p.T("badge.alt", "ref", string(b.Reference), "office", b.name)
	return `<a href="` + template.HTMLEscapeString(b.Page) + `"><img src="` + template.HTMLEscapeString(b.Page) + `/badge.svg" height="72" alt="` +
		template.HTMLEscapeString(alt) + `"></a>`
}
