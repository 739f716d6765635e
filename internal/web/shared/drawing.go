package shared

import (
	"html/template"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/drawn/mark"
	"chancery.example/internal/web/i18n"
)

// A Drawing is an answer on pictures: pages of the copy and of the record with the
// differences marked.
type Drawing struct {
	Copy, Record []DrawnPage
	Legend       []Sign
	// Of is what the record's pages are: "form", "text" or "none"; "device" when the copy
	// is the reader's own picture on the reader's own device, where no record is drawn.
	Of string
	// Absent are the numbers of differences that no page of the copy, or of the record,
	// shows; "" for none.
	AbsentCopy, AbsentRecord string
}

// A DrawnPage is one picture, over which its marks lie, and in the margins their numbers.
type DrawnPage struct {
	Source        template.URL // the picture itself, as a data: address; "": the page's script has it
	Width, Height int
	Number        int    // of the page; 0: it is the only one
	Alt           string // its differences in words
	Shapes        []Shape
	Labels        []Label
}

// A Shape is one mark over a picture, as it would be if its writing were upright; then it
// is turned about its middle. Percentages are of the picture.
type Shape struct {
	Sign                Sign
	X, Y, Width, Height float64
	Turn                int     // degrees
	MidX, MidY          float64 // what it turns about; MidY is where a struck line lies, too
	EndX, EndY          float64
	FootX, FootY        float64 // per cent: where the wedge of a gap stands
	// Place names the mark, where it is the first of its difference; "" elsewhere.
	Place                       string
	Left, Top, PerWide, PerHigh float64
}

// A Label is a number beside a picture, which leads to the list of differences.
type Label struct {
	Sign   Sign
	Text   string
	Many   bool // it is wider than the margin that most pictures need
	Href   string
	Says   string  // the difference in words
	Right  bool    // in the right margin
	Y      float64 // per cent
	X      int     // of its left side, from the edge of the picture
	Wide   int
	Middle int
	Lines  []Lead
}

// A Lead is the line from a number to a place, in per cent of the picture.
type Lead struct{ X1, Y1, X2, Y2 float64 }

// Sizes of the numbers, in pixels of the page, and the least width at which pictures are
// shown, at which no number may lie on another.
const (
	labelHigh  = 24
	labelPitch = labelHigh + 2
	labelApart = 4
	leastWidth = 240
)

// NewDrawnPage lays marks over a picture of a size, in whose pixels they are. first says
// which differences have a place on no page before.
func NewDrawnPage(p *i18n.Printer, f check.Finding, ofRecord bool, page int, size image.Point, marks []mark.Mark, first func(number int) bool) DrawnPage {
	out := DrawnPage{Width: size.X, Height: size.Y, Number: page}
	var numbers []int
	w, h := float64(max(1, size.X)), float64(max(1, size.Y))
	for _, m := range marks {
		s := shapeOf(m, w, h)
		if !slices.Contains(numbers, m.Number) {
			numbers = append(numbers, m.Number)
			if first(m.Number) {
				s.Place = placeName(ofRecord) + strconv.Itoa(m.Number)
			}
		}
		out.Shapes = append(out.Shapes, s)
	}
	slices.Sort(numbers)
	out.Alt = altOf(p, f, ofRecord, page, numbers)
	for _, l := range mark.Labels(size, marks, max(1, labelPitch*size.X/leastWidth)) {
		out.Labels = append(out.Labels, labelOf(p, f, l, w, h))
	}
	return out
}

func placeName(ofRecord bool) string {
	if ofRecord {
		return "record-"
	}
	return "copy-"
}

// reach is how far a mark reaches beyond the ink of its words, in parts of their height.
const reach = 12

func shapeOf(m mark.Mark, w, h float64) Shape {
	b := m.Spot.Box
	x, y, dx, dy := float64(b.Min.X), float64(b.Min.Y), float64(b.Dx()), float64(b.Dy())
	s := Shape{Sign: Sign(m.Kind), MidX: x + dx/2, MidY: y + dy/2, Turn: 90 * (m.Spot.Turn & 3)}
	pad := max(1, min(dx, dy)/reach)
	s.Left, s.Top, s.PerWide, s.PerHigh = per(x-pad, w), per(y-pad, h), per(dx+2*pad, w), per(dy+2*pad, h)
	s.FootX, s.FootY = per(s.MidX, w), per(s.MidY, h)
	switch s.Turn { // below, as the writing goes
	case 0:
		s.FootY = per(y+dy, h)
	case 90:
		s.FootX = per(x, w)
	case 180:
		s.FootY = per(y, h)
	default:
		s.FootX = per(x+dx, w)
	}
	if s.Turn%180 != 0 {
		dx, dy = dy, dx
	}
	pad = math.Round(pad)
	s.X, s.Y, s.Width, s.Height = s.MidX-dx/2-pad, s.MidY-dy/2-pad, dx+2*pad, dy+2*pad
	s.EndX, s.EndY = s.X+s.Width, s.Y+s.Height
	return s
}

