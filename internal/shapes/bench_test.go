package shapes_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/photo/photosim"
)

// BenchmarkPhoto measures the whole answer to a photo of a letter on record, warm: by
// shape alone, with what differs read, and by reading all of it, each beside a bare run
// of tesseract on the same picture (ratio).
func BenchmarkPhoto(b *testing.B) {
	model, err := exec.LookPath("tesseract")
	if err != nil {
		b.Skip("SKIPPED: no tesseract here (Debian: tesseract-ocr tesseract-ocr-script-arab), and it is what this is measured against")
	}
	d := newDesk(b)
	for i, name := range []string{"English", "Arabic"} {
		photo := shoot(b, photosim.Good, 11, d.page(b, reference(i)))
		bare := func() time.Duration {
			began := time.Now()
			cmd := exec.CommandContext(b.Context(), model, "stdin", "stdout", "-l", "Arabic")
			cmd.Stdin, cmd.Env = bytes.NewReader(photo), append(os.Environ(), "OMP_THREAD_LIMIT=1")
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			return time.Since(began)
		}
		for _, way := range []struct {
			name    string
			exhibit check.Exhibit
			mute    bool
		}{
			{"by shape alone", check.Exhibit{Data: photo, Pictures: d.reader.Read}, true},
			{"by shape, and read", check.Exhibit{Data: photo, Pictures: d.reader.Read}, false},
			{"read", check.Exhibit{Data: photo, Pictures: d.read.Read}, false},
		} {
			b.Run(name+"/"+way.name, func(b *testing.B) {
				d.read.mute = way.mute
				var peer time.Duration
				for b.Loop() {
					if _, err := d.snap.Examine(b.Context(), way.exhibit, d.house.Now()); err != nil {
						b.Fatal(err)
					}
					b.StopTimer()
					peer += bare()
					b.StartTimer()
				}
				b.ReportMetric(b.Elapsed().Seconds()/peer.Seconds(), "of-tesseract")
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
			})
		}
	}
}
