package shared

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/facing"
	"chancery.example/internal/web/i18n"
)

// A Sign is one sort of mark in a comparison, which the legend explains.
type Sign string

// The signs, in the order of the legend. Each has a shape of its own besides its
// colour.
const (
	SignCopy     Sign = "copy"     // only in the copy: struck through
	SignRecord   Sign = "record"   // only on record: underlined
	SignGap      Sign = "gap"      // where the other side has words: a caret
	SignMoved    Sign = "moved"    // framed, with an arrow
	SignLook     Sign = "look"     // dotted frame, with a question mark
	SignSlip     Sign = "slip"     // dotted line below
	SignDisagree Sign = "disagree" // dashed line below
	SignYours    Sign = "yours"    // of a part, the copy's words: thick line below
	SignCut      Sign = "cut"      // left out at an ellipsis: in brackets
)

// Signs lists all signs.
func Signs() []Sign {
	return []Sign{SignCopy, SignRecord, SignGap, SignMoved, SignLook, SignSlip, SignDisagree, SignYours, SignCut}
}

// Compared is the reader's copy beside the record.
type Compared struct {
	Copy   template.HTML
	Record template.HTML
	Legend []Sign // those that occur
}

// Limits of what stands beyond a part: so few words stand there as they are, and
// so many at most are put into the page.
const (
	fewBeyond  = 30
	mostBeyond = 3000
)

// LayOut marks the two pages of a comparison up. Words of record far from those
// that the copy holds can be unfolded. numbered puts the number of its difference
// beside each mark.
func LayOut(p *i18n.Printer, pages facing.Pages, numbered bool) Compared {
	left, right := marker{printer: p, numbered: numbered, sign: SignCopy}, marker{printer: p, numbered: numbered, sign: SignRecord}
	right.part = slices.ContainsFunc(pages.Record, func(x facing.Piece) bool {
		return x.Mark == facing.Around || x.Mark == facing.Beyond || x.Mark == facing.Cut
	})
	return Compared{left.page(pages.Copy), right.page(pages.Record), legend(&left, &right)}
}

// Excerpt marks up a stretch of record in which words of a copy stand.
func Excerpt(p *i18n.Printer, pieces []facing.Piece) template.HTML {
	m := marker{printer: p, sign: SignRecord, part: true}
	return m.page(pieces)
}

func legend(sides ...*marker) []Sign {
	var out []Sign
	for _, s := range Signs() {
		if slices.ContainsFunc(sides, func(m *marker) bool { return m.used[s] }) {
			out = append(out, s)
		}
	}
	return out
}

// A marker writes one page.
type marker struct {
	printer  *i18n.Printer
	numbered bool
	sign     Sign // of words that the other side does not have
	part     bool // the page holds words that the copy does not reach
	used     map[Sign]bool
	out      strings.Builder
}

func (m *marker) page(pieces []facing.Piece) template.HTML {
	m.used = map[Sign]bool{}
	for _, p := range pieces {
		m.piece(p)
	}
	return template.HTML(m.out.String()) //nolint:gosec // Show escapes
}

func (m *marker) piece(p facing.Piece) {
	switch p.Mark {
	case facing.Agrees:
		m.agrees(p)
	case facing.Alone, facing.Differs:
		m.put(m.sign, p)
	case facing.Moved:
		m.put(SignMoved, p)
	case facing.Slip:
		m.put(SignSlip, p)
	case facing.Disagrees:
		m.put(SignDisagree, p)
	case facing.Absent:
		m.use(SignGap)
		m.out.WriteString(`<span class="gap"` + m.number(p) + `></span>`)
	case facing.Cut:
		m.put(SignCut, p)
	case facing.Around:
		m.out.WriteString(`<span class="around">` + string(Show(p.Text)) + `</span>`)
	case facing.Beyond:
		m.beyond(p)
	}
}

// agrees writes words that both sides have: as they are, or told from those
// around them.
func (m *marker) agrees(p facing.Piece) {
	from, to := p.Core()
	if !m.part || to == 0 {
		m.out.WriteString(string(Show(p.Text)))
		return
	}
	m.out.WriteString(string(Show(p.Text[:from])))
	m.put(SignYours, facing.Piece{Text: p.Text[from:to]})
	m.out.WriteString(string(Show(p.Text[to:])))
}

// beyond folds what is far from the copy's words away, when it is much.
func (m *marker) beyond(p facing.Piece) {
	n := len(strings.Fields(p.Text))
	if n <= fewBeyond {
		m.out.WriteString(`<span class="around">` + string(Show(p.Text)) + `</span>`)
		return
	}
	lang := m.printer.Lang()
	words := template.HTMLEscapeString(m.printer.N("result.beyond", n))
	if n > mostBeyond {
		fmt.Fprintf(&m.out, `<p class="beyond" lang="%s" dir="%s">%s</p>`, lang, Dir(lang), words)
		return
	}
	fmt.Fprintf(&m.out, `<details class="beyond"><summary lang="%s" dir="%s">%s</summary><span class="around">%s</span></details>`,
		lang, Dir(lang), words, Show(strings.Trim(p.Text, "\n")))
}

