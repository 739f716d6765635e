// Package record is the page of one letter: where it stands, its words in every
// language, who approved it, what happened when, and what every office says
// about it.
package record

import (
	_ "embed"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
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
var Page = shared.MustPage[View]("record", source)

// A Revision is one revision whose words are public.
type Revision struct {
	Corrected bool // it took the issued words' place
	Number    uint32
	Issued    bool
	Entry     register.Index
	Bodies    []shared.Body
	Languages []LanguageDifference // where its languages differ, as far as that was looked for
}

// A LanguageDifference is one place in which the languages of a revision may say
// different things. Kind is a key of messages under "parity.kind".
type LanguageDifference struct {
	Kind  string
	Look  bool // somebody should look; it may be how the languages say it
	Sides []Side
}

// A Side is what one language says there.
type Side struct {
	Lang   letter.Lang
	Words  []string
	Detail string // a number where there are no words, such as of paragraphs
}

// A View is what the page shows.
type View struct {
	Band       shared.Band
	Office     register.OfficeView
	Reference  letter.Ref
	Type       letter.Type
	Standing   register.Standing
	Status     register.Status
	Addressees []string // by the words that stand
	Others     []string // who has it besides, as far as the office says so
	Revisions  []Revision
	Corrected  []check.CorrectionView
	Issued     bool
	IssuedBy   register.Index // entry of the issue
	Approvals  []shared.Approval
	History    []shared.Event
	Said       []shared.Said
	Conflicts  []register.Index
	Head       shared.Head
	Proof      string // address of the proof
	File       string // name of the proof's file
	At         time.Time
	Take       *Take
	Forms      []Form // PDFs that it was issued as, the newest first
	// Elsewhere is what other registers say of the letter and its words.
	Elsewhere []shared.Elsewhere
}

// A Form is a PDF that a letter was issued as, or corrected to.
type Form struct {
	Digest    letter.Hash
	Path      string // of the file
	Name      string // that a reader keeps it under
	Corrected bool
	Entry     register.Index
}

// FormsOf returns the PDFs of a letter that are kept here, the newest first; none
// before its hour.
func FormsOf(l *register.Letter, st register.Standing, kept func(letter.Hash) bool) (out []Form) {
	if st == register.Embargoed {
		return nil
	}
	add := func(files []register.File, disclosure string, at register.Index, corrected bool) {
		for _, f := range files {
			if disclosure == register.DisclosePublic && f.Role == "form" && f.MediaType == "application/pdf" && kept(f.Digest) {
				name := strings.ReplaceAll(string(l.Reference), "/", "_") + ".pdf"
				out = append(out, Form{f.Digest, "/files/" + f.Digest.String() + ".pdf", name, corrected, at})
			}
		}
	}
	for _, i := range l.Issues {
		add(i.Issue.Files, i.Issue.Disclosure, i.Index, false)
	}
	for _, c := range l.Corrected {
		add(c.Correct.Files, c.Correct.Disclosure, c.Index, true)
	}
	slices.Reverse(out)
	return out
}

// A Take is what others may take of a letter for their own pages and programs:
// addresses, the piece of a page that shows the badge, and the letter as linked
// data.
type Take struct {
	Badge, Data, Document, Sketch string
	Snippet                       string
	Linked                        any
}

// Build gathers what the register says about a letter at a moment.
func Build(p *i18n.Printer, r shared.Records, l *register.Letter, at time.Time) View {
	s := r.State()
	office := shared.NameOf(s, l.Office)
	status := shared.StatusOf(r, l, at)
	v := View{
		Office: office, Reference: l.Reference, Type: l.Type, Standing: status.Standing, Status: status,
		Issued: len(l.Issues) > 0, History: History(p, r, l), Said: SaidAbout(r, l), Conflicts: l.Conflicts,
		Head: shared.HeadOf(r), Proof: ProofPath(office.ID, l.Reference), File: shared.ProofName(l.Reference), At: at,
	}
	v.Revisions = revisions(p, r, l, status)
	if v.Issued {
		v.stands(r, l)
		v.Approvals = approvals(l.Issues[0].ApprovedBy)
		v.IssuedBy = l.Issues[0].Index
	}
	v.Band = shared.Band{
		Kick:   shared.Ref(l.Reference),
		Title:  p.H("letter.title." + string(status.Standing)),
		Lead:   Sentence(p, s, l, status, at),
		Intent: string(shared.IntentOf(status.Standing)),
		Icon:   shared.IconOf(status.Standing),
		Chips:  chips(p, v, shared.HeadTrouble(r, p.Lang(), at)),
	}
	return v
}

// ProofPath returns the path of a letter's proof.
func ProofPath(office string, ref letter.Ref) string {
	return shared.LetterPath(office, ref) + "/proof"
}

func chips(p *i18n.Printer, v View, trouble string) []string {
	out := []string{p.T("chip.asof", "time", p.Moment(v.At), "n", v.Head.Size)}
	if trouble != "" {
		out = append(out, trouble)
	}
	newer := func(i register.Index) bool { return uint64(i) >= v.Head.WitnessedSize }
	switch {
	case v.Head.WitnessedSize > 0 && slices.ContainsFunc(v.Status.Entries, newer):
		out = append(out, p.T("chip.notyet", "n", v.Head.WitnessedSize, "m", v.Head.Size))
	case v.Head.WitnessedSize > 0 || v.Head.Needed > 0:
		out = append(out, p.T("head.witnessed", "n", v.Head.Witnesses, "m", v.Head.Needed))
	default:
		out = append(out, p.T("chip.unwitnessed"))
	}
	if len(v.Said) > 0 {
		out = append(out, p.N("chip.statements", len(v.Said)))
	}
	if w := v.Status.Written; w != "" {
		out = append(out, p.T("chip.recordedlater", "time", p.Day(v.Status.IssuedAt.Time()), "written", p.Written(w)))
	}
	if n := len(v.Status.Corrected); n > 0 {
		out = append(out, p.T("chip.corrected", "time", p.Day(v.Status.Corrected[n-1].At.Time())))
	}
	if e := v.Status.Emergency; e != nil && e.Ratified != nil {
		out = append(out, p.T("chip.ratified"))
	} else if e != nil {
		out = append(out, p.T("chip.notratified", "time", p.Moment(e.RatifyBy.Time())))
	}
	if len(v.Status.LaterRevoked) > 0 {
		out = append(out, p.T("chip.keyrevoked"))
	}
	if v.Status.Sealed > 0 {
		out = append(out, p.N("chip.sealed", v.Status.Sealed))
	}
	return out
}

// revisions returns the issued words first, then opened drafts, the newest
// first. The words of a letter that is not public yet are not shown, whoever
// asks.
func revisions(p *i18n.Printer, r shared.Records, l *register.Letter, st register.Status) []Revision {
	var out []Revision
	for _, c := range slices.Backward(l.Corrected) {
		rev := Revision{Number: c.Correct.Seal.Opening.Revision, Issued: true, Corrected: true, Entry: c.Index}
		if st.Standing != register.Embargoed {
			rev.Bodies = shared.Bodies(r, c.Correct.Fields, p.T("letter.absent"))
		}
		prevailing(p, c.Correct.Fields, rev.Bodies)
		out = append(out, rev)
	}
	for _, i := range l.Issues {
		rev := Revision{Number: i.Issue.Seal.Opening.Revision, Issued: true, Entry: i.Index}
		if st.Standing != register.Embargoed {
			absent := p.T("letter.absent")
			if i.Issue.Disclosure == register.DiscloseOnPresentation {
				absent = p.T("letter.onpresentation")
			}
			rev.Bodies = shared.Bodies(r, i.Issue.Fields, absent)
		}
		prevailing(p, i.Issue.Fields, rev.Bodies)
		out = append(out, rev)
	}
	for _, o := range slices.Backward(l.Opened) {
		rev := Revision{Number: o.Revision.Number, Entry: o.Index}
		rev.Bodies = shared.Bodies(r, o.Revision.Fields, p.T("letter.absent"))
		prevailing(p, o.Revision.Fields, rev.Bodies)
		out = append(out, rev)
	}
	return out
}

// BodiesOf returns the public texts of one revision of a letter, nil when none of
// them is public at a moment.
func BodiesOf(p *i18n.Printer, r shared.Records, l *register.Letter, number uint32, at time.Time) []shared.Body {
	for _, rev := range revisions(p, r, l, shared.StatusOf(r, l, at)) {
		if rev.Number == number {
			return rev.Bodies
		}
	}
	return nil
}

// prevailing notes beside each text which one counts when they disagree.
func prevailing(p *i18n.Printer, fields []letter.Disclosure, bodies []shared.Body) {
	d := letter.Find(fields, letter.FieldPrevailing)
	if d == nil || d.Salt == nil || len(bodies) < 2 {
		return
	}
	for i := range bodies {
		switch lang := letter.Lang(d.Value); {
		case lang == "":
			bodies[i].Note = p.T("letter.equal")
		case lang == bodies[i].Lang:
			bodies[i].Note = p.T("letter.prevails")
		default:
			bodies[i].Note = p.T("letter.courtesy", "language", p.LangName(lang))
		}
	}
}

// stands sets what stands around the words: that of the issue, or of its newest
// correction. Before the hour of an embargo nothing of it is shown.
func (v *View) stands(r shared.Records, l *register.Letter) {
	if v.Standing == register.Embargoed {
		return
	}
	fields := l.Issues[0].Issue.Fields
	if n := len(l.Corrected); n > 0 {
		fields = l.Corrected[n-1].Correct.Fields
		v.Corrected = check.Corrections(l, r.TextOf)
	}
	v.Addressees = listed(fields, letter.FieldAddressees)
	v.Others = listed(fields, letter.FieldDistribution)
}

// listed returns the lines of a field, when it is disclosed.
func listed(fields []letter.Disclosure, f letter.Field) []string {
	d := letter.Find(fields, f)
	if d == nil || d.Salt == nil {
		return nil
	}
	list, err := letter.ParseList(d.Value)
	if err != nil {
		return nil // the fold has accepted the entry; an unreadable list is shown as none
	}
	return list
}

func approvals(by []register.ApprovedBy) []shared.Approval {
	var out []shared.Approval
	for _, a := range by {
		out = append(out, shared.Approval(a))
	}
	return out
}
