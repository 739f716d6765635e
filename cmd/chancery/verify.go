package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

type verifying struct {
	policy string
	texts  pairs
	at     moment
	json   bool
}

func verifyCommand() command {
	return command{
		name: "verify", args: "FILE --policy FILE [--text LANG=FILE]", group: forReaders, short: "verify a proof file, or evidence against a log, offline",
		detail: `Needs no network and trusts nobody but the keys in the policy file: every entry is recomputed up to a head that
the policy's log signed. --text checks that the text in your hand is, letter for letter, one that the proof is about.
A proof answers as of its head and by what it carries. When it looks the letter up in the register's own map it says
"no later entry", as of an entry of the log; without that it cannot show that nothing came later, or was left out of it.
A proof of absence shows that a letter, a file or words are not on record: these words, not a paraphrase.

Evidence (NAME.chancery-evidence, written by mirror and monitor) shows that a log signed two heads that do not fit; it is
explained in plain words.

Exit codes: those of "chancery check" for the standing that the proof shows; 30 when your text is another one, 42 when
evidence holds, 2 when the file does not hold.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var v verifying
			fs.StringVar(&v.policy, "policy", "", "`FILE` of whom to trust (C2SP tlog-policy)")
			fs.Var(&v.texts, "text", "`LANG=FILE` with the text in your hand; can be repeated")
			fs.Var(&v.at, "at", "`TIME` for embargo and expiry; now, without it")
			fs.BoolVar(&v.json, "json", false, "print the answer as JSON")
			return func(_ context.Context, c *call) error { return v.run(c) }
		},
	}
}

const maxProof = 16 << 20

func (v verifying) run(c *call) error {
	if len(c.args) != 1 {
		return usage("want one proof file")
	}
	if v.policy == "" {
		return usage("whom do you trust? give --policy FILE with a line \"log VKEY\" that you had from the register before, and \"quorum none\"")
	}
	p, err := c.policy(v.policy)
	if err != nil {
		return err
	}
	raw, err := c.readFile(c.args[0], maxProof)
	if err != nil {
		return err
	}
	texts, err := c.readTexts(v.texts)
	if err != nil {
		return err
	}
	if proof.IsEvidence(raw) {
		return v.evidence(c, raw, p)
	}
	at := v.at.Time
	if at.IsZero() {
		at = time.Now()
	}
	got, err := verifyProof(raw, p, at, texts)
	if proof.ClassOf(err) == proof.TextDiffers {
		c.say("%s", safe(err.Error()))
		return exit(check.ExitAltered)
	}
	if err != nil {
		return fmt.Errorf("%s does not hold: %w", c.args[0], err)
	}
	if v.json {
		err = c.printJSON(plain.ProofJSON(got))
	} else {
		c.answer("en").Proof(got, texts, at)
	}
	if got.Absence && err == nil {
		return exit(check.ExitNotOnRecord)
	}
	if code := check.VerdictOf(check.SameText, standingOf(got, texts)).Exit; err == nil && code != 0 {
		return exit(code)
	}
	return err
}

// evidence judges a file that says that a log told two stories.
func (v verifying) evidence(c *call, raw []byte, p proof.Policy) error {
	if len(v.texts) > 0 {
		return usage("--text: %s is evidence about a log, it has no text", c.args[0])
	}
	e, err := proof.ParseEvidence(raw)
	if err != nil {
		return fmt.Errorf("%s does not hold: %w", c.args[0], err)
	}
	got, err := e.Verify(p)
	if err != nil {
		return fmt.Errorf("%s does not hold: %w", c.args[0], err)
	}
	if v.json {
		err = c.printJSON(plain.EvidenceJSON(got))
	} else {
		c.answer("en").Evidence(got)
	}
	if err != nil {
		return err
	}
	return exit(check.ExitConflict)
}

// standingOf is that of the texts in the reader's hand, the gravest of several:
// an earlier draft of a letter is not what the letter is.
func standingOf(v proof.Verified, texts []letter.LangText) register.Standing {
	if len(texts) == 0 {
		return v.Status.Standing
	}
	worst := register.InForce
	for i, t := range texts {
		if st, ok := v.StatusOf(t); ok && (i == 0 || st.Standing.Graver(worst)) {
			worst = st.Standing
		}
	}
	return worst
}

func verifyProof(raw []byte, p proof.Policy, at time.Time, texts []letter.LangText) (proof.Verified, error) {
	b, err := proof.Parse(raw)
	if err != nil {
		return proof.Verified{}, err //nolint:wrapcheck // its class matters
	}
	return b.Verify(p, at, texts...)
}
