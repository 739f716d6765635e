package shared

import (
	"html/template"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
)

// A Comparison is what a page says and shows of how a copy and its record differ.
type Comparison struct {
	Compared
	Lang    letter.Lang // of the record
	Summary []string    // sentences: how many places differ, and how
	Extent  string      // how much of each side is in the other
	Cuts    bool        // the copy cuts a sentence of record short
	Certain []Listed    // differences that are ones
	Look    []Listed    // words of a picture that somebody should look at
	More    int         // differences that are not listed, but marked
}

// A Listed is one difference in a sentence.
type Listed struct {
	Number   int // as beside its mark
	Text     template.HTML
	Critical bool
	Line     int // of the picture; 0: there is none
	// OnCopy and OnRecord: it is marked on a picture in this page.
	OnCopy, OnRecord bool
}

// Limits of the list. All places are marked in the texts beside it.
const (
	mostListed  = 200
	mostWords   = 40 // of one side of a listed difference
	shownOfMany = 24 // ... and so many are shown when there are more
)

// NewComparison makes what is shown of a finding; nil when no words were
// compared. Of an answer whose copy was not kept it lists the differences alone.
func NewComparison(p *i18n.Printer, f check.Finding) *Comparison {
	if f.Record == nil || f.Comparison.Empty() && (len(f.Differences) == 0 || f.Match != nil && *f.Match == check.Most) {
		return nil
	}
	c := &Comparison{Compared: LayOut(p, f.Comparison, len(f.Differences) > 1), Lang: f.Record.Language, Cuts: len(f.Sentences) > 0}
	if f.Extent != nil {
		c.Extent = f.Extent.In(p.Lang())
	}
	c.Summary = summary(p, f.Differences)
	noun := f.Record.Noun().In(p.Lang())
	for i, d := range f.Differences {
		if i == mostListed {
			c.More = len(f.Differences) - i
			break
		}
		x := Listed{Number: i + 1, Text: sentence(p, d, noun), Critical: d.Critical, Line: d.Line}
		if d.Check {
			c.Look = append(c.Look, x)
		} else {
			c.Certain = append(c.Certain, x)
		}
	}
	return c
}

// summary counts the differences: those that are certain, what only stands in
// another order, and what should be looked at.
func summary(p *i18n.Printer, ds []check.Difference) []string {
	var differ, critical, moved, look, grave int
	for _, d := range ds {
		switch {
		case d.Check:
			look++
			grave += one(d.Critical)
		case d.Kind == check.Moved:
			moved++
		default:
			differ++
			critical += one(d.Critical)
		}
	}
	var out []string
	switch {
	case differ > 0:
		out = append(out, p.N("result.differs", differ))
		if critical > 0 && differ == 1 {
			out = append(out, p.T("result.sole"))
		} else if critical > 0 {
			out = append(out, p.N("result.critical", critical))
		}
	case moved > 0:
		out = append(out, p.T("result.complete"))
	case look > 0:
		out = append(out, p.T("result.sure"))
	default:
		out = append(out, p.T("result.same"))
	}
	if moved > 0 {
		out = append(out, p.N("result.moved", moved))
	}
	if look > 0 {
		out = append(out, p.N("result.look", look))
	}
	if grave > 0 {
		out = append(out, p.N("result.grave", grave))
	}
	return out
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sentence says a difference. Where one side has no words at all, that is the
// news, also in the other language of a paper.
func sentence(p *i18n.Printer, d check.Difference, noun string) template.HTML {
	kind, sign := d.Kind, SignCopy
	switch {
	case kind == check.Moved:
		sign = SignMoved
	case strings.TrimSpace(d.Copy) == "":
		kind = check.OnlyOnRecord
	case strings.TrimSpace(d.Record) == "":
		kind = check.OnlyInCopy
	}
	key, recorded := "diff.", SignRecord
	if d.Check {
		key, sign, recorded = "look.", SignLook, SignLook
	}
	return p.H(key+seen(d, kind), "it", noun, "copy", words(p, sign, d.Copy), "record", words(p, recorded, d.Record))
}

// seen is the kind of a difference, or what the picture shows in its place where that was
// seen and not read.
func seen(d check.Difference, kind check.DifferenceKind) string {
	switch {
	case !d.Check || kind == check.Moved:
	case d.Untold():
		return "untold"
	case d.Unread && kind == check.OnlyInCopy:
		return "unread_more"
	case d.Unread:
		return "unread"
	}
	return string(kind)
}

// sample shows a sign with what it means, for the legend.
func sample(p *i18n.Printer, s Sign) template.HTML {
	text := template.HTMLEscapeString(p.T("legend." + string(s)))
	if s == SignGap {
		return template.HTML(`<span><span class="gap"></span> ` + text + `</span>`) //nolint:gosec // escaped
	}
	return template.HTML(open(s, "") + text + "</" + shapes[s][0] + ">") //nolint:gosec // escaped
}

// words marks the words of one side of a listed difference.
func words(p *i18n.Printer, s Sign, text string) template.HTML {
	fields := strings.Fields(text)
	more := ""
	if len(fields) > mostWords {
		more = " … (" + p.N("result.words", len(fields)) + ")"
		text = strings.Join(fields[:shownOfMany], " ")
	}
	return template.HTML(open(s, "") + "<bdi>" + string(Show(text)) + "</bdi></" + shapes[s][0] + ">" + template.HTMLEscapeString(more)) //nolint:gosec // Show escapes
}
