// Package pictured makes of an answer on pictures what a page shows of it: the
// pictures themselves, inside the page, with words that say what is marked on them.
package pictured

import (
	"encoding/base64"
	"html/template"
	"strconv"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/drawn"
	"chancery.example/internal/marked"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
)

// New makes the drawing of an answer.
func New(p *i18n.Printer, f check.Finding, a marked.Answer) (*shared.Drawing, error) {
	d := &shared.Drawing{Of: string(a.Of), AbsentCopy: list(p, a.Copy.Absent)}
	if a.Of != marked.OfNone {
		d.AbsentRecord = list(p, a.Record.Absent)
	}
	var err error
	if d.Copy, err = pages(p, f, a.Copy, false); err != nil {
		return nil, err
	}
	if d.Record, err = pages(p, f, a.Record, true); err != nil {
		return nil, err
	}
	for _, k := range a.Kinds() {
		d.Legend = append(d.Legend, shared.Sign(k))
	}
	return d, nil
}

// pages encodes the pages of a side: of a camera's picture as JPEG, else as PNG.
func pages(p *i18n.Printer, f check.Finding, s marked.Side, ofRecord bool) ([]shared.DrawnPage, error) {
	var out []shared.DrawnPage
	seen := map[int]bool{}
	first := func(n int) bool {
		before := seen[n]
		seen[n] = true
		return !before
	}
	for _, page := range s.Pages {
		media, encode := "image/png", drawn.PNG
		if s.Photo {
			media, encode = "image/jpeg", drawn.JPEG
		}
		raw, err := encode(page.Picture)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what was tried
		}
		number := page.Number
		if s.Photo {
			number = 0
		}
		x := shared.NewDrawnPage(p, f, ofRecord, number, page.Picture.Rect.Size(), page.Marks, first)
		x.Source = template.URL("data:" + media + ";base64," + base64.StdEncoding.EncodeToString(raw)) //nolint:gosec // a picture that was made here
		out = append(out, x)
	}
	return out, nil
}

// mostListed is how many numbers stand in a list.
const mostListed = 30

// list writes numbers beside each other.
func list(p *i18n.Printer, numbers []int) string {
	var out []string
	for i, n := range numbers {
		if i == mostListed {
			out = append(out, "…")
			break
		}
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, p.T("result.comma")+" ")
}
