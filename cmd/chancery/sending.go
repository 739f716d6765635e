package main

import (
	"context"
	"errors"
	"flag"

	"chancery.example/cmd/chancery/internal/sending"
	"chancery.example/internal/settings"
)

func webhookCommand() command {
	return command{
		name: "webhook", args: "add OFFICE URL | list OFFICE | remove OFFICE ID | enable OFFICE ID | test OFFICE ID | deliveries OFFICE ID | key",
		group: setUp, short: "tell programs of an office's public events",
		detail: `Messages are Standard Webhooks, about what the log shows: letters issued, corrected, superseded, withdrawn; statements;
opened drafts; disavowals. "add" prints a secret once, by which the receiver checks them; with --scheme v1a there is none
and the register signs with a key of its own ("key" prints it). --event, which can be repeated, sends only those.

"chancery serve --publish" sends them, and tries again for more than three days what did not get through. They go to https
addresses of the public network alone, but for networks of one's own that --webhooks-to names.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var p sending.Call
			sendingFlags(fs, &p)
			fs.Var((*list)(&p.Events), "event", "`EVENT` to send, such as letter.withdrawn; can be repeated; all without it")
			fs.StringVar(&p.Scheme, "scheme", "v1", "`SCHEME` of the signature: v1 (a shared secret) or v1a (the register's own key)")
			fs.StringVar(&p.Note, "note", "", "a `WORD` of one's own about the webhook")
			return sendingRun(&p, func(ctx context.Context) error { return p.Webhook(ctx) })
		},
	}
}

func deliverCommand() command {
	return command{
		name: "deliver", args: "OFFICE/REFERENCE [--to NAME=ADDRESS]...", group: forOffices, short: "send an issued letter by mail",
		detail: `Each addressee gets plain words, the texts, the proof file, and an address at which they confirm that it arrived.
What the relay does not take now is tried again by "chancery serve --publish". Without --to it says to whom the letter was
sent, and who confirmed it.

    chancery deliver harbour/HC-2026-0012 --to "The Master=master@lock.example" --by clerk --url https://register.example \
        --smtp smtp://relay.example --mail-from registry@harbour.example`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var p sending.Call
			sendingFlags(fs, &p)
			fs.StringVar(&p.URL, "url", "", "`ADDRESS` of the register's pages, such as https://register.example")
			fs.Var((*list)(&p.To), "to", "`NAME=ADDRESS` of an addressee; can be repeated")
			fs.StringVar(&p.Lang, "lang", "", "`LANG` of the words around the letter, en or ar; both without it")
			return sendingRun(&p, func(ctx context.Context) error { return p.Deliver(ctx) })
		},
	}
}

func sendingFlags(fs *flag.FlagSet, p *sending.Call) {
	fs.StringVar(&p.Dir, "register", "", "`DIR` is the register's folder")
	fs.StringVar(&p.By, "by", "operator", "`ID` of who does this, for the journal")
	settings.Declare(fs, &p.Outgoing)
}

func sendingRun(p *sending.Call, do func(context.Context) error) func(context.Context, *call) error {
	return func(ctx context.Context, c *call) error {
		if p.Dir == "" {
			return errNoFolder
		}
		p.Args, p.Out = c.args, c.out
		err := do(ctx)
		var wrong sending.UsageError
		if errors.As(err, &wrong) {
			return usageError{wrong}
		}
		return err
	}
}
