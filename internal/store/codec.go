package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/commitment"
	"chancery.example/letter"
)

// Contents, salts and openings are kept as JSON and CBOR of their own, so that
// the database does not depend on how the formats are written elsewhere.

type contentRow struct {
	Reference    letter.Ref             `json:"reference"`
	Type         letter.Type            `json:"type"`
	Prevailing   letter.Lang            `json:"prevailing,omitempty"`
	Texts        map[letter.Lang]string `json:"texts"`
	Addressees   []string               `json:"addressees,omitempty"`
	Distribution []string               `json:"distribution,omitempty"`
	Enclosures   []letter.Enclosure     `json:"enclosures,omitempty"`
	Signature    letter.SignatureBlock  `json:"signature"`
}

func encodeContent(c letter.Content) ([]byte, error) {
	r := contentRow{
		Reference: c.Reference, Type: c.Type, Prevailing: c.Prevailing, Texts: map[letter.Lang]string{},
		Addressees: c.Addressees, Distribution: c.Distribution, Enclosures: c.Enclosures, Signature: c.Signature,
	}
	for _, t := range c.Texts {
		r.Texts[t.Lang] = t.Text.String()
	}
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("writing the content of %s: %w", c.Reference, err)
	}
	return b, nil
}

func decodeContent(b []byte) (letter.Content, error) {
	var r contentRow
	if err := json.Unmarshal(b, &r); err != nil {
		return letter.Content{}, fmt.Errorf("reading the content of a letter: %w", err)
	}
	c := letter.Content{
		Reference: r.Reference, Type: r.Type, Prevailing: r.Prevailing,
		Addressees: r.Addressees, Distribution: r.Distribution, Enclosures: r.Enclosures, Signature: r.Signature,
	}
	for l, s := range r.Texts {
		t, err := letter.Parse([]byte(s))
		if err != nil {
			return letter.Content{}, fmt.Errorf("reading the %s text of %s: %w", l, r.Reference, err)
		}
		c.Texts = append(c.Texts, letter.LangText{Lang: l, Text: t})
	}
	sortTexts(c.Texts)
	return c, nil
}

func encodeSalts(salts map[letter.Field]letter.Salt) ([]byte, error) {
	m := make(map[string][]byte, len(salts))
	for f, s := range salts {
		m[string(f)] = s[:]
	}
	b, err := cbor.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing salts: %w", err)
	}
	return b, nil
}

func decodeSalts(b []byte) (map[letter.Field]letter.Salt, error) {
	var m map[string][]byte
	if err := cbor.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("reading salts: %w", err)
	}
	out := make(map[letter.Field]letter.Salt, len(m))
	for f, s := range m {
		if len(s) != len(letter.Salt{}) {
			return nil, fmt.Errorf("reading salts: that of %s has %d bytes", f, len(s))
		}
		out[letter.Field(f)] = letter.Salt(s)
	}
	return out, nil
}

func encodeOpening(o commitment.Opening) ([]byte, error) {
	b, err := cbor.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("writing an opening: %w", err)
	}
	return b, nil
}

func decodeOpening(b []byte) (o commitment.Opening, err error) {
	if err := cbor.Unmarshal(b, &o); err != nil {
		return o, fmt.Errorf("reading an opening: %w", err)
	}
	return o, nil
}

// A Text is the words that belong to a leaf of an entry.
type Text struct {
	Leaf letter.Hash `json:"leaf"`
	Text string      `json:"text"`
}

func encodeTexts(ts []Text) ([]byte, error) {
	b, err := json.Marshal(ts)
	if err != nil {
		return nil, fmt.Errorf("writing texts: %w", err)
	}
	return b, nil
}

func decodeTexts(b []byte) (ts []Text, err error) {
	if err := json.Unmarshal(b, &ts); err != nil {
		return nil, fmt.Errorf("reading texts: %w", err)
	}
	return ts, nil
}

func unix(t time.Time) int64 { return t.UTC().Unix() }

func fromUnix(n int64) time.Time { return time.Unix(n, 0).UTC() }
