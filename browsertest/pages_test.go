package browsertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"chancery.example/internal/web/webtest"
)

// A sight is one page to look at: an address, or what is typed into the form.
type sight struct {
	name string
	path string
	text string // sent by the form
	as   string // "text" or "report"
	h1   string // part of the headline in English, where it is known
}

const report = `A letter of the Lighthouse Authority went from hand to hand on Tuesday.

In it the authority says it will "move the lamp keepers from the island to the mainland over the coming days and weeks". The page was quickly shared.

"They tell us it was only a draft, yet this is the letter we were handed," said Samira Haddad, a deputy.

Masters were told that "Vessels of more than 60 metres must not enter the inner basin before the pilot is on board".

A notice that "every foreign vessel must leave the roads of Ras Amal by noon on Friday" was seen too. "I have lived under that lamp for forty years," said Tarek Aziz Mansour, a fisherman.

The keepers call it a "slip".
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
		{name: "sheet", text: report, as: "report"},
		{name: "found-two", text: "LA-2026-004", h1: "2 letters"},
		{name: "found-none", text: "LA-1999-999", h1: "No public letter"},
		{name: "nothing-sent", text: " ", as: "text", h1: "Nothing was sent"},
	}
}

func TestPages(t *testing.T) {
	ctx, source, srv := browser(t), axeSource(t), site(t)
	host := strings.TrimPrefix(srv.URL, "http://")
	for _, width := range []int{390, 1280} {
		page, w := tab(ctx, t, host, width)
		for _, lang := range []string{"en", "ar"} {
			for _, s := range sights() {
				t.Run(fmt.Sprintf("%s/%s/%d", s.name, lang, width), func(t *testing.T) {
					look, cancel := soon(page)
					defer cancel()
					if err := visit(look, srv.URL, lang, s); err != nil {
						t.Fatalf("opening it without scripts: %v", err)
					}
					keep(look, t, fmt.Sprintf("%s-%s-%d", s.name, lang, width))
					examine(look, t, w, source, lang, s)
				})
			}
		}
	}
}

// visit opens a page, through the form when something is to be typed.
func visit(ctx context.Context, base, lang string, s sight) error {
	prefix := base
	if lang == "ar" {
		prefix += "/ar"
	}
	if s.text == "" {
		return chromedp.Do(ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(prefix+s.path))
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(prefix+"/"), chromedp.SetValue(chromedp.CSS("#text"), s.text)); err != nil {
		return err
	}
	if s.as != "" {
		if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`input[value="`+s.as+`"]`))); err != nil {
			return err
		}
	}
	_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS("button[type=submit]")))
	return err
}

func examine(ctx context.Context, t *testing.T, w *watch, source, lang string, s sight) {
	t.Helper()
	for name, look := range map[string]func(context.Context) (string, error){"overflow": overflow, "small controls": small} {
		if bad, err := look(ctx); err != nil || bad != "" {
			t.Errorf("%s: %s %v", name, bad, err)
		}
	}
	found, err := axe(ctx, source)
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
