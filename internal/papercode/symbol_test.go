package papercode_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"chancery.example/internal/papercode"
)

// The symbol is level M, has no quiet zone of its own, and is the same every time
// (MUST-7): the digest is of its rows, 1 for ink.
func TestMatrix(t *testing.T) {
	m, err := papercode.Matrix(good)
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	for _, row := range m {
		if len(row) != len(m) {
			t.Fatal("not a square")
		}
		for _, ink := range row {
			rows.WriteByte('0' + map[bool]byte{true: 1}[ink])
		}
	}
	if sum := sha256.Sum256([]byte(rows.String())); hex.EncodeToString(sum[:8]) != "0ecaaaa101a3d755" || len(m) != 37 {
		t.Errorf("%d modules, %x: the drawing of the example changed", len(m), sum[:8])
	}
	// The level stands beside the first finder, XORed with its mask: M is 00.
	if format := bits(m, [][2]int{{0, 8}, {1, 8}}) ^ 0b10; format != 0 {
		t.Errorf("the level is %02b: want M, 00", format)
	}
	for _, at := range [][2]int{{0, 0}, {len(m) - 7, 0}, {0, len(m) - 7}} {
		for i := range 49 {
			x, y := i%7, i/7
			ring := max(x-3, 3-x, y-3, 3-y)
			if m[at[1]+y][at[0]+x] != (ring != 2) {
				t.Fatalf("no finder at %v", at)
			}
		}
	}
	if mm := papercode.SideMM(m); mm < 31.4 || mm > 31.6 {
		t.Errorf("%.1f mm: want 45 modules of 0.7 mm", mm)
	}
	if _, err := papercode.Matrix(strings.Repeat("a", 3000)); err == nil {
		t.Error("3,000 bytes are drawn")
	}
	if _, err := papercode.Matrix("CHANCERY:DRAFT:1:" + strings.Repeat("A", papercode.MaxOpening-17)); err != nil {
		t.Error(err)
	}
}

func bits(m [][]bool, at [][2]int) (n int) {
	for _, p := range at {
		n <<= 1
		if m[p[1]][p[0]] {
			n |= 1
		}
	}
	return n
}

func TestDrawn(t *testing.T) {
	m, err := papercode.Matrix(good)
	if err != nil {
		t.Fatal(err)
	}
	svg := papercode.SVG(m, `<"&`)
	for _, want := range []string{`width="31.5mm"`, `viewBox="0 0 45 45"`, `aria-label="&lt;&#34;&amp;"`, "M4 4h7v1h-7z"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the drawing lacks %s: %.300s", want, svg)
		}
	}
	g := papercode.Image(m, 3)
	if g.Rect.Dx() != 45*3 || g.GrayAt(11, 12).Y != 255 || g.GrayAt(12, 12).Y != 0 || g.GrayAt(134, 134).Y != 255 {
		t.Error("the picture is not the symbol with its quiet zone")
	}
}
