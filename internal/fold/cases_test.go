package fold

import (
	"encoding/json"
	"strings"
	"testing"

	"chancery.example/internal/testkit"
)

// TestTextCases (MUST-20): the prepared attacks on a text are named as what they
// are, and every one of the untouched text's words is found through them.
func TestTextCases(t *testing.T) {
	of := map[string]OddityKind{
		"invisible_characters": Invisible, "lookalike_letters": LookAlike, "bidi_control": BidiControl,
		"compatibility_forms": CompatibilityForm, "other_digits": OtherDigits, "unusual_marks": UnusualMarks,
	}
	plain := map[string]bool{} // streams of the sentences as they are
	flagged := 0
	for line := range strings.Lines(string(testkit.Read(t, "attack-generated/texts.jsonl"))) {
		var c struct {
			ID, Input, Kind, Attack string
			Flags                   []string
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		f := checkFold(t, c.Input)
		checkIdempotent(t, f)
		if c.Attack == "none" {
			plain[f.Stream] = true
		}
		for _, flag := range c.Flags {
			kind, ok := of[flag]
			if !ok {
				continue
			}
			flagged++
			named := false
			for _, o := range f.Odd {
				named = named || o.Kind == kind && o.Name() != ""
			}
			if !named || c.Kind == "sentence" && !plain[f.Stream] {
				t.Errorf("%s, %s: reported %+v, folded to %s", c.ID, c.Attack, f.Odd, f.Stream)
			}
		}
	}
	if flagged < 50 {
		t.Errorf("%d attacks by characters tried", flagged)
	}
}
