package archival

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// prefixes are what names of metadata begin with, by their space.
var prefixes = map[string]string{
	"http://purl.org/dc/elements/1.1/": "dc", "http://ns.adobe.com/pdf/1.3/": "pdf", "http://www.aiim.org/pdfa/ns/id/": "pdfaid", "http://www.aiim.org/pdfua/ns/id/": "pdfuaid",
	"http://www.aiim.org/pdfa/ns/schema#": "pdfaSchema", "http://www.aiim.org/pdfa/ns/property#": "pdfaProperty", "http://www.aiim.org/pdfa/ns/extension/": "pdfaExtension",
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf", "adobe:ns:meta/": "x",
}

// packet reads metadata: the words under each name, of the innermost that is no list.
func packet(raw []byte) (map[string]string, error) {
	if !bytes.HasPrefix(raw, []byte("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>")) || !bytes.HasSuffix(bytes.TrimSpace(raw), []byte("<?xpacket end=\"r\"?>")) && !bytes.HasSuffix(bytes.TrimSpace(raw), []byte("<?xpacket end=\"w\"?>")) {
		return nil, errors.New("the packet has not the head and the end of one")
	}
	out, d := map[string]string{}, xml.NewDecoder(bytes.NewReader(raw))
	var path []string
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the packet: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			prefix, ok := prefixes[t.Name.Space]
			if !ok {
				return nil, fmt.Errorf("the packet has %s of a space that is not described", t.Name.Local)
			}
			path = append(path, prefix+":"+t.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" {
				at := len(path) - 1
				for at > 0 && strings.HasPrefix(path[at], "rdf:") {
					at--
				}
				out[path[at]] += string(t)
			}
		}
	}
}
