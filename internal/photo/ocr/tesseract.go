//go:build !js

package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"chancery.example/internal/confine"
	"chancery.example/internal/photo"
)

// errMissing says that no tesseract is installed.
var errMissing = &photo.Error{
	Problem: photo.NoReader,
	Advice:  "pictures are read with tesseract, which is not installed: apt-get install tesseract-ocr tesseract-ocr-script-arab, or type one sentence from the picture",
}

// models lists what tesseract may read with, the best first. One model for both
// scripts reads a page that has both; Debian calls it script/Arabic, its own
// folder Arabic.
var models = [][]string{{"script/Arabic"}, {"Arabic"}, {"ara", "eng"}, {"eng"}, {"ara"}, {"script/Latin"}, {"Latin"}}

// A tesseract is an installed program with the model it reads with.
type tesseract struct {
	path, model string
}

// environment is all that tesseract sees of ours: no configuration of somebody's
// shell, and one thread, with which it is several times faster than with many.
var environment = []string{"OMP_THREAD_LIMIT=1", "OMP_NUM_THREADS=1", "LC_ALL=C", "PATH=/nonexistent"}

// findModel asks an installed tesseract which models it has.
func findModel(ctx context.Context, path string) (tesseract, error) {
	out, err := run(ctx, path, nil, 1<<16, "--list-langs")
	if err != nil {
		return tesseract{}, fmt.Errorf("asking %s for its languages: %w", path, err)
	}
	model := choose(strings.Fields(string(out)))
	if model == "" {
		return tesseract{}, &photo.Error{Problem: photo.NoReader, Advice: "pictures are read with tesseract, which has no language installed that letters are read with: " +
			"apt-get install tesseract-ocr-script-arab, or type one sentence from the picture"}
	}
	return tesseract{path, model}, nil
}

// choose returns the best model of those that are installed, "" for none.
func choose(installed []string) string {
	for _, m := range models {
		if !slices.ContainsFunc(m, func(s string) bool { return !slices.Contains(installed, s) }) {
			return strings.Join(m, "+")
		}
	}
	return ""
}

// rows reads one candidate, its halves at the same time where it has any: tesseract is
// quickest with one thread, and a child may use two processors.
func (t tesseract) rows(ctx context.Context, c photo.Candidate) ([]row, error) {
	parts, joined := c.Halves()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read, errs := make([][]row, len(parts)), make([]error, len(parts))
	var all sync.WaitGroup
	for i, part := range parts {
		all.Go(func() {
			if read[i], errs[i] = t.part(ctx, c, part); errs[i] != nil {
				cancel() // half a page is none
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	out := read[0]
	for i, low := range read[1:] {
		out = below(out, low, parts[i+1].Min.Y-parts[0].Min.Y, joined)
	}
	return out, nil
}

// part reads a part of a candidate; places are those in the part.
func (t tesseract) part(ctx context.Context, c photo.Candidate, part image.Rectangle) ([]row, error) {
	g, _ := c.Image.SubImage(part).(*image.Gray)
	// Every option stands here: the files of options that tesseract would look
	// for by name are not needed.
	out, err := run(ctx, t.path, BMP(g), maxAnswer, "stdin", "stdout", "-l", t.model, "--psm", Layout(c), "--dpi", "300",
		"-c", "tessedit_create_tsv=1", "-c", "tessedit_create_txt=0")
	if err != nil {
		return nil, fmt.Errorf("reading the picture with tesseract: %w", err)
	}
	return parseTSV(string(out), part.Size())
}

// below sets the words of one part under those of another. When the text goes on from
// one to the other, the paragraph at the end does.
func below(above, low []row, down int, joined bool) []row {
	if len(above) == 0 || len(low) == 0 {
		joined = false
	}
	var last, first row
	if joined {
		last, first = above[len(above)-1], low[0]
	}
	blocks := 0
	for _, r := range above {
		blocks = max(blocks, r.block)
	}
	for _, r := range low {
		if joined && r.block == first.block && r.par == first.par {
			r.block, r.par, r.line = last.block, last.par, last.line+r.line
		} else {
			r.block += blocks
		}
		r.box = r.box.Add(image.Pt(0, down))
		above = append(above, r)
	}
	return above
}

// run starts a program and returns at most limit bytes of what it prints. It
// is ended as a group when ctx ends.
func run(ctx context.Context, path string, input []byte, limit int, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // the path is that of the installed program, the arguments are ours
	cmd.Env = environment
	cmd.Stdin = bytes.NewReader(input)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	var says bytes.Buffer
	out := &confine.Capped{Limit: limit}
	cmd.Stdout, cmd.Stderr = out, &confine.Capped{To: &says, Limit: 4 << 10, Silent: true}
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("%w (%.300q)", err, says.String())
	}
	return out.Bytes(), nil
}
