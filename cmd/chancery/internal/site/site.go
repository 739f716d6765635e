// Package site writes checkers of a register that anybody can host: pages that read
// on their readers' own devices, and the register's public files beside them.
package site

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/kit"
	"chancery.example/internal/remote"
	"chancery.example/internal/web"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Site is a checker that is to be written.
type Site struct {
	Dir      string       // to write into
	From     string       // address or folder of the register
	Policy   proof.Policy // whom the pages trust; the zero Policy is the register's own word
	Live     bool         // the register's files are not copied
	Kit      func(context.Context) (*kit.Kit, error)
	Progress func(what string, done, all uint64) // may be nil
}

// Written says what a checker was written of.
type Written struct {
	Origin   string
	Files    int
	Entries  uint64
	Pictures bool // it reads photos
}

// RegisterPath is where in a site the register's public files are.
const RegisterPath = "register"

// IsAddress reports whether a register is named by its address.
func IsAddress(from string) bool { return strings.Contains(from, "://") }

// Write writes the site. The register is read and verified before anything is
// written, and all files are beside their places before the first is put there:
// what fails leaves the folder as it was.
func (s Site) Write(ctx context.Context) (w Written, err error) {
	st, err := stage(s.Dir)
	if err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, st.end()) }()
	r, clean, err := s.register(ctx)
	if err != nil {
		return w, err
	}
	defer clean()
	if r.reading != nil {
		put := func(name string, b []byte) error { return st.put(RegisterPath+"/"+name, b) }
		if err := r.reading.Published(ctx, put, s.Progress); err != nil {
			return w, err //nolint:wrapcheck // says what it copied
		}
	}
	out, err := s.checker(r)
	if err != nil {
		return w, err
	}
	if out.Kit, err = s.Kit(ctx); err != nil {
		return w, err
	}
	// The pages come last: they name the files that were put before them.
	if err := out.Files(st.put); err != nil {
		return w, err //nolint:wrapcheck // says what it wrote
	}
	if err := st.put("README.md", []byte(readme)); err != nil {
		return w, err
	}
	if err := ctx.Err(); err != nil {
		return w, fmt.Errorf("writing a checker into %s: %w", s.Dir, err)
	}
	if err := st.place(); err != nil {
		return w, err
	}
	return Written{Origin: out.Origin, Files: len(st.names), Entries: r.entries, Pictures: out.Kit.OCR != nil}, nil
}

// A source is a register that was read and verified.
type source struct {
	reading *folder.Reading // nil when its files are not to be copied
	config  folder.Config
	state   *register.State
	entries uint64
	host    string // where its own pages are; "" for none
}

// register reads the register: its files on disk, those of a fresh mirror, or, when
// pages will download them, only what says whose they are.
func (s Site) register(ctx context.Context) (r source, clean func(), err error) {
	clean = func() {}
	dir := s.From
	if IsAddress(s.From) {
		client, err := remote.New(s.From, remote.Options{})
		if err != nil {
			return r, clean, kind.Invalid.Wrap(err)
		}
		r.host = strings.TrimSuffix(client.Address(), "/") + "/"
		if s.Live {
			return s.head(ctx, r, client)
		}
		if dir, err = os.MkdirTemp("", "chancery-site-*"); err != nil {
			return r, clean, fmt.Errorf("making a temporary folder for a copy of the register: %w", err)
		}
		clean = func() { _ = os.RemoveAll(dir) }
		defer func() {
			if err != nil {
				clean()
			}
		}()
		m, err := remote.OpenMirror(client, dir, remote.MirrorOptions{Policy: s.Policy, Progress: s.Progress})
		if err != nil {
			return r, clean, err //nolint:wrapcheck // says what it opened
		}
		if _, err = m.Update(ctx); err != nil {
			clean()
			return r, clean, err //nolint:wrapcheck // says what it read
		}
	}
	f, err := folder.Open(dir)
	if err == nil {
		r.config = f.Config
		r.reading, err = f.Read(ctx, s.Policy, nil) // nothing is given away that does not verify
	}
	if err != nil {
		clean()
		return r, func() {}, err //nolint:wrapcheck // says what it read
	}
	r.state, r.entries = r.reading.State, r.reading.Checkpoint.Size
	return r, clean, nil
}

