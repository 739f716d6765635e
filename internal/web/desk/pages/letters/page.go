// Package letters is the desk's page of all letters of an office that the reader
// may know of, drafts included.
package letters

import (
	_ "embed"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("letters", source)

// Rows is how many letters stand on a page.
const Rows = 50

// A View is what the page shows.
type View struct {
	Query     Query
	Stages    []string            // that occur, for the choice
	Standings []register.Standing // likewise
	Langs     []letter.Lang       // likewise
	Rows      []Row
	Total     int // found
	All       int // that the reader may know of
	Previous  int // pages; 0: none
	Next      int
	MayStart  bool
}

// A Query is what the reader asked for.
type Query struct {
	Words    string // in the reference or the title
	Stage    string
	Standing register.Standing
	Lang     letter.Lang
	Page     int
}

// At returns the address of another page of the same query, from its "?" on.
func (q Query) At(page int) string {
	v := url.Values{}
	for name, value := range map[string]string{"q": q.Words, "stage": q.Stage, "standing": string(q.Standing), "lang": string(q.Lang)} {
		if value != "" {
			v.Set(name, value)
		}
	}
	v.Set("page", strconv.Itoa(page))
	return "?" + v.Encode()
}

// A Row is one letter.
type Row struct {
	Reference letter.Ref
	Title     string
	TitleLang letter.Lang
	Type      letter.Type
	Stage     string
	Standing  register.Standing // "" while nothing of it is public
	Langs     []letter.Lang
	Drafter   string
	Started   time.Time
}

// Build makes the view of the rows that a query finds, the newest first. rows are
// in the order in which the letters were started.
func Build(rows []Row, q Query) View {
	v := View{Query: q, All: len(rows)}
	var found []Row
	for _, r := range slices.Backward(rows) {
		v.note(r)
		if q.finds(r) {
			found = append(found, r)
		}
	}
	slices.Sort(v.Langs)
	v.Total = len(found)
	q.Page = min(max(q.Page, 1), (v.Total+Rows-1)/Rows)
	from := max(q.Page-1, 0) * Rows
	to := min(from+Rows, v.Total)
	v.Rows = found[from:to]
	if from > 0 {
		v.Previous = q.Page - 1
	}
	if to < v.Total {
		v.Next = q.Page + 1
	}
	return v
}

// note keeps what can be chosen.
func (v *View) note(r Row) {
	if !slices.Contains(v.Stages, r.Stage) {
		v.Stages = append(v.Stages, r.Stage)
	}
	if r.Standing != "" && !slices.Contains(v.Standings, r.Standing) {
		v.Standings = append(v.Standings, r.Standing)
	}
	for _, l := range r.Langs {
		if !slices.Contains(v.Langs, l) {
			v.Langs = append(v.Langs, l)
		}
	}
}

// finds reports whether a letter is what was asked for: every word stands in its
// reference or its title.
func (q Query) finds(r Row) bool {
	if q.Stage != "" && r.Stage != q.Stage || q.Standing != "" && r.Standing != q.Standing || q.Lang != "" && !slices.Contains(r.Langs, q.Lang) {
		return false
	}
	where := strings.ToLower(string(r.Reference) + " " + r.Title)
	for w := range strings.FieldsSeq(strings.ToLower(q.Words)) {
		if !strings.Contains(where, w) {
			return false
		}
	}
	return true
}
