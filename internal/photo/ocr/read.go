package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
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

// A Table gives what tesseract prints about one candidate as a table of words
// ("tsv", since 3.05), with or without the line of the columns' names. On a
// machine it runs the program, in a browser its twin in WebAssembly.
type Table func(ctx context.Context, c photo.Candidate) (string, error)

// ReadWith reads a picture's words from the candidate that can be read best,
// within the time that ctx has and about as long as budget. model names what table
// reads with. The table is foreign: what is no table of that picture is an error.
func ReadWith(ctx context.Context, table Table, model string, data []byte, budget time.Duration, now func() time.Time) (photo.Reading, error) {
	pic, err := photo.Decode(data)
	if err != nil {
		return photo.Reading{}, fmt.Errorf("looking at the picture: %w", err)
	}
	return readPicture(ctx, table.rows, model, pic, budget, now)
}

// readPicture is ReadWith for a picture that was decoded; rows reads one candidate.
func readPicture(ctx context.Context, rows func(context.Context, photo.Candidate) ([]row, error), model string, pic *photo.Picture, budget time.Duration, now func() time.Time) (photo.Reading, error) {
	started := now()
	var best photo.Reading
	most, tried := -1.0, 0
	for c := range pic.Candidates() {
		words, err := rows(ctx, c)
		switch {
		case errors.Is(err, context.DeadlineExceeded) && tried > 0:
			return best, nil // with what could be read in time
		case err != nil:
			return photo.Reading{}, err
		}
		tried++
		got := reading(words, c, pic.Size)
		if s := score(got); s > most {
			best, most = got, s
		}
		// A further candidate takes about as long as those before.
		if content(best) || settled(best, tried) || now().Sub(started)*time.Duration(tried+1) > budget*time.Duration(tried) {
			break
		}
	}
	best.Model = model
	return best, nil
}

// rows reads one candidate's table.
func (t Table) rows(ctx context.Context, c photo.Candidate) ([]row, error) {
	out, err := t(ctx, c)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(out, "level\t") { // a library's, not the program's
		out = header + "\n" + out
	}
	return parseTSV(out, c.Image.Rect.Size())
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

// Layout is how tesseract is to look at a candidate, as its option "psm": as one
// column of lines of all sizes, unless columns were seen in it. Where tesseract
// looks for columns in a letter whose lines are now long and now short, it finds
// some, and leaves out what stands in none.
func Layout(c photo.Candidate) string {
	if c.Columns {
		return "3"
	}
	return "4"
}

// PGM writes a picture as a portable graymap, which takes no time to decode.
func PGM(g *image.Gray) []byte {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := make([]byte, 0, w*h+32)
	out = fmt.Appendf(out, "P5\n%d %d\n255\n", w, h)
	for y := range h {
		out = append(out, g.Pix[y*g.Stride:y*g.Stride+w]...)
	}
	return out
}
