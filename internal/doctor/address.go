package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/remote"
	"chancery.example/proof"
)

// certificateSoon is when a certificate that ends is worth a word.
const certificateSoon = 14 * 24 * time.Hour

// Address looks at what readers get of a register at an address: it asks for the
// first page, for health, and for public files. Nothing is sent.
func Address(ctx context.Context, address string, o Options) Findings {
	var fs Findings
	address = strings.TrimSuffix(address, "/")
	client := &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, err := ask(ctx, client, address+"/")
	if err != nil {
		fs.add("server", Bad, remote.Spoken(err).Error(), "readers get nothing", "is it running, and does the proxy in front reach it?")
		return fs
	}
	if page.status != http.StatusOK {
		fs.add("server", Bad, fmt.Sprintf("its first page answers %d", page.status), "readers get nothing", "look at the log of the server and of the proxy in front")
	} else {
		fs.ok("server", "it answers")
	}
	fs.transport(page, strings.HasPrefix(address, "https://"), o.Now)
	fs.headers(page, strings.HasPrefix(address, "https://"))
	if ready, err := ask(ctx, client, address+"/readyz"); err != nil || ready.status == http.StatusServiceUnavailable {
		fs.add("ready", Bad, "the server says that it is not ready", "something that it is there for does not work", "/readyz on its --metrics address says what, or chancery doctor on its folder")
	} else if ready.status == http.StatusOK {
		fs.ok("ready", "the server says that it is ready")
	} else {
		fs.skip("ready", "it does not say")
	}
	if m, err := ask(ctx, client, address+"/metrics"); err == nil && m.status == http.StatusOK {
		fs.add("metrics", Bad, "/metrics can be read by everybody", "figures that are the operator's alone", "keep the proxy from passing it on")
	}
	fs.files(ctx, address, o)
	return fs
}

// An answer is the head of what a server answered.
type answer struct {
	status int
	header http.Header
	tls    *tls.ConnectionState
}

// ask asks for an address and keeps the head of the answer.
func ask(ctx context.Context, client *http.Client, address string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, fmt.Errorf("its address: %w", err)
	}
	req.Header.Set("User-Agent", "chancery")
	r, err := client.Do(req)
	if err != nil {
		return answer{}, err //nolint:wrapcheck // worded by who asks
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1<<20))
	_ = r.Body.Close()
	return answer{r.StatusCode, r.Header, r.TLS}, nil
}

func (fs *Findings) transport(r answer, https bool, now time.Time) {
	if !https {
		fs.add("https", Warn, "it is asked without https", "what readers send can be read and changed on the way", "put a proxy that speaks TLS in front, and serve with --https")
	} else if r.tls != nil {
		left := r.tls.PeerCertificates[0].NotAfter.Sub(now)
		switch {
		case left < certificateSoon:
			fs.add("https", Bad, fmt.Sprintf("its certificate ends in %s", left.Round(time.Hour)), "then browsers turn readers away", "renew it")
		case r.tls.Version < tls.VersionTLS12:
			fs.add("https", Bad, "it speaks an old TLS", "others may read along", "allow TLS 1.2 and 1.3 alone")
		default:
			fs.ok("https", "its certificate lasts until %s", r.tls.PeerCertificates[0].NotAfter.Format(time.DateOnly))
		}
	}
	if at, err := http.ParseTime(r.header.Get("Date")); err == nil {
		if off := now.Sub(at); off > 30*time.Second || off < -30*time.Second {
			fs.add("clock", Warn, fmt.Sprintf("its clock and this machine's differ by %s", off.Round(time.Second)), "embargoes and the age of heads go by it", "set both by NTP")
		} else {
			fs.ok("clock", "it agrees with this machine's")
		}
	}
}

func (fs *Findings) headers(r answer, https bool) {
	var missing []string
	if !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
		missing = append(missing, "Content-Security-Policy")
	}
	if https && r.header.Get("Strict-Transport-Security") == "" {
		missing = append(missing, "Strict-Transport-Security (serve with --https)")
	}
	if len(missing) > 0 {
		fs.add("proxy", Bad, "what browsers are to hold the pages to does not arrive: "+strings.Join(missing, ", "), "hostile words in a letter could do more harm", "have the proxy in front pass all headers on")
	} else if r.header.Get("Set-Cookie") != "" {
		fs.add("proxy", Bad, "the first page sets a cookie", "readers can be told apart", "have the proxy in front set none")
	} else {
		fs.ok("proxy", "headers arrive as the server sends them")
	}
}

func (fs *Findings) files(ctx context.Context, address string, o Options) {
	c, err := remote.New(address, remote.Options{Tries: 1})
	if err != nil {
		fs.add("log", Bad, err.Error(), "nobody can follow the register", "give its address")
		return
	}
	raw, err := c.File(ctx, folder.ConfigName, 64<<10)
	if err != nil {
		fs.add("log", Bad, err.Error(), "nobody can mirror or monitor the register", "have the proxy in front pass all addresses on")
		return
	}
	cfg, err := folder.ParseConfig(raw, folder.ConfigName)
	if err != nil {
		fs.add("log", Bad, err.Error(), "nobody can mirror or monitor the register", "restore register.toml")
		return
	}
	policy, err := cfg.Policy()
	if err != nil {
		fs.add("log", Bad, err.Error(), "nobody can mirror or monitor the register", "restore register.toml")
		return
	}
	if raw, err = c.File(ctx, "checkpoint", 64<<10); err != nil {
		fs.add("log", Bad, err.Error(), "nobody can mirror or monitor the register", "have the proxy in front pass all addresses on")
		return
	}
	cp, err := proof.OpenHead(raw, policy)
	if err != nil {
		fs.add("log", Bad, err.Error(), "readers' programs refuse the register", "chancery fsck on its folder")
		return
	}
	fs.ok("log", "%s, %d entries", cfg.Origin, cp.Size)
	*fs = append(*fs, Head(cp, o.Now, o.Fresh, true, cfg.Exercise))
}
