package manuscript_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"chancery.example/internal/manuscript"
)

// numbering is a list of three levels, one in Arabic letters, and one whose second
// use begins at 5.
const numbering = `<w:numbering xmlns:w="w">
<w:abstractNum w:abstractNumId="7"><w:styleLink w:val="Legal"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="(%3)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="arabicAbjad"/><w:lvlText w:val="%1 -"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="9"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="10"><w:numStyleLink w:val="Legal"/></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="9"/></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="10"/></w:num></w:numbering>`

// docxStyles hide by themselves, by what they are based on, and number headings.
const docxStyles = `<w:styles xmlns:w="w"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="23"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:styleId="Clause"><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="Clause"/></w:style>
<w:style w:type="character" w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Child"><w:basedOn w:val="Ghost"/></w:style>
<w:style w:type="character" w:styleId="Shown"><w:basedOn w:val="Ghost"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="White"><w:rPr><w:color w:val="ffffff"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Dust"><w:rPr><w:sz w:val="2"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Ring"><w:basedOn w:val="Ring"/></w:style>
<w:style w:type="paragraph" w:styleId="Veil"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>`

func numbered(num, depth int, s string) string {
	return fmt.Sprintf(`<w:p><w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>`, depth, num, s)
}

func inStyle(style, s string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t>` + s + `</w:t></w:r></w:p>`
}

func takenFrom(t *testing.T, name string, data []byte) string {
	t.Helper()
	got, err := manuscript.Read(name, data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return strings.ReplaceAll(strings.TrimSpace(got.String()), "\n\n", "\n")
}

// The numbers that a reader sees stand in the words: of lists in lists, of one that
// begins anew, of styles, in Latin and Arabic letters.
func TestNumbersOfLists(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		data []byte
		want string
	}{
		"levels": {"a.docx", docx(t, numbered(1, 0, "one")+numbered(1, 1, "sub")+numbered(1, 1, "sub")+numbered(1, 2, "deep")+wp("between")+numbered(1, 0, "two")+numbered(1, 1, "sub"), "word/numbering.xml", numbering),
			"1. one\n1.a) sub\n1.b) sub\n(III) deep\nbetween\n2. two\n2.a) sub"},
		"anew":   {"a.docx", docx(t, numbered(1, 0, "one")+numbered(2, 0, "five")+numbered(2, 0, "six")+numbered(5, 0, "seven"), "word/numbering.xml", numbering), "1. one\n5. five\n6. six\n7. seven"},
		"Arabic": {"a.docx", docx(t, numbered(3, 0, "أولاً")+numbered(3, 0, "ثانياً")+numbered(3, 0, "ثالثاً"), "word/numbering.xml", numbering), "أ - أولاً\nب - ثانياً\nج - ثالثاً"},
		"styles": {"a.docx", docx(t, inStyle("Clause", "one")+inStyle("Sub", "two")+wp("between")+`<w:p><w:pPr><w:pStyle w:val="Clause"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr><w:r><w:t>none</w:t></w:r></w:p>`+inStyle("Clause", "three"), "word/numbering.xml", numbering, "word/styles.xml", docxStyles),
			"1. one\n2. two\nbetween\nnone\n3. three"},
		"no such list": {"a.docx", docx(t, numbered(77, 0, "x"), "word/numbering.xml", numbering), "x"},
		"odt": {"a.odt", odt(t, `<text:list text:style-name="L"><text:list-item><text:p>one</text:p><text:p>more of it</text:p><text:list><text:list-item><text:p>sub</text:p></text:list-item></text:list></text:list-item><text:list-item text:start-value="4"><text:p>four</text:p></text:list-item></text:list>`+
			`<text:p>between</text:p><text:list text:style-name="L" text:continue-numbering="true"><text:list-item><text:p>five</text:p></text:list-item></text:list><text:list text:style-name="L"><text:list-item><text:p>one</text:p></text:list-item></text:list>`+
			`<text:list text:style-name="A"><text:list-item><text:p>أول</text:p></text:list-item><text:list-item><text:p>ثان</text:p></text:list-item></text:list>`,
			`<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="i" style:num-prefix="(" style:num-suffix=")" text:display-levels="2"/></text:list-style>`,
			`<text:list-style style:name="A"><text:list-level-style-number text:level="1" style:num-format="أ, ب, ت, ..." style:num-suffix=" -"/></text:list-style>`),
			"1. one\nmore of it\n(1.i) sub\n4. four\nbetween\n5. five\n1. one\nأ - أول\nب - ثان"},
		"odt headings": {"a.odt", zipped(t, "content.xml", `<d xmlns:o="o" xmlns:text="t"><o:body><text:h text:outline-level="1">Scope</text:h><text:h text:outline-level="2">Ports</text:h><text:h text:outline-level="1">Fees</text:h></o:body></d>`,
			"styles.xml", `<d xmlns:text="t" xmlns:style="s"><text:outline-style style:name="Outline"><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/><text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style></d>`),
			"I. Scope\nI.1 Ports\nII. Fees"},
		"page": {"a.html", []byte(`<p>Sir,</p><ol start="3"><li>three<li value="7">seven<ul><li>in it</ul></ol><ol type="a"><li>first</ol>`), "Sir,\n3. three\n7. seven\n- in it\na. first"},
		"md":   {"a.md", []byte("1. one\n   1. sub\n   2. sub\n2. two\n\nbetween\n\n1. again\n"), "1. one\n1. sub\n2. sub\n2. two\nbetween\n1. again"},
	} {
		if got := takenFrom(t, c.file, c.data); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// Words that a style hides are to be settled, wherever the style has it from, and so
// are headers, symbols, fields and numbers that cannot be known; what a style shows
// again, content controls and links are words.
func TestUnsettledByStyle(t *testing.T) {
	styled := func(style string) []byte {
		return docx(t, `<w:p><w:r><w:t>The ship</w:t></w:r><w:r><w:rPr><w:rStyle w:val="`+style+`"/></w:rPr><w:t> stays</w:t></w:r></w:p>`, "word/styles.xml", docxStyles)
	}
	run := func(s string) []byte {
		return docx(t, "<w:p><w:r><w:t>The ship</w:t></w:r>"+s+"</w:p>", "word/numbering.xml", numbering)
	}
	odtStyles := `<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style><style:style style:name="C" style:family="text" style:parent-style-name="H"/>` +
		`<style:style style:name="W" style:family="paragraph"><style:text-properties fo:color="#ffffff"/></style:style><style:style style:name="Unused" style:family="paragraph"><style:text-properties text:display="none"/></style:style>`
	for name, c := range map[string]struct {
		file string
		data []byte
		want manuscript.What // "": taken
	}{
		"character style":       {"a.docx", styled("Ghost"), manuscript.HiddenText},
		"its child":             {"a.docx", styled("Child"), manuscript.HiddenText},
		"shown again":           {"a.docx", styled("Shown"), ""},
		"white":                 {"a.docx", styled("White"), manuscript.HiddenText},
		"dust":                  {"a.docx", styled("Dust"), manuscript.HiddenText},
		"ring":                  {"a.docx", styled("Ring"), ""},
		"paragraph style":       {"a.docx", docx(t, inStyle("Veil", "Words"), "word/styles.xml", docxStyles), manuscript.HiddenText},
		"symbol":                {"a.docx", run(`<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>`), manuscript.Symbol},
		"symbol as a letter":    {"a.docx", run("<w:r><w:t>\uf0fc</w:t></w:r>"), manuscript.Symbol},
		"content control":       {"a.docx", run("<w:sdt><w:sdtContent><w:r><w:t> stays</w:t></w:r></w:sdtContent></w:sdt>"), ""},
		"its placeholder":       {"a.docx", run("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click here</w:t></w:r></w:sdtContent></w:sdt>"), manuscript.Field},
		"a link":                {"a.docx", run(`<w:r><w:instrText> HYPERLINK "https://harbour.example" </w:instrText></w:r><w:r><w:t>here</w:t></w:r>`), ""},
		"text box":              {"a.docx", run("<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"), manuscript.Embedded},
		"number unknown":        {"a.docx", docx(t, numbered(4, 0, "x"), "word/numbering.xml", numbering), manuscript.Field},
		"odt style":             {"a.odt", odt(t, `<text:p>a<text:span text:style-name="H">b</text:span></text:p>`, odtStyles), manuscript.HiddenText},
		"odt style's child":     {"a.odt", odt(t, `<text:p>a<text:span text:style-name="C">b</text:span></text:p>`, odtStyles), manuscript.HiddenText},
		"odt white":             {"a.odt", odt(t, `<text:p text:style-name="W">b</text:p>`, odtStyles), manuscript.HiddenText},
		"odt style that is not": {"a.odt", odt(t, `<text:p>a<text:span text:style-name="H"/>b</text:p>`, odtStyles), ""},
		"odt section":           {"a.odt", odt(t, `<text:section text:display="none"><text:p>b</text:p></text:section>`), manuscript.HiddenText},
		"odt row":               {"a.odt", odt(t, `<table:table><table:table-row table:visibility="collapse"><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>`), manuscript.HiddenText},
		"odt header":            {"a.odt", zipped(t, "content.xml", `<d xmlns:o="o" xmlns:text="t"><o:body><text:p>a</text:p></o:body></d>`, "styles.xml", `<d xmlns:style="s" xmlns:text="t"><style:header><text:p>Secret</text:p></style:header></d>`), manuscript.HeaderFooter},
		"odt number unknown":    {"a.odt", odt(t, `<text:list text:style-name="L"><text:list-item><text:p>x</text:p></text:list-item></text:list>`, `<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..."/></text:list-style>`), manuscript.Field},
		"list style of a page":  {"a.html", []byte(`<ol style="list-style-type: upper-roman"><li>x</ol>`), manuscript.Markup},
		"md counts otherwise":   {"a.md", []byte("1. one\n1. two\n"), manuscript.Markup},
		"md within an item":     {"a.md", []byte("1. one\n\n   more of it\n\n1. two\n"), manuscript.Markup},
	} {
		_, err := manuscript.Read(c.file, c.data)
		var u *manuscript.Unsettled
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v: want it taken", name, err)
		case c.want != "" && (!errors.As(err, &u) || u.Open[0].What != c.want):
			t.Errorf("%s: %v: want %s", name, err, c.want)
		}
	}
}

