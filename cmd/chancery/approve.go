package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"

	"chancery.example/approval"
	"chancery.example/internal/office"
	"chancery.example/internal/signing"
)

func approveCommand() command {
	return command{
		name: "approve", args: "REQUEST (--officer NAME (--key FILE | --signature FILE) | --statement)", group: forOffices,
		short: "approve a request with an officer's SSH key",
		detail: `Shows the words that are approved and takes the officer's signature over the request's statement. To read first and
sign later: chancery requests 7. An officer whose key is elsewhere signs with stock tools:

    chancery approve 7 --statement > statement.txt
    ssh-keygen -Y sign -n chancery-approval@v1 -f KEY statement.txt
    chancery approve 7 --officer legal --signature statement.txt.sig

An officer with a passkey approves at the desk, in a browser: it shows the same words and the same six words. What the
browser signed can also be handed in with --signature, in the wire form of docs/formats/approval.md.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var a approving
			fs.StringVar(&a.dir, "register", "", "`DIR` is the register's folder")
			fs.StringVar(&a.officer, "officer", "", "`NAME` of the officer in the office's policy")
			fs.StringVar(&a.key, "key", "", "`FILE` with the officer's SSH private key")
			fs.StringVar(&a.signature, "signature", "", "`FILE` with a signature made by ssh-keygen, or the evidence of a passkey; - is standard input")
			fs.BoolVar(&a.statement, "statement", false, "print the statement to sign, and do nothing")
			name := officeFlag(fs)
			return func(ctx context.Context, c *call) error { return a.run(within(ctx, *name), c) }
		},
	}
}

type approving struct {
	dir, officer, key, signature string
	statement                    bool
}

func (a approving) run(ctx context.Context, c *call) error {
	id, err := c.request()
	if err != nil {
		return err
	}
	if !a.statement && (a.officer == "" || (a.key == "") == (a.signature == "")) {
		return usage("who approves, and with what? give --officer NAME and one of --key FILE or --signature FILE; or --statement, to sign elsewhere")
	}
	d := desk{dir: a.dir, by: a.officer, office: "-"}
	if a.statement {
		d.by = "-"
	}
	return d.with(ctx, func(r *office.Register) error {
		q, err := r.Request(ctx, id)
		if err != nil {
			return err
		}
		if a.statement {
			if q.State != waiting {
				return fmt.Errorf("request %d is %s: there is nothing to sign; \"chancery requests\" lists what waits", id, q.State)
			}
			c.note("six words of what is signed: %s", q.SixWords)
			return c.data(q.Statement.Bytes())
		}
		sig, err := a.sign(c, q)
		if err != nil {
			return err
		}
		if q, err = r.Approve(ctx, id, a.officer, sig); err != nil {
			return err
		}
		c.showWords(q)
		c.say("approved by %s, %s: %s", a.officer, with(sig), q.Describe())
		c.say("six words of what was signed: %s", q.SixWords)
		c.next(q)
		return nil
	})
}

func (a approving) sign(c *call, q office.Request) ([]byte, error) {
	if a.signature != "" {
		return c.readFile(a.signature, 64<<10)
	}
	k, err := signing.LoadOfficerKey(a.key)
	if err != nil {
		return nil, c.passkeyMeant(a.key, err)
	}
	return k.Approve(q.Statement)
}

// passkeyMeant says what to do instead when a file does not hold a private key but
// a passkey's line: nothing here can sign with it.
func (c *call) passkeyMeant(file string, err error) error {
	raw, unread := c.readFile(file, 64<<10)
	if unread != nil {
		return err
	}
	k, none := approval.ParsePasskeyLine(string(raw))
	if none != nil {
		return err
	}
	origin, _, _ := k.Passkey()
	return fmt.Errorf("%s is the line of a passkey at %s, which signs in a browser only: approve at the desk there, or hand in its evidence with --signature", file, origin)
}

// with says with what kind of key a signature that was taken was made.
func with(signature []byte) string {
	k, err := approval.Signer(signature)
	if err != nil {
		return "some key" // what was taken has one
	}
	return k.Describe()
}

// request reads the number of a request.
func (c *call) request() (int64, error) {
	if len(c.args) != 1 {
		return 0, usage("want the number of one request; \"chancery requests\" lists them")
	}
	id, err := strconv.ParseInt(c.args[0], 10, 64)
	if err != nil || id < 1 {
		return 0, usageError{fmt.Errorf("%q is no number of a request; \"chancery requests\" lists them", c.args[0])}
	}
	return id, nil
}
