package browsertest

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"chancery.example/internal/check"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// followed is a server whose keeper follows four other registers: one that says
// something of the same words, one that says nothing, one that is away and one that told
// two stories.
func followed(t *testing.T) *httptest.Server {
	t.Helper()
	other, err := webtest.New(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	away := webtest.Now.Add(-26 * time.Hour)
	others := func(a check.Asked, at time.Time) []check.Elsewhere {
		says := other.Elsewhere(a, at)
		says.Register, says.Address = "gazette", "https://the-news-of-the-islands-and-of-the-coast.example/registers/letters"
		quiet := other.Elsewhere(check.Asked{}, at)
		quiet.Register, quiet.NotAskedSince, quiet.Partly = "سجل الصحيفة", &away, true
		return []check.Elsewhere{
			says, quiet,
			{Register: "away", Voices: []check.Voice{}, Evidence: []check.Chip{}, NotAskedSince: &away},
			{Register: "liar", Origin: "letters.liar.example/2026", Voices: []check.Voice{}, Evidence: []check.Chip{}, TwoStories: true},
		}
	}
	h, err := web.New(webtest.NewFurther(t), web.Options{Pictures: webtest.ReadPicture, Others: others})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// TestBesideAnswers looks at what stands beside an answer and on a letter's page: what
// other registers say, and where the letter's own languages differ.
func TestBesideAnswers(t *testing.T) {
	t.Parallel()
	source, srv := axeSource(t), followed(t)
	page, w := tab(browser(t), t, strings.TrimPrefix(srv.URL, "http://"), 390)
	for _, lang := range []string{"en", "ar"} {
		for _, s := range []sight{
			{name: "beside-result", text: webtest.DraftOne, as: "text", h1: "draft"},
			{name: "beside-letter", path: "/l/lights/LA-2026-003", h1: "A draft, closed"},
		} {
			t.Run(s.name+"/"+lang, func(t *testing.T) {
				look, cancel := slow(page)
				defer cancel()
				if err := visit(look, srv.URL, lang, s); err != nil {
					t.Fatal(err)
				}
				for _, what := range []string{"#elsewhere .register:nth-of-type(4)", "#elsewhere article", ".note ul.plain"} {
					there, err := chromedp.Run(look, chromedp.Evaluate[bool](`document.querySelector("`+what+`") !== null`))
					if err != nil || !there {
						t.Errorf("the page has no %s (%v)", what, err)
					}
				}
				around(look, t, s.name+"-"+lang, func(by rules) { examine(look, t, w, source, by, lang, s) })
				narrowAndEnlarged(look, t)
			})
		}
	}
}
