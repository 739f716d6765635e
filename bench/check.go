package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"chancery.example/internal/check"
	"chancery.example/letter"
)

// readLetters reads the test input, or makes letters up when it is not there.
func readLetters(name string) (texts []letter.Text, source string, err error) {
	f, err := os.Open(filepath.Clean(name))
	if errors.Is(err, fs.ErrNotExist) {
		return madeUp(5390), "MADE-UP letters: " + name + " is not there", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading letters: %w", err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, "", fmt.Errorf("reading letters: %w", err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, "", fmt.Errorf("reading letters: %w", err)
		}
		if l.Text == "" {
			continue // the line that says where they come from
		}
		t, err := letter.Canonicalize([]byte(l.Text))
		if err != nil {
			return nil, "", fmt.Errorf("reading letters: %w", err)
		}
		texts = append(texts, t)
	}
	return texts, "letters of the test input", lines.Err() //nolint:wrapcheck // worded by bufio
}

// madeUp returns n letters of numbered sentences.
func madeUp(n int) []letter.Text {
	var out []letter.Text
	for i := range n {
		t, err := letter.Canonicalize(fmt.Appendf(nil, "Office of Works, number %d\n\nSir,\n\n%s\n\nThe Clerk", i, strings.Repeat(
			fmt.Sprintf("bridge %d on road %d is closed to carts above %d tons. ", i*7%911, i*13%577, i%40), 12)))
		if err == nil {
			out = append(out, t)
		}
	}
	return out
}

// checking measures the check of reports against a register of many letters.
func checking(ctx context.Context, s settings, t *table) error {
	texts, source, err := readLetters(s.letters)
	if err != nil {
		return err
	}
	at := time.Now()
	r, err := newRecord(texts)
	if err != nil {
		return err
	}
	t.row("fold of a register, every signature checked", perSecond(int(r.state.Size()), time.Since(at)), fmt.Sprintf("%d entries, made and folded", r.state.Size())) //nolint:gosec // small
	at = time.Now()
	snap, err := check.NewSnapshot(r.state, nil, func(leaf letter.Hash) (letter.Text, bool) { x, ok := r.texts[leaf]; return x, ok })
	if err != nil {
		return fmt.Errorf("indexing: %w", err)
	}
	t.row("making the letters searchable", round(time.Since(at)), fmt.Sprintf("%d %s", len(texts), source))
	var ts []time.Duration
	for i := range 60 {
		report := reportAbout(texts, i)
		at := time.Now()
		f, err := snap.Examine(ctx, check.Exhibit{Data: report, As: check.KindReport}, time.Now())
		if err != nil {
			return fmt.Errorf("checking report %d: %w", i, err)
		}
		ts = append(ts, time.Since(at))
		if f.Counts == nil || f.Counts.OnRecord < 4 {
			return fmt.Errorf("report %d: %+v; want its four quotations on record", i, f.Counts)
		}
	}
	t.row("check of a report with 4 quotations", spread(ts), fmt.Sprintf("against %d letters", len(texts)))
	return nil
}

// reportAbout quotes twelve words of each of four letters.
func reportAbout(texts []letter.Text, i int) []byte {
	var b strings.Builder
	for q := range 4 {
		words := strings.Fields(texts[(i*97+q*1301)%len(texts)].String())
		from := len(words) / 3
		quote := strings.NewReplacer("\"", "", "“", "", "”", "").Replace(strings.Join(words[from:min(from+12, len(words))], " "))
		fmt.Fprintf(&b, "On the %d. day of the inquiry the counsel read from another paper: \"%s\". Nobody in the room objected.\n\n", q+1, quote)
	}
	return []byte(b.String())
}
