package check

import (
	"strings"
	"testing"
	"time"

	"chancery.example/register"
)

// TestARecordedLetterIsNotIssuedThatDay: of a letter that was recorded later, no
// sentence says that it was issued on the day of its entry.
func TestARecordedLetterIsNotIssuedThatDay(t *testing.T) {
	at := register.StampOf(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	here, later := issuedOn(register.Status{IssuedAt: at}), issuedOn(register.Status{IssuedAt: at, Written: "1998-04"})
	if !strings.HasPrefix(here.EN, "on ") || !strings.HasPrefix(here.AR, "في ") {
		t.Errorf("%+v", here)
	}
	if !strings.HasPrefix(later.EN, "before ") || !strings.Contains(later.EN, "recorded here") || !strings.HasPrefix(later.AR, "قبل ") {
		t.Errorf("%+v", later)
	}
}
