// Command pack packs files with brotli and gzip beside them, the same bytes
// wherever it runs:
//
//	pack FILE...      writes FILE.br and FILE.gz, and says how large they are
//
// scripts/build.sh packs with it what browsers download. It is in the module of
// the tools because the program itself packs nothing with brotli.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/andybalholm/brotli"
)

func main() {
	// Each takes a minute, and needs one processor for it.
	var all sync.WaitGroup
	failed := make(chan error, len(os.Args))
	for _, name := range os.Args[1:] {
		all.Go(func() {
			if err := pack(name); err != nil {
				failed <- err
			}
		})
	}
	all.Wait()
	close(failed)
	status := 0
	for err := range failed {
		fmt.Fprintln(os.Stderr, "pack:", err)
		status = 1
	}
	os.Exit(status)
}

func pack(name string) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	sizes := []int{len(raw)}
	for _, form := range []struct {
		ending string
		to     func(io.Writer) (io.WriteCloser, error)
	}{
		{".br", func(w io.Writer) (io.WriteCloser, error) {
			return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24}), nil
		}},
		{".gz", func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) }},
	} {
		var out bytes.Buffer
		w, err := form.to(&out)
		if err != nil {
			return err
		}
		if _, err := w.Write(raw); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(name+form.ending, out.Bytes(), 0o644); err != nil {
			return err
		}
		sizes = append(sizes, out.Len())
	}
	fmt.Printf("%s: %d bytes, %d with brotli, %d with gzip\n", name, sizes[0], sizes[1], sizes[2])
	return nil
}
