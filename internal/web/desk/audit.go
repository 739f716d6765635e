package desk

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/web/desk/pages/audit"
)

func (d *Desk) auditRoutes() []route {
	return []route{
		{pattern: "GET /desk/audit", act: "audit", serve: (*call).audit},
		{pattern: "POST /desk/audit/export", act: "audit", serve: (*call).exportAudit},
	}
}

// mostLines are the lines of the journals on one page; mostExport, in a file.
const (
	mostLines  = 100
	mostExport = 100_000
)

// auditQuery reads what is asked for.
func (c *call) auditQuery() (audit.Query, error) {
	q := audit.Query{Person: strings.TrimSpace(c.FormValue("person")), Letter: strings.TrimSpace(c.FormValue("letter"))}
	for name, at := range map[string]*time.Time{"from": &q.From, "to": &q.To} {
		s := c.FormValue(name)
		if s == "" {
			continue
		}
		day, err := time.Parse("2006-01-02", s)
		if err != nil {
			return q, kind.Invalid.Errorf("%q is not a day: write it as 2026-11-30", s)
		}
		*at = day
	}
	if !q.To.IsZero() {
		q.To = q.To.AddDate(0, 0, 1) // the whole last day
	}
	return q, nil
}

// audit shows what was done in the office, by whom: the journal of its letters and
// that of its people, together, the newest first.
func (c *call) audit() answer {
	q, err := c.auditQuery()
	if err != nil {
		return c.failed(err)
	}
	from, err := readPlace(c.FormValue("before"))
	if err != nil {
		return c.failed(err)
	}
	rows, older, err := c.journals(q, from, mostLines)
	if err != nil {
		return c.failed(err)
	}
	v := audit.View{Query: q, Rows: rows, Later: from != place{}}
	if older != (place{}) {
		v.Older = older.String()
	}
	return view(audit.Page, v, c.printer.T("desk.audit.title"), "/desk/audit", "audit")
}

// A place is where a page of both journals begins: below these numbers of their
// lines. The zero place is before the newest lines.
type place struct{ letters, people int64 }

func (p place) String() string { return fmt.Sprintf("%d.%d", p.letters, p.people) }

func readPlace(s string) (p place, err error) {
	if s == "" {
		return p, nil
	}
	if _, err := fmt.Sscanf(s, "%d.%d", &p.letters, &p.people); err != nil || p.letters < 1 || p.people < 1 || p.String() != s {
		return p, kind.Invalid.Errorf("%q is no place in the journal: begin with its newest lines", s)
	}
	return p, nil
}

// journals reads both journals from a place on, at most so many lines of what was
// asked for, and returns where the older ones begin; the zero place when there are
// none.
func (c *call) journals(q audit.Query, from place, most int) ([]audit.Row, place, error) {
	letters, err := paged(q, most, from.letters, func(below int64) (page []audit.Row, last int64, err error) {
		lines, err := c.d.house.OfficeJournal(c.ctx(), c.who.Office, below, journalPage)
		for _, l := range lines {
			page, last = append(page, audit.Row{ID: l.ID, At: l.At, Who: l.Actor, Act: l.Act, Letter: string(l.Reference), Text: l.Text}), l.ID
		}
		return page, last, err //nolint:wrapcheck // the act's own words
	})
	if err != nil {
		return nil, place{}, fmt.Errorf("reading the journal: %w", err)
	}
	var people []audit.Row
	if s := c.d.opts.Staff; s != nil {
		people, err = paged(q, most, from.people, func(below int64) (page []audit.Row, last int64, err error) {
			got, err := s.Journal(c.ctx(), c.who.Office, below, journalPage)
			for _, e := range got {
				page, last = append(page, audit.Row{ID: e.ID, At: e.At, Who: e.Actor, Act: string(e.Act), About: e.Person, Text: e.Text, Alarm: e.Alarm}), e.ID
			}
			return page, last, err //nolint:wrapcheck // the act's own words
		})
		if err != nil {
			return nil, place{}, fmt.Errorf("reading the journal of people: %w", err)
		}
	}
	rows, l, p := together(letters, people, most)
	if len(rows) == len(letters)+len(people) {
		return rows, place{}, nil
	}
	return rows, place{below(letters, l), below(people, p)}, nil
}

// together takes the newest lines of two journals, at most so many, and says how
// many it took of each.
func together(a, b []audit.Row, most int) (rows []audit.Row, i, j int) {
	for len(rows) < most && i+j < len(a)+len(b) {
		if j == len(b) || i < len(a) && !a[i].At.Before(b[j].At) {
			rows, i = append(rows, a[i]), i+1
		} else {
			rows, j = append(rows, b[j]), j+1
		}
	}
	return rows, i, j
}

// below is the number below which the lines of a journal are that were not taken.
func below(lines []audit.Row, taken int) int64 {
	switch {
	case taken > 0:
		return lines[taken-1].ID
	case len(lines) > 0:
		return lines[0].ID + 1
	}
	return 1 // nothing more of it
}

const journalPage = 1000

// paged reads a journal below a number (0: all), the newest lines first, until it
// has more than most of what is asked for, or the rest is older.
func paged(q audit.Query, most int, below int64, read func(below int64) (page []audit.Row, last int64, err error)) ([]audit.Row, error) {
	var rows []audit.Row
	for {
		page, last, err := read(below)
		if err != nil {
			return nil, err
		}
		below = last
		for _, r := range page {
			if q.Has(r) {
				rows = append(rows, r)
			}
		}
		if len(page) < journalPage || len(rows) > most || page[len(page)-1].At.Before(q.From) {
			return rows, nil
		}
	}
}

// exportAudit sends the lines as a file, and notes that it did.
func (c *call) exportAudit() answer {
	q, err := c.auditQuery()
	if err != nil {
		return c.failed(err)
	}
	rows, older, err := c.journals(q, place{}, mostExport)
	if err != nil {
		return c.failed(err)
	}
	if older != (place{}) {
		return c.failed(kind.Invalid.Errorf("that is more than %d lines: ask for fewer days at a time", mostExport))
	}
	write, file := csvOf, &download{"audit.csv", "text/csv; charset=utf-8", nil}
	if c.FormValue("form") == "json" {
		write, file = jsonOf, &download{"audit.jsonl", "application/jsonl", nil}
	}
	if file.data, err = write(rows); err != nil {
		return c.failed(err)
	}
	if err := c.d.house.Note(c.ctx(), c.who.Office, c.who.ID, "export audit", fmt.Sprintf("%d lines as %s", len(rows), file.name)); err != nil {
		return c.failed(err)
	}
	return answer{file: file}
}

// csvOf writes lines for a spreadsheet. A cell that a spreadsheet would take for a
// formula gets an apostrophe in front.
func csvOf(rows []audit.Row) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	lines := [][]string{{"time", "who", "act", "letter", "person", "note", "alarm"}}
	for _, r := range rows {
		lines = append(lines, []string{r.At.UTC().Format(time.RFC3339), r.Who, r.Act, r.Letter, r.About, r.Text, fmt.Sprint(r.Alarm)})
	}
	for _, l := range lines {
		for i, cell := range l {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				l[i] = "'" + cell
			}
		}
		if err := w.Write(l); err != nil {
			return nil, fmt.Errorf("writing the journal: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), nil
}

func jsonOf(rows []audit.Row) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, r := range rows {
		if err := enc.Encode(r); err != nil {
			return nil, fmt.Errorf("writing the journal: %w", err)
		}
	}
	return b.Bytes(), nil
}
