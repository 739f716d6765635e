package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"chancery.example/internal/doctor"
	"chancery.example/internal/metrics"
	"chancery.example/internal/office"
	"chancery.example/internal/tlog"
	"chancery.example/internal/witness"
)

// An Operation is what a server shows to who operates it.
type Operation struct {
	Metrics   string `name:"metrics" word:"HOST:PORT" doc:"on which /metrics (Prometheus), /readyz and /healthz with reasons are answered, for the operator alone; none when empty"`
	LogFormat string `name:"log-format" word:"FORM" doc:"of the log: text or json"`
	LogLevel  string `name:"log-level" word:"LEVEL" doc:"from which on is logged: error, warn, info or debug, which logs requests by their kind"`
	// SecurityContact is whom to tell about holes (RFC 9116).
	SecurityContact []string `name:"security-contact" word:"ADDRESS" doc:"to tell about a hole in this server, as mailto:security@register.example, https://... or tel:..., in /.well-known/security.txt; can be repeated, the preferred one first. None: there is no such file"`

	LogClients bool `name:"log-clients" doc:"with log-level debug, log the network of who asks: 24 bits in IPv4, 48 in IPv6"`
}

// operated is a running server as its operator sees it. It counts requests and
// answers all together: how often something is checked, or which page is read, is
// counted nowhere, because the office itself must not see from its own figures that
// somebody holds a copy.
type operated struct {
	config    Config
	src       *Source
	house     *office.Register       // nil unless it publishes
	witnesses func() []witness.State // nil unless it publishes
	started   time.Time
	gate      *gate

	answers  [6]metrics.Counter // by the first digit of the status; 0: none was given
	seconds  *metrics.Histogram
	inFlight gauge
	refused  metrics.Counter
	failures metrics.Counter

	mu      sync.Mutex
	trouble error // of publishing, the last
	at      time.Time

	health health
}

// A gauge is a number that rises and falls.
type gauge struct {
	mu sync.Mutex
	n  int
}

func (g *gauge) add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n += n
}

func (g *gauge) value() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.n
}

func newOperated(c Config, src *Source) *operated {
	return &operated{
		config: c, src: src, started: time.Now(),
		seconds:  metrics.NewHistogram("chancery_http_seconds", "time to answer, of all requests together", 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10),
		refused:  metrics.Counter{Name: "chancery_connections_refused_total", Help: "connections closed because of a limit"},
		failures: metrics.Counter{Name: "chancery_publishing_errors_total", Help: "errors of the sequencer"},
	}
}

// failed notes an error of publishing.
func (o *operated) failed(err error) {
	o.failures.Add(1)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.trouble, o.at = err, time.Now()
}

// publishing returns the error of publishing that lasts, nil when it works:
// what is tried ten times a second fails ten times a second.
func (o *operated) publishing() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.trouble == nil || time.Since(o.at) > 5*time.Second {
		return nil
	}
	return o.trouble
}

// ready says whether the server can do all that it is there for. What it says is
// up to healthFor old: anybody may ask, and a thousand who do cost as much as one.
func (o *operated) ready(ctx context.Context) doctor.Findings {
	return o.health.recent(ctx, o.look)
}

