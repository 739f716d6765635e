package match

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"chancery.example/internal/photo"
	"chancery.example/internal/testkit/press"
)

// What hidden says another letter or digit leaves unexplained, it does: for digits
// and words that look alike, at several blurs, when the photo shows nothing but
// the other word, without noise.
func TestWhatBlurHides(t *testing.T) {
	const perMM = 4.0
	latin := press.Latin(t, 23)
	var is, registered []string
	for i := range 10 {
		k := (i + 3) % 10
		is, registered = append(is, fmt.Sprintf("47%d2", i)), append(registered, fmt.Sprintf("47%d2", k))
	}
	for _, p := range [][2]string{{"4732", "4782"}, {"4752", "4762"}, {"4702", "4782"}, {"now", "not"}, {"can", "con"}, {"cat", "eat"}, {"form", "farm"}, {"hand", "land"}, {"Ahmad", "Ahmed"}} {
		is, registered = append(is, p[0]), append(registered, p[1])
	}
	photographed, page := latin.Print(strings.Join(is, "\n")), latin.Print(strings.Join(registered, "\n"))
	render := press.Rendered(page, perMM)
	for _, blur := range []float64{.07, .13, .2} {
		c := newComparison(nil, photo.Lie{Plane: [9]float64{perMM, 0, 0, 0, perMM, 0, 0, 0, 1}}, page.Layout, render, perMM, nil)
		c.across, c.down = blur*c.letter, blur*c.letter
		light := press.Rendered(photographed, perMM)
		for i, v := range inkOf(light, light.Rect, c.across, c.down).v {
			light.Pix[i] = uint8(math.Round(float64(255 - v*255)))
		}
		c.photo = light
		var all []int
		for i := range page.Layout.Words {
			all = append(all, i)
		}
		c.weigh(all)
		for i, w := range page.Layout.Words {
			l := c.look(i, point{}, 2)
			if l.worst < .85*l.bar {
				t.Errorf("blur %g: %q for %q leaves %.4f, below %.4f", blur, is[i], w.Text, l.worst, l.bar)
			}
		}
	}
}
