// Package revisions is the desk's page of what changed between two revisions of a
// letter, in the words of every language and around them.
package revisions

import (
	_ "embed"
	"slices"
	"strings"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("revisions", source)

// A View is what the page shows.
type View struct {
	Reference letter.Ref
	From, To  uint32   // 0: the draft as it is now
	All       []uint32 // that can be chosen
	Draft     bool     // so can the draft
	Texts     []Text
	Around    []Change
}

// A Text is one language in both.
type Text struct {
	Lang   letter.Lang
	Before shared.Compared
	Places int  // in which they differ
	Added  bool // the earlier has no such text
	Gone   bool // the later has none
}

// A Change is something around the texts that is not what it was. Key is that of a
// message.
type Change struct {
	Key         string
	Before, Now []string
}

// Build compares two contents.
func Build(p *i18n.Printer, before, now letter.Content) View {
	var v View
	for _, l := range langs(before, now) {
		a, b := textOf(before, l), textOf(now, l)
		al := compare.Align(fold.Copy(a), fold.Record(b))
		v.Texts = append(v.Texts, Text{
			Lang: l, Before: shared.LayOut(p, facing.Lay(al), true), Places: len(al.Differences), Added: a == "", Gone: b == "",
		})
	}
	for _, c := range []Change{
		{"desk.draft.type", []string{p.T("type." + string(before.Type))}, []string{p.T("type." + string(now.Type))}},
		{"desk.draft.prevailing", []string{prevails(p, before)}, []string{prevails(p, now)}},
		{"desk.draft.addressees", before.Addressees, now.Addressees},
		{"desk.draft.distribution", before.Distribution, now.Distribution},
		{"desk.draft.enclosures", enclosures(before), enclosures(now)},
		{"desk.draft.signature", signature(p, before), signature(p, now)},
	} {
		if !slices.Equal(c.Before, c.Now) {
			v.Around = append(v.Around, c)
		}
	}
	return v
}

func langs(cs ...letter.Content) []letter.Lang {
	var out []letter.Lang
	for _, c := range cs {
		for _, t := range c.Texts {
			if !slices.Contains(out, t.Lang) {
				out = append(out, t.Lang)
			}
		}
	}
	slices.Sort(out)
	return out
}

func textOf(c letter.Content, l letter.Lang) string {
	for _, t := range c.Texts {
		if t.Lang == l {
			return t.Text.String()
		}
	}
	return ""
}

func prevails(p *i18n.Printer, c letter.Content) string {
	if c.Prevailing == "" {
		return p.T("desk.draft.allequal")
	}
	return p.LangName(c.Prevailing)
}

func enclosures(c letter.Content) []string {
	var out []string
	for _, e := range c.Enclosures {
		out = append(out, e.Title+" ("+e.Digest.String()[:12]+"…)")
	}
	return out
}

func signature(p *i18n.Printer, c letter.Content) []string {
	if c.Signature.Kind == "" && len(c.Signature.Lines) == 0 {
		return nil
	}
	lines := slices.Clone(c.Signature.Lines)
	if c.Signature.Kind != "" {
		lines = append([]string{p.T("signature." + strings.ToLower(string(c.Signature.Kind)))}, lines...)
	}
	return lines
}
