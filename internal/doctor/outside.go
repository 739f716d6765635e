package doctor

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"chancery.example/internal/notify"
	"chancery.example/internal/remote"
	"chancery.example/internal/staff"
	"chancery.example/internal/store"
)

// desk looks at the address of pages and desk: passkeys are bound to its name, and
// links in mails and messages lead there.
func (out *Findings) desk(ctx context.Context, o Options) {
	const name = "desk"
	if o.URL == "" {
		out.skip(name, "nobody said at which address its pages are: --url")
		return
	}
	if err := staff.ValidAddress(strings.TrimSuffix(o.URL, "/")); err != nil {
		out.add(name, Bad, err.Error(), "nobody can sign in to the desk or approve there", "give chancery serve, and this, the https address that people type: --url https://HOST")
		return
	}
	client := &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, err := ask(ctx, client, strings.TrimSuffix(o.URL, "/")+"/desk/sign-in")
	switch {
	case err != nil:
		out.add(name, Bad, remote.Spoken(err).Error(), "people of the offices cannot reach the desk, and links in mails lead nowhere", "is it running, does the proxy in front reach it, and does its certificate hold?")
		return
	case page.status == http.StatusNotFound:
		out.add(name, Bad, "there is no desk at "+o.URL, "people of the offices cannot sign in", "chancery serve --publish with the same --url")
	case page.status != http.StatusOK:
		out.add(name, Bad, fmt.Sprintf("its page to sign in answers %d", page.status), "people of the offices cannot sign in", "look at the log of the server and of the proxy in front")
	default:
		out.ok(name, "it answers at %s, whose name its passkeys are bound to", o.URL)
	}
	out.transport(page, strings.HasPrefix(o.URL, "https://"), o.Now)
}

// mail asks the relay whether it would take mail from the register.
func (out *Findings) mail(ctx context.Context, relay *notify.SMTP) {
	const name = "mail"
	if relay == nil {
		out.skip(name, "no relay was given: --smtp and --mail-from")
		return
	}
	if err := relay.Probe(ctx); err != nil {
		out.add(name, Bad, err.Error(), "letters, invitations and news to officers wait and are given up after four days", "see that the relay runs, speaks TLS under its name, and takes the password and the sender")
		return
	}
	out.ok(name, "%s takes mail from %s", relay.Host, relay.From)
}

// failures is how many attempts in a row are worth a word.
const failures = 3

// webhooks looks at where an office's events go.
func (out *Findings) webhooks(ctx context.Context, db *store.DB, office string, o Options, exercise bool) {
	name := "webhooks of " + office
	var all []store.Webhook
	last := map[string]store.Delivery{}
	err := db.View(ctx, func(tx *store.Tx) (err error) {
		if all, err = tx.Webhooks(office); err != nil {
			return err
		}
		for _, w := range all {
			some, err := tx.Deliveries(w.ID, 0, 1)
			if err != nil {
				return err
			}
			if len(some) > 0 {
				last[w.ID] = some[0]
			}
		}
		return nil
	})
	if err != nil {
		out.add(name, Bad, err.Error(), "nobody knows who is told", "restore the database from the newest backup")
		return
	}
	sound := 0
	for _, w := range all {
		d := last[w.ID]
		again := "chancery webhook deliveries " + w.ID + ", and when it takes messages again: chancery webhook enable " + w.ID
		if err := notify.ValidAddress(w.URL, o.Networks, exercise); err != nil {
			out.add(name, Bad, w.ID+": "+err.Error(), "nothing is sent there", "remove it and add it with an address that can be sent to, or serve with --webhooks-to")
		} else if w.Disabled != "" {
			out.add(name, Warn, w.ID+" is switched off: "+w.Disabled, "its receiver is told nothing", again)
		} else if d.State == store.SendFailed || d.Attempts >= failures && d.State != store.SendDone {
			out.add(name, Warn, fmt.Sprintf("%s failed %d times, the last on %s: %s", w.ID, d.Attempts, d.LastAt.Format(time.RFC3339), d.Problem), "its receiver is told late, or not at all", again)
		} else {
			sound++
		}
	}
	if sound == len(all) {
		out.ok(name, "%d, and nothing is wrong with them", len(all))
	}
}

// versions looks at whether program and database are of one time.
func (out *Findings) versions(ctx context.Context, db *store.DB) {
	const name = "version"
	at, known, err := db.Schema(ctx)
	if err != nil {
		out.add(name, Bad, err.Error(), "nobody knows which program goes with this database", "restore it from the newest backup")
		return
	}
	out.ok(name, "the database has schema %d, as this program has (%d)", at, known)
}
