// Package reply makes, of what was found out about a reader's exhibit, the page
// that answers it and the same for programs: on the server that was asked, and in
// the reader's own browser, where the same code runs and no server is asked. So
// both say the same.
//
// It is a function of its arguments: it knows no request, no connection and no
// clock.
package reply

import (
	"errors"
	"io"
	"strings"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/found"
	"chancery.example/internal/web/pages/problem"
	pages "chancery.example/internal/web/pages/proved"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/pages/sheet"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Reply is one answer in both forms.
type Reply struct {
	Status int                                 // of HTTP
	JSON   any                                 // for programs
	Type   string                              // media type of JSON; application/json when empty
	Frame  shared.Frame                        // title, path and so on; see Complete
	Render func(io.Writer, shared.Frame) error // writes the page
}

// page makes the reply that shows a page.
func page[V any](p shared.Page[V], v V, json any, f shared.Frame) Reply {
	return Reply{Status: 200, JSON: json, Frame: f, Render: func(w io.Writer, f shared.Frame) error { return p.Render(w, f, v) }}
}

// Complete fills in what the frame of any page says of the register and the
// language; r may be nil. style is the address of the style sheet.
func Complete(f shared.Frame, lang letter.Lang, r shared.Records, style string) shared.Frame {
	f.Lang, f.Dir, f.Style, f.Other = lang, shared.Dir(lang), style, i18n.Arabic
	if lang == i18n.Arabic {
		f.Other = i18n.English
	}
	if r != nil {
		f.Exercise, f.Origin = r.State().Exercise(), r.State().Origin()
	}
	return f
}

// answered is the frame around the answer to one reader.
func answered(title string) shared.Frame {
	return shared.Frame{Title: title, Path: "/", Nav: "check", NoIndex: true}
}

// Finding answers what was examined: with a verdict, or the reading sheet of a
// report. more adds to the page of a verdict what only one door has.
func Finding(p *i18n.Printer, r shared.Records, f check.Finding, more ...func(*result.View)) Reply {
	if f.ExhibitKind == check.KindReport {
		return page(sheet.Page, sheet.Build(p, r, f), f, answered(p.T("sheet.kick")))
	}
	title := ""
	if f.Headline != nil {
		title = f.Headline.Text.In(p.Lang())
	}
	v := result.Build(p, r, f)
	disagreeing(r, &v)
	for _, add := range more {
		add(&v)
	}
	return page(result.Page, v, f, answered(title))
}

// Proof answers who holds up a proof file.
func Proof(p *i18n.Printer, r shared.Records, a proved.Answer) Reply {
	return page(pages.Page, pages.Build(p, r, a), a, answered(a.Headline.Text.In(p.Lang())))
}

// Problem says what could not be done; limit is what its message names.
func Problem(p *i18n.Printer, kind string, limit int) Reply {
	v := problem.New(kind, limit)
	f := answered(p.T("problem." + v.Kind + ".title"))
	f.Nav = ""
	out := page(problem.Page, v, v.Details(p), f)
	out.Status, out.Type = v.Status, "application/problem+json"
	return out
}

// Unread turns what kept an exhibit from being read into a kind of problem and
// its limit; false when err is none of that.
func Unread(err error) (kind string, limit int, ok bool) {
	var unread *check.ReadError
	if !errors.As(err, &unread) {
		return "", 0, false
	}
	return unreadKind(unread.Problem), unread.Percent, true
}

func unreadKind(p check.ReadProblem) string {
	switch p {
	case check.ProblemNoReader, check.ProblemPicture, check.ProblemBroken, check.ProblemSlow, check.ProblemUnreadable,
		check.ProblemNoPDFs, check.ProblemLocked, check.ProblemPDF, check.ProblemLargePDF, check.ProblemSlowPDF:
		return string(p)
	case check.ProblemEmpty:
		return "nothing_sent"
	case check.ProblemHuge:
		return "too_many_words"
	case check.ProblemBinary, check.ProblemEncoding:
		return "cannot_be_read"
	case check.ProblemKind:
		return "bad_form"
	}
	return "internal"
}

// Reference returns what was typed when it is a reference and nothing else: one
// word with a digit in it.
func Reference(typed []byte) (letter.Ref, bool) {
	word := strings.TrimSpace(string(typed))
	if len(word) > 64 || !strings.ContainsAny(word, "0123456789") || strings.ContainsAny(word, " \t\n") {
		return "", false
	}
	ref, err := letter.ParseRef(word)
	return ref, err == nil
}

// Found answers a reference that no letter has, or several have. The one letter
// that has it is in one: a reference proves nothing, so this is no verdict.
func Found(r shared.Records, ref letter.Ref, at time.Time) (_ Reply, one *found.Row) {
	v := found.Build(r, ref, at)
	if len(v.Rows) == 1 {
		one = &v.Rows[0]
	}
	return page(found.Page, v, foundJSON(v), answered(string(ref))), one
}

// Letter shows a letter's own page. more adds to it what only one door has.
func Letter(p *i18n.Printer, r shared.Records, l *register.Letter, at time.Time, more ...func(*record.View)) (Reply, record.View) {
	v := record.Build(p, r, l, at)
	for _, add := range more {
		add(&v)
	}
	title := string(l.Reference) + ": " + p.T("standing."+string(v.Standing))
	return page(record.Page, v, nil, shared.Frame{Title: title, Path: shared.LetterPath(v.Office.ID, l.Reference), Nav: "registers"}), v
}

// A Head is the head that an answer rests on, for programs.
type Head struct {
	Origin    string     `json:"origin"`
	Size      uint64     `json:"size"`
	Root      string     `json:"root"`
	Time      *time.Time `json:"time,omitempty"`
	Witnesses int        `json:"witnesses"`
	Needed    int        `json:"needed"`

	WitnessedSize uint64     `json:"witnessed_size"`
	WitnessedAt   *time.Time `json:"witnessed_at,omitempty"`
	Forked        bool       `json:"forked,omitempty"`
}

// HeadOf is a head as pages show it, for programs.
func HeadOf(h shared.Head) Head {
	return Head{h.Origin, h.Size, h.Root, h.Time, h.Witnesses, h.Needed, h.WitnessedSize, h.WitnessedAt, h.Forked}
}

type foundView struct {
	Reference  letter.Ref `json:"reference"`
	Letters    []foundRow `json:"letters"`
	Checkpoint Head       `json:"checkpoint"`
}

type foundRow struct {
	Office   string            `json:"office"`
	Standing register.Standing `json:"standing"`
	Path     string            `json:"path"`
}

func foundJSON(v found.View) foundView {
	out := foundView{v.Reference, []foundRow{}, HeadOf(v.Head)}
	for _, r := range v.Rows {
		out.Letters = append(out.Letters, foundRow{r.Office.ID, r.Standing, shared.LetterPath(r.Office.ID, v.Reference)})
	}
	return out
}
