// Package folder is a register's folder on disk:
//
//	register.toml    what this is, and the keys to trust on the folder's word
//	log/             the log, C2SP tlog-tiles
//	texts/HEX        the words behind a text leaf of an entry, for all that is public
//	files/HEX.pdf    a letter as it was issued; may be missing
//	index/           the finding index (package index); may be missing
//	lookup/          the look-up map (package lookupdir); may be missing
//	log.head         the highest head ever signed (office side)
//	log.head.also    where else it is remembered; may be missing (office side)
//	office.db        drafts and intents (office side)
//	keys/            private keys (office side)
//
// Checking takes only the first three, and [Open] and [Folder.Read] never write:
// no lock, no migration, no new file, also beside a running server, on a mirror,
// or from a disc. docs/formats/folder.md is the specification.
package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/BurntSushi/toml"

	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// ConfigName is the file that makes a folder a register.
const ConfigName = "register.toml"

// A Config is the content of register.toml.
type Config struct {
	Format int    `toml:"format"` // of the folder; 1
	Origin string `toml:"origin"` // of the log
	// LogKey and ClockKey are verifier keys (C2SP signed-note): what the folder
	// says of itself, trusted only when the reader brings no policy.
	LogKey   string `toml:"log_key"`
	ClockKey string `toml:"clock_key,omitempty"`
	Exercise bool   `toml:"exercise,omitempty"`
}

const currentFormat = 1

// A Folder is a register's folder.
type Folder struct {
	Dir    string
	Config Config

	files tlog.Files // nil: in Dir (see Elsewhere)
}

// Open reads register.toml of the folder dir and nothing else.
func Open(dir string) (Folder, error) {
	raw, err := readFile(filepath.Join(dir, ConfigName), MaxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, kind.NotFound.Errorf("no register in %s: there is no %s; \"chancery init\" makes one, \"chancery demo --keep DIR\" a playful one", dir, ConfigName)
	}
	if err != nil {
		return Folder{}, fmt.Errorf("opening register %s: %w", dir, err)
	}
	c, err := ParseConfig(raw, dir)
	if err != nil {
		return Folder{}, err
	}
	return Folder{Dir: dir, Config: c}, nil
}

// ParseConfig reads the content of a register.toml; where is the folder or the
// address that it is from.
func ParseConfig(raw []byte, where string) (Config, error) {
	if len(raw) > MaxConfig {
		return Config{}, kind.Invalid.Errorf("opening register %s: %s has more than %d bytes", where, ConfigName, MaxConfig)
	}
	var c Config
	meta, err := toml.Decode(string(raw), &c)
	if err != nil {
		return Config{}, kind.Invalid.Errorf("opening register %s: %s: %w", where, ConfigName, err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return Config{}, kind.Invalid.Errorf("opening register %s: %s: setting %q is not known", where, ConfigName, extra[0])
	}
	if err := c.validate(); err != nil {
		return Config{}, kind.Invalid.Errorf("opening register %s: %s: %w", where, ConfigName, err)
	}
	return c, nil
}

// MaxConfig is how large register.toml may be (MUST-1).
const MaxConfig = 64 << 10

func (c Config) validate() error {
	if c.Format != currentFormat {
		return fmt.Errorf("format %d: this program reads format %d", c.Format, currentFormat)
	}
	if err := register.ValidateOrigin(c.Origin); err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	_, err := c.Policy()
	return err
}

// Policy is the trust policy that the folder claims for itself: its own keys and
// no witness.
func (c Config) Policy() (proof.Policy, error) {
	text := "log " + c.LogKey + "\n"
	if c.ClockKey != "" {
		text += "witness clock " + c.ClockKey + "\n"
	}
	p, err := proof.ParsePolicy([]byte(text + "quorum none\n"))
	if err != nil {
		return proof.Policy{}, fmt.Errorf("its keys: %w", err)
	}
	return p.FromFolder(), nil
}

// NewConfig returns the config of a new register.
func NewConfig(origin, logKey, clockKey string, exercise bool) (Config, error) {
	c := Config{Format: currentFormat, Origin: origin, LogKey: logKey, ClockKey: clockKey, Exercise: exercise}
	return c, c.validate()
}

// LogDir is where the log is.
func (f Folder) LogDir() string { return filepath.Join(f.Dir, "log") }

// IndexDir is where the public finding index is.
func (f Folder) IndexDir() string { return filepath.Join(f.Dir, "index") }

// HeadFile is where the highest head ever signed is remembered.
func (f Folder) HeadFile() string { return filepath.Join(f.Dir, "log.head") }

// Database is where the office's own side is.
func (f Folder) Database() string { return filepath.Join(f.Dir, "office.db") }

// KeyDir is where the private keys are.
func (f Folder) KeyDir() string { return filepath.Join(f.Dir, "keys") }

// KeyFile is the private key of a name: "operator", "log", "clock", "receipt", or an
// office's short name under "office-"; later keys of the same use as NumberedKey.
func (f Folder) KeyFile(name string) string { return filepath.Join(f.Dir, "keys", name+".pem") }

func (f Folder) textFile(leaf letter.Hash) string {
	return filepath.Join(f.Dir, "texts", leaf.String())
}

// Text returns the words behind a leaf; false when they are not there, by legal
// order perhaps. That they fit the leaf is for the caller to see.
func (f Folder) Text(leaf letter.Hash) (letter.Text, bool) {
	raw, err := f.public(f.textFile(leaf), "texts/"+leaf.String(), letter.MaxText)
	if err != nil {
		return letter.Text{}, false
	}
	t, err := letter.Parse(raw)
	return t, err == nil
}

// A Text is the words behind a leaf.
type Text struct {
	Leaf  letter.Hash
	Words string
}

const writersAtOnce = 32

// PutTexts writes the words behind leaves, durably and whole. Writing the same
// again is harmless.
func (f Folder) PutTexts(texts []Text) error {
	fresh := map[letter.Hash]string{}
	for _, t := range texts {
		if old, err := os.ReadFile(f.textFile(t.Leaf)); err != nil || string(old) != t.Words {
			fresh[t.Leaf] = t.Words
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	// Side by side: file systems write what is synced at one time in one go.
	var writing sync.WaitGroup
	errs, slots := make(chan error, len(fresh)), make(chan struct{}, writersAtOnce)
	for leaf, words := range fresh {
		slots <- struct{}{}
		writing.Go(func() {
			defer func() { <-slots }()
			if err := replaceFile(f.textFile(leaf), []byte(words), 0o644); err != nil {
				errs <- fmt.Errorf("publishing the text %s: %w", leaf, err)
			}
		})
	}
	writing.Wait()
	close(errs)
	if err := <-errs; err != nil {
		return err
	}
	return SyncDir(filepath.Join(f.Dir, "texts"))
}

// WriteFile writes a file so that after a crash either all of it is there under
// its name, or nothing.
func WriteFile(path string, content []byte, mode fs.FileMode) error {
	if err := replaceFile(path, content, mode); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// HalfWritten begins the names of files that are being written; a crash may leave
// some.
const HalfWritten = ".new-"

// replaceFile is WriteFile without making the name durable.
func replaceFile(path string, content []byte, mode fs.FileMode) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // public files
		return fmt.Errorf("writing %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), HalfWritten+"*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// removeFile removes a file, durably; one that is not there is no error.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing %s: %w", path, err)
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes names in a folder durable.
func SyncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}

// readFile reads a file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err //nolint:wrapcheck // callers say what they read
	}
	b, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err //nolint:wrapcheck // likewise
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s: more than %d bytes", path, limit)
	}
	return b, nil
}
