package papercode

import (
	"encoding/binary"
	"errors"

	"chancery.example/letter"
	"chancery.example/register"
)

// errShort is what cut-off bytes get.
var errShort = errors.New("it ends too early")

// A cursor takes bytes off the front; what is taken behind the end is zero, and
// short says so.
type cursor struct {
	rest  []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n > len(c.rest) {
		c.short = true
		return make([]byte, n)
	}
	out := c.rest[:n]
	c.rest = c.rest[n:]
	return out
}

func (c *cursor) hash() (h [32]byte) {
	copy(h[:], c.take(32))
	return h
}

// line takes a length of one byte and so many bytes.
func (c *cursor) line() []byte { return c.take(int(c.take(1)[0])) }

// parseOpened reads what stands behind the prefix. The caller writes it again and
// compares, and letter.Root refuses what does not belong together.
func parseOpened(raw []byte) (Opened, error) {
	c := &cursor{rest: raw}
	o := Opened{Index: register.Index(binary.BigEndian.Uint64(c.take(8))), Nonce: c.hash(), Tag: c.hash(), Revision: binary.BigEndian.Uint32(c.take(4))}
	if o.Revision > 1 {
		o.Previous = c.hash()
	}
	shown := func(f letter.Field) letter.Disclosure {
		value, salt := c.line(), letter.Salt(c.hash())
		return letter.Disclosure{Field: f, Hash: letter.LeafHash(salt, f, value), Salt: &salt, Value: value}
	}
	o.Fields = append(o.Fields, shown(letter.FieldReference), shown(letter.FieldType))
	for _, f := range hidden {
		o.Fields = append(o.Fields, letter.Disclosure{Field: f, Hash: c.hash()})
	}
	for len(c.rest) > 0 && !c.short {
		lang, err := letter.ParseLang(string(c.line()))
		if err != nil {
			return Opened{}, err
		}
		d := letter.Disclosure{Field: letter.TextField(lang), Hash: c.hash()}
		if c.take(1)[0] == 1 {
			salt := letter.Salt(c.hash())
			d.Salt = &salt
		}
		o.Fields = append(o.Fields, d)
	}
	if c.short {
		return Opened{}, errShort
	}
	if _, err := letter.ParseRef(string(o.Fields[0].Value)); err != nil {
		return Opened{}, err
	}
	return o, nil
}
