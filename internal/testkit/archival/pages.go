package archival

import (
	"encoding/binary"
	"math"
	"slices"

	"chancery.example/internal/pdf/syntax"
)

// pages is what is drawn: in colours that the output intent covers, with typefaces that
// are embedded and say what they draw, all of it in the structure or an artifact.
func (c *checker) pages() {
	all, err := c.file.Pages()
	if err != nil {
		c.wrong("A 6.1: %v", err)
		return
	}
	c.marks = map[[2]int]string{}
	for i, p := range all {
		if w, h := p.MediaBox.X1-p.MediaBox.X0, p.MediaBox.Y1-p.MediaBox.Y0; w < 3 || h < 3 || w > 14400 || h > 14400 {
			c.wrong("A 6.1.13: page %d is %v by %v", i+1, w, h)
		}
		if p.Dict["Group"] != nil {
			c.wrong("A 6.2.10: page %d is a transparency group", i+1)
		}
		c.fonts = map[syntax.Name]*font{}
		for name, o := range c.dict(p.Resources["Font"]) {
			c.fonts[name] = c.font(name, o)
		}
		for kind := range p.Resources {
			if kind != "Font" && kind != "ProcSet" {
				c.wrong("page %d has resources of the kind %s, which this does not judge", i+1, kind)
			}
		}
		c.drawn(i, c.data(p.Dict["Contents"]))
		c.annotations(i, p)
	}
}

// allowed are the operators that our pages use; colours are gray and RGB.
var allowed = []string{"q", "Q", "cm", "w", "J", "j", "M", "d", "m", "l", "c", "h", "re", "S", "s", "f", "B", "n", "W", "g", "G", "rg", "RG", "BT", "ET", "Tf", "Td", "Tm", "Tj", "TJ", "Tc", "Tw", "Tr", "Tz", "TL", "Ts", "T*", "BDC", "BMC", "EMC"}

// A drawing is a page's content as it is gone through.
type drawing struct {
	*checker
	page int
	open []string // marked content
	deep int
	used *font
}

func (c *checker) drawn(page int, content []byte) {
	d := &drawing{checker: c, page: page}
	err := syntax.Content(content, func(o syntax.Operation) error {
		if !slices.Contains(allowed, o.Operator) {
			c.wrong("A 6.2.2: page %d uses the operator %s", page+1, o.Operator)
		}
		d.state(o)
		d.marked(o)
		d.text(o)
		if slices.Contains([]string{"Tj", "TJ", "S", "s", "f", "B"}, o.Operator) && len(d.open) == 0 {
			c.wrong("A 6.7.3.3, UA 7.1: page %d draws what is neither in the structure nor an artifact (%s)", page+1, o.Operator)
		}
		return nil
	})
	if err != nil || d.deep != 0 || len(d.open) != 0 {
		c.wrong("A 6.2.2: page %d does not end as it began: %v", page+1, err)
	}
}

func (d *drawing) state(o syntax.Operation) {
	switch o.Operator {
	case "q":
		if d.deep++; d.deep > 28 {
			d.wrong("A 6.1.13: page %d saves its state %d times", d.page+1, d.deep)
		}
	case "Q":
		d.deep--
	}
}

func (d *drawing) marked(o syntax.Operation) {
	switch o.Operator {
	case "EMC":
		d.open = d.open[:max(0, len(d.open)-1)]
	case "BDC", "BMC":
		kind, _ := o.Operands[0].(syntax.Name)
		if len(d.open) > 0 {
			d.wrong("UA 7.1: page %d has %s within %s", d.page+1, kind, d.open[len(d.open)-1])
		}
		if d.open = append(d.open, string(kind)); kind == "Artifact" {
			return
		}
		entries, _ := o.Operands[len(o.Operands)-1].(syntax.Dict)
		mark, ok := entries["MCID"].(syntax.Integer)
		if !ok || d.marks[[2]int{d.page, int(mark)}] != "" {
			d.wrong("A 6.7.3: page %d has marked content without a number, or twice the same", d.page+1)
		}
		d.marks[[2]int{d.page, int(mark)}] = string(kind)
	}
}

func (d *drawing) text(o syntax.Operation) {
	switch o.Operator {
	case "Tf":
		name, _ := o.Operands[0].(syntax.Name)
		if d.used = d.fonts[name]; d.used == nil {
			d.wrong("A 6.2.11.4.1: page %d uses the typeface %s, which is not there", d.page+1, name)
		}
	case "Tr":
		if o.Operands[0] == syntax.Integer(3) {
			d.wrong("page %d has words without ink", d.page+1)
		}
	case "Tj", "TJ":
		for _, s := range append(syntax.Children(o.Operands[0]), o.Operands[0]) {
			if s, ok := s.(syntax.String); ok {
				d.shown(d.page, d.used, s.Value)
			}
		}
	}
}

// shown is a row of codes: each has a drawing and letters.
func (c *checker) shown(page int, f *font, codes []byte) {
	for i := 0; i+1 < len(codes) && f != nil; i += 2 {
		code := int(binary.BigEndian.Uint16(codes[i:]))
		switch {
		case code >= len(f.glyphs) || f.glyphs[code] == 0:
			c.wrong("A 6.2.11.8: page %d shows the code %d of %s, which has no drawing", page+1, code, f.name)
		case f.letters[code] == "":
			c.wrong("A 6.2.11.7.2: page %d shows the code %d of %s, which has no letters", page+1, code, f.name)
		}
	}
}

