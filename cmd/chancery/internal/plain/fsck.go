package plain

import (
	"fmt"
	"time"

	"chancery.example/internal/watch"
)

// Fsck writes what a look through a whole register found.
func (w Writer) Fsck(r watch.Report) {
	for _, f := range r.Findings {
		w.words(f.String(), "")
	}
	w.say("%d entries hold: %s, %s, %s, commitments: %d", r.Entries, counted(r.Letters, "letter", "letters"), counted(r.Statements, "statement", "statements"),
		counted(r.Disavowals, "disavowal", "disavowals"), r.Commitments)
	w.say("%s in the folder and as the log has them, %d not there", counted(r.Texts, "public text", "public texts"), r.Missing)
	if r.Forms+r.NoForms > 0 {
		w.say("%s in the folder and as the log has them, %d not there", counted(r.Forms, "issued PDF", "issued PDFs"), r.NoForms)
	}
	if r.IndexHeads > 0 {
		w.say("%s, each with the root of the look-up map that was made anew", counted(r.IndexHeads, "index head", "index heads"))
	}
	if r.Office {
		w.say("the office's database: %s compared, %d still on their way into the log", counted(r.Intents, "act", "acts"), r.Pending)
	} else {
		w.say("the office's database: not here, these are the public files alone")
	}
	if !r.Checkpoint.Time.IsZero() {
		w.say("head over %d entries, signed %s", r.Checkpoint.Size, r.Checkpoint.Time.Format(time.RFC3339))
	}
	if n := r.Count(watch.Damage); n > 0 {
		w.say("DAMAGED: %s above", counted(n, "finding", "findings"))
		return
	}
	w.say("sound")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
