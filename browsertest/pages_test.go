package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"chancery.example/internal/web/keptest"
	"chancery.example/internal/web/webtest"
)

// A sight is one page to look at: an address, or what is typed into the form.
type sight struct {
	name string
	path string
	text string // sent by the form
	as   string // "text", "report", or "picture": a picture of the text
	// compare are texts to lay side by side, through that form.
	compare []string
	press   string // a selector of what is pressed then
	h1      string // part of the headline in English, where it is known
}

const report = `A letter of the Lighthouse Authority went from hand to hand on Tuesday.

In it the authority says it will "move the lamp keepers from the island to the mainland over the coming days and weeks". The page was quickly shared.

"They tell us it was only a draft, yet this is the letter we were handed," said Samira Haddad, a deputy.

Masters were told that "Vessels of more than 60 metres must not enter the inner basin before the pilot is on board".

A notice that "every foreign vessel must leave the roads of Ras Amal by noon on Friday" was seen too. "I have lived under that lamp for forty years," said Tarek Aziz Mansour, a fisherman.

The keepers call it a "slip".
`

// edited is a report with all that a sheet has to show: parts, cuts, brackets,
// two directions, words without marks and a paragraph that stands apart.
const edited = `Light goes out over the north mole

"Vessels of more than 60 metres," said Amal Rashid, "must not enter the inner basin before the pilot is on board." The letter adds that masters "[k]eep radio channel 14 [...] at all times [sic]", and that the light "is lit from 17:30 to [23:15] each night".

وقالت المديرة أمل راشد إن «منار الرصيف الشمالي [...] من الساعة 17:30 إلى الساعة 06:15 كل ليلة»، وأضافت: «لن يُطفأ أبداً».

From 9 March 2026 the light on the north mole is lit from 17:30 to 06:15 each night, as every skipper between here and the islands has known since the notice went up on the boards.

The singer Mirela Duarte has adopted a third dog, a spaniel found behind a bakery in Calle Larga. Fans sent baskets, blankets and marzipan to her hotel all weekend.

“I have lived under that lamp for forty years,” said Tarek Aziz Mansour, a fisherman, “and he told me ‘it was dark for a whole week’ once.”

The keepers of the north mole met on Tuesday and wrote to the Lighthouse Authority about the letter, the lamp and the radio channel; vessels that wait in the roads were told about it.

> Vessels of more than 40 metres must not enter the inner basin
> before the pilot is on board.

Vessels in the roads and masters of the inner basin heard about the letter of the Lighthouse Authority on the radio channel that Tuesday evening, each night again.
`

// other is a third report: it quotes less, and otherwise.
const other = `The authority's letter is short: "Vessels of more than 40 metres must not enter the inner basin". "I have lived under that lamp for thirty years," Mansour said.

From 9 March 2026 the light on the north mole is lit from 17:30 to 06:15 each night, as every skipper between here and the islands has known since the notice went up on the boards.
`

