package parity_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/parity"
	"chancery.example/letter"
)

const tbxOld = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><text><body>
<termEntry id="1"><langSet xml:lang="en-GB"><tig><term>North <hi>Basin</hi></term><termNote type="partOfSpeech">properNoun</termNote></tig></langSet>
<langSet xml:lang="ar"><ntig><termGrp><term>الحوض الشمالي</term></termGrp></ntig></langSet></termEntry>
<termEntry id="2"><langSet xml:lang="en"><tig><term>pilotage</term></tig><tig><term>piloting</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
<langSet xml:lang="ar"><tig><term>الإرشاد</term></tig></langSet></termEntry>
</body></text></martif>`

const tbxNew = `<tbx style="dct" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2" xmlns:min="http://www.tbxinfo.net/ns/min"><text><body>
<conceptEntry id="1"><langSec xml:lang="en"><termSec><term>North Basin</term><min:partOfSpeech>properNoun</min:partOfSpeech></termSec></langSec>
<langSec xml:lang="ar"><termSec><term>الحوض الشمالي</term></termSec></langSec></conceptEntry>
<conceptEntry id="2"><langSec xml:lang="en"><termSec><term>pilotage</term></termSec></langSec><langSec xml:lang="ar"><termSec><term>الإرشاد</term></termSec></langSec></conceptEntry>
</body></text></tbx>`

// TestImports: the same glossary in three forms.
func TestImports(t *testing.T) {
	want := glossary(t, "\ufeffen,ar,kind\nNorth Basin,الحوض الشمالي,name\npilotage,الإرشاد,term\n")
	if got := want.Concepts[0].String(); got != "name; ar: الحوض الشمالي; en: North Basin" {
		t.Errorf("the first is written %q", got)
	}
	for name, s := range map[string]string{"old TBX": tbxOld, "new TBX": tbxNew} {
		got, err := parity.ReadTBX(strings.NewReader(s))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v (%v), want %+v", name, got, err, want)
		}
	}
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var back parity.Glossary
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, want) {
		t.Errorf("kept as JSON: %+v (%v)", back, err)
	}
	if g := glossary(t, "en,ar\npilotage | pilot service,الإرشاد\n"); !slices.Equal(g.Concepts[0].Forms["en"], []string{"pilotage", "pilot service"}) {
		t.Errorf("two forms: %+v", g)
	}
}

func TestImportRefusals(t *testing.T) {
	long, deep := strings.Repeat("x", 401), strings.Repeat("<a>", 60)
	for name, s := range map[string]string{
		"nothing": "", "no row": "en,ar\n", "one language": "en\nx\n", "twice": "en,en\na,b\n", "a column of its own": "en,ar,colour\na,b,c\n",
		"too few": "en,ar\na\n", "kind": "en,ar,kind\na,b,c\n", "a long form": "en,ar\n" + long + ",x\n", "no words": "en,ar\n--,x\n",
		"control": "en,ar\n\"a\nb\",x\n", "quotes": "en,ar\n\"a,x\n", "not UTF-8": "en,ar\n\xff,x\n",
		"too many": "en,ar\n" + strings.Repeat("a,b\n", 5001), "too large": "en,ar\n" + strings.Repeat("a,b\n", 1<<20),
		"too many forms": "en,ar\n" + strings.Repeat("a|", 21) + "a,b\n",
	} {
		if _, err := parity.ReadCSV(strings.NewReader(s)); err == nil || !strings.HasPrefix(err.Error(), "reading the glossary") {
			t.Errorf("table, %s: %v", name, err)
		}
	}
	entry := `<termEntry><langSet xml:lang="en"><tig><term>%s</term></tig></langSet></termEntry>`
	for name, s := range map[string]string{
		"nothing": "", "no XML": "en,ar", "another root": "<html></html>", "no concept": "<martif></martif>", "open": "<martif>",
		"an entity":              `<!DOCTYPE martif [<!ENTITY a "b">]><martif>` + fmt.Sprintf(entry, "&a;") + `</martif>`,
		"an entity from outside": `<!DOCTYPE martif [<!ENTITY a SYSTEM "file:///etc/passwd">]><martif></martif>`,
		"an unknown entity":      `<martif>` + fmt.Sprintf(entry, "&a;") + `</martif>`,
		"another encoding":       `<?xml version="1.0" encoding="ISO-8859-1"?><martif></martif>`,
		"deep":                   "<martif>" + deep, "a long term": "<martif>" + fmt.Sprintf(entry, long) + "</martif>",
		"a language": `<martif><termEntry><langSet xml:lang="!"></langSet></termEntry></martif>`,
		"not UTF-8":  "<martif>\xff</martif>", "too many": "<martif>" + strings.Repeat(fmt.Sprintf(entry, "a"), 5001) + "</martif>",
	} {
		if _, err := parity.ReadTBX(strings.NewReader(s)); err == nil || !strings.HasPrefix(err.Error(), "reading the glossary") {
			t.Errorf("TBX, %s: %v", name, err)
		}
	}
}

// TestTerms: names and terms are looked up as people write them.
func TestTerms(t *testing.T) {
	g := glossary(t, "en,ar,kind\nNorth Basin,الحوض الشمالي,name\npilotage|pilot service,الإرشاد|إرشاد,term\nCoalition,التحالف,name\nJTF,قوة المهام,term\nonly English,,term\n")
	for _, c := range []struct {
		en, ar string
		want   []string
	}{
		{"The North Basin is open.", "الحوض الشمالي مفتوح.", nil},
		{"It leaves for the north basin's edge.", "يغادر للحوض الشمالي.", nil},
		{"It is in the North Basin.", "هو في الحوض.", []string{"names: North Basin | -"}},
		{"It is in the basin.", "وبالحوض الشمالي سفينة.", []string{"names: - | وبالحوض الشمالي"}},
		{"The pilot services are here.", "خدمة الإرشاد هنا.", nil},
		{"Pilotage is due.", "الرسم مستحق.", []string{"terms: Pilotage | -"}},
		{"The JTF stays.", "تبقى قوة المهام.", nil},
		{"The XTF stays.", "تبقى قوة المهام.", []string{"acronyms: XTF | -", "terms: - | قوة المهام"}},
		{"This is only English.", "هذا إنجليزي.", nil},
	} {
		if got := brief(blocking(parity.Compare(content(t, "en", c.en, "ar", c.ar), g))); !slices.Equal(got, c.want) {
			t.Errorf("%q and %q: %q, want %q", c.en, c.ar, got, c.want)
		}
	}
}

// TestOtherLanguages: what depends on no language is compared in every one.
func TestOtherLanguages(t *testing.T) {
	for _, c := range []struct {
		lang letter.Lang
		text string
		want []string
	}{
		{"fr", "Le port ouvre à 18:00 le 6 et coûte 5.000 marks (AH-64), voir HC-2026-0012.", nil},
		{"fr", "Le port ouvre à 19:00 le 6 et coûte 5.000 marks (AH-64), voir HC-2026-0012.", []string{"times: 18:00 | 19:00"}},
		{"ku-arab", "بەندەرەکە لە 18:00ی 6 دەکرێتەوە و 5,000 مارکە (AH-64)، بڕوانە HC-2026-0012.", nil},
		{"fa", "بندر در ۱۸:۰۰ روز ۶ باز شده و ۵٬۰۰۰ مارک است (AH-64)، نگاه کنید به HC-2026-0012.", nil},
		{"fa", "بندر در ۱۸:۰۰ روز ۶ باز شده و ۵٬۰۰۱ مارک است (AH-64)، نگاه کنید به HC-2026-0012.", []string{"numbers: 5,000 | ۵٬۰۰۱"}},
	} {
		en := "The port opens at 18:00 on the 6 and costs 5,000 marks (AH-64), see HC-2026-0012."
		if got := brief(blocking(parity.Compare(content(t, "en", en, string(c.lang), c.text), parity.Glossary{}))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestBlocks: address and signature blocks, enclosures and direction marks.
func TestBlocks(t *testing.T) {
	en := "The Office\nThe Street\n\n6 January 2020\n\nSir,\n\nIt is open.\n\nA. Person\nDirector\n\nEnclosures:\nMap\nList"
	ar := "المكتب\nالشارع\n\n٦ كانون الثاني ٢٠٢٠\n\nسيدي،\n\nهو مفتوح.\n\nفلان\nالمدير\n\nالمرفقات:\nخريطة\nقائمة"
	for _, c := range []struct {
		what, old, new string
		listed         int
		want           []string
	}{
		{"as it is", "", "", 2, nil},
		{"a line of the address", "المكتب\nالشارع", "المكتب", 2, []string{"lines: 2 | 1"}},
		{"a line of the signature", "فلان\nالمدير", "فلان", 2, []string{"lines: 2 | 1"}},
		{"an enclosure", "\nقائمة", "", 2, []string{"lines: 3 | 2", "enclosures: 2 | 1"}},
		{"enclosures that are not there", "", "", 3, []string{"enclosures: 2 | 2"}},
		{"an address that became a sentence", "سيدي،", "سيدي.", 2, nil},
	} {
		content := content(t, "en", en, "ar", strings.Replace(ar, c.old, c.new, 1))
		content.Enclosures = make([]letter.Enclosure, c.listed)
		if got := brief(parity.Compare(content, parity.Glossary{})); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	for s, want := range map[string]int{"It \u2066is\u2069 open.": 1, "It \u200eis open.": 1, "It is open.": 0} {
		if fs := parity.Compare(content(t, "en", s, "ar", "هو \u200fمفتوح."), parity.Glossary{}); len(fs) != want || want == 1 && fs[0].Kind != parity.Bidi {
			t.Errorf("%q: %+v", s, fs)
		}
	}
	if fs := parity.Compare(content(t, "en", "It is open.", "ar", "هو \u200fمفتوح \u2066x\u2069."), parity.Glossary{}); len(fs) != 1 || fs[0].Kind != parity.Bidi || fs[0].First != "ar" {
		t.Errorf("mixed: %+v", fs)
	}
}

func FuzzImport(f *testing.F) {
	f.Add(tbxOld)
	f.Add(tbxNew)
	f.Add("en,ar,kind\nNorth Basin,الحوض الشمالي,name\npilotage|pilot service,الإرشاد,term\n")
	f.Add("<martif><termEntry><langSet xml:lang=\"en\"><tig><term>&lt;</term></tig></langSet></termEntry></martif>")
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func(string) (parity.Glossary, error){
			func(s string) (parity.Glossary, error) { return parity.ReadCSV(strings.NewReader(s)) },
			func(s string) (parity.Glossary, error) { return parity.ReadTBX(strings.NewReader(s)) },
		} {
			g, err := read(s)
			if err != nil {
				continue
			}
			if len(g.Concepts) == 0 {
				t.Errorf("%q: an empty glossary", s)
			}
			c, err := contentOf("The North Basin is open.", "الحوض الشمالي مفتوح.")
			if err != nil {
				t.Fatal(err)
			}
			parity.Compare(c, g)
		}
	})
}
