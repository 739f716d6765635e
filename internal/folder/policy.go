package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"chancery.example/internal/kind"
	"chancery.example/proof"
)

// PolicyName is the file of the register's own policy: which witnesses it asks,
// and how many it waits for (C2SP tlog-policy, witness.md MUST-9).
const PolicyName = "policy"

const maxPolicy = 64 << 10

// Policy is whom the register itself asks to trust: its file "policy" when there
// is one, else its own keys and no witness. It is the folder's word about itself
// either way (folder.md MUST-3).
func (f Folder) Policy() (proof.Policy, error) {
	raw, err := f.public(f.policyFile(), PolicyName, maxPolicy)
	if errors.Is(err, fs.ErrNotExist) {
		return f.Config.Policy()
	}
	if err != nil {
		return proof.Policy{}, fmt.Errorf("reading the register's own policy: %w", err)
	}
	p, err := f.Config.ParsePolicy(raw)
	if err != nil {
		return proof.Policy{}, fmt.Errorf("reading the register's own policy, %s: %w", f.policyFile(), err)
	}
	return p.FromFolder(), nil
}

// ParsePolicy reads a policy for this register: its one log is this one, by its
// key. A line for the register's clock that is missing is added.
func (c Config) ParsePolicy(raw []byte) (proof.Policy, error) {
	p, err := proof.ParsePolicy(raw)
	if err != nil {
		return p, kind.Invalid.Wrap(err)
	}
	logs := p.LogList()
	if len(logs) != 1 || logs[0].Key != c.LogKey {
		return p, kind.Invalid.Errorf("its log is not this register's: want exactly one line \"log %s\"", c.LogKey)
	}
	if c.ClockKey == "" || p.HasClock(c.Origin) {
		return p, nil
	}
	name := "clock"
	for taken := func(w proof.Witness) bool { return w.Name == name }; slices.ContainsFunc(p.WitnessList(), taken); {
		name += "-of-the-register"
	}
	p, err = proof.ParsePolicy(fmt.Appendf(raw, "\nwitness %s %s\n", name, c.ClockKey))
	if err != nil {
		return p, kind.Invalid.Wrap(err)
	}
	return p, nil
}

// SetPolicy makes raw the register's own policy, after it was found to be one
// for this register.
func (f Folder) SetPolicy(raw []byte) (proof.Policy, error) {
	p, err := f.Config.ParsePolicy(raw)
	if err != nil {
		return p, fmt.Errorf("setting the policy of register %s: %w", f.Dir, err)
	}
	if err := WriteFile(f.policyFile(), p.Bytes(), 0o644); err != nil {
		return p, fmt.Errorf("setting the policy of register %s: %w", f.Dir, err)
	}
	return p, nil
}