// Soft hyphens are no part of words; a tab is a space, and where tabs stop is none; a
// table in a table stands in the outer one's row.
func TestSmallThings(t *testing.T) {
	cell := func(s string) string { return "<w:tc>" + s + "</w:tc>" }
	inner := "<w:tbl><w:tr>" + cell(wp("a")) + cell(wp("b")) + "</w:tr><w:tr>" + cell(wp("c")) + cell(wp("d")) + "</w:tr></w:tbl>"
	for name, c := range map[string]struct {
		data []byte
		file string
		want string
	}{
		"soft hyphens": {docx(t, "<w:p><w:r><w:t>Hafen\u00admeister</w:t><w:softHyphen/><w:t>ei</w:t></w:r></w:p>"), "a.docx", "Hafenmeisterei"},
		"tabs":         {docx(t, `<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t></w:r></w:p>`), "a.docx", "one two"},
		"tables":       {docx(t, "<w:tbl><w:tr>"+cell(wp("north")+inner)+cell(wp("9 m"))+"</w:tr><w:tr>"+cell(wp("south"))+cell(wp("7 m"))+"</w:tr></w:tbl>"+wp("after")), "a.docx", "north | a | b | c | d | 9 m\nsouth | 7 m\nafter"},
		"odt hyphens":  {odt(t, "<text:p>Hafen\u00admeister</text:p>"), "a.odt", "Hafenmeister"},
	} {
		if got := takenFrom(t, c.file, c.data); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
