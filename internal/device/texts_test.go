package device_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/check"
	"chancery.example/internal/device"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/testkit"
)

// TestDeviceOnAttackedTexts: on every text of the corpus of attacks - look-alike
// letters, hidden characters, changed numbers, reports that misquote - a reader's
// device finds what the server finds.
func TestDeviceOnAttackedTexts(t *testing.T) {
	var l struct{ Letter []string }
	if err := json.Unmarshal(testkit.Read(t, "attack-generated/letter.json"), &l); err != nil {
		t.Fatal(err)
	}
	house := officetest.New(t)
	house.IssueLetter(t, "harbour", officetest.Content(t, "HC-2026-0001", strings.Join(l.Letter, "\n")+"\n"), office.Terms{})
	r, srv := open(t, &host{dir: house.Dir}, device.Options{}), pages(t, house.Dir)
	n, verdicts := 0, map[string]int{}
	for line := range strings.Lines(string(testkit.Read(t, "attack-generated/texts.jsonl"))) {
		var c struct{ ID, Input, Kind, Attack string }
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		a := asked{data: []byte(c.Input)}
		if c.Kind == "report" {
			a.as = check.KindReport
		}
		got, want := answer(t, r, "en", a), post(t, srv, "en", "application/json", a)
		if got.Status != want.Code || !sameJSON(got.JSON, want.Body.String()) {
			t.Errorf("%s (%s): status %d, want %d:\n%s", c.ID, c.Attack, got.Status, want.Code, cmp.Diff(want.Body.String(), got.JSON))
		}
		var f struct {
			Headline *check.Headline
		}
		if got.Status == http.StatusOK && json.Unmarshal([]byte(got.JSON), &f) == nil && f.Headline != nil {
			verdicts[f.Headline.Code]++
		}
		n++
	}
	if n != 160 || len(verdicts) < 3 {
		t.Errorf("%d texts, of the verdicts %v: is the corpus here?", n, verdicts)
	}
	t.Logf("%d texts, the same findings on the device and the server: %v", n, verdicts)
}
