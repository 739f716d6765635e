package main

import (
	"context"
	"flag"

	"chancery.example/internal/office"
	"chancery.example/register"
)

func initCommand() command {
	return command{
		name: "init", args: "DIR --origin ORIGIN --operator URI [--name en=NAME]", group: setUp,
		short: "make a register in a new folder",
		detail: `The folder gets the keys of the register (keys/, for its owner alone), its log with a first entry, and
register.toml. The origin is the name of the log for ever, an address without scheme such as
letters.harbour.example/main/2026. Enrol offices next: chancery office add.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var names pairs
			origin := fs.String("origin", "", "`NAME` of the log, for ever")
			operator := fs.String("operator", "", "`URI` of who runs the register, such as https://harbour.example")
			exercise := fs.Bool("exercise", false, "mark the register as an exercise: every page will say so")
			fs.Var(&names, "name", "`LANG=NAME` of the register; can be repeated")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usage("want one folder")
				}
				if *origin == "" || *operator == "" {
					return usage("what is its name, and who runs it? give --origin letters.harbour.example/main/2026 --operator https://harbour.example")
				}
				if err := register.ValidateOrigin(*origin); err != nil {
					return usage("--origin: %w", err)
				}
				if _, err := register.ParseOffice(*operator); err != nil {
					return usage("--operator: %w", err)
				}
				if len(names) == 0 {
					names = pairs{"en": *origin}
				}
				words, err := c.words(names, "give a --name")
				if err != nil {
					return err
				}
				r, err := office.Init(ctx, c.args[0], office.NewRegister{
					Origin: *origin, Operator: register.Office(*operator), Name: words, Exercise: *exercise,
				}, office.Options{})
				if err != nil {
					return err
				}
				cfg := r.Folder().Config
				c.say("register %s in %s", cfg.Origin, c.args[0])
				c.say("log key:   %s", cfg.LogKey)
				c.say("clock key: %s", cfg.ClockKey)
				c.say("keep %s/keys safe and out of backups that others can read", c.args[0])
				c.say("next: chancery key new FILE for each officer, then chancery office add (\"chancery help office\")")
				return r.Close()
			}
		},
	}
}
