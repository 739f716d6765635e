package compare

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"slices"
	"testing"
	"time"

	"chancery.example/internal/fold"
)

func TestDev83k(t *testing.T) {
	cmd := exec.Command("xz", "-dc", "/work/shared/data/letters/letters-83k.jsonl.xz")
	pipe, _ := cmd.StdoutPipe()
	_ = cmd.Start()
	sc := bufio.NewScanner(pipe)
	sc.Buffer(nil, 1<<24)
	x := NewIndex()
	var texts []string
	var took time.Duration
	for sc.Scan() {
		var l realLetter
		if json.Unmarshal(sc.Bytes(), &l) != nil || l.ID == "" {
			continue
		}
		at := time.Now()
		x.Add(Document{ID: len(texts), Family: l.ID, Text: l.Text})
		took += time.Since(at)
		texts = append(texts, l.Text)
	}
	at := time.Now()
	x.table.Postings()
	fmt.Printf("%d letters added in %v (%.0f/s), sorted in %v; model single %d double %d\n", len(texts), took, float64(len(texts))/took.Seconds(), time.Since(at), x.model.single.used, x.model.double.used)
	var ms runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&ms)
	fmt.Printf("heap %d MB\n", ms.HeapAlloc>>20)
	rng := rand.New(rand.NewPCG(1, 7))
	for _, words := range []int{8, 12, 20, 40, 0} {
		var ts []time.Duration
		first, found, cands := 0, 0, 0
		for range 200 {
			i := rng.IntN(len(texts))
			f := fold.Copy(texts[i])
			if words > 0 {
				if len(f.Words) < words {
					continue
				}
				k := rng.IntN(len(f.Words) - words + 1)
				f = fold.Copy(f.Slice(k, k+words))
			}
			at := time.Now()
			cs, _ := x.Find(t.Context(), f)
			ts = append(ts, time.Since(at))
			cands += len(cs)
			n := slices.IndexFunc(cs, func(c Candidate) bool { return c.Document.ID == i })
			if n == 0 || n > 0 && cs[0].Exact {
				first++
			}
			if n >= 0 {
				found++
			}
		}
		slices.Sort(ts)
		fmt.Printf("%d words: found %d first %d of %d, cands %.1f, p50 %v p90 %v p99 %v\n", words, found, first, len(ts), float64(cands)/float64(len(ts)), ts[len(ts)/2], ts[len(ts)*9/10], ts[len(ts)*99/100])
	}
}
