package plain

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/check"
	"chancery.example/internal/report"
	"chancery.example/register"
)

// Words of the command line's own, beside those of package check.
var labels = map[string]check.Words{
	"record":     {EN: "On record", AR: "في السجل"},
	"your_copy":  {EN: "your copy", AR: "نسختك"},
	"on_record":  {EN: "on record", AR: "في السجل"},
	"diff":       {EN: "Differences (! marks those that may change the meaning)", AR: "الاختلافات (! أمام ما قد يغيّر المعنى)"},
	"look":       {EN: "Read from a picture and not for sure: look at these words yourself", AR: "قُرئت من صورة لا على وجه اليقين: انظر في هذه الكلمات بنفسك"},
	"untold":     {EN: "not to be told from the picture whether it says", AR: "لا يُتبيَّن من الصورة هل تقول"},
	"unread":     {EN: "(differs, not read)", AR: "(مختلف، لم يُقرأ)"},
	"moved":      {EN: "moved, in another place on record", AR: "منقول، في موضع آخر من النص المسجَّل"},
	"sentence":   {EN: "The full sentence on record; your words are between { and }", AR: "الجملة المسجَّلة كاملة؛ وكلماتك بين { و}"},
	"passage":    {EN: "these words stand there, and not in the record above", AR: "هذه الكلمات واردة هناك، وليست في النص المسجَّل أعلاه"},
	"words":      {EN: "%d words", AR: "الكلمات: %d"},
	"more":       {EN: "further ones; --json lists all", AR: "أخرى؛ --json يسردها كلها"},
	"line":       {EN: "line", AR: "السطر"},
	"nothing":    {EN: "(nothing)", AR: "(لا شيء)"},
	"statements": {EN: "Beside it", AR: "وإلى جانبه"},
	"retracted":  {EN: "taken back", AR: "سُحب"},
	"also":       {EN: "Also", AR: "وأيضاً"},
	"speaker":    {EN: "speaker", AR: "القائل"},
	"none_named": {EN: "none named", AR: "لم يُسمَّ أحد"},
	"unmarked":   {EN: "without quotation marks", AR: "بلا علامات اقتباس"},
	"first":      {EN: "the first", AR: "الأول"},
	"second":     {EN: "the second", AR: "الثاني"},
	"report":     {EN: "report", AR: "الخبر"},
	"here":       {EN: "here", AR: "هنا"},
	"longest":    {EN: "the longest version", AR: "أطول صيغة"},
	"missing":    {EN: "left out by report", AR: "لم يرد في الخبر"},
	"paragraph":  {EN: "paragraph", AR: "الفقرة"},
	"paragraphs": {EN: "paragraphs", AR: "الفقرات"},
	"closest":    {EN: "closest passage", AR: "أقرب مقطع"},
	"edited":     {EN: "the report's own", AR: "من الخبر نفسه"},
	"long":       {EN: "more than a sentence is left out", AR: "حُذف أكثر من جملة"},
	"agree":      {EN: "In agreement", AR: "المتفق عليه"},
	"letter":     {EN: "letter", AR: "رسالة"},
	"statement":  {EN: "statement", AR: "بيان"},
	"disavowal":  {EN: "disavowal", AR: "بيان نفي"},
	"of":         {EN: "of", AR: "من"},
	"about":      {EN: "about", AR: "بشأن"},
	"revision":   {EN: "revision", AR: "المراجعة"},
	"entry":      {EN: "log entry", AR: "القيد"},
	"times":      {EN: "times", AR: "المرات"},
	"at":         {EN: "first at character", AR: "أولها عند الحرف"},
	"said":       {EN: "said on", AR: "قالت بتاريخ"},
	"seen":       {EN: "seen on", AR: "شوهد بتاريخ"},
	"source":     {EN: "Source", AR: "المصدر"},
	"sighting":   {EN: "sighting", AR: "مشاهدة"},
	"collected":  {EN: "text kept", AR: "نص محفوظ"},
	"received":   {EN: "received", AR: "تسلُّم"},
	"comma":      {EN: ", ", AR: "، "},
}

