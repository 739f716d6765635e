package syntax

import (
	"bytes"
	"math"
	"strconv"
)

// A parser reads objects from bytes. refs says that "1 0 R" is a reference, which
// it is in a file and is not in a content stream; spans, that positions are those
// of the file.
type parser struct {
	data  []byte
	pos   int
	depth int // what is left of it
	refs  bool
	spans bool
}

func isSpace(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

// skip goes over white space and comments.
func (p *parser) skip() {
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case isSpace(c):
			p.pos++
		case c == '%':
			for p.pos < len(p.data) && p.data[p.pos] != '\n' && p.data[p.pos] != '\r' {
				p.pos++
			}
		default:
			return
		}
	}
}

// word reads regular characters.
func (p *parser) word() string {
	start := p.pos
	for p.pos < len(p.data) && !isSpace(p.data[p.pos]) && !isDelimiter(p.data[p.pos]) {
		p.pos++
	}
	return string(p.data[start:p.pos])
}

// keyword goes over white space and one word, if it is that.
func (p *parser) keyword(want string) bool {
	at := p.pos
	p.skip()
	if p.word() == want {
		return true
	}
	p.pos = at
	return false
}

// whole reads a whole number that is not negative and has at most ten digits.
func (p *parser) whole() (int, bool) {
	at := p.pos
	p.skip()
	w := p.word()
	n, err := strconv.ParseUint(w, 10, 63)
	if err != nil || len(w) > 10 || n > math.MaxInt32*4 {
		p.pos = at
		return 0, false
	}
	return int(n), true
}

// object reads the next object.
func (p *parser) object() (Object, error) {
	p.skip()
	if p.pos >= len(p.data) {
		return nil, fault(p.pos, "the bytes end where a value should be")
	}
	switch c := p.data[p.pos]; {
	case c == '/':
		return p.name()
	case c == '(':
		return p.literal()
	case c == '[':
		return p.nested(p.array)
	case c == '<':
		if bytes.HasPrefix(p.data[p.pos:], []byte("<<")) {
			return p.nested(p.dict)
		}
		return p.hex()
	case c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9':
		return p.number()
	}
	at := p.pos
	switch w := p.word(); w {
	case "true":
		return Bool(true), nil
	case "false":
		return Bool(false), nil
	case "null":
		return Null{}, nil
	default:
		p.pos = at
		return nil, fault(at, "%.20q is no value", w)
	}
}

func (p *parser) nested(read func() (Object, error)) (Object, error) {
	if p.depth <= 0 {
		return nil, fault(p.pos, "arrays and dictionaries are nested too deep")
	}
	p.depth--
	defer func() { p.depth++ }()
	return read()
}

func (p *parser) array() (Object, error) {
	start := p.pos
	p.pos++
	out := Array{}
	for {
		p.skip()
		if p.pos >= len(p.data) {
			return nil, fault(start, "an array does not end")
		}
		if p.data[p.pos] == ']' {
			p.pos++
			return out, nil
		}
		o, err := p.object()
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
}

func (p *parser) dict() (Object, error) {
	start := p.pos
	p.pos += 2
	out := Dict{}
	for {
		p.skip()
		if bytes.HasPrefix(p.data[p.pos:], []byte(">>")) {
			p.pos += 2
			return out, nil
		}
		if p.pos >= len(p.data) || p.data[p.pos] != '/' {
			return nil, fault(p.pos, "the dictionary from byte %d has no name here", start)
		}
		at := p.pos
		key, err := p.name()
		if err != nil {
			return nil, err
		}
		value, err := p.object()
		if err != nil {
			return nil, err
		}
		name, _ := key.(Name)
		if _, twice := out[name]; twice {
			return nil, fault(at, "a dictionary has the key /%s twice; programs differ in which one they take", name)
		}
		out[name] = value
	}
}

func (p *parser) name() (Object, error) {
	at := p.pos
	p.pos++
	w := p.word()
	if len(w) > 255 {
		return nil, fault(at, "a name of %d bytes", len(w))
	}
	if !bytes.ContainsRune([]byte(w), '#') {
		return Name(w), nil
	}
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		if w[i] != '#' {
			out = append(out, w[i])
			continue
		}
		if i+2 >= len(w) {
			return nil, fault(at, "a name ends in half an escape")
		}
		n, err := strconv.ParseUint(w[i+1:i+3], 16, 8)
		if err != nil || n == 0 {
			return nil, fault(at, "a name with a wrong escape")
		}
		out = append(out, byte(n))
		i += 2
	}
	return Name(out), nil
}

