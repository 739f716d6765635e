// Package office is the register of one office: its letters by standing, its
// statements and disavowals, its keys, and how many drafts it has sealed.
package office

import (
	_ "embed"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"chancery.example/internal/binding"
	"chancery.example/internal/web/pages/record"
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
var Page = shared.MustPage[View]("office", source)

const (
	perPage = 50
	maxSaid = 20 // statements and disavowals shown, the newest
)

// A Row is one letter in the list.
type Row struct {
	Reference letter.Ref
	Type      letter.Type
	Standing  register.Standing
	At        time.Time
	Entry     register.Index
	Languages []letter.Lang
	Replaced  []letter.Ref
}

// A Count is how many letters have a standing, among those of the chosen language and
// year.
type Count struct {
	Standing register.Standing
	N        int
	Chosen   bool
	Href     string
}

// A Choice is a language or a year that letters can be listed by.
type Choice struct {
	Lang   letter.Lang
	Year   int
	N      int
	Chosen bool
	Href   string
}

// A View is what the page shows.
type View struct {
	Office   register.OfficeView
	Counts   []Count
	Total    int
	Query    Query
	Rows     []Row
	Langs    []Choice // where there are several
	Years    []Choice
	Previous int // number of the page before, 0: none
	Next     int
	Said     []shared.Said
	More     int // statements and disavowals that are not shown
	Policies []register.Index
	Head     shared.Head
	Asks     bool    // readers can ask it here
	Domain   *Domain // nil where nobody asked it, or this is not the office's own server
}

// A Domain is what was found when the office's domain was asked.
type Domain struct {
	Outcome binding.Outcome `json:"outcome"`
	At      time.Time       `json:"at"`
}

// A Query chooses what of the list is shown; what is empty chooses all.
type Query struct {
	Standing register.Standing
	Lang     letter.Lang
	Year     int // in which it was issued, or opened as a draft
	Page     int // from 1
}

// Href is the address of the list that a query asks for.
func (q Query) Href() string {
	v := url.Values{}
	if q.Standing != "" {
		v.Set("standing", string(q.Standing))
	}
	if q.Lang != "" {
		v.Set("language", string(q.Lang))
	}
	if q.Year != 0 {
		v.Set("year", strconv.Itoa(q.Year))
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	return "?" + v.Encode()
}

// At is the same list from another page on.
func (q Query) At(page int) string { q.Page = page; return q.Href() }

// Everything is the address of the whole list.
func (q Query) Everything() string { return Query{}.Href() }

// All reports whether the query chooses all letters.
func (q Query) All() bool { return q.Standing == "" && q.Lang == "" && q.Year == 0 }

// has reports whether a letter is chosen.
func (q Query) has(x Row) bool {
	return (q.Standing == "" || q.Standing == x.Standing) && (q.Lang == "" || slices.Contains(x.Languages, q.Lang)) && (q.Year == 0 || q.Year == x.At.Year())
}

// Build gathers an office's register at a moment.
func Build(r shared.Records, o register.OfficeView, q Query, at time.Time) View {
	s := r.State()
	v := View{Office: o, Query: q, Policies: s.PoliciesOf(o.Office), Head: shared.HeadOf(r)}
	counted := counts{map[register.Standing]int{}, map[letter.Lang]int{}, map[int]int{}}
	for _, l := range slices.Backward(s.Letters()) {
		if l.Office != o.Office {
			continue
		}
		x := row(l, shared.StatusOf(r, l, at))
		counted.add(q, x)
		v.Total++
		if q.has(x) {
			v.Rows = append(v.Rows, x)
		}
	}
	counted.choices(&v)
	v.paginate(q.Page)
	v.Said, v.More = Said(r, o.Office)
	return v
}

// counts are how many letters there are of each choice, among those that the other
// choices leave.
type counts struct {
	standings map[register.Standing]int
	langs     map[letter.Lang]int
	years     map[int]int
}

func (c counts) add(q Query, x Row) {
	if (Query{Lang: q.Lang, Year: q.Year}).has(x) {
		c.standings[x.Standing]++
	}
	if (Query{Standing: q.Standing, Year: q.Year}).has(x) {
		for _, lang := range x.Languages {
			c.langs[lang]++
		}
	}
	if (Query{Standing: q.Standing, Lang: q.Lang}).has(x) {
		c.years[x.At.Year()]++
	}
}

// choices offers what there is. Who chooses what is chosen already takes it back.
func (c counts) choices(v *View) {
	for _, st := range register.Standings() {
		if c.standings[st] > 0 {
			q := v.Query
			q.Standing, q.Page = st, 0
			v.Counts = append(v.Counts, Count{st, c.standings[st], st == v.Query.Standing, q.Href()})
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(c.langs)) {
		q, chosen := v.Query, lang == v.Query.Lang
		if q.Lang, q.Page = lang, 0; chosen {
			q.Lang = ""
		}
		v.Langs = append(v.Langs, Choice{Lang: lang, N: c.langs[lang], Chosen: chosen, Href: q.Href()})
	}
	for _, year := range slices.Backward(slices.Sorted(maps.Keys(c.years))) {
		q, chosen := v.Query, year == v.Query.Year
		if q.Year, q.Page = year, 0; chosen {
			q.Year = 0
		}
		v.Years = append(v.Years, Choice{Year: year, N: c.years[year], Chosen: chosen, Href: q.Href()})
	}
}

func (v *View) paginate(page int) {
	page = max(1, min(page, (len(v.Rows)+perPage-1)/perPage))
	from, to := min(len(v.Rows), (page-1)*perPage), min(len(v.Rows), page*perPage)
	if page > 1 {
		v.Previous = page - 1
	}
	if to < len(v.Rows) {
		v.Next = page + 1
	}
	v.Rows = v.Rows[from:to]
}

func row(l *register.Letter, st register.Status) Row {
	x := Row{Reference: l.Reference, Type: l.Type, Standing: st.Standing}
	var fields []letter.Disclosure
	switch {
	case len(l.Issues) > 0:
		x.At, x.Entry, fields = l.Issues[0].At.Time(), l.Issues[0].Index, l.Issues[0].Issue.Fields
	case len(l.Opened) > 0:
		o := l.Opened[len(l.Opened)-1]
		x.At, x.Entry, fields = o.At.Time(), o.Index, o.Revision.Fields
	}
	for _, f := range fields {
		if lang, ok := f.Field.Lang(); ok {
			x.Languages = append(x.Languages, lang)
		}
	}
	for _, by := range l.ReplacedBy {
		x.Replaced = append(x.Replaced, by.By.Reference)
	}
	return x
}

// Said returns the newest statements and disavowals of an office and how many
// more there are.
func Said(r shared.Records, o register.Office) ([]shared.Said, int) {
	var out []shared.Said
	for _, x := range r.State().Statements() {
		if x.Office == o {
			out = append(out, record.Said(r, x))
		}
	}
	for _, d := range r.State().Disavowals() {
		if d.Office == o {
			out = append(out, record.Disavowed(r, d))
		}
	}
	slices.SortFunc(out, func(a, b shared.Said) int { return int(b.Entry) - int(a.Entry) }) //nolint:gosec // far below the limit
	n := min(len(out), maxSaid)
	return out[:n], len(out) - n
}
