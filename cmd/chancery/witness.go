package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"time"

	"chancery.example/internal/witness"
	"chancery.example/proof"
)

func witnessCommand() command {
	return command{
		name: "witness", args: "init DIR --name NAME | add DIR LOGKEY [URL] | serve DIR [--addr HOST:PORT] | status DIR", group: running,
		short: "vouch that logs of others show everybody the same",
		detail: `A witness remembers the newest head of each log that it knows, and cosigns a newer one only when it extends that (C2SP
tlog-witness). Run one for registers of other houses; of your own it proves nothing to anybody.

init      makes a witness with a key of its own in a new folder; NAME is that of the key, an address such as
          witness.harbour.example/w1. Its verifier key goes into the policies of logs and readers
add       lets it cosign heads of the log with the verifier key LOGKEY, which "chancery register" of that log names;
          --logs FILE adds all logs of a policy file (C2SP tlog-policy). A running witness takes it up at once
serve     answers logs, and shows what it has seen: / for people, /logs.json, /metrics, /healthz
status    what it has cosigned last of each log, and what it holds against it

Never restore a witness from a backup: it would cosign again what it has seen replaced. When its folder is lost, begin a
new witness under a new key, and tell those who trust it.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var k witnessing
			fs.StringVar(&k.name, "name", "", "`NAME` of the witness's key, an address without scheme")
			fs.StringVar(&k.addr, "addr", "127.0.0.1:8090", "`HOST:PORT` to listen on; port 0 takes any free one")
			fs.StringVar(&k.logs, "logs", "", "`FILE` of logs to add (C2SP tlog-policy)")
			fs.Float64Var(&k.rate, "rate", 0, "how `MANY` requests a second one client may send; 50 without")
			fs.BoolVar(&k.json, "json", false, "print the status as JSON")
			return func(ctx context.Context, c *call) error { return k.run(ctx, c) }
		},
	}
}

type witnessing struct {
	name, addr, logs string
	rate             float64
	json             bool
}

func (k witnessing) run(ctx context.Context, c *call) error {
	if len(c.args) < 2 {
		return usage("want what to do and the folder of one witness, such as: chancery witness init DIR --name witness.harbour.example/w1")
	}
	what, dir, rest := c.args[0], c.args[1], c.args[2:]
	if what == "init" {
		return k.init(ctx, c, dir)
	}
	w, err := witness.Open(ctx, dir, time.Now)
	if err != nil {
		return err
	}
	switch what {
	case "add":
		err = k.add(ctx, c, w, rest)
	case "serve":
		log := slog.New(slog.NewTextHandler(c.err, nil))
		err = w.Serve(ctx, k.addr, witness.Limits{PerSecond: k.rate, Burst: 10 * k.rate, Log: log}, func(url string) { c.say("%s", url) })
	case "status":
		err = k.status(ctx, c, w)
	default:
		err = usage("%q: want init, add, serve or status", what)
	}
	return errors.Join(err, w.Close())
}

func (k witnessing) init(ctx context.Context, c *call, dir string) error {
	if k.name == "" {
		return usage("what is it called? give --name witness.harbour.example/w1")
	}
	cfg, err := witness.Init(ctx, dir, k.name)
	if err != nil {
		return err
	}
	c.say("witness %s in %s", cfg.Name, dir)
	c.say("verifier key: %s", cfg.Key)
	c.say("line for a policy: witness NAME %s URL", cfg.Key)
	c.say("next: chancery witness add %s LOGKEY, then chancery witness serve %s", dir, dir)
	return nil
}

func (k witnessing) add(ctx context.Context, c *call, w *witness.Witness, args []string) error {
	var logs []proof.LogKey
	switch {
	case k.logs != "" && len(args) == 0:
		raw, err := c.readFile(k.logs, 64<<10)
		if err != nil {
			return err
		}
		p, err := proof.ParsePolicy(raw)
		if err != nil {
			return err //nolint:wrapcheck // says what it is about
		}
		logs = p.LogList()
	case k.logs == "" && (len(args) == 1 || len(args) == 2):
		logs = []proof.LogKey{{Key: args[0], URL: append(args, "")[1]}}
	default:
		return usage("want the verifier key of one log (NAME+ID+KEY) and perhaps its address, or --logs FILE")
	}
	for _, l := range logs {
		origin, err := w.Learn(ctx, l.Key, l.URL)
		if err != nil {
			return err
		}
		c.say("cosigns heads of %s", safe(origin))
	}
	return nil
}

func (k witnessing) status(ctx context.Context, c *call, w *witness.Witness) error {
	logs, err := w.Logs(ctx)
	if err != nil {
		return err
	}
	if k.json {
		return c.printJSON(append([]witness.LogState{}, logs...))
	}
	c.say("witness %s\nverifier key: %s\nlogs: %d", w.Config.Name, w.Config.Key, len(logs))
	for _, l := range logs {
		c.say("\n%s", safe(l.String()))
	}
	return w.Health(ctx)
}
