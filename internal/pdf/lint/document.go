package lint

import (
	"bytes"
	"fmt"
	"slices"

	"chancery.example/internal/pdf/syntax"
)

// document checks everything but what pages show.
func (c *checker) document() {
	if r := c.file.Revisions(); len(r) > 1 || r[0].Hybrid || len(r[0].Tables) > 1 {
		c.refuse(Revisions, fmt.Sprintf("the file was changed after it was first written, or is made for web viewing (%d revisions): earlier states are still in it", len(r)), again)
	}
	c.stray()
	refs := c.file.Refs()
	if size, ok := c.file.Trailer()["Size"].(syntax.Integer); !ok || len(refs) > 0 && int64(size) != int64(refs[len(refs)-1].Number)+1 {
		c.refuse(Unreadable, "the trailer's /Size is not that of the file", again)
	}
	root, err := c.file.Root()
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
		return
	}
	c.catalogue(root)
	reached := c.reach()
	c.unused(reached)
	c.places()
}

func (c *checker) stray() {
	spans, err := c.file.Stray()
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
	}
	for _, s := range spans {
		c.refuse(Stray, fmt.Sprintf("%d bytes from byte %d on belong to no object", s.Len(), s.Start), again)
	}
}

// harmless are entries of the catalogue that cannot change what is shown.
var harmless = []syntax.Name{"Type", "Pages", "Version", "Lang", "MarkInfo", "StructTreeRoot", "ViewerPreferences", "Metadata", "OutputIntents",
	"PageLabels", "PageLayout", "PageMode", "Extensions", "AF"}

func (c *checker) catalogue(root syntax.Dict) {
	for _, k := range root.Keys() {
		switch {
		case slices.Contains(harmless, k):
		case k == "Names":
			c.names(root[k])
		case k == "AcroForm":
			c.form(root[k])
		case k == "Perms" || k == "DSS":
			if !c.allowed.Seal {
				c.refuse(Form, fmt.Sprintf("the file has a signature already (/%s)", k), "give the file as it was before it was signed")
			}
		case k == "OpenAction" || k == "AA":
			c.refuse(Active, "something happens when the file is opened (/"+string(k)+")", again)
		case k == "OCProperties":
			c.refuse(Layered, "the file has layers, which programs show or hide", "merge the layers and "+again)
		case k == "Outlines":
			c.refuse(Catalogue, "the file has bookmarks, which may lead anywhere", "print it without bookmarks")
		default:
			c.refuse(Catalogue, fmt.Sprintf("the document has an entry /%s that a letter has no use for", k), again)
		}
	}
}

// names allows the list of embedded files, and in it the files that are allowed.
func (c *checker) names(o syntax.Object) {
	d, err := c.file.Dict(o)
	if err != nil {
		c.refuse(Unreadable, err.Error(), again)
	}
	for _, k := range d.Keys() {
		switch k {
		case "EmbeddedFiles":
		case "JavaScript":
			c.refuse(Script, "the file has scripts", again)
		default:
			c.refuse(Catalogue, fmt.Sprintf("the document has a list of names /%s", k), again)
		}
	}
}

func (c *checker) form(o syntax.Object) {
	d, err := c.file.Dict(o)
	fields, err2 := c.file.Array(d["Fields"])
	if err != nil || err2 != nil {
		c.refuse(Unreadable, "the form cannot be read", again)
		return
	}
	if _, ok := d["XFA"]; ok {
		c.refuse(XFA, "the file has an XFA form, which some programs show in place of the pages", again)
	}
	one := len(fields) == 1
	if one {
		f, err := c.file.Dict(fields[0])
		_, kids := f["Kids"]
		one = err == nil && f.Is("FT", "Sig") && !kids
	}
	if !c.allowed.Seal || !one {
		c.refuse(Form, "the file has a form", again)
	}
}

// reach goes to everything that the trailer leads to and looks at each object once.
func (c *checker) reach() map[syntax.Ref]bool {
	reached := map[syntax.Ref]bool{}
	queue := []syntax.Object{c.file.Trailer()}
	for len(queue) > 0 {
		o := queue[0]
		queue = queue[1:]
		if r, ok := o.(syntax.Ref); ok {
			if reached[r] {
				continue
			}
			reached[r] = true
			var err error
			if o, err = c.file.Get(r); err != nil {
				c.refuse(Unreadable, err.Error(), again)
				continue
			}
		}
		switch v := o.(type) {
		case syntax.Dict:
			c.dict(v)
		case *syntax.Stream:
			c.dict(v.Dict)
			if _, elsewhere := v.Dict["F"]; elsewhere {
				c.refuse(External, "part of the file is kept in another file", again)
			}
		}
		queue = append(queue, syntax.Children(o)...)
	}
	return reached
}

