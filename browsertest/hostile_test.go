package browsertest

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// What somebody puts into fields to see whether it runs.
const (
	runs = `"><script>window.hostile = 1</script><img src=x onerror="window.hostile = 1"><svg onload="window.hostile = 1">`
	goes = `javascript:window.hostile=1`
)

// TestHostileWordsDoNotRun puts hostile words into the fields of the desk and of
// the public pages and opens the pages that show them: nothing ran, and nothing had
// to be held back by the policy of content either.
func TestHostileWordsDoNotRun(t *testing.T) {
	t.Parallel()
	d := demonstration(t)
	drafter, seen := colleague(t, d, "Desk officer", 1280)
	ctx, cancel := context.WithTimeout(drafter, 4*time.Minute)
	defer cancel()
	looked := 0
	look := func(ctx context.Context, w *watch, path string) {
		t.Helper()
		looked++
		if path != "" {
			open(ctx, t, d.url+path)
		}
		ran, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`"hostile" in window || document.querySelector("img[onerror], svg[onload], a[href^='javascript']") !== null`))
		if err != nil || ran {
			t.Errorf("%s: hostile words ran or became part of the page (%v)", path, err)
		}
		if requests, errors := w.take(); len(requests) > 0 || len(errors) > 0 {
			t.Errorf("%s: requests %v, errors %v", path, requests, errors)
		}
	}
	open(ctx, t, d.url+"/desk/new")
	fill(ctx, t, map[string]string{"#reference": runs}, "main button[type=submit]:not([name], .vh)")
	look(ctx, seen, "") // refused, and what was typed is there
	open(ctx, t, d.url+"/desk/new")
	fill(ctx, t, map[string]string{
		"#reference": "HC-2026-0400", "#text-en": runs + "\n\n" + goes + "\n", "#addressees": runs + "\n" + goes, "#distribution": runs, "#signature": runs,
	}, "main button[type=submit]:not([name], .vh)")
	arrived(ctx, t, "/desk/letter/HC-2026-0400")
	open(ctx, t, d.url+"/desk/circulate/HC-2026-0400")
	fill(ctx, t, map[string]string{"#holder1": runs, "#purpose1": goes}, "main button[type=submit]")
	open(ctx, t, d.url+"/desk/edit/HC-2026-0400")
	fill(ctx, t, map[string]string{"#text-en": goes + "\n\n" + runs + "\n", "#why": runs}, "main button[type=submit]:not([name], .vh)")
	for _, lang := range []string{"", "/ar"} {
		for _, path := range []string{
			"/desk/", "/desk/letters", "/desk/letter/HC-2026-0400", "/desk/edit/HC-2026-0400", "/desk/revisions/HC-2026-0400?from=1&to=2", "/desk/submit/HC-2026-0400",
			"/desk/sign-in?then=javascript:window.hostile=1", "/desk/prove?then=//hostile.example", "/desk/?done=%22%3E%3Cscript%3E",
		} {
			look(ctx, seen, lang+path)
		}
	}
	press, seenPress := colleague(t, d, "Press officer", 1280)
	pctx, cancelPress := context.WithTimeout(press, 4*time.Minute)
	defer cancelPress()
	open(pctx, t, d.url+"/desk/say/about")
	fill(pctx, t, map[string]string{`[name="words.en"]`: runs}, `form[action="/desk/say/about"] button[type=submit]`)
	look(pctx, seenPress, "")
	for _, path := range []string{"/desk/", "/desk/statements", "/ar/desk/letter/HC-2026-0400"} {
		look(pctx, seenPress, path)
	}
	// The public pages, which show a reader's own words again.
	for _, lang := range []string{"", "/ar"} {
		for _, words := range []string{runs + " Vessels of more than 40 metres wait outside the mole.", goes} {
			open(ctx, t, d.url+lang+"/")
			fill(ctx, t, map[string]string{"#text": words}, "main button[type=submit]")
			look(ctx, seen, "")
		}
		look(ctx, seen, lang+"/q/#%22%3E%3Cscript%3Ewindow.hostile=1%3C/script%3E")
		look(ctx, seen, lang+"/o/harbour?standing=%22%3E%3Cscript%3Ewindow.hostile=1%3C/script%3E")
	}
	t.Logf("%d pages with hostile words, none ran", looked)
}
