package extract

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
)

// maxDeflated is how much is unpacked of a file to find out where names in it are none.
const maxDeflated = 64 << 20

// object is how an object of a file begins.
var object = regexp.MustCompile(`[0-9]\s+[0-9]+\s+obj`)

// unpacked are the parts of a file in which a name is a name: all of it but packed
// streams. In some tens of thousands of packed bytes a name of two letters comes up by
// chance, so that of two letters with the same words one would be said to have
// scripts. A stream in which such a name comes up is left out only when it is packed
// from its first byte to its last, and no object begins in it: another program would
// not look into it either.
func unpacked(data []byte) (out [][]byte) {
	left, from := int64(maxDeflated), 0
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("stream"))
		if i < 0 {
			return append(out, data[from:])
		}
		at += i + len("stream")
		begin := at + lineEnd(data[at:])
		n := bytes.Index(data[begin:], []byte("endstream"))
		if begin == at || n < 0 {
			continue
		}
		if part := data[begin : begin+n]; namesAny(part) && !object.Match(part) && deflated(part, &left) {
			out, from = append(out, data[from:begin]), begin+n
			at = from
		}
	}
}

// lineEnd is how long the end of a line is with which bytes begin.
func lineEnd(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	case len(b) > 0 && (b[0] == '\n' || b[0] == '\r'):
		return 1
	}
	return 0
}

func namesAny(part []byte) bool {
	for _, n := range names {
		if bytes.Contains(part, []byte(n.name)) {
			return true
		}
	}
	return false
}

// deflated reports whether bytes are packed, with nothing behind, as far as so many
// unpacked ones tell.
func deflated(part []byte, left *int64) bool {
	in := bytes.NewReader(part)
	z, err := zlib.NewReader(in)
	if err != nil {
		return false
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, *left))
	*left -= n
	if err != nil || *left <= 0 {
		return false
	}
	rest := part[len(part)-in.Len():]
	return len(bytes.TrimSpace(rest)) == 0
}
