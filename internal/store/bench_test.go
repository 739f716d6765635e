package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

// BenchmarkGroup is what sharing a commit gives: so many writers write at once, each one
// row, until all of them are on disk. 1 is a commit for each; beyond groupMost a commit
// holds no more.
func BenchmarkGroup(b *testing.B) {
	for _, writers := range []int{1, 8, groupMost, 4 * groupMost} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			db := openGroup(b)
			b.ResetTimer()
			each := make(chan int)
			var running sync.WaitGroup
			for range writers {
				running.Go(func() {
					for n := range each {
						if err := db.Update(context.Background(), func(tx *Tx) error { return note(tx, fmt.Sprint(n)) }); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for n := range b.N {
				each <- n
			}
			close(each)
			running.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
