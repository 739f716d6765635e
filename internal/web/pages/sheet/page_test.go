package sheet_test

import (
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/sheet"
	"chancery.example/internal/web/webtest"
)

// The place of a quotation counts code points and paragraphs, whatever the
// script.
func TestPlaceOfAQuotation(t *testing.T) {
	reg := webtest.Empty(t)
	snap, err := reg.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	const text = "أول\n\nثانٍ “كلمة”\n\nthird"
	for offset, want := range map[int]int{0: 1, 3: 1, 5: 2, 9: 2, 19: 3, 400: 0} {
		v := sheet.Build(p, snap, check.Finding{Text: text, Quotations: []check.Quotation{{Quotation: "x", Offset: offset}}})
		if got := v.Quotations[0].Paragraph; got != want {
			t.Errorf("character %d is in paragraph %d; want %d", offset, got, want)
		}
	}
}

// A figure that is nothing is not shown, but the number of quotations always is.
func TestCounts(t *testing.T) {
	snap, err := webtest.Empty(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	v := sheet.Build(p, snap, check.Finding{Counts: &check.Counts{Altered: 2}})
	if len(v.Counts) != 2 || v.Counts[0].Name != "quotations" || v.Counts[1] != (sheet.Count{Name: "altered", N: 2}) {
		t.Errorf("counts %+v", v.Counts)
	}
}
