package web_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// What other registers say stands beside an answer and on a letter's page, under their
// own names, and takes no part in the answer; one that cannot be asked is named.
func TestOtherRegistersBeside(t *testing.T) {
	other, err := webtest.New(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	down := webtest.Now.Add(-time.Hour)
	var asked []check.Asked
	others := func(a check.Asked, at time.Time) []check.Elsewhere {
		asked = append(asked, a)
		e := other.Elsewhere(a, at)
		e.Register, e.Address = "gazette", "https://news.example/log"
		late := check.Elsewhere{Register: "away", Voices: []check.Voice{}, Evidence: []check.Chip{}, NotAskedSince: &down}
		liar := check.Elsewhere{Register: "liar", Voices: []check.Voice{}, Evidence: []check.Chip{}, TwoStories: true}
		return []check.Elsewhere{e, late, liar}
	}
	alone, beside := serve(t, webtest.New(t), web.Options{}), serve(t, webtest.New(t), web.Options{Others: others})
	for prefix, says := range map[string][]string{
		"":    {"What other registers say", "three phones &lt;script&gt;", "could not be asked since", "told two readers different things"},
		"/ar": {"ما تقوله سجلات أخرى", "three phones &lt;script&gt;", "تعذّر سؤاله منذ", "لقارئين أمرين مختلفين"},
	} {
		page := body(t, post(t, beside, prefix+"/check", map[string]string{"text": webtest.DraftOne}, ""))
		wellFormed(t, "result", page)
		for _, s := range append(says, `id="elsewhere"`, `href="https://news.example/log/log/`, "gazette", "away", "liar") {
			if !strings.Contains(page, s) {
				t.Errorf("%s/check does not say %q", prefix, s)
			}
		}
		if strings.Contains(body(t, post(t, alone, prefix+"/check", map[string]string{"text": webtest.DraftOne}, "")), `id="elsewhere"`) {
			t.Error("a server that follows nobody speaks of others")
		}
	}
	answer := func(h map[string]any) (headline, standing any, elsewhere int) {
		e, _ := h["elsewhere"].([]any)
		return h["headline"], h["standing"], len(e)
	}
	both := [2]map[string]any{}
	for i, raw := range []string{
		body(t, post(t, alone, "/check", map[string]string{"text": webtest.DraftOne}, "", "Accept", jsonOnly)),
		body(t, post(t, beside, "/check", map[string]string{"text": webtest.DraftOne}, "", "Accept", jsonOnly)),
	} {
		if err := json.Unmarshal([]byte(raw), &both[i]); err != nil {
			t.Fatal(err)
		}
	}
	_, was, none := answer(both[0])
	_, is, three := answer(both[1])
	if was != is || none != 0 || three != 3 {
		t.Errorf("%v alone, %v with %d others", was, is, three)
	}
	letter := body(t, get(t, beside, "/l/lights/LA-2026-003"))
	wellFormed(t, "letter", letter)
	if !strings.Contains(letter, `id="elsewhere"`) || !strings.Contains(letter, "three phones &lt;script&gt;") {
		t.Error("the letter's page does not say what others say of its words")
	}
	if a := asked[len(asked)-1]; len(a.Words) == 0 || len(a.Leaves) == 0 || a.Reference != "LA-2026-003" {
		t.Errorf("asked about %+v", a)
	}
	before := len(asked)
	if sheet := body(t, post(t, beside, "/check", map[string]string{"text": webtest.InForce, "as": "report"}, "")); strings.Contains(sheet, `id="elsewhere"`) || len(asked) != before {
		t.Error("a report asks other registers")
	}
}