// annotations is 6.3: seals alone, printed, visible, named, and in the structure.
func (c *checker) annotations(page int, p syntax.Page) {
	all, err := c.file.Array(p.Dict["Annots"])
	if err != nil {
		c.wrong("A 6.3: %v", err)
	}
	if len(all) > 0 && !p.Dict.Is("Tabs", "S") {
		c.wrong("UA 7.18.3: the fields of page %d are not in the order of the structure", page+1)
	}
	for _, o := range all {
		d := c.dict(o)
		flags, _ := d["F"].(syntax.Integer)
		box, _ := c.file.Rect(d["Rect"])
		if !d.Is("Subtype", "Widget") || !d.Is("FT", "Sig") {
			c.wrong("A 6.3.1: page %d has something over it that is no seal", page+1)
		}
		if flags&4 == 0 || flags&(1|2|32|256) != 0 {
			c.wrong("A 6.3.2: a field of page %d is not printed, or hidden: %d", page+1, flags)
		}
		look := c.dict(d["AP"])
		if size := math.Abs(box.X1-box.X0) + math.Abs(box.Y1-box.Y0); size > 0 && look["N"] == nil || len(look) > 1 {
			c.wrong("A 6.3.3: a field of page %d has not the one look", page+1)
		}
		if words(d["TU"]) == "" {
			c.wrong("UA 7.18.4: a field of page %d has no name for who does not see it", page+1)
		}
		if _, ok := d["StructParent"].(syntax.Integer); !ok {
			c.wrong("UA 7.18.1: a field of page %d is not in the structure", page+1)
		}
	}
}

// types are the kinds of elements that our letters have, all of them of the standard.
var types = []string{"Document", "Sect", "P", "H1", "H2", "Span", "Figure", "L", "LI", "Lbl", "LBody", "Note", "Div", "Form", "Reference"}

// structure is 6.7: the tree holds every mark once, each of a kind that is known, and
// the table of parents leads back.
func (c *checker) structure() {
	tree := c.dict(c.root["StructTreeRoot"])
	if !tree.Is("Type", "StructTreeRoot") || tree["RoleMap"] != nil {
		c.wrong("A 6.7.3.3: there is no tree of the structure, or one with kinds of its own")
		return
	}
	pages, _ := c.file.Pages()
	w := walk{c, map[syntax.Ref]int{}, map[[2]int]bool{}}
	for i, p := range pages {
		w.number[p.Ref] = i
	}
	for _, k := range c.kids(tree["K"]) {
		w.element(k, syntax.Ref{}, 0)
	}
	for at, kind := range c.marks {
		if !w.held[at] {
			c.wrong("UA 7.1: the tree does not hold mark %d of page %d (%s)", at[1], at[0]+1, kind)
		}
	}
	c.parents(tree, pages)
}

// A walk goes through the tree.
type walk struct {
	*checker
	number map[syntax.Ref]int // of a page
	held   map[[2]int]bool    // marks that were met
}

func (w *walk) element(o syntax.Object, above syntax.Ref, depth int) {
	d := w.dict(o)
	switch {
	case depth > 30:
		w.wrong("A 6.7.3: the tree has no end")
		return
	case d.Is("Type", "OBJR"):
		return
	case d.Is("Type", "MCR"):
		pg, _ := d["Pg"].(syntax.Ref)
		mark, _ := d["MCID"].(syntax.Integer)
		at := [2]int{w.number[pg], int(mark)}
		if w.held[at] || w.marks[at] == "" {
			w.wrong("A 6.7.3: the tree holds mark %d of page %d twice, or it is not there", mark, at[0]+1)
		}
		w.held[at] = true
		return
	}
	kind, _ := d["S"].(syntax.Name)
	if !slices.Contains(types, string(kind)) {
		w.wrong("A 6.7.3.4: an element of the kind %s", kind)
	}
	if kind == "Figure" && words(d["Alt"]) == "" {
		w.wrong("UA 7.3: a figure does not say what it is")
	}
	if l := words(d["Lang"]); l != "" && !language.MatchString(l) {
		w.wrong("A 6.7.4: an element is in the language %q", l)
	}
	if parent, _ := d["P"].(syntax.Ref); depth > 0 && parent != above {
		w.wrong("A 6.7.3: an element of the kind %s has another parent", kind)
	}
	self, _ := o.(syntax.Ref)
	for _, k := range w.kids(d["K"]) {
		w.element(k, self, depth+1)
	}
}

func (c *checker) kids(o syntax.Object) []syntax.Object {
	if a, ok := c.resolved(o).(syntax.Array); ok {
		return a
	}
	if o == nil {
		return nil
	}
	return []syntax.Object{o}
}

// parents: the table has a row for each page, with an element for each mark.
func (c *checker) parents(tree syntax.Dict, pages []syntax.Page) {
	nums, err := c.file.Array(c.dict(tree["ParentTree"])["Nums"])
	rows := map[syntax.Integer]syntax.Object{}
	for i := 0; i+1 < len(nums); i += 2 {
		key, _ := nums[i].(syntax.Integer)
		rows[key] = nums[i+1]
	}
	if next, _ := tree["ParentTreeNextKey"].(syntax.Integer); err != nil || int(next) != len(rows) {
		c.wrong("A 6.7.3: the table of parents has %d rows, and says %d", len(rows), next)
	}
	for i, p := range pages {
		key, ok := p.Dict["StructParents"].(syntax.Integer)
		row, err := c.file.Array(rows[key])
		if !ok || err != nil {
			c.wrong("A 6.7.3: page %d has no row in the table of parents", i+1)
		}
		marks := 0
		for at := range c.marks {
			if at[0] == i {
				marks++
			}
		}
		if len(row) != marks {
			c.wrong("A 6.7.3: page %d has %d marks, and %d parents of them", i+1, marks, len(row))
		}
	}
}
