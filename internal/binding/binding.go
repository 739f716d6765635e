// Package binding checks that an office and a domain name each other: the log
// says which domain an office has, and the domain says, in a file that it serves
// and in its name service, in which register and with which keys. Both must
// agree (docs/formats/binding.md; MUST numbers here are those of binding.md).
//
// Everything that comes from the domain is a stranger's: one request, no other
// host, no address of a private network, and little patience.
package binding

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"chancery.example/letter"
	"chancery.example/register"
)

// A Binding is what a domain says of one office: the register that it writes in,
// the key of that register's log, and the office's own keys.
type Binding struct {
	Register  string          `json:"register"`
	LogKey    string          `json:"log_key"`
	Office    register.Office `json:"office"`
	ShortName string          `json:"short_name"`
	Keys      []letter.Hash   `json:"keys"` // thumbprints, in order
}

// Format and Path of the file that a domain serves.
const (
	Format = "chancery-binding/v1"
	Path   = "/.well-known/chancery.json"
)

const (
	maxFile     = 64 << 10
	maxBindings = 64
	maxKeys     = 64
	recordTag   = "v=chancery1"
)

type file struct {
	Format   string    `json:"format"`
	Bindings []Binding `json:"bindings"`
}

// File writes the file of a domain, in its one form (MUST-2).
func File(all []Binding) ([]byte, error) {
	f := file{Format, slices.Clone(all)}
	slices.SortFunc(f.Bindings, order)
	for _, b := range f.Bindings {
		if err := b.validate(); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("writing a binding: %w", err)
	}
	return out.Bytes(), nil
}

func order(a, b Binding) int {
	if c := strings.Compare(a.Register, b.Register); c != 0 {
		return c
	}
	return strings.Compare(a.ShortName, b.ShortName)
}

// Parse reads the file of a domain (MUST-2, MUST-3). White space is free, all else
// is not.
func Parse(raw []byte) ([]Binding, error) {
	if len(raw) > maxFile {
		return nil, fmt.Errorf("%s has more than %d bytes", Path, maxFile)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var f file
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("%s is not a binding: %w", Path, err)
	}
	if d.More() {
		return nil, fmt.Errorf("%s goes on after its end", Path)
	}
	if f.Format != Format {
		return nil, fmt.Errorf("%s is of the format %.40q: this program reads %q", Path, f.Format, Format)
	}
	if len(f.Bindings) == 0 || len(f.Bindings) > maxBindings {
		return nil, fmt.Errorf("%s names %d offices: want 1 to %d", Path, len(f.Bindings), maxBindings)
	}
	for i, b := range f.Bindings {
		if err := b.validate(); err != nil {
			return nil, fmt.Errorf("%s, binding %d: %w", Path, i+1, err)
		}
		if i > 0 && order(f.Bindings[i-1], b) >= 0 {
			return nil, fmt.Errorf("%s names its offices out of order, or one twice", Path)
		}
	}
	again, err := File(f.Bindings)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(compact(again), compact(raw)) {
		return nil, fmt.Errorf("%s is not in its one form: publish what \"chancery office well-known\" prints", Path)
	}
	return f.Bindings, nil
}

func compact(raw []byte) []byte {
	var out bytes.Buffer
	if json.Compact(&out, raw) != nil {
		return raw
	}
	return bytes.TrimSpace(out.Bytes())
}

// validate holds a binding to the rules of its parts (MUST-3).
func (b Binding) validate() error {
	if err := register.ValidateOrigin(b.Register); err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	if _, err := register.ParseOffice(string(b.Office)); err != nil {
		return err //nolint:wrapcheck // likewise
	}
	if err := (register.KeyAdd{ID: b.ShortName}).ValidID(); err != nil {
		return err //nolint:wrapcheck // likewise
	}
	if !strings.HasPrefix(b.LogKey, b.Register+"+") || len(b.LogKey) > 400 || strings.ContainsAny(b.LogKey, " \n\r\t") {
		return errors.New("its log key is none of its register")
	}
	if len(b.Keys) == 0 || len(b.Keys) > maxKeys {
		return fmt.Errorf("it has %d keys: want 1 to %d", len(b.Keys), maxKeys)
	}
	for i, k := range b.Keys {
		if k.IsZero() || i > 0 && bytes.Compare(b.Keys[i-1][:], k[:]) >= 0 {
			return errors.New("its keys are not in order, or one stands twice")
		}
	}
	return nil
}

// Digest is SHA-256 over the binding's parts (MUST-4).
func (b Binding) Digest() letter.Hash {
	h := sha256.New()
	part := func(p []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		_, _ = h.Write(n[:]) // a hash never fails
		_, _ = h.Write(p)
	}
	for _, s := range []string{"chancery/v1/binding", b.Register, b.LogKey, string(b.Office), b.ShortName} {
		part([]byte(s))
	}
	for _, k := range b.Keys {
		part(k[:])
	}
	return letter.Hash(h.Sum(nil))
}

// Record is the TXT record of the binding (MUST-4).
func (b Binding) Record() string {
	d := b.Digest()
	return recordTag + " " + hex.EncodeToString(d[:])
}

// Name is where the TXT record of a domain stands.
func Name(domain string) string { return "_chancery." + domain }

// Of returns the binding that an office's domain is to show, by the log.
func Of(s *register.State, o register.OfficeView) Binding {
	b := Binding{Register: s.Origin(), LogKey: s.Genesis().LogKey, Office: o.Office, ShortName: o.ID}
	for _, k := range o.Keys {
		b.Keys = append(b.Keys, k.Thumbprint)
	}
	slices.SortFunc(b.Keys, func(x, y letter.Hash) int { return bytes.Compare(x[:], y[:]) })
	return b
}
