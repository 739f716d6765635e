package pades_test

import (
	"bytes"
	"strings"
	"testing"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/testkit/archival"
)

// TestArchival: a letter as the office sets it is PDF/A-3 and PDF/UA-1 as far as can be
// seen, before its seal and with every kind of it.
func TestArchival(t *testing.T) {
	data := typesetLetter(t)
	for _, problem := range archival.Check(data) {
		t.Errorf("unsealed: %s", problem)
	}
	plain := options(t)
	long, _ := rsaOptions(t)
	framed := plain
	framed.Frame = &pades.Frame{Page: 2, Box: layout.Box{X: 150, Y: 10, Width: 40, Height: 12}}
	for name, o := range map[string]pades.Options{"P-256": plain, "RSA, with data for the long term": long, "with a frame": framed} {
		for _, problem := range archival.Check(seal(t, data, o)) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// TestArchivalCanFail: each change of a letter's bytes is found under its clause.
func TestArchivalCanFail(t *testing.T) {
	sealed := seal(t, typesetLetter(t), options(t))
	for _, c := range []struct{ from, to, want string }{
		{"%PDF-1.7", "%PDF-2.0", "6.1.2"},
		{"/Marked true", "/Marked null", "6.7.2.2"},
		{"/DisplayDocTitle true", "/DisplayDocTitle null", "UA 7.1"},
		{"/GTS_PDFA1", "/GTS_PDFX1", "6.2.3"},
		{"<pdfaid:part>3", "<pdfaid:part>2", "6.6.4"},
		{"<pdfuaid:part>1", "<pdfuaid:part>2", "6.6.4"},
		{"/AFRelationship /Data", "/AFRelationship /Date", "6.8"},
		{"/ToUnicode ", "/ToUnicodo ", "6.2.11.7.2"},
		{"/FontFile2 ", "/FontFile3 ", "6.2.11.4.1"},
		{"/CIDToGIDMap ", "/CIDToGIDMop ", "6.2.11.3.2"},
		{"/F 132", "/F 130", "6.3.2"},
		{"/Tabs /S", "/Tabs /R", "7.18.3"},
		{"/TU ", "/TV ", "7.18.4"},
		{"/StructParent ", "/StructPorent ", "7.18.1"},
		{"/S /P/", "/S /Q/", "6.7.3.4"},
		{"/Lang <", "/Long <", "6.7.4"},
		{"/W [1 [", "/W [2 [", "6.2.11.5"},
		{"/ViewerPreferences", "/OCProperties     ", "6.9"},
	} {
		if bytes.Count(sealed, []byte(c.from)) == 0 || len(c.from) != len(c.to) {
			t.Errorf("the letter has no %q", c.from)
			continue
		}
		found := strings.Join(archival.Check(bytes.ReplaceAll(sealed, []byte(c.from), []byte(c.to))), "\n")
		if !strings.Contains(found, c.want) {
			t.Errorf("%q for %q: want %s, found %q", c.to, c.from, c.want, found)
		}
	}
}
