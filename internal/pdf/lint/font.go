package lint

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"

	"chancery.example/internal/pdf/glyph"
	"chancery.example/internal/pdf/syntax"
)

// A font is what has to be known of one to say where words stand and what programs
// take them for.
type font struct {
	wide    bool // codes of two bytes
	widths  map[int]float64
	without float64        // the width of a code that has none of its own
	mapping map[int]string // ToUnicode; nil where there is none
	plain   bool           // letters by a standard encoding: ASCII is ASCII
	// program returns the embedded typeface, when codes are numbers of its drawings; nil:
	// there is none.
	program func() []byte
	looks   map[look]bool
	left    *int // how many drawings may still be looked at, of all typefaces
}

// A look is what was asked of a drawing.
type look struct {
	code  int
	vowel rune
}

// maxLooks is how many drawings of a file are looked at: those of six vowels, some in
// several forms, in some typefaces.
const maxLooks = 200

// shows reports whether a drawing looks like a shadda and a vowel.
func (f *font) shows(code int, vowel rune) bool {
	is, known := f.looks[look{code, vowel}]
	if known || f.program == nil || *f.left <= 0 {
		return is
	}
	*f.left--
	o, em, err := glyph.Read(f.program(), code)
	is = err == nil && o.Shows(vowel, em)
	f.looks[look{code, vowel}] = is
	return is
}

// maxCodes bounds what is read of widths and mappings.
const maxCodes = 70_000

// font reads a font, once.
func (c *checker) font(o syntax.Object) *font {
	ref, isRef := o.(syntax.Ref)
	if f, ok := c.fonts[ref]; ok && isRef {
		return f
	}
	d, err := c.file.Dict(o)
	f := &font{widths: map[int]float64{}, without: 500, looks: map[look]bool{}, left: &c.looksLeft}
	switch {
	case err != nil || len(d) == 0:
		c.refuse(Unreadable, "a font cannot be read", again)
	case d.Is("Subtype", "Type3"):
		c.refuse(OddFont, "a font of Type 3 is used, whose letters are drawings of any kind", "embed an ordinary font")
	case d.Is("Subtype", "Type0"):
		c.composite(f, d)
	default:
		c.simple(f, d)
	}
	if f.mapping != nil {
		c.mapping(f, d)
	}
	if c.fonts == nil {
		c.fonts = map[syntax.Ref]*font{}
	}
	if isRef {
		c.fonts[ref] = f
	}
	return f
}

// simple reads a font with codes of one byte.
func (c *checker) simple(f *font, d syntax.Dict) {
	encoding, err := c.file.Resolve(d["Encoding"])
	name, standard := encoding.(syntax.Name)
	f.plain = err == nil && standard && (name == "WinAnsiEncoding" || name == "MacRomanEncoding" || name == "StandardEncoding")
	first, _ := c.number(d["FirstChar"])
	widths, err := c.file.Array(d["Widths"])
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
	}
	for i, o := range widths {
		if w, ok := c.number(o); ok && i < 256 {
			f.widths[int(first)+i] = w
		}
	}
	f.mapping = c.toUnicode(d)
	if f.mapping == nil && !f.plain && !d.Is("BaseFont", "Symbol") && encoding != (syntax.Null{}) {
		if e, ok := encoding.(syntax.Dict); !ok || e["Differences"] != nil && d["FontDescriptor"] == nil {
			c.refuse(OddFont, fmt.Sprintf("the font %s has an encoding that is not known, and does not say which letters it has", baseFont(d)), "embed the font with its letters' names (ToUnicode)")
		}
	}
}

func baseFont(d syntax.Dict) string {
	n, _ := d["BaseFont"].(syntax.Name)
	return string(n)
}

// composite reads a font with codes of two bytes: Identity-H alone.
func (c *checker) composite(f *font, d syntax.Dict) {
	f.wide, f.without = true, 1000
	if !d.Is("Encoding", "Identity-H") {
		c.refuse(OddFont, fmt.Sprintf("the font %s has an encoding that is not known", baseFont(d)), "embed the font with the encoding Identity-H")
	}
	if f.mapping = c.toUnicode(d); f.mapping == nil {
		c.refuse(OddMapping, fmt.Sprintf("the font %s does not say which letters it has", baseFont(d)), "embed the font with its letters (ToUnicode), so that the words can be read")
	}
	kids, err := c.file.Array(d["DescendantFonts"])
	if err != nil || len(kids) != 1 {
		c.refuse(Unreadable, "a font cannot be read", again)
		return
	}
	cid, err := c.file.Dict(kids[0])
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
		return
	}
	f.program = c.program(cid)
	if w, ok := c.number(cid["DW"]); ok {
		f.without = w
	}
	list, err := c.file.Array(cid["W"])
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
	}
	c.cidWidths(f, list)
}

// program finds the embedded typeface.
func (c *checker) program(cid syntax.Dict) func() []byte {
	descriptor, err := c.file.Dict(cid["FontDescriptor"])
	if err != nil || !cid.Is("Subtype", "CIDFontType2") || !cid.Is("CIDToGIDMap", "Identity") {
		return nil
	}
	return sync.OnceValue(func() []byte {
		o, err := c.file.Resolve(descriptor["FontFile2"])
		s, ok := o.(*syntax.Stream)
		if err != nil || !ok {
			return nil
		}
		data, err := c.file.Data(s)
		if err != nil {
			return nil
		}
		return data
	})
}

