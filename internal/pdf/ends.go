package pdf

import "bytes"

// maxEnds is how many revisions of a file are told apart.
const maxEnds = 64

// Ends returns where the revisions of a PDF may end, in bytes, in their order:
// after each end-of-file mark, with and without the line end behind it. A file to
// which something was added begins with an earlier file, byte for byte, up to one
// of these. The last that is not the whole file's comes last.
func Ends(data []byte) []int {
	var out []int
	add := func(n int) {
		if n < len(data) && (len(out) == 0 || out[len(out)-1] < n) {
			out = append(out, n)
		}
	}
	mark := []byte("%%EOF")
	for at := 0; ; {
		i := bytes.Index(data[at:], mark)
		if i < 0 {
			break
		}
		at += i + len(mark)
		add(at)
		switch {
		case bytes.HasPrefix(data[at:], []byte("\r\n")):
			add(at + 1)
			add(at + 2)
		case bytes.HasPrefix(data[at:], []byte("\n")), bytes.HasPrefix(data[at:], []byte("\r")):
			add(at + 1)
		}
	}
	if len(out) > maxEnds { // the first and the newest tell most
		out = append(out[:maxEnds/2:maxEnds/2], out[len(out)-maxEnds/2:]...)
	}
	return out
}
