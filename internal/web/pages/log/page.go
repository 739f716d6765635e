// Package log is the page of the whole log: its newest checkpoint and its
// entries, the newest first.
package log

import (
	_ "embed"
	"time"

	"chancery.example/internal/web/shared"
	"chancery.example/register"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustPage[View]("log", source)

// PerPage is how many entries a page shows.
const PerPage = 50

// A Row is one entry. Kind is "" when the entry could not be read.
type Row struct {
	Index  register.Index
	Kind   register.Kind
	Office register.OfficeView
	At     time.Time
	Flag   string // why the entry changes nothing, or must be pointed out
}

// A View is what the page shows.
type View struct {
	Head     shared.Head
	Rows     []Row
	Older    uint64 // "before" of the next page, 0: none
	Newer    bool
	Exercise bool
	Address  string   // of this server, for the commands that follow it
	Names    []string // of the witnesses that readers here rely on
}

// Range returns the positions from first (included) to before (not included)
// that a page shows, and the same for the page of older entries.
func Range(size, before uint64) (first, end uint64) {
	if before == 0 || before > size {
		before = size
	}
	if before <= PerPage {
		return 0, before
	}
	return before - PerPage, before
}

// Build lists entries; raw holds those from first on.
func Build(r shared.Records, first, end uint64, raw [][]byte) View {
	s := r.State()
	v := View{Head: shared.HeadOf(r), Older: first, Newer: end < s.Size(), Exercise: s.Exercise()}
	flags := map[register.Index]string{}
	for _, p := range s.Problems() {
		if p.Index >= register.Index(first) && p.Index < register.Index(end) {
			flags[p.Index] = p.Why
		}
	}
	for i := len(raw) - 1; i >= 0; i-- {
		row := Row{Index: register.Index(first) + register.Index(i)}
		row.Flag = flags[row.Index]
		if e, err := register.Parse(raw[i]); err == nil {
			row.Kind, row.At = e.Body.Kind(), e.Claims.IssuedAt
			row.Office = shared.SignerOf(s, e)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
