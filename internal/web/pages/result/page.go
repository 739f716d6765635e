// Package result is the answer to one reader about one paper: the verdict in
// two clauses, the reader's copy beside the record, what happened when, what
// the answer does not mean, and how anybody can check it without this server.
package result

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
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

//go:embed file.tmpl
var fileSource string

// Page is the page in all languages.
var Page = shared.MustPage[View]("result", source)

// file is the answer as one file that can be kept and sent on.
var file = shared.MustFile[View]("result", fileSource)

// WriteFile writes the answer to an exhibit as one HTML file that holds all it
// needs, runs nothing and leads nowhere.
func WriteFile(w io.Writer, lang letter.Lang, r shared.Records, f check.Finding) error {
	return WriteFileWith(w, lang, r, f, nil)
}

// WriteFileWith is WriteFile with the differences marked on pictures as well; nil: none.
func WriteFileWith(w io.Writer, lang letter.Lang, r shared.Records, f check.Finding, d *shared.Drawing) error {
	p, err := i18n.Load(lang)
	if err != nil {
		return fmt.Errorf("writing an answer: %w", err)
	}
	v := Build(p, r, f)
	v.Show(d)
	for i := range v.Others {
		v.Others[i].Path = ""
	}
	frame := shared.Frame{
		Lang: lang, Dir: shared.Dir(lang), Title: p.T("result.kick"), NoIndex: true, Pictures: d != nil,
		Sheet:    template.CSS(shared.Styles + Style), //nolint:gosec // our own style sheets
		Exercise: r.State().Exercise(), Origin: r.State().Origin(),
	}
	if f.Headline != nil {
		frame.Title = f.Headline.Text.In(lang)
	}
	return file.Render(w, frame, v)
}

// FileTemplate returns the template of the file, for tests to check.
func FileTemplate(lang letter.Lang) *template.Template { return file.Template(lang) }

// A View is what the page shows.
type View struct {
	Finding  check.Finding
	Band     shared.Band
	Match    check.Match
	Standing register.Standing
	Record   *check.Record
	Path     string // of the record's page, without the language's prefix
	Proof    string // address of the proof, "" when the record is no letter
	File     string // name of the proof's file
	Copy     int    // per cent of the copy that is on record
	Of       int    // per cent of the record that is in the copy
	Compared *shared.Comparison
	Drawn    *shared.Drawing // the differences on pictures; nil: not here
	Said     []shared.Said   // what offices say about it
	Held     []shared.Said   // who says that they received, saw or kept it
	// Elsewhere is what other registers say of the words; nil where none is followed.
	Elsewhere []shared.Elsewhere
	// Languages are the texts of the revision, when it is public in several and they
	// are not too long to stand here; Unfolded shows them at once.
	Languages []shared.Body
	Unfolded  bool
	// Disagree is where they say different things, as far as that was looked for.
	Disagree []record.LanguageDifference
	History  []shared.Event
	Needed   int
	Issued   bool
	// OtherWords: the letter was issued, but not with the words that were found.
	OtherWords bool
	Approved   []shared.Approval
	Others     []Other
	NotMean    template.HTML
	Todo       []string // what to do now: keys of messages under "result.todo"
	Cite       template.HTML
	Head       shared.Head
	Link       *Link // offers to keep the answer under an address; nil: not here
	Asks       []Ask // offices that can be asked about words that are not on record
	Kept       *Stay // of an answer that is shown from there
}

// Show puts an answer on pictures into the page, and leads from the list of differences
// to it.
func (v *View) Show(d *shared.Drawing) {
	v.Drawn = d
	v.Compared.Led(d)
}

// An Ask is an office that a reader can ask.
type Ask struct {
	Office register.Words
	Path   string // of the form
}

// A Link is the offer to keep an answer under an address.
type Link struct {
	Answer string // what the page sends back to have it kept
	Days   int    // how long
	Copy   bool   // the reader may have the copy's words kept, too
}

// A Stay is how long an answer stays, and where its record stands now; "" for Now
// when that has not changed.
type Stay struct {
	Until time.Time
	Now   register.Standing
}

// An Other is a further record that matched.
type Other struct {
	check.Other
	Path string
}

// Build makes the view of a finding that has a verdict.
func Build(p *i18n.Printer, r shared.Records, f check.Finding) View {
	v := View{Finding: f, Record: f.Record, Head: head(r, f), NotMean: Say(p, f, f.NotMean)}
	if f.Match != nil {
		v.Match = *f.Match
	}
	if f.Standing != nil {
		v.Standing = *f.Standing
	}
	v.Band = Band(p, f)
	v.Todo = Todo(f)
	if f.Coverage != nil {
		v.Copy, v.Of = check.Percent(f.Coverage.Copy), check.Percent(f.Coverage.Record)
	}
	v.Compared = shared.NewComparison(p, f)
	for _, o := range f.Others {
		v.Others = append(v.Others, Other{o, RecordPath(o.Record)})
	}
	v.ofRecord(p, r)
	for _, said := range Said(r.State(), f.Statements) {
		switch said.Kind {
		case string(register.Received), string(register.Sighting), string(register.Collected):
			v.Held = append(v.Held, said)
		default:
			v.Said = append(v.Said, said)
		}
	}
	v.Elsewhere = shared.ElsewhereOf(p, f.Elsewhere)
	v.Cite = cite(p, f, v.Head)
	return v
}

