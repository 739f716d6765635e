package photo_test

import (
	"math/rand/v2"
	"testing"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
)

// BenchmarkFirstCandidate is all that is done before a photo is read.
func BenchmarkFirstCandidate(b *testing.B) {
	page := press.Render(b, letterText, 26)
	for _, q := range []photosim.Quality{photosim.Clean, photosim.Mid, photosim.Good} {
		shot, err := q.Shoot(rand.New(rand.NewPCG(1, 2)), page)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(q.Name, func(b *testing.B) {
			for b.Loop() {
				p, err := photo.Decode(shot.Data)
				if err != nil {
					b.Fatal(err)
				}
				for range p.Candidates() {
					break
				}
			}
		})
	}
}
