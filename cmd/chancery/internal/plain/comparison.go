package plain

import (
	"fmt"

	"chancery.example/internal/check"
)

// Comparison writes two exhibits side by side.
func (w Writer) Comparison(c check.Comparison) {
	w.words(c.Summary.In(w.Lang), "")
	first, second := w.label("first"), w.label("second")
	if !c.Reports {
		w.say("%s: %s %.0f %%, %s %.0f %%", w.label("agree"), first, 100*c.CoverageA, second, 100*c.CoverageB)
	}
	if len(c.Differences) > 0 {
		w.say("\n%s:", w.label("diff"))
		w.differences(c.Differences, first, second, "  ")
	}
	for i, q := range c.Quotations {
		number := fmt.Sprintf("%2d", i+1)
		w.say("")
		switch {
		case q.A == q.B && q.SpeakerA == q.SpeakerB:
			w.spoken(number, w.label("both"), q.A, q.SpeakerA)
		case q.A == "":
			w.spoken(number, second, q.B, q.SpeakerB)
		case q.B == "":
			w.spoken(number, first, q.A, q.SpeakerA)
		default:
			w.spoken(number, first, q.A, q.SpeakerA)
			w.spoken("  ", second, q.B, q.SpeakerB)
		}
		w.differences(q.Differences, first, second, "    ")
	}
}

func (w Writer) spoken(number, where, words, speaker string) {
	w.say("%s  %s", number, hang("\u201c"+words+"\u201d"))
	w.say("    %s, %s: %s", where, w.label("speaker"), w.speaker(speaker))
}
