package office

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
	"chancery.example/proof"
	"chancery.example/register"
)

// A NewRegister is what Init needs to know.
type NewRegister struct {
	Origin   string          // of the log: "letters.harbour.example/main/2026"
	Operator register.Office // who runs it: "https://harbour.example"
	Name     register.Words
	Exercise bool // a simulated clock; every page will say so
	// NoReceipts leaves the key for receipts out, which entry 1 announces otherwise:
	// for stories and tests that number their entries.
	NoReceipts bool
}

// Init makes a register in the folder dir, which must not exist or be empty:
// keys, database, log and its first entries. When it fails nothing is left behind.
func Init(ctx context.Context, dir string, n NewRegister, opts Options) (_ *Register, err error) {
	if _, err := register.ParseOffice(string(n.Operator)); err != nil {
		return nil, kind.Invalid.Wrap(err)
	}
	if err := vacant(dir); err != nil {
		return nil, fmt.Errorf("making a register in %s: %w", dir, err)
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o755); err != nil { //nolint:gosec // the log is public
		return nil, kind.Unavailable.Errorf("making a register in %s: %w", dir, err)
	}
	// Made under another name and moved: a folder with register.toml is whole.
	tmp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".chancery-new-*")
	if err != nil {
		return nil, kind.Unavailable.Errorf("making a register in %s: the folder above it cannot be written: %w", dir, err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(tmp)
		}
	}()
	if err := build(ctx, tmp, n, opts.withDefaults()); err != nil {
		return nil, fmt.Errorf("making a register in %s: %w", dir, err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return nil, kind.Unavailable.Errorf("making a register in %s: %w", dir, err)
	}
	if err := folder.SyncDir(filepath.Dir(filepath.Clean(dir))); err != nil {
		return nil, err
	}
	return Open(ctx, dir, opts)
}

// vacant refuses a folder that holds anything.
func vacant(dir string) error {
	names, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return kind.Unavailable.Errorf("it is no folder that can be read: %w", err)
	case len(names) > 0:
		return kind.Conflict.Errorf("it holds %d files already, %q for one; name a new folder", len(names), names[0].Name())
	}
	return nil
}

func build(ctx context.Context, dir string, n NewRegister, opts Options) error {
	f := folder.Folder{Dir: dir}
	keys := map[string]signing.Key{}
	for _, name := range []string{operatorKey, logKey, clockKey} {
		k, err := signing.NewKey(opts.Random)
		if err != nil {
			return err
		}
		if err := k.Save(f.KeyFile(name)); err != nil {
			return kind.Unavailable.Wrap(err)
		}
		keys[name] = k
	}
	clockVerifier, _, err := proof.CosignerKey(n.Origin, clockPublic(keys[clockKey]))
	if err != nil {
		return kind.Invalid.Wrap(err)
	}
	f.Config, err = folder.NewConfig(n.Origin, keys[logKey].VerifierKey(n.Origin), clockVerifier, n.Exercise)
	if err != nil {
		return kind.Invalid.Wrap(err)
	}
	r, err := open(ctx, f, opts)
	if err != nil {
		return err
	}
	err = r.begin(ctx, n, keys)
	if err == nil && !n.NoReceipts {
		_, _, err = r.AddRoleKey(ctx, register.KeyReceipt)
	}
	return errors.Join(err, r.Close())
}

// begin writes the genesis entry, then register.toml.
func (r *Register) begin(ctx context.Context, n NewRegister, keys map[string]signing.Key) error {
	var intent store.Intent
	err := r.act(ctx, func(t *turn) (err error) {
		intent, err = t.intend("genesis", store.Office{URI: string(n.Operator)}, "urn:chancery:register:"+n.Origin, register.Genesis{
			Origin: n.Origin, Name: n.Name, Operator: keys[operatorKey].Public(),
			LogKey: r.folder.Config.LogKey, Exercise: n.Exercise,
		}, nil)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := r.pub.publish(ctx, intent.Seq); err != nil {
		return err
	}
	raw, err := r.folder.Config.Bytes()
	if err != nil {
		return err
	}
	return folder.WriteFile(filepath.Join(r.folder.Dir, folder.ConfigName), raw, 0o644)
}
