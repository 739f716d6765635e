package lines

import "chancery.example/internal/pdf/glyph"

// Ligated puts the letters that one drawing stands for into the order in which they are
// written: pdfium turns them around where it turns a line around. They have one place,
// and which order it is Unicode's forms say; where they do not, it is left as it is.
func Ligated(gs []Letter) {
	for i := 0; i < len(gs); {
		j := i + 1
		for j < len(gs) && gs[i].Inked && gs[j].Inked && gs[j].Box == gs[i].Box {
			j++
		}
		if n := j - i; n > 1 && n < 6 {
			is, turned := make([]rune, n), make([]rune, n)
			for k, g := range gs[i:j] {
				is[k], turned[n-1-k] = g.R, g.R
			}
			if glyph.Joined(string(turned)) && !glyph.Joined(string(is)) {
				for k := range turned {
					gs[i+k].R = turned[k]
				}
			}
		}
		i = j
	}
}
