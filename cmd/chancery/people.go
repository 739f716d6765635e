package main

import (
	"context"
	"errors"
	"flag"

	"chancery.example/cmd/chancery/internal/people"
	"chancery.example/internal/staff"
)

func peopleCommand() command {
	return command{
		name: "people", args: "list OFFICE | invite OFFICE ID | roles OFFICE ID | deactivate OFFICE ID | recover OFFICE ID | sessions OFFICE ID | token OFFICE [NAME] | journal OFFICE",
		group: setUp, short: "who works at an office's desk, and how they get in",
		detail: `People sign in at the desk (chancery serve, under /desk/) with a passkey. ID is an officer's of the office's policy, or
the short name of somebody who is none. What an officer may do, the policy says; the desk's own roles are translator,
clearer, custodian, admin (people and settings; never signs) and auditor.

"invite" makes a link that is good once and for 72 hours: who opens it makes a passkey. It takes --name, and --url, the
desk's address, to which passkeys are bound for good. Start with an admin and three custodians:

    chancery people invite harbour registrar --name "A. Registrar" --role admin --url https://register.example

"recover" is a custodian's vote, with --by, that somebody who lost all passkeys or whose access was ended gets a new
link; the second custodian's makes it. Without --by the operator makes it alone, where fewer than two custodians could
vote. --cancel takes either back. "roles" gives these roles and takes all others of the desk's own; "deactivate" ends an
access at once; "sessions" shows where somebody is signed in, and ends it with --end N or --end all.

"token" makes a token for a program that acts in the name of --person with the roles given, for --days at most 366, and
prints it once; it never approves. Without NAME it lists the tokens; --revoke N ends one. "journal" prints what happened,
the newest last.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var p people.Call
			fs.StringVar(&p.Dir, "register", "", "`DIR` is the register's folder")
			fs.StringVar(&p.URL, "url", "", "the desk's `ADDRESS`, such as https://register.example or http://localhost:8080")
			fs.StringVar(&p.By, "by", staff.Operator, "`ID` of who does this; an admin, or for roles and recover a custodian")
			fs.StringVar(&p.Name, "name", "", "`NAME` of the person")
			fs.StringVar(&p.Email, "email", "", "mail `ADDRESS` of the person; may be left out")
			fs.StringVar(&p.Lang, "lang", "en", "`LANG` of mail to the person: en or ar")
			fs.Var((*list)(&p.Roles), "role", "`ROLE` of the desk's own, or of a token; can be repeated")
			fs.BoolVar(&p.Cancel, "cancel", false, "with recover: take back what waits")
			fs.StringVar(&p.End, "end", "", "with sessions: end number `N`, or all")
			fs.StringVar(&p.Person, "person", "", "with token: `ID` of the person in whose name it acts")
			fs.IntVar(&p.Days, "days", 90, "with token: it ends after so many `DAYS`")
			fs.Int64Var(&p.Revoke, "revoke", 0, "with token: end number `N`")
			return func(ctx context.Context, c *call) error {
				if p.Dir == "" {
					return errNoFolder
				}
				p.Args, p.Out, p.Err = c.args, c.out, c.err
				err := p.Run(ctx)
				var wrong people.UsageError
				if errors.As(err, &wrong) {
					return usageError{wrong}
				}
				return err
			}
		},
	}
}