// kinds of actions and of what plays, each by a name that says it.
var (
	actions  = []syntax.Name{"GoTo", "GoToR", "GoToE", "Launch", "Thread", "URI", "Sound", "Movie", "Hide", "Named", "SubmitForm", "ResetForm", "ImportData", "SetOCGState", "Rendition", "Trans", "GoTo3DView", "RichMediaExecute"}
	replaces = []syntax.Name{"ActualText", "E"}
)

// dict looks for what is refused wherever it stands.
func (c *checker) dict(d syntax.Dict) {
	_, hasJS := d["JS"]
	kind, _ := d["S"].(syntax.Name)
	switch {
	case hasJS || kind == "JavaScript":
		c.refuse(Script, "the file has scripts", again)
	case slices.Contains(actions, kind):
		c.refuse(Active, fmt.Sprintf("the file has an action of the kind %s", kind), again)
	}
	if _, ok := d["AA"]; ok {
		c.refuse(Active, "something happens by itself when the file is shown (/AA)", again)
	}
	if d.Is("Type", "OCG") || d.Is("Type", "OCMD") || d["OC"] != nil {
		c.refuse(Layered, "the file has layers, which programs show or hide", "merge the layers and "+again)
	}
	if d["Alternates"] != nil || d["OPI"] != nil || d.Is("Subtype", "PS") {
		c.refuse(External, "a picture has another form for other programs", again)
	}
	for _, k := range replaces {
		if _, ok := d[k].(syntax.String); ok && (k == "ActualText" || d["S"] != nil && d["K"] != nil) {
			c.refuse(Replaced, "programs are told words that are not held against what is drawn (/"+string(k)+")", again)
		}
	}
	if _, ok := d["EF"]; ok || d.Is("Type", "Filespec") || d.Is("Type", "F") {
		c.attachment(d)
	}
}

// attachment allows files that are named in Allowed.
func (c *checker) attachment(d syntax.Dict) {
	name := words(d["UF"])
	if name == "" {
		name = words(d["F"])
	}
	switch {
	case d["EF"] == nil || d.Is("FS", "URL"):
		c.refuse(External, fmt.Sprintf("the file leads to another one, %q", name), again)
	case !slices.Contains(c.allowed.Attachments, name):
		c.refuse(Attached, fmt.Sprintf("a file is attached, %q", name), "take the attachment out and send it as an enclosure of its own")
	}
}

// words reads a string that people read: ASCII, or UTF-16 with a mark.
func words(o syntax.Object) string {
	s, _ := o.(syntax.String)
	if rest, ok := bytes.CutPrefix(s.Value, []byte{0xfe, 0xff}); ok {
		return utf16be(rest)
	}
	return string(s.Value)
}

// unused refuses objects that nothing leads to. Object streams and tables are how
// others are written. Where something could not be read, what it leads to is not
// known.
func (c *checker) unused(reached map[syntax.Ref]bool) {
	if slices.ContainsFunc(c.refusals, func(r Refusal) bool { return r.Rule == Unreadable }) {
		return
	}
	n, first := 0, 0
	for _, r := range c.file.Refs() {
		if reached[r] {
			continue
		}
		o, err := c.file.Get(r)
		if err != nil {
			c.refuse(Unreadable, err.Error(), again)
			continue
		}
		if s, ok := o.(*syntax.Stream); ok && (s.Dict.Is("Type", "XRef") || s.Dict.Is("Type", "ObjStm")) {
			continue
		}
		if n++; n == 1 {
			first = r.Number
		}
	}
	if n > 0 {
		c.refuse(Unused, fmt.Sprintf("%d objects are in the file that no page uses, object %d the first: they could be made to show later", n, first), again)
	}
}

// places refuses two numbers for one place: an object that is two.
func (c *checker) places() {
	for _, r := range c.file.Revisions() {
		at := map[int]bool{}
		for _, n := range r.Numbers() {
			offset, plain := r.Offset(n)
			if plain && at[offset] {
				c.refuse(Duplicate, fmt.Sprintf("object %d is written where another one is", n), again)
			}
			at[offset] = at[offset] || plain
		}
	}
}
