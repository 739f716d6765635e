package together

import (
	"cmp"
	"fmt"
	"strings"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/book"
)

// Write writes the answers for people: the headline, then what others say of the
// words, then each register under its own name.
func (t Answers) Write(w plain.Writer) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w.To, format+"\n", args...) }
	if text := t.Headline.Text.In(w.Lang); text != "" {
		if t.From != "" {
			text += " (" + t.From + ")"
		}
		say("%s", plain.Safe(text))
		say("%s", strings.Repeat("=", len([]rune(text))))
	}
	for _, v := range t.Voices {
		w.Voice(v.Register, v.Domain, v.Statement)
	}
	for _, a := range t.Answers {
		say("\n-- %s: %s (%s)", a.Register, plain.Safe(cmp.Or(a.Origin, a.Address)), TrustWords(book.Entry{Trust: a.Trust, Since: a.Since}))
		if a.Refreshed != "" {
			say("! not brought up to date: %s", plain.Safe(a.Refreshed))
		}
		for _, e := range a.Evidence {
			say("! evidence that its log told two stories: %s", plain.Safe(e))
		}
		switch {
		case a.Error != "":
			say("! could not be asked: %s", plain.Safe(a.Error))
		case a.Finding != nil:
			w.Finding(*a.Finding)
		}
	}
}

// TrustWords says where the keys of a register come from.
func TrustWords(e book.Entry) string {
	if e.Trust == book.ByFirstUse {
		return "keys as it named them itself on " + e.Since.Format("2006-01-02")
	}
	return "keys of your own, since " + e.Since.Format("2006-01-02")
}
