package archival

import (
	"encoding/binary"
	"regexp"
	"strings"

	"chancery.example/internal/pdf/syntax"
)

// A font is a cut typeface: what each code draws and means.
type font struct {
	name    string
	glyphs  []int // by code
	letters map[int]string
}

var subset = regexp.MustCompile(`^[A-Z]{6}\+[A-Za-z0-9-]+$`)

// font is 6.2.11: composite, embedded, cut, with widths and letters of its own.
func (c *checker) font(name syntax.Name, o syntax.Object) *font {
	d := c.dict(o)
	base, _ := d["BaseFont"].(syntax.Name)
	f := &font{name: string(base), letters: map[int]string{}}
	below, _ := c.file.Array(d["DescendantFonts"])
	if !d.Is("Type", "Font") || !d.Is("Subtype", "Type0") || !d.Is("Encoding", "Identity-H") || len(below) != 1 {
		c.wrong("A 6.2.11.2: the typeface %s is of a sort that this does not judge", name)
		return f
	}
	cid := c.dict(below[0])
	descriptor := c.dict(cid["FontDescriptor"])
	if !subset.MatchString(f.name) || cid["BaseFont"] != base || descriptor["FontName"] != base || !cid.Is("Subtype", "CIDFontType2") {
		c.wrong("A 6.2.11.2: the typeface %s has several names, or none of a cut one", f.name)
	}
	if info := c.dict(cid["CIDSystemInfo"]); words(info["Registry"]) != "Adobe" || words(info["Ordering"]) != "Identity" {
		c.wrong("A 6.2.11.3.1: %s has the characters of %v", f.name, info)
	}
	if flags, _ := descriptor["Flags"].(syntax.Integer); flags&4 == 0 || flags&32 != 0 || descriptor["CIDSet"] != nil {
		c.wrong("A 6.2.11.6: %s is not said to have letters of its own, or lists them", f.name)
	}
	table := c.data(cid["CIDToGIDMap"])
	if len(table) == 0 || len(table)%2 != 0 {
		c.wrong("A 6.2.11.3.2: %s does not say which drawing is whose", f.name)
	}
	for i := 0; i+1 < len(table); i += 2 {
		f.glyphs = append(f.glyphs, int(binary.BigEndian.Uint16(table[i:])))
	}
	c.widths(f, cid, c.data(descriptor["FontFile2"]))
	c.letters(f, c.data(d["ToUnicode"]))
	return f
}

// widths: what the file says of a code is what its drawing has, in thousandths.
func (c *checker) widths(f *font, cid syntax.Dict, program []byte) {
	tables := tablesOf(program)
	head, hhea, hmtx := tables["head"], tables["hhea"], tables["hmtx"]
	for _, need := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		if len(tables[need]) == 0 {
			c.wrong("A 6.2.11.4.1: the program of %s has no table %s", f.name, need)
			return
		}
	}
	em, long := int(binary.BigEndian.Uint16(head[18:])), int(binary.BigEndian.Uint16(hhea[34:]))
	glyphs := int(binary.BigEndian.Uint16(tables["maxp"][4:]))
	w, err := c.file.Array(cid["W"])
	if err != nil || len(w) != 2 {
		c.wrong("A 6.2.11.5: the widths of %s are not in one row", f.name)
		return
	}
	first, _ := w[0].(syntax.Integer)
	row, _ := c.file.Array(w[1])
	if int(first)+len(row) != len(f.glyphs) {
		c.wrong("A 6.2.11.5: %s has %d codes and %d widths", f.name, len(f.glyphs)-int(first), len(row))
	}
	for i, o := range row {
		said, _ := syntax.Number(o)
		code := int(first) + i
		if code >= len(f.glyphs) || f.glyphs[code] >= glyphs {
			c.wrong("A 6.2.11.4.1: the code %d of %s draws what is not there", code, f.name)
			continue
		}
		at := 4 * min(f.glyphs[code], long-1)
		if is := float64(binary.BigEndian.Uint16(hmtx[at:])) * 1000 / float64(em); is-said > 1 || said-is > 1 {
			c.wrong("A 6.2.11.5: the code %d of %s is %v wide, and its drawing %v", code, f.name, said, is)
		}
	}
}

func tablesOf(program []byte) map[string][]byte {
	out := map[string][]byte{}
	if len(program) < 12 {
		return out
	}
	for i := range int(binary.BigEndian.Uint16(program[4:])) {
		if len(program) < 28+16*i {
			return out
		}
		e := program[12+16*i:]
		at, n := int(binary.BigEndian.Uint32(e[8:])), int(binary.BigEndian.Uint32(e[12:]))
		if at+n <= len(program) {
			out[string(e[:4])] = program[at : at+n]
		}
	}
	return out
}

// letters: every code has some, none of those that mean nothing or anything.
func (c *checker) letters(f *font, table []byte) {
	if len(table) == 0 {
		c.wrong("A 6.2.11.7.2, UA 7.21.7: %s does not say which letters it draws", f.name)
		return
	}
	err := syntax.Content(table, func(o syntax.Operation) error {
		if o.Operator == "endbfrange" {
			c.wrong("the letters of %s are in a form that this does not judge", f.name)
		}
		for i := 0; o.Operator == "endbfchar" && i+1 < len(o.Operands); i += 2 {
			code, _ := o.Operands[i].(syntax.String)
			to, _ := o.Operands[i+1].(syntax.String)
			if len(code.Value) == 2 {
				f.letters[int(binary.BigEndian.Uint16(code.Value))] = utf16(to.Value)
			}
		}
		return nil
	})
	if err != nil {
		c.wrong("A 6.2.11.7.2: the letters of %s: %v", f.name, err)
	}
	for code, s := range f.letters {
		if strings.ContainsFunc(s, func(r rune) bool {
			return r == 0 || r == 0xfeff || r == 0xfffe || r >= 0xe000 && r <= 0xf8ff || r >= 0xf0000
		}) {
			c.wrong("A 6.2.11.7.2, 6.2.11.7.3: the code %d of %s is said to be %q", code, f.name, s)
		}
	}
}
