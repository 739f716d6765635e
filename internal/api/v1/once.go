package v1

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An Answer is what was answered to a request with an Idempotency-Key.
type Answer struct {
	Caller, Key string
	Digest      []byte // of the request
	Status      int    // 0: it is still being answered
	Header      []byte
	Body        []byte
	At          time.Time
}

// A Kept keeps answers under the keys of those who asked, for a day. Begin takes a key
// for a request; when it is taken already it returns what is kept under it.
type Kept interface {
	Begin(ctx context.Context, a Answer) (kept Answer, taken bool, err error)
	End(ctx context.Context, a Answer) error
	Drop(ctx context.Context, caller, key string) error
}

// A recorder keeps an answer while it is made.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b) //nolint:wrapcheck // never fails
}

const longestKey = 255

// keptHeaders are the headers of an answer that are given again.
var keptHeaders = []string{"Content-Type", "Location", "ETag", "Content-Disposition", "Retry-After"}

// once answers an act. One that carries an Idempotency-Key is done once: the same
// request again gets the same answer for a day (MUST-16).
func (a *api) once(c *call) {
	values := c.Header.Values("Idempotency-Key")
	if len(values) == 0 || a.Once == nil {
		a.answer(c)
		return
	}
	key := values[0]
	if len(values) > 1 || key == "" || len(key) > longestKey || strings.ContainsFunc(key, func(r rune) bool { return r < '!' || r > '~' }) {
		a.refuse(c.w, c.Request, refusal{http.StatusBadRequest, "bad_request", "An Idempotency-Key is 1 to 255 visible ASCII characters, once.", 0})
		return
	}
	raw, err := c.body()
	if err != nil {
		a.refuse(c.w, c.Request, err)
		return
	}
	sum := sha256.New()
	for _, part := range []string{c.Method, c.URL.EscapedPath(), c.URL.RawQuery, c.Header.Get("Content-Type"), strings.Join(c.Header.Values("If-Match"), ","), string(raw)} {
		sum.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	mine := Answer{Caller: "token/" + strconv.FormatInt(c.token.ID, 10), Key: key, Digest: sum.Sum(nil), At: a.Office.Now()}
	kept, taken, err := a.Once.Begin(c.Context(), mine)
	switch {
	case err != nil:
		a.refuse(c.w, c.Request, err)
	case !taken:
		a.first(c, mine)
	case !bytes.Equal(kept.Digest, mine.Digest):
		fail(c.w, refusal{http.StatusUnprocessableEntity, "key_reused", "This Idempotency-Key was used for another request.", 0})
	case kept.Status == 0:
		fail(c.w, refusal{http.StatusConflict, "in_progress", "This very request is being answered: ask again in a moment.", time.Second})
	default:
		again(c.w, kept)
	}
}

// first answers a request for the first time, and keeps the answer. What failed here
// may be tried again under the same key.
func (a *api) first(c *call, mine Answer) {
	out := c.w
	rec := &recorder{header: http.Header{}}
	c.w = rec
	done := false
	// Also when whoever asked has gone: they will ask again.
	ctx := context.WithoutCancel(c.Context())
	c.Request = c.WithContext(ctx)
	defer func() {
		if !done {
			_ = a.Once.Drop(ctx, mine.Caller, mine.Key)
		}
	}()
	a.answer(c)
	mine.Status, mine.Body = rec.status, rec.body.Bytes()
	kept := map[string]string{}
	for _, h := range keptHeaders {
		if v := rec.header.Get(h); v != "" {
			kept[h] = v
		}
	}
	mine.Header, _ = json.Marshal(kept) // of strings: never fails
	if mine.Status < http.StatusInternalServerError && mine.Status != http.StatusTooManyRequests {
		done = a.Once.End(ctx, mine) == nil
	}
	again(out, mine)
}

func again(w http.ResponseWriter, o Answer) {
	var headers map[string]string
	_ = json.Unmarshal(o.Header, &headers) // ours
	for k, v := range headers {
		w.Header().Set(k, v)
	}
	w.WriteHeader(o.Status)
	_, _ = w.Write(o.Body)
}
