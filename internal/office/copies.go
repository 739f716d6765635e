package office

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"chancery.example/internal/around"
	"chancery.example/internal/form"
	"chancery.example/internal/papercode"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

// A NumberedCopy is one copy of a sealed revision for one holder. Every page
// says that it is a draft, which copy, for whom and what for, and that it is not
// issued.
type NumberedCopy struct {
	Mark    letter.CopyMark
	Office  string          // its domain, printed in words
	Names   []typeset.Words // of the office, for the letterhead
	Content letter.Content
	Code    string // address of the paper code
	Opening string // its draft-opening code; "" when it carries none
	Outside bool
}

// Name is a name for the copy's files, without extension.
func (c NumberedCopy) Name() string {
	return fmt.Sprintf("%s-revision-%d-copy-%d", fileName(c.Content.Reference), c.Mark.Revision, c.Mark.Copy)
}

// fileName is a reference as a file's name, without extension.
func fileName(ref letter.Ref) string { return strings.ReplaceAll(string(ref), "/", "_") }

// Lines and columns of a page of plain text.
const (
	pageLines   = 52
	pageColumns = 80
)

// Text returns the copy as plain text in one language. Pages break between
// paragraphs; each begins with the draft notice and ends with the code and its
// number, all of it running matter that comparison leaves out.
func (c NumberedCopy) Text(lang letter.Lang) (string, bool) {
	for _, t := range c.Content.Texts {
		if t.Lang == lang {
			return c.pages(lang, t.Text.Paragraphs()), true
		}
	}
	return "", false
}

func (c NumberedCopy) pages(lang letter.Lang, paragraphs []string) string {
	var pages [][]string
	lines := pageLines
	for _, p := range paragraphs {
		n := height(p)
		if lines+n > pageLines {
			pages, lines = append(pages, nil), 0
		}
		last := len(pages) - 1
		pages[last] = append(pages[last], p)
		lines += n
	}
	notice, labels := letter.DraftNotice(lang, c.Mark), around.LabelsOf(lang)
	var b strings.Builder
	for i, page := range pages {
		fmt.Fprintf(&b, "%s\n\n%s\n\n%s\n%s\n", notice, strings.Join(page, "\n\n"), labels.Code+c.Code, labels.Page(i+1, len(pages)))
		if i < len(pages)-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// height is how many lines a paragraph takes with the empty one after it.
func height(p string) int {
	n := 1
	for l := range strings.SplitSeq(p, "\n") {
		n += 1 + len([]rune(l))/pageColumns
	}
	return n
}

// PDF returns the copy set as pages, all languages one after the other. The notice
// stands on every page in each of them.
func (c NumberedCopy) PDF() ([]byte, error) {
	l := typeset.Letter{Content: c.Content, Office: c.Names, Domain: c.Office, Code: c.Code, Opening: c.Opening}
	for _, t := range c.Content.Texts {
		l.Notices = append(l.Notices, typeset.Words{Language: t.Lang, Text: letter.DraftNotice(t.Lang, c.Mark)})
	}
	set, err := typeset.Set(l)
	if err != nil {
		return nil, fmt.Errorf("setting copy %d of %s: %w", c.Mark.Copy, c.Content.Reference, err)
	}
	for _, t := range c.Content.Texts {
		if err := form.WordForWord(t, set.Pages); err != nil {
			return nil, fmt.Errorf("setting copy %d of %s: %w", c.Mark.Copy, c.Content.Reference, err)
		}
	}
	return set.PDF, nil
}

//go:embed copy.tmpl
var copySource string

var copyPage = template.Must(template.New("copy").Parse(copySource))

// HTML returns the copy as a page to print, all languages one after the other.
// The notice stands in the head of a table, which browsers repeat on every sheet.
func (c NumberedCopy) HTML() (string, error) {
	type section struct {
		Lang, Dir, Notice, CodeLine string
		OpeningLine                 string
		Paragraphs                  []string
	}
	var sections []section
	for _, t := range c.Content.Texts {
		dir := "ltr"
		if t.Lang.RTL() {
			dir = "rtl"
		}
		labels := around.LabelsOf(t.Lang)
		sections = append(sections, section{
			string(t.Lang), dir, letter.DraftNotice(t.Lang, c.Mark), labels.Code + c.Code, "", t.Text.Paragraphs(),
		})
	}
	if c.Opening != "" { // one is enough for all pages
		last := &sections[len(sections)-1]
		last.OpeningLine = around.LabelsOf(letter.Lang(last.Lang)).Opening
	}
	code, opening, err := c.symbols()
	if err != nil {
		return "", fmt.Errorf("writing copy %d of %s: %w", c.Mark.Copy, c.Content.Reference, err)
	}
	var b bytes.Buffer
	if err := copyPage.Execute(&b, map[string]any{
		"Reference": c.Content.Reference, "Sections": sections, "Copy": c.Mark, "Code": code, "Opening": opening,
	}); err != nil {
		return "", fmt.Errorf("writing copy %d of %s: %w", c.Mark.Copy, c.Content.Reference, err)
	}
	return b.String(), nil
}

// symbols draws the codes of the copy, each as an element of a page as large as it
// has to be printed (papercode.md MUST-7); what it carries none of is empty.
func (c NumberedCopy) symbols() (code, opening template.HTML, err error) {
	draw := func(text, label string) (template.HTML, error) {
		if text == "" {
			return "", nil
		}
		m, err := papercode.Matrix(text)
		if err != nil {
			return "", fmt.Errorf("drawing its code: %w", err)
		}
		return template.HTML(papercode.SVG(m, label)), nil //nolint:gosec // numbers of ours, and a label that is escaped
	}
	if code, err = draw(c.Code, c.Code); err != nil {
		return "", "", err
	}
	opening, err = draw(c.Opening, "draft-opening code")
	return code, opening, err
}
