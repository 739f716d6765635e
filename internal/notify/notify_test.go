package notify

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// A receiver is a webhook's other side.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	status int
	header http.Header
}

type received struct {
	header http.Header
	body   string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: http.StatusNoContent, header: http.Header{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, received{q.Header.Clone(), string(body)})
		for k, v := range r.header {
			w.Header()[k] = v
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func (r *receiver) types(t *testing.T) (out []string) {
	t.Helper()
	for _, g := range r.all() {
		var p Payload
		if err := json.Unmarshal([]byte(g.body), &p); err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Type+" "+string(p.Data.Reference))
	}
	slices.Sort(out)
	return out
}

func opened(t *testing.T, h *officetest.House, o Options) *Notifier {
	t.Helper()
	o.Clock = h.Clock.Now
	if o.Networks == nil {
		o.Networks = here
	}
	n, err := Open(t.Context(), h.Folder(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

func settle(t *testing.T, n *Notifier) {
	t.Helper()
	if err := n.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func subscribed(t *testing.T, n *Notifier, s Subscription) store.Webhook {
	t.Helper()
	w, _, err := n.Subscribe(t.Context(), "harbour", "clerk", s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// must carries an act out with all keys.
func must(t *testing.T, h *officetest.House, by string) func(office.Request, error) office.Receipt {
	return func(q office.Request, err error) office.Receipt {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var rec office.Receipt
		for _, who := range []string{"legal", "commissioner", "press", "drafter"} {
			key, ok := h.Keys["harbour/"+who]
			if !ok || q.Ready {
				continue
			}
			sig, err := key.Approve(q.Statement)
			if err != nil {
				t.Fatal(err)
			}
			if next, err := h.Approve(t.Context(), q.ID, who, sig); err == nil {
				q = next
			}
		}
		if rec, err = h.Perform(t.Context(), q.ID, by); err != nil {
			t.Fatal(err)
		}
		return rec
	}
}

// TestPublicEventsExactly (MUST-1) plays all acts: what is public is told, each once, and
// nothing of drafts is.
func TestPublicEventsExactly(t *testing.T) {
	h := officetest.New(t)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-0", "It was before.\n"), office.Terms{})
	n := opened(t, h, Options{Address: "https://register.example"})
	r := newReceiver(t)
	subscribed(t, n, Subscription{URL: r.URL})
	issued := newReceiver(t)
	subscribed(t, n, Subscription{URL: issued.URL, Events: []string{LetterIssued}, Scheme: Public})

	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "The first letter.\n"), office.Terms{})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", "The second letter.\n"), office.Terms{Supersedes: []letter.Ref{"HC-1"}})
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-SECRET", "Nobody may know of this.\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Seal(t.Context(), "harbour", "drafter", "HC-SECRET"); err != nil {
		t.Fatal(err)
	}
	must(t, h, "clerk")(h.ProposeCorrect(t.Context(), "harbour", "drafter", "HC-2", office.Correction{Reason: register.Words{"en": "A slip."}, Change: func(c *letter.Content) error {
		*c = officetest.Content(t, "HC-2", "The second letter, mended.\n")
		return nil
	}}))
	must(t, h, "clerk")(h.ProposeWithdraw(t.Context(), "harbour", "clerk", "HC-2", register.Words{"en": "It was wrong."}))
	must(t, h, "press")(h.ProposeHolding(t.Context(), "harbour", "press", h.Now().Add(time.Hour), nil))
	must(t, h, "press")(h.ProposeDisavow(t.Context(), "harbour", "press", office.Forgery{Texts: officetest.Content(t, "X", "A forged text about the lighthouse.\n").Texts}, register.Words{"en": "Not ours."}))
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-3", "An opened draft.\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Seal(t.Context(), "harbour", "drafter", "HC-3"); err != nil {
		t.Fatal(err)
	}
	must(t, h, "press")(h.ProposeOpen(t.Context(), "harbour", "press", "HC-3"))
	settle(t, n)
	settle(t, n)
	want := []string{
		"disavowal.published ", "draft.opened HC-3", "letter.corrected HC-2", "letter.issued HC-1", "letter.issued HC-2", "letter.superseded HC-1",
		"letter.withdrawn HC-2", "statement.published ",
	}
	if got := r.types(t); !slices.Equal(got, want) {
		t.Errorf("told %q\nwant %q", got, want)
	}
	if got := issued.types(t); !slices.Equal(got, []string{"letter.issued HC-1", "letter.issued HC-2"}) {
		t.Errorf("the second was told %q", got)
	}
	ids := map[string]bool{}
	for _, g := range r.all() {
		if strings.Contains(g.body, "SECRET") || strings.Contains(g.body, "HC-0") || strings.Contains(g.body, "second letter") {
			t.Errorf("told too much: %s", g.body)
		}
		ids[g.header.Get("Webhook-Id")] = true
	}
	if len(ids) != len(want) {
		t.Errorf("%d ids for %d messages", len(ids), len(want))
	}
	if !strings.Contains(r.all()[0].body, `"letter_url":"https://register.example/l/harbour/HC-`) {
		t.Errorf("no address in %s", r.all()[0].body)
	}
}

// TestEmbargoIsSilent: what is issued under embargo is told at its hour.
func TestEmbargoIsSilent(t *testing.T) {
	h := officetest.New(t)
	n := opened(t, h, Options{})
	r := newReceiver(t)
	subscribed(t, n, Subscription{URL: r.URL})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "A secret until noon.\n"), office.Terms{NotBefore: h.Now().Add(time.Hour)})
	settle(t, n)
	if got := r.types(t); len(got) != 0 {
		t.Errorf("told %q", got)
	}
	h.Clock.Step(2 * time.Hour)
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	settle(t, n)
	if got := r.types(t); !slices.Equal(got, []string{"letter.issued HC-1"}) {
		t.Errorf("told %q", got)
	}
}

// TestOnceAlsoAfterACrash (MUST-2): the follower is thrown away at every point, and another one
// reads on: no event is lost, and none gets a second id.
func TestOnceAlsoAfterACrash(t *testing.T) {
	h := officetest.New(t)
	r := newReceiver(t)
	first := opened(t, h, Options{})
	w := subscribed(t, first, Subscription{URL: r.URL})
	for i := range 5 {
		h.IssueLetter(t, "harbour", officetest.Content(t, letter.Ref("HC-"+string(rune('1'+i))), "A letter.\n\nNumber "+string(rune('1'+i))+".\n"), office.Terms{})
		n := opened(t, h, Options{})
		ctx, cancel := context.WithCancel(t.Context())
		if i%2 == 0 {
			cancel() // it never gets to its end
		}
		_ = n.Settle(ctx)
		cancel()
	}
	settle(t, opened(t, h, Options{}))
	if got := r.types(t); len(got) != 5 {
		t.Errorf("told %q", got)
	}
	ds, err := first.Deliveries(t.Context(), "harbour", w.ID, 0, 100)
	if err != nil || len(ds) != 5 {
		t.Errorf("%d deliveries (%v)", len(ds), err)
	}
	for _, d := range ds {
		if d.State != store.SendDone || d.Attempts != 1 {
			t.Errorf("%+v", d)
		}
	}
}

// TestTwoSendersShare: two processes on one folder send each message once.
func TestTwoSendersShare(t *testing.T) {
	h := officetest.New(t)
	r := newReceiver(t)
	a, b := opened(t, h, Options{}), opened(t, h, Options{})
	subscribed(t, a, Subscription{URL: r.URL})
	for i := range 6 {
		h.IssueLetter(t, "harbour", officetest.Content(t, letter.Ref("HC-"+string(rune('1'+i))), "Letter number "+string(rune('1'+i))+".\n"), office.Terms{})
	}
	if err := a.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	for _, n := range []*Notifier{a, b} {
		both.Go(func() { _ = n.Settle(t.Context()) })
	}
	both.Wait()
	settle(t, a)
	if got := r.types(t); len(got) != 6 {
		t.Errorf("told %d times: %q", len(got), got)
	}
}

// TestRetries (MUST-6) walks the whole schedule: every attempt has the same id and a signature
// of its own time, and in the end the webhook is given up.
func TestRetries(t *testing.T) {
	h := officetest.New(t)
	n := opened(t, h, Options{})
	r := newReceiver(t)
	r.answer(http.StatusInternalServerError)
	w := subscribed(t, n, Subscription{URL: r.URL})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "A letter.\n"), office.Terms{})
	settle(t, n)
	for i, wait := range schedule {
		if got := len(r.all()); got != i+1 {
			t.Fatalf("%d attempts, want %d", got, i+1)
		}
		h.Clock.Step(wait - time.Second)
		settle(t, n)
		if got := len(r.all()); got != i+1 {
			t.Fatalf("tried too early: attempt %d", i+2)
		}
		h.Clock.Step(wait/10 + 3*time.Second)
		settle(t, n)
	}
	all := r.all()
	if len(all) != len(schedule)+1 || all[0].header.Get("Webhook-Id") != all[9].header.Get("Webhook-Id") || all[0].header.Get("Webhook-Signature") == all[9].header.Get("Webhook-Signature") {
		t.Errorf("%d attempts", len(all))
	}
	got, err := n.Webhook(t.Context(), "harbour", w.ID)
	if err != nil || !strings.Contains(got.Disabled, "10 attempts") {
		t.Errorf("%+v (%v)", got, err)
	}
	ds, err := n.Deliveries(t.Context(), "harbour", w.ID, 0, 10)
	if err != nil || len(ds) != 1 || ds[0].State != store.SendFailed || ds[0].Status != 500 {
		t.Errorf("%+v (%v)", ds, err)
	}
	// Switched on again it gets what happens from then on.
	r.answer(http.StatusOK)
	if err := n.Enable(t.Context(), "harbour", "clerk", w.ID); err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", "Another letter.\n"), office.Terms{})
	settle(t, n)
	if got := r.types(t); got[len(got)-1] != "letter.issued HC-2" {
		t.Errorf("told %q", got)
	}
}

func TestGoneAndRetryAfter(t *testing.T) {
	h := officetest.New(t)
	n := opened(t, h, Options{})
	r := newReceiver(t)
	w := subscribed(t, n, Subscription{URL: r.URL})
	r.answer(http.StatusTooManyRequests)
	r.header.Set("Retry-After", "3600")
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "A letter.\n"), office.Terms{})
	settle(t, n)
	h.Clock.Step(time.Hour - time.Second)
	settle(t, n)
	if len(r.all()) != 1 {
		t.Errorf("%d attempts: the receiver asked for an hour", len(r.all()))
	}
	r.answer(http.StatusGone)
	h.Clock.Step(2 * time.Second)
	settle(t, n)
	got, err := n.Webhook(t.Context(), "harbour", w.ID)
	if err != nil || !strings.Contains(got.Disabled, "410") {
		t.Errorf("%+v (%v)", got, err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", "Another letter.\n"), office.Terms{})
	settle(t, n)
	if len(r.all()) != 2 {
		t.Error("something was sent to who wants no more")
	}
}

// TestSubscriptionsAreLimited refuses what no message could go to, and what is another
// office's.
func TestSubscriptionsAreLimited(t *testing.T) {
	h := officetest.NewInEarnest(t, time.Now())
	h.Enrol(t, "b", 1, 1)
	n := opened(t, h, Options{Networks: []netip.Prefix{}})
	for _, s := range []Subscription{
		{URL: ""}, {URL: "http://example.org/"}, {URL: "ftp://example.org/"}, {URL: "https://example.org:8443/"}, {URL: "https://u:p@example.org/"},
		{URL: "https://example.org/#x"}, {URL: "https://127.0.0.1/"}, {URL: "https://[::1]/"}, {URL: "https://169.254.169.254/latest"},
		{URL: "https://example.org/" + strings.Repeat("x", maxURL)}, {URL: "https://example.org/", Events: []string{"letter.read"}},
		{URL: "https://example.org/", Events: []string{LetterIssued, LetterIssued}}, {URL: "https://example.org/", Scheme: "v2"},
		{URL: "https://example.org/", Note: "a\nb"}, {URL: "//example.org/"}, {URL: "https:///x"}, {URL: "https://ex%41mple.org/"},
	} {
		if _, _, err := n.Subscribe(t.Context(), "harbour", "clerk", s); kind.Of(err) != kind.Invalid {
			t.Errorf("%.60q: %v", s.URL, err)
		}
	}
	for range mostWebhooks {
		subscribed(t, n, Subscription{URL: "https://example.org/"})
	}
	if _, _, err := n.Subscribe(t.Context(), "harbour", "clerk", Subscription{URL: "https://example.org/"}); kind.Of(err) != kind.Conflict {
		t.Errorf("one more: %v", err)
	}
	all, err := n.Webhooks(t.Context(), "harbour")
	if err != nil || len(all) != mostWebhooks || all[0].Secret != nil {
		t.Errorf("%d webhooks (%v)", len(all), err)
	}
	for _, f := range []func(office, id string) error{
		func(o, id string) error { _, err := n.Webhook(t.Context(), o, id); return err },
		func(o, id string) error { return n.Unsubscribe(t.Context(), o, "clerk", id) },
		func(o, id string) error { return n.Enable(t.Context(), o, "clerk", id) },
		func(o, id string) error { _, err := n.Try(t.Context(), o, "clerk", id); return err },
		func(o, id string) error { _, err := n.Deliveries(t.Context(), o, id, 0, 10); return err },
	} {
		theirs, absent := f("b", all[0].ID), f("b", "wh_none")
		if kind.Of(theirs) != kind.NotFound || absent == nil || strings.ReplaceAll(theirs.Error(), all[0].ID, "wh_none") != absent.Error() {
			t.Errorf("another office's: %v; nobody's: %v", theirs, absent)
		}
	}
	if err := n.Unsubscribe(t.Context(), "harbour", "clerk", all[0].ID); err != nil {
		t.Error(err)
	}
}