// shapes are the elements that marks are made of.
var shapes = map[Sign][2]string{
	SignCopy: {"del", ""}, SignRecord: {"ins", ""}, SignMoved: {"mark", "moved"}, SignLook: {"mark", "look"}, SignSlip: {"span", "slip"},
	SignDisagree: {"mark", ""}, SignYours: {"mark", "yours"}, SignCut: {"span", "cut"},
}

// put writes a marked piece. Words that were not read for sure are marked as
// such and as nothing else, because it is not known that they differ. The space
// at both ends stays outside.
func (m *marker) put(s Sign, p facing.Piece) {
	text := strings.TrimSpace(p.Text)
	if text == "" {
		m.out.WriteString(string(Show(p.Text)))
		return
	}
	if p.Look && s != SignYours && s != SignCut {
		s = SignLook
	}
	m.use(s)
	at := strings.Index(p.Text, text)
	m.out.WriteString(string(Show(p.Text[:at])))
	m.out.WriteString(open(s, m.number(p)) + string(Show(text)) + "</" + shapes[s][0] + ">")
	m.out.WriteString(string(Show(p.Text[at+len(text):])))
}

func open(s Sign, attributes string) string {
	tag, class := shapes[s][0], shapes[s][1]
	if class != "" {
		attributes = ` class="` + class + `"` + attributes
	}
	return "<" + tag + attributes + ">"
}

func (m *marker) use(s Sign) { m.used[s] = true }

func (m *marker) number(p facing.Piece) string {
	if !m.numbered || p.Number == 0 {
		return ""
	}
	return fmt.Sprintf(` data-n="%d"`, p.Number)
}

// Compare marks a quotation up as it stands in a report: what is only there is
// <del>, what is only on record is <ins>, what two languages say differently is
// <mark>.
func Compare(pieces []check.Piece) Compared {
	left, right := marker{sign: SignCopy, used: map[Sign]bool{}}, marker{sign: SignRecord, used: map[Sign]bool{}}
	for _, p := range pieces {
		recorded := facing.Piece{Text: visible(p.Text)}
		switch p.Kind {
		case check.OnlyInCopy:
			left.piece(facing.Piece{Mark: facing.Alone, Text: p.Text})
		case check.OnlyOnRecord:
			recorded.Mark = facing.Alone
			right.piece(recorded)
		case check.Replaced:
			left.piece(facing.Piece{Mark: facing.Differs, Text: p.Text})
			right.piece(facing.Piece{Mark: facing.Differs, Text: p.With})
		case check.Disagree:
			left.piece(facing.Piece{Mark: facing.Disagrees, Text: p.Text})
			right.piece(facing.Piece{Mark: facing.Disagrees, Text: p.With})
		case check.Moved:
			left.piece(facing.Piece{Mark: facing.Moved, Text: p.Text})
			recorded.Mark = facing.Moved
			right.piece(recorded)
		case check.EditorsWords, check.LeftOut:
			left.out.WriteString(string(edited("ed", p.Text)))
			switch {
			case p.Same:
				right.piece(facing.Piece{Text: strings.NewReplacer("[", "", "]", "").Replace(visible(p.Text))})
			case p.With != "":
				right.out.WriteString(string(edited("instead", p.With)) + " ")
			}
		default:
			left.piece(facing.Piece{Text: p.Text})
			right.piece(recorded)
		}
	}
	return Compared{template.HTML(left.out.String()), template.HTML(right.out.String()), legend(&left, &right)} //nolint:gosec // Show escapes
}

// visible drops what the copy hides between its letters: where both sides agree
// the pieces are cut from the copy, and the record holds no such characters.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) {
			return -1
		}
		return r
	}, s)
}

// InPlace marks up a comparison in one text: what differs is struck out, with
// what stands in its place right behind it.
func InPlace(pieces []check.Piece) template.HTML {
	var b strings.Builder
	for _, x := range pieces {
		text, with := string(Show(x.Text)), string(Show(x.With))
		switch x.Kind {
		case check.OnlyInCopy:
			b.WriteString("<del>" + text + "</del>")
		case check.OnlyOnRecord:
			b.WriteString("<ins>" + strings.TrimSpace(text) + "</ins> ")
		case check.Replaced, check.Disagree:
			b.WriteString("<del>" + text + "</del> <ins>" + with + "</ins>")
		case check.Moved:
			b.WriteString(open(SignMoved, "") + text + "</mark>")
		case check.EditorsWords, check.LeftOut:
			b.WriteString(string(edited("ed", x.Text)))
			if with != "" {
				b.WriteString(" " + string(edited("instead", x.With)))
			}
		default:
			b.WriteString(text)
		}
	}
	return template.HTML(b.String()) //nolint:gosec // Show escapes
}
