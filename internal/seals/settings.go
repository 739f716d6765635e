package seals

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
)

// settings are the content of keys/seal-OFFICE.toml.
type settings struct {
	Format   int              `toml:"format"` // 1
	Require  Demand           `toml:"require"`
	Keys     []keySettings    `toml:"key"`
	Stamp    stampSettings    `toml:"stamp"`
	LongTerm longTermSettings `toml:"long_term"`

	raw []byte // as it was read, to see whether it changed meanwhile
}

type keySettings struct {
	Name   string    `toml:"name"`   // of its files in keys/
	Signer []string  `toml:"signer"` // the program that has it, with arguments; none: it is in a file
	From   time.Time `toml:"from"`   // it seals from then on, until the next; zero: it waits
}

type stampSettings struct {
	Address      string   `toml:"address"`
	Policy       string   `toml:"policy"`
	Timeout      duration `toml:"timeout"`
	Certificates string   `toml:"certificates"` // PEM
}

// A duration is written as "20s".
type duration struct{ time.Duration }

// MarshalText implements encoding.TextMarshaler.
func (d duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *duration) UnmarshalText(b []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(b))
	return err //nolint:wrapcheck // package toml says where
}

// longTermSettings are DER in base 64.
type longTermSettings struct {
	CRLs  [][]byte `toml:"-"`
	OCSPs [][]byte `toml:"-"`

	CRL  []string `toml:"crls"`
	OCSP []string `toml:"ocsps"`
}

const (
	settingsFormat = 1
	maxSettings    = 2 << 20
	maxKeys        = 100
	maxArguments   = 20
)

func (k Keeper) settingsFile() string {
	return strings.TrimSuffix(k.Folder.KeyFile(k.first()), ".pem") + ".toml"
}

// load reads the office's settings; without a file they are what there was before there
// was one: the first key, if it is there.
func (k Keeper) load() (settings, error) {
	f, err := os.Open(k.settingsFile())
	if errors.Is(err, fs.ErrNotExist) {
		s := settings{Format: settingsFormat}
		if _, err := os.Stat(k.Folder.KeyFile(k.first()) + ".crt"); err == nil {
			s.Keys = []keySettings{{Name: k.first(), From: time.Unix(0, 0).UTC()}}
		}
		return s, nil
	}
	if err != nil {
		return settings{}, kind.Unavailable.Wrap(fmt.Errorf("reading the seals of %s: %w", k.Office, err))
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxSettings+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return settings{}, kind.Unavailable.Wrap(fmt.Errorf("reading the seals of %s: %w", k.Office, err))
	}
	s, err := parse(raw, k.first())
	if err != nil {
		return settings{}, kind.Invalid.Errorf("reading %s: %w", k.settingsFile(), err)
	}
	return s, nil
}

// parse reads settings of keys that all begin with a name.
func parse(raw []byte, first string) (settings, error) {
	if len(raw) > maxSettings {
		return settings{}, fmt.Errorf("it has more than %d bytes", maxSettings)
	}
	s := settings{raw: raw}
	meta, err := toml.Decode(string(raw), &s)
	if err != nil {
		return settings{}, err //nolint:wrapcheck // says where
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return settings{}, fmt.Errorf("setting %q is not known", extra[0])
	}
	if s.Format != settingsFormat {
		return settings{}, fmt.Errorf("format %d: this program reads format %d", s.Format, settingsFormat)
	}
	if s.Require != "" && s.Require != Nothing && s.Require != Seal && s.Require != Stamp {
		return settings{}, fmt.Errorf("require %q: want %s, %s or %s", string(s.Require), Nothing, Seal, Stamp)
	}
	if len(s.Keys) > maxKeys {
		return settings{}, fmt.Errorf("more than %d keys", maxKeys)
	}
	seen := map[string]bool{}
	for i, x := range s.Keys {
		suffix, ok := strings.CutPrefix(x.Name, first)
		if !ok || suffix != "" && !numbered.MatchString(suffix) || seen[x.Name] || len(x.Signer) > maxArguments {
			return settings{}, fmt.Errorf("key %d, %q: want the name of one of the office's own key files, once, and a signer of at most %d parts", i+1, x.Name, maxArguments)
		}
		seen[x.Name] = true
	}
	if _, err := s.Stamp.server(nil); err != nil {
		return settings{}, err
	}
	err = s.LongTerm.decode()
	return s, err
}

var numbered = regexp.MustCompile(`^\.[0-9a-f]{8,64}$`)

// save writes settings that load gave and somebody changed, completely or not at all.
func (k Keeper) save(s settings) error {
	s.Format = settingsFormat
	s.LongTerm.encode()
	now, err := os.ReadFile(k.settingsFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return kind.Unavailable.Wrap(fmt.Errorf("writing the seals of %s: %w", k.Office, err))
	}
	if !bytes.Equal(now, s.raw) {
		return kind.Conflict.Errorf("somebody else changed the seals of %s at the same time; do it again", k.Office)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What puts the electronic seals of %s on its PDFs; \"chancery office seals %s\" reads and writes it.\n", k.Office, k.Office)
	if err := toml.NewEncoder(&b).Encode(s); err != nil {
		return fmt.Errorf("writing the seals of %s: %w", k.Office, err)
	}
	if _, err := parse(b.Bytes(), k.first()); err != nil {
		return kind.Invalid.Errorf("the seals of %s: %w", k.Office, err)
	}
	return kind.Unavailable.Wrap(folder.WriteFile(k.settingsFile(), b.Bytes(), 0o600))
}

// key finds a key by its name.
func (s settings) key(name string) (keySettings, bool) {
	for _, x := range s.Keys {
		if x.Name == name {
			return x, true
		}
	}
	return keySettings{}, false
}

// at is the key that seals at a moment: the one whose time came last. The later of two
// with the same time is the one that was made later.
func (s settings) at(t time.Time) (best keySettings, found bool) {
	for _, x := range s.Keys {
		if !x.From.IsZero() && !x.From.After(t) && (!found || !x.From.Before(best.From)) {
			best, found = x, true
		}
	}
	return best, found
}
