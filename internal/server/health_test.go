package server

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chancery.example/internal/doctor"
)

// TestAskingForHealthIsCheap: of a thousand who ask at once one looks, for two
// seconds; who goes away meanwhile neither ends the looking nor spoils what it finds.
func TestAskingForHealthIsCheap(t *testing.T) {
	var h health
	var looked atomic.Int32
	look := func(ctx context.Context) doctor.Findings {
		looked.Add(1)
		time.Sleep(50 * time.Millisecond)
		if ctx.Err() != nil {
			return doctor.Findings{{Name: "register", Level: doctor.Bad}}
		}
		if _, ok := ctx.Deadline(); !ok {
			t.Error("looking may take for ever")
		}
		return doctor.Findings{{Name: "register", Level: doctor.OK}}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	h.at = time.Now().Add(-healthFor)
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if got := h.recent(gone, look); len(got) != 1 || got.Worst() != doctor.OK {
				t.Errorf("%+v", got)
			}
		})
	}
	all.Wait()
	if n := looked.Load(); n != 1 {
		t.Errorf("a thousand at once: looked %d times", n)
	}
	h.at = time.Now().Add(-healthFor)
	h.recent(t.Context(), look)
	if n := looked.Load(); n != 2 {
		t.Errorf("two seconds later: looked %d times", n)
	}
}
