package plain

import (
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

// What a finding can say stands on the terminal in words, in both languages.
func TestFindingsInWords(t *testing.T) {
	snap, err := webtest.NewFurther(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	paragraphs := strings.Split(webtest.Harbour, "\n\n")
	paragraphs[3], paragraphs[4] = paragraphs[4], paragraphs[3]
	photo := strings.NewReplacer("40 metres", webtest.Unsure+"48 metres", "eastern quay", "hospital quay").Replace(webtest.Harbour)
	for name, c := range map[string]struct {
		data   string
		en, ar []string
	}{
		"moved": {
			strings.Join(paragraphs, "\n\n"),
			[]string{"all of the letter is in your copy. Some of it stands in another order.", `moved, in another place on record: "It is not true that`},
			[]string{"وبعضه بترتيب آخر.", `منقول، في موضع آخر من النص المسجَّل: "It is not`},
		},
		"cut": {
			"the harbour dues are to be raised this year",
			[]string{"All of your copy is in the letter; it is 5 % of the letter.", "The full sentence on record", "It is not true that {the harbour dues are to be raised this year.}"},
			[]string{"الجملة المسجَّلة كاملة", "It is not true that {the harbour"},
		},
		"photo": {
			string(webtest.Picture(photo)),
			[]string{`your copy: "hospital" | on record: "eastern", line 6`, "look at these words yourself:", `! your copy: "48" | on record: "40", line 3`},
			[]string{"انظر في هذه الكلمات بنفسك:", "السطر 3"},
		},
		"added": {
			strings.Replace(webtest.Harbour, "Provisions are", "All crews are to be paid off. "+strings.Repeat("Whoever stays does so at his own risk. ", 6)+"Provisions are", 1),
			[]string{"7 sentences of your copy are not in the letter.", `…" (55 words)`},
			[]string{"عدد جمل نسختك غير الواردة في الرسالة: 7."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := snap.Examine(t.Context(), check.Exhibit{Data: []byte(c.data), As: check.KindText, Pictures: webtest.ReadPicture}, webtest.Now)
			if err != nil {
				t.Fatal(err)
			}
			for lang, want := range map[letter.Lang][]string{"en": c.en, "ar": c.ar} {
				var b strings.Builder
				Writer{To: &b, Lang: lang}.Finding(f)
				got := strings.Join(strings.Fields(b.String()), " ")
				for _, w := range want {
					if !strings.Contains(got, w) {
						t.Errorf("%s: %q is missing in\n%s", lang, w, b.String())
					}
				}
			}
		})
	}
}
