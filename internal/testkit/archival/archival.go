// Package archival holds a PDF to what PDF/A-3 (ISO 19005-3, levels A and B) and
// PDF/UA-1 (ISO 14289-1) ask of a file and a program can see, by the numbers of their
// clauses. It is for the PDFs that we make and not for others: what they do not use -
// pictures, forms, layers, patterns - is reported, and not judged. It stands in for
// veraPDF, which could not be had where this was made, and is no less strict where it
// judges; where the two differ, veraPDF is right.
package archival

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"chancery.example/internal/pdf/syntax"
)

// Check returns what is wrong with a file, each with the clause that says so.
func Check(pdf []byte) []string {
	f, err := syntax.Open(pdf, syntax.DefaultLimits)
	if err != nil {
		return []string{"A 6.1: " + err.Error()}
	}
	c := &checker{file: f, pdf: pdf}
	for _, rule := range []func(){c.frame, c.objects, c.catalogue, c.metadata, c.attachments, c.pages, c.structure} {
		rule()
	}
	slices.Sort(c.found)
	return slices.Compact(c.found)
}

type checker struct {
	file  *syntax.File
	pdf   []byte
	root  syntax.Dict
	found []string
	fonts map[syntax.Name]*font
	marks map[[2]int]string // page and mark: the kind of element that the page says
}

func (c *checker) wrong(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *checker) dict(o syntax.Object) syntax.Dict {
	d, err := c.file.Dict(o)
	if err != nil {
		c.wrong("A 6.1: %v", err)
	}
	return d
}

func (c *checker) resolved(o syntax.Object) syntax.Object {
	r, err := c.file.Resolve(o)
	if err != nil {
		c.wrong("A 6.1: %v", err)
	}
	return r
}

func (c *checker) data(o syntax.Object) []byte {
	s, ok := c.resolved(o).(*syntax.Stream)
	if !ok {
		return nil
	}
	b, err := c.file.Data(s)
	if err != nil {
		c.wrong("A 6.1.7: %v", err)
	}
	return b
}

var (
	xref = regexp.MustCompile(`\nxref\n0 [0-9]+\n0000000000 65535 f \n([0-9]{10} [0-9]{5} n \n)+trailer\n`)
)

// frame is the file's outer form: 6.1.2 to 6.1.4.
func (c *checker) frame() {
	if !regexp.MustCompile(`^%PDF-1\.[0-7]\n%`).Match(c.pdf) || len(c.pdf) < 20 || slices.ContainsFunc(c.pdf[10:14], func(b byte) bool { return b < 0x80 }) {
		c.wrong("A 6.1.2: the header is not %%PDF-1.n and a comment of four bytes over 127")
	}
	if !bytes.HasSuffix(c.pdf, []byte("%%EOF\n")) || bytes.Count(c.pdf, []byte("%%EOF")) != 1 {
		c.wrong("A 6.1.3: the file does not end once, with its end mark")
	}
	if !xref.Match(c.pdf) {
		c.wrong("A 6.1.4: the table of references is not in its one form")
	}
	id, _ := c.file.Trailer()["ID"].(syntax.Array)
	if len(id) != 2 || c.file.Trailer()["Encrypt"] != nil {
		c.wrong("A 6.1.3: the trailer has no identifier, or the file is encrypted")
	}
	for _, o := range id {
		if s, ok := o.(syntax.String); !ok || len(s.Value) < 16 {
			c.wrong("A 6.1.3: the identifier is not two strings")
		}
	}
}

// forbidden are entries that no object of ours has: scripts, other files, transparency,
// layers, what programs would do.
var forbidden = map[syntax.Name]string{
	"JS": "A 6.5.1", "AA": "A 6.5.2", "OpenAction": "A 6.5.1", "A": "A 6.5.1", "XFA": "A 6.4.2", "NeedsRendering": "A 6.4.2", "NeedAppearances": "A 6.4.1",
	"SMask": "A 6.2.10", "CA": "A 6.2.10", "ca": "A 6.2.10", "BM": "A 6.2.10", "ExtGState": "A 6.2.5", "TR": "A 6.2.5", "HTP": "A 6.2.5",
	"OCProperties": "A 6.9", "AlternatePresentations": "A 6.10", "PresSteps": "A 6.10", "Requirements": "A 6.11", "FFilter": "A 6.1.7.1", "FDecodeParms": "A 6.1.7.1",
	"Suspects": "UA 7.1", "ActualText": "the house: programs differ in it",
}