// ofRecord adds what the register says about the record that was found.
func (v *View) ofRecord(p *i18n.Printer, r shared.Records) {
	rec := v.Record
	if rec == nil {
		return
	}
	v.Path = RecordPath(*rec)
	if rec.Kind != register.RecordLetter || rec.Reference == "" { // no letter, or a draft that nobody may name
		return
	}
	v.Proof, v.File = record.ProofPath(rec.Office, rec.Reference), shared.ProofName(rec.Reference)
	l, ok := r.State().Letter(rec.OfficeURI, rec.Reference)
	if !ok {
		return
	}
	v.History = record.History(p, r, l)
	v.languages(p, r, l)
	v.Issued = len(l.Issues) > 0
	v.OtherWords = v.Standing == register.DraftReplaced
	v.Needed = v.Finding.Status.Needed
	for _, a := range v.Finding.Status.ApprovedBy {
		v.Approved = append(v.Approved, shared.Approval(a))
	}
}

// mostLanguages is how many bytes of texts stand side by side in an answer; who
// wants longer ones opens the record.
const mostLanguages = 12_000

// languages lays the texts of the revision that was found side by side.
func (v *View) languages(p *i18n.Printer, r shared.Records, l *register.Letter) {
	bodies := record.BodiesOf(p, r, l, v.Record.Revision, v.Finding.CheckedAt)
	size := 0
	for _, b := range bodies {
		for _, para := range b.Paras {
			size += len(para)
		}
	}
	if len(bodies) < 2 || size > mostLanguages || size == 0 {
		return
	}
	v.Languages, v.Unfolded = bodies, v.Match == check.TranslationDiffers || v.Match == check.OtherLanguage
}

// Sealed reports whether the answer is about a sealed draft, of which no word is
// shown.
func (v View) Sealed() bool { return v.Match == check.Most }

// RecordPath returns the path of a record's page: a letter has its own, other
// records are shown with their entry.
func RecordPath(rec check.Record) string {
	if rec.Kind == register.RecordLetter && rec.Reference != "" {
		return shared.LetterPath(rec.Office, rec.Reference)
	}
	return shared.EntryPath(rec.Entry)
}

// Band is the band of a finding's verdict.
func Band(p *i18n.Printer, f check.Finding) shared.Band {
	b := shared.Band{Intent: string(check.IntentUnknown), Icon: "question", Kick: p.H("result.kick")}
	if f.Verdict != nil {
		b.Intent, b.Icon = string(f.Verdict.Intent), f.Verdict.Icon
	}
	if f.Headline != nil {
		b.Title = Say(p, f, f.Headline.Text)
	}
	b.Lead = Say(p, f, f.Details)
	for _, c := range f.Evidence {
		b.Chips = append(b.Chips, c.Text.In(p.Lang()))
	}
	return b
}

// Say shows a sentence of the finding. Names and references that are written in
// the other direction than the sentence are isolated from it.
func Say(p *i18n.Printer, f check.Finding, w check.Words) template.HTML {
	var names []string
	if f.Record != nil {
		name, _ := f.Record.OfficeName.In(p.Lang())
		reason, _ := f.Status.Reason.In(p.Lang())
		names = append(names, reason, name, string(f.Record.Reference))
	}
	for _, r := range f.Status.ReplacedBy {
		names = append(names, string(r.By.Reference))
	}
	return shared.Isolated(p.Lang(), w.In(p.Lang()), names...)
}

func head(r shared.Records, f check.Finding) shared.Head {
	if c := f.Checkpoint; c != nil {
		return shared.HeadFrom(c)
	}
	return shared.HeadOf(r)
}

// Said turns the statements of a finding into what the pages show.
func Said(s *register.State, views []check.StatementView) []shared.Said {
	var out []shared.Said
	for _, x := range views {
		said := shared.Said{
			Kind: string(x.Type), Office: x.OfficeName, OfficeID: x.Office, At: x.At, Entry: x.Entry,
			Bodies: shared.WordBodies(x.Text), Source: x.Source,
		}
		if o, ok := s.OfficeByID(x.Office); ok {
			said.Domain = o.Domain
		}
		if x.NextWordBy != nil {
			said.NextWordBy = register.StampOf(*x.NextWordBy)
		}
		if x.Disavowal {
			said.Kind = "disavowal"
		}
		if x.Retracted {
			said.Retracted = retraction(s, x.Entry)
		}
		out = append(out, said)
	}
	return out
}

func retraction(s *register.State, i register.Index) *register.Retraction {
	for _, x := range s.Statements() {
		if x.Index == i && x.Retracted != nil {
			return x.Retracted
		}
	}
	for _, d := range s.Disavowals() {
		if d.Index == i && d.Retracted != nil {
			return d.Retracted
		}
	}
	return &register.Retraction{Index: i}
}

// cite is the sentence that a newspaper can print.
func cite(p *i18n.Printer, f check.Finding, h shared.Head) template.HTML {
	if f.Headline == nil {
		return ""
	}
	title := Say(p, f, f.Headline.Text)
	when := shared.Moment(p, f.CheckedAt)
	if f.Record == nil || f.Note == check.CommonWording { // no record is the source
		return p.H("cite.none", "headline", title, "origin", shared.Digest(h.Origin), "n", h.Size, "time", when)
	}
	what := template.HTML("")
	switch {
	case f.Record.Kind == register.RecordLetter && f.Record.Reference == "":
		what = template.HTML(template.HTMLEscapeString(p.T("result.sealed.name"))) //nolint:gosec // escaped here
	case f.Record.Kind == register.RecordLetter:
		what = shared.Ref(f.Record.Reference)
	default:
		what = p.H("cite.what", "kind", p.T("recordkind."+string(f.Record.Kind)), "n", uint64(f.Record.Entry))
	}
	return p.H("cite.record", "headline", title, "office", shared.Words(p, f.Record.OfficeName), "ref", what,
		"origin", shared.Digest(h.Origin), "n", h.Size, "time", when)
}
