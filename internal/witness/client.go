package witness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/remote"
)

// An Answer is what a witness said to a request.
type Answer struct {
	Status int
	Lines  []byte // signature lines, when Status is 200; nothing verified
	Size   uint64 // of the head it cosigned last, when Status is 409
	Text   string // what it says is wrong
}

const maxAnswer = 64 << 10

// NewHTTP returns a client for witnesses: none takes longer than the timeout,
// and none sends us elsewhere.
func NewHTTP(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Ask sends a request to the witness with this submission prefix (C2SP
// tlog-witness, "add-checkpoint").
func Ask(ctx context.Context, c *http.Client, prefix string, r Request) (Answer, error) {
	raw, status, err := exchange(ctx, c, http.MethodPost, address(prefix, "add-checkpoint"), r.Bytes())
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Status: status}
	switch status {
	case http.StatusOK:
		a.Lines = raw
	case http.StatusConflict:
		if a.Size, err = strconv.ParseUint(strings.TrimSuffix(string(raw), "\n"), 10, 62); err != nil {
			return a, fmt.Errorf("it says that it knows another head, but not of which size")
		}
	default:
		a.Text = clip(strings.TrimSpace(string(raw)))
	}
	return a, nil
}

// Latest asks the witness with this monitoring prefix for the checkpoint of a log
// that it cosigned last (C2SP tlog-witness, "Monitor Retrieval Mechanism").
func Latest(ctx context.Context, c *http.Client, prefix, origin string) ([]byte, error) {
	raw, status, err := exchange(ctx, c, http.MethodGet, address(prefix, OriginHash(origin)+"/checkpoint"), nil)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("it does not show the head that it cosigned last: status %d", status)
	}
	return raw, nil
}

func address(prefix, path string) string { return strings.TrimSuffix(prefix, "/") + "/" + path }

func exchange(ctx context.Context, c *http.Client, method, url string, body []byte) (_ []byte, status int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("its address: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", url, remote.Spoken(err))
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, 0, fmt.Errorf("reading its answer: %w", err)
	}
	if len(raw) > maxAnswer {
		return nil, 0, fmt.Errorf("its answer has more than %d bytes", maxAnswer)
	}
	return raw, resp.StatusCode, nil
}

// clip shortens foreign words and quotes what a terminal could take for an order.
func clip(s string) string {
	const most = 120
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strconv.Quote(s)
}
