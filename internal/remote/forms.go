package remote

import (
	"context"
	"crypto/sha256"
	"fmt"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
)

// forms brings the issued PDFs that the log names and that are not here, and
// believes those that have the digest that it names (folder.md MUST-14, MUST-18).
// What the register does not give is asked for once by each Mirror: it may be known
// by its digest only.
func (m *Mirror) forms(ctx context.Context, c *Copied) error {
	var wanted []folder.Form
	for f := range folder.Forms(m.state) {
		if _, asked := m.issued[f.Digest]; asked {
			continue
		}
		_, err := m.folder.Form(f.Digest)
		if m.issued[f.Digest] = err == nil; err != nil {
			wanted = append(wanted, f)
		}
	}
	for n, f := range wanted {
		ok, err := m.form(ctx, f)
		if err != nil {
			delete(m.issued, f.Digest)
			for _, later := range wanted[n:] {
				delete(m.issued, later.Digest)
			}
			return fmt.Errorf("mirroring the issued PDFs of %s: %w", m.client.Address(), err)
		}
		if m.issued[f.Digest] = ok; ok {
			c.Files++
		}
		m.opts.Progress("PDF", uint64(n+1), uint64(len(wanted)))
	}
	for _, here := range m.issued {
		if here {
			c.Forms++
		} else {
			c.NoForms++
		}
	}
	return nil
}

// form brings one issued PDF; false when the register does not have it. Of one that
// was erased it brings the tombstone.
func (m *Mirror) form(ctx context.Context, f folder.Form) (bool, error) {
	raw, err := m.client.optional(ctx, f.Name(), folder.MaxForm)
	if err != nil {
		return false, err
	}
	if raw == nil {
		return false, m.formTombstone(ctx, f)
	}
	if sha256.Sum256(raw) != f.Digest {
		return false, kind.Unavailable.Errorf("%s is not the file that the log names", f.Name())
	}
	return true, m.put(f.Name(), raw)
}

// formTombstone brings what says that a PDF was erased; nobody can check that.
func (m *Mirror) formTombstone(ctx context.Context, f folder.Form) error {
	if m.folder.FormErased(f.Digest) {
		return nil
	}
	name := folder.FormsName + "/" + f.Digest.String() + folder.TombstoneName
	raw, err := m.client.optional(ctx, name, 2*int64(len(f.Digest))+1)
	if err != nil || raw == nil {
		return err
	}
	if string(raw) != f.Digest.String()+"\n" {
		return kind.Unavailable.Errorf("%s is no tombstone", name)
	}
	return m.put(name, raw)
}
