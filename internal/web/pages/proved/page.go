// Package proved is the answer to who holds up a proof file: where what it is
// about stands by the newest log known here, first, then where it stood at the
// proof's head, and what came between.
package proved

import (
	_ "embed"
	"html/template"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/result"
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
var Page = shared.MustPage[View]("proved", source)

// A View is what the page shows.
type View struct {
	Answer  proved.Answer
	Band    shared.Band // where it stands now
	Then    *shared.Band
	Record  *check.Record
	Path    string // of the record's page, "" when none is public
	Said    []shared.Said
	NotMean template.HTML
	Todo    []string // keys of messages under "result.todo"
	Head    shared.Head
	Old     []shared.Head // of the proof; none when it does not hold
}

// Build makes the view of an answer to a proof file.
func Build(p *i18n.Printer, r shared.Records, a proved.Answer) View {
	f := a.Finding
	v := View{
		Answer: a, Band: result.Band(p, f), Record: f.Record, Said: result.Said(r.State(), f.Statements),
		NotMean: result.Say(p, f, f.NotMean), Head: shared.HeadOf(r),
	}
	v.Band.Kick = p.H("proved.kick")
	if a.Proof.Kind == proved.OfRecord || a.Proof.Kind == proved.OfDraft {
		v.Todo = result.Todo(f)
	}
	if t := a.Proof.At; t.Standing != "" {
		v.Then = &shared.Band{
			Intent: string(t.Intent), Icon: t.Icon, Kick: p.H("proved.then"),
			Title: result.Say(p, f, t.Headline), Lead: result.Say(p, f, t.Details),
		}
	}
	if h := a.Proof.Head; h != nil {
		v.Old = append(v.Old, shared.HeadFrom(h))
	}
	if rec := f.Record; rec != nil && public(r, rec) {
		v.Path = result.RecordPath(*rec)
	}
	return v
}

// public reports whether a record has a page: a sealed draft has none.
func public(r shared.Records, rec *check.Record) bool {
	if rec.Kind != register.RecordLetter {
		return uint64(rec.Entry) < r.State().Size()
	}
	_, ok := r.State().Letter(rec.OfficeURI, rec.Reference)
	return ok
}
