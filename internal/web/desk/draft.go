package desk

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/web/desk/pages/draft"
	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
)

func (d *Desk) draftRoutes() []route {
	return []route{
		{pattern: "GET /desk/new", act: "start_draft", serve: (*call).newLetter},
		{pattern: "POST /desk/new", act: "start_draft", serve: (*call).start},
		{pattern: "GET /desk/edit/{ref...}", act: "edit_text", serve: (*call).edit},
		{pattern: "POST /desk/edit/{ref...}", act: "edit_text", serve: (*call).revise},
		{pattern: "POST /desk/seal/{ref...}", act: "submit", serve: (*call).seal},
		{pattern: "GET /desk/submit/{ref...}", act: "submit", serve: (*call).submitForm},
		{pattern: "POST /desk/submit/{ref...}", act: "submit", serve: (*call).submit},
	}
}

var (
	letterTypes    = []letter.Type{letter.TypeLetter, letter.TypeMemorandum, letter.TypeNote, letter.TypeStatement, letter.TypeNotice}
	signatureKinds = []letter.SignatureKind{
		letter.SignatureTyped, letter.SignatureConformed, letter.SignatureImage, letter.SignatureInk, letter.SignatureDigital, letter.SignatureNone,
	}
)

// newLetter shows the empty form.
func (c *call) newLetter() answer {
	return c.showDraft(c.draftView(letter.Content{Type: letter.TypeLetter}, true), http.StatusOK)
}

func (c *call) showDraft(v draft.View, status int) answer {
	title, path := c.printer.T("desk.draft.new"), "/desk/new"
	if !v.New {
		title, path = c.printer.T("desk.draft.edit")+" "+v.Reference, deskPath("edit", letter.Ref(v.Reference))
	}
	a := view(draft.Page, v, title, path, "letters")
	a.status = status
	return a
}

// draftView is the form of a content. The languages of the pages are offered for
// every letter.
func (c *call) draftView(l letter.Content, fresh bool) draft.View {
	drafter := fresh || c.who.Holds("drafter")
	v := draft.View{
		New: fresh, Reference: string(l.Reference), Type: l.Type, Types: letterTypes, Prevailing: l.Prevailing, More: drafter,
		Addressees: strings.Join(l.Addressees, "\n"), Copied: strings.Join(l.Distribution, "\n"),
		Kind: l.Signature.Kind, Kinds: signatureKinds, Lines: strings.Join(l.Signature.Lines, "\n"), Seen: seenOf(l), TextsOnly: !drafter,
	}
	for _, e := range l.Enclosures {
		v.Enclosures = append(v.Enclosures, draft.Enclosure{Title: e.Title, Digest: e.Digest})
	}
	langs := i18n.Langs()
	words := map[letter.Lang]string{}
	for _, t := range l.Texts {
		words[t.Lang] = t.Text.String()
		if !slices.Contains(langs, t.Lang) {
			langs = append(langs, t.Lang)
		}
	}
	for _, lang := range langs {
		open := drafter || slices.Contains(c.who.Langs, lang)
		if open || words[lang] != "" {
			v.Texts = append(v.Texts, draft.Text{Lang: lang, Words: words[lang], Open: open})
		}
	}
	return v
}

// seenOf names a content by its digest under salts of zero, so that a form can tell
// whether somebody else changed the letter since it was shown. "" for what is in no
// letter.
func seenOf(c letter.Content) string {
	rev, err := letter.Seal(c, zeros{})
	if err != nil {
		return ""
	}
	return rev.Digest().String()[:32]
}

// zeros stands for randomness where nothing has to be hidden.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// readForm reads a form of any kind into memory; nothing of it touches the disk.
func (c *call) readForm() error {
	err := c.ParseMultipartForm(c.d.opts.BodyLimit)
	if errors.Is(err, http.ErrNotMultipart) {
		err = c.ParseForm()
	}
	var over *http.MaxBytesError
	if err != nil && !errors.As(err, &over) {
		return kind.Invalid.Errorf("the form could not be read: %w", err)
	}
	return err
}

// A draftForm reads a content from a form, and notes what is wrong with it.
type draftForm struct {
	c     *call
	v     *draft.View
	wrong []draft.Wrong
	from  []string // the fields for which files were chosen
}

func (f *draftForm) bad(field, key string, err error) {
	w := draft.Wrong{Field: field, Key: key}
	if err != nil {
		w.Why = f.c.told(err)
	}
	f.wrong = append(f.wrong, w)
}

