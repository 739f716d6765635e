package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/remote"
)

// A Webhook posts alerts to an address. What it sends is the alert and nothing
// else: no cookie, no name, and no redirect is followed.
type Webhook struct {
	address string
	client  *http.Client
	pause   time.Duration
}

// Patience of a webhook in one round; what it does not take then waits for the
// next.
const (
	webhookTries = 3
	webhookTime  = 10 * time.Second
)

// NewWebhook returns a webhook; pause is the wait before the second try.
func NewWebhook(address string, pause time.Duration) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, kind.Invalid.Errorf("%q is no address to post alerts to: want https://HOST/PATH", address)
	}
	return &Webhook{address: address, pause: pause, client: &http.Client{
		Timeout:       webhookTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Post sends the alerts that wait and then the new ones, in order, and returns
// those that were not taken.
func (h *Webhook) Post(ctx context.Context, alerts []Alert) (left []Alert, err error) {
	for i, a := range alerts {
		if err := h.post(ctx, a); err != nil {
			return alerts[i:], fmt.Errorf("posting alerts: %w; %d wait for the next look", err, len(alerts)-i)
		}
	}
	return nil, nil
}

func (h *Webhook) post(ctx context.Context, a Alert) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("writing an alert: %w", err)
	}
	for try := range webhookTries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return fmt.Errorf("posting: %w", ctx.Err())
			case <-time.After(h.pause << (try - 1)):
			}
		}
		if err = h.once(ctx, raw); err == nil {
			return nil
		}
	}
	return err
}

func (h *Webhook) once(ctx context.Context, raw []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.address, bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("its address: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "chancery")
	resp, err := h.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // its address may hold a secret
			err = u.Err
		}
		return remote.Spoken(err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	err = errors.Join(err, resp.Body.Close())
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("the webhook answers %d", resp.StatusCode)
	}
	return err
}

// Deliver sends a look's alerts by the webhook, after those that it did not take
// before.
func (m *Monitor) Deliver(ctx context.Context, h *Webhook, alerts []Alert) error {
	left, err := h.Post(ctx, append(m.memory.Waiting, alerts...))
	if over := len(left) - maxWaiting; over > 0 {
		left = left[over:]
		err = errors.Join(err, fmt.Errorf("%d of the oldest were dropped", over))
	}
	m.memory.Waiting = left
	return err
}
