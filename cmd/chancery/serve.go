package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/server"
)

func serveCommand() command {
	return command{
		name: "serve", args: "DIR [--addr HOST:PORT]", group: running, short: "serve the public pages of a register",
		detail: `The pages need nothing but the public files of the folder (register.toml, log/, texts/) and never write. With
--publish the register's own machine also keeps the log's signed head fresh, and publishes what commands run beside
it leave. The log's files are served too, for those who mirror or monitor the register. On the office's own folder, sealed
drafts answer to who presents their words, as far as "chancery answers" and circulate let them.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			addr := fs.String("addr", "127.0.0.1:8080", "`HOST:PORT` to listen on; port 0 takes any free one")
			policy := policyFlag(fs)
			https := fs.Bool("https", false, "readers come by https, through a proxy in front")
			var proxies prefixes
			fs.Var(&proxies, "proxy", "`NETWORK` (such as 10.0.0.0/8) of proxies in front, whose X-Forwarded-For is believed; can be repeated. This machine's own with --https")
			step := fs.Duration("answer-step", 0, "on the office's own folder, answers go out at steps of this `TIME`, so that it tells nothing of sealed drafts; 25ms without")
			var fresh time.Duration
			freshFlag(fs, &fresh)
			publish := fs.Bool("publish", false, "keep the log's head fresh and publish what waits")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usage("want the folder of one register")
				}
				p, err := c.policy(*policy)
				if err != nil {
					return err
				}
				return server.Serve(ctx, server.Config{
					Dir: c.args[0], Addr: *addr, Policy: p, Fresh: &fresh, HTTPS: *https, Publish: *publish, Step: *step, Proxies: proxies,
					Pictures: ocr.New(ocr.Options{}).Read,
					Log:      slog.New(slog.NewTextHandler(c.err, nil)),
					Ready:    func(url string) { c.say("%s", url) },
				})
			}
		},
	}
}

// prefixes is a flag of networks that can be given several times.
type prefixes []netip.Prefix

func (p *prefixes) String() string {
	var out []string
	for _, n := range *p {
		out = append(out, n.String())
	}
	return strings.Join(out, ", ")
}

func (p *prefixes) Set(s string) error {
	n, err := netip.ParsePrefix(s)
	if err != nil {
		a, errAddr := netip.ParseAddr(s)
		if errAddr != nil {
			return fmt.Errorf("want a network such as 10.0.0.0/8, or an address")
		}
		n = netip.PrefixFrom(a, a.BitLen())
	}
	*p = append(*p, n.Masked())
	return nil
}
