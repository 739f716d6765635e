package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/internal/kit"
	"chancery.example/internal/remote"
	"chancery.example/internal/web"
	"chancery.example/proof"
)

func siteCommand() command {
	return command{
		name: "site", args: "DIR --register URL|FOLDER", group: forReaders, short: "write a checker of a register's letters that anybody can host: plain files, no server",
		detail: `Writes into DIR a page that reads on its reader's own device, with all it needs: the reader for browsers, styles,
fonts, and the register's public files, verified as "chancery mirror" verifies them. Any host that serves plain files
can serve DIR, and whoever does sees only that the page was opened, never what is checked.

With --live the files of the register are not copied: pages download them from the register's own address, and show
what is new at once; that host then sees that somebody reads the register. Without it, run the command again to bring
the copy up to date. --policy names whom the pages trust; without it they take the register's own word as of now.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			from := fs.String("register", "", "`URL|FOLDER` of the register")
			policy := fs.String("policy", "", "`FILE` of whom to trust (C2SP tlog-policy)")
			live := fs.Bool("live", false, "pages download the register from its own address, each time")
			pictures := fs.String("picture-reader", "", "`FOLDER` of the text reader for photos (scripts/device.sh); the one in the user's cache folder without")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 || *from == "" {
					return usage("want a folder to write into and a register, such as: chancery site checker --register https://letters.harbour.example")
				}
				address := strings.Contains(*from, "://")
				if *live && !address {
					return usage("--live takes the address of a register, not a folder")
				}
				p, err := c.policy(*policy)
				if err != nil {
					return err
				}
				s := site{dir: c.args[0], from: *from, policy: p, live: *live}
				if s.kit, err = kit.Now(ctx, *pictures, func(what string) { c.note("%s", what) }); err != nil {
					return err //nolint:wrapcheck // says what is missing
				}
				return s.write(ctx, c, address)
			}
		},
	}
}

// A site is a checker that is being written.
type site struct {
	dir, from string
	policy    proof.Policy
	live      bool
	kit       *kit.Kit
}

// registerPath is where in a site the register's public files are.
const registerPath = "register"

func (s site) write(ctx context.Context, c *call, address bool) error {
	dir := s.from
	if address {
		copied, err := os.MkdirTemp("", "chancery-site-*")
		if err != nil {
			return fmt.Errorf("making a temporary folder: %w", err)
		}
		defer func() { _ = os.RemoveAll(copied) }()
		if err := s.mirror(ctx, c, copied); err != nil {
			return err
		}
		dir = copied
	}
	f, err := folder.Open(dir)
	if err != nil {
		return err //nolint:wrapcheck // says what it opened
	}
	r, err := f.Read(ctx, s.policy, nil) // nothing is given away that does not verify
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	trust := s.policy
	if len(trust.Logs()) == 0 {
		if trust, err = f.Policy(); err != nil {
			return err //nolint:wrapcheck // says what it read
		}
	}
	out := web.Checker{
		Kit: s.kit, Origin: r.State.Origin(), Exercise: r.State.Exercise(), Register: registerPath + "/",
		Keys: strings.Split(strings.TrimSpace(string(trust.Bytes())), "\n"),
	}
	if len(s.policy.Logs()) > 0 {
		out.Policy = string(s.policy.Bytes())
	}
	if address {
		out.Host = strings.TrimSuffix(s.from, "/") + "/"
	}
	if s.live {
		out.Register = out.Host
	}
	n := 0
	put := func(name string, content []byte) error {
		n++
		return folder.WriteFile(filepath.Join(s.dir, filepath.FromSlash(name)), content, 0o644)
	}
	if err := out.Files(put); err != nil {
		return err
	}
	if !s.live {
		if err := published(dir, put); err != nil {
			return err
		}
	}
	if err := put("README.md", []byte(siteReadme)); err != nil {
		return err
	}
	c.say("%s: a checker of %s, %d files, over %d entries. Serve the folder as plain files and open index.html", safe(s.dir), safe(r.State.Origin()), n, r.Checkpoint.Size)
	if s.kit.OCR == nil {
		c.say("Photos are not read by it: scripts/device.sh fetches the text reader for them, then run this again.")
	}
	return nil
}

// mirror brings the register's public files into a folder, verified.
func (s site) mirror(ctx context.Context, c *call, dir string) error {
	client, err := remote.New(s.from, remote.Options{})
	if err != nil {
		return usageError{err}
	}
	progress, done := c.steps()
	defer done()
	m, err := remote.OpenMirror(client, dir, remote.MirrorOptions{Policy: s.policy, Progress: progress})
	if err != nil {
		return err //nolint:wrapcheck // says what it opened
	}
	if _, err := m.Update(ctx); err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	return nil
}

// published gives the public files of a register's folder under the names by which
// they are served (folder.md MUST-12), the heads last: who reads meanwhile sees the
// old register or the new one.
func published(dir string, put func(string, []byte) error) error {
	at := func(name string) string { return registerPath + "/" + name }
	for from, to := range map[string]string{"log/tile": "tile", "texts": "texts", folder.FormsName: folder.FormsName} {
		root := filepath.Join(dir, filepath.FromSlash(from))
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && path == root {
				return fs.SkipAll // a register without texts, or PDFs
			}
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
				return err
			}
			b, err := os.ReadFile(filepath.Clean(path)) //nolint:gosec // public files; a link that is put in their place leads to what its maker can read anyway
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			return put(at(to+"/"+filepath.ToSlash(rel)), b)
		})
		if err != nil {
			return fmt.Errorf("copying %s: %w", root, err)
		}
	}
	for _, f := range []struct{ from, to string }{
		{folder.ConfigName, folder.ConfigName}, {folder.PolicyName, folder.PolicyName}, {"log/" + folder.WitnessedName, folder.WitnessedName}, {"log/checkpoint", "checkpoint"},
	} {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.from)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // a register need not have it
		}
		if err != nil {
			return fmt.Errorf("copying a register: %w", err)
		}
		if err := put(at(f.to), b); err != nil {
			return err
		}
	}
	return nil
}

const siteReadme = `# A checker

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

Hosts that send headers may add: Content-Security-Policy as in the pages' own meta
element, Referrer-Policy: no-referrer, and long caching for device/ and register/tile/.
Keep no log of visitors if you promise them none.
`
