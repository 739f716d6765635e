package lint

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"chancery.example/internal/pdf/syntax"
)

// A matrix maps one plane to another: x' = a x + c y + e, y' = b x + d y + f.
type matrix [6]float64

var unit = matrix{1, 0, 0, 1, 0, 0}

// then returns the map that does m first and n after it.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) point(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// box returns the rectangle around the image of a rectangle.
func (m matrix) box(r syntax.Rect) syntax.Rect {
	out := syntax.Rect{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, p := range [][2]float64{{r.X0, r.Y0}, {r.X1, r.Y0}, {r.X0, r.Y1}, {r.X1, r.Y1}} {
		x, y := m.point(p[0], p[1])
		out = around(out, x, y)
	}
	return out
}

func around(r syntax.Rect, x, y float64) syntax.Rect {
	return syntax.Rect{X0: min(r.X0, x), Y0: min(r.Y0, y), X1: max(r.X1, x), Y1: max(r.Y1, y)}
}

func meet(a, b syntax.Rect) syntax.Rect {
	return syntax.Rect{X0: max(a.X0, b.X0), Y0: max(a.Y0, b.Y0), X1: min(a.X1, b.X1), Y1: min(a.Y1, b.Y1)}
}

// state is the graphics state, as far as words go.
type state struct {
	ctm          matrix
	clip         syntax.Rect
	fill, stroke colour
	spaces       [2]int // components of the colour spaces of fill and stroke; 0: not known
	line         float64
	font         *font
	size         float64
	char, word   float64
	scale        float64
	leading      float64
	rise         float64
	mode         int
}

// A drawer interprets the content of one page.
type drawer struct {
	*checker
	state
	stack     []state
	text      matrix
	textLine  matrix
	path      []syntax.Rect // of the subpaths, on the page
	open      bool          // the last one goes on
	boxes     bool          // all subpaths are rectangles that stand upright
	clipNext  bool
	sheet     sheet
	marks     []mark // of the content, that are open
	outside   int    // so many of them are around the form that is drawn
	depth     int
	resources syntax.Dict
}

const (
	maxOperations = 1_000_000 // on all pages
	maxNested     = 8         // forms in forms
	maxSaved      = 64        // states, and marks in marks
)

var errEnough = errors.New("more than is looked at")

// pageEntries are what a page may have; a widget of the seal among annotations.
var pageEntries = []syntax.Name{"Type", "Parent", "Resources", "MediaBox", "CropBox", "TrimBox", "BleedBox", "ArtBox", "Contents", "Rotate",
	"StructParents", "Tabs", "Group", "Annots", "Metadata", "LastModified", "UserUnit"}

// onePage checks one page and what it shows.
func (c *checker) onePage(p syntax.Page) {
	for _, k := range p.Dict.Keys() {
		if !slices.Contains(pageEntries, k) && k != "AA" {
			c.refuse(PageEntry, fmt.Sprintf("the page has an entry /%s that a letter has no use for", k), again)
		}
	}
	c.annotations(p)
	seen := meet(p.MediaBox, p.CropBox)
	if seen.X1-seen.X0 < 72 || seen.Y1-seen.Y0 < 72 || seen.X1-seen.X0 > 14400 || seen.Y1-seen.Y0 > 14400 {
		c.refuse(PageEntry, "the page is smaller than an inch or larger than 5 metres", "set it on a sheet of paper")
		return
	}
	data, err := c.contents(p.Dict["Contents"])
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
		return
	}
	d := &drawer{checker: c, resources: p.Resources, sheet: sheet{seen: seen}}
	black := colour{known: true}
	d.state = state{ctm: unit, clip: seen, fill: black, stroke: black, spaces: [2]int{1, 1}, line: 1, scale: 1}
	d.run(data)
	d.unended()
	d.judge()
}

