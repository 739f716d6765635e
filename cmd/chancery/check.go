package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"chancery.example/cmd/chancery/internal/crop"
	"chancery.example/cmd/chancery/internal/picture"
	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/marked"
	"chancery.example/internal/papercode"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/proved"
	"chancery.example/internal/server"
	"chancery.example/internal/shapes"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/pages/sheet"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

type checking struct {
	dir, policy, as, lang string
	crops, html, picture  string
	cache                 string // of the reader of PDFs
	pictures              *ocr.Reader
	pdfs                  *extract.Reader
	shapes                *shapes.Reader // nil without a register
	json                  bool
	at                    moment
	fresh                 time.Duration
	drafts                list
	codes                 []string // draft-opening codes among them
	book, from            string
	offline               bool
	source                *server.Source // nil without a register
	held                  proved.Register
}

func checkCommand() command {
	return command{
		name: "check", args: "FILE...|- [--register DIR]", group: forReaders, short: "where do these words stand?",
		detail: `A FILE is the text of a letter, a sentence from it, a news report that quotes it (text or HTML), a photo, scan or
screenshot of any of them, any file that an office may have issued, or a proof: a .chancery-proof or .chancery-draft
is verified under the keys of --register (or --policy), and the answer says where it stands by the newest log there,
then where it stood at the proof's head. The exit code is that of the newer answer; 53 for another register's proof,
51 or 52 for one that does not hold, 42 for one whose head is not of this log, 50 for a proof of absence, 10 when
something has come on record since. Pictures are read with tesseract
(apt-get install tesseract-ocr tesseract-ocr-script-arab), in a process that reaches no network and no file. A QR code on
a picture says what the paper claims to be; no code answers for its words. A PDF that is no file on record is drawn and
read likewise, and answered by what its pages show: hidden words, words that are shown otherwise than programs read them,
and what was added to a file on record later are said beside the answer.
Without --register all registers of the address book are asked ("chancery help register"), each under its own policy, from
mirrors that are brought up to date first, unless --offline. Each answers under its own name; what others say of the words
stands beside, and is never merged. With an empty book a report still gets its reading sheet.

Exit codes: 0 only for the same words as a letter in force. 10 superseded, 11 withdrawn, 12 expired, 13 embargoed,
14 part of a letter in force or words of a statement, 20 draft, 30 altered or languages differ, 40 disavowed,
41 look-alike, 42 conflict, 50 not on record, 51 could not read, 52 could not check, 53 no register,
60 a report (a reading sheet, no verdict), 2 error. With several files the last one counts.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var k checking
			fs.StringVar(&k.dir, "register", "", "`DIR` is the folder of a register, or of a mirror of one")
			fs.StringVar(&k.policy, "policy", "", "`FILE` of whom to trust (C2SP tlog-policy); the folder's own keys without it")
			freshFlag(fs, &k.fresh)
			fs.StringVar(&k.as, "as", "", "read the file as `KIND`: text, quotation, report or file; decided by what it is without")
			fs.StringVar(&k.lang, "lang", "en", "`LANG` of the answer: en or ar")
			fs.BoolVar(&k.json, "json", false, "print the answer as JSON")
			fs.StringVar(&k.html, "html", "", "also write the answer to `FILE`, with both texts side by side, as one HTML page without scripts")
			fs.StringVar(&k.picture, "picture", "", "mark the differences on the pages of a picture or PDF, beside the registered page, in `FILE`.png; or in FILE.html, within the answer's page")
			fs.Var(&k.drafts, "draft", "`FILE`.chancery-draft that came with a copy, or a picture of its draft-opening code: its words answer as the draft they are; can be repeated")
			fs.StringVar(&k.crops, "crops", "", "cut the places that differ out of a picture, into PNG files in `DIR`")
			bookFlag(fs, &k.book)
			fs.StringVar(&k.from, "from", "", "`OFFICE` from which the paper says it is (short name, URI or domain), for the address book")
			fs.BoolVar(&k.offline, "offline", false, "ask the mirrors of the address book as they are, and nobody else")
			fs.StringVar(&k.cache, "pdf-cache", "", "`DIR` in which the compiled reader of PDFs is kept, to be writable by this user alone; the user's cache folder without")
			fs.Var(&k.at, "at", "as the register stood at a `TIME`")
			return func(ctx context.Context, c *call) error { return k.run(ctx, c) }
		},
	}
}

// pdfs is what reads PDFs; its compiled form is kept in a folder, one of the user's own
// when none is named.
func (c *call) pdfs(cache string) *extract.Reader {
	return extract.New(c.readingPDFs(cache))
}

// manyPDFs is pdfs for a command that reads many, which closes it.
func (c *call) manyPDFs() *extract.Reader {
	o := c.readingPDFs("")
	o.Ahead = true
	return extract.New(o)
}

func (c *call) readingPDFs(cache string) extract.Options {
	return extract.Options{
		Cache: cache, Time: pictureTime, Pictures: ocr.New(ocr.Options{Time: pictureTime}).Read,
		Note: func(what string) { c.note("note: %s", safe(what)) },
	}
}

// looksLikePDF reports whether a name is that of a file that begins as a PDF does.
func looksLikePDF(name string) bool { return bytes.Contains(beginningOf(name), []byte("%PDF-")) }

// looksLikePicture reports whether a name is that of a file that begins as a picture does.
func looksLikePicture(name string) bool { return photo.FormatOf(beginningOf(name)) != "" }

// beginningOf returns the first bytes of a file; nothing of what is none.
func beginningOf(name string) []byte {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() { // what is no file can be read once
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	begin, err := io.ReadAll(io.LimitReader(f, 1024))
	if err != nil {
		return nil
	}
	return begin
}

// shapes is what compares photos with the pages of issued letters.
func (c *call) shapes(pdfs *extract.Reader, pictures *ocr.Reader, cache string) *shapes.Reader {
	return shapes.New(shapes.Options{PDFs: pdfs, Pictures: pictures, Cache: cache, Note: func(what string) { c.note("note: %s", safe(what)) }})
}

// learnTime is how long a check waits for pages that are not known yet.
const learnTime = 8 * time.Second

// learn makes the pages of a register's letters known, as many as there is time for:
// photos of the others are read.
func (c *call) learn(ctx context.Context, r *shapes.Reader, snap *check.Snapshot, f folder.Folder) error {
	within, cancel := context.WithTimeout(ctx, learnTime)
	defer cancel()
	err := r.Learn(within, snap, f)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		c.note("note: not all issued PDFs of this register are known by their shape yet; a photo of one that is not is read. The next check goes on with them")
		return nil
	}
	return err //nolint:wrapcheck // that of ctx
}

// pictureTime is how long one picture may take: on a machine that is busy with
// other things it is its reader's own processor time that is limited.
const pictureTime = 30 * time.Second

func (k *checking) run(ctx context.Context, c *call) error {
	if len(c.args) == 0 {
		return usage("want a file, or - for standard input")
	}
	if err := exhibitKind(k.as); err != nil {
		return err
	}
	if err := answerLang(k.lang); err != nil {
		return err
	}
	if k.html != "" && len(c.args) > 1 {
		return usage("--html: want one file")
	}
	if k.picture != "" && (len(c.args) > 1 || !picture.Known(k.picture)) {
		return usage("--picture: want one file to check, and a name that ends in .png or .html")
	}
	defer k.ready(c)()
	if k.dir == "" {
		if done, err := k.byBook(ctx, c); done || err != nil {
			return err
		}
	}
	snap, at, err := k.snapshot(ctx, c)
	if err != nil {
		return err
	}
	if k.held, err = k.register(ctx, c, snap); err != nil {
		return err
	}
	if k.source != nil {
		k.shapes = c.shapes(k.pdfs, k.pictures, shapes.CacheIn(k.cache))
	}
	if err := k.hold(ctx, c, snap); err != nil {
		return err
	}
	code := 0
	for i, name := range c.args {
		if len(c.args) > 1 && !k.json {
			c.say("%s== %s", strings.Repeat("\n", min(i, 1)), safe(filepath.Base(name)))
		}
		if code, err = k.one(ctx, c, snap, name, check.ExhibitKind(k.as), at); err != nil {
			return err
		}
	}
	if code != 0 {
		return exit(code)
	}
	return nil
}

// ready is what reads PDFs and pictures, with a child started for what the files look
// like, and returns what closes it.
func (k *checking) ready(c *call) func() {
	k.pdfs, k.pictures = c.pdfs(k.cache), ocr.New(ocr.Options{Time: pictureTime})
	if slices.ContainsFunc(c.args, looksLikePDF) {
		k.pdfs.Expect()
	}
	if slices.ContainsFunc(c.args, looksLikePicture) {
		k.pictures.Expect()
	}
	return func() { _ = errors.Join(k.pdfs.Close(), k.pictures.Close()) }
}

// hold makes the drafts searchable whose proofs the reader holds, and keeps the
// draft-opening codes that papers show.
func (k *checking) hold(ctx context.Context, c *call, snap *check.Snapshot) error {
	for _, name := range k.drafts {
		raw, err := c.readFile(name, check.MaxFile)
		if err != nil {
			return err
		}
		if code, ok := k.opening(ctx, raw); ok {
			k.codes = append(k.codes, code)
			continue
		}
		if len(raw) > maxProof {
			return fmt.Errorf("%s has %d bytes: neither the proof of a draft nor a picture with a draft-opening code", name, len(raw))
		}
		b, err := proof.Parse(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		e, err := register.Parse(b.Entry)
		if err != nil || b.Draft == nil {
			return fmt.Errorf("%s is not the proof of a draft: it came with a copy, as NAME%s", name, proof.DraftExtension)
		}
		if err := snap.Hold(e.Claims.Issuer, *b.Draft, b.Texts); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// opening returns the draft-opening code that a file is, or shows as a picture.
func (k *checking) opening(ctx context.Context, raw []byte) (string, bool) {
	if s := strings.TrimSpace(string(raw)); papercode.IsOpening(s) {
		return s, true
	}
	if photo.FormatOf(raw) == "" {
		return "", false
	}
	r, _ := k.pictures.Read(ctx, raw) // codes are there also where no words could be read
	for _, c := range r.Codes {
		if papercode.IsOpening(c.Text) {
			return c.Text, true
		}
	}
	return "", false
}

// one checks one file and returns its exit code.
func (k checking) one(ctx context.Context, c *call, snap *check.Snapshot, name string, as check.ExhibitKind, at time.Time) (int, error) {
	raw, err := c.readUpTo(name, check.MaxFile+1) // one byte more tells that it is too large
	if err != nil {
		return 0, err
	}
	shown := name
	if name == "-" {
		shown = ""
	}
	if k.isProof(snap, shown, as, raw) {
		return k.proofFile(c, raw, at)
	}
	for _, code := range k.codes {
		if _, err := snap.HoldCode(code, raw); err != nil {
			return 0, err //nolint:wrapcheck // it says what it is about
		}
	}
	e := check.Exhibit{Name: shown, Data: raw, As: as, Pictures: k.pictures.Read, PDFs: k.pdfs}
	if k.shapes != nil && photo.FormatOf(raw) != "" {
		if err := c.learn(ctx, k.shapes, snap, k.source.Folder()); err != nil {
			return 0, err
		}
		e.Pictures = k.shapes.Read
	}
	f, err := snap.Examine(ctx, e, at)
	unread := snap.Unread(err, at)
	switch {
	case unread != nil && k.json:
		c.note("chancery check: %s", safe(err.Error()))
		return unread.Exit(), c.printJSON(*unread)
	case unread != nil:
		c.answer(k.lang).Unread(*unread, err)
		return unread.Exit(), nil
	case err != nil:
		return 0, fmt.Errorf("checking %s: %w", name, err)
	case k.json:
		err = c.printJSON(f)
	default:
		c.answer(k.lang).Finding(f)
	}
	if err == nil && k.html != "" {
		err = k.writeFile(c, snap, f)
	}
	if err == nil && k.picture != "" {
		err = k.writePicture(ctx, c, snap, f, raw)
	}
	if err == nil && k.crops != "" {
		err = crop.Write(ctx, k.pictures, k.crops, name, raw, f, func(format string, args ...any) {
			c.note("chancery check: %s", safe(fmt.Sprintf(format, args...)))
		})
	}
	return f.Exit(), err
}

// writeFile writes an answer as a page: the reading sheet of a report, or both
// texts side by side.
func (k checking) writeFile(c *call, snap *check.Snapshot, f check.Finding) error {
	write, what := result.WriteFile, "the answer"
	if f.ExhibitKind == check.KindReport {
		write, what = sheet.WriteFile, "the reading sheet"
	}
	var b bytes.Buffer
	if err := write(&b, letter.Lang(k.lang), snap, f); err != nil {
		return err
	}
	if err := os.WriteFile(k.html, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("writing %s to %s: %w", what, k.html, err)
	}
	c.note("%s is in %s", what, safe(k.html))
	return nil
}

// writePicture writes an answer on pictures.
func (k checking) writePicture(ctx context.Context, c *call, snap *check.Snapshot, f check.Finding, raw []byte) error {
	m := marked.Marker{Pictures: k.pictures, PDFs: k.pdfs}
	if k.dir != "" {
		m.Forms = folder.Folder{Dir: k.dir}.Form
	}
	if k.shapes != nil {
		m.Known = k.shapes
	}
	o := picture.Order{File: k.picture, Lang: letter.Lang(k.lang), Say: func(format string, args ...any) {
		c.note("chancery check: %s", safe(fmt.Sprintf(format, args...)))
	}}
	return o.Write(ctx, m, snap, f, raw) //nolint:wrapcheck // it says what was tried
}

func exhibitKind(s string) error {
	kinds := []check.ExhibitKind{"", check.KindText, check.KindQuotation, check.KindReport, check.KindFile}
	if !slices.Contains(kinds, check.ExhibitKind(s)) {
		return usage("--as %q: want text, quotation, report or file", s)
	}
	return nil
}

func answerLang(s string) error {
	if s != "en" && s != "ar" {
		return usage("--lang %q: want en or ar", s)
	}
	return nil
}

// snapshot reads the register, if one is given, as of the time asked for.
func (k *checking) snapshot(ctx context.Context, c *call) (*check.Snapshot, time.Time, error) {
	at := k.at.Time
	if k.dir == "" {
		if at.IsZero() {
			at = time.Now()
		}
		s, err := check.NewSnapshot(nil, nil, nil)
		if err != nil {
			return nil, at, fmt.Errorf("starting: %w", err)
		}
		return s, at, nil
	}
	src, err := c.fresh(ctx, k.dir, k.policy, k.fresh)
	if err != nil {
		return nil, at, err
	}
	k.source = src
	if at.IsZero() {
		s, err := src.Snapshot(ctx)
		return s, src.Now(), err
	}
	s, err := src.AsOf(ctx, at)
	return s, at, err
}

// source reads a register's folder, showing how far it is on a terminal.
func (c *call) source(ctx context.Context, dir, policy string) (*server.Source, error) {
	return c.fresh(ctx, dir, policy, server.FreshFor)
}

// fresh is source with a bound on the age of the newest proof.
func (c *call) fresh(ctx context.Context, dir, policy string, bound time.Duration) (*server.Source, error) {
	if bound < 0 {
		return nil, usage("--fresh %s: want a time such as 24h, or 0", bound)
	}
	p, err := c.policy(policy)
	if err != nil {
		return nil, err
	}
	progress, done := c.progress("reading entry")
	defer done()
	src, err := server.ReadFresh(ctx, dir, p, bound, progress)
	if err != nil {
		return nil, err
	}
	if note := src.IndexNote(); note != "" {
		c.note("note: %s", safe(note))
	}
	return src, nil
}

// policy reads a trust policy; no name gives the zero Policy.
func (c *call) policy(name string) (proof.Policy, error) {
	if name == "" {
		return proof.Policy{}, nil
	}
	raw, err := c.readFile(name, 64<<10)
	if err != nil {
		return proof.Policy{}, err
	}
	p, err := proof.ParsePolicy(raw)
	if err != nil {
		return p, fmt.Errorf("%s: %w", name, err)
	}
	if len(p.Logs()) == 0 {
		return p, errors.New(name + ": it trusts no log; add a line \"log VKEY\"")
	}
	return p, nil
}
