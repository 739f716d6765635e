package sheet

import (
	"html/template"
	"strconv"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// A Paragraph is one of the report, with its quotations marked.
type Paragraph struct {
	Number int
	Lang   letter.Lang // "" when it is not known
	Dir    string
	Words  template.HTML
	Odd    string // why it stands apart, "" for most
}

// whole marks up the whole text of a report.
func whole(p *i18n.Printer, f check.Finding, qs []Quotation) []Paragraph {
	var out []Paragraph
	for _, para := range f.Annotated() {
		x := Paragraph{Number: para.Number, Lang: para.Lang, Dir: "ltr"}
		if para.Lang == "und" {
			x.Lang, x.Dir = "", "auto"
		} else {
			x.Dir = shared.Dir(para.Lang)
		}
		if para.Odd != nil {
			x.Odd = para.Odd.In(p.Lang())
		}
		var b strings.Builder
		mark(&b, p, para.Stretches, qs)
		x.Words = template.HTML(b.String()) //nolint:gosec // mark escapes every word
		out = append(out, x)
	}
	return out
}

// mark writes stretches as HTML. Colour, the shape of the icon, the number and
// words for those who do not see say the same.
func mark(b *strings.Builder, p *i18n.Printer, ss []check.Stretch, qs []Quotation) {
	for _, s := range ss {
		if s.Quotation < 0 {
			b.WriteString(string(shared.Show(s.Text)))
			continue
		}
		q := qs[s.Quotation]
		class := "said i-" + q.Intent
		if !q.Marked {
			class += " borrowed"
		}
		b.WriteString(`<span class="` + class + `"`)
		if s.Anchor != "" {
			b.WriteString(` id="` + s.Anchor + `"`)
		}
		b.WriteString(`>`)
		if s.Anchor != "" {
			badge(b, p, q)
		}
		mark(b, p, s.Inside, qs)
		for _, x := range s.Pieces {
			piece(b, p, x)
		}
		b.WriteString(`</span>`)
	}
}

// badge leads from the text to the row about a quotation.
func badge(b *strings.Builder, p *i18n.Printer, q Quotation) {
	b.WriteString(`<a class="no" href="#` + q.Anchor + `">`)
	b.WriteString(string(shared.Icon(q.Icon)))
	b.WriteString(`<span class="vh" lang="` + string(p.Lang()) + `">` + template.HTMLEscapeString(p.T("sheet.quotation", "n", q.Number)+": "+q.Headline.In(p.Lang())) + ` </span>`)
	b.WriteString(`<span aria-hidden="true">` + strconv.Itoa(q.Number) + `</span></a>`)
}

// piece writes one piece of a quotation.
func piece(b *strings.Builder, p *i18n.Printer, x check.Piece) {
	text, with := string(shared.Show(x.Text)), string(shared.Show(x.With))
	switch x.Kind {
	case check.OnlyInCopy:
		b.WriteString("<del>" + text + "</del>")
	case check.OnlyOnRecord:
		b.WriteString("<ins>" + strings.TrimRight(text, " ") + "</ins> ")
	case check.Replaced, check.Disagree:
		b.WriteString("<del>" + text + "</del> <ins>" + with + "</ins>")
	case check.Moved:
		b.WriteString(`<mark class="moved">` + text + "</mark>")
	case check.EditorsWords, check.LeftOut:
		b.WriteString(`<span class="ed">` + text + `</span>`)
		if x.With != "" {
			b.WriteString(` <span class="instead"><span class="vh" lang="` + string(p.Lang()) + `">` + template.HTMLEscapeString(p.T("sheet.instead")) + ` </span>` + with + `</span>`)
		}
	default:
		b.WriteString(text)
	}
}
