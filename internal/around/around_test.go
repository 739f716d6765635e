package around

import (
	"strings"
	"testing"
	"time"

	"chancery.example/letter"
)

// TestDay: dates in words, in the languages of the letter.
func TestDay(t *testing.T) {
	at := time.Date(2020, 1, 6, 12, 0, 0, 0, time.UTC)
	var got []string
	for _, w := range Day(at, []letter.LangText{{Lang: "en"}, {Lang: "ar-IQ"}, {Lang: "fr"}}) {
		got = append(got, w.Text)
	}
	if s := strings.Join(got, ", "); s != "6 January 2020, 6 كانون الثاني/يناير 2020, 2020-01-06" {
		t.Error(s)
	}
}
