package plain

import (
	"fmt"

	"chancery.example/internal/check"
)

// Voice writes a statement of a register about the words, under the register's
// name and its office's domain.
func (w Writer) Voice(register, domain string, s check.StatementView) {
	name, _ := s.OfficeName.In(w.Lang)
	words, _ := s.Text.In(w.Lang)
	line := fmt.Sprintf("%s (%s, %s) %s %s: %s", name, domain, register, w.label("said"), s.At.Format("2 January 2006 15:04 UTC"), words)
	if s.SeenAt != nil {
		line += fmt.Sprintf(" [%s, %s %s]", w.label(string(s.Type)), w.label("seen"), s.SeenAt.Format("2 January 2006 15:04 UTC"))
	} else {
		line += fmt.Sprintf(" [%s]", w.label(string(s.Type)))
	}
	if s.Source != "" {
		line += " " + w.label("source") + ": " + s.Source
	}
	if s.Retracted {
		line += w.label("comma") + w.label("retracted")
	}
	w.words(line, "")
}
