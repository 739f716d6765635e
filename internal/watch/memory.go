package watch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
)

// A memory is what a monitor keeps between two looks, in one file.
type memory struct {
	Format int    `json:"format"`
	Origin string `json:"origin"`
	// Next is the first entry that was not told of yet.
	Next uint64 `json:"next"`
	// Told are conditions that were told and last: not told again.
	Told map[string]time.Time `json:"told"`
	// Seen are heads that others were shown and this monitor was not, by which it
	// will judge the log when it has grown so far.
	Seen []seenHead `json:"seen,omitempty"`
	// Forms is how far issued PDFs were looked at again.
	Forms round `json:"forms,omitzero"`
	// Waiting are alerts that a webhook did not take yet.
	Waiting []Alert `json:"waiting,omitempty"`

	path string
}

type seenHead struct {
	Raw   []byte    `json:"raw"`
	Where string    `json:"where"`
	At    time.Time `json:"at"`
}

// Limits of a memory.
const (
	memoryFormat = 1
	maxMemory    = 64 << 20
	maxSeen      = 64
	maxWaiting   = 10_000
)

// remember reads the memory in a file; a new one when there is none.
func remember(path string) (*memory, error) {
	m := &memory{Format: memoryFormat, Told: map[string]time.Time{}, path: path}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what the monitor remembers: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxMemory+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("reading what the monitor remembers: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(m)
	switch {
	case len(raw) > maxMemory, err != nil, len(m.Seen) > maxSeen, len(m.Waiting) > maxWaiting:
		return nil, kind.Invalid.Errorf("reading what the monitor remembers: %s is damaged (%w); move it away to begin anew", path, err)
	case m.Format != memoryFormat:
		return nil, kind.Invalid.Errorf("reading what the monitor remembers: %s is of format %d, this program writes %d", path, m.Format, memoryFormat)
	}
	if m.Told == nil {
		m.Told = map[string]time.Time{}
	}
	return m, nil
}

func (m *memory) keep() error {
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("writing what the monitor remembers: %w", err)
	}
	return folder.WriteFile(m.path, raw, 0o600) //nolint:wrapcheck // says what it wrote
}
