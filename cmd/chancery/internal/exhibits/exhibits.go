// Package exhibits makes the papers that people of a story hold - PDFs, and photos
// that a simulated camera takes of them -, checks each as its holder would, and keeps
// them in a folder with the differences marked.
package exhibits

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"chancery.example/cmd/chancery/internal/picture"
	"chancery.example/internal/check"
	"chancery.example/internal/marked"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/story"
)

// A Desk is at what exhibits are made and looked at.
type Desk struct {
	Dir    string // a new folder for them
	Read   check.PictureReader
	PDFs   *extract.Reader
	Marker marked.Marker
}

// A Checked is an exhibit with its answer.
type Checked struct {
	story.Paper
	Finding check.Finding
	Unread  error    // why its words could not be read
	Marked  []string // files in which the differences are marked
	Of      marked.Origin
}

// Lay makes all exhibits, several at once, and checks each against the register at a
// time. They come in the order of the story.
func (d Desk) Lay(ctx context.Context, p *story.Papers, all []story.Exhibit, s *check.Snapshot, at time.Time) ([]Checked, error) {
	if err := os.MkdirAll(d.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder for the story's papers: %w", err)
	}
	out, errs := make([]Checked, len(all)), make([]error, len(all))
	slots := make(chan struct{}, max(1, runtime.NumCPU()))
	var running sync.WaitGroup
	for i, e := range all {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			out[i], errs[i] = d.one(ctx, p, e, s, at)
		})
	}
	running.Wait()
	return out, errors.Join(errs...)
}

func (d Desk) one(ctx context.Context, p *story.Papers, e story.Exhibit, s *check.Snapshot, at time.Time) (Checked, error) {
	paper, err := p.Make(ctx, d.PDFs, e)
	if err != nil {
		return Checked{}, err //nolint:wrapcheck // it says what it makes
	}
	out := Checked{Paper: paper}
	if err := d.write(paper.File, paper.Data); err != nil {
		return out, err
	}
	if e.Offered {
		return out, nil
	}
	out.Finding, err = s.Examine(ctx, check.Exhibit{Name: paper.File, Data: paper.Data, Pictures: d.Read, PDFs: d.PDFs}, at)
	if unread := s.Unread(err, at); unread != nil {
		out.Finding, out.Unread = *unread, err
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("checking %s: %w", paper.File, err)
	}
	return d.mark(ctx, out, s)
}

// mark draws what differs, as a picture and within the answer's page.
func (d Desk) mark(ctx context.Context, c Checked, s *check.Snapshot) (Checked, error) {
	if !marked.Drawable(c.Finding) {
		return c, nil
	}
	a, err := d.Marker.Mark(ctx, s, c.Finding, c.Data)
	if errors.Is(err, marked.ErrNothing) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("marking what differs in %s: %w", c.File, err)
	}
	c.Of = a.Of
	for _, ending := range []string{".png", ".html"} {
		name := c.Name + ".marked" + ending
		raw, err := picture.Order{File: name, Lang: "en"}.Encode(s, c.Finding, a)
		if err != nil {
			return c, err //nolint:wrapcheck // it says what was tried
		}
		if err := d.write(name, raw); err != nil {
			return c, err
		}
		c.Marked = append(c.Marked, name)
	}
	return c, nil
}

func (d Desk) write(name string, raw []byte) error {
	if err := os.WriteFile(filepath.Join(d.Dir, name), raw, 0o600); err != nil {
		return fmt.Errorf("keeping %s: %w", name, err)
	}
	return nil
}
