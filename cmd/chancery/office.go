package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"

	"chancery.example/approval"
	"chancery.example/cmd/chancery/internal/sealing"
	"chancery.example/internal/office"
	"chancery.example/register"
)

// A policyFile is an office's policy as people write it.
type policyFile struct {
	Approvals  int           `toml:"approvals"`  // persons who approve a letter
	Statements int           `toml:"statements"` // persons who approve public words
	Speakers   []string      `toml:"speakers"`   // names under which the press quotes the office
	Officers   []officerFile `toml:"officer"`
	Rules      []ruleFile    `toml:"rule"` // instead of the usual rules
	// RatifyWithin is the time to ratify a withdrawal in an emergency.
	RatifyWithin string `toml:"ratify_within"`
}

type officerFile struct {
	ID     string          `toml:"id"`
	Person string          `toml:"person"` // defaults to the id
	Name   string          `toml:"name"`
	Roles  []register.Role `toml:"roles"`
	Keys   []string        `toml:"keys"` // lines of .pub files, or @FILE
}

type ruleFile struct {
	Act      approval.Act    `toml:"act"`
	Type     string          `toml:"type"`
	K        int             `toml:"persons"`
	Roles    []register.Role `toml:"roles"`
	Required []register.Role `toml:"required"`
}

const policyHelp = `The policy file says who the officers are and how many must approve:

    approvals = 2                # persons who approve a letter
    statements = 2               # persons who approve public words; a holding statement takes one
    ratify_within = "72h"        # for a withdrawal in an emergency, which takes one person
    speakers = ["Leonora Castellane"]

    [[officer]]
    id = "legal"
    name = "Legal adviser"
    roles = ["approver"]         # drafter, approver, issuing clerk, press officer
    keys = ["@legal.pub"]        # lines of .pub files or of passkeys made at the desk, or @FILE

"office add" enrols an office under the operator's key; one that could be taken for another that is enrolled is
refused. "office policy" proposes a new policy, which officers approve under the old one.

A new office issues its letters as sealed PDFs, which are made when a letter is put up for approval, so that officers
approve the very file that is issued. "office paper NAME none" ends that, "office paper NAME pdf" begins it again and
makes the key of the office's seal, keys/seal-NAME.pem, if there is none. What is up for approval stays as it is.

` + sealing.Help + `

"office well-known" prints what the office's domain has to publish, so that anybody can see that it stands behind the
office: a file under /.well-known/ and a TXT record. "office check" asks the domain for both, keeps the answer with its
time, and exits 1 when they do not agree with the log; "office list" shows the last answer.`

func officeCommand() command {
	return command{
		name: "office", args: "list | add NAME --uri URI --policy FILE | policy --policy FILE | paper NAME [pdf|none] | seals NAME [...] | well-known [NAME] | check [NAME]", group: setUp,
		short: "enrol an office, propose its new policy, or check its domain", detail: policyHelp,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var names pairs
			d.flags(fs, true)
			uri := fs.String("uri", "", "`URI` of the office, such as https://harbour.example")
			policy := fs.String("policy", "", "`FILE` with the office's policy")
			paper := fs.String("paper", string(office.PDFPaper), "`KIND`, pdf or none: what a new office issues letters as besides their words")
			var seal sealing.Call
			seal.Flags(fs)
			fs.Var(&names, "name", "`LANG=NAME` of the office; can be repeated")
			return func(ctx context.Context, c *call) error {
				switch {
				case len(c.args) == 1 && c.args[0] == "list":
					return listOffices(ctx, c, d.dir)
				case len(c.args) == 2 && c.args[0] == "add":
					return addOffice(ctx, c, &d, office.NewOffice{ID: c.args[1], Office: register.Office(*uri), Paper: office.Paper(*paper)}, names, *policy)
				case len(c.args) > 1 && len(c.args) < 4 && c.args[0] == "paper":
					return paperOf(ctx, c, d.dir)
				case len(c.args) > 1 && c.args[0] == "seals":
					return sealsOf(ctx, c, d.dir, &seal)
				case len(c.args) == 1 && c.args[0] == "policy":
					return newPolicy(ctx, c, &d, *policy)
				case len(c.args) > 0 && len(c.args) < 3 && (c.args[0] == "well-known" || c.args[0] == "check"):
					d.by = "-"
					if len(c.args) == 2 {
						d.office = c.args[1]
					}
					if c.args[0] == "check" {
						return checkBinding(ctx, c, &d)
					}
					return wellKnown(ctx, c, &d)
				}
				return usage("want list, add NAME, policy, paper NAME, seals NAME, well-known or check")
			}
		},
	}
}

func listOffices(ctx context.Context, c *call, dir string) error {
	if dir == "" {
		return errNoFolder
	}
	r, err := office.Open(ctx, dir, office.Options{})
	if err != nil {
		return err
	}
	all, err := r.Offices(ctx)
	for _, o := range all {
		bound, e := boundLine(ctx, r, o.ID)
		err = errors.Join(err, e)
		c.say("%-20s %s (%s)", o.ID, o.URI, bound)
	}
	if err == nil && len(all) == 0 {
		c.note("no office is enrolled yet; \"chancery help office\" says how")
	}
	return errors.Join(err, r.Close())
}

