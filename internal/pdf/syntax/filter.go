package syntax

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"errors"
	"io"
)

// errUnread says that a stream's filter is not one that is read here.
var errUnread = errors.New("a filter that is not read here")

// Unread reports whether an error says only that a stream is encoded in a way that
// is not read here: a picture, as a rule.
func Unread(err error) bool { return errors.Is(err, errUnread) }

// Data decodes a stream: Flate with predictors, ASCII85 and ASCIIHex. Of anything
// else, pictures above all, the error is one that Unread knows.
func (f *File) Data(s *Stream) ([]byte, error) {
	if _, ok := s.Dict["F"]; ok {
		return nil, fault(-1, "a stream that is kept in another file")
	}
	if f.trailer != nil && f.Encrypted() && !s.Dict.Is("Type", "XRef") {
		return nil, fault(-1, "the file is encrypted")
	}
	names, err := f.oneOrMany(s.Dict["Filter"])
	if err != nil {
		return nil, err
	}
	parms, err := f.oneOrMany(s.Dict["DecodeParms"])
	if err != nil {
		return nil, err
	}
	if len(names) > 4 {
		return nil, fault(-1, "a stream with %d filters, one in the other", len(names))
	}
	out := s.Raw
	for i, o := range names {
		name, ok := o.(Name)
		if !ok {
			return nil, fault(-1, "a filter that is no name")
		}
		var parm Object
		if i < len(parms) {
			parm = parms[i]
		}
		if out, err = f.decode(name, parm, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// oneOrMany resolves what may be one value or an array of them.
func (f *File) oneOrMany(o Object) ([]Object, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	a, ok := v.(Array)
	if !ok {
		if _, none := v.(Null); none {
			return nil, nil
		}
		return []Object{v}, nil
	}
	var out []Object
	for _, o := range a {
		if o, err = f.Resolve(o); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func (f *File) decode(name Name, parm Object, in []byte) ([]byte, error) {
	switch name {
	case "FlateDecode":
		return f.inflate(parm, in)
	case "ASCIIHexDecode":
		p := parser{data: append(append([]byte("<"), in...), '>')}
		o, err := p.hex()
		s, _ := o.(String)
		return s.Value, err
	case "ASCII85Decode":
		in = bytes.TrimSpace(in)
		in = bytes.TrimSuffix(bytes.TrimSuffix(in, []byte(">")), []byte("~"))
		out := make([]byte, len(in)*4) // a z stands for four bytes
		n, _, err := ascii85.Decode(out, in, true)
		if err != nil {
			return nil, fault(-1, "a stream in ASCII85 that is not whole")
		}
		return out[:n], nil
	}
	return nil, errors.Join(fault(-1, "a stream with the filter /%s", name), errUnread)
}

// inflate undoes Flate within the limits of one stream and of the whole file.
func (f *File) inflate(parm Object, in []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(in))
	if err != nil {
		return nil, fault(-1, "a stream that is not Flate, though it says so")
	}
	most := min(f.limits.Stream, f.limits.Inflated-f.shared.inflated)
	out, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	f.shared.inflated += len(out)
	switch {
	case len(out) > most:
		return nil, fault(-1, "a stream that unpacks to more than %d bytes", most)
	case err != nil:
		return nil, fault(-1, "a stream in Flate is broken")
	}
	d, _ := parm.(Dict)
	return unpredict(d, out)
}

// unpredict undoes the predictor of a stream, if it has one (PNG's alone; TIFF's
// is for pictures).
func unpredict(d Dict, in []byte) ([]byte, error) {
	if p, ok := d["Predictor"].(Integer); !ok || p == 1 {
		return in, nil
	} else if p < 10 || p > 15 {
		return nil, errors.Join(fault(-1, "predictor %d", p), errUnread)
	}
	whole := func(key Name, without int) int {
		if n, ok := d[key].(Integer); ok && n > 0 && n < 1<<16 {
			return int(n)
		}
		return without
	}
	bits := whole("Colors", 1) * whole("BitsPerComponent", 8)
	step := (bits + 7) / 8
	width := (bits*whole("Columns", 1) + 7) / 8
	if len(in)%(width+1) != 0 {
		return nil, fault(-1, "a stream has half a row for its predictor")
	}
	out := make([]byte, 0, len(in))
	above := make([]byte, width)
	for ; len(in) > 0; in = in[width+1:] {
		row := bytes.Clone(in[1 : width+1])
		if !pngRow(in[0], row, above, step) {
			return nil, fault(-1, "a stream with a predictor that there is not")
		}
		out = append(out, row...)
		above = row
	}
	return out, nil
}

func pngRow(kind byte, row, above []byte, step int) bool {
	for i := range row {
		var left, corner byte
		if i >= step {
			left, corner = row[i-step], above[i-step]
		}
		switch kind {
		case 0:
		case 1:
			row[i] += left
		case 2:
			row[i] += above[i]
		case 3:
			row[i] += byte((int(left) + int(above[i])) / 2 & 0xff)
		case 4:
			row[i] += paeth(left, above[i], corner)
		default:
			return false
		}
	}
	return true
}

// paeth predicts by the nearest of three neighbours (PNG, "Filter type 4").
func paeth(left, above, corner byte) byte {
	base := int(left) + int(above) - int(corner)
	a, b, c := abs(base-int(left)), abs(base-int(above)), abs(base-int(corner))
	switch {
	case a <= b && a <= c:
		return left
	case b <= c:
		return above
	}
	return corner
}

func abs(n int) int { return max(n, -n) }
