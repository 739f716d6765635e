package match_test

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/match"
	"chancery.example/internal/testkit/photosim"
)

// rendered shows a page as a renderer of files would.
func rendered(p photosim.Page, perMM float64) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, int(210*perMM), int(297*perMM)))
	f := float64(photosim.Width) / 210 / perMM
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Pix[y*out.Stride+x] = uint8(p.Light((float64(x)+.5)*f, (float64(y)+.5)*f))
		}
	}
	return out
}

// A register is letters of one script, indexed.
type register struct {
	*script
	texts []string
	m     *match.Matcher
}

func (s *script) register(n int, seed uint64) *register {
	rng := rand.New(rand.NewPCG(seed, 5))
	r := &register{script: s, m: &match.Matcher{Index: match.NewIndex(), Set: s.press.Word}}
	for i := range n {
		r.texts = append(r.texts, s.letter(rng, 120+rng.IntN(160)))
		r.m.Index.Add(match.Key{File: fmt.Sprint(i)}, s.press.Layout(r.texts[i]))
	}
	r.m.Render = func(_ context.Context, k match.Key, perMM float64) (*image.Gray, error) {
		var i int
		if _, err := fmt.Sscan(k.File, &i); err != nil {
			return nil, err
		}
		return rendered(s.press.Print(r.texts[i]), perMM), nil
	}
	return r
}

// shoot takes a photo of a text and reads the pixels.
func (r *register) shoot(t testing.TB, rng *rand.Rand, q photosim.Quality, text string) *photo.Picture {
	t.Helper()
	shot, err := q.Shoot(rng, r.press.Print(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := photo.Decode(shot.Data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A forgery is a text with what was changed in it.
type forgery struct {
	text    string
	changed map[int]bool // words of the registered text
	kind    string
}

// forge changes words one for one.
func (s *script) forge(rng *rand.Rand, text, kind string, n int) forgery {
	out := forgery{changed: map[int]bool{}, kind: kind}
	var lines []string
	at := 0
	for para := range strings.SplitSeq(text, "\n") {
		var words []string
		for w := range strings.FieldsSeq(para) {
			v := w
			if len(out.changed) < n {
				switch {
				case kind == "digit" && slices.Contains(s.numbers, w):
					r := []rune(w)
					k := rng.IntN(4)
					r[k] = s.digits[(slices.Index(s.digits, r[k])+1+rng.IntN(9))%10]
					v = string(r)
				case kind == "negation" && w == s.not:
					v = ""
				case kind == "word" && rng.IntN(20) == 0:
					v = s.words[rng.IntN(len(s.words))]
				}
			}
			if v != w {
				out.changed[at] = true
			}
			if v != "" {
				words = append(words, v)
			}
			at++
		}
		lines = append(lines, strings.Join(words, " "))
	}
	out.text = strings.Join(lines, "\n")
	return out
}

func TestTry(t *testing.T) {
	for _, s := range []*script{english(t), arabic(t)} {
		r := s.register(40, 3)
		rng := rand.New(rand.NewPCG(3, 4))
		for _, q := range []photosim.Quality{photosim.Clean, photosim.Mid, photosim.Poor, photosim.Passed} {
			for _, kind := range []string{"", "digit", "negation", "word", "line"} {
				i := rng.IntN(40)
				f := r.forge(rng, r.texts[i], kind, 5)
				if kind == "line" {
					f.text = strings.Replace(f.text, "\n", "\n"+strings.Join(s.words[:5], " ")+"\n", 1)
				}
				p := r.shoot(t, rng, q, f.text)
				c0 := cpu()
				got, ok, err := r.m.Match(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				c1 := cpu()
				right := got.Key.File == fmt.Sprint(i)
				counts := map[match.Verdict]int{}
				missed := []string{}
				caught := map[match.Verdict]int{}
				for k, w := range got.Words {
					if f.changed[k] {
						caught[w.Verdict]++
						if w.Verdict == match.Same {
							missed = append(missed, got.Page.Words[k].Text)
						}
						continue
					}
					counts[w.Verdict]++
				}
				fmt.Println(s.name, q.Name, kind, ok, right, "matched", got.Matched, got.Of, "honest", counts, "changed", caught, missed, "extra", len(got.Extra), c1-c0)
			}
		}
	}
}
