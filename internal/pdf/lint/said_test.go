package lint_test

import (
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/pdf/lint"
)

// told is a page in a typeface with the letters 1 and 2, "fi" as one drawing, the
// Arabic letters alef, seen, reh and a joined reh, lam and alef as one, tanween, and a
// drawing that says nothing.
func told(content string) made {
	return made{content: "BT /C 20 Tf 1 0 0 1 72 720 Tm " + content + " ET", fonts: "/C 6 0 R", objects: []string{
		"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 8 0 R>>",
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW 500/W[9[0]]>>",
		stream("", "11 beginbfchar <000C> <0028> <0001> <0031> <0002> <0032> <0003> <FB01> <0004> <0627> <0005> <FEB3> <0006> <FEAE> <0007> <0631> <0008> <06440627> <0009> <064D> <000A> <0020> endbfchar"),
	}}
}

func span(says, content string) string {
	return "/Span<</ActualText " + says + ">>BDC " + content + " EMC"
}

// TestWhatSpansSay: a span may say the letters that it shows; browsers and word
// processors write them.
func TestWhatSpansSay(t *testing.T) {
	for name, content := range map[string]string{
		"joined letters":         span("(fi)", "<0003> Tj"),
		"a digit":                span("(1)", "<0001> Tj"),
		"UTF-16":                 span("<FEFF00310032>", "<00010002> Tj"),
		"a form of a letter":     span("<FEFF0633>", "<0005> Tj"),
		"said as a form":         span("<FEFFFEB3>", "<0005> Tj"),
		"a mark before":          span("<FEFF0631064D>", "<0009> Tj 0 0 Td <0006> Tj"),
		"a mark behind, lowered": span("<FEFF0631064D>", "<0006> Tj 1 -4 Td <0009> Tj"),
		"from the left":          span("<FEFF063306270631>", "<00060004> Tj <0005> Tj"),
		"a ligature":             span("<FEFF064406270633>", "<0005> Tj <0008> Tj"),
		"its letters turned":     span("<FEFF06270644>", "<0008> Tj"),
		"with a joiner":          span("<FEFF0633200D>", "<0005> Tj"),
		"with a language":        "/P<</MCID 0>>BDC /Span<</ActualText(1)/Lang(en)/MCID 1>>BDC <0001> Tj EMC EMC",
		"within reversed ones":   "/ReversedChars BMC " + span("<FEFF0633>", "<0005> Tj") + " EMC",
		"one after the other":    span("(1)", "<0001> Tj") + span("(2)", "<0002> Tj") + " <0001> Tj",
		"a bracket":              span("(\\))", "<000C> Tj"),
		"a space":                span("(1 2)", "<0001000A0002> Tj"),
	} {
		if got := lint.Check(told(content).bytes(), lint.Allowed{}); len(got) != 0 {
			t.Errorf("%s: %v", name, lint.Error(got))
		}
	}
	for name, c := range map[string]struct{ content, says string }{
		"other letters":        {span("<FEFF0627>", "<0005> Tj"), "others"},
		"another digit":        {span("(2)", "<0001> Tj"), "others"},
		"one digit of many":    {span("(1211)", "<0001000200010002> Tj"), "others"},
		"turned around":        {span("(21)", "<00010002> Tj"), "others"},
		"drawn turned around":  {span("(12)", "20 0 Td <0001> Tj -20 0 Td <0002> Tj"), "others"},
		"turned Arabic":        {span("<FEFF063106270633>", "<00060004> Tj <0005> Tj"), "others"},
		"letters more":         {span("(11)", "<0001> Tj"), "others"},
		"letters less":         {span("(1)", "<00010001> Tj"), "others"},
		"said twice":           {span("(fifi)", "<0003> Tj"), "others"},
		"a mark more":          {span("<FEFF0631064D>", "<0006> Tj"), "others"},
		"a mark less":          {span("<FEFF0631>", "<00060009> Tj"), "others"},
		"another mark":         {span("<FEFF0631064E>", "<00060009> Tj"), "others"},
		"a mark elsewhere":     {span("<FEFF0633064D0631>", "<00090006> Tj <0005> Tj"), "others"},
		"nothing":              {span("()", "<0001> Tj"), "has no letters"},
		"nothing, in UTF-16":   {span("<FEFF>", "<0001> Tj"), "has no letters"},
		"over nothing":         {span("(1)", ""), "has none"},
		"a span in another":    {span("(1)", span("(1)", "<0001> Tj")), "lies in another"},
		"beneath the inner":    {span("(2)", span("(1)", "<0001> Tj")+" <0002> Tj"), "lies in another"},
		"a decoration":         {"/Artifact<</ActualText(1)>>BDC <0001> Tj EMC", "decoration"},
		"in a decoration":      {"/Artifact BMC " + span("(1)", "<0001> Tj") + " EMC", "decoration"},
		"no end":               {"/Span<</ActualText(1)>>BDC <0001> Tj", "no end"},
		"two directions":       {span("<FEFF06330031>", "<0001> Tj <0005> Tj"), "two directions"},
		"two lines":            {span("(12)", "<0001> Tj 0 -24 Td <0002> Tj"), "two lines"},
		"upside down":          {span("(12)", "-1 0 0 -1 172 720 Tm <00010002> Tj"), "along the page"},
		"turned by its size":   {span("(12)", "/C -20 Tf <00010002> Tj"), "along the page"},
		"a drawing of nothing": {span("(1)", "<0001000B> Tj"), "says nothing"},
		"an expansion as well": {"/Span<</ActualText(1)/Alt(2)>>BDC <0001> Tj EMC", "as well"},
		"an expansion":         {"/Span<</E(one)>>BDC <0001> Tj EMC", "a place"},
		"a place":              {"/Span<</ActualText(1)>>DP <0001> Tj", "a place"},
		"no string":            {"/Span<</ActualText/one>>BDC <0001> Tj EMC", "without doubt"},
		"half a letter":        {span("<FEFF003100>", "<0001> Tj"), "without doubt"},
		"another encoding":     {span("<EFBBBF31>", "<0001> Tj"), "without doubt"},
		"turns around":         {span("<FEFF202E0031>", "<0001> Tj"), "no letter"},
		"a sentence":           {span("("+strings.Repeat("1", 70)+")", "<"+strings.Repeat("0001", 70)+"> Tj"), "longer than a word"},
		"a picture":            {span("(1)", "<0001> Tj ET q 9 0 0 9 300 300 cm /X Do Q BT"), "picture"},
	} {
		got := lint.Check(told(c.content).bytes(), lint.Allowed{})
		i := slices.IndexFunc(got, func(r lint.Refusal) bool { return r.Rule == lint.Replaced })
		if i < 0 || !strings.Contains(got[i].What, c.says) {
			t.Errorf("%s: %v; want %q", name, lint.Error(got), c.says)
		}
	}
}

// TestSpansAcrossForms: a form ends no span that is around it, and leaves none open.
func TestSpansAcrossForms(t *testing.T) {
	form := "BT /F1 11 Tf 72 700 Td /Span<</ActualText(1)>>BDC (1) Tj EMC (1) Tj ET"
	for name, c := range map[string]struct {
		outside, form string
		refused       bool
	}{
		"in a form":            {"/X Do", form, false},
		"in one of decoration": {"/Artifact BMC /X Do EMC", form, true},
		"ends another's":       {"/Artifact BMC /X Do " + span("(1)", "BT /F1 11 Tf 72 720 Td (1) Tj ET") + " EMC", "EMC", true},
		"left open":            {"/X Do EMC", "/Span<</ActualText(1)>>BDC BT /F1 11 Tf 72 700 Td (1) Tj ET", true},
	} {
		m := made{content: c.outside, resources: "/XObject<</X 6 0 R>>", objects: []string{stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>", c.form)}}
		got := lint.Check(m.bytes(), lint.Allowed{})
		if slices.Contains(rules(got), lint.Replaced) != c.refused || !c.refused && len(got) > 0 {
			t.Errorf("%s: %v", name, lint.Error(got))
		}
	}
}
