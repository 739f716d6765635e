package remote

import (
	"context"
	"fmt"
	"path/filepath"

	"chancery.example/internal/folder"
	"chancery.example/internal/tlog"
	"chancery.example/proof"
)

// beside brings what is not the log: register.toml, the register's own policy,
// the witnessed head.
func (m *Mirror) beside(ctx context.Context, c *Copied) error {
	if err := m.replace(folder.ConfigName, m.config, c); err != nil {
		return err
	}
	policy, err := m.client.Policy(ctx)
	if err != nil {
		return err
	}
	if policy != nil {
		if err := m.replace(policyName, policy, c); err != nil {
			return err
		}
	}
	return m.witnessed(ctx, c)
}

// replace writes a small file when it changed.
func (m *Mirror) replace(name string, content []byte, c *Copied) error {
	old, err := tlog.Disk(m.folder.Dir).File(name, int64(len(content)))
	if err == nil && string(old) == string(content) {
		return nil
	}
	c.Files++
	return m.put(name, content)
}

// witnessed takes the witnessed head, when it is one of this log: under the new
// head, and not older than the one that is here.
func (m *Mirror) witnessed(ctx context.Context, c *Copied) error {
	raw, err := m.client.Witnessed(ctx)
	if err != nil || raw == nil {
		return err
	}
	h, err := proof.OpenSigned(raw, m.policy)
	if err != nil {
		return fmt.Errorf("the witnessed head at %s: %w", m.client.Address(), err)
	}
	if h.Size > m.head.Size {
		return nil // newer than the head that was read before it; the next update takes it
	}
	if err := m.Continues(ctx, m.head, h, "the witnessed head at "+m.client.Address()); err != nil {
		return err
	}
	name := filepath.Join("log", witnessedName)
	switch old, err := m.own(name); {
	case err != nil:
		return err
	case old.Raw != nil && old.Size > h.Size:
		return nil
	}
	return m.replace("log/"+witnessedName, raw, c)
}
