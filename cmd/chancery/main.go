// Command chancery keeps a register of official letters, and checks any copy
// against it.
//
//	chancery demo                 see the whole of it in a minute
//	chancery check FILE           where do these words stand?
//	chancery help                 everything else
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/pdf/stamp"
	"chancery.example/internal/photo/ocr"
)

func main() {
	if ocr.IsChild(os.Args) {
		os.Exit(ocr.Main(os.Args, os.Stdin, os.Stdout, time.Now))
	}
	if extract.IsChild(os.Args) {
		os.Exit(extract.Main(os.Args, os.Stdin, os.Stdout, time.Now))
	}
	if stamp.IsChild(os.Args) {
		os.Exit(stamp.Main(os.Args, os.Stdin, os.Stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, tty: isTerminal(os.Stderr)})
	stop()
	os.Exit(code)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
