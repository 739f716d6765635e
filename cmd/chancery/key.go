package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"chancery.example/internal/office"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

const keyHelp = `"key new" writes FILE, readable by its owner alone, and FILE.pub, whose line goes into the office's policy. A key made
by "ssh-keygen -t ed25519" serves as well, and so does one on a security key (-t ed25519-sk): officers can sign approval
statements with ssh-keygen itself, see "chancery help approve".

The others are about the keys that sign entries. "key rotate" gives the office a new one, signed for by the old one, and
asks the officers to revoke the old one from there on. "key revoke" ends a key: give --after N, the last entry of the log
that it is trusted for; what officers approved after that stays, and is marked. A key that the revoked one added after N
falls with it. When the office has no other key, the operator's key signs, and the office gets a new key in the same act.
"key receipt" makes a key of the operator that signs receipts from then on; those that the key before signed stay good
until it is revoked. "key log" announces the log's next key. Both end by "key revoke --operator". THUMBPRINT may be cut
to its first 8 digits.`

// A keyCall is what the subcommands of key share.
type keyCall struct {
	*call
	desk
	after    string
	reason   pairs
	comment  string
	operator bool
}

func keyCommand() command {
	return command{
		name: "key", args: "new FILE | list | rotate | revoke THUMBPRINT | receipt | log", group: setUp,
		short: "make an officer's key; list, change and end the keys that sign entries", detail: keyHelp,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			k := &keyCall{}
			k.desk.flags(fs, true)
			fs.StringVar(&k.comment, "comment", "", "`WORDS` that tell an officer's new key from others")
			fs.StringVar(&k.after, "after", "", "`N`, the last entry for which a revoked key is trusted; without it, all that are there now")
			fs.Var(&k.reason, "reason", "`LANG=WORDS` that everybody will read: why a key ends; can be repeated")
			fs.BoolVar(&k.operator, "operator", false, "the key is the operator's, for receipts or the log")
			return func(ctx context.Context, c *call) error {
				k.call = c
				switch sub := strings.Join(c.args[:min(1, len(c.args))], ""); {
				case sub == "new" && len(c.args) == 2:
					return k.fresh()
				case sub == "list" && len(c.args) == 1:
					return k.list(ctx)
				case sub == "rotate" && len(c.args) == 1:
					return k.desk.with(ctx, func(r *office.Register) error { return k.rotate(ctx, r) })
				case sub == "revoke" && len(c.args) == 2:
					return k.revoke(ctx)
				case (sub == "receipt" || sub == "log") && len(c.args) == 1:
					return k.forRole(ctx, register.KeyRole(sub))
				}
				return usage("want: key new FILE, key list, key rotate, key revoke THUMBPRINT, key receipt or key log")
			}
		},
	}
}

func (k *keyCall) fresh() error {
	key, err := signing.NewOfficerKey(rand.Reader, k.comment)
	if err != nil {
		return err
	}
	if err := key.Save(k.args[1]); err != nil {
		return err
	}
	k.say("%s", key.Public().Line())
	k.note("wrote %s (keep it to yourself) and %s.pub (for the office's policy)", k.args[1], k.args[1])
	return nil
}

// opened opens the register for acts that are the operator's, or nobody's.
func (k *keyCall) opened(ctx context.Context, f func(*office.Register) error) error {
	if k.dir == "" {
		return errNoFolder
	}
	r, err := office.Open(ctx, k.dir, office.Options{})
	if err != nil {
		return err
	}
	return errors.Join(f(r), r.Close())
}

func (k *keyCall) list(ctx context.Context) error {
	return k.opened(ctx, func(r *office.Register) error {
		all, err := r.Offices(ctx)
		if err != nil {
			return err
		}
		ids := []string{""}
		for _, o := range all {
			if k.office == "" || k.office == o.ID {
				ids = append(ids, o.ID)
			}
		}
		for _, id := range ids {
			keys, err := r.Keys(ctx, id)
			if err != nil {
				return err
			}
			for _, s := range keys {
				k.say("%s", keyLine(id, s))
			}
		}
		return nil
	})
}

func keyLine(id string, s office.KeyState) string {
	if id == "" {
		id = "operator, " + string(s.Role)
	}
	line := fmt.Sprintf("%-20s %s  added by entry %d", id, s.Thumbprint, s.Added)
	if s.Revoked != nil {
		line += fmt.Sprintf("; revoked by entry %d, not trusted after entry %d", s.Revoked.Index, s.Revoked.After)
	}
	if !s.Here {
		line += "; not in this folder"
	}
	return line
}

func (k *keyCall) rotate(ctx context.Context, r *office.Register) error {
	turned, err := r.RotateKey(ctx, k.office, k.by)
	if err != nil {
		return err
	}
	if err := receipt(k.call, fmt.Sprintf("%s has the new key %s", k.office, turned.New), turned.Receipt); err != nil {
		return err
	}
	words := register.Words{"en": "A new key has taken its place."}
	if len(k.reason) > 0 {
		if words, err = k.words(k.reason, ""); err != nil {
			return err
		}
	}
	k.note("the old key %s stays good until its revocation is approved", turned.Old)
	q, err := r.ProposeRevokeKey(ctx, k.office, k.by, turned.Old, &turned.Receipt.Index, words)
	if err != nil {
		return err
	}
	return k.settle(ctx, k.call, r, q)
}

func (k *keyCall) revoke(ctx context.Context) error {
	words, err := k.words(k.reason, "why? give the public --reason, such as en=\"The computer that held it was stolen.\"")
	if err != nil {
		return err
	}
	var after *register.Index
	if k.after != "" {
		n, err := strconv.ParseUint(k.after, 10, 62)
		if err != nil {
			return usage("--after %q: want the number of a log entry", k.after)
		}
		after = new(register.Index)
		*after = register.Index(n)
	}
	if k.operator {
		return k.opened(ctx, func(r *office.Register) error {
			id, err := k.thumbprint(ctx, r, "")
			if err != nil {
				return err
			}
			rec, err := r.RevokeRoleKey(ctx, id, after, words)
			if err != nil {
				return err
			}
			return receipt(k.call, fmt.Sprintf("key %s is revoked", id), rec)
		})
	}
	return k.desk.with(ctx, func(r *office.Register) error {
		id, err := k.thumbprint(ctx, r, k.office)
		if err != nil {
			return err
		}
		q, err := r.ProposeRevokeKey(ctx, k.office, k.by, id, after, words)
		if err != nil {
			return err
		}
		return k.settle(ctx, k.call, r, q)
	})
}

// thumbprint finds the key that is meant.
func (k *keyCall) thumbprint(ctx context.Context, r *office.Register, officeID string) (letter.Hash, error) {
	const few = 8
	keys, err := r.Keys(ctx, officeID)
	if err != nil {
		return letter.Hash{}, err
	}
	var found []letter.Hash
	for _, s := range keys {
		if len(k.args[1]) >= few && strings.HasPrefix(s.Thumbprint.String(), k.args[1]) {
			found = append(found, s.Thumbprint)
		}
	}
	if len(found) != 1 {
		return letter.Hash{}, usage("%d keys begin with %q; \"chancery key list\" shows them (give at least %d digits)", len(found), k.args[1], few)
	}
	return found[0], nil
}

func (k *keyCall) forRole(ctx context.Context, role register.KeyRole) error {
	return k.opened(ctx, func(r *office.Register) error {
		s, rec, err := r.AddRoleKey(ctx, role)
		if err != nil {
			return err
		}
		return receipt(k.call, fmt.Sprintf("the operator has the %s key %s", role, s.Thumbprint), rec)
	})
}
