package plain

import (
	"fmt"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
)

// Words beside those of package proved.
var provedLabels = map[string]check.Words{
	"then":   {EN: "At the proof's head", AR: "عند رأس الإثبات"},
	"text":   {EN: "text", AR: "النص"},
	"now":    {EN: "now", AR: "الآن"},
	"head":   {EN: "at the proof's head", AR: "عند رأس الإثبات"},
	"there":  {EN: "is on record now", AR: "مسجَّل الآن"},
	"gone":   {EN: "not on record", AR: "غير مسجَّل"},
	"log":    {EN: "log", AR: "الدفتر"},
	"class":  {EN: "for programs", AR: "للبرامج"},
	"absent": {EN: "Proved to have been absent", AR: "ما أُثبت غيابه"},
}

// Proved writes the answer to a proof file: where it stands now, then where it
// stood at the proof's head.
func (w Writer) Proved(a proved.Answer) {
	label := func(name string) string { return provedLabels[name].In(w.Lang) }
	p := a.Proof
	w.verdict(a.Finding)
	if p.Class != "" {
		w.say("%s: %s", label("class"), p.Class)
	}
	if p.Head != nil {
		w.say("")
		w.words(p.Says.In(w.Lang), "")
		w.words(p.Since.In(w.Lang), "")
	}
	for _, l := range p.Later {
		w.say("- %s %d: %s", w.label("entry"), l.Entry, l.Kind)
	}
	if p.Own != nil {
		w.words(p.Own.In(w.Lang), "")
	}
	if p.At.Standing != "" {
		w.words(label("then")+": "+p.At.Headline.In(w.Lang), "")
		w.words(p.At.Details.In(w.Lang), "  ")
	}
	for _, t := range p.Texts {
		line := fmt.Sprintf("%s %s: %s: %s", label("text"), t.Language, label("head"), Standing(t.Then))
		if t.Now != "" {
			line += fmt.Sprintf("; %s: %s", label("now"), Standing(t.Now))
		}
		w.words(line, "- ")
	}
	if len(p.Absent) > 0 {
		w.say("%s:", label("absent"))
	}
	for _, n := range p.Absent {
		state := label("gone")
		if n.There {
			state = label("there")
		}
		w.words(fmt.Sprintf("%s %s %s%s %s: %s", n.Kind, n.Reference, n.Office, n.Digest, firstWords(n.Begins), state), "- ")
	}
	if p.Head != nil {
		w.say("%s %s, %d", label("log"), Safe(p.Head.Origin), p.Head.Size)
	}
	if len(a.Evidence) > 0 {
		w.say("")
	}
	for _, chip := range a.Evidence {
		w.words("- "+chip.Text.In(w.Lang), "")
	}
}