func (c *checker) annotations(p syntax.Page) {
	list, err := c.file.Array(p.Dict["Annots"])
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
	}
	for _, o := range list {
		a, err := c.file.Dict(o)
		if err == nil && c.allowed.Seal && a.Is("Subtype", "Widget") && a.Is("FT", "Sig") {
			continue
		}
		kind, _ := a["Subtype"].(syntax.Name)
		c.refuse(Annotated, fmt.Sprintf("something is laid over the page (%s)", kind), again)
	}
}

// contents returns a page's content streams as one.
func (c *checker) contents(o syntax.Object) ([]byte, error) {
	v, err := c.file.Resolve(o)
	if err != nil {
		return nil, err
	}
	list, ok := v.(syntax.Array)
	if !ok {
		list = syntax.Array{v}
	}
	var out []byte
	for _, o := range list {
		v, err := c.file.Resolve(o)
		if err != nil {
			return nil, err
		}
		s, ok := v.(*syntax.Stream)
		if !ok {
			continue
		}
		data, err := c.file.Data(s)
		if err != nil {
			return nil, err
		}
		out = append(append(out, data...), '\n')
	}
	return out, nil
}

// run interprets a content stream.
func (d *drawer) run(data []byte) {
	err := syntax.Content(data, func(o syntax.Operation) error {
		if d.drawn++; d.drawn > maxOperations {
			return errEnough
		}
		return d.operation(o)
	})
	switch {
	case errors.Is(err, errEnough):
		d.refuse(Complex, "the pages draw more than is looked at", "set the letter in a simpler way")
	case err != nil:
		d.refuse(Drawing, err.Error(), again)
	}
}

// operation does one operation. What is not known is refused.
func (d *drawer) operation(o syntax.Operation) error {
	n := numbers(o.Operands)
	known := d.graphics(o, n) || d.colours(o, n) || d.paths(o, n) || d.words(o, n) || d.marked(o)
	if !known {
		d.refuse(Drawing, fmt.Sprintf("the page uses the operator %.20q in a way that is not known", o.Operator), again)
	}
	if len(d.stack) > maxSaved || len(d.marks) > maxSaved || d.depth > maxNested || len(d.sheet.words) > maxWords || len(d.sheet.inks) > maxInks {
		return errEnough
	}
	return nil
}

// numbers returns the operands that are numbers, if all are.
func numbers(operands []syntax.Object) []float64 {
	var out []float64
	for _, o := range operands {
		v, ok := syntax.Number(o)
		if !ok || math.Abs(v) > 1e7 {
			return nil
		}
		out = append(out, v)
	}
	return out
}

// graphics does what changes the state, and external objects.
func (d *drawer) graphics(o syntax.Operation, n []float64) bool {
	switch o.Operator {
	case "q":
		d.stack = append(d.stack, d.state)
	case "Q":
		if len(d.stack) == 0 {
			return false
		}
		d.state, d.stack = d.stack[len(d.stack)-1], d.stack[:len(d.stack)-1]
	case "cm":
		if len(n) != 6 {
			return false
		}
		d.ctm = matrix(n).then(d.ctm)
	case "w":
		if len(n) != 1 {
			return false
		}
		d.line = n[0]
	case "J", "j", "M", "d", "ri", "i":
	case "gs":
		d.external(name(o.Operands))
	case "Do":
		d.object(name(o.Operands))
	case "sh":
		d.paint(d.clip, colour{}, true)
	case "BI":
		d.paint(d.ctm.box(syntax.Rect{X1: 1, Y1: 1}), colour{}, true)
	default:
		return false
	}
	return true
}

func name(operands []syntax.Object) syntax.Name {
	if len(operands) == 0 {
		return ""
	}
	n, _ := operands[len(operands)-1].(syntax.Name)
	return n
}

// resource looks up a resource of the stream that is run.
func (d *drawer) resource(kind, key syntax.Name) syntax.Object {
	all, err := d.file.Dict(d.resources[kind])
	if err != nil {
		return nil
	}
	return all[key]
}

