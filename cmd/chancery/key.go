package main

import (
	"context"
	"crypto/rand"
	"flag"

	"chancery.example/internal/signing"
)

func keyCommand() command {
	return command{
		name: "key", args: "new FILE", group: setUp, short: "make an officer's SSH key, as ssh-keygen would",
		detail: `Writes FILE, readable by its owner alone, and FILE.pub, whose line goes into the office's policy. A key made by
"ssh-keygen -t ed25519" serves as well, and so does one on a security key (-t ed25519-sk): officers can sign
approval statements with ssh-keygen itself, see "chancery help approve".`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			comment := fs.String("comment", "", "`WORDS` that tell the key from others")
			return func(_ context.Context, c *call) error {
				if len(c.args) != 2 || c.args[0] != "new" {
					return usage("want: key new FILE")
				}
				k, err := signing.NewOfficerKey(rand.Reader, *comment)
				if err != nil {
					return err
				}
				if err := k.Save(c.args[1]); err != nil {
					return err
				}
				c.say("%s", k.Public().Line())
				c.note("wrote %s (keep it to yourself) and %s.pub (for the office's policy)", c.args[1], c.args[1])
				return nil
			}
		},
	}
}
