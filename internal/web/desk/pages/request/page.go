// Package request is the page of an act that waits for officers: the document
// exactly as it will stand, what differs from the revision that this officer saw
// last, the six words of what is signed, who has approved, and one button.
package request

import (
	_ "embed"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/paper"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/entry"
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
var Page = shared.MustDeskPage[View]("request", source)

// A View is what the page shows.
type View struct {
	UI        letter.Lang // of the page
	ID        int64
	Act       string
	Kind      register.Kind
	Reference letter.Ref
	Revision  uint32
	State     string // "waiting", "done", "refused" or "void"
	Irrevocable,
	Hidden bool // the reader may see that there is a draft, and not what it says
	Bodies     []shared.Body
	Letter     *Letter
	Form       *Form
	Texts      paper.Texts       // side by side, with what was found marked; no columns when nothing was
	Findings   []paper.Finding   // what differs between the languages
	Compared   bool              // there were several languages to compare
	Clearances []paper.Clearance // that were asked for, whatever came of them
	Fields     []entry.Field
	Since      *Since
	Today      []string // what a reader is told now of a paper that is to be disavowed
	Statement  string   // the lines to sign
	Digest     letter.Hash
	SixWords   string
	Approvals  []Approver
	Refused    []string
	Needed     int
	Missing    string // what is missing, in the words of the policy, when not Ready
	Ready      bool
	Mine       bool // the reader has approved it
	Counts     bool // the policy counts the reader's approval of this act
	// What the reader can do.
	MayApprove, MayPerform, Fresh bool
	MayRecall                     bool   // take the letter back from its approvers
	AndThen                       bool   // the reader's approval is the last, and what follows it can follow at once
	Options                       string // that the reader's browser is given to approve by passkey; "" without one
}

// A Letter is what a letter says beside its texts.
type Letter struct {
	Type                     string
	Addressees, Distribution []string
	Enclosures               []letter.Enclosure
	Signature                letter.SignatureBlock
	Prevailing               letter.Lang
}

// A Form is the PDF that is approved with the words. One that is not kept is known by
// its digest only.
type Form struct {
	Digest letter.Hash
	Kept   bool
	KB     int
}

// Since is what differs from an earlier revision.
type Since struct {
	Revision uint32
	Seen     bool // by the reader; else it is the one before
	Langs    []LangDiff
}

// A LangDiff is what differs in one language.
type LangDiff struct {
	Lang letter.Lang
	shared.Compared
	Same, New bool
}

// An Approver is an officer who has approved, and with what: Passkey is the origin
// of a passkey, "" for an SSH key; Key is its fingerprint.
type Approver struct{ ID, Name, Key, Passkey string }

// DocumentOf sets what will stand: the words, and of a letter what stands around
// them.
func (v *View) DocumentOf(p *i18n.Printer, q office.Request, content *letter.Content) {
	for _, x := range q.Texts {
		v.Bodies = append(v.Bodies, shared.NewBody(x.Lang, x.Text))
	}
	if content == nil {
		return
	}
	v.Letter = &Letter{
		string(content.Type), content.Addressees, content.Distribution, content.Enclosures, content.Signature, content.Prevailing,
	}
	for i := range v.Bodies {
		if v.Bodies[i].Lang == content.Prevailing {
			v.Bodies[i].Note = p.T("letter.prevails")
		}
	}
}

// CoordinatedOf sets what the house's own work on a letter came to: what differs
// between its languages, those differences included that somebody accepted, and the
// clearances.
func (v *View) CoordinatedOf(q office.Request, content letter.Content) {
	v.Findings, _ = paper.Found(office.ParityView{Reference: q.Reference, Texts: q.Texts, Findings: q.Parity}, false)
	v.Compared = len(q.Texts) > 1
	if len(v.Findings) > 0 {
		content.Texts = q.Texts
		v.Texts = paper.Lay(content, v.Findings)
	}
	for _, x := range q.Clearances {
		v.Clearances = append(v.Clearances, paper.Clearance{Clearance: x})
	}
}

// Differ lays an earlier revision beside a later one, language by language.
func Differ(p *i18n.Printer, number uint32, seen bool, before, after []letter.LangText) *Since {
	s := &Since{Revision: number, Seen: seen}
	for _, x := range after {
		d := LangDiff{Lang: x.Lang, New: true}
		for _, old := range before {
			if old.Lang != x.Lang {
				continue
			}
			d.New, d.Same = false, old.Text.String() == x.Text.String()
			if !d.Same {
				d.Compared = shared.LayOut(p, facing.Lay(compare.Align(fold.Copy(old.Text.String()), fold.Record(x.Text.String()))), true)
			}
		}
		s.Langs = append(s.Langs, d)
	}
	return s
}