// head reads the register's newest head and the entries that begin its log: that
// there is a register, of whom, and signed by whom the pages trust. They verify the
// rest each time.
func (s Site) head(ctx context.Context, r source, client *remote.Client) (source, func(), error) {
	none := func() {}
	var err error
	if r.config, _, err = client.Config(ctx); err != nil {
		return r, none, err //nolint:wrapcheck // says what it read
	}
	policy := s.Policy
	if len(policy.Logs()) == 0 {
		if policy, err = r.config.Policy(); err != nil {
			return r, none, kind.Invalid.Wrap(err)
		}
	}
	log := client.Log(ctx)
	raw, err := log.Checkpoint()
	if err != nil {
		return r, none, err //nolint:wrapcheck // says what it read
	}
	head, err := proof.OpenSigned(raw, policy)
	if err != nil {
		return r, none, fmt.Errorf("the newest head at %s: %w", client.Address(), err)
	}
	first, _, err := log.Bundle(ctx, head.Head, 0)
	if err != nil {
		return r, none, err //nolint:wrapcheck // says what it read
	}
	r.state, r.entries = register.NewState(), head.Size
	for i, b := range first {
		e, err := register.Parse(b)
		if err != nil {
			break // of a newer program; the genesis is what is wanted
		}
		r.state.Add(register.Logged{Index: register.Index(i), Entry: e})
	}
	if r.state.Origin() != head.Origin {
		return r, none, kind.Invalid.Errorf("the newest head at %s is of %s, its log begins as %q", client.Address(), head.Origin, r.state.Origin())
	}
	return r, none, nil
}

// checker is what the pages are made of.
func (s Site) checker(r source) (web.Checker, error) {
	out := web.Checker{Origin: r.state.Origin(), Exercise: r.state.Exercise(), Register: RegisterPath + "/", Host: r.host}
	if s.Live {
		out.Register = r.host
	}
	trust := s.Policy
	if len(trust.Logs()) > 0 {
		out.Policy = string(trust.Bytes())
	} else {
		var err error
		if trust, err = r.trust(); err != nil {
			return out, err
		}
	}
	out.Keys = strings.Split(strings.TrimSpace(string(trust.Bytes())), "\n")
	return out, nil
}

// trust is the register's own word of whom to trust.
func (r source) trust() (proof.Policy, error) {
	if r.reading != nil {
		return r.reading.Folder().Policy() //nolint:wrapcheck // says what it read
	}
	p, err := r.config.Policy()
	if err != nil {
		return p, kind.Invalid.Wrap(err)
	}
	return p, nil
}

const readme = `# A checker

This folder is a page on which anybody finds out where the words of a letter stand
in a public register. Serve it as plain files, from any host, over https (or from
http://localhost); open index.html, or ar.html for Arabic.

Everything happens in the reader's browser. It downloads the register's public files
(register/, or from the register's own address), verifies every signature in them,
and compares there. Whoever hosts this page sees that it was opened, and never what
was checked: the requests are the same whatever a reader holds.

- device/   the reader: WebAssembly packed with gzip, and the scripts that start it
- device/ocr/   the text reader for photos, when there is one; loaded when a reader ticks its box
- register/   the register's public files, as of when this folder was written
- style.css, fonts/   the look

To bring register/ up to date, run the command again:

    chancery site THIS-FOLDER --register https://ADDRESS-OF-THE-REGISTER

It takes away what the register shows no more, and leaves files that are not its own.

Hosts that send headers may add: Content-Security-Policy as in the pages' own meta
element, Referrer-Policy: no-referrer, and long caching for device/ and register/tile/.
Keep no log of visitors if you promise them none.
`
