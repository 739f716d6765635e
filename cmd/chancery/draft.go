package main

import (
	"context"
	"flag"

	"chancery.example/internal/manuscript"
	"chancery.example/internal/office"
	"chancery.example/letter"
)

// A letterFlags says what a letter is.
type letterFlags struct {
	texts      pairs
	addressees list
	typ        string
	prevails   string
	signature  list
	signed     string
	from, lang string // a file of an office program, and its language
}

func (l *letterFlags) flags(fs *flag.FlagSet) {
	fs.Var(&l.texts, "text", "`LANG=FILE` with the whole text in a language, letterhead to signature block; can be repeated; - is standard input")
	fs.StringVar(&l.from, "from", "", "`FILE`.docx, .odt, .html, .md or .txt whose words are the text in --language; refused while it holds tracked changes, comments or hidden text")
	fs.StringVar(&l.lang, "language", "", "`LANG` of --from")
	fs.Var(&l.addressees, "to", "`ADDRESSEE`; can be repeated")
	fs.StringVar(&l.typ, "type", string(letter.TypeLetter), "`TYPE`: letter, memorandum, note-verbale, statement or notice")
	fs.StringVar(&l.prevails, "prevails", "", "`LANG` that prevails; without it all texts are equally authentic")
	fs.Var(&l.signature, "signature-line", "`LINE` of the signature block; can be repeated")
	fs.StringVar(&l.signed, "signed", string(letter.SignatureTyped), "`KIND` of signature: typed, conformed, image, ink, digital or none")
}

func (l *letterFlags) content(c *call, ref letter.Ref) (letter.Content, error) {
	texts, err := c.readTexts(l.texts)
	if err != nil {
		return letter.Content{}, err
	}
	if texts, err = c.manuscript(texts, l.from, l.lang); err != nil {
		return letter.Content{}, err
	}
	if len(texts) == 0 {
		return letter.Content{}, usage("what does the letter say? give --text LANG=FILE, such as --text en=letter.txt")
	}
	typ, err := letter.ParseType(l.typ)
	if err != nil {
		return letter.Content{}, usageError{err}
	}
	return letter.Content{
		Reference: ref, Type: typ, Prevailing: letter.Lang(l.prevails), Texts: texts, Addressees: l.addressees,
		Signature: letter.SignatureBlock{Kind: letter.SignatureKind(l.signed), Lines: l.signature},
	}, nil
}

// manuscript adds the text of a file of an office program, and shows it: what was
// taken out of somebody's file is to be read before it is anybody's letter.
func (c *call) manuscript(texts []letter.LangText, from, language string) ([]letter.LangText, error) {
	if from == "" && language == "" {
		return texts, nil
	}
	lang, err := letter.ParseLang(language)
	if from == "" || err != nil {
		return nil, usage("--from FILE goes with --language LANG, such as --language en")
	}
	raw, err := c.readUpTo(from, manuscript.MaxBytes+1)
	if err != nil {
		return nil, err
	}
	text, err := manuscript.Read(from, raw)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it is about
	}
	c.note("the words taken from %s; read them:\n\n%s", safe(from), safe(text.String()))
	return append(texts, letter.LangText{Lang: lang, Text: text}), nil
}

func draftCommand() command {
	return command{
		name: "draft", args: "REFERENCE --by OFFICER --text LANG=FILE", group: forOffices, short: "start a letter as a draft; nothing of it is public",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var l letterFlags
			d.flags(fs, false)
			l.flags(fs)
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				content, err := l.content(c, ref)
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					if err := r.Start(ctx, d.office, d.by, content); err != nil {
						return err
					}
					c.say("%s is a draft of %s", ref, d.office)
					c.say("next: chancery circulate %s (numbered copies), or chancery submit %s (approval)", ref, ref)
					return nil
				})
			}
		},
	}
}
