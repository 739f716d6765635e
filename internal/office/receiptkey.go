package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
	"chancery.example/proof"
	"chancery.example/register"
)

// ReceiptKey gives the register a key for receipts, where it has none yet, and
// announces it in the log by the operator's signature. A key that is there and
// announced stays as it is. With renew a new one takes its place; the old file is
// kept under another name, and its receipts stay good until the operator revokes
// it.
func (r *Register) ReceiptKey(ctx context.Context, renew bool) (Receipt, register.PublicKey, error) {
	rec, key, err := r.receiptKey(ctx, renew)
	if err != nil {
		return rec, key, fmt.Errorf("giving the register a receipt key: %w", err)
	}
	return rec, key, nil
}

func (r *Register) receiptKey(ctx context.Context, renew bool) (Receipt, register.PublicKey, error) {
	now, err := r.folder.Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return Receipt{}, register.PublicKey{}, err
	}
	key, err := r.folder.ReceiptKey()
	have := err == nil
	if err != nil && kind.Of(err) != kind.NotFound {
		return Receipt{}, register.PublicKey{}, err
	}
	if have {
		k, known := announcedKey(now.State, key)
		if known && k.Revoked == nil && !renew {
			raw, err := now.Entry(k.Added)
			return Receipt{Index: k.Added, Entry: raw, Checkpoint: now.Checkpoint.Raw}, key.Public(), err
		}
		if known { // replaced or revoked
			have = false
			if err := r.putAside(key); err != nil {
				return Receipt{}, register.PublicKey{}, err
			}
		}
	}
	if !have {
		if key, err = signing.NewKey(r.opts.Random); err != nil {
			return Receipt{}, register.PublicKey{}, err
		}
		if err := key.Save(r.folder.KeyFile(receiptKey)); err != nil {
			return Receipt{}, register.PublicKey{}, kind.Unavailable.Wrap(err)
		}
	}
	var intent store.Intent
	err = r.act(ctx, func(t *turn) (err error) {
		found := false
		if intent, found, err = t.IntentNamed(announceName(key.Public())); err != nil || found {
			return err
		}
		intent, err = t.announce(now.State.Genesis(), now.State.Operator(), key.Public())
		return err
	})
	if err != nil {
		return Receipt{}, register.PublicKey{}, err
	}
	rec, err := r.pub.publish(ctx, intent.Seq)
	return rec, key.Public(), err
}

// announcedKey finds where a receipt key was announced.
func announcedKey(s *register.State, key signing.Key) (register.RoleKey, bool) {
	keys := s.RoleKeys(register.KeyReceipt)
	i := slices.IndexFunc(keys, func(k register.RoleKey) bool { return k.Key.Equal(key.Public()) })
	if i < 0 {
		return register.RoleKey{}, false
	}
	return keys[i], true
}

// putAside gives an old key's file another name: private keys are not deleted.
func (r *Register) putAside(key signing.Key) error {
	id := key.Public().Thumbprint()
	from, to := r.folder.KeyFile(receiptKey), r.folder.KeyFile(numbered(receiptKey, id))
	if err := os.Link(from, to); err != nil && !errors.Is(err, fs.ErrExist) {
		return kind.Unavailable.Errorf("keeping the old receipt key: %w", err)
	}
	if err := os.Remove(from); err != nil {
		return kind.Unavailable.Errorf("keeping the old receipt key: %w", err)
	}
	return folder.SyncDir(r.folder.KeyDir())
}

func announceName(key register.PublicKey) string {
	return byOperator + keyName(string(register.KeyReceipt), key.Thumbprint())
}

// announce intends the entry that gives the register's operator a receipt key.
func (t *turn) announce(g register.Genesis, operator register.Office, key register.PublicKey) (store.Intent, error) {
	return t.intend(announceName(key), store.Office{URI: string(operator)}, register.OfficeSubject(operator),
		register.NewRoleKey(g, operator, register.KeyReceipt, key), nil)
}
