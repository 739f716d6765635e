package typeset

import (
	"fmt"
	"slices"

	"chancery.example/internal/around"
	"chancery.example/internal/layout"
	"chancery.example/internal/papercode"
)

// Margins of every page.
var (
	sideMargin = mm(250)
	topMargin  = mm(200)
	lowMargin  = mm(120) // under the foot
	noticeTop  = mm(90)
	noticePad  = mm(20)
)

// A page is what stands on one side of a sheet.
type page struct {
	voice  voice
	first  bool // of its language
	notice []row
	box    int // height of the frame around the notice, from noticeTop
	rows   []row
	foot   []row
}

// A row is a line at its place on a page.
type row struct {
	line
	voice    voice
	baseline int // from the top of the page
	block    int // of its language, for what belongs together; -1 around the text
	kind     string
	rule     bool
}

// A sheet is the paper, with the code that stands on all pages.
type sheet struct {
	width, height int
	symbol        [][]bool // the paper code
}

var sizes = map[Form][2]int{A4: {595276, 841890}, USLetter: {612 * point, 792 * point}}

func newSheet(l Letter) (sheet, error) {
	form := l.Form
	if form == "" {
		form = A4
	}
	size, ok := sizes[form]
	if !ok {
		return sheet{}, fmt.Errorf("paper of the form %q is not known: want %s or %s", form, A4, USLetter)
	}
	s := sheet{width: size[0], height: size[1]}
	if l.Code == "" {
		return s, nil
	}
	var err error
	s.symbol, err = papercode.Matrix(l.Code)
	return s, err
}

// module is the side of a module of the code.
var module = mm(7)

// symbolSide is the side of the code, without the empty modules around it.
func (s sheet) symbolSide() int { return len(s.symbol) * module }

// footTop is where the text of a page ends.
func (s sheet) footTop() int {
	if s.symbol == nil {
		return s.height - mm(220)
	}
	return s.height - lowMargin - s.symbolSide() - papercode.QuietModules*module
}

// flow breaks blocks into pages. A paragraph leaves two lines or more on either
// page, one of fewer than four lines stays whole, and what belongs to the next
// block goes with it.
func flow(blocks []block, v voice, top, bottom int) []page {
	rows, before, allowed := unroll(blocks, v)
	var pages []page
	for start := 0; start < len(rows); {
		y, end := top, start
		for end < len(rows) {
			room := rows[end].ascent + rows[end].descent
			if end > start {
				room += before[end]
			}
			if y+room > bottom && end > start {
				break
			}
			y += room
			end++
		}
		if end < len(rows) {
			cut := end
			for cut > start && !allowed[cut] {
				cut--
			}
			if cut > start {
				end = cut
			}
		}
		p := page{voice: v, first: len(pages) == 0, rows: rows[start:end:end]}
		y = top
		for i := range p.rows {
			if i > 0 {
				y += before[start+i]
			}
			y += p.rows[i].ascent
			p.rows[i].baseline = y
			y += p.rows[i].descent
		}
		pages = append(pages, p)
		start = end
	}
	return pages
}

// ruleRoom is taken by a rule under a block.
const ruleRoom = 7 * point

// unroll makes one list of rows of all blocks, with the room before each and
// whether a page may begin with it.
func unroll(blocks []block, v voice) (rows []row, before []int, allowed []bool) {
	const alone = 2 // lines of a paragraph that never stand alone
	for i, b := range blocks {
		for j, l := range b.lines {
			r := row{line: l, voice: v, block: i, kind: b.kind, rule: b.rule && j == len(b.lines)-1}
			if r.rule {
				r.descent += ruleRoom
			}
			room, may := 0, !b.together && j >= alone && len(b.lines)-j >= alone
			if j == 0 {
				room, may = b.before, i == 0 || !blocks[i-1].withNext
			}
			rows, before, allowed = append(rows, r), append(before, room), append(allowed, may)
		}
	}
	return rows, before, allowed
}

// paginate sets everything: the pages of all languages, with notice and foot.
func (d *document) paginate(l Letter) ([]page, error) {
	var pages []page
	for _, t := range inOrder(l.Content) {
		v := voiceOf(t.Lang)
		notice, box, err := d.noticeRows(l.Notices, v)
		if err != nil {
			return nil, fmt.Errorf("setting the notice: %w", err)
		}
		top := topMargin
		if len(notice) > 0 {
			top = max(top, noticeTop+box+mm(60))
		}
		blocks, err := d.compose(l, t)
		if err != nil {
			return nil, located(err, t)
		}
		for _, p := range flow(blocks, v, top, d.sheet.footTop()-mm(40)) {
			p.notice, p.box = notice, box
			pages = append(pages, p)
		}
	}
	for i := range pages {
		var err error
		if pages[i].foot, err = d.footRows(l.Code, pages[i].voice, i+1, len(pages)); err != nil {
			return nil, fmt.Errorf("setting the foot of a page: %w", err)
		}
	}
	return pages, nil
}

// noticeRows sets the notice in every language, the page's own first, in a frame at
// the top of the page, and returns its height.
func (d *document) noticeRows(notices []Words, v voice) ([]row, int, error) {
	sorted := slices.Clone(notices)
	slices.SortStableFunc(sorted, func(a, b Words) int { return own(v, b) - own(v, a) })
	var rows []row
	y := noticeTop + noticePad
	for _, n := range sorted {
		nv := voiceOf(n.Language)
		st := noticeStyle
		var lines []line
		for {
			words, err := d.words(nv, st, n.Text, 0, layout.Notice)
			if err != nil {
				return nil, 0, err
			}
			lines = d.set(nv, st, words, d.column-2*noticePad, centred)
			const smallest = 7500
			if len(lines) < 2 || st.size <= smallest {
				break
			}
			st.size -= point / 2 // one line is found again by who reads the page
		}
		for _, l := range lines {
			y += l.ascent
			rows = append(rows, row{line: l.moved(noticePad), voice: nv, baseline: y, block: -1})
			y += l.descent
		}
	}
	return rows, y + noticePad - noticeTop, nil
}

func own(v voice, w Words) int {
	if w.Language == v.language {
		return 1
	}
	return 0
}

// footRows are the code in letters and the number of the page, beside the code.
func (d *document) footRows(code string, v voice, n, of int) ([]row, error) {
	labels := around.LabelsOf(v.language)
	aside := 0
	if code != "" {
		aside = d.sheet.symbolSide() + (papercode.QuietModules+2)*module
	}
	var lines []line
	for i, text := range []string{labels.Code + code, labels.Page(n, of)} {
		if i == 0 && code == "" {
			continue
		}
		words, err := d.words(v, footStyle, text, 0, layout.Foot)
		if err != nil {
			return nil, err
		}
		for _, l := range d.set(v, footStyle, words, d.column-aside, []alignment{atStart, atEnd}[i]) {
			if !v.rtl {
				l = l.moved(aside)
			}
			lines = append(lines, l)
		}
	}
	var rows []row
	y := d.sheet.height - lowMargin
	for _, l := range slices.Backward(lines) {
		rows = append(rows, row{line: l, voice: v, baseline: y, block: -1})
		y -= l.ascent + l.descent
	}
	slices.Reverse(rows)
	return rows, nil
}
