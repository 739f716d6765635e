package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"chancery.example/internal/form"
	"chancery.example/letter"
)

// elsewhereFlags bring a PDF that was made elsewhere and is to be a letter's form.
type elsewhereFlags struct{ form, confirmed string }

func (t *elsewhereFlags) flags(fs *flag.FlagSet) {
	fs.StringVar(&t.form, "form", "", "`FILE`.pdf, made in another program, that is to be stamped, sealed and issued as the letter")
	fs.StringVar(&t.confirmed, "confirmed", "", "`DIGEST` that was shown with what --form says, by who has read it; asked for on a terminal without")
}

// read returns the file; nil when none was given.
func (t *elsewhereFlags) read(c *call) ([]byte, error) {
	if t.form == "" && t.confirmed != "" {
		return nil, usage("--confirmed is about a PDF made elsewhere: give --form FILE.pdf")
	}
	if t.form == "" {
		return nil, nil
	}
	raw, err := c.readFile(t.form, form.MaxBytes)
	if err == nil && len(raw) == 0 {
		err = usage("--form: %s is empty; print the letter to PDF", t.form)
	}
	return raw, err
}

// confirm shows who brings the file what it says, as it was read, and takes their yes to
// it: the digest of what was shown.
func (t *elsewhereFlags) confirm(c *call, ref letter.Ref, show func() (form.Shown, error)) (letter.Hash, error) {
	if t.form == "" {
		return letter.Hash{}, nil
	}
	s, err := show()
	if err != nil {
		return letter.Hash{}, err
	}
	if err := s.Err(); err != nil {
		return letter.Hash{}, fmt.Errorf("%s cannot be issued as %s: %w", ref, t.form, err)
	}
	digest := s.Digest()
	if t.confirmed == digest.String() {
		return digest, nil
	}
	c.say("--- what %s shows (pages: %d)", t.form, s.Pages)
	c.say("%s\n---", safe(s.Text))
	for _, p := range s.Pictures {
		c.say("page %d has a picture: words in it are not read, and officers approve it by looking", p)
	}
	c.say("these are the words of %s (languages: %d)", ref, len(s.Texts))
	if t.confirmed != "" {
		return letter.Hash{}, usage("--confirmed: this PDF was not read so: read it as it is above, then give --confirmed %s", digest)
	}
	if !c.asks() {
		return letter.Hash{}, usage("nobody has confirmed it: read what it shows above, then give --confirmed %s", digest)
	}
	tell(c.err, "Is this the letter? It is stamped, sealed and put up for approval as it is. Type yes: ")
	if said, err := bufio.NewReader(io.LimitReader(c.in, 100)).ReadString('\n'); strings.TrimSpace(said) != "yes" {
		return letter.Hash{}, errors.Join(usage("it was not confirmed; nothing was submitted"), ignoreEOF(err))
	}
	return digest, nil
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// asks reports whether a person can be asked something.
func (c *call) asks() bool {
	f, isFile := c.in.(*os.File)
	return c.tty && (!isFile || isTerminal(f))
}