// external does an ExtGState: what makes ink mix with what is behind it is refused.
func (d *drawer) external(key syntax.Name) {
	g, err := d.file.Dict(d.resource("ExtGState", key))
	if err != nil {
		d.refuse(Unreadable, err.Error(), again)
		return
	}
	for _, k := range g.Keys() {
		v, _ := d.file.Resolve(g[k])
		number, isNumber := syntax.Number(v)
		plain := true
		switch k {
		case "ca", "CA":
			plain = isNumber && number >= 0.999
		case "BM":
			plain = v == syntax.Name("Normal") || v == syntax.Name("Compatible")
		case "SMask":
			plain = v == syntax.Name("None")
		case "Font", "TR", "TR2", "HT", "BG", "UCR":
			plain = k != "Font"
		case "LW":
			d.line = number
		}
		if !plain {
			d.refuse(Blended, fmt.Sprintf("the page draws with ink that mixes with what is behind it, or with a font set aside (/%s)", k), "draw with full ink: no transparency")
		}
	}
}

// object draws a picture or a form.
func (d *drawer) object(key syntax.Name) {
	if m := d.telling(); m != nil {
		m.odd = "a span that says its letters has a picture or a form in it"
	}
	o, err := d.file.Resolve(d.resource("XObject", key))
	s, ok := o.(*syntax.Stream)
	switch {
	case err != nil || !ok:
		d.refuse(Unreadable, fmt.Sprintf("the page draws /%s, which is not there", key), again)
	case s.Dict.Is("Subtype", "Image"):
		d.picture(s)
		d.paint(d.ctm.box(syntax.Rect{X1: 1, Y1: 1}), colour{}, true)
	case s.Dict.Is("Subtype", "Form"):
		d.form(s)
	default:
		d.refuse(External, "the page draws something that is neither a picture nor a form", again)
	}
}

// maxPixels is what readers look at, on all pages together.
const maxPixels = 100_000_000

// picture refuses a picture that readers would not look at.
func (d *drawer) picture(s *syntax.Stream) {
	width, ok := d.number(s.Dict["Width"])
	height, ok2 := d.number(s.Dict["Height"])
	if !ok || !ok2 || width < 1 || height < 1 || width*height > maxPixels {
		d.refuse(Complex, fmt.Sprintf("there is a picture of %.0f by %.0f pixels", width, height), "make the picture smaller")
	}
}

// formCost is what one drawing of a form counts for, in operations: forms in forms
// are drawn as often as the product of all their numbers.
const formCost = 500

func (d *drawer) form(s *syntax.Stream) {
	d.drawn += formCost
	data, err := d.file.Data(s)
	if err != nil {
		d.refuse(Unreadable, err.Error(), again)
		return
	}
	saved, stack, resources := d.state, d.stack, d.resources
	defer func() { d.state, d.stack, d.resources, d.depth = saved, stack, resources, d.depth-1 }()
	if d.depth++; d.depth > maxNested {
		d.refuse(Complex, "drawings are nested too deep", again)
		return
	}
	if m, err := d.file.Array(s.Dict["Matrix"]); err == nil && len(m) == 6 {
		if n := numbers(m); n != nil {
			d.ctm = matrix(n).then(d.ctm)
		}
	}
	if box, err := d.file.Rect(s.Dict["BBox"]); err == nil {
		d.clip = meet(d.clip, d.ctm.box(box))
	}
	if r, ok := s.Dict["Resources"]; ok {
		if d.resources, err = d.file.Dict(r); err != nil {
			d.refuse(Unreadable, err.Error(), again)
			return
		}
	}
	d.stack = nil
	defer func(n int) { d.outside = n }(d.outside)
	d.outside = len(d.marks)
	d.run(data)
	d.unended()
}

// paths builds paths and paints them.
func (d *drawer) paths(o syntax.Operation, n []float64) bool {
	switch op := o.Operator; op {
	case "m", "l", "c", "v", "y", "re":
		want := map[string]int{"m": 2, "l": 2, "c": 6, "v": 4, "y": 4, "re": 4}[op]
		if len(n) != want {
			return false
		}
		d.extend(op, n)
	case "h":
	case "W", "W*":
		d.clipNext = true
	case "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "n":
		d.finish(op)
	default:
		return false
	}
	return true
}

