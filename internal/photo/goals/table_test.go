package goals_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A tally counts what became of photos of one kind.
type tally struct {
	photos, right               int           // of registered letters
	shown, unseen               int           // with an alteration in the picture; not seen
	strange, mistaken           int           // of no registered letter; taken for one
	honest, same, unsure, other int           // words that nobody touched
	spent                       time.Duration // in all
	times                       []time.Duration
	bare, beside                time.Duration // tesseract alone on some of the files, and the matcher on the same
	bares                       int
}

func (a *tally) add(b tally) {
	a.photos, a.right, a.shown, a.unseen = a.photos+b.photos, a.right+b.right, a.shown+b.shown, a.unseen+b.unseen
	a.strange, a.mistaken = a.strange+b.strange, a.mistaken+b.mistaken
	a.honest, a.same, a.unsure, a.other = a.honest+b.honest, a.same+b.same, a.unsure+b.unsure, a.other+b.other
	a.spent, a.bare, a.beside, a.bares = a.spent+b.spent, a.bare+b.bare, a.beside+b.beside, a.bares+b.bares
	a.times = append(a.times, b.times...)
}

// told says how many pages were found so far, by part.
func (m *measurement) told() string {
	var out []string
	for _, part := range parts {
		photos, right := 0, 0
		for _, r := range m.registers {
			if a := m.tallies[r.Name+" | all | "+part]; a != nil {
				photos, right = photos+a.photos, right+a.right
			}
		}
		out = append(out, fmt.Sprintf("%s %d of %d", part, right, photos))
	}
	return "found: " + strings.Join(out, ", ")
}

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

func share(n, of int) string {
	if n == of && n > 0 {
		return "1"
	}
	return strings.TrimPrefix(fmt.Sprintf("%.3f", float64(n)/float64(max(1, of))), "0")
}

// report prints the table.
func (m *measurement) report() {
	m.t.Helper()
	var keys []string
	for k := range m.tallies {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var b strings.Builder
	b.WriteString("| language | picture | part | photos | right page | altered, in the picture | not seen | unregistered | taken for one | untouched words: same | unsure | other | time, middle, 95 of 100, most | tesseract alone | ratio |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, k := range keys {
		a := m.tallies[k]
		slices.Sort(a.times)
		time, alone, ratio := "-", "-", "-"
		if n := len(a.times); n > 0 {
			time = fmt.Sprintf("%s, %s, %s", ms(a.times[n/2]), ms(a.times[n*95/100]), ms(a.times[n-1]))
		}
		if a.bares > 0 {
			alone, ratio = fmt.Sprintf("%d ms", a.bare.Milliseconds()/int64(a.bares)), fmt.Sprintf("%.2f", float64(a.beside)/float64(max(1, a.bare)))
		}
		fmt.Fprintf(&b, "| %s | %d | %d (%s) | %d | %d | %d | %d | %s | %s | %s | %s | %s | %s |\n", k, a.photos, a.right, share(a.right, a.photos), a.shown, a.unseen, a.strange, a.mistaken,
			share(a.same, a.honest), share(a.unsure, a.honest), share(a.other, a.honest), time, alone, ratio)
	}
	fmt.Print("\n" + b.String() + "\n")
	if name := os.Getenv(outEnv); name != "" {
		if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
			m.t.Fatal(err)
		}
	}
}

// alone is the processor time of tesseract on a picture as it is.
func alone(t *testing.T, path string, data []byte) time.Duration {
	t.Helper()
	name := filepath.Join(t.TempDir(), "shot")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, name, "stdout", "-l", "Arabic") //nolint:gosec // the program that was looked up
	cmd.Env = []string{"OMP_THREAD_LIMIT=1", "PATH=/nonexistent"}
	var exit *exec.ExitError
	if err := cmd.Run(); errors.As(err, &exit) || err != nil {
		t.Logf("tesseract: %v", err)
		return 0
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
