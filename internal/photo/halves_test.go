package photo

import (
	"image"
	"testing"
)

// striped is a candidate with lines of text at these rows, as high as lines are.
func striped(h int, lines ...int) Candidate {
	g := image.NewGray(image.Rect(0, 0, 400, h))
	for i := range g.Pix {
		g.Pix[i] = 250
	}
	for _, y := range lines {
		for dy := range 20 {
			for x := 40; x < 360; x += 3 {
				g.Pix[(y+dy)*g.Stride+x] = 20
			}
		}
	}
	return Candidate{Image: g}
}

// TestHalves: a candidate is parted between two lines, at the end of a paragraph where
// there is one near the middle, and nowhere else.
func TestHalves(t *testing.T) {
	one := func(c Candidate) bool { parts, _ := c.Halves(); return len(parts) == 1 && parts[0] == c.Image.Rect }
	even := striped(900, 50, 90, 130, 170, 210, 250, 290, 330)
	parts, joined := even.Halves()
	if len(parts) != 2 || !joined || parts[0].Union(parts[1]) != even.Image.Rect || parts[0].Max.Y != parts[1].Min.Y {
		t.Fatalf("even lines: %v, %v", parts, joined)
	}
	for y := parts[0].Max.Y - 3; y < parts[0].Max.Y+3; y++ {
		for _, v := range even.Image.Pix[y*400 : y*400+400] {
			if v < 200 {
				t.Fatalf("even lines are cut at %d, through one", parts[0].Max.Y)
			}
		}
	}
	if parts, joined := striped(900, 50, 90, 130, 210, 250, 290).Halves(); len(parts) != 2 || joined || parts[0].Max.Y < 150 || parts[0].Max.Y > 210 {
		t.Errorf("two paragraphs: %v, %v", parts, joined)
	}
	columns := even
	columns.Columns = true
	full := striped(900)
	for y := range 900 {
		full.Image.Pix[y*400+y%400], full.Image.Pix[y*400+(y+7)%400] = 10, 10
	}
	for name, c := range map[string]Candidate{"columns": columns, "low": striped(500, 50, 90, 130), "nothing": striped(900), "one line": striped(900, 400), "no gap": full, "all above": striped(900, 50, 90, 130, 800)} {
		if name == "all above" { // it is parted among those above
			if parts, _ := c.Halves(); len(parts) != 2 || parts[0].Max.Y > 130 {
				t.Errorf("%s: %v", name, parts)
			}
			continue
		}
		if !one(c) {
			parts, _ := c.Halves()
			t.Errorf("%s: %v", name, parts)
		}
	}
}