func sights() []sight {
	return []sight{
		{name: "ask", path: "/", h1: "Is this letter on record?"},
		{name: "code", path: "/q/#v1.abc", h1: "A code alone"},
		{name: "offices", path: "/o/", h1: "Registers"},
		{name: "office", path: "/o/lights", h1: "Lighthouse Authority"},
		{name: "log", path: "/log", h1: "The log"},
		{name: "letter-in-force", path: "/l/lights/LA-2026-004", h1: "Issued, in force"},
		{name: "letter-withdrawn", path: "/l/lights/LA-2026-002", h1: "withdrawn"},
		{name: "letter-draft", path: "/l/lights/LA-2026-003", h1: "A draft, closed"},
		{name: "letter-embargoed", path: "/l/lights/LA-2026-007", h1: "not public yet"},
		{name: "entry-genesis", path: "/log/0"},
		{name: "entry-policy", path: "/log/2"},
		{name: "entry-issue", path: "/log/8", h1: "Letter issued"},
		{name: "about", path: "/about", h1: "How this works"},
		{name: "enquire", path: "/o/lights/ask", h1: "Ask the office"},
		{name: "enquiry-open", path: "/e/" + keptest.AskedSecret + "?new", h1: "with the office"},
		{name: "enquiry-dismissed", path: "/e/fedcba9876543210fedcba9876543210", h1: "without a statement"},
		{name: "link-made", text: webtest.InForceAltered, as: "text", press: "#link button", h1: "The link is made"},
		{name: "link-gone", path: "/r/AAAAAAAAAAAAAAAAAAAAAA", h1: "no answer at this address"},
		{name: "not-found", path: "/nothing/here", h1: "no such page"},
		{name: "result-same", text: webtest.InForce, as: "text"},
		{name: "result-altered", text: webtest.InForceAltered, as: "text"},
		{name: "result-arabic", text: webtest.InForceArabic, as: "text"},
		{name: "result-draft", text: webtest.DraftOne, as: "text"},
		{name: "result-superseded", text: webtest.Superseded, as: "text"},
		{name: "result-withdrawn", text: webtest.Withdrawn, as: "text"},
		{name: "result-disavowed", text: webtest.Forged, as: "text"},
		{name: "result-none", text: "Nobody has ever written this sentence about gulls in any letter of any office.", as: "text"},
		{name: "result-hostile", text: "<script>alert(1)</script>\u202e" + strings.ReplaceAll(webtest.InForce, "Keep radio", "Keep\u200b <b>radio</b>"), as: "text"},
		{name: "result-moved", text: moved(), as: "text", h1: "Differs"},
		{name: "result-moved-arabic", text: movedArabic(), as: "text"},
		{name: "result-omitted", text: strings.Replace(webtest.Harbour, " and nobody may ask for more", "", 1), as: "text", h1: "Differs"},
		{name: "result-added", text: strings.Replace(webtest.Harbour, "Provisions are", "All crews are to be paid off by Friday. Whoever stays on board does so at his own risk. Provisions are", 1), as: "text", h1: "Differs"},
		{name: "result-spliced", text: spliced(), as: "text", h1: "Differs"},
		{name: "result-ambiguous", text: strings.Replace(webtest.Buoy, "40 metres", "48 metres", 1), as: "text"},
		{name: "result-common", text: webtest.Formula, as: "text", h1: "Common wording"},
		{name: "result-cut", text: "the harbour dues are to be raised this year", as: "text", h1: "Part of"},
		{name: "result-cut-arabic", text: "رسوم الميناء ستُرفع هذا العام", as: "text"},
		{name: "result-photo", text: strings.NewReplacer("40 metres", webtest.Unsure+"48 metres", "is not true", "is "+webtest.Unsure+"now true", "eastern quay", "hospital quay").Replace(webtest.Harbour), as: "picture", h1: "Differs"},
		{name: "result-photo-unsure", text: strings.NewReplacer("40 metres", webtest.Unsure+"48 metres").Replace(webtest.Harbour), as: "picture"},
		{name: "sheet", text: report, as: "report"},
		{name: "sheet-edited", text: edited, as: "report"},
		{name: "compare-form", path: "/compare", h1: "side by side"},
		{name: "compare-texts", compare: []string{webtest.InForce, webtest.InForceAltered}, as: "text", h1: "The two texts differ"},
		{name: "compare-reports", compare: []string{report, edited, other}, as: "report", h1: "quotations in these reports"},
		{name: "found-two", text: "LA-2026-004", h1: "2 letters"},
		{name: "found-none", text: "LA-1999-999", h1: "No public letter"},
		{name: "nothing-sent", text: " ", as: "text", h1: "Nothing was sent"},
	}
}

// moved is a letter whose third paragraph stands behind its fourth.
func moved() string {
	ps := strings.Split(webtest.Harbour, "\n\n")
	ps[3], ps[4] = ps[4], ps[3]
	return strings.Join(ps, "\n\n")
}

func movedArabic() string {
	ps := strings.Split(webtest.HarbourArabic, "\n\n")
	ps[3], ps[4] = ps[4], ps[3]
	return strings.Join(ps, "\n\n")
}

// spliced is a letter with a paragraph of another one.
func spliced() string {
	ps, more := strings.Split(webtest.Harbour, "\n\n"), strings.Split(webtest.Storm, "\n\n")
	ps[4] = more[1]
	return strings.Join(ps, "\n\n")
}

