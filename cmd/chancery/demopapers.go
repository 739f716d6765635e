package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"chancery.example/cmd/chancery/internal/exhibits"
	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/marked"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/server"
	"chancery.example/internal/story"
	"chancery.example/internal/web"
	"chancery.example/letter"
)

// papers makes what people of the story hold on paper, checks each as its holder
// would, and says what came of it.
func (d demo) papers(ctx context.Context, c *call, s *story.Scenario, p *story.Papers, dir string, src *server.Source, pdfs *extract.Reader) ([]exhibits.Checked, error) {
	held := s.Exhibits()
	if len(held) == 0 {
		return nil, nil
	}
	snap, err := src.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	pictures := ocr.New(ocr.Options{Time: pictureTime})
	at := exhibitsIn(dir)
	checked, err := exhibits.Desk{
		Dir: at, Read: pictures.Read, PDFs: pdfs,
		Marker: marked.Marker{Pictures: pictures, PDFs: pdfs, Forms: folder.Folder{Dir: dir}.Form},
	}.Lay(ctx, p, held, snap, src.Now())
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was tried
	}
	c.say("\nPapers that people hold, checked as anybody would check them (the photos are taken by a simulated camera):")
	for _, x := range checked {
		if !x.Offered {
			c.paper(x)
		}
	}
	return checked, nil
}

// exhibitsIn is the folder of the papers of a story whose register is in dir.
func exhibitsIn(dir string) string { return filepath.Join(dir, "exhibits") }

// paper says what came of one exhibit.
func (c *call) paper(x exhibits.Checked) {
	c.say("\n%s: %s", x.File, safe(x.Title["en"]))
	w := c.answer("en")
	w.Brief(x.Finding, "    ")
	if x.Unread != nil {
		c.say("    %s", safe(x.Unread.Error()))
		var re *check.ReadError
		if errors.As(x.Unread, &re) && re.Problem == check.ProblemNoReader {
			c.say("    To have photos read: apt-get install tesseract-ocr tesseract-ocr-script-arab")
		}
	}
	if len(x.Marked) == 0 {
		return
	}
	beside := map[marked.Origin]string{
		marked.OfForm: ", beside the PDF that was issued", marked.OfText: ", beside the words on record", marked.OfNone: "",
	}[x.Of]
	c.say("    Marked on the picture%s: %s", beside, strings.Join(x.Marked, " and "))
}

// where says where the papers are and what can be tried on them.
func (d demo) where(c *call, dir string, papers []exhibits.Checked) {
	if d.keep != "" {
		c.say("\nThe register is in %s. Try: chancery check FILE --register %s", d.keep, d.keep)
	}
	if len(papers) == 0 {
		return
	}
	if d.keep == "" && d.noServe {
		c.say("\nTo have these papers and the register: chancery demo --keep DIR")
		return
	}
	at := exhibitsIn(dir)
	c.say("\nThe papers are in %s. Try:", at)
	for _, x := range papers {
		more := ""
		if len(x.Marked) > 0 || x.Offered && len(x.Changed) > 0 {
			more = " --picture differences.png"
		}
		c.say("  chancery check %s --register %s%s", filepath.Join(at, x.File), dir, more)
	}
}

// tries are the papers as the demo's server offers them.
func tries(papers []exhibits.Checked) (out []web.Try) {
	for _, x := range papers {
		title := map[letter.Lang]string{}
		for lang, words := range x.Title {
			title[letter.Lang(lang)] = words
		}
		out = append(out, web.Try{Name: x.File, Title: title, Media: x.Media, Data: x.Data})
	}
	return out
}