// content reads everything but the reference and the type, which a letter keeps.
func (f *draftForm) content(l letter.Content) letter.Content {
	l.Texts = f.texts(l.Texts)
	if f.v.TextsOnly {
		return l
	}
	l.Prevailing = letter.Lang(f.c.FormValue("prevailing"))
	f.v.Prevailing = l.Prevailing
	if l.Prevailing != "" && !slices.ContainsFunc(l.Texts, func(t letter.LangText) bool { return t.Lang == l.Prevailing }) {
		f.bad("prevailing", "prevailing", nil)
	}
	f.v.Addressees, f.v.Copied = f.c.FormValue("addressees"), f.c.FormValue("distribution")
	l.Addressees, l.Distribution = formLines(f.v.Addressees), formLines(f.v.Copied)
	f.v.Kind, f.v.Lines = letter.SignatureKind(f.c.FormValue("signature-kind")), f.c.FormValue("signature")
	l.Signature = letter.SignatureBlock{Kind: f.v.Kind, Lines: formLines(f.v.Lines)}
	if l.Signature.Kind == "" && len(l.Signature.Lines) > 0 {
		l.Signature.Kind = letter.SignatureTyped
	}
	l.Enclosures = f.enclosures()
	return l
}

// texts reads the texts of the form; languages that it does not offer stay.
func (f *draftForm) texts(before []letter.LangText) []letter.LangText {
	var out []letter.LangText
	for i, t := range f.v.Texts {
		if !t.Open {
			continue
		}
		field := "text-" + string(t.Lang)
		f.v.Texts[i].Words = f.words(field, &f.v.Texts[i].File)
		out = f.text(out, field, t.Lang, f.v.Texts[i].Words)
	}
	if f.v.More {
		f.v.MoreLang, f.v.MoreText = f.c.FormValue("more-lang"), f.words("more-text", &f.v.MoreFile)
		if strings.TrimSpace(f.v.MoreText) != "" {
			lang, err := letter.ParseLang(strings.TrimSpace(f.v.MoreLang))
			if err != nil {
				f.bad("more-lang", "lang", err)
			} else {
				out = f.text(out, "more-text", lang, f.v.MoreText)
			}
		}
	}
	for _, t := range before {
		if !slices.ContainsFunc(f.v.Texts, func(x draft.Text) bool { return x.Lang == t.Lang && x.Open }) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b letter.LangText) int { return cmp.Compare(a.Lang, b.Lang) })
	if len(out) == 0 && len(f.wrong) == 0 {
		f.bad("text-"+string(f.v.Texts[0].Lang), "notext", nil)
	}
	return out
}

// text reads one text; an empty one is none.
func (f *draftForm) text(to []letter.LangText, field string, lang letter.Lang, words string) []letter.LangText {
	if strings.TrimSpace(words) == "" {
		return to
	}
	text, err := letter.Canonicalize([]byte(words))
	switch {
	case err != nil:
		f.bad(field, "text", err)
		return to
	case slices.ContainsFunc(to, func(t letter.LangText) bool { return t.Lang == lang }):
		f.bad(field, "twice", nil)
		return to
	}
	return append(to, letter.LangText{Lang: lang, Text: text})
}

// enclosures reads those that are kept and the digests of files that are added.
// The files themselves stay nowhere: a letter names them by their digest.
func (f *draftForm) enclosures() []letter.Enclosure {
	var out []letter.Enclosure
	f.v.Enclosures = nil
	for _, kept := range f.c.Form["enclosure"] {
		digest, title, ok := strings.Cut(kept, " ")
		h, err := letter.ParseHash(digest)
		if !ok || err != nil {
			f.bad("enclosures", "enclosure", err)
			continue
		}
		out = append(out, letter.Enclosure{Title: title, Digest: h})
	}
	if f.c.MultipartForm != nil {
		for _, file := range f.c.MultipartForm.File["enclosures"] {
			if e, ok := f.enclosure(file); ok {
				out = append(out, e)
			}
		}
	}
	for _, e := range out {
		f.v.Enclosures = append(f.v.Enclosures, draft.Enclosure{Title: e.Title, Digest: e.Digest})
	}
	return out
}

func (f *draftForm) enclosure(file *multipart.FileHeader) (letter.Enclosure, bool) {
	if file.Filename == "" {
		return letter.Enclosure{}, false
	}
	r, err := file.Open()
	if err != nil {
		f.bad("enclosures", "enclosure", err)
		return letter.Enclosure{}, false
	}
	defer func() { _ = r.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		f.bad("enclosures", "enclosure", err)
		return letter.Enclosure{}, false
	}
	return letter.Enclosure{Title: strings.TrimSpace(filepath.Base(file.Filename)), Digest: letter.Hash(h.Sum(nil))}, true
}

