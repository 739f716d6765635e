package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"chancery.example/internal/tlog"
	"chancery.example/letter"
)

// Published gives put the register's public files under the names by which they
// are served (MUST-12), each once, as of this reading's head: the tiles that its
// tree needs and no older ones, the texts and issued PDFs that its entries show, and
// the heads last, so that who reads beside a copy sees the old register or the new
// one. What does not verify is an error; what the register does not keep is left out.
// progress, when not nil, hears how many of how many things of a kind are done.
func (r *Reading) Published(ctx context.Context, put func(name string, content []byte) error, progress func(what string, done, all uint64)) error {
	if progress == nil {
		progress = func(string, uint64, uint64) {}
	}
	p := publishing{Reading: r, put: put, progress: progress}
	for _, part := range []func(context.Context) error{p.tiles, p.texts, p.forms, p.heads} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("copying the public files of register %s: %w", r.folder.Dir, err)
		}
	}
	return nil
}

type publishing struct {
	*Reading
	put      func(name string, content []byte) error
	progress func(what string, done, all uint64)
}

func (p publishing) tiles(ctx context.Context) error {
	size, done := p.Checkpoint.Size, map[string]bool{}
	for i := uint64(0); i*tlog.BundleWidth < size; i++ {
		_, files, err := p.log.Bundle(ctx, p.Checkpoint.Head, i)
		if err != nil {
			return err //nolint:wrapcheck // the caller says what
		}
		for _, f := range files {
			if done[f.Name] { // tiles near the root are those of many bundles
				continue
			}
			done[f.Name] = true
			if err := p.put(f.Name, f.Content); err != nil {
				return err
			}
		}
		p.progress("entry", min((i+1)*tlog.BundleWidth, size), size)
	}
	return nil
}

func (p publishing) texts(ctx context.Context) error {
	var leaves []letter.Disclosure
	seen := map[letter.Hash]bool{}
	for t := range p.State.Texts() {
		if !seen[t.Leaf.Hash] {
			seen[t.Leaf.Hash], leaves = true, append(leaves, t.Leaf)
		}
	}
	for n, leaf := range leaves {
		name := "texts/" + leaf.Hash.String()
		words, ok := p.folder.Text(leaf.Hash)
		key, erased := p.folder.Erased(leaf.Hash)
		var err error
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case ok && leaf.Matches([]byte(words.String())):
			err = p.put(name, []byte(words.String()))
		case erased:
			err = p.put(name+TombstoneName, []byte(key.String()+"\n"))
		}
		if err != nil {
			return err
		}
		p.progress("text", uint64(n+1), uint64(len(leaves)))
	}
	return nil
}

func (p publishing) forms(ctx context.Context) error {
	var forms []letter.Hash
	seen := map[letter.Hash]bool{}
	for f := range Forms(p.State) {
		if !seen[f.Digest] {
			seen[f.Digest], forms = true, append(forms, f.Digest)
		}
	}
	for n, digest := range forms {
		if err := ctx.Err(); err != nil {
			return err //nolint:wrapcheck // the caller says what
		}
		raw, err := p.folder.Form(digest)
		switch {
		case err == nil:
			err = p.put(FormName(digest), raw)
		case p.folder.FormErased(digest):
			err = p.put(FormsName+"/"+digest.String()+TombstoneName, []byte(digest.String()+"\n"))
		case errors.Is(err, fs.ErrNotExist): // known by its digest only, or not of its hour yet
			err = nil
		}
		if err != nil {
			return err
		}
		p.progress("PDF", uint64(n+1), uint64(len(forms)))
	}
	return nil
}

func (p publishing) heads(context.Context) error {
	for _, name := range []string{ConfigName, PolicyName} {
		raw, err := os.ReadFile(filepath.Join(p.folder.Dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // a register need not have a policy of its own
		}
		if err != nil {
			return err //nolint:wrapcheck // the caller says what
		}
		if err := p.put(name, raw); err != nil {
			return err
		}
	}
	if p.rawWitnessed != nil {
		if err := p.put(WitnessedName, p.rawWitnessed); err != nil {
			return err
		}
	}
	return p.put("checkpoint", p.rawHead)
}
