package desk

import (
	"strings"

	"chancery.example/internal/staff"
)

func (d *Desk) recallRoutes() []route {
	return []route{{pattern: "POST /desk/recall/{ref...}", act: string(staff.RecallApproval), serve: (*call).recall}}
}

// recall takes a letter back from its approvers: what they signed so far counts no
// more.
func (c *call) recall() answer {
	d, err := c.dossier(whole)
	if err == nil {
		err = c.d.house.Recall(c.ctx(), c.who.Office, c.who.ID, d.Reference, strings.TrimSpace(c.FormValue("reason")))
	}
	if err != nil {
		return c.failed(err)
	}
	return c.done(deskPath("letter", d.Reference), "recalled")
}

// recalls reports whether the reader may take a letter back now.
func (c *call) recalls(d dossier) bool {
	return (d.Stage == "approval" || d.Stage == "approved") && c.may(string(staff.RecallApproval))
}
