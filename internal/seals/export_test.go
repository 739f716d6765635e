package seals

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/BurntSushi/toml"
)

// Rewritten writes settings that are good, reads them again and compares.
func Rewritten(raw []byte, first string) error {
	s, err := parse(raw, first)
	if err != nil {
		return nil //nolint:nilerr // refused
	}
	s.LongTerm.encode()
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(s); err != nil {
		return err
	}
	again, err := parse(b.Bytes(), first)
	if err != nil {
		return fmt.Errorf("%q: %w", b.Bytes(), err)
	}
	s.raw, again.raw = nil, nil
	if len(s.Keys)+len(again.Keys) > 0 && !reflect.DeepEqual(names(s), names(again)) || s.Stamp != again.Stamp || s.Require != again.Require {
		return fmt.Errorf("%+v became %+v", s, again)
	}
	return nil
}

func names(s settings) (out []string) {
	for _, k := range s.Keys {
		out = append(out, fmt.Sprintf("%s %q %d", k.Name, k.Signer, k.From.Unix()))
	}
	return out
}

// Trial is the page that is tried.
func Trial() []byte { return trial() }
