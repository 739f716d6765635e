// Package seals keeps what puts an office's electronic seals on its PDFs: keys, here
// or with an external signer, their certificates, from which moment on which of them
// seals, the timestamp server, and what the long term needs.
//
//	k := seals.Keeper{Folder: folder, Office: "harbour", Now: now, Random: random}
//	s, err := k.Begin()
//	pdf, err = s.Put(ctx, pdf)
//	s.Missing() // why it has no seal, or no timestamp; ""
//
// Nothing in the register hangs on any of it: the register is the proof. It is kept in
// the register's folder, in keys/, for its owner alone:
//
//	seal-OFFICE.pem          the first key, seal-OFFICE.HEX.pem later ones
//	seal-OFFICE.pem.crt      its certificates, its own first; likewise
//	seal-OFFICE.toml         which key seals from when, the timestamp server, the rest
//
// An office without the last file seals with the first key, and needs none.
package seals

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
)

// A Keeper keeps the seals of one office.
type Keeper struct {
	Folder folder.Folder
	Office string // its short name
	Title  string // its name, for certificates that it makes itself
	Now    func() time.Time
	Wall   func() time.Time // the machine's own clock, to which timestamps are held; nil: to none
	Random io.Reader
}

// A Demand is what an office asks of its PDFs before they are put up for approval.
type Demand string

// The demands. The zero Demand is Nothing: a letter is held up by no seal.
const (
	Nothing Demand = "nothing"
	Seal    Demand = "seal"  // a seal
	Stamp   Demand = "stamp" // a seal with a timestamp
)

// first is the name of an office's first key; others have the beginning of their
// public key's digest behind it.
func (k Keeper) first() string { return "seal-" + k.Office }

// Any reports whether the office has a key for seals.
func (k Keeper) Any() (bool, error) {
	s, err := k.load()
	return len(s.Keys) > 0, err
}

// Draw makes the office's first key, with a certificate of its own, unless there is one.
func (k Keeper) Draw() error {
	s, err := k.load()
	if err != nil {
		return err
	}
	if len(s.Keys) > 0 {
		return nil
	}
	key, err := signing.NewSealKey(k.Title, k.Now(), k.Random)
	if err != nil {
		return err //nolint:wrapcheck // says what it made
	}
	return kind.Unavailable.Wrap(key.Save(k.Folder.KeyFile(k.first())))
}

