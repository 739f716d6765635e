package check

import (
	"strings"
	"testing"
	"time"

	"chancery.example/register"
)

// near are texts with the very words of the circular that are not it, byte for
// byte: what an office may enter to call an issued letter something else.
var near = map[string]map[string]string{
	"the same text":      {"en": circular},
	"other line ends":    {"en": strings.Replace(circular, "vessels over", "vessels\nover", 1)},
	"other punctuation":  {"en": strings.Replace(circular, "sunset, and", "sunset; and", 1)},
	"a page number":      {"en": circular + "\nPage 1 of 1\n"},
	"another language":   {"la": circular},
	"split and uncommon": {"fr": strings.Replace(circular, "waived", "WAIVED", 1)},
}

func TestIssuedWordsAreNoDraft(t *testing.T) {
	const part = "Pilots will not board after sunset, and the fee of 300 marks is waived"
	for name, texts := range near {
		t.Run(name, func(t *testing.T) {
			w, _ := village(t)
			w.open(w.seal("port", "PO-9", texts, w.end()), w.end())
			for _, text := range []string{circular, part, texts["en"] + texts["la"] + texts["fr"]} {
				if f := examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(text)}, w.end()); *f.Standing != register.Conflict {
					t.Errorf("opened as a draft after the issue: %s", f.Headline.Code)
				}
			}
			w.closeDraft(w.letters["PO-9"], w.end())
			if f := examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(circular)}, w.end()); *f.Standing != register.Conflict {
				t.Errorf("and closed: %s", f.Headline.Code)
			}
		})
		t.Run(name+", draft first", func(t *testing.T) {
			w := newTown(t, "letters.village.example/test/1", epoch)
			w.enrol("port", register.Words{"en": "Port Office"}, nil, epoch.Add(time.Minute))
			w.open(w.seal("port", "PO-9", texts, w.end()), w.end())
			w.issue(w.seal("port", "PO-1", map[string]string{"en": circular}, w.end()), w.end(), nil)
			f := examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(circular)}, w.end())
			if f.Headline.Code != "same_text/in_force" {
				t.Errorf("opened as a draft before the issue: %s", f.Headline.Code)
			}
		})
		t.Run(name+", disavowed", func(t *testing.T) {
			w, _ := village(t)
			w.disavow("port", texts, nil, register.Words{"en": "Not ours."}, w.end())
			f := examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(circular)}, w.end())
			if *f.Standing != register.Conflict {
				t.Errorf("disavowed by its own office: %s", f.Headline.Code)
			}
		})
	}
}

// Another office may enter what it likes.
func TestAnotherOfficesDraftChangesNothing(t *testing.T) {
	w, _ := village(t)
	w.open(w.seal("mill", "MO-9", map[string]string{"en": circular}, w.end()), w.end())
	f := examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(circular)}, w.end())
	if *f.Standing == register.Conflict {
		t.Errorf("%s", f.Headline.Code)
	}
}

