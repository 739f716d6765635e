package desk

import (
	"fmt"

	"chancery.example/internal/web/desk/pages/forme"
)

func (d *Desk) homeRoutes() []route {
	return []route{{pattern: "GET /desk/{$}", serve: (*call).forMe}}
}

// forMe shows what waits for the one who is signed in.
func (c *call) forMe() answer {
	waiting, err := c.d.house.Waiting(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(fmt.Errorf("finding what waits: %w", err))
	}
	v := forme.Build(waiting, c.who.ID)
	return view(forme.Page, v, c.printer.T("desk.forme.title"), "/desk/", "forme")
}
