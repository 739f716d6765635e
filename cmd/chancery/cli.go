package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/server"
	"chancery.example/internal/settings"
)

// A terminal is where a command runs.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	tty      bool // err is a terminal: progress may be shown
}

// A command is one word of the command line.
type command struct {
	name, args, short string
	group             string
	// detail is the rest of the help.
	detail string
	// setup declares the flags and returns what runs.
	setup func(*flag.FlagSet) func(context.Context, *call) error
}

// A call is one run of a command.
type call struct {
	terminal
	cmd  command
	args []string
	// again reads flags, environment and settings once more, and says what is wrong
	// with them. held is what stays open when a command is started again.
	again func() error
	held  server.Held
}

// commands is the table from which dispatch and help are made.
func commands() []command {
	return []command{
		demoCommand(), checkCommand(), compareCommand(), verifyCommand(), mirrorCommand(), siteCommand(), monitorCommand(), registerCommand(), logCommand(), proofCommand(),
		initCommand(), policyCommand(), officeCommand(), keyCommand(), peopleCommand(), webhookCommand(),
		draftCommand(), reviseCommand(), sealCommand(), circulateCommand(), copiesCommand(), answersCommand(), clearCommand(), parityCommand(), glossaryCommand(), beforeCommand(), submitCommand(), requestsCommand(),
		approveCommand(), refuseCommand(), recallCommand(), performCommand(), issueCommand(), importCommand(), embargoCommand(), correctCommand(), withdrawCommand(), ratifyCommand(), supersedeCommand(), closeCommand(), openCommand(),
		sayCommand(), retractCommand(), disavowCommand(), deliverCommand(), enquiriesCommand(),
		serveCommand(), witnessCommand(), indexCommand(), eraseCommand(), receiptCommand(), fsckCommand(), doctorCommand(), headCommand(), backupCommand(), restoreCommand(), rebuildCommand(), versionCommand(),
	}
}

// An exit is an outcome that is no failure but has its own exit code.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// A usageError is a call that was typed wrong.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run runs one call and returns its exit code.
func run(ctx context.Context, args []string, t terminal) int {
	if len(args) == 0 {
		writeHelp(t.err)
		return check.ExitError
	}
	name := args[0]
	switch name {
	case "help", "-h", "-help", "--help":
		return help(args[1:], t)
	case "--version":
		name = "version"
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		return noCommand(name, t)
	}
	return start(ctx, all[i], args[1:], t)
}

func noCommand(name string, t terminal) int {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	hint := "\"chancery help\" lists them"
	if near := nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean \"chancery %s\"? %s", near, hint)
	}
	tell(t.err, "chancery: no command %q; %s\n", name, hint)
	return check.ExitError
}

func start(ctx context.Context, cmd command, args []string, t terminal) int {
	c := &call{terminal: t, cmd: cmd}
	read := func() (do func(context.Context, *call) error, rest []string, err error) {
		fs := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		do = cmd.setup(fs)
		rest, err = parse(fs, args, t.getenv)
		return do, rest, err
	}
	c.again = func() error { _, _, err := read(); return err }
	for {
		do, rest, err := read()
		if errors.Is(err, flag.ErrHelp) {
			writeCommandHelp(t.out, cmd)
			return 0
		}
		if err == nil {
			c.args = rest
			err = do(ctx, c)
		}
		if !errors.Is(err, server.ErrReload) {
			_ = c.held.Close()
			return report(err, cmd, t)
		}
	}
}

// report writes an error for people and chooses the exit code.
func report(err error, cmd command, t terminal) int {
	var code exit
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &wrong):
		tell(t.err, "chancery %s: %s\nusage: chancery %s %s\n       chancery help %s says more\n", cmd.name, safe(plainly(err)), cmd.name, cmd.args, cmd.name)
	case errors.Is(err, context.Canceled):
		tell(t.err, "chancery %s: stopped\n", cmd.name)
	default:
		tell(t.err, "chancery %s: %s\n", cmd.name, safe(plainly(err)))
	}
	return check.ExitError
}

// parse reads flags anywhere among the arguments, then fills in from the
// environment what was not given: --register from CHANCERY_REGISTER. What is not
// there either comes from the file of settings, when there is one.
func parse(fs *flag.FlagSet, args []string, getenv func(string) string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, flag.ErrHelp
		} else if err != nil {
			return nil, flagError(err, flagNames(fs))
		}
		if fs.NArg() == 0 {
			break
		}
		// "--" ends the flags: package flag takes it away, so look for it.
		if used := len(args) - fs.NArg(); used > 0 && args[used-1] == "--" {
			rest = append(rest, fs.Args()...)
			break
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	fs.VisitAll(func(f *flag.Flag) {
		name := envName(f.Name)
		if v := getenv(name); v != "" && !given[f.Name] && err == nil {
			given[f.Name] = true
			if e := f.Value.Set(v); e != nil {
				err = usage("environment variable %s: %w", name, e)
			}
		}
	})
	if err == nil {
		err = applyConfig(fs, given)
	}
	return rest, err
}

const configName = "config"

// configFlag is for commands whose settings may stand in a file.
func configFlag(fs *flag.FlagSet) {
	fs.String(configName, "", "`FILE` of settings in TOML, one key for each flag")
}

func applyConfig(fs *flag.FlagSet, given map[string]bool) error {
	f := fs.Lookup(configName)
	if f == nil || f.Value.String() == "" {
		return nil
	}
	c := call{}
	raw, err := c.readFile(f.Value.String(), settings.MaxFile)
	if err != nil {
		return err
	}
	if err := settings.Apply(fs, given, raw, f.Value.String(), configName); err != nil {
		return usageError{err}
	}
	return nil
}

func flagNames(fs *flag.FlagSet) (names []string) {
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

func envName(name string) string {
	return "CHANCERY_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// tell writes to a terminal; what cannot be written there cannot be reported.
func tell(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// say writes a line of a command's answer.
func (c *call) say(format string, args ...any) { tell(c.out, format+"\n", args...) }

// note writes a line for people beside the answer.
func (c *call) note(format string, args ...any) { tell(c.err, format+"\n", args...) }
