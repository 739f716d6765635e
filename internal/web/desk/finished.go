package desk

import (
	"crypto/sha256"
	"mime"
	"path/filepath"
	"slices"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/form"
	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
	"chancery.example/register"
)

func (d *Desk) finishedRoutes() []route {
	return []route{
		{pattern: "GET /desk/finished", act: "submit", serve: (*call).finished},
		{pattern: "POST /desk/finished", act: "submit", serve: (*call).finishedSent},
	}
}

// finished is the form for a document that was written elsewhere.
func (c *call) finished() answer {
	v, err := c.finishedForm()
	if err != nil {
		return c.failed(err)
	}
	return c.showForm(v, "letters")
}

func (c *call) finishedForm() (form.View, error) {
	v := form.View{Act: "finished", Action: "/desk/finished", Back: "/desk/letters", Files: true}
	types := form.Field{Name: "type", Label: "type", Sort: form.Select}
	for _, t := range []letter.Type{letter.TypeLetter, letter.TypeMemorandum, letter.TypeNote, letter.TypeStatement, letter.TypeNotice} {
		types.Options = append(types.Options, form.Option{Value: string(t), Label: c.printer.T("type." + string(t))})
	}
	v.Fields = append(v.Fields,
		form.Field{Name: "reference", Label: "reference", Hint: "reference", Sort: form.Line, Required: true}, types,
		form.Field{Name: "addressees", Label: "addressees", Hint: "lines", Sort: form.Text, Rows: 3},
		form.Field{Name: "file", Label: "document", Hint: "document", Sort: form.FileSort})
	for _, f := range wordFields("text", "finished") {
		f.Rows = 12
		v.Fields = append(v.Fields, f)
	}
	v.Fields = append(v.Fields, form.Field{Name: "signature", Label: "signature", Hint: "lines", Sort: form.Text, Rows: 3})
	terms, err := c.termFields("")
	v.Fields = append(v.Fields, terms...)
	return v, err
}

// termFields ask for what an issue says beside the letter. ref is the letter's
// own reference, which cannot replace itself.
func (c *call) termFields(ref letter.Ref) ([]form.Field, error) {
	old := form.Field{Name: "supersedes", Label: "supersedes", Hint: "supersedes", Sort: form.Checks}
	all, err := c.d.house.Letters(c.ctx(), c.who.Office)
	if err != nil {
		return nil, err //nolint:wrapcheck // the act's own words
	}
	for _, l := range all {
		if l.Stage == "issued" && l.Reference != ref {
			old.Options = append(old.Options, form.Option{Value: string(l.Reference), Label: string(l.Reference)})
		}
	}
	out := []form.Field{
		{Name: "notbefore", Label: "notbefore", Hint: "notbefore", Sort: form.Time},
		{Name: "expires", Label: "expires", Hint: "expires", Sort: form.Time},
	}
	if len(old.Options) > 0 {
		out = append(out, old)
	}
	return append(out, regardingField("")), nil
}

// terms returns what a form says beside the letter.
func (c *call) terms() (t office.Terms, err error) {
	if t.NotBefore, err = c.minute("notbefore"); err != nil {
		return t, err
	}
	if t.Expires, err = c.minute("expires"); err != nil {
		return t, err
	}
	if t.Regarding, err = c.regarding(); err != nil {
		return t, err
	}
	for _, s := range c.Form["supersedes"] {
		ref, err := letter.ParseRef(s)
		if err != nil {
			return t, kind.Invalid.Errorf("the letter that it replaces: %w", err)
		}
		t.Supersedes = append(t.Supersedes, ref)
	}
	return t, nil
}

func (c *call) finishedSent() answer {
	q, err := c.proposeFinished()
	if err != nil {
		v, errForm := c.finishedForm()
		if errForm != nil {
			return c.failed(errForm)
		}
		return c.again(err, v, "letters")
	}
	return c.proposed(q)
}

func (c *call) proposeFinished() (office.Request, error) {
	ref, err := letter.ParseRef(strings.TrimSpace(c.FormValue("reference")))
	if err != nil {
		return office.Request{}, kind.Invalid.Wrap(err)
	}
	typ, err := letter.ParseType(c.FormValue("type"))
	if err != nil {
		return office.Request{}, kind.Invalid.Wrap(err)
	}
	content := letter.Content{Reference: ref, Type: typ, Addressees: lines(c.FormValue("addressees"))}
	if content.Texts, err = c.texts("text"); err != nil {
		return office.Request{}, err
	}
	if block := lines(c.FormValue("signature")); len(block) > 0 {
		content.Signature = letter.SignatureBlock{Kind: letter.SignatureTyped, Lines: block}
	}
	terms, err := c.terms()
	if err != nil {
		return office.Request{}, err
	}
	raw, name, err := c.file("file")
	if err != nil {
		return office.Request{}, err
	}
	if raw != nil {
		if words, isText := wordsOf(name, raw); isText && len(content.Texts) == 0 {
			text, err := letter.Canonicalize([]byte(words))
			if err != nil {
				return office.Request{}, kind.Invalid.Errorf("the words of %s: %w", name, err)
			}
			content.Texts = []letter.LangText{{Lang: i18n.English, Text: text}}
		}
		terms.Files = []register.File{{Role: "form", MediaType: mediaType(name), Digest: sha256.Sum256(raw)}}
	}
	if len(content.Texts) == 0 {
		return office.Request{}, kind.Invalid.Errorf("the document's words are missing: type or paste them in each language; officers approve words, and a reader's copy is compared with them")
	}
	return c.d.house.SubmitFinished(c.ctx(), c.who.Office, c.who.ID, content, terms) //nolint:wrapcheck // the act's own words
}

// lines are the lines of a field that say something.
func lines(s string) []string {
	out := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// mediaType is that of a file by its name.
func mediaType(name string) string {
	if m, _, err := mime.ParseMediaType(mime.TypeByExtension(strings.ToLower(filepath.Ext(name)))); err == nil {
		return m
	}
	return "application/octet-stream"
}
