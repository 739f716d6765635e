package typeset

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"

	"chancery.example/internal/around"
	"chancery.example/internal/pdf/face"
)

// A file is a PDF that is being written: numbered objects and a table of where
// they are. It is PDF 1.7 with PDF/A-3 and PDF/UA in mind: all faces embedded, one
// colour space, tagged, no scripts, forms, layers or annotations.
type file struct {
	objects [][]byte
	// packing are streams that are being compressed, beside what else is done: each
	// has its number already, so that the file is the same whenever they are ready.
	packing []packed
}

// A packed is the data of a stream, compressed.
type packed struct {
	number  int
	entries string
	data    <-chan []byte
}

// file writes the pages.
func (d *document) file(l Letter, pages []page) ([]byte, error) {
	f := &file{}
	catalog, tree, resources := f.reserve(), f.reserve(), f.reserve()
	document := &element{kind: "Document"}
	var numbers []int
	for i, p := range pages {
		if p.first {
			document.kids = append(document.kids, kid{element: &element{kind: "Sect", language: p.voice.language, block: -1 - i}})
		}
		content := f.stream("", d.draw(p, i, document.kids[len(document.kids)-1].element))
		numbers = append(numbers, f.add(fmt.Sprintf("<</Type /Page /Parent %s /MediaBox [0 0 %s %s] /Resources %s /Contents %s /StructParents %d>>",
			ref(tree), number(d.sheet.width), number(d.sheet.height), ref(resources), ref(content), i)))
	}
	f.put(tree, fmt.Sprintf("<</Type /Pages /Count %d /Kids [%s]>>", len(numbers), refs(numbers)))
	var fonts strings.Builder
	for _, x := range d.faces {
		cut, err := d.cutters[x].Cut()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&fonts, "/%s %s ", x.Name(), ref(f.font(cut)))
	}
	f.put(resources, fmt.Sprintf("<</Font <<%s>> /ProcSet [/PDF /Text]>>", fonts.String()))
	attached := ""
	if len(l.Attachments) > 0 {
		attached = f.attach(l.Attachments)
	}
	profile := f.stream("/N 3", sRGB())
	title := d.title(l)
	metadata := f.plain("/Type /Metadata /Subtype /XML", metadata(title, l))
	f.put(catalog, fmt.Sprintf("<</Type /Catalog /Pages %s /Lang %s /MarkInfo <</Marked true>> /StructTreeRoot %s /ViewerPreferences <</DisplayDocTitle true>> /Metadata %s"+
		" /OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile %s>>]%s>>",
		ref(tree), text(string(pages[0].voice.language)), ref(f.tree(document, numbers)), ref(metadata), ref(profile), attached))
	info := f.add(fmt.Sprintf("<</Title %s /Producer %s>>", text(title), text(producer)))
	return f.bytes(catalog, info), nil
}

// title names the letter in the viewer's window; a draft's says that it is one.
func (d *document) title(l Letter) string {
	lang := inOrder(l.Content)[0].Lang
	parts := []string{string(l.Content.Reference), around.Pick(lang, l.Office), around.Pick(lang, l.Notices)}
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return "Letter"
	}
	return strings.Join(out, " - ")
}

// ---- objects ----

func (f *file) reserve() int {
	f.objects = append(f.objects, nil)
	return len(f.objects)
}

func (f *file) put(n int, object string) { f.objects[n-1] = []byte(object) }

func (f *file) add(object string) int {
	n := f.reserve()
	f.put(n, object)
	return n
}

// stream adds data, which are compressed by the time the file is written. They must
// not be changed any more.
func (f *file) stream(entries string, data []byte) int {
	n, ready := f.reserve(), make(chan []byte, 1)
	f.packing = append(f.packing, packed{n, strings.TrimSpace(entries + " /Filter /FlateDecode"), ready})
	go func() { ready <- deflated(data) }()
	return n
}

// deflate are compressors to be used again: one has tables of near a megabyte, which
// take longer to make than a page takes to be compressed.
var deflate = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(nil, zlib.BestCompression) // a level that exists
	return w
}}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w, _ := deflate.Get().(*zlib.Writer)
	w.Reset(&b)
	_, _ = w.Write(data) // into memory
	_ = w.Close()
	deflate.Put(w)
	return b.Bytes()
}

// plain adds data as they are.
func (f *file) plain(entries string, data []byte) int {
	n := f.reserve()
	f.objects[n-1] = streamObject(entries, data)
	return n
}

func streamObject(entries string, data []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<<%s /Length %d>>\nstream\n", entries, len(data))
	b.Write(data)
	b.WriteString("\nendstream")
	return b.Bytes()
}

func ref(n int) string { return fmt.Sprintf("%d 0 R", n) }

func refs(numbers []int) string {
	var out []string
	for _, n := range numbers {
		out = append(out, ref(n))
	}
	return strings.Join(out, " ")
}

// text writes words as a string object.
func text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

// bytes writes the file. Its identifier is a digest of what it holds: the same
// letter has the same.
func (f *file) bytes(catalog, info int) []byte {
	for _, p := range f.packing {
		f.objects[p.number-1] = streamObject(p.entries, <-p.data)
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(f.objects))
	for i, o := range f.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	id := sha256.Sum256(b.Bytes())
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root %s /Info %s /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n", len(f.objects)+1, ref(catalog), ref(info), id[:16], id[:16], at)
	return b.Bytes()
}

// ---- fonts ----

// font embeds a cut face.
func (f *file) font(c face.Cut) int {
	sum := sha256.Sum256(append(c.ToUnicode(), c.Program...))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	name := string(tag) + "+" + c.Name
	var widths strings.Builder
	glyphs := make([]byte, 0, 2*len(c.Codes))
	for i, code := range c.Codes {
		if i > 0 {
			fmt.Fprintf(&widths, "%d ", code.Advance)
		}
		glyphs = binary.BigEndian.AppendUint16(glyphs, code.Glyph)
	}
	program := f.stream(fmt.Sprintf("/Length1 %d", len(c.Program)), c.Program)
	const symbolic = 4
	descriptor := f.add(fmt.Sprintf("<</Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight 714 /StemV 90 /FontFile2 %s>>",
		name, symbolic, c.Box.Left, c.Box.Bottom, c.Box.Right, c.Box.Top, c.Ascent, c.Descent, ref(program)))
	cid := f.add(fmt.Sprintf("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %s /DW 0 /W [1 [%s]] /CIDToGIDMap %s>>",
		name, ref(descriptor), strings.TrimSpace(widths.String()), ref(f.stream("", glyphs))))
	return f.add(fmt.Sprintf("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%s] /ToUnicode %s>>",
		name, ref(cid), ref(f.stream("", c.ToUnicode()))))
}

// attach adds files and returns the entries of the catalogue that name them.
func (f *file) attach(files []File) string {
	var names, all []string
	for _, a := range files {
		data := f.stream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /%s /Params <</Size %d>>", nameObject(a.MediaType), len(a.Data)), a.Data)
		spec := f.add(fmt.Sprintf("<</Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Data /EF <</F %s /UF %s>>>>",
			text(a.Name), text(a.Name), text(a.Description), ref(data), ref(data)))
		names = append(names, text(a.Name)+" "+ref(spec))
		all = append(all, ref(spec))
	}
	slices.Sort(names)
	return fmt.Sprintf(" /AF [%s] /Names <</EmbeddedFiles <</Names [%s]>>>>", strings.Join(all, " "), strings.Join(names, " "))
}

// nameObject writes a media type as a name, in which a slash is not allowed.
func nameObject(s string) string { return strings.NewReplacer("/", "#2F", "+", "#2B").Replace(s) }
