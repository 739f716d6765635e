package desk

import (
	"bytes"
	"path/filepath"
	"strings"

	"chancery.example/internal/binding"
	"chancery.example/internal/kind"
	"chancery.example/internal/notify"
	"chancery.example/internal/parity"
	"chancery.example/internal/web/desk/pages/settings"
)

func (d *Desk) settingsRoutes() []route {
	return []route{
		{pattern: "GET /desk/settings", act: "settings", or: "submit", serve: func(c *call) answer { return c.settingsPage(settings.View{}) }},
		{pattern: "POST /desk/settings/domain", act: "settings", serve: (*call).checkDomain},
		{pattern: "POST /desk/settings/glossary", act: "submit", serve: (*call).importGlossary},
		{pattern: "POST /desk/settings/webhook", act: "settings", fresh: true, serve: (*call).addWebhook},
		{pattern: "POST /desk/settings/webhook/{id}/{what}", act: "settings", fresh: true, serve: (*call).changeWebhook},
	}
}

// settingsPage shows how the office is set up: to those who submit letters the
// glossary, to administrators the rest too. v holds what was just done.
func (c *call) settingsPage(v settings.View) answer {
	v.Fresh, v.MayGlossary, v.MayChange = c.who.Fresh, c.may("submit"), c.may("settings")
	var err error
	if v.Checks, err = c.d.house.BindingChecks(c.ctx(), c.who.Office); err != nil {
		return c.failed(err)
	}
	if v.Binding, v.Domain, err = c.d.house.Binding(c.ctx(), c.who.Office); err != nil {
		return c.failed(err)
	}
	g, err := c.d.house.Glossary(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	v.Concepts = len(g.Concepts)
	if n := c.d.opts.Notify; n != nil && v.MayChange {
		v.Webhooks, v.Events = true, notify.Events()
		hooks, err := n.Webhooks(c.ctx(), c.who.Office)
		if err != nil {
			return c.failed(err)
		}
		for _, h := range hooks {
			v.Hooks = append(v.Hooks, settings.Hook{ID: h.ID, URL: h.URL, Events: h.Events, Note: h.Note, Disabled: h.Disabled, SucceededAt: h.SucceededAt})
		}
		if v.PublicKey, err = n.PublicKey(); err != nil {
			return c.failed(err)
		}
	}
	return view(settings.Page, v, c.printer.T("desk.settings.title"), "/desk/settings", "settings")
}

// checkDomain asks the office's domain whether it names the office.
func (c *call) checkDomain() answer {
	if _, err := c.d.house.CheckBinding(c.ctx(), c.who.Office, binding.Checker{}); err != nil {
		return c.failed(err)
	}
	return c.done("/desk/settings", "domain")
}

// importGlossary takes the office's words for its languages' comparison.
func (c *call) importGlossary() answer {
	raw, name, err := c.file("file")
	if err == nil && raw == nil {
		err = kind.Invalid.Errorf("choose the file: TBX, or CSV with one column for each language")
	}
	if err != nil {
		return c.failed(err)
	}
	read := parity.ReadCSV
	switch strings.ToLower(filepath.Ext(name)) {
	case ".tbx", ".xml":
		read = parity.ReadTBX
	}
	g, err := read(bytes.NewReader(raw))
	if err != nil {
		return c.failed(kind.Invalid.Wrap(err))
	}
	if err := c.d.house.SetGlossary(c.ctx(), c.who.Office, c.who.ID, g); err != nil {
		return c.failed(err)
	}
	back := "/desk/letters" // who may change the words need not see the settings
	if c.may("settings") {
		back = "/desk/settings"
	}
	return c.done(back, "glossary")
}

// notifier sends what the office subscribes others to.
func (c *call) notifier() (*notify.Notifier, error) {
	if c.d.opts.Notify == nil {
		return nil, kind.Unavailable.Errorf("this server sends no webhooks")
	}
	return c.d.opts.Notify, nil
}

// addWebhook subscribes a program. Its secret is shown once.
func (c *call) addWebhook() answer {
	n, err := c.notifier()
	if err != nil {
		return c.failed(err)
	}
	_ = c.FormValue("") // reads the form
	w, secret, err := n.Subscribe(c.ctx(), c.who.Office, c.who.ID, notify.Subscription{
		URL: strings.TrimSpace(c.FormValue("url")), Events: c.Form["event"], Note: strings.TrimSpace(c.FormValue("note")), Scheme: notify.Scheme(c.FormValue("scheme")),
	})
	if k := kind.Of(err); err != nil && (k == kind.Invalid || k == kind.Conflict || k == kind.Forbidden) {
		a := c.settingsPage(settings.View{Wrong: c.told(err), URL: c.FormValue("url")})
		a.status = problemStatus(err)
		return a
	}
	if err != nil {
		return c.failed(err)
	}
	return c.settingsPage(settings.View{Made: w.URL, Secret: secret})
}

// changeWebhook tries, takes up again or ends a subscription of the office.
func (c *call) changeWebhook() answer {
	n, err := c.notifier()
	if err != nil {
		return c.failed(err)
	}
	id, notice := c.PathValue("id"), "hook"
	switch c.PathValue("what") {
	case "try":
		_, err = n.Try(c.ctx(), c.who.Office, c.who.ID, id)
		notice = "tried"
	case "enable":
		err = n.Enable(c.ctx(), c.who.Office, c.who.ID, id)
	case "remove":
		err = n.Unsubscribe(c.ctx(), c.who.Office, c.who.ID, id)
	default:
		return c.notFound()
	}
	if err != nil {
		return c.failed(err)
	}
	return c.done("/desk/settings", notice)
}