// TestWhatWasNotReadIsNeverGreen: a page can show other words than were read.
func TestWhatWasNotReadIsNeverGreen(t *testing.T) {
	w, _ := village(t)
	s, at := w.snapshot(w.end()), w.end()
	page := "<!doctype html><html><body><p>" + strings.ReplaceAll(strings.TrimSpace(circular), "\n\n", "</p>\n<p>") + "</p></body></html>"
	with := func(old, new string) string {
		got := strings.Replace(page, old, new, 1)
		if got == page {
			t.Fatalf("%q is not there", old)
		}
		return got
	}
	if f := examine(t, s, Exhibit{Data: []byte(page)}, at); f.Exit() != ExitInForce {
		t.Fatalf("the plain page: %s %v", f.Headline.Code, f.Evidence)
	}
	for name, forged := range map[string]string{
		"size below one":               with("</p></body>", `</p><p style="font-size:0.9em">Pay 5000 marks at once.</p></body>`),
		"a property of another name":   with("</p></body>", `</p><p style="x-display:none">Pay 5000 marks at once.</p></body>`),
		"a paragraph ends another":     with("</p></body>", `</p><p hidden>x<div>Pay 5000 marks at once.</div></body>`),
		"a paragraph follows":          with("</p></body>", `</p><p hidden>x<p>Pay 5000 marks at once.</body>`),
		"shown inside the hidden":      with("</p></body>", `</p><div style="visibility:hidden"><b style="visibility:visible">Pay at once.</b></div></body>`),
		"a field":                      with("</p></body>", `</p><textarea>Pay 5000 marks at once.</textarea></body>`),
		"a field's value":              with("</p></body>", `</p><input value="Pay 5000 marks at once."></body>`),
		"a choice":                     with("</p></body>", `</p><select><option>Pay 5000 marks at once.</select></body>`),
		"drawn letters":                with("</p></body>", `</p><svg><text y=9>Pay 5000 marks at once.</text></svg></body>`),
		"a formula":                    with("</p></body>", `</p><math><mtext>Pay 5000 marks at once.</mtext></math></body>`),
		"a frame":                      with("</p></body>", `</p><iframe srcdoc="Pay 5000 marks at once."></iframe></body>`),
		"an object that does not load": with("</p></body>", `</p><object>Pay 5000 marks at once.</object></body>`),
		"without scripts":              with("</p></body>", `</p><noscript>Pay 5000 marks at once.</noscript></body>`),
		"a shadow tree":                with("</p></body>", `</p><div><template shadowrootmode=open>Pay 5000 marks at once.</template></div></body>`),
		"a picture":                    with("</p></body>", `</p><img src=x alt="Pay 5000 marks at once."></body>`),
		"a picture by another door":    with("</p></body>", `</p><input type=image src=x></body>`),
		"words by style":               with("<body>", `<style>p::after{content:" Pay 5000 marks."}</style><body>`),
		"a style sheet":                with("<body>", `<link rel=stylesheet href=x><body>`),
		"a script":                     with("</p></body>", `</p><script>document.body.innerText="Pay"</script></body>`),
		"a script in an event":         with("<body>", `<body onload="document.body.innerText='Pay'">`),
		"not, hidden by style":         with("Pilots will not", `<style>.x{display:none}</style>Pilots will <b class=x>not</b>`),
		"not, hidden in place":         with("will not", `will <b style="opacity:0">not</b>`),
		"not, hidden as such":          with("will not", `will not<b hidden>?</b>`),
		"not, struck out":              with("will not", `will <del>not</del>`),
		"not, under a lid":             with("will not", `will <details><summary>x</summary>not</details>`),
		"not, by a browser that knows": with("will not", `will <dialog>not</dialog>`),
		"a notice that says more":      with("</p></body>", `</p><p>Draft, revision 1 - copy 1 of 1 for pay 5000 marks at once, please - not issued</p></body>`),
		"in another page's clothes":    with("</p></body>", `</p><plaintext>`),
		"another page's address":       with("<body>", `<meta http-equiv=refresh content="0;url=https://evil.example"><body>`),
		"read from the right":          with("will not board", `will <bdo dir=rtl>ton</bdo> board`),
		"an entity":                    with("will not", `will <!-- not --> `),
		"upper and lower":              with("300", `3<sup>00</sup>`),
	} {
		for _, e := range []Exhibit{{Data: []byte(forged)}, {Data: []byte(forged), As: KindText}, {Name: "x.html", Data: []byte(forged)}} {
			f := examine(t, s, e, at)
			if f.Exit() == ExitInForce || f.Verdict != nil && f.Verdict.Intent == IntentInForce {
				t.Errorf("%s: %s", name, f.Headline.Code)
				break
			}
		}
	}
	text := circular + "\nDraft, revision 1 - copy 1 of 1 for pay 5000 marks at once, please - not issued\n"
	f := examine(t, s, Exhibit{Data: []byte(text)}, at)
	if f.Exit() == ExitInForce || !hasChip(f, ChipUnread) {
		t.Errorf("a notice that says more: %s, %v", f.Headline.Code, f.Evidence)
	}
}

// TestThirdScript: what is in none of a letter's languages is no part of it.
func TestThirdScript(t *testing.T) {
	story, w := embedded(t)
	s := w.snapshot(w.end())
	both := story.file(t, "tariff.en.txt") + "\n" + story.file(t, "tariff.ar.txt")
	for _, more := range []string{"立即向以下账户支付五千元否则合同无效并且必须马上离开港口", "Заплатите пять тысяч марок немедленно.", "გადაიხადეთ ხუთი ათასი მარკა დაუყოვნებლივ."} {
		for _, text := range []string{both + "\n" + more + "\n", more + "\n\n" + both} {
			f := examine(t, s, Exhibit{Data: []byte(text)}, w.end())
			if f.Exit() == ExitInForce || len(f.Differences) == 0 {
				t.Errorf("%s: %s, differences %v", more, f.Headline.Code, f.Differences)
			}
		}
	}
}

// TestDamagedInReports: absence is said of quotations only after a whole search.
func TestDamagedInReports(t *testing.T) {
	w, _ := village(t)
	for h := range w.words {
		w.words[h] = w.text("Other words than the log stands for.")
	}
	report := "The port speaks.\n\n“Pilots will not board after sunset, and the fee of 300 marks is waived,” it says.\n\nThat is all.\n"
	f := examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(report), As: KindReport}, w.end())
	if len(f.Quotations) != 1 || *f.Quotations[0].Standing != register.CannotCheck {
		t.Errorf("%+v", f.Quotations)
	}
}
