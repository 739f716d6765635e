package shapes_test

import (
	"bytes"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/photo/photosim"
)

// BenchmarkPhoto measures the whole answer to a photo of a letter on record, warm, as a
// server gives it: by shape alone, where no tesseract is installed; by shape, with what
// differs read; and by reading all of it. Each stands beside a bare run of tesseract on
// the same picture, of-tesseract in time and cpu-of-tesseract in processor time of this
// program and all its children. CHANCERY_PHOTO_QUALITY names another quality than good.
func BenchmarkPhoto(b *testing.B) {
	model, err := exec.LookPath("tesseract")
	if err != nil {
		b.Skip("SKIPPED: no tesseract here (Debian: tesseract-ocr tesseract-ocr-script-arab), and it is what this is measured against")
	}
	d := newDesk(b)
	quality := photosim.Good
	for _, q := range photosim.Qualities() {
		if q.Name == os.Getenv("CHANCERY_PHOTO_QUALITY") {
			quality = q
		}
	}
	for i, name := range []string{"English", "Arabic"} {
		photo := shoot(b, quality, 11, d.page(b, reference(i)))
		bare := func() {
			cmd := exec.CommandContext(b.Context(), model, "stdin", "stdout", "-l", "Arabic")
			cmd.Stdin, cmd.Env = bytes.NewReader(photo), append(os.Environ(), "OMP_THREAD_LIMIT=1")
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
		}
		for _, way := range []string{"by shape alone", "by shape, and read", "read"} {
			b.Run(name+"/"+way, func(b *testing.B) {
				if way == "by shape alone" {
					b.Setenv("PATH", b.TempDir())
				}
				ready := ocr.New(ocr.Options{Time: patience, Ahead: true})
				defer func() { _ = ready.Close() }()
				was := d.read.Reader
				d.read.Reader = ready
				defer func() { d.read.Reader = was }()
				exhibit := check.Exhibit{Data: photo, Pictures: d.reader.Read}
				if way == "read" {
					exhibit.Pictures = d.read.Read
				}
				ask := func() {
					if _, err := d.snap.Examine(b.Context(), exhibit, d.house.Now()); err != nil {
						b.Fatal(err)
					}
				}
				ask() // draws the page, once
				var ours, theirs, peer time.Duration
				for b.Loop() {
					b.StopTimer()
					_ = ready.Waits() // until the next child is there
					before := processor(b)
					b.StartTimer()
					ask()
					b.StopTimer()
					_ = ready.Waits() // until this one is gone
					ours += processor(b) - before
					before = processor(b)
					began := time.Now()
					bare()
					peer += time.Since(began)
					theirs += processor(b) - before
					b.StartTimer()
				}
				b.ReportMetric(b.Elapsed().Seconds()/peer.Seconds(), "of-tesseract")
				b.ReportMetric(ours.Seconds()/theirs.Seconds(), "cpu-of-tesseract")
				b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "cpu-ms")
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
			})
		}
	}
}

// processor is the processor time of this program and of its children that have ended,
// the start of the next child with it.
func processor(b *testing.B) time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}
