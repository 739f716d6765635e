package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"

	"chancery.example/internal/folder"
	"chancery.example/internal/form"
	"chancery.example/internal/kit"
	"chancery.example/internal/marked"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/server"
	"chancery.example/internal/settings"
	"chancery.example/internal/shapes"
)

func serveCommand() command {
	return command{
		name: "serve", args: "DIR [--addr HOST:PORT]", group: running, short: "serve the public pages of a register",
		detail: `The pages need nothing but the public files of the folder (register.toml, log/, texts/) and never write. With
--publish the register's own machine also keeps the log's signed head fresh, and publishes what commands run beside
it leave. The log's files are served too, for those who mirror or monitor the register. On the office's own folder, sealed
drafts answer to who presents their words, as far as "chancery answers" and circulate let them.

Settings may stand in a file (--config FILE.toml, one key for each flag): a flag goes before the environment, that before
the file. SIGHUP has them read anew; the address stays open meanwhile, and settings that are wrong are not taken up.
/healthz and /readyz answer everybody in one word; with --metrics an address for the operator alone says why.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			fresh := server.FreshFor
			cfg := server.Config{Addr: "127.0.0.1:8080", Fresh: &fresh, Step: server.AnswerStep, Limits: server.UsualLimits(), Operation: server.Operation{LogFormat: "text", LogLevel: "info"}}
			settings.Declare(fs, &cfg)
			settings.Declare(fs, &cfg.Limits)
			settings.Declare(fs, &cfg.Operation)
			settings.Declare(fs, &cfg.Outgoing)
			policy := policyFlag(fs)
			configFlag(fs)
			return func(ctx context.Context, c *call) error { return serve(ctx, c, cfg, *policy) }
		},
	}
}

// serve serves until it is ended; a hangup has it read its settings anew, while
// the address stays open.
func serve(ctx context.Context, c *call, cfg server.Config, policy string) error {
	if len(c.args) != 1 {
		return usage("want the folder of one register")
	}
	// Nothing is begun for a folder that is no register.
	_, err := folder.Open(c.args[0])
	if err != nil {
		return err
	}
	if cfg.Policy, err = c.policy(policy); err != nil {
		return err
	}
	if cfg.Log, err = server.NewLog(c.err, cfg.Operation); err != nil {
		return usageError{err}
	}
	cfg.Dir, cfg.Held = c.args[0], &c.held
	pictures := ocr.New(ocr.Options{Ahead: true})
	pictures.Expect()
	defer func() { _ = pictures.Close() }()
	pdfs := extract.New(extract.Options{Cache: cfg.PDFCache, Ahead: true, Pictures: pictures.Read, Note: func(what string) { cfg.Log.Info("the reader of PDFs", "note", what) }})
	pdfs.Expect()
	defer func() { _ = pdfs.Close() }()
	cfg.PDFs, cfg.Forms = pdfs, form.New(pdfs)
	cfg.Shapes = shapes.New(shapes.Options{PDFs: pdfs, Pictures: pictures, Cache: shapes.CacheIn(cfg.PDFCache), Note: func(what string) { cfg.Log.Info("pages by their shape", "note", what) }})
	cfg.Pictures = cfg.Shapes.Read
	cfg.Marks = marked.Marker{Pictures: pictures, PDFs: pdfs, Forms: folder.Folder{Dir: c.args[0]}.Form, Known: cfg.Shapes}.Mark
	cfg.Reader = kit.Start(ctx, cfg.PictureReader, func(what string) { cfg.Log.Info("the reader for browsers", "note", what) })
	cfg.Ready = func(url string) { c.say("%s", url) }
	hangup, reload := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cfg.Reload = reload
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
			}
			if err := c.again(); err != nil { // better the old settings than none
				cfg.Log.Error("the settings are not taken up", "error", err)
				continue
			}
			select {
			case reload <- struct{}{}:
				return
			case <-ctx.Done():
			}
		}
	}()
	return server.Serve(ctx, cfg) //nolint:wrapcheck // it says what it tried
}
