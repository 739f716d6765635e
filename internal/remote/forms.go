package remote

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/letter"
)

// A FormState says what a register gives under the name of an issued PDF.
type FormState string

// The states. The last two are answers of the register, and believed of nothing else.
const (
	FormThere   FormState = "there"
	FormAltered FormState = "altered" // another file, or one that is too large
	FormAbsent  FormState = "absent"  // nothing: lost, or known by its digest only
	FormErased  FormState = "erased"  // nothing, and a tombstone, which nobody can check
)

// Form asks for an issued PDF by the digest that an entry names, and believes one that
// has it (folder.md MUST-18). The error says that the register could not be asked.
func (c *Client) Form(ctx context.Context, digest letter.Hash) ([]byte, FormState, error) {
	raw, err := c.optional(ctx, folder.FormName(digest), folder.MaxForm)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, FormAltered, nil
	case err != nil:
		return nil, "", err
	case raw == nil:
		return c.formErased(ctx, digest)
	case sha256.Sum256(raw) != digest:
		return nil, FormAltered, nil
	}
	return raw, FormThere, nil
}

// formErased asks whether a PDF that is not there left a tombstone.
func (c *Client) formErased(ctx context.Context, digest letter.Hash) ([]byte, FormState, error) {
	want := digest.String() + "\n"
	raw, err := c.optional(ctx, folder.FormsName+"/"+digest.String()+folder.TombstoneName, int64(len(want)))
	switch {
	case err != nil && !errors.Is(err, errTooLarge):
		return nil, "", err
	case string(raw) == want:
		return nil, FormErased, nil
	}
	return nil, FormAbsent, nil
}

// A NamedForm is an issued PDF that the log names, and what became of it.
type NamedForm struct {
	folder.Form
	State FormState
}

// An askedForm is a PDF that is in place, or was asked for.
type askedForm struct {
	state FormState
	at    time.Time
}

// formsAgain is how soon a PDF is asked for again that the register did not give: it may
// be known by its digest only, or be restored one day.
const formsAgain = time.Hour

// forms brings the issued PDFs that the log names and that are not here, and puts those
// in place that have the digest that it names (folder.md MUST-14, MUST-18). One that the
// register does not give, or that is another file there, holds nothing else up.
func (m *Mirror) forms(ctx context.Context, c *Copied) error {
	var wanted []folder.Form
	for f := range folder.Forms(m.state) {
		if a, asked := m.issued[f.Digest]; asked && (a.state == FormThere || m.opts.Clock().Sub(a.at) < formsAgain) {
			continue
		}
		if _, err := m.folder.Form(f.Digest); err == nil {
			m.issued[f.Digest] = askedForm{state: FormThere}
			continue
		}
		m.issued[f.Digest] = askedForm{}
		wanted = append(wanted, f)
	}
	for n, f := range wanted {
		s, err := m.form(ctx, f)
		if err != nil {
			for _, later := range wanted[n:] {
				delete(m.issued, later.Digest)
			}
			return fmt.Errorf("mirroring the issued PDFs of %s: %w", m.client.Address(), err)
		}
		m.issued[f.Digest] = askedForm{s, m.opts.Clock()}
		if s == FormThere {
			c.Files++
		}
		m.opts.Progress("PDF", uint64(n+1), uint64(len(wanted)))
	}
	for _, a := range m.issued {
		switch a.state {
		case FormThere:
			c.Forms++
		case FormAltered:
			c.Altered++
		case FormAbsent, FormErased:
			c.NoForms++
		}
	}
	return nil
}

// form brings one issued PDF, or the tombstone of one that was erased.
func (m *Mirror) form(ctx context.Context, f folder.Form) (FormState, error) {
	if m.folder.FormErased(f.Digest) { // what has a tombstone is not put in place again (folder.md MUST-20)
		return FormErased, nil
	}
	raw, s, err := m.client.Form(ctx, f.Digest)
	switch {
	case err != nil:
		return s, err
	case s == FormThere:
		err = m.put(f.Name(), raw)
	case s == FormErased:
		err = m.put(folder.FormsName+"/"+f.Digest.String()+folder.TombstoneName, []byte(f.Digest.String()+"\n"))
	}
	return s, err
}

// Forms returns the issued PDFs that the log names, each once, in order of their
// entries, and what became of them in the last Update.
func (m *Mirror) Forms() (out []NamedForm) {
	seen := map[letter.Hash]bool{}
	for f := range folder.Forms(m.state) {
		if a, asked := m.issued[f.Digest]; asked && !seen[f.Digest] {
			seen[f.Digest] = true
			out = append(out, NamedForm{f, a.state})
		}
	}
	slices.SortStableFunc(out, func(a, b NamedForm) int { return int(a.Entry) - int(b.Entry) }) //nolint:gosec // below 2^62
	return out
}