// TestPages opens every page once in each language, without scripts, and looks at it
// on a phone and on a desk, in light colours and in dark ones; and at its width where
// it is narrow or enlarged.
func TestPages(t *testing.T) {
	t.Parallel()
	source, srv := axeSource(t), site(t)
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			page, w := tab(browser(t), t, strings.TrimPrefix(srv.URL, "http://"), 390)
			for _, s := range sights() {
				t.Run(s.name, func(t *testing.T) {
					look, cancel := soon(page)
					defer cancel()
					if err := chromedp.Do(look, chromedp.EmulateViewport(390, 844), scheme("light")); err != nil {
						t.Fatal(err)
					}
					if err := visit(look, srv.URL, lang, s); err != nil {
						t.Fatalf("opening it without scripts: %v", err)
					}
					aboveTheFold(look, t, s)
					around(look, t, s.name+"-"+lang, func(by rules) { examine(look, t, w, source, by, lang, s) })
					narrowAndEnlarged(look, t)
				})
			}
		})
	}
}

// aboveTheFold: on a phone the headline of an answer is seen without scrolling, in
// both languages, also in an exercise with its notice.
func aboveTheFold(ctx context.Context, t *testing.T, s sight) {
	t.Helper()
	if !strings.HasPrefix(s.name, "result") && !strings.HasPrefix(s.name, "letter") && s.name != "sheet" {
		return
	}
	bottom, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.querySelector("h1").getBoundingClientRect().bottom`))
	if err != nil || bottom > 420 {
		t.Errorf("the headline ends at %v px %v; want the upper half of the screen", bottom, err)
	}
}

// narrowAndEnlarged looks at the page at 320 px, which is 400 % zoom of a small desk
// screen, and at 640 px, which is 200 %.
func narrowAndEnlarged(ctx context.Context, t *testing.T) {
	t.Helper()
	for _, width := range []int64{320, 640} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)); err != nil {
			t.Fatal(err)
		}
		if bad, err := overflow(ctx); err != nil || bad != "" {
			t.Errorf("at %d px: %s %v", width, bad, err)
		}
	}
}

// visit opens a page, through the form when something is to be typed.
func visit(ctx context.Context, base, lang string, s sight) error {
	prefix := base
	if lang == "ar" {
		prefix += "/ar"
	}
	if s.compare != nil {
		if err := chromedp.Do(ctx, chromedp.Navigate(prefix+"/compare")); err != nil {
			return err
		}
		for i, text := range s.compare {
			if err := chromedp.Do(ctx, chromedp.SetValue(chromedp.CSS(fmt.Sprintf("#text%d", i+1)), text)); err != nil {
				return err
			}
		}
		return send(ctx, s.as)
	}
	if s.text == "" {
		return anew(ctx, prefix+s.path)
	}
	if s.as == "picture" {
		file, err := os.CreateTemp("", "*.jpg")
		if err != nil {
			return err
		}
		defer func() { _ = os.Remove(file.Name()) }()
		if err := errors.Join(os.WriteFile(file.Name(), webtest.Picture(s.text), 0o600), file.Close()); err != nil {
			return err
		}
		if err := chromedp.Do(ctx, chromedp.Navigate(prefix+"/"), chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file.Name()})); err != nil {
			return err
		}
		_, err = chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS("form.panel button[type=submit]")))
		return err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(prefix+"/"), chromedp.SetValue(chromedp.CSS("#text"), s.text)); err != nil {
		return err
	}
	if err := send(ctx, s.as); err != nil || s.press == "" {
		return err
	}
	_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(s.press)))
	return err
}

// send presses the button of a form.
func send(ctx context.Context, as string) error {
	if as != "" {
		if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`input[value="`+as+`"]`))); err != nil {
			return err
		}
	}
	_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS("form.panel button[type=submit]")))
	return err
}

func examine(ctx context.Context, t *testing.T, w *watch, source string, by rules, lang string, s sight) {
	t.Helper()
	for name, look := range map[string]func(context.Context) (string, error){"overflow": overflow, "small controls": small} {
		if bad, err := look(ctx); err != nil || bad != "" {
			t.Errorf("%s: %s %v", name, bad, err)
		}
	}
	found, err := axe(ctx, source, by)
	if err != nil {
		t.Errorf("axe: %v", err)
	}
	for _, v := range found {
		t.Errorf("axe: %s", v)
	}
	h1, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("h1")))
	if err != nil || lang == "en" && !strings.Contains(h1, s.h1) {
		t.Errorf("headline %q %v; want %q", h1, err, s.h1)
	}
	requests, errors := w.take()
	if len(requests) > 0 || len(errors) > 0 {
		t.Errorf("requests to other hosts %v, errors %v", requests, errors)
	}
}