func (d *drawer) extend(op string, n []float64) {
	if op == "re" {
		d.path = append(d.path, d.ctm.box(syntax.Rect{X0: min(n[0], n[0]+n[2]), Y0: min(n[1], n[1]+n[3]), X1: max(n[0], n[0]+n[2]), Y1: max(n[1], n[1]+n[3])}))
		d.boxes = (d.boxes || len(d.path) == 1) && (d.ctm[1] == 0 && d.ctm[2] == 0 || d.ctm[0] == 0 && d.ctm[3] == 0)
		d.open = false
		return
	}
	d.boxes = false
	if op == "m" || !d.open {
		d.path, d.open = append(d.path, syntax.Rect{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}), true
	}
	last := &d.path[len(d.path)-1]
	for i := 0; i+1 < len(n); i += 2 {
		x, y := d.ctm.point(n[i], n[i+1])
		*last = around(*last, x, y)
	}
}

// finish paints the path and makes it the clip if that was asked for.
func (d *drawer) finish(op string) {
	fills := strings.ContainsAny(op, "fFBb")
	strokes := strings.ContainsAny(op, "SsBb")
	width := d.line * math.Sqrt(math.Abs(d.ctm[0]*d.ctm[3]-d.ctm[1]*d.ctm[2])) / 2
	for _, r := range d.path {
		if fills {
			d.paint(r, d.fill, d.boxes)
		}
		if strokes { // the four sides; of a line, one
			for _, side := range []syntax.Rect{{X0: r.X0, Y0: r.Y0, X1: r.X1, Y1: r.Y0}, {X0: r.X0, Y0: r.Y1, X1: r.X1, Y1: r.Y1}, {X0: r.X0, Y0: r.Y0, X1: r.X0, Y1: r.Y1}, {X0: r.X1, Y0: r.Y0, X1: r.X1, Y1: r.Y1}} {
				d.paint(syntax.Rect{X0: side.X0 - width, Y0: side.Y0 - width, X1: side.X1 + width, Y1: side.Y1 + width}, d.stroke, true)
			}
		}
	}
	if d.clipNext {
		d.clipTo()
	}
	d.path, d.open, d.boxes, d.clipNext = nil, false, false, false
}

// clipTo makes the path the clip. One that is not one upright rectangle is taken
// for nothing: words under it cannot be said to be seen.
func (d *drawer) clipTo() {
	if len(d.path) == 1 && d.boxes {
		d.clip = meet(d.clip, d.path[0])
		return
	}
	d.clip = syntax.Rect{}
}

// paint notes ink on the page, as far as it is not clipped away.
func (d *drawer) paint(r syntax.Rect, c colour, whole bool) {
	if r = meet(r, d.clip); r.X0 < r.X1 && r.Y0 < r.Y1 {
		d.sheet.inks = append(d.sheet.inks, ink{box: r, colour: c, whole: whole, order: len(d.sheet.inks) + len(d.sheet.words)})
	}
}

// marked does marked content.
func (d *drawer) marked(o syntax.Operation) bool {
	switch o.Operator {
	case "BMC":
		d.begin(name(o.Operands), nil)
		return true
	case "EMC":
		d.end()
		return true
	case "MP":
		return true
	case "BDC", "DP":
	default:
		return false
	}
	if len(o.Operands) != 2 {
		return false
	}
	tag, _ := o.Operands[0].(syntax.Name)
	if tag == "OC" {
		d.refuse(Layered, "part of the page is in a layer, which programs show or hide", "merge the layers and "+again)
	}
	properties := o.Operands[1]
	if key, ok := properties.(syntax.Name); ok {
		properties = d.resource("Properties", key)
	}
	p, err := d.file.Dict(properties)
	if err == nil && (p["E"] != nil || p["ActualText"] != nil && o.Operator == "DP") {
		d.toldOther("a place in the page says letters")
	}
	if o.Operator == "BDC" {
		d.begin(tag, p)
	}
	return true
}
