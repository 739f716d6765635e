package goals_test

import (
	"context"
	"image"
	"math/rand/v2"
	"runtime"
	"testing"

	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/find"
	"chancery.example/internal/photo/match"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/forger"
	"chancery.example/internal/testkit/press"
)

// BenchmarkMatch decodes a photo of a whole page and holds it against the page that it
// shows, one of 200, which was rendered before. cpu-ms is processor time.
func BenchmarkMatch(b *testing.B) {
	runtime.GOMAXPROCS(1)
	for _, s := range []*forger.Script{forger.English(b), forger.Arabic(b)} {
		rng := rand.New(rand.NewPCG(3, 5))
		index := find.NewIndex()
		var text string
		for i := range 200 {
			text = s.Letter(rng, 300)
			index.Add(find.Key{Page: i}, s.Press.Layout(text))
		}
		page := s.Press.Print(text)
		for _, q := range []photosim.Quality{photosim.Clean, photosim.Good, photosim.Mid, photosim.Poor, photosim.Screen} {
			b.Run(s.Name+" "+q.Name, func(b *testing.B) {
				shot, err := q.Shoot(rng, page)
				if err != nil {
					b.Fatal(err)
				}
				var render *image.Gray
				m := &match.Matcher{Index: index, Set: typeset.DrawWord, Render: func(_ context.Context, _ find.Key, dots float64) (*image.Gray, error) {
					if render == nil {
						render = press.Rendered(page, dots)
					}
					return render, nil
				}}
				matched := func() {
					p, err := photo.Decode(shot.Data)
					if err != nil {
						b.Fatal(err)
					}
					if got, ok, err := m.Match(b.Context(), p); err != nil || !ok || got.Key.Page != 199 {
						b.Fatalf("%v, %v, %v", got.Key, ok, err)
					}
				}
				matched()
				b.ResetTimer()
				before := spent()
				for b.Loop() {
					matched()
				}
				b.ReportMetric(float64((spent()-before).Microseconds())/1000/float64(b.N), "cpu-ms")
			})
		}
	}
}
