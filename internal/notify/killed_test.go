package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/letter"
)

// killedDir names the folder that a child process sends from, killedRelay its relay.
const (
	killedDir   = "CHANCERY_NOTIFY_CHILD"
	killedRelay = "CHANCERY_NOTIFY_RELAY"
)

// TestKilledChild is the process that is killed: it sends until it is.
func TestKilledChild(t *testing.T) {
	dir := os.Getenv(killedDir)
	if dir == "" {
		return // it is no test of its own: TestKilled runs it
	}
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	relay, err := ParseSMTP("smtp://"+os.Getenv(killedRelay), "", "registry@harbour.example")
	if err != nil {
		t.Fatal(err)
	}
	// A clock that runs fast, so that what was claimed by a process that died comes
	// free within the test.
	began := time.Now()
	clock := func() time.Time { return began.Add(time.Since(began) * 600) }
	n, err := Open(t.Context(), f, Options{Clock: clock, Networks: here, Address: "https://register.example", Mail: relay})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("sending")
	n.Run(t.Context(), 5*time.Millisecond)
}

// A taker is a receiver that now and then fails, or is slow, and remembers what it
// took.
type taker struct {
	mu    sync.Mutex
	took  map[string]int    // by webhook-id
	body  map[string]string // which body an id had
	wrong []string
}

func (k *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
	k.mu.Lock()
	defer k.mu.Unlock()
	id := r.Header.Get("Webhook-Id")
	if was, ok := k.body[id]; ok && was != string(raw) {
		k.wrong = append(k.wrong, id+" came with two bodies")
	}
	k.body[id] = string(raw)
	if rand.IntN(10) == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	k.took[id]++
}

// TestKilled kills who sends, at random moments, while webhooks and mails go out: each
// event reaches its receiver at least once, under one id, and is put down once (MUST-2).
// CHANCERY_NOTIFY_KILLS says how often; 12 without.
func TestKilled(t *testing.T) {
	kills := 12
	if s := os.Getenv("CHANCERY_NOTIFY_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	h := officetest.New(t)
	k := &taker{took: map[string]int{}, body: map[string]string{}}
	receiver := httptest.NewServer(k)
	defer receiver.Close()
	r := newRelay(t)
	n := opened(t, h, Options{Address: "https://register.example", Mail: r.smtp(t)})
	for i := range 3 {
		subscribed(t, n, Subscription{URL: receiver.URL + "/" + strconv.Itoa(i)})
	}
	letters := 0
	issue := func() {
		letters++
		ref := letter.Ref(fmt.Sprintf("HC-%d", letters))
		h.IssueLetter(t, "harbour", officetest.Content(t, ref, fmt.Sprintf("The lock number %d opens.\n", letters)), office.Terms{})
		if _, err := n.Dispatch(t.Context(), "clerk", parcel(t, ref), []Addressee{{Name: "The Master", Address: fmt.Sprintf("m%d@lock.example", letters)}}); err != nil {
			t.Fatal(err)
		}
	}
	for range kills {
		issue()
		end := sendingChild(t, h.Dir, r.Addr().String())
		time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond)
		end()
	}
	end := sendingChild(t, h.Dir, r.Addr().String())
	defer end()
	deadline := time.Now().Add(60*time.Second + time.Duration(kills)*500*time.Millisecond)
	for waiting := 1; waiting > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d are still on their way", waiting)
		}
		waiting = onTheirWay(t, n)
		for i := 1; i <= letters; i++ {
			if !slices.ContainsFunc(r.mails(), func(m string) bool { return strings.Contains(m, fmt.Sprintf("m%d@lock.example", i)) }) {
				waiting++ // a mail
			}
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, w := range k.wrong {
		t.Error(w)
	}
	again := 0
	for id, times := range k.took {
		if times < 3 {
			t.Errorf("%s was taken %d times by 3 receivers", id, times)
		}
		again += times - 3
	}
	if len(k.took) != letters {
		t.Errorf("%d events, %d letters", len(k.took), letters)
	}
	t.Logf("%d kills: %d events to 3 receivers each, %d of %d taken a second time, under the same id; %d mails, %d of them twice", kills, len(k.took), again, 3*len(k.took), letters, len(r.mails())-letters)
}

// onTheirWay counts what is neither done nor given up, and refuses what was given up.
func onTheirWay(t *testing.T, n *Notifier) (waiting int) {
	t.Helper()
	err := n.db.View(t.Context(), func(tx *store.Tx) error {
		hooks, err := tx.Webhooks("harbour")
		for _, w := range hooks {
			all, errAll := tx.Deliveries(w.ID, 0, 1000)
			err = errors.Join(err, errAll)
			for _, d := range all {
				switch d.State {
				case store.SendWaiting:
					waiting++
				case store.SendFailed:
					t.Errorf("%s was given up: %s", d.Message.ID, d.Problem)
				case store.SendDone:
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return waiting
}

// sendingChild starts a process that sends, and returns what kills it.
func sendingChild(t *testing.T, dir, relay string) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKilledChild$", "-test.v") //nolint:gosec // this very test
	cmd.Env = append(os.Environ(), killedDir+"="+dir, killedRelay+"="+relay)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAtLeast(out, make([]byte, 64), len("=== RUN   TestKilledChild\nsending")) // it is up
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return sync.OnceFunc(func() {
		cancel() // SIGKILL
		_ = cmd.Wait()
	})
}