// objects are the rules for every object, whatever it is: 6.1.6 to 6.1.13.
func (c *checker) objects() {
	for _, r := range c.file.Refs() {
		o, err := c.file.Get(r)
		if err != nil {
			c.wrong("A 6.1.9: object %d: %v", r.Number, err)
			continue
		}
		c.object(r, o, 0)
		if s, ok := o.(*syntax.Stream); ok {
			c.stream(r, s)
		}
	}
	if n := len(c.file.Refs()); n > 8_388_607 {
		c.wrong("A 6.1.13: %d objects", n)
	}
}

func (c *checker) object(r syntax.Ref, o syntax.Object, depth int) {
	switch o := o.(type) {
	case syntax.Integer:
		if o > 1<<31-1 || o < -1<<31 {
			c.wrong("A 6.1.13: object %d has the number %d", r.Number, o)
		}
	case syntax.String:
		if len(o.Value) > 32767 {
			c.wrong("A 6.1.13: object %d has a string of %d bytes", r.Number, len(o.Value))
		}
	case syntax.Name:
		if len(o) > 127 {
			c.wrong("A 6.1.13: object %d has a name of %d bytes", r.Number, len(o))
		}
	case syntax.Dict:
		for k := range o {
			if clause, ok := forbidden[k]; ok {
				c.wrong("%s: object %d has /%s", clause, r.Number, k)
			}
		}
		if o.Is("Type", "FontDescriptor") && o["FontFile2"] == nil {
			c.wrong("A 6.2.11.4.1: a typeface is not embedded")
		}
	}
	for _, k := range syntax.Children(o) {
		if depth < 50 {
			c.object(r, k, depth+1)
		}
	}
}

// stream is 6.1.7: its length is right, which the parser holds, and no filter but one.
func (c *checker) stream(r syntax.Ref, s *syntax.Stream) {
	if f := s.Dict["Filter"]; f != nil && f != syntax.Name("FlateDecode") {
		c.wrong("A 6.1.7.2: object %d has the filter %v", r.Number, f)
	}
	if s.Dict["F"] != nil {
		c.wrong("A 6.1.7.1: object %d is kept in another file", r.Number)
	}
	if n, ok := s.Dict["Length"].(syntax.Integer); !ok || int(n) != len(s.Raw) {
		c.wrong("A 6.1.7.1: object %d is not as long as it says", r.Number)
	}
	if s.Dict["Group"] != nil || s.Dict.Is("Subtype", "Image") || s.Dict.Is("Subtype", "PS") {
		c.wrong("A 6.2.8, 6.2.10: object %d is a picture or a transparency group, which this does not judge", r.Number)
	}
}

// catalogue is what the document says of itself as a whole.
func (c *checker) catalogue() {
	var err error
	if c.root, err = c.file.Root(); err != nil {
		c.wrong("A 6.1: %v", err)
		return
	}
	if marked, _ := c.dict(c.root["MarkInfo"])["Marked"].(syntax.Bool); !marked {
		c.wrong("A 6.7.2.2: it is not marked as tagged")
	}
	if lang := words(c.root["Lang"]); !language.MatchString(lang) {
		c.wrong("A 6.7.4: its language is %q", lang)
	}
	if shown, _ := c.dict(c.root["ViewerPreferences"])["DisplayDocTitle"].(syntax.Bool); !shown {
		c.wrong("UA 7.1: viewers are not told to show the title")
	}
	for k := range c.dict(c.root["Perms"]) {
		if k != "DocMDP" && k != "UR3" {
			c.wrong("A 6.1.12: it has the permission %s", k)
		}
	}
	intents, err := c.file.Array(c.root["OutputIntents"])
	if err != nil || len(intents) != 1 {
		c.wrong("A 6.2.3: it has %d output intents", len(intents))
		return
	}
	intent := c.dict(intents[0])
	profile := c.data(intent["DestOutputProfile"])
	stream, _ := c.resolved(intent["DestOutputProfile"]).(*syntax.Stream)
	if !intent.Is("S", "GTS_PDFA1") || intent["OutputConditionIdentifier"] == nil || len(profile) < 128 || stream.Dict["N"] != syntax.Integer(3) {
		c.wrong("A 6.2.3: the output intent is not one for PDF/A with a profile of three colours")
		return
	}
	if int(binary.BigEndian.Uint32(profile)) != len(profile) || profile[8] > 4 || string(profile[12:16]) != "mntr" || string(profile[16:20]) != "RGB " || string(profile[36:40]) != "acsp" {
		c.wrong("A 6.2.3: the profile is none of a screen in RGB: %q", profile[:40])
	}
}