// look is ready, found out now.
func (o *operated) look(ctx context.Context) doctor.Findings {
	var out doctor.Findings
	now, err := o.src.newest(ctx)
	if err != nil {
		return append(out, doctor.Finding{Name: "register", Level: doctor.Bad, What: err.Error(), Means: "nothing is answered", Do: "chancery fsck " + o.config.Dir})
	}
	r := now.reading
	exercise := r.State.Exercise()
	if r.Forked {
		out = append(out, doctor.Finding{Name: "register", Level: doctor.Bad, What: "two signed heads do not fit together", Means: "nothing is in force for readers", Do: "docs/operate, \"When evidence appears\""})
	} else {
		out = append(out, doctor.Finding{Name: "register", Level: doctor.OK, What: r.State.Origin()})
	}
	out = append(out, doctor.Head(r.Checkpoint, time.Now(), o.src.fresh, o.house != nil, exercise), doctor.Witnesses(r.Checkpoint, r.Witnessed, time.Now(), exercise))
	if note := o.src.IndexNote(); note != "" {
		out = append(out, doctor.Finding{Name: "index", Level: doctor.Warn, What: note, Means: "answers are the same and take longer", Do: "chancery index build " + o.config.Dir})
	} else {
		out = append(out, doctor.Finding{Name: "index", Level: doctor.OK, What: "it fits the log, or none is needed"})
	}
	if o.house == nil {
		return out
	}
	out = append(out, doctor.Room(o.config.Dir), o.database(ctx))
	if err := o.publishing(); err != nil {
		return append(out, doctor.Finding{Name: "publishing", Level: doctor.Bad, What: err.Error(), Means: "nothing can be issued, stated or withdrawn; answers go on", Do: "docs/operate, \"When it stops\""})
	}
	return append(out, doctor.Finding{Name: "publishing", Level: doctor.OK, What: "the log can be signed"})
}

func (o *operated) database(ctx context.Context) doctor.Finding {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := o.house.Offices(ctx); err != nil {
		return doctor.Finding{Name: "database", Level: doctor.Bad, What: err.Error(), Means: "no act of an office is possible", Do: "look at the disk of office.db; restore it from the newest backup if it is damaged"}
	}
	return doctor.Finding{Name: "database", Level: doctor.OK, What: "it answers"}
}

// operator are the addresses for who operates the server, on an address of their
// own: /metrics, and /healthz and /readyz with reasons.
func (o *operated) operator() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		found := o.ready(r.Context())
		w.Header().Set("Cache-Control", "no-store")
		status := http.StatusOK
		if found.Worst() == doctor.Bad {
			status = http.StatusServiceUnavailable
		}
		if strings.Contains(r.Header.Get("Accept"), "application/json") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{"ready": status == http.StatusOK, "findings": found})
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		for _, f := range found {
			_, _ = fmt.Fprintf(w, "%s %s: %s\n", f.Level, f.Name, f.What)
		}
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		o.write(r.Context(), &b)
		w.Header().Set("Content-Type", metrics.MediaType)
		_, _ = w.Write(b.Bytes())
	})
	return mux
}