// per is a part in per cent of the whole.
func per(part, whole float64) float64 { return math.Round(10000*part/whole) / 100 }

func labelOf(p *i18n.Printer, f check.Finding, l mark.Label, w, h float64) Label {
	out := Label{Sign: Sign(l.Kind), Text: l.Text(), Href: "#diff-" + strconv.Itoa(l.Numbers[0]), Right: l.Right, Y: per(float64(l.Y), h)}
	out.Wide = max(labelHigh, 9*len([]rune(out.Text))+8)
	out.X, out.Many = -labelApart-out.Wide, out.Wide > labelHigh+4
	edge := 0.
	if l.Right {
		out.X, edge = labelApart, 100
	}
	out.Middle = out.X + out.Wide/2
	for _, to := range l.To {
		out.Lines = append(out.Lines, Lead{edge, out.Y, per(float64(to.X), w), per(float64(to.Y), h)})
	}
	out.Says = told(p, f, l.Numbers)
	return out
}

// mostAlt is how many differences the words for a picture name; all are listed on the
// page.
const mostAlt = 12

// told says differences in words.
func told(p *i18n.Printer, f check.Finding, numbers []int) string {
	var out []string
	noun := ""
	if f.Record != nil {
		noun = f.Record.Noun().In(p.Lang())
	}
	for i, n := range numbers {
		if n < 1 || n > len(f.Differences) {
			continue
		}
		if i == mostAlt {
			out = append(out, "…")
			break
		}
		out = append(out, p.T("drawn.one", "n", n, "what", plainSentence(p, f.Differences[n-1], noun)))
	}
	return strings.Join(out, " ")
}

// altOf returns the words for a picture of a page of the copy, or of the record, which
// say what is marked on it.
func altOf(p *i18n.Printer, f check.Finding, ofRecord bool, page int, numbers []int) string {
	alt := p.T("drawn.altcopy", "n", max(1, page))
	if ofRecord {
		alt = p.T("drawn.altrecord", "n", max(1, page))
	}
	return strings.TrimSpace(alt + " " + told(p, f, numbers))
}

// plainSentence says a difference without marks.
func plainSentence(p *i18n.Printer, d check.Difference, noun string) string {
	kind, key := d.Kind, "diff."
	switch {
	case kind == check.Moved:
	case strings.TrimSpace(d.Copy) == "":
		kind = check.OnlyOnRecord
	case strings.TrimSpace(d.Record) == "":
		kind = check.OnlyInCopy
	}
	if d.Check {
		key = "look."
	}
	return p.T(key+seen(d, kind), "it", noun, "copy", shortened(d.Copy), "record", shortened(d.Record))
}

// shortened keeps the beginning of many words, and no line ends.
func shortened(s string) string {
	ws := strings.Fields(s)
	if len(ws) > shownOfMany {
		ws = append(ws[:shownOfMany:shownOfMany], "…")
	}
	return strings.Join(ws, " ")
}

// OwnPicture is the drawing of an answer about a picture that the reader has on the
// device where the answer is made; nil where nothing on it differs.
func OwnPicture(p *i18n.Printer, f check.Finding, size image.Point, marks []mark.Mark) *Drawing {
	if f.ExhibitKind != check.KindPhoto || f.Record == nil || len(marks) == 0 || size.X < 1 || size.Y < 1 {
		return nil
	}
	d := &Drawing{Of: "device", Copy: []DrawnPage{NewDrawnPage(p, f, false, 0, size, marks, func(int) bool { return true })}}
	for _, k := range mark.Kinds() {
		if slices.ContainsFunc(marks, func(m mark.Mark) bool { return m.Kind == k }) {
			d.Legend = append(d.Legend, Sign(k))
		}
	}
	return d
}

// Led links the differences of a list to their places on pictures.
func (c *Comparison) Led(d *Drawing) {
	if c == nil || d == nil {
		return
	}
	places := map[string]bool{}
	for _, pages := range [][]DrawnPage{d.Copy, d.Record} {
		for _, page := range pages {
			for _, s := range page.Shapes {
				places[s.Place] = true
			}
		}
	}
	for _, list := range [][]Listed{c.Certain, c.Look} {
		for i := range list {
			list[i].OnCopy, list[i].OnRecord = places[placeName(false)+strconv.Itoa(list[i].Number)], places[placeName(true)+strconv.Itoa(list[i].Number)]
		}
	}
}
