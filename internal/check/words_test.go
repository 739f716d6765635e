package check

import (
	"strings"
	"testing"

	"chancery.example/register"
)

func TestCountedNouns(t *testing.T) {
	for n, want := range map[int]Words{
		0:   {"0 places", "0 موضعاً"},
		1:   {"1 place", "موضع واحد"},
		2:   {"2 places", "موضعين"},
		3:   {"3 places", "3 مواضع"},
		10:  {"10 places", "10 مواضع"},
		11:  {"11 places", "11 موضعاً"},
		99:  {"99 places", "99 موضعاً"},
		100: {"100 places", "100 موضع"},
		102: {"102 places", "102 موضع"},
		103: {"103 places", "103 مواضع"},
		111: {"111 places", "111 موضعاً"},
	} {
		if got := counted(n, place); got != want {
			t.Errorf("%d: %q; want %q", n, got, want)
		}
	}
}

// What overlaps must not look like one more part of the whole.
func TestSummaryAddsUp(t *testing.T) {
	for _, c := range []struct {
		counts Counts
		want   string
	}{
		{Counts{}, "No quotation."},
		{Counts{Unmarked: 1}, "No quotation. Besides, 1 passage is taken over without quotation marks."},
		{
			Counts{Quotations: 13, OnRecord: 10, OfDrafts: 3, Altered: 1, NoRegister: 1, NotFound: 1, TooShort: 1, OtherVoice: 1},
			"13 quotations: 10 on record, 3 of them of a draft, 1 with differences; 1 by somebody who keeps no register; 1 not on record; 1 too short. 1 of them is credited to somebody else.",
		},
		{
			Counts{Quotations: 1, OnRecord: 1, Unmarked: 2},
			"1 quotation: 1 on record. Besides, 2 passages are taken over without quotation marks.",
		},
	} {
		if got := summary(c.counts).EN; got != c.want {
			t.Errorf("%+v\n%s\nwant\n%s", c.counts, got, c.want)
		}
	}
}

// A reader who is sent to a successor learns when that one is void too.
func TestSuccessorThatIsVoid(t *testing.T) {
	w := newTown(t, "letters.village.example/test/1", epoch)
	w.enrol("port", register.Words{"en": "Port Office", "ar": "مكتب الميناء"}, nil, epoch)
	text := func(day string) map[string]string {
		return map[string]string{"en": "To all masters.\n\nThe eastern quay is closed to every vessel until " + day + " of next week.\n\nThe Port Office"}
	}
	ask := func() string {
		return examine(t, w.snapshot(w.end()), Exhibit{Data: []byte(text("Monday")["en"])}, w.end()).Details.EN
	}
	w.issue(w.seal("port", "PO-1", text("Monday"), w.end()), w.end(), nil)
	second := w.seal("port", "PO-2", text("Tuesday"), w.end())
	w.issue(second, w.end(), nil, "PO-1")
	if got, want := ask(), "replaced by PO-2, which is the one to use."; !strings.HasSuffix(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
	third := w.seal("port", "PO-3", text("Friday"), w.end())
	w.issue(third, w.end(), nil, "PO-2")
	if got, want := ask(), "replaced by PO-2, which was itself replaced by PO-3, which is the one to use."; !strings.HasSuffix(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
	w.withdraw(third, register.Words{"en": "A mistake."}, w.end())
	if got, want := ask(), "replaced by PO-2, which was itself replaced by PO-3, which was withdrawn."; !strings.HasSuffix(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}

func TestPercentIsHonestAtTheEnds(t *testing.T) {
	for x, want := range map[float64]int{0: 0, 0.0001: 1, 0.5: 50, 0.999: 99, 0.9999: 99, 1: 100} {
		if got := Percent(x); got != want {
			t.Errorf("%v: %d; want %d", x, got, want)
		}
	}
}