// cidWidths reads "first [w w w]" and "first last w".
func (c *checker) cidWidths(f *font, list syntax.Array) {
	for len(list) >= 2 && c.drawn <= maxOperations {
		first, ok := c.number(list[0])
		if !ok {
			return
		}
		if each, err := c.file.Array(list[1]); err == nil && each != nil {
			for i, o := range each {
				if w, ok := c.number(o); ok && i < maxCodes {
					f.widths[int(first)+i] = w
				}
			}
			list = list[2:]
			continue
		}
		if len(list) < 3 {
			return
		}
		last, _ := c.number(list[1])
		w, ok := c.number(list[2])
		for code := max(0, int(first)); ok && code <= int(last) && code < maxCodes; code++ {
			f.widths[code] = w
			c.drawn++
		}
		list = list[3:]
	}
}

func (c *checker) number(o syntax.Object) (float64, bool) {
	v, err := c.file.Resolve(o)
	if err != nil {
		return 0, false
	}
	return syntax.Number(v)
}

// toUnicode reads a font's mapping, nil if it has none.
func (c *checker) toUnicode(d syntax.Dict) map[int]string {
	o, err := c.file.Resolve(d["ToUnicode"])
	s, ok := o.(*syntax.Stream)
	if err != nil || !ok {
		return nil
	}
	data, err := c.file.Data(s)
	if err != nil {
		c.refuse(OddMapping, err.Error(), again)
		return nil
	}
	out := map[int]string{}
	err = syntax.Content(data, func(op syntax.Operation) error {
		switch op.Operator {
		case "endbfchar":
			pairs(out, op.Operands)
		case "endbfrange":
			c.drawn += ranges(out, op.Operands)
		}
		if c.drawn > maxOperations {
			return errEnough
		}
		return nil
	})
	if err != nil || len(out) > maxCodes {
		c.refuse(OddMapping, fmt.Sprintf("the letters of the font %s cannot be read", baseFont(d)), again)
	}
	return out
}

func pairs(out map[int]string, operands []syntax.Object) {
	for ; len(operands) >= 2; operands = operands[2:] {
		from, ok := operands[0].(syntax.String)
		to, ok2 := operands[1].(syntax.String)
		if ok && ok2 {
			out[codeOf(from.Value)] = utf16be(to.Value)
		}
	}
}

// ranges returns how many letters it noted: the same may be noted again and again.
func ranges(out map[int]string, operands []syntax.Object) (noted int) {
	for ; len(operands) >= 3; operands = operands[3:] {
		from, ok := operands[0].(syntax.String)
		last, ok2 := operands[1].(syntax.String)
		if !ok || !ok2 {
			continue
		}
		first := codeOf(from.Value)
		n := max(0, min(codeOf(last.Value)-first, 0xffff))
		noted += n
		switch to := operands[2].(type) {
		case syntax.String:
			base := []rune(utf16be(to.Value))
			for i := 0; i <= n && len(base) > 0; i++ {
				next := append([]rune{}, base...)
				next[len(next)-1] += rune(i)
				out[first+i] = string(next)
			}
		case syntax.Array:
			for i, o := range to {
				if s, ok := o.(syntax.String); ok && i <= n {
					out[first+i] = utf16be(s.Value)
				}
			}
		}
	}
	return noted
}

func codeOf(b []byte) int {
	n := 0
	for _, c := range b[:min(len(b), 4)] {
		n = n<<8 | int(c)
	}
	return n
}

func utf16be(b []byte) string {
	var units []uint16
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, uint16(b[0])<<8|uint16(b[1]))
	}
	return string(utf16.Decode(units))
}

// mapping refuses letters that are said to be what they are not.
func (c *checker) mapping(f *font, d syntax.Dict) {
	for code, text := range f.mapping {
		if turned, ok := joinedOtherwise(text); ok {
			c.refuse(OddMapping, fmt.Sprintf("the font %s says that one drawing is the letters %q, which are not drawn as one", baseFont(d), turned), "print it in another typeface")
			return
		}
		if f.plain && code > ' ' && code < 0x7f && text != string(rune(code)) && text != "" {
			c.refuse(OddMapping, fmt.Sprintf("the font %s draws %q and says that it is %q", baseFont(d), rune(code), text), "embed the font anew from the program that wrote the letter")
			return
		}
		if text != unnamed && strings.ContainsFunc(text, oddRune) { // where an unnamed one is drawn it is judged
			c.refuse(OddMapping, fmt.Sprintf("the font %s says that a letter is %+q, which is none", baseFont(d), text), "embed the font anew, with its letters' names")
			return
		}
	}
}

// joinedOtherwise reports whether several Arabic letters, said of one drawing, are none
// that are drawn as one: those that Unicode has a form for, and what is drawn of الله
// beside its alef.
func joinedOtherwise(text string) (string, bool) {
	rs := slices.DeleteFunc(spelt(text), unicode.IsMark)
	arabic := 0
	for _, r := range rs {
		if unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) {
			arabic++
		}
	}
	said := string(rs)
	slices.Reverse(rs)
	return said, arabic > 1 && !glyph.Joined(said) && !glyph.Joined(string(rs))
}

// oddRune reports whether a character cannot be one that a letter is written with.
func oddRune(r rune) bool {
	switch {
	case r == 0xfffd || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0:
		return true
	case r >= 0xe000 && r <= 0xf8ff || r >= 0xf0000: // for private use
		return true
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069: // turns the direction of others around
		return true
	}
	return false
}
