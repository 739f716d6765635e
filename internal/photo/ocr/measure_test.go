package ocr

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
)

// spent is the processor time of all children that ended: other programs on the
// machine do not count.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func measure(t *testing.T, n int) {
	path, err := exec.LookPath("tesseract")
	if err != nil {
		t.Fatal(err)
	}
	model, err := findModel(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	seed := press.Seed(t)
	long := english + "\n" + english
	pages := []struct {
		lang string
		page photosim.Page
	}{{"en", press.Render(t, long, 25)}, {"ar", press.Arabic(t, arabic+"\n"+arabic, 26)}}
	for _, p := range pages {
		for k, q := range photosim.Qualities() {
			var ours, bare, oursTime, bareTime float64
			hows := map[string]int{}
			for i := range n {
				shot, err := q.Shoot(rand.New(rand.NewPCG(seed, uint64(100*k+i))), p.page)
				if err != nil {
					t.Fatal(err)
				}
				at := spent(t)
				r, err := slow().Read(t.Context(), shot.Data)
				if err != nil {
					t.Fatal(err)
				}
				oursTime += (spent(t) - at).Seconds()
				ours += recall(p.page.Words(), r) / float64(n)
				hows[r.How]++
				name := filepath.Join(t.TempDir(), "shot")
				if err := os.WriteFile(name, shot.Data, 0o600); err != nil {
					t.Fatal(err)
				}
				at = spent(t)
				out, err := run(context.Background(), path, nil, maxAnswer, name, "stdout", "-l", model.model, "--psm", "3", "-c", "tessedit_create_tsv=1", "-c", "tessedit_create_txt=0")
				if err != nil {
					t.Fatal(err)
				}
				bareTime += (spent(t) - at).Seconds()
				rows, err := parseTSV(string(out), shot.Size)
				if err != nil {
					t.Fatal(err)
				}
				pic := photo.Picture{Size: shot.Size}
				bare += recall(p.page.Words(), reading(rows, pic.Whole(), shot.Size)) / float64(n)
			}
			t.Logf("%s %-7s %d photos: words read %.3f, by tesseract alone %.3f; processor time %.2f s and %.2f s, ratio %.2f; %v", p.lang, q.Name, n, ours, bare, oursTime/float64(n), bareTime/float64(n), oursTime/bareTime, hows)
		}
	}
}
