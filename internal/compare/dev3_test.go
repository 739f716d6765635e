package compare

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"chancery.example/internal/fold"
	"chancery.example/internal/testkit"
)

func TestDevFeatures(t *testing.T) {
	z, _ := gzip.NewReader(bytes.NewReader(testkit.Read(t, "letters/ocr_real.jsonl.gz")))
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<24)
	_, x := lettersIndex(t)
	out, _ := os.Create("/tmp/features.txt")
	for sc.Scan() {
		var q reading
		if json.Unmarshal(sc.Bytes(), &q) != nil || q.ID == "" {
			continue
		}
		copied := fold.Scan(q.Ocr, tokensSeen(q.Ocr, q.Conf))
		rec := newSide(fold.Record(q.Registered))
		a := newSide(copied).align(rec, x.model)
		tokAt := -1
		kind := "clean"
		if q.Edit != nil {
			kind = q.Edit.Kind
			seen := tokensSeen(q.Registered, nil)
			for i, w := range rec.text.Words {
				if int(w.End) > seen[q.Edit.Tok].From {
					tokAt = i
					break
				}
			}
		}
		for _, d := range a.Differences {
			hit := tokAt >= 0 && d.Record.From-1 <= tokAt && tokAt <= d.Record.To
			h := "noise"
			if hit {
				h = "EDIT"
			}
			conf := float32(2)
			known := 0
			for i := d.Copy.From; i < d.Copy.To; i++ {
				conf = min(conf, copied.Confidence[i])
				if x.model.Knows(copied.Words[i].Key, Own{}) {
					known++
				}
			}
			before, after := float32(1), float32(1)
			if d.Copy.From > 0 {
				before = copied.Confidence[d.Copy.From-1]
			}
			if d.Copy.To < len(copied.Words) {
				after = copied.Confidence[d.Copy.To]
			}
			cs, rs := a.c.spelled(d.Copy), a.r.spelled(d.Record)
			cost := -1
			if len(cs)*len(rs) < 200000 {
				cost = edits(cs, rs)
			}
			fmt.Fprintf(out, "%s\t%s\t%s\tk%d\tconf %.2f\tnb %.2f %.2f\tknown %d/%d\tcost %d/%d,%d\tcrit %v\t-%q\t+%q\n", q.Level, h, kind, d.Kind, conf, before, after, known, d.Copy.Len(), cost, len(cs), len(rs), d.Critical,
				strings.ReplaceAll(a.Record.Slice(d.Record.From, d.Record.To), "\n", "/"), strings.ReplaceAll(a.Copy.Slice(d.Copy.From, d.Copy.To), "\n", "/"))
		}
	}
}
