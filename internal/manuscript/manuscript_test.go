package manuscript_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"chancery.example/internal/manuscript"
)

func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func docx(t testing.TB, body string, more ...string) []byte {
	t.Helper()
	return zipped(t, append([]string{"word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`}, more...)...)
}

func odt(t testing.TB, body string, styles ...string) []byte {
	t.Helper()
	return zipped(t, "content.xml", `<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:style="s" xmlns:draw="d" xmlns:fo="f"><office:automatic-styles>`+strings.Join(styles, "")+`</office:automatic-styles><office:body><office:text>`+body+`</office:text></office:body></office:document-content>`)
}

const bullets = `<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`

const w = "Harbour Commission\n\nTo the Minister\nof Ports\n\nSir, the ship leaves.\n\n- one\n\n- two\n\nquay | depth\nnorth | 9 m\n"

func wp(s string) string { return "<w:p><w:r><w:t>" + s + "</w:t></w:r></w:p>" }

// The words of every kind of file come out as the same text.
func TestWords(t *testing.T) {
	item := func(s string) string {
		return "<w:p><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>" + s + "</w:t></w:r></w:p>"
	}
	row := func(a, b string) string {
		return "<w:tr><w:tc>" + wp(a) + "</w:tc><w:tc>" + wp(b) + "</w:tc></w:tr>"
	}
	orow := func(a, b string) string {
		return "<table:table-row><table:table-cell><text:p>" + a + "</text:p></table:table-cell><table:table-cell><text:p>" + b + "</text:p></table:table-cell></table:table-row>"
	}
	for name, data := range map[string][]byte{
		"a.docx": docx(t, wp("Harbour Commission")+`<w:p><w:r><w:t>To the Minister</w:t><w:br/><w:t>of Ports</w:t></w:r></w:p><w:p/>`+wp("Sir, <!-- x -->the ship leaves.")+item("one")+item("two")+"<w:tbl>"+row("quay", "depth")+row("north", "9 m")+"</w:tbl>", "word/numbering.xml", bullets),
		"a.odt": odt(t, `<text:h>Harbour Commission</text:h><text:p>To the Minister<text:line-break/>of Ports</text:p><text:p>Sir,<text:s/>the <text:span>ship</text:span> leaves.</text:p>`+
			`<text:list text:style-name="L"><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list><table:table>`+orow("quay", "depth")+orow("north", "9 m")+"</table:table>", `<text:list-style style:name="L"><text:list-level-style-bullet text:level="1"/></text:list-style>`),
		"a.md":  []byte("# Harbour Commission\n\nTo the Minister\nof Ports\n\nSir, the **ship** *leaves*.\n\n* one\n\n* two\n\n| quay | depth |\n|---|---|\n| north | 9 m |\n"),
		"a.txt": []byte(w),
	} {
		got, err := manuscript.Read(name, data)
		if err != nil || got.String() != w {
			t.Errorf("%s: %q, %v: want %q", name, got, err, w)
		}
	}
	got, err := manuscript.Read("a.html", []byte("<html><body><p>Sir,</p><p>the ship leaves.</p></body></html>"))
	if err != nil || got.String() != "Sir,\n\nthe ship leaves.\n" {
		t.Errorf("HTML: %q, %v", got, err)
	}
}

// What only the writer can settle is refused, with what and where.
func TestUnsettled(t *testing.T) {
	run := func(s string) string { return "<w:p><w:r><w:t>The ship</w:t></w:r>" + s + "</w:p>" }
	for name, c := range map[string]struct {
		file string
		data []byte
		want manuscript.What
	}{
		"insertion": {"a.docx", docx(t, run("<w:ins><w:r><w:t>s</w:t></w:r></w:ins>")), manuscript.TrackedChange},
		"deletion":  {"a.docx", docx(t, run("<w:del><w:r><w:delText>s</w:delText></w:r></w:del>")), manuscript.TrackedChange},
		"comment":   {"a.docx", docx(t, run("<w:r><w:commentReference/></w:r>")), manuscript.Comment},
		"hidden":    {"a.docx", docx(t, run("<w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r>")), manuscript.HiddenText},
		"footnote":  {"a.docx", docx(t, run("<w:r><w:footnoteReference/></w:r>")), manuscript.Footnote},
		"field":     {"a.docx", docx(t, run("<w:r><w:instrText>DATE</w:instrText></w:r>")), manuscript.Field},
		"picture":   {"a.docx", docx(t, run("<w:r><w:drawing/></w:r>")), manuscript.Embedded},
		"macro":     {"a.docx", docx(t, run(""), "word/vbaProject.bin", "x"), manuscript.Embedded},
		"header":    {"a.docx", docx(t, run(""), "word/header1.xml", `<h xmlns:w="w"><w:t>Secret</w:t></h>`), manuscript.HeaderFooter},
		"odt track": {"a.odt", odt(t, "<text:tracked-changes/><text:p>The ship</text:p>"), manuscript.TrackedChange},
		"odt note":  {"a.odt", odt(t, "<text:p>The ship<text:note><text:p>x</text:p></text:note></text:p>"), manuscript.Footnote},
		"odt date":  {"a.odt", odt(t, "<text:p>The ship<text:date>x</text:date></text:p>"), manuscript.Field},
		"odt annot": {"a.odt", odt(t, "<text:p>The ship<office:annotation><text:p>x</text:p></office:annotation></text:p>"), manuscript.Comment},
		"odt frame": {"a.odt", odt(t, "<text:p>The ship<draw:frame/></text:p>"), manuscript.Embedded},
		"md html":   {"a.md", []byte("The ship <b>x</b>\n"), manuscript.Markup},
		"md note":   {"a.md", []byte("The ship[^1]\n"), manuscript.Footnote},
	} {
		_, err := manuscript.Read(c.file, c.data)
		var u *manuscript.Unsettled
		if !errors.As(err, &u) || u.Open[0].What != c.want {
			t.Errorf("%s: %v: want %s", name, err, c.want)
			continue
		}
		if strings.HasPrefix(c.file, "a.docx") && name != "macro" && name != "header" && u.Open[0].After != "The ship" {
			t.Errorf("%s: it stands after %q", name, u.Open[0].After)
		}
	}
	if _, err := manuscript.Read("a.docx", docx(t, run(`<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>s</w:t></w:r>`))); err != nil {
		t.Errorf("what is not hidden: %v", err)
	}
}

// Hostile files are refused, and quickly.
func TestHostile(t *testing.T) {
	for name, data := range map[string][]byte{
		"bomb":     docx(t, strings.Repeat(" ", 17<<20)),
		"deep":     docx(t, strings.Repeat("<w:p>", 5000)),
		"entities": zipped(t, "word/document.xml", `<!DOCTYPE x [<!ENTITY a "b">]><w:document xmlns:w="w"><w:t>&a;</w:t></w:document>`),
		"outside":  zipped(t, "word/document.xml", `<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>`),
		"no words": zipped(t, "../../word/document.xml", "<x/>"),
		"twice":    zipped(t, "word/document.xml", "<x/>", "word/document.xml", "<y/>"),
		"no zip":   []byte("PK\x03\x04 and no more"),
		"label":    docx(t, numbered(1, 0, "x"), "word/numbering.xml", strings.Replace(bullets, `bullet"/><w:lvlText w:val="`, `decimal"/><w:lvlText w:val="`+strings.Repeat("%1", 1<<20), 1)),
		"styles":   docx(t, wp("x"), "word/styles.xml", "<x>"+strings.Repeat(" ", 17<<20)),
		"old":      []byte("\xd0\xcf\x11\xe0 and more"),
		"empty":    docx(t, ""),
		"cut off":  docx(t, "<w:p>")[:60],
	} {
		if got, err := manuscript.Read("a.docx", data); err == nil {
			t.Errorf("%s is read as %q", name, got)
		}
	}
	for name, data := range map[string][]byte{"a.exe": []byte("x"), "a.txt": {0xff, 0xfe}, "a.pdf": []byte("%PDF-1.7"), "a.odt": []byte("x")} {
		if got, err := manuscript.Read(name, data); err == nil {
			t.Errorf("%s is read as %q", name, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.docx", docx(f, wp("Sir,")))
	f.Add("a.odt", odt(f, "<text:p>Sir,</text:p>"))
	f.Add("a.md", []byte("# Sir\n\n* a **b**\n"))
	f.Add("a.html", []byte("<p>Sir"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		_, _ = manuscript.Read(name, data)
	})
}

func FuzzDocument(f *testing.F) {
	f.Add("<w:p><w:r><w:t>x</w:t></w:r></w:p>", numbering)
	f.Add(numbered(1, 2, "x")+inStyle("Sub", "y"), docxStyles)
	f.Add(`<text:list text:style-name="L"><text:list-item text:start-value="3"><text:p text:style-name="H">x</text:p></text:list-item></text:list>`, `<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="i" text:display-levels="3"/></text:list-style><style:style style:name="H" style:family="paragraph" style:parent-style-name="H"/>`)
	f.Fuzz(func(t *testing.T, body, beside string) {
		_, _ = manuscript.Read("a.docx", docx(t, body, "word/numbering.xml", beside, "word/styles.xml", beside))
		_, _ = manuscript.Read("a.odt", odt(t, body, beside))
		_, _ = manuscript.Read("a.odt", zipped(t, "content.xml", body, "styles.xml", beside))
	})
}
