package ocr

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chancery.example/internal/photo"
)

// When the reader is content with a candidate and looks at no other: so much of
// its words could be read with confidence, and there are so many.
const (
	contentShare = .85
	contentWords = 8
	// Of what the first two candidates showed so much, others show no more; and
	// what can be read at all does not stand on its head.
	settledShare = .5
	headShare    = .3
)

// readPicture reads a picture's words from the candidate that can be read best,
// within the time that ctx has.
func readPicture(ctx context.Context, t tesseract, data []byte, budget time.Duration, now func() time.Time) (photo.Reading, error) {
	started := now()
	pic, err := photo.Decode(data)
	if err != nil {
		return photo.Reading{}, fmt.Errorf("looking at the picture: %w", err)
	}
	var best photo.Reading
	most, tried := -1.0, 0
	for c := range pic.Candidates() {
		rows, err := t.read(ctx, c)
		switch {
		case errors.Is(err, context.DeadlineExceeded) && tried > 0:
			return best, nil // with what could be read in time
		case err != nil:
			return photo.Reading{}, err
		}
		tried++
		got := reading(rows, c, pic.Size)
		if s := score(got); s > most {
			best, most = got, s
		}
		// A further candidate takes about as long as those before.
		if content(best) || settled(best, tried) || now().Sub(started)*time.Duration(tried+1) > budget*time.Duration(tried) {
			break
		}
	}
	best.Model = t.model
	return best, nil
}

// score is how many letters were probably read as they are.
func score(r photo.Reading) float64 {
	sum := 0.0
	for _, w := range r.Words {
		if w.Confidence >= photo.Sure/2 {
			sum += float64(w.Confidence) * float64(w.To-w.From)
		}
	}
	return sum
}

// settled reports whether the candidates after those that were tried are worth no
// look. The last one is the picture on its head.
func settled(r photo.Reading, tried int) bool {
	read, of := r.Readable()
	share := float64(read) / float64(max(1, of))
	return tried >= 2 && read >= contentWords && (share >= settledShare || tried >= 3 && share >= headShare)
}

func content(r photo.Reading) bool {
	read, of := r.Readable()
	return read >= contentWords && float64(read) >= contentShare*float64(of)
}
