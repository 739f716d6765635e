package compare

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"chancery.example/internal/fold"
	"chancery.example/internal/testkit"
)

type reading struct {
	ID, Level, Ocr string
	Registered     string `json:"registered_text"`
	Conf           []float32
	Truth          *string
	Edit           *struct {
		Kind, Old, New string
		Tok            int
	}
}

func tokensSeen(text string, conf []float32) []fold.Seen {
	var out []fold.Seen
	from := -1
	for i := 0; i <= len(text); i++ {
		space := i == len(text) || text[i] == ' ' || text[i] == '\n' || text[i] == '\t'
		if !space && from < 0 {
			from = i
		}
		if space && from >= 0 {
			c := float32(0)
			if len(out) < len(conf) {
				c = conf[len(out)] / 100
			}
			out = append(out, fold.Seen{From: from, To: i, Confidence: c})
			from = -1
		}
	}
	return out
}

func TestDevNoise(t *testing.T) {
	z, _ := gzip.NewReader(bytes.NewReader(testkit.Read(t, "letters/ocr_real.jsonl.gz")))
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<24)
	_, x := lettersIndex(t)
	type st struct{ n, altered, check, copied, certainRight, checkRight int }
	res := map[string]*st{}
	get := func(k string) *st {
		if res[k] == nil {
			res[k] = &st{}
		}
		return res[k]
	}
	for sc.Scan() {
		var q reading
		if json.Unmarshal(sc.Bytes(), &q) != nil || q.ID == "" {
			continue
		}
		copied := fold.Scan(q.Ocr, tokensSeen(q.Ocr, q.Conf))
		rec := newSide(fold.Record(q.Registered))
		a := newSide(copied).align(rec, x.model)
		certain, doubtful := 0, 0
		right, rightCheck := false, false
		tokAt := -1
		if q.Edit != nil { // word of record at the edit
			seen := tokensSeen(q.Registered, nil)
			if q.Edit.Tok < len(seen) {
				tokAt = rec.text.WordAt(0)
				for i, w := range rec.text.Words {
					if int(w.End) > seen[q.Edit.Tok].From {
						tokAt = i
						break
					}
				}
			}
		}
		for _, d := range a.Differences {
			hit := tokAt >= 0 && d.Record.From-2 <= tokAt && tokAt <= d.Record.To+1
			switch d.Certainty {
			case Certain:
				certain++
				right = right || hit
			case Doubtful:
				doubtful++
				rightCheck = rightCheck || hit
			}
			if os.Getenv("V") != "" {
				kind := "-"
				if q.Edit != nil {
					kind = q.Edit.Kind
				}
				var cf []float32
				for i := d.Copy.From; i < d.Copy.To; i++ {
					cf = append(cf, copied.Confidence[i])
				}
				mark := ""
				if hit {
					mark = "HIT"
				}
				if d.Certainty == Certain || hit {
					fmt.Printf("%s %s %s %v%s -%q +%q conf %v %s\n", q.Level, kind, q.ID, d.Certainty, mark, a.Record.Slice(d.Record.From, d.Record.To), a.Copy.Slice(d.Copy.From, d.Copy.To), cf, "")
				}
			}
		}
		if q.Edit != nil && !right && !rightCheck && os.Getenv("V") != "" {
			fmt.Printf("%s %s %s MISSED -%q +%q\n", q.Level, q.Edit.Kind, q.ID, q.Edit.Old, q.Edit.New)
		}
		kind := "clean"
		if q.Edit != nil {
			kind = q.Edit.Kind
		}
		s := get(q.Level + " " + kind)
		s.n++
		switch {
		case certain > 0:
			s.altered++
		case doubtful > 0:
			s.check++
		default:
			s.copied++
		}
		if right {
			s.certainRight++
		} else if rightCheck {
			s.checkRight++
		}
	}
	for _, l := range []string{"shot", "good", "mid", "bad"} {
		for _, k := range []string{"clean", "neg", "word", "name", "month", "number"} {
			s := get(l + " " + k)
			fmt.Printf("%-5s %-7s n %2d ALTERED %2d CHECK %2d COPY %2d | edit certain %2d check %2d missed %d\n", l, k, s.n, s.altered, s.check, s.copied, s.certainRight, s.checkRight, s.n-s.certainRight-s.checkRight)
		}
	}
}