func addOffice(ctx context.Context, c *call, d *desk, n office.NewOffice, names pairs, policy string) error {
	if d.dir == "" {
		return errNoFolder
	}
	if _, err := register.ParseOffice(string(n.Office)); err != nil {
		return usage("--uri: %w", err)
	}
	n.Domain = n.Office.Host()
	var err error
	if n.Name, err = c.words(names, "give the office's --name, such as en=Harbour Commission"); err != nil {
		return err
	}
	if n.Policy, err = c.readPolicy(policy); err != nil {
		return err
	}
	r, err := office.Open(ctx, d.dir, office.Options{})
	if err != nil {
		return err
	}
	rec, err := r.Enrol(ctx, n)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	return receipt(c, fmt.Sprintf("office %s is enrolled", n.ID), rec)
}

// paperOf says or sets what an office issues letters as.
func paperOf(ctx context.Context, c *call, dir string) error {
	if dir == "" {
		return errNoFolder
	}
	r, err := office.Open(ctx, dir, office.Options{})
	if err != nil {
		return err
	}
	if len(c.args) == 3 {
		err = r.SetPaper(ctx, c.args[1], office.Paper(c.args[2]))
	}
	var paper office.Paper
	if err == nil {
		paper, err = r.PaperOf(ctx, c.args[1])
	}
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if paper == office.PDFPaper {
		c.say("%s issues its letters as sealed PDFs", safe(c.args[1]))
	} else {
		c.say("%s issues no PDFs of its own", safe(c.args[1]))
	}
	return nil
}

func newPolicy(ctx context.Context, c *call, d *desk, file string) error {
	p, err := c.readPolicy(file)
	if err != nil {
		return err
	}
	return d.with(ctx, func(r *office.Register) error {
		q, err := r.ProposePolicy(ctx, d.office, d.by, p)
		if err != nil {
			return err
		}
		return d.settle(ctx, c, r, q)
	})
}

func (c *call) readPolicy(name string) (register.Policy, error) {
	if name == "" {
		return register.Policy{}, usage("give --policy FILE; \"chancery help office\" shows one")
	}
	raw, err := c.readFile(name, 1<<20)
	if err != nil {
		return register.Policy{}, err
	}
	var f policyFile
	meta, err := toml.Decode(string(raw), &f)
	if err != nil {
		return register.Policy{}, fmt.Errorf("policy %s: %w", name, err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return register.Policy{}, fmt.Errorf("policy %s: %q is not known; \"chancery help office\" shows what is", name, extra[0])
	}
	p := register.Policy{Speakers: f.Speakers}
	for _, o := range f.Officers {
		officer, err := c.officer(o, filepath.Dir(name))
		if err != nil {
			return p, fmt.Errorf("policy %s: officer %q: %w", name, o.ID, err)
		}
		p.Officers = append(p.Officers, officer)
	}
	for _, r := range f.Rules {
		p.Rules = append(p.Rules, register.Rule(r))
	}
	if len(p.Rules) == 0 {
		p = office.Policy(p.Officers, p.Speakers, max(f.Approvals, 1), max(f.Statements, 1))
	}
	if f.RatifyWithin == "" {
		p.RatifyWithin = ratifyWithin(p, office.RatifyWithin)
		return p, nil
	}
	within, err := time.ParseDuration(f.RatifyWithin)
	if err != nil || within < time.Minute {
		return p, fmt.Errorf("policy %s: ratify_within %q: want a time such as \"72h\"", name, f.RatifyWithin)
	}
	p.RatifyWithin = uint64(within / time.Second)
	return p, nil
}

// ratifyWithin is there exactly when the policy lets a letter be withdrawn in an
// emergency.
func ratifyWithin(p register.Policy, usual time.Duration) uint64 {
	if _, allowed := p.RuleFor(approval.WithdrawEmergency, ""); !allowed {
		return 0
	}
	return uint64(usual / time.Second) //nolint:gosec // positive
}

func (c *call) officer(o officerFile, dir string) (register.Officer, error) {
	if o.Person == "" {
		o.Person = o.ID
	}
	out := register.Officer{ID: o.ID, Person: o.Person, Name: o.Name, Roles: o.Roles}
	for _, line := range o.Keys {
		if len(line) > 0 && line[0] == '@' {
			file := line[1:]
			if !filepath.IsAbs(file) {
				file = filepath.Join(dir, file)
			}
			raw, err := c.readFile(file, 64<<10)
			if err != nil {
				return out, err
			}
			line = string(raw)
		}
		k, err := approval.ParseKey(line)
		if err != nil {
			return out, err
		}
		out.Keys = append(out.Keys, k.Line())
	}
	return out, nil
}
