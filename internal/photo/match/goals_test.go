package match_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/match"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
)

// goalsEnv is how many photos TestGoals takes; it takes none without.
const goalsEnv = "CHANCERY_MATCHES"

// A tally counts what became of photos of one kind.
type tally struct {
	photos, right               int
	changed, caught, missed     int // words of which another stands there: caught, or taken for the same
	honest, same, unsure, other int // words that nobody touched
	green                       int // photos of a changed page that look the same as a whole
	spent                       time.Duration
	times                       []time.Duration
	bare                        time.Duration // tesseract alone, on the same files
	bares                       int
}

// TestGoals measures what design/paper.md promises of photos, and fails where a
// changed word is taken for the same. It is long: make bench-photo.
func TestGoals(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(goalsEnv))
	if err != nil || n < 1 {
		t.Skipf("SKIPPED: %s is not set: photos are measured by make bench-photo, two of them are held against their pages by TestMatch", goalsEnv)
	}
	seed := press.Seed(t)
	qualities := []photosim.Quality{photosim.Clean, photosim.Good, photosim.Mid, photosim.Poor, photosim.Screen, photosim.Curled, photosim.Moved, photosim.Passed}
	parts := []struct {
		name string
		of   image.Rectangle
	}{{"page", image.Rectangle{}}, {"half", image.Rect(90, 110, 1150, 870)}, {"3 lines", image.Rect(100, 330, 1140, 455)}}
	kinds := []string{"", "digit", "negation", "word"}
	bare, _ := exec.LookPath("tesseract")
	tallies := map[string]*tally{}
	registers := []*register{english(t).register(1000, seed), arabic(t).register(1000, seed)}
	until := limit(t)
	for i := range n {
		if !until.IsZero() && time.Now().After(until) {
			t.Logf("the time is over after %d of %d photos: the table holds what was measured", i, n)
			break
		}
		rng := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // a number of photos
		r := registers[i%2]
		q, part, kind := qualities[i/2%len(qualities)], parts[i/16%len(parts)], kinds[i/48%len(kinds)]
		if !part.of.Empty() {
			q = q.Of(part.of)
		}
		at := rng.IntN(len(r.texts))
		f := r.forge(rng, r.texts[at], kind, 2)
		shot, err := q.Shoot(rng, r.press.Print(f.text))
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{r.name + " | " + q.Name + " | " + part.name, r.name + " | all | " + part.name} {
			if tallies[key] == nil {
				tallies[key] = &tally{}
			}
		}
		one := judged(t, r, shot.Data, at, f)
		if i%16 < 10 && i/16%len(parts) == 0 && bare != "" {
			one.bare, one.bares = alone(t, bare, shot.Data), 1
		}
		if one.missed > 0 {
			t.Errorf("photo %d, %s %s %s, %s: %d of %d changed words are the same", i, r.name, q.Name, part.name, kind, one.missed, one.changed)
		}
		for _, key := range []string{r.name + " | " + q.Name + " | " + part.name, r.name + " | all | " + part.name} {
			tallies[key].add(one)
		}
	}
	report(t, tallies)
}

// limit is when TestGoals ends with what it has; the zero time without a limit.
func limit(t *testing.T) time.Time {
	t.Helper()
	text := os.Getenv("CHANCERY_MATCHES_TIME")
	if text == "" {
		return time.Time{}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("CHANCERY_MATCHES_TIME=%q: want a time such as 8m: %v", text, err)
	}
	return time.Now().Add(d)
}

// judged is one photo with what became of it.
func judged(t *testing.T, r *register, data []byte, at int, f forgery) tally {
	t.Helper()
	inner := *r.m
	var setting time.Duration
	before := spent()
	p, err := photo.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	render := r.m.Render
	inner.Render = func(ctx context.Context, k match.Key, perMM float64) (*image.Gray, error) {
		from := spent()
		defer func() { setting += spent() - from }()
		return render(ctx, k, perMM)
	}
	got, ok, err := inner.Match(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	one := tally{photos: 1, spent: spent() - before - setting}
	one.times = []time.Duration{one.spent}
	if !ok || got.Key.File != fileOf(at) {
		return one
	}
	one.right = 1
	for k, w := range got.Words {
		switch {
		case w.Verdict == match.Unseen:
		case f.changed[k]:
			one.changed++
			if w.Verdict == match.Same {
				one.missed++
			} else {
				one.caught++
			}
		default:
			one.honest++
			switch w.Verdict {
			case match.Same:
				one.same++
			case match.Unsure:
				one.unsure++
			case match.Other, match.Unseen:
				one.other++
			}
		}
	}
	if one.changed > 0 && one.missed == one.changed {
		one.green = 1
	}
	return one
}

func (a *tally) add(b tally) {
	a.photos, a.right, a.green = a.photos+b.photos, a.right+b.right, a.green+b.green
	a.changed, a.caught, a.missed = a.changed+b.changed, a.caught+b.caught, a.missed+b.missed
	a.honest, a.same, a.unsure, a.other = a.honest+b.honest, a.same+b.same, a.unsure+b.unsure, a.other+b.other
	a.spent, a.bare, a.bares = a.spent+b.spent, a.bare+b.bare, a.bares+b.bares
	a.times = append(a.times, b.times...)
}

func report(t *testing.T, tallies map[string]*tally) {
	t.Helper()
	var keys []string
	for k := range tallies {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var b strings.Builder
	b.WriteString("| language | picture | part | photos | right page | changed words | caught | missed | untouched words: same | unsure | other | time, middle and most | tesseract alone |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, k := range keys {
		a := tallies[k]
		slices.Sort(a.times)
		ms := func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
		share := func(n int) string {
			return strings.TrimPrefix(fmt.Sprintf("%.3f", float64(n)/float64(max(1, a.honest))), "0")
		}
		alone := "-"
		if a.bares > 0 {
			alone = ms(a.bare / time.Duration(a.bares))
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %s | %s | %s | %s, %s | %s |\n", k, a.photos, a.right, a.changed, a.caught, a.missed,
			share(a.same), share(a.unsure), share(a.other), ms(a.times[len(a.times)/2]), ms(a.times[len(a.times)-1]), alone)
	}
	t.Log("\n" + b.String())
	if name := os.Getenv("CHANCERY_MATCHES_OUT"); name != "" {
		if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// spent is the processor time of this program: what else the machine does does
// not count.
func spent() time.Duration {
	runtime.Gosched()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
