package kit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Start returns what gives the kit: the one that the program was built with, at
// once, or else one that is built from the program's source, where that is here and
// a go command is. say hears what people should know; pictures is the folder of a
// text reader for pictures, OCRFolder when empty.
func Start(ctx context.Context, pictures string, say func(string)) *Source {
	if pictures == "" {
		pictures = OCRFolder()
	}
	if k := Embedded(); k != nil {
		return Of(k.withOCR(pictures, say))
	}
	s := &Source{}
	root, dir, err := places()
	if err != nil {
		say("the pages cannot read on the reader's own device: " + err.Error())
		return s
	}
	say("building the reader for browsers into " + dir + "; until it is there the pages' forms send what is entered")
	go func() {
		k, err := Build(ctx, root, dir)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			say("the pages cannot read on the reader's own device: " + err.Error())
		default:
			s.kit.Store(k.withOCR(pictures, say))
			say("the reader for browsers is there: the check page reads on the reader's own device")
		}
	}()
	return s
}

// places returns the folder of the program's source and the one to build into.
func places() (root, dir string, err error) {
	_, file, _, _ := runtime.Caller(0)
	root = filepath.Dir(filepath.Dir(filepath.Dir(file)))
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if !filepath.IsAbs(file) || err != nil || !strings.HasPrefix(string(mod), "module chancery.example\n") {
		return "", "", errors.New("the program was built without the reader (scripts/build.sh builds it with), and its source is not here")
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "", "", errors.New("the program was built without the reader, and there is no go command to build it with")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", "", fmt.Errorf("there is no cache folder to build the reader into: %w", err)
	}
	return root, filepath.Join(cache, "chancery", "reader"), nil
}

// flags with which the reader is built: without names for debuggers, and the small
// one without inlining, which makes it a seventh smaller. The one for pictures is to
// be fast.
var flags = map[string][]string{
	Reader:   {"-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-gcflags=all=-l"},
	Pictures: {"-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-tags=pictures"},
}

// Build builds a kit from the program's source in root, with the go command, into
// the folder dir.
func Build(ctx context.Context, root, dir string) (*Kit, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // nothing secret
		return nil, fmt.Errorf("building the reader: %w", err)
	}
	// Programs of other source trees may build at the same time.
	work, err := os.MkdirTemp(dir, "build-*")
	if err != nil {
		return nil, fmt.Errorf("building the reader: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	k := &Kit{Files: map[string]File{}}
	for name, with := range flags {
		out := filepath.Join(work, name)
		args := append([]string{"build", "-o", out}, with...)
		cmd := exec.CommandContext(ctx, "go", append(args, "./cmd/chancery-wasm")...) //nolint:gosec // our own arguments
		cmd.Dir, cmd.Env = root, append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly")
		if says, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building the reader: %w: %.500s", err, bytes.TrimSpace(says))
		}
		b, err := os.ReadFile(filepath.Clean(out))
		if err != nil {
			return nil, fmt.Errorf("building the reader: %w", err)
		}
		packed, err := pack(b)
		if err != nil {
			return nil, err
		}
		k.add(name, map[string][]byte{gzipped: packed})
	}
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("building the reader: asking where Go is: %w", err)
	}
	script, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, fmt.Errorf("building the reader: %w", err)
	}
	k.add(GoScript, map[string][]byte{plain: script})
	return k, nil
}

func (k *Kit) add(name string, forms map[string][]byte) {
	k.Files[name] = File{Media: mediaOf(name), Digest: digestOf(forms), Forms: forms}
}

// Now returns the kit that the program was built with, or builds one at once. The
// arguments are those of Start.
func Now(ctx context.Context, pictures string, say func(string)) (*Kit, error) {
	if pictures == "" {
		pictures = OCRFolder()
	}
	if k := Embedded(); k != nil {
		return k.withOCR(pictures, say), nil
	}
	root, dir, err := places()
	if err != nil {
		return nil, err
	}
	say("building the reader for browsers into " + dir)
	k, err := Build(ctx, root, dir)
	if err != nil {
		return nil, err
	}
	return k.withOCR(pictures, say), nil
}
