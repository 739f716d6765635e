package remote

import (
	"context"
	"errors"
	"io/fs"

	"chancery.example/internal/folder"
	"chancery.example/letter"
	"chancery.example/proof"
)

// Files besides the log, and their limits.
const (
	policyName    = "policy"
	witnessedName = "witnessed"

	maxHead   = 32 << 10
	maxPolicy = 64 << 10
)

// Config reads register.toml: what the register says of itself.
func (c *Client) Config(ctx context.Context) (folder.Config, []byte, error) {
	raw, err := c.File(ctx, folder.ConfigName, folder.MaxConfig)
	if err != nil {
		return folder.Config{}, nil, err
	}
	cfg, err := folder.ParseConfig(raw, c.Address())
	return cfg, raw, err
}

// Policy reads the register's own file of witnesses; nil when it has none.
func (c *Client) Policy(ctx context.Context) ([]byte, error) {
	raw, err := c.optional(ctx, policyName, maxPolicy)
	if err != nil || raw == nil {
		return nil, err
	}
	if _, err := proof.ParsePolicy(raw); err != nil {
		return nil, err //nolint:wrapcheck // says what it is
	}
	return raw, nil
}

// Witnessed reads the newest head that carries the register's own quorum of
// witnesses, as it was signed and unverified; nil when there is none.
func (c *Client) Witnessed(ctx context.Context) ([]byte, error) {
	return c.optional(ctx, witnessedName, maxHead)
}

// Text reads the words behind a leaf; false when the server has none. That they
// fit the leaf is for the caller to see.
func (c *Client) Text(ctx context.Context, leaf letter.Hash) (raw []byte, ok bool, err error) {
	raw, err = c.optional(ctx, "texts/"+leaf.String(), letter.MaxText)
	return raw, raw != nil, err
}

func (c *Client) optional(ctx context.Context, name string, limit int64) ([]byte, error) {
	raw, err := c.File(ctx, name, limit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && raw == nil {
		raw = []byte{}
	}
	return raw, err
}