var language = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// words are the letters of a string object.
func words(o syntax.Object) string {
	s, ok := o.(syntax.String)
	if !ok {
		return ""
	}
	if b := s.Value; len(b) > 1 && b[0] == 0xfe && b[1] == 0xff {
		return utf16(b[2:])
	}
	return string(s.Value)
}

// metadata is 6.6: the packet is there and readable, says which standards the file
// follows, describes what those do not know, and agrees with the old dictionary.
func (c *checker) metadata() {
	s, ok := c.resolved(c.root["Metadata"]).(*syntax.Stream)
	if !ok || !s.Dict.Is("Type", "Metadata") || !s.Dict.Is("Subtype", "XML") || s.Dict["Filter"] != nil {
		c.wrong("A 6.6.2.1: the metadata are not there, or not readable as they are")
		return
	}
	x, err := packet(s.Raw)
	if err != nil {
		c.wrong("A 6.6.2.1: %v", err)
		return
	}
	for name, want := range map[string]string{"pdfaid:part": "^3$", "pdfaid:conformance": "^[ABU]$", "pdfuaid:part": "^1$", "dc:title": ".", "pdfaProperty:name": "^part$", "pdfaSchema:prefix": "^pdfuaid$", "pdfaSchema:namespaceURI": "^http://www.aiim.org/pdfua/ns/id/$"} {
		if !regexp.MustCompile(want).MatchString(x[name]) {
			c.wrong("A 6.6.4, UA 5: the metadata say %s %q", name, x[name])
		}
	}
	info := c.dict(c.file.Trailer()["Info"])
	for key, name := range map[syntax.Name]string{"Title": "dc:title", "Producer": "pdf:Producer"} {
		if info[key] != nil && words(info[key]) != x[name] {
			c.wrong("A 6.6.3: %s is %q, and the metadata say %q", key, words(info[key]), x[name])
		}
	}
	for key := range info {
		if key != "Title" && key != "Producer" {
			c.wrong("A 6.6.3: /%s stands in the information dictionary alone", key)
		}
	}
}

// attachments is 6.8: every file has two names, a type and a relation, and is an
// associated file of the document.
func (c *checker) attachments() {
	names, _ := c.file.Array(c.dict(c.dict(c.root["Names"])["EmbeddedFiles"])["Names"])
	associated, _ := c.file.Array(c.root["AF"])
	if len(names) != 2*len(associated) {
		c.wrong("A 6.8: %d files are attached, %d associated", len(names)/2, len(associated))
	}
	for i := 1; i < len(names); i += 2 {
		spec := c.dict(names[i])
		relation, _ := spec["AFRelationship"].(syntax.Name)
		if !slices.Contains([]string{"Source", "Data", "Alternative", "Supplement", "Unspecified"}, string(relation)) || words(spec["F"]) == "" || words(spec["F"]) != words(spec["UF"]) || !slices.Contains(associated, names[i]) {
			c.wrong("A 6.8: an attached file has no name, no relation, or is not associated: %v", spec)
		}
		if words(spec["Desc"]) == "" {
			c.wrong("UA 7.11: an attached file is not described")
		}
		file, ok := c.resolved(c.dict(spec["EF"])["F"]).(*syntax.Stream)
		if !ok {
			c.wrong("A 6.8: an attached file is not in the file")
			continue
		}
		if kind, _ := file.Dict["Subtype"].(syntax.Name); !regexp.MustCompile(`^[-\w+.]+/[-\w+.]+$`).MatchString(string(kind)) {
			c.wrong("A 6.8: an attached file is of the type %q", kind)
		}
		if size, _ := c.dict(file.Dict["Params"])["Size"].(syntax.Integer); int(size) != len(c.data(file)) {
			c.wrong("an attached file is not as long as it says")
		}
	}
}

func utf16(b []byte) string {
	var out strings.Builder
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(binary.BigEndian.Uint16(b[i:]))
		if r >= 0xd800 && r < 0xdc00 && i+3 < len(b) {
			r = 0x10000 + (r-0xd800)<<10 + rune(binary.BigEndian.Uint16(b[i+2:])) - 0xdc00
			i += 2
		}
		out.WriteRune(r)
	}
	return out.String()
}
