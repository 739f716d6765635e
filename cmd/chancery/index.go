package main

import (
	"context"
	"errors"
	"flag"

	"chancery.example/internal/index"
	"chancery.example/internal/server"
)

func indexCommand() command {
	return command{
		name: "index", args: "build|rebuild|stats|verify|log DIR", group: running, short: "keep the public finding index of a register",
		detail: `The index makes checking quick where there are many letters; without it every program indexes the texts in memory when
it starts, and answers the same. It holds what the register shows to everybody, in DIR/index, and is signed with the
operator's key. "chancery serve --publish" keeps it up to date by itself.

build     adds what is new
rebuild   makes all of it anew; the same register gives the same files everywhere
stats     what it holds, what it takes, which part of the log it covers
verify    makes it anew in memory, writes nothing, and compares every byte: for everybody who has a copy of the register
log       puts the root of the look-up map into the log, when it has changed: what proofs of absence rest on. A server
          with --publish does that by itself, once in a second at most; "chancery fsck" makes the map anew and compares

Exit codes: 0 done, 1 it is not the index that this register has, 2 it could not be read or written.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			asJSON := fs.Bool("json", false, "print what the index holds as JSON")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 2 {
					return usage("want what to do and the folder of one register, such as: chancery index build DIR")
				}
				if c.args[0] == "log" {
					return logMap(ctx, c, c.args[1])
				}
				got, err := doIndex(ctx, c, c.args[0], c.args[1])
				switch {
				case errors.Is(err, index.ErrNotTheSame):
					c.note("chancery index: %s", safe(plainly(err)))
					return exit(exitDamaged)
				case err != nil:
					return err
				case *asJSON:
					return c.printJSON(got)
				}
				c.answer("en").Index(got)
				return nil
			}
		},
	}
}

func doIndex(ctx context.Context, c *call, what, dir string) (server.IndexReport, error) {
	say := func(s string) { c.note("note: %s", safe(s)) }
	progress, done := c.progress("indexing text")
	defer done()
	switch what {
	case "build":
		return server.BuildIndex(ctx, dir, false, say, progress)
	case "rebuild":
		return server.BuildIndex(ctx, dir, true, say, progress)
	case "stats":
		return server.IndexStats(ctx, dir)
	case "verify":
		got, err := server.VerifyIndex(ctx, dir, progress)
		if err == nil {
			c.note("every byte is as this register makes it")
		}
		return got, err
	}
	return server.IndexReport{}, usage("%q: want build, rebuild, stats, verify or log", what)
}

func logMap(ctx context.Context, c *call, dir string) error {
	logged, err := server.LogMap(ctx, dir)
	switch {
	case err != nil:
		return err
	case logged:
		c.say("the root of the look-up map is in the log")
	default:
		c.say("nothing to do: the map has not changed, or another program has the log and does it")
	}
	return nil
}
