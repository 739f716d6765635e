package main

import (
	"context"
	"flag"
	"log/slog"

	"chancery.example/internal/server"
)

func serveCommand() command {
	return command{
		name: "serve", args: "DIR [--addr HOST:PORT]", group: running, short: "serve the public pages of a register",
		detail: `The pages need nothing but the public files of the folder (register.toml, log/, texts/) and never write. With
--publish the register's own machine also keeps the log's signed head fresh, and publishes what commands run beside
it leave. The log's files are served too, for those who mirror or monitor the register.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			addr := fs.String("addr", "127.0.0.1:8080", "`HOST:PORT` to listen on; port 0 takes any free one")
			policy := policyFlag(fs)
			https := fs.Bool("https", false, "readers come by https, through a proxy in front")
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
					Dir: c.args[0], Addr: *addr, Policy: p, HTTPS: *https, Publish: *publish,
					Log:   slog.New(slog.NewTextHandler(c.err, nil)),
					Ready: func(url string) { c.say("%s", url) },
				})
			}
		},
	}
}
