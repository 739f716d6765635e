package desk

import (
	"chancery.example/internal/kind"
	"chancery.example/internal/web/desk/pages/embargoes"
	"chancery.example/letter"
	"chancery.example/proof"
)

func (d *Desk) embargoRoutes() []route {
	return []route{
		{pattern: "GET /desk/embargoes", act: "give_embargoed", serve: (*call).embargoes},
		{pattern: "POST /desk/embargo/give/{ref...}", act: "give_embargoed", fresh: true, serve: (*call).giveEmbargoed},
	}
}

// embargoes shows the letters that are issued and not public yet.
func (c *call) embargoes() answer {
	all, err := c.d.house.Embargoes(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	v := embargoes.View{Letters: all, Fresh: c.who.Fresh, MayClose: c.may("close")}
	return view(embargoes.Page, v, c.printer.T("desk.embargoes.title"), "/desk/embargoes", "letters")
}

// giveEmbargoed sends the file that goes to a holder of a letter under embargo:
// with it they can show what it is, and when it will be public.
func (c *call) giveEmbargoed() answer {
	ref, err := letter.ParseRef(c.PathValue("ref"))
	if err != nil {
		return c.failed(kind.NotFound.Wrap(err))
	}
	b, err := c.d.house.GiveEmbargoed(c.ctx(), c.who.Office, c.who.ID, ref, c.FormValue("holder"))
	if err != nil {
		return c.failed(err)
	}
	raw, err := b.Bytes()
	if err != nil {
		return c.failed(err)
	}
	return answer{file: &download{string(ref) + ".chancery-draft", proof.MediaType, raw}}
}
