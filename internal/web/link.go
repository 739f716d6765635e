package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/kind"
	"chancery.example/internal/web/pages/link"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/shared"
)

// A KeptLink is an answer that a reader chose to keep under an address. Answer is
// what [result.Pack] makes; web alone reads it.
type KeptLink struct {
	ID     string   // 128 random bits
	Secret [32]byte // SHA-256 of what deletes it
	Answer []byte
	Until  time.Time
}

// Links keeps answers under addresses, for as long as they say.
type Links interface {
	// Keep keeps an answer; an error of kind Unavailable when no more can be kept.
	Keep(ctx context.Context, l KeptLink, now time.Time) error
	// Kept returns an answer that has not ended.
	Kept(ctx context.Context, id string, now time.Time) (l KeptLink, found bool, err error)
	// Forget deletes an answer; found is false when there is none with this secret.
	Forget(ctx context.Context, id string, secret [32]byte) (found bool, err error)
}

const (
	// LinkDays is for how many days an answer is kept.
	LinkDays = 30
	// offerFor is how long after an answer it can still be kept: it goes to the
	// reader and comes back, sealed, and this server holds nothing in between.
	offerFor  = 2 * time.Hour
	mostOffer = 256 << 10
)

// offer seals an answer to be sent back by the page: nobody can have another
// answer kept under our address than one that was given here. nil when it may
// not be kept, or this server keeps none.
func (s *site) offer(f check.Finding) *result.Link {
	if s.opts.Links == nil {
		return nil
	}
	packed, ok := result.Pack(f)
	if !ok {
		return nil
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(s.pace.clock().Add(offerFor).Unix())) //nolint:gosec // after 1970
	b = append(b, packed...)
	sealed := append(b, s.seal(b)...)
	return &result.Link{Answer: base64.RawURLEncoding.EncodeToString(sealed), Days: LinkDays, Copy: !f.Comparison.Empty()}
}

func (s *site) seal(b []byte) []byte {
	mac := hmac.New(sha256.New, s.linkKey[:])
	mac.Write(b)
	return mac.Sum(nil)
}

// accept opens what offer sealed.
func (s *site) accept(answer string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(answer)
	if err != nil || len(b) < 8+sha256.Size {
		return nil, false
	}
	body, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if !hmac.Equal(mac, s.seal(body)) {
		return nil, false
	}
	return body[8:], s.pace.clock().Unix() < int64(binary.BigEndian.Uint64(body)) //nolint:gosec // our own
}

// keepAnswer keeps an answer under an address, because its reader said so.
func (s *site) keepAnswer(c *call) answer {
	fields, bad := readSmallForm(c, mostOffer)
	if bad != nil {
		return s.problem(c, bad.kind, bad.limit)
	}
	packed, ok := s.accept(fields.Get("answer"))
	if !ok {
		return s.problem(c, "link_too_late", 0)
	}
	withCopy := fields.Get("copy") == "yes"
	if !withCopy {
		var err error
		if packed, err = result.WithoutCopy(packed); err != nil {
			s.opts.Log.ErrorContext(c.Context(), "keeping an answer", "error", err)
			return s.problem(c, "internal", 0)
		}
	}
	now := s.pace.clock()
	id, secret := random(16), random(16)
	l := KeptLink{ID: id, Secret: sha256.Sum256([]byte(secret)), Answer: packed, Until: now.AddDate(0, 0, LinkDays)}
	if err := s.opts.Links.Keep(c.Context(), l, now); err != nil {
		s.opts.Log.ErrorContext(c.Context(), "keeping an answer", "error", err)
		if kind.Of(err) == kind.Unavailable {
			return s.problem(c, "unavailable", 0)
		}
		return s.problem(c, "internal", 0)
	}
	return s.linkPage(c, link.View{Path: "/r/" + id, Manage: "/r/" + id + "/" + secret, Until: l.Until, Copy: withCopy, New: true})
}

func (s *site) linkPage(c *call, v link.View) answer {
	scheme := "http://"
	if s.opts.HTTPS {
		scheme = "https://"
	}
	v.Address = scheme + c.Host + shared.Href(c.lang, v.Path)
	title := c.printer.T("link.yours")
	if v.Deleted {
		title = c.printer.T("link.deleted")
	}
	return view(link.Page, v, nil, shared.Frame{Title: title, Path: "/", NoIndex: true})
}

// keptAnswer shows an answer that was kept. What does not exist, has ended or was
// deleted looks the same.
func (s *site) keptAnswer(c *call) answer {
	l, f, a := s.kept(c)
	if a != nil {
		return *a
	}
	v := result.Build(c.printer, c.records, f)
	v.Kept = &result.Stay{Until: l.Until, Now: result.NowOf(c.records, f, c.at)}
	return view(result.Page, v, f, shared.Frame{Title: f.Headline.Text.In(c.lang), Path: "/r/" + l.ID, Nav: "check", NoIndex: true})
}

// kept reads the answer that a request names; a is what to say when there is
// none.
func (s *site) kept(c *call) (l KeptLink, f check.Finding, a *answer) {
	problem := func(kind string) *answer { p := s.problem(c, kind, 0); return &p }
	l, found, err := s.opts.Links.Kept(c.Context(), c.PathValue("id"), s.pace.clock())
	if err == nil && found {
		if f, err = result.Unpack(l.Answer); err == nil {
			return l, f, nil
		}
	}
	if err != nil {
		s.opts.Log.ErrorContext(c.Context(), "reading a kept answer", "error", err)
		return l, f, problem("unavailable")
	}
	return l, f, problem("link_gone")
}

// manageLink is the page of who made a link.
func (s *site) manageLink(c *call) answer {
	l, f, a := s.kept(c)
	secret := c.PathValue("secret")
	if a != nil {
		return *a
	}
	if given := sha256.Sum256([]byte(secret)); !hmac.Equal(l.Secret[:], given[:]) {
		return s.problem(c, "link_gone", 0)
	}
	return s.linkPage(c, link.View{Path: "/r/" + l.ID, Manage: "/r/" + l.ID + "/" + secret, Until: l.Until, Copy: !f.Comparison.Empty()})
}

// deleteLink deletes an answer, for who has the secret.
func (s *site) deleteLink(c *call) answer {
	found, err := s.opts.Links.Forget(c.Context(), c.PathValue("id"), sha256.Sum256([]byte(c.PathValue("secret"))))
	switch {
	case err != nil:
		s.opts.Log.ErrorContext(c.Context(), "deleting a kept answer", "error", err)
		return s.problem(c, "unavailable", 0)
	case !found:
		return s.problem(c, "link_gone", 0)
	}
	return s.linkPage(c, link.View{Deleted: true, Path: "/"})
}

// random returns n random bytes as they stand in an address.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

// readSmallForm reads the fields of a form without files, of at most limit bytes.
func readSmallForm(c *call, limit int64) (url.Values, *refusal) {
	media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, &refusal{"media_type", 0}
	}
	b, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, limit))
	if err != nil {
		return nil, &refusal{"text_too_large", 0}
	}
	fields, err := url.ParseQuery(string(b))
	if err != nil {
		return nil, &refusal{"bad_form", 0}
	}
	return fields, nil
}

// linkDays is for how many days answers are kept here; 0: they are not.
func (s *site) linkDays() int {
	if s.opts.Links == nil {
		return 0
	}
	return LinkDays
}
