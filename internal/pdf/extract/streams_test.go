package extract

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// packedWith is a packed stream in whose bytes a name comes up.
func packedWith(t testing.TB, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write([]byte("q \x80\x00" + name + " \x07Q"))
	_ = z.Close()
	if named(b.Bytes(), name) == 0 {
		t.Fatal("no such stream")
	}
	return b.Bytes()
}

func scripts(data []byte) (n int) {
	for _, p := range unpacked(data) {
		n += named(p, "/JS")
	}
	return n
}

// TestNamesByChance: packed bytes that read like a name are none, wherever they come up;
// the same name is one beside the stream, in bytes that are not packed, behind packed
// ones, and where an object begins in the stream.
func TestNamesByChance(t *testing.T) {
	chance := packedWith(t, "/JS")
	stream := func(b []byte) []byte {
		return fmt.Appendf(nil, "%%PDF-1.7\n5 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", len(b), b)
	}
	plain := []byte("6 0 obj\n<</S/JavaScript/JS(app.alert\\(1\\))>>\nendobj\n")
	for name, c := range map[string]struct {
		data []byte
		want bool
	}{
		"by chance":         {stream(chance), false},
		"twice by chance":   {append(stream(chance), stream(chance)...), false},
		"beside it":         {append(stream(chance), plain...), true},
		"before it":         {append(plain, stream(chance)...), true},
		"not packed":        {stream([]byte("/JS (x)")), true},
		"behind what is":    {stream(append(bytes.Clone(chance), " /JS (x)"...)), true},
		"cut off":           {stream(chance[:len(chance)-4]), true},
		"no end":            {bytes.ReplaceAll(stream(chance), []byte("endstream"), []byte("endstre")), true},
		"an object in it":   {stream(append(bytes.Clone(chance), plain...)), true},
		"no line after it":  {bytes.ReplaceAll(append(plain, stream(chance)...), []byte("stream\n"), []byte("stream ")), true},
		"nothing of a name": {stream([]byte("q Q")), false},
	} {
		if got := scripts(c.data); (got > 0) != c.want {
			t.Errorf("%s: the name is found %d times", name, got)
		}
	}
}

// Whatever a file is: what is left out of it are whole packed streams, and the rest is
// there in its order.
func TestUnpackedIsTheFile(t *testing.T) {
	parts := [][]byte{[]byte("stream\n"), []byte("stream\r\n"), []byte("endstream"), []byte("/JS "), []byte("x"), []byte(">>"), []byte("7 0 obj"), packedWith(t, "/JS")}
	rapid.Check(t, func(t *rapid.T) {
		data := bytes.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 12).Draw(t, "parts"), nil)
		at := data
		for i, p := range unpacked(data) {
			if i > 0 {
				n := bytes.Index(at, []byte("endstream"))
				if left := int64(maxDeflated); n < 0 || !deflated(at[:n], &left) {
					t.Fatal("something is left out that is not packed")
				}
				at = at[n:]
			}
			if !bytes.HasPrefix(at, p) {
				t.Fatal("something else than the file")
			}
			at = at[len(p):]
		}
		if len(at) > 0 {
			t.Fatalf("%d bytes are left out at the end", len(at))
		}
	})
}
