package main

import (
	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/letter"
)

// answer returns what writes answers for people.
func (c *call) answer(lang string) plain.Writer {
	return plain.Writer{To: c.out, Lang: letter.Lang(lang)}
}

func (c *call) printJSON(v any) error { return plain.JSON(c.out, v) }

// data writes bytes as they are: a statement to sign, a proof.
func (c *call) data(b []byte) error {
	_, err := c.out.Write(b)
	return err //nolint:wrapcheck // standard output is gone
}

// safe makes foreign words harmless on a terminal.
func safe(s string) string { return plain.Safe(s) }

func wrap(s string) string { return plain.Wrap(s, "", plain.Columns) }

// progress shows how far a long work is, on a terminal only.
func (c *call) progress(what string) (func(done, all uint64), func()) {
	if !c.tty {
		return nil, func() {}
	}
	shown := false
	return func(done, all uint64) {
			if all > 2000 && (done%500 == 0 || done == all) {
				shown = true
				tell(c.err, "\r%s %d of %d", what, done, all)
			}
		}, func() {
			if shown {
				tell(c.err, "\r\x1b[K")
			}
		}
}
