package match

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/plane"
	"chancery.example/internal/testkit/press"
)

// What hidden says another letter or digit leaves unexplained, it does: for digits
// and words that look alike, at several blurs, when the photo shows nothing but
// the other word, without noise.
func TestWhatBlurHides(t *testing.T) {
	var is, registered []string
	for i := range 10 {
		for k := range 10 {
			if i != k {
				is, registered = append(is, fmt.Sprintf("47%d2", i)), append(registered, fmt.Sprintf("47%d2", k))
			}
		}
	}
	arabic := strings.NewReplacer("0", "٠", "1", "١", "2", "٢", "3", "٣", "4", "٤", "5", "٥", "6", "٦", "7", "٧", "8", "٨", "9", "٩")
	hides(t, press.Naskh(t, 27), strings.Fields(arabic.Replace(strings.Join(is, " "))), strings.Fields(arabic.Replace(strings.Join(registered, " "))))
	for _, p := range [][2]string{{"4732", "4782"}, {"4752", "4762"}, {"4702", "4782"}, {"now", "not"}, {"can", "con"}, {"cat", "eat"}, {"form", "farm"}, {"hand", "land"}, {"Ahmad", "Ahmed"}} {
		is, registered = append(is, p[0]), append(registered, p[1])
	}
	hides(t, press.Latin(t, 23), is, registered)
	hides(t, press.Serif(t, 23), is, registered)
}

func hides(t *testing.T, p *press.Press, is, registered []string) {
	t.Helper()
	const perMM = 4.0
	photographed, page := p.Print(strings.Join(is, "\n")), p.Print(strings.Join(registered, "\n"))
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
			l := c.look(i, plane.Point{}, 2)
			least := .85
			if weightOf(w.Text) == number { // of which others are more surely held apart by spelling them (spelled)
				least = 1.5 * aloneBelow
			}
			if l.worst < least*l.bar {
				t.Errorf("blur %g: %q for %q leaves %.4f, below %g of %.4f", blur, is[i], w.Text, l.worst, least, l.bar)
			}
		}
	}
}
