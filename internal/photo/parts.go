package photo

import (
	"runtime"
	"sync"
)

// leastRows is how many rows of a picture are worth a goroutine.
const leastRows = 64

// inParts has the rows of a picture done by as many as there are processors, each a
// stretch of its own. What is made of a row must depend on no other that is made: then
// the picture is the same on every machine.
func inParts(rows int, do func(from, to int)) {
	n := max(1, min(runtime.GOMAXPROCS(0), 4, rows/leastRows))
	if n == 1 {
		do(0, rows)
		return
	}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(rows*i/n, rows*(i+1)/n) })
	}
	all.Wait()
}