// public are /healthz and /readyz for everybody: one word, no reason.
func (o *operated) public(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		get := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch {
		case get && r.URL.Path == "/healthz":
			w.Header().Set("Cache-Control", "no-store")
			_, _ = io.WriteString(w, "ok\n")
		case get && r.URL.Path == "/readyz":
			w.Header().Set("Cache-Control", "no-store")
			if o.ready(r.Context()).Worst() == doctor.Bad {
				http.Error(w, "not ready", http.StatusServiceUnavailable)
				return
			}
			_, _ = io.WriteString(w, "ready\n")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// write writes all metrics.
func (o *operated) write(ctx context.Context, w io.Writer) {
	value := func(name, help string, v float64) { metrics.Value(w, name, "gauge", help, v) }
	metrics.Labelled(w, "chancery_build_info", "gauge", "1, with the version", "version", map[string]float64{version(): 1})
	answers := map[string]float64{}
	for i := 1; i < len(o.answers); i++ {
		answers[fmt.Sprintf("%dxx", i)] = float64(o.answers[i].Value())
	}
	metrics.Labelled(w, "chancery_http_answers_total", "counter", "answers by status, of all requests together", "status", answers)
	o.seconds.Write(w)
	value("chancery_http_in_flight", "requests under way", float64(o.inFlight.value()))
	if o.gate != nil {
		value("chancery_connections", "open connections", float64(o.gate.count()))
	}
	o.refused.Write(w)
	o.failures.Write(w)
	ready := 1.0
	for _, f := range o.ready(ctx) {
		if f.Level == doctor.Bad {
			ready = 0
		}
	}
	value("chancery_ready", "1 when the server can do all that it is there for", ready)
	if now, err := o.src.newest(ctx); err == nil {
		cp := now.reading.Checkpoint
		value("chancery_log_entries", "entries of the log", float64(cp.Size))
		age, witnessed := math.NaN(), 0.0
		if !cp.Time.IsZero() {
			age = time.Since(cp.Time).Seconds()
		}
		if now.reading.Witnessed != nil {
			witnessed = float64(now.reading.Witnessed.Size)
		}
		value("chancery_head_age_seconds", "age of the newest signed head", age)
		value("chancery_witnessed_entries", "entries under a head that has the policy's quorum", witnessed)
	}
	if o.witnesses != nil {
		failing := map[string]float64{}
		for _, s := range o.witnesses() {
			failing[s.Name] = float64(s.Failures)
		}
		metrics.Labelled(w, "chancery_witness_failures", "gauge", "failures in a row of each witness of the policy", "witness", failing)
	}
	if free, err := tlog.Free(o.config.Dir); err == nil {
		value("chancery_disk_free_bytes", "free on the register's disk", float64(free))
	}
	process(w, o.started)
}

// process writes what is known of the program itself.
func process(w io.Writer, started time.Time) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	value := func(name, help string, v float64) { metrics.Value(w, name, "gauge", help, v) }
	value("process_start_time_seconds", "when it began", float64(started.Unix()))
	value("go_goroutines", "goroutines", float64(runtime.NumGoroutine()))
	value("go_memstats_heap_alloc_bytes", "memory in use", float64(m.HeapAlloc))
	value("go_memstats_sys_bytes", "memory from the system", float64(m.Sys))
	if names, err := os.ReadDir("/proc/self/fd"); err == nil {
		value("process_open_fds", "open files", float64(len(names)))
	}
}

// version is the program's own.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return cmp.Or(info.Main.Version, "(devel)")
}

// run serves until ctx ends, or a reload is asked for, then lets requests finish.
func (c Config) run(ctx context.Context, listener net.Listener, watched *operated, h http.Handler) error {
	patience := cmp.Or(c.Patience, time.Minute)
	watched.gate = newGate(listener, c, &watched.refused)
	srv := &http.Server{
		Handler: watched.count(watched.public(h)), ReadHeaderTimeout: patience / 6,
		ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		// What net/http says of single connections names their addresses, and is of use
		// to nobody who operates a register.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	stop, err := watched.show(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(watched.gate) }()
	if c.Ready != nil {
		c.Ready("http://" + listener.Addr().String() + "/")
	}
	notify("READY=1")
	var again error
	for done := false; !done; {
		select {
		case err := <-ended:
			return fmt.Errorf("serving %s: %w", c.Dir, err)
		case <-c.Reload:
			notify("RELOADING=1")
			again, done = ErrReload, true
		case <-ctx.Done():
			notify("STOPPING=1")
			done = true
		}
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		return fmt.Errorf("ending the server: %w", err)
	}
	return again
}

// show answers the operator, and tells systemd that the service lives.
func (o *operated) show(ctx context.Context) (stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	if every := watchdog(); every > 0 {
		running.Go(func() { o.live(ctx, every) })
	}
	end := func() { cancel(); running.Wait() }
	if o.config.Metrics == "" {
		return end, nil
	}
	l, err := listen(ctx, o.config.Metrics)
	if err != nil {
		end()
		return nil, fmt.Errorf("metrics: %w", err)
	}
	srv := &http.Server{Handler: o.operator(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 8 << 10}
	running.Go(func() { _ = srv.Serve(l) })
	o.config.Log.Info("metrics and health are answered", "address", l.Addr().String())
	return func() { _ = srv.Close(); end() }, nil
}

// live tells systemd that the service lives, unless asking for the register hangs.
// One that cannot be read is no reason to start again.
func (o *operated) live(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		_, _ = o.src.newest(ctx)
		notify("WATCHDOG=1")
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