func (w Writer) label(name string) string { return labels[name].In(w.Lang) }

// Finding writes the answer to an exhibit.
func (w Writer) Finding(f check.Finding) {
	if f.ExhibitKind == check.KindReport {
		w.sheet(f)
	} else {
		w.verdict(f)
	}
	w.opened(f)
	if len(f.Statements) > 0 {
		w.say("\n%s:", w.label("statements"))
		for _, s := range f.Statements {
			w.statement(s)
		}
	}
	if len(f.Evidence) > 0 {
		w.say("")
	}
	for _, chip := range f.Evidence {
		w.words("- "+chip.Text.In(w.Lang), "")
		if chip.Kind == check.ChipCharacters {
			w.characters(f.Characters)
		}
	}
}

const mostCharacters = 20

// characters lists characters that are not what they seem, by their names, for
// they cannot be shown.
func (w Writer) characters(cs []check.Character) {
	for i, c := range cs {
		if i == mostCharacters {
			w.say("    ... %d %s", len(cs)-i, w.label("more"))
			return
		}
		w.say("    %s", Safe(fmt.Sprintf("%s %s (%s %d, %s %d)", c.Rune, c.Name, w.label("times"), c.Count, w.label("at"), c.Place())))
	}
}

// opened writes what draft-opening codes on the paper open: an answer of their own.
func (w Writer) opened(f check.Finding) {
	for _, c := range f.Codes {
		if c.Draft == nil {
			continue
		}
		head := Safe(c.Draft.Headline.In(w.Lang))
		w.say("\n%s\n%s", head, strings.Repeat("-", min(Columns, utf8.RuneCountInString(head))))
		w.words(c.Draft.Details.In(w.Lang), "")
		w.words(c.Draft.NotMean.In(w.Lang), "")
	}
}

// Unread writes the answer to an exhibit that could not be read, and why.
func (w Writer) Unread(f check.Finding, why error) {
	w.headline(f)
	w.words(why.Error(), "")
}

func (w Writer) headline(f check.Finding) {
	if f.Headline == nil {
		return
	}
	w.say("%s", Safe(f.Headline.Text.In(w.Lang)))
	w.say("%s", strings.Repeat("=", min(Columns, utf8.RuneCountInString(f.Headline.Text.In(w.Lang)))))
}

func (w Writer) verdict(f check.Finding) {
	w.headline(f)
	w.words(f.Details.In(w.Lang), "")
	if f.Extent != nil {
		w.words(f.Extent.In(w.Lang), "")
	}
	if f.Absence != nil {
		w.words(f.Absence.Text.In(w.Lang), "")
	}
	if not := f.NotMean.In(w.Lang); not != "" {
		w.words(not, "")
	}
	if f.Record != nil {
		w.words(w.label("record")+": "+w.record(*f.Record), "")
	}
	w.sentences(f.Sentences, "")
	w.sorted(f.Differences)
	for _, o := range f.Others {
		w.other(o)
	}
}

// record names a record: "letter HC-2026-0012 of Harbour Commission (en, log
// entry 27)". A statement has the reference of the letter that it is about.
func (w Writer) record(r check.Record) string {
	name, _ := r.OfficeName.In(w.Lang)
	s := w.label(string(r.Kind))
	if r.Kind == register.RecordLetter {
		s += " " + string(r.Reference)
	}
	s += " " + w.label("of") + " " + name
	if r.Kind != register.RecordLetter && r.Reference != "" {
		s += " " + w.label("about") + " " + string(r.Reference)
	}
	var in []string
	if r.Language != "" {
		in = append(in, string(r.Language))
	}
	if r.Revision > 0 {
		in = append(in, fmt.Sprintf("%s %d", w.label("revision"), r.Revision))
	}
	in = append(in, fmt.Sprintf("%s %d", w.label("entry"), r.Entry))
	return s + " (" + strings.Join(in, w.label("comma")) + ")"
}

