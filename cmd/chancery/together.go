package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"chancery.example/cmd/chancery/internal/together"
	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/proved"
	"chancery.example/internal/shapes"
)

// byBook asks all registers of the address book; done is false when it is empty.
func (k checking) byBook(ctx context.Context, c *call) (done bool, err error) {
	b, err := openBook(k.book)
	if k.book == "" && kind.Of(err) == kind.NotFound {
		return false, nil // no folder for settings here, so no book
	}
	if err != nil || len(b.Entries) == 0 {
		return err != nil, err
	}
	if k.policy != "" || k.html != "" || k.picture != "" || k.crops != "" || len(k.drafts) > 0 {
		return true, usage("--policy, --html, --picture, --crops and --draft are about one register: give --register DIR")
	}
	pictures, pdfs := k.pictures, k.pdfs
	progress, ended := c.progress("reading entry")
	q := together.Question{
		Offline: k.offline, Fresh: k.fresh, At: k.at.Time, From: k.from, As: check.ExhibitKind(k.as),
		Pictures: pictures.Read, PDFs: pdfs, Progress: progress,
		Shapes: func(ctx context.Context, snap *check.Snapshot, f folder.Folder) (check.PictureReader, error) {
			r := c.shapes(pdfs, pictures, shapes.CacheIn(k.cache))
			return r.Read, c.learn(ctx, r, snap, f)
		},
	}
	all := together.Open(ctx, b, q)
	ended()
	code := 0
	for i, name := range c.args {
		raw, err := c.readUpTo(name, check.MaxFile+1)
		if err != nil {
			return true, err
		}
		if len(c.args) > 1 && !k.json {
			c.say("%s== %s", strings.Repeat("\n", min(i, 1)), safe(filepath.Base(name)))
		}
		if q.As != check.KindFile && proved.Is(name, raw) {
			if code, err = k.proofByBook(ctx, c, all, raw); err != nil {
				return true, fmt.Errorf("checking %s: %w", filepath.Base(name), err)
			}
			continue
		}
		got := q.Ask(ctx, all, strings.TrimPrefix(name, "-"), raw)
		code = got.Exit
		if !k.json {
			got.Write(c.answer(k.lang))
		} else if err := c.printJSON(got); err != nil {
			return true, err
		}
	}
	if code != 0 {
		return true, exit(code)
	}
	return true, nil
}

// proofByBook holds a proof file up to the registers of the book, and returns the
// exit code of the one whose log it is of.
func (k checking) proofByBook(ctx context.Context, c *call, all []together.Register, raw []byte) (int, error) {
	a, err := together.Proof(ctx, all, raw, k.at.Time)
	if err != nil {
		return 0, err
	}
	if k.json {
		return a.Exit(), c.printJSON(a)
	}
	a.Write(c.answer(k.lang))
	return a.Exit(), nil
}
