// Package office is the register of one office: its letters by standing, its
// statements and disavowals, its keys, and how many drafts it has sealed.
package office

import (
	_ "embed"
	"slices"
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

// A Count is how many letters have a standing.
type Count struct {
	Standing register.Standing
	N        int
	Chosen   bool
}

// A View is what the page shows.
type View struct {
	Office   register.OfficeView
	Counts   []Count
	Total    int
	Chosen   register.Standing // "" for all
	Rows     []Row
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

// A Query chooses what of the list is shown.
type Query struct {
	Standing register.Standing
	Page     int // from 1
}

// Build gathers an office's register at a moment.
func Build(r shared.Records, o register.OfficeView, q Query, at time.Time) View {
	s := r.State()
	v := View{Office: o, Chosen: q.Standing, Policies: s.PoliciesOf(o.Office), Head: shared.HeadOf(r)}
	count := map[register.Standing]int{}
	for _, l := range slices.Backward(s.Letters()) {
		if l.Office != o.Office {
			continue
		}
		st := shared.StatusOf(r, l, at)
		count[st.Standing]++
		v.Total++
		if q.Standing == "" || q.Standing == st.Standing {
			v.Rows = append(v.Rows, row(l, st))
		}
	}
	for _, st := range register.Standings() {
		if count[st] > 0 {
			v.Counts = append(v.Counts, Count{st, count[st], st == q.Standing})
		}
	}
	v.paginate(q.Page)
	v.Said, v.More = Said(r, o.Office)
	return v
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