// Add makes another key for the office, that of a program when one is named, with a
// certificate that the office makes for itself. It seals from a moment on; the zero
// moment is none: it waits until certificates are imported for it.
func (k Keeper) Add(ctx context.Context, signer []string, from time.Time) (name string, err error) {
	s, err := k.load()
	if err != nil {
		return "", err
	}
	var key signing.SealKey
	if len(signer) == 0 {
		key, err = signing.NewSealKey(k.Title, k.Now(), k.Random)
	} else {
		var e *signing.External
		if e, err = signing.NewExternal(ctx, signer...); err == nil {
			key, err = signing.SelfCertified(e, k.Title, k.Now(), k.Random)
		}
	}
	if err != nil {
		return "", kind.Unavailable.Wrap(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Signer().Public())
	if err != nil {
		return "", fmt.Errorf("naming a seal key: %w", err)
	}
	name = k.first()
	if len(s.Keys) > 0 {
		name = folder.NumberedKey(name, sha256.Sum256(der))
	}
	if _, found := s.key(name); found {
		return "", kind.Conflict.Errorf("the office %s has this key already, as %s; \"chancery office seals %s\" lists them", k.Office, name, k.Office)
	}
	if err := key.Save(k.Folder.KeyFile(name)); err != nil {
		return "", kind.Unavailable.Wrap(err)
	}
	s.Keys = append(s.Keys, keySettings{Name: name, Signer: signer, From: from})
	return name, k.save(s)
}

// Import puts an authority's certificates beside a key, that of the name or the newest,
// and has the key seal from a moment on. The certificates are looked at as of that
// moment.
func (k Keeper) Import(name string, chainPEM []byte, from time.Time) (signing.SealKey, error) {
	s, err := k.load()
	if err != nil {
		return signing.SealKey{}, err
	}
	i, err := k.choose(s, name)
	if err != nil {
		return signing.SealKey{}, err
	}
	key, err := k.open(s.Keys[i])
	if err != nil {
		return signing.SealKey{}, err
	}
	if from.Before(k.Now()) {
		from = k.Now()
	}
	with, err := key.Import(chainPEM, from)
	if err != nil {
		return signing.SealKey{}, kind.Invalid.Wrap(err)
	}
	if err := with.ReplaceChain(k.Folder.KeyFile(s.Keys[i].Name)); err != nil {
		return signing.SealKey{}, kind.Unavailable.Wrap(err)
	}
	if x := s.Keys[i]; x.From.IsZero() || x.From.After(from) {
		x.From = from // and of two with one moment the later in the list
		s.Keys = append(slices.Delete(s.Keys, i, i+1), x)
	}
	return with, k.save(s)
}

// Request returns a request for certificates (PKCS #10, PEM) for a key, that of the
// name or the newest, to be sent to an authority.
func (k Keeper) Request(name, subject string) ([]byte, error) {
	who, err := parseName(subject)
	if err != nil {
		return nil, err
	}
	s, err := k.load()
	if err != nil {
		return nil, err
	}
	i, err := k.choose(s, name)
	if err != nil {
		return nil, err
	}
	key, err := k.open(s.Keys[i])
	if err != nil {
		return nil, err
	}
	out, err := key.Request(who, k.Random)
	return out, kind.Unavailable.Wrap(err)
}

// Require sets what the office's PDFs must have before they are put up for approval.
func (k Keeper) Require(d Demand) error {
	if d != Nothing && d != Seal && d != Stamp {
		return kind.Invalid.Errorf("what PDFs must have: %q: want %s, %s or %s", string(d), Nothing, Seal, Stamp)
	}
	s, err := k.load()
	if err != nil {
		return err
	}
	if d == Stamp && s.Stamp.Address == "" {
		return kind.Conflict.Errorf("the office %s asks no timestamp server: set one first, \"chancery office seals %s stamp https://...\"", k.Office, k.Office)
	}
	s.Require = d
	return k.save(s)
}

// choose finds a key by its name, or by the beginning of what follows the office's; ""
// is the newest.
func (k Keeper) choose(s settings, name string) (int, error) {
	if len(s.Keys) == 0 {
		return 0, k.none()
	}
	if name == "" {
		return len(s.Keys) - 1, nil
	}
	found := -1
	for i, x := range s.Keys {
		if x.Name == name {
			return i, nil
		}
		if strings.HasPrefix(x.Name, k.first()+"."+name) {
			if found >= 0 {
				return 0, kind.Invalid.Errorf("two seal keys of %s begin with %q: give more of the name", k.Office, name)
			}
			found = i
		}
	}
	if found < 0 {
		return 0, kind.NotFound.Errorf("the office %s has no seal key %q; \"chancery office seals %s\" lists them", k.Office, name, k.Office)
	}
	return found, nil
}

func (k Keeper) none() error {
	return kind.NotFound.Errorf("the office %s has no seal key: \"chancery office seals %s new-key\" makes one", k.Office, k.Office)
}

// open reads a key and its certificates. An external signer is not asked.
func (k Keeper) open(x keySettings) (signing.SealKey, error) {
	path := k.Folder.KeyFile(x.Name)
	if len(x.Signer) == 0 {
		key, err := signing.LoadSealKey(path)
		if err != nil && errors.Is(err, os.ErrNotExist) {
			return key, kind.NotFound.Wrap(fmt.Errorf("the seal key of %s: %w", k.Office, err))
		}
		return key, kind.Unavailable.Wrap(err)
	}
	chain, err := signing.LoadCertificates(path)
	if err != nil {
		return signing.SealKey{}, kind.Unavailable.Wrap(fmt.Errorf("the certificates of the seal key of %s: %w", k.Office, err))
	}
	e, err := signing.KnownExternal(chain[0].PublicKey, x.Signer...)
	if err != nil {
		return signing.SealKey{}, kind.Unavailable.Wrap(err)
	}
	key, err := signing.WithSigner(e, signing.CertificatesPEM(chain))
	return key, kind.Unavailable.Wrap(err)
}

// parseName reads a subject such as "CN=Harbour Commission,O=Harbour,C=XX"; "" is
// none. A comma in a value is written as \,.
func parseName(s string) (pkix.Name, error) {
	var out pkix.Name
	if s == "" {
		return out, nil
	}
	const mark = "\x00"
	for part := range strings.SplitSeq(strings.ReplaceAll(s, `\,`, mark), ",") {
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(strings.ReplaceAll(value, mark, ","))
		oid, known := nameParts[key]
		if !ok || !known || value == "" || len(value) > 200 || key == "C" && len(value) != 2 {
			return out, kind.Invalid.Errorf("the subject %q: %q is not one of CN=, O=, OU=, C= (two letters), ST=, L=, serialNumber=, organizationIdentifier=, with a value", s, strings.ReplaceAll(part, mark, `\,`))
		}
		out.ExtraNames = append(out.ExtraNames, pkix.AttributeTypeAndValue{Type: oid, Value: value})
	}
	return out, nil
}

var nameParts = map[string][]int{
	"CN": {2, 5, 4, 3}, "O": {2, 5, 4, 10}, "OU": {2, 5, 4, 11}, "C": {2, 5, 4, 6}, "ST": {2, 5, 4, 8}, "L": {2, 5, 4, 7},
	"serialNumber": {2, 5, 4, 5}, "organizationIdentifier": {2, 5, 4, 97},
}

// NameOf writes a name of a certificate as Request takes it, as far as it knows the
// parts.
func NameOf(n pkix.Name) string {
	var out []string
	for _, part := range n.Names {
		for key, oid := range nameParts {
			if value, ok := part.Value.(string); ok && part.Type.Equal(oid) {
				out = append(out, key+"="+strings.ReplaceAll(value, ",", `\,`))
			}
		}
	}
	if len(out) == 0 {
		return n.String()
	}
	return strings.Join(out, ",")
}

// Fingerprint is the SHA-256 of a certificate to base 16, as answers about PDFs have it.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
