package syntax

import "bytes"

// An Operation is one operator of a content stream with what stands before it. An
// inline image is one operation, BI, with its dictionary.
type Operation struct {
	Operator string
	Operands []Object
}

// maxOperands is more than any operator takes; arrays count as one. Character maps
// are read in the same way and have a hundred ranges of three values in a row.
const maxOperands = 400

// Content reads a content stream and gives its operations one by one to do, until
// that returns an error.
func Content(data []byte, do func(Operation) error) error {
	p := parser{data: data, depth: 16}
	var operands []Object
	for {
		p.skip()
		if p.pos >= len(p.data) {
			if len(operands) > 0 {
				return fault(p.pos, "a content stream ends in the middle of an operation")
			}
			return nil
		}
		if p.startsObject() {
			o, err := p.object()
			if err != nil {
				return err
			}
			if operands = append(operands, o); len(operands) > maxOperands {
				return fault(p.pos, "an operation with more than %d operands", maxOperands)
			}
			continue
		}
		at := p.pos
		w := p.word()
		if w == "" {
			return fault(at, "a content stream has %q where an operator should be", data[at])
		}
		if w == "BI" {
			d, err := p.inlineImage()
			if err != nil {
				return err
			}
			operands = append(operands, d)
		}
		if err := do(Operation{w, operands}); err != nil {
			return err
		}
		operands = nil
	}
}

// startsObject reports whether a value comes next and no operator.
func (p *parser) startsObject() bool {
	c := p.data[p.pos]
	if c == '/' || c == '(' || c == '[' || c == '<' || c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' {
		return true
	}
	at := p.pos
	w := p.word()
	p.pos = at
	return w == "true" || w == "false" || w == "null"
}

// inlineImage reads an image between BI and EI. Where its bytes end, only the word
// EI between white space can say; they are not looked at.
func (p *parser) inlineImage() (Dict, error) {
	start := p.pos
	d := Dict{}
	for !p.keyword("ID") {
		key, err := p.object()
		if err != nil {
			return nil, err
		}
		name, ok := key.(Name)
		value, err := p.object()
		if err != nil {
			return nil, err
		}
		if _, twice := d[name]; !ok || twice {
			return nil, fault(start, "an inline image whose dictionary cannot be read")
		}
		d[name] = value
	}
	for at := p.pos; ; {
		n := bytes.Index(p.data[at:], []byte("EI"))
		if n < 0 {
			return nil, fault(start, "an inline image does not end")
		}
		at += n + 2
		if isSpace(p.data[at-3]) && (at == len(p.data) || isSpace(p.data[at])) {
			p.pos = at
			return d, nil
		}
	}
}
