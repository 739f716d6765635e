package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"

	"chancery.example/internal/folder"
	"chancery.example/internal/witness"
)

func policyCommand() command {
	return command{
		name: "policy", args: "DIR [FILE]", group: setUp, short: "show or set the register's own policy: which witnesses it asks",
		detail: `FILE is a C2SP tlog-policy: the register's own log line, a line for each witness with its address, and how many must
vouch for a head:

    log letters.harbour.example/main/2026+ab454939+AblC...
    witness w1 witness.one.example/w+0b02a08b+BFXU... https://witness.one.example/
    witness w2 witness.two.example/w+bbe85321+BAro... https://witness.two.example/
    witness w3 witness.three.example/w+99fa019a+BPrb... https://witness.three.example/
    group most 2 w1 w2 w3
    quorum most

It becomes the folder's public file "policy": the same for the register, its pages and readers. Before, give each witness
the log's key (chancery witness add). "chancery serve --publish" asks them for each new head and takes up a new policy
by itself; without it, "chancery log cosign" asks once. Without FILE the command prints what is set; - reads standard input.`,
		setup: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(_ context.Context, c *call) error {
				if len(c.args) < 1 || len(c.args) > 2 {
					return usage("want the folder of one register, and perhaps a policy file")
				}
				f, err := folder.Open(c.args[0])
				if err != nil {
					return err //nolint:wrapcheck // says what it is about
				}
				if len(c.args) == 1 {
					p, err := f.Policy()
					if err == nil {
						_, err = c.out.Write(p.Bytes())
					}
					return err //nolint:wrapcheck // likewise
				}
				return c.setPolicy(f, c.args[1])
			}
		},
	}
}

// setPolicy puts a policy file into the folder and says what follows from it.
func (c *call) setPolicy(f folder.Folder, file string) error {
	raw, err := c.readFile(file, 64<<10)
	if err != nil {
		return err
	}
	p, err := f.SetPolicy(raw)
	if err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	asked := 0
	for _, w := range p.WitnessList() {
		if w.URL == "" {
			c.note("note: witness %s has no address, so it cannot be asked", safe(w.Name))
			continue
		}
		asked++
	}
	c.say("policy set: witnesses asked: %d, needed: %d", asked, p.Needed())
	return nil
}

// cosign asks the witnesses of the register's own policy once.
func (c *call) cosign(ctx context.Context, dir string) error {
	f, err := folder.Open(dir)
	if err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	collector := witness.NewCollector(f, witness.Options{Log: slog.New(slog.DiscardHandler)})
	cp, err := collector.Once(ctx)
	alarm := false
	for _, s := range collector.States() {
		switch {
		case s.Alarm != "":
			alarm = true
			c.say("%-12s ALARM: %s; kept in %s", safe(s.Name), safe(s.Alarm), s.File)
		case s.Problem != "":
			c.say("%-12s did not cosign: %s", safe(s.Name), safe(s.Problem))
		case s.At.IsZero():
			c.say("%-12s has cosigned a later head already", safe(s.Name))
		default:
			c.say("%-12s cosigned %d entries at %s", safe(s.Name), s.Size, s.At.Format("2006-01-02T15:04:05Z"))
		}
	}
	switch {
	case err != nil:
		return err //nolint:wrapcheck // likewise
	case alarm:
		return exit(exitDamaged)
	case !cp.Met:
		return fmt.Errorf("the quorum was not reached: %d cosigned, %d are needed; the newest head stays unwitnessed for now", cp.Witnesses, cp.Needed)
	}
	c.say("witnessed: %d entries, by %d (%d needed)", cp.Size, cp.Witnesses, cp.Needed)
	return nil
}
