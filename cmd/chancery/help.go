package main

import (
	"context"
	"flag"
	"io"
	"runtime/debug"
	"slices"
	"strings"
)

const (
	forReaders = "For readers"
	forOffices = "For offices"
	setUp      = "Setting up"
	running    = "Running a register"
)

func help(args []string, t terminal) int {
	if len(args) == 0 {
		writeHelp(t.out)
		return 0
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		return noCommand(args[0], t)
	}
	writeCommandHelp(t.out, all[i])
	return 0
}

func writeHelp(w io.Writer) {
	tell(w, "Chancery: a register of official letters that anyone can check.\n")
	for _, group := range []string{forReaders, forOffices, setUp, running} {
		tell(w, "\n%s\n", group)
		for _, c := range commands() {
			if c.group == group {
				tell(w, "  %-11s %s\n", c.name, c.short)
			}
		}
	}
	tell(w, "\n\"chancery help COMMAND\" says more. A flag --x can also be given as CHANCERY_X.\n")
}

func writeCommandHelp(w io.Writer, c command) {
	tell(w, "chancery %s %s\n\n%s.\n", c.name, c.args, upperFirst(c.short))
	if c.detail != "" {
		tell(w, "\n%s\n", strings.TrimSpace(c.detail))
	}
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.setup(fs)
	first := true
	fs.VisitAll(func(f *flag.Flag) {
		if first {
			tell(w, "\nFlags\n")
			first = false
		}
		value, text := flag.UnquoteUsage(f)
		def := ""
		switch f.DefValue {
		case "", "false", "0", "0s": // stand for none was given; the text says what happens then
		default:
			def = " (default " + f.DefValue + ")"
		}
		tell(w, "  --%s\n        %s%s\n", strings.TrimSpace(f.Name+" "+value), text, def)
	})
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func versionCommand() command {
	return command{
		name: "version", group: running, short: "print which version this is",
		setup: func(*flag.FlagSet) func(context.Context, *call) error {
			return func(_ context.Context, c *call) error {
				version := "(unknown)"
				if info, ok := debug.ReadBuildInfo(); ok {
					version = info.Main.Version + " " + info.GoVersion
				}
				c.say("chancery %s", version)
				return nil
			}
		},
	}
}
