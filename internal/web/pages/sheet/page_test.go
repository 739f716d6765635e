package sheet_test

import (
	"bytes"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/sheet"
	"chancery.example/internal/web/webtest"
)

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

// A sheet as a file holds all it needs: no script, no address but places in
// itself, and foreign words escaped.
func TestSheetAsAFile(t *testing.T) {
	reg := webtest.New(t)
	snap, err := reg.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const text = `"Vessels of more than 60 metres," said Amal Rashid, "must not enter the inner basin before the pilot is on board."

It goes on: "[K]eep radio channel 14 [...] at all times".

قالت المديرة «تبقى القناة اللاسلكية 14 [...] في كل وقت» <script>alert(1)</script>.`
	f, err := snap.Examine(t.Context(), check.Exhibit{Data: []byte(text), As: check.KindReport}, reg.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Langs() {
		var b bytes.Buffer
		if err := sheet.WriteFile(&b, lang, snap, f); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		for _, bad := range []string{"<script", " src=", "url(", "href=\"/", "http://", "ZgotmplZ"} {
			if strings.Contains(out, bad) {
				t.Errorf("%s: the file holds %q", lang, bad)
			}
		}
		for _, want := range []string{
			`id="q1-1"`, `id="q1-2"`, `href="#q1-2"`, `id="q1"`, `id="q2-1"`, `id="q3-1"`, "Keep radio channel 14 <span", `<del>60</del> <ins>40</ins>`, `lang="ar" dir="rtl"`, `lang="en" dir="ltr"`,
			`&lt;script&gt;`, `<span class="ed">[...]</span>`, `<span class="instead">`,
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: the file does not hold %s", lang, want)
			}
		}
	}
}
