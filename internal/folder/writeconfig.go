//go:build !js

package folder

import (
	"bytes"
	"fmt"

	"github.com/BurntSushi/toml"
)

// Bytes writes the config as register.toml.
func (c Config) Bytes() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# A Chancery register. Written by \"chancery init\"; do not edit.\n")
	if err := toml.NewEncoder(&b).Encode(c); err != nil {
		return nil, fmt.Errorf("writing %s: %w", ConfigName, err)
	}
	return b.Bytes(), nil
}