// formLines reads a list that is written one on a line.
func formLines(s string) []string {
	var out []string
	for l := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// start begins a letter.
func (c *call) start() answer {
	if err := c.readForm(); err != nil {
		return c.failed(err)
	}
	v := c.draftView(letter.Content{Type: letter.Type(c.FormValue("type"))}, true)
	f := &draftForm{c: c, v: &v}
	v.Reference = strings.TrimSpace(c.FormValue("reference"))
	ref, err := letter.ParseRef(v.Reference)
	if err != nil {
		f.bad("reference", "reference", err)
	}
	typ, err := letter.ParseType(string(v.Type))
	if err != nil {
		return c.failed(kind.Invalid.Wrap(err))
	}
	l := f.content(letter.Content{Reference: ref, Type: typ})
	if f.takes() {
		return f.confirm()
	}
	if len(f.wrong) == 0 {
		switch err := c.d.house.Start(c.ctx(), c.who.Office, c.who.ID, l); kind.Of(err) {
		case kind.Conflict:
			f.bad("reference", "taken", nil)
		case kind.Invalid:
			f.bad("addressees", "content", err)
		default:
			if err != nil {
				return c.failed(err)
			}
			return c.done(deskPath("letter", ref), "started")
		}
	}
	v.Wrong = f.wrong
	return c.showDraft(v, http.StatusUnprocessableEntity)
}

// edit shows a letter's words to be changed.
func (c *call) edit() answer {
	d, err := c.editable()
	if err != nil {
		return c.failed(err)
	}
	return c.showDraft(c.draftView(d.Draft, false), http.StatusOK)
}

// editable returns the letter that an address names, when its words can still be
// changed.
func (c *call) editable() (dossier, error) {
	d, err := c.dossier(whole)
	if err == nil && !d.unissued() {
		err = kind.Conflict.Errorf("%s is %s: its words stay as they are", d.Reference, d.Stage)
	}
	return d, err
}

// revise changes a letter's words.
func (c *call) revise() answer {
	d, err := c.editable()
	if err == nil {
		err = c.readForm()
	}
	if err != nil {
		return c.failed(err)
	}
	v := c.draftView(d.Draft, false)
	f := &draftForm{c: c, v: &v}
	l := f.content(d.Draft)
	if f.takes() {
		v.Seen = c.FormValue("seen") // as the person saw it: saving finds out
		return f.confirm()
	}
	if v.Why = strings.TrimSpace(c.FormValue("why")); v.Why == "" {
		f.bad("why", "why", nil)
	}
	seen := v.Seen
	if c.FormValue("seen") != seen {
		f.bad("why", "meanwhile", nil)
	}
	if len(f.wrong) == 0 {
		switch err := c.change(d, l, seen, v.Why); kind.Of(err) {
		case kind.Invalid:
			f.bad("addressees", "content", err)
		default:
			if err != nil {
				return c.failed(err)
			}
			return c.done(deskPath("letter", d.Reference), "revised")
		}
	}
	v.Wrong = f.wrong
	return c.showDraft(v, http.StatusUnprocessableEntity)
}

// change carries a change of words out: a drafter's as a whole, a translator's
// text by text.
func (c *call) change(d dossier, l letter.Content, seen, why string) error {
	if c.who.Holds("drafter") {
		return c.d.house.Revise(c.ctx(), c.who.Office, c.who.ID, d.Reference, why, func(now *letter.Content) error { //nolint:wrapcheck // the act's own words
			if seenOf(*now) != seen {
				return kind.Conflict.Errorf("somebody else changed it meanwhile; look at it and change it again")
			}
			*now = l
			return nil
		})
	}
	for _, t := range l.Texts {
		if slices.Contains(d.Draft.Texts, t) || !slices.Contains(c.who.Langs, t.Lang) {
			continue
		}
		if err := c.d.house.ReviseText(c.ctx(), c.who.Office, c.by(), d.Reference, t.Lang, t.Text, why); err != nil {
			return err //nolint:wrapcheck // the act's own words
		}
	}
	return nil
}

// seal freezes the draft as it is.
func (c *call) seal() answer {
	d, err := c.dossier(whole)
	if err != nil {
		return c.failed(err)
	}
	if _, err := c.d.house.Seal(c.ctx(), c.who.Office, c.who.ID, d.Reference); err != nil {
		return c.failed(err)
	}
	return c.done(deskPath("letter", d.Reference), "sealed")
}