func (p *parser) number() (Object, error) {
	at := p.pos
	w := p.word()
	if n, err := strconv.ParseInt(w, 10, 64); err == nil {
		if p.refs && n >= 0 && n <= math.MaxInt32 && w[0] != '+' {
			if r, ok := p.reference(int(n)); ok {
				return r, nil
			}
		}
		return Integer(n), nil
	}
	for _, c := range []byte(w) {
		if c != '.' && c != '-' && c != '+' && (c < '0' || c > '9') {
			p.pos = at
			return nil, fault(at, "%.20q is no number", w)
		}
	}
	f, err := strconv.ParseFloat(w, 64)
	if err != nil || math.IsInf(f, 0) || len(w) > 64 {
		p.pos = at
		return nil, fault(at, "%.20q is no number", w)
	}
	return Real(f), nil
}

// reference reads the rest of "12 0 R" after its first number, if it is one.
func (p *parser) reference(number int) (Ref, bool) {
	at := p.pos
	generation, ok := p.whole()
	if !ok || generation > math.MaxUint16 || !p.keyword("R") {
		p.pos = at
		return Ref{}, false
	}
	return Ref{number, generation}, true
}

func (p *parser) span(start int) Span {
	if !p.spans {
		return Span{}
	}
	return Span{start, p.pos}
}

func (p *parser) hex() (Object, error) {
	start := p.pos
	end := bytes.IndexByte(p.data[start:], '>')
	if end < 0 {
		return nil, fault(start, "a string does not end")
	}
	p.pos = start + end + 1
	var out []byte
	half, high := false, byte(0)
	for i, c := range p.data[start+1 : start+end] {
		if isSpace(c) {
			continue
		}
		v, ok := hexDigit(c)
		if !ok {
			return nil, fault(start+1+i, "a string of digits to base 16 has %q in it", c)
		}
		if half {
			out = append(out, high<<4|v)
		}
		half, high = !half, v
	}
	if half {
		out = append(out, high<<4)
	}
	return String{out, p.span(start), true}, nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func (p *parser) literal() (Object, error) {
	start := p.pos
	p.pos++
	var out []byte
	for open := 1; ; {
		if p.pos >= len(p.data) {
			return nil, fault(start, "a string does not end")
		}
		c := p.data[p.pos]
		p.pos++
		switch c {
		case '\\':
			out = p.escape(out)
			continue
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return String{out, p.span(start), false}, nil
			}
		case '\r': // an end of line in a string is one newline, however it is written
			if p.pos < len(p.data) && p.data[p.pos] == '\n' {
				p.pos++
			}
			c = '\n'
		}
		out = append(out, c)
	}
}

// escape reads what follows a backslash.
func (p *parser) escape(out []byte) []byte {
	if p.pos >= len(p.data) {
		return out
	}
	c := p.data[p.pos]
	p.pos++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\r':
		if p.pos < len(p.data) && p.data[p.pos] == '\n' {
			p.pos++
		}
		return out
	case '\n':
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	n := int(c - '0')
	for i := 0; i < 2 && p.pos < len(p.data) && p.data[p.pos] >= '0' && p.data[p.pos] <= '7'; i++ {
		n = n*8 + int(p.data[p.pos]-'0')
		p.pos++
	}
	return append(out, byte(n&0xff)) // a value over 255 loses its high bits, as the format says
}