func (w Writer) statement(s check.StatementView) {
	name, _ := s.OfficeName.In(w.Lang)
	words, _ := s.Text.In(w.Lang)
	when := s.At.Format("2 January 2006 15:04 UTC")
	if s.Retracted {
		when += w.label("comma") + w.label("retracted")
	}
	w.words(fmt.Sprintf("%s, %s: %s", name, when, words), "  ")
}

func (w Writer) sheet(f check.Finding) {
	if f.Summary != nil {
		w.words(f.Summary.In(w.Lang), "")
	}
	for i, q := range f.Quotations {
		w.say("\n%2d  %s", i+1, hang(quoted(q)))
		speaker := w.speaker(q.Speaker)
		if !q.Marked {
			speaker = w.label("unmarked")
		}
		w.say("    %s%s%s: %s", w.place(q), w.label("comma"), w.label("speaker"), speaker)
		w.words(q.Headline.In(w.Lang), "    ")
		if q.Record != nil {
			w.words(w.record(*q.Record), "    ")
		}
		w.sentences(q.Sentences, "    ")
		if q.Closest != "" {
			w.words(w.label("closest")+": \u201c"+q.Closest+"\u201d", "    ")
		}
		w.differences(q.Differences, w.label("your_copy"), w.label("on_record"), "    ")
		w.edits(q.Edits)
	}
	for _, a := range f.Advisories {
		w.say("\n%s", Wrap(Safe(fmt.Sprintf("\u201c%s …\u201d: %s", a.Begins, a.Text.In(w.Lang))), "", Columns))
	}
}

// place says in which paragraphs a quotation stands.
func (w Writer) place(q check.Quotation) string {
	last := q.Paragraph
	for _, p := range q.Parts {
		last = p.Paragraph
	}
	if last != q.Paragraph {
		return fmt.Sprintf("%s %d-%d", w.label("paragraphs"), q.Paragraph, last)
	}
	return fmt.Sprintf("%s %d", w.label("paragraph"), q.Paragraph)
}

// edits writes what a report marks as its own in a quotation.
func (w Writer) edits(es []check.Edit) {
	for _, e := range es {
		if e.Record == "" && !e.Critical {
			continue
		}
		mark := " "
		if e.Critical || e.Long {
			mark = "!"
		}
		line := fmt.Sprintf("%s %s: %s | %s: %s", mark, w.label("edited"), w.side(e.Text), w.label("on_record"), w.side(e.Record))
		if e.Long {
			line += " (" + w.label("long") + ")"
		}
		w.say("    %s", line)
	}
}

func (w Writer) speaker(name string) string {
	if name == "" {
		return w.label("none_named")
	}
	return Safe(name)
}

func quoted(q check.Quotation) string {
	if !q.Marked {
		return q.Quotation
	}
	if len(q.Parts) > 0 {
		var parts []string
		for _, p := range q.Parts {
			parts = append(parts, report.Unquoted(p.Quotation))
		}
		return "\u201c" + strings.Join(parts, "\u201d \u2026 \u201c") + "\u201d"
	}
	return "\u201c" + report.Unquoted(q.Quotation) + "\u201d"
}

// Standing names a standing in words.
func Standing(s register.Standing) string { return strings.ReplaceAll(string(s), "_", " ") }

// Brief writes the answer to an exhibit in a few lines: the headline, what is on record,
// and what differs.
func (w Writer) Brief(f check.Finding, indent string) {
	if f.Headline != nil {
		w.words(f.Headline.Text.In(w.Lang), indent)
	}
	if f.Record != nil {
		w.words(w.record(*f.Record), indent)
	}
	w.differences(f.Differences, w.label("your_copy"), w.label("on_record"), indent)
}
