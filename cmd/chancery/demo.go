package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"chancery.example/cmd/chancery/internal/exhibits"
	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/form"
	"chancery.example/internal/kit"
	"chancery.example/internal/marked"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/server"
	"chancery.example/internal/story"
	"chancery.example/proof"
	"chancery.example/register"
)

type demo struct {
	noServe, json        bool
	keep, scenario, addr string
}

func demoCommand() command {
	return command{
		name: "demo", args: "[--no-serve] [--keep DIR] [--scenario DIR] [--json]", group: forReaders,
		short: "play a leaked draft from first word to denial, check a news report, PDFs and photos, and serve the pages",
		detail: `Everything is real but the story: the log, the keys, the signatures, the proof, the PDFs. The clock is simulated, and
every page says so; so is the camera that takes photos of a leaked copy, of a letter that somebody altered and of one
that was replaced. Each paper is checked as its holder would check it, and what differs is marked on a picture of it. They
are in the folder exhibits of the register (--keep), and on the first page that is served.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d demo
			fs.BoolVar(&d.noServe, "no-serve", false, "end after the reading sheet and the proof")
			fs.StringVar(&d.keep, "keep", "", "keep the register in the new folder `DIR`, for check --register DIR")
			fs.StringVar(&d.scenario, "scenario", "", "play the story in `DIR` (docs/formats/scenario.md)")
			fs.StringVar(&d.addr, "addr", "127.0.0.1:8080", "`HOST:PORT` for the pages; any free port when that one is taken")
			fs.BoolVar(&d.json, "json", false, "print the findings as JSON and end")
			return func(ctx context.Context, c *call) error { return d.run(ctx, c) }
		},
	}
}

func (d demo) run(ctx context.Context, c *call) (err error) {
	if len(c.args) > 0 {
		return usage("demo takes flags only; to play another story give --scenario %s", c.args[0])
	}
	s, err := d.story()
	if err != nil {
		return err
	}
	dir, done, err := d.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	tell := func(e story.Event) {
		c.say("%s  %-14s %s", e.At.Format("2006-01-02 15:04"), e.Office, safe(e.Text))
	}
	if d.json {
		tell = nil
	} else {
		c.say("%s\n%s\n", safe(s.Title), wrap(safe(s.Note)))
	}
	pdfs := c.manyPDFs()
	defer func() { _ = pdfs.Close() }()
	pdfs.Expect()
	papers, err := s.Play(ctx, dir, form.New(pdfs), tell)
	if err != nil {
		return err
	}
	src, err := c.source(ctx, dir, "")
	if err != nil {
		return err
	}
	if err := d.check(ctx, c, s, src); err != nil || d.json {
		return err
	}
	if err := verifyOne(ctx, c, src); err != nil {
		return err
	}
	held, err := d.papers(ctx, c, s, papers, dir, src, pdfs)
	if err != nil {
		return err
	}
	d.where(c, dir, held)
	if d.noServe {
		return nil
	}
	return d.serve(ctx, c, dir, held, pdfs)
}

func (d demo) story() (*story.Scenario, error) {
	if d.scenario != "" {
		return story.Load(d.scenario)
	}
	return story.Embedded()
}

// folder returns where the register goes, and what clears it away.
func (d demo) folder() (string, func() error, error) {
	if d.keep != "" {
		return d.keep, func() error { return nil }, nil
	}
	tmp, err := os.MkdirTemp("", "chancery-demo-*")
	if err != nil {
		return "", nil, fmt.Errorf("making a temporary folder: %w", err)
	}
	return filepath.Join(tmp, "register"), func() error { return os.RemoveAll(tmp) }, nil
}

func (d demo) check(ctx context.Context, c *call, s *story.Scenario, src *server.Source) error {
	report, err := s.ReportText()
	if err != nil {
		return err
	}
	snap, err := src.Snapshot(ctx)
	if err != nil {
		return err
	}
	f, err := snap.Examine(ctx, check.Exhibit{Name: s.Report, Data: report, As: check.KindReport}, src.Now())
	if err != nil {
		return fmt.Errorf("checking the report: %w", err)
	}
	if d.json {
		return c.printJSON(map[string]any{"findings": f.Quotations})
	}
	c.say("\nA news report about it, checked:\n")
	c.answer("en").Finding(f)
	return nil
}

// verifyOne makes the proof of a letter and verifies it as a stranger would.
func verifyOne(ctx context.Context, c *call, src *server.Source) error {
	snap, err := src.Snapshot(ctx)
	if err != nil {
		return err
	}
	letters := snap.State().Letters()
	if len(letters) == 0 {
		return nil
	}
	best := letters[0]
	for _, l := range letters {
		if snap.State().LetterStatus(l, src.Now()).Standing == register.InForce {
			best = l
		}
	}
	var b bytes.Buffer
	if err := src.ProofOf(ctx, snap.State().IDOf(best), &b); err != nil {
		return err
	}
	v, err := verifyProof(b.Bytes(), src.Policy(), src.Now(), nil)
	if err != nil {
		return fmt.Errorf("verifying the proof of %s: %w", best.Reference, err)
	}
	c.say("\nA proof of %s, %d bytes, verified offline with nothing but the log's key:\n", best.Reference, b.Len())
	c.answer("en").Proof(v, nil, time.Now())
	return nil
}

// thisMachine reports whether an address is of this machine alone: passkeys work
// here without https.
func thisMachine(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func (d demo) serve(ctx context.Context, c *call, dir string, held []exhibits.Checked, pdfs *extract.Reader) error {
	pictures := ocr.New(ocr.Options{Time: pictureTime}) // nobody else waits here
	shown := c.shapes(pdfs, pictures, "")               // another story has other letters
	marker := marked.Marker{Pictures: pictures, PDFs: pdfs, Forms: folder.Folder{Dir: dir}.Form, Known: shown}
	cfg := server.Config{
		Dir: dir, Addr: d.addr, Policy: proof.Policy{}, Pictures: shown.Read, Shapes: shown, PDFs: pdfs, Marks: marker.Mark, Tries: tries(held), CheckTime: pictureTime, Forms: form.New(pdfs), Log: slog.New(slog.NewTextHandler(c.err, nil)),
		Reader: kit.Start(ctx, "", func(what string) { c.note("%s", what) }),
		Ready:  func(url string) { c.say("\nThe pages are at %s - end with Ctrl-C", url) },
		Desk:   thisMachine(d.addr), Opened: func(ctx context.Context, desk server.Desk) error { return letIn(ctx, c, dir, desk) },
	}
	err := server.Serve(ctx, cfg)
	if server.InUse(err) && d.addr == "127.0.0.1:8080" {
		cfg.Addr = "127.0.0.1:0"
		err = server.Serve(ctx, cfg)
	}
	return err
}
