package typeset

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"strings"
	"unicode/utf16"
)

const producer = "Chancery"

// metadata is the XMP packet: what the file is called and which rules it follows.
// PDF/A wants a description of every property that its own standard does not know;
// pdfuaid is one.
func metadata(title string, l Letter) []byte {
	var languages strings.Builder
	for _, t := range inOrder(l.Content) {
		languages.WriteString("<rdf:li>" + escaped(string(t.Lang)) + "</rdf:li>")
	}
	return []byte("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" + strings.NewReplacer(
		"{title}", escaped(title), "{languages}", languages.String(), "{producer}", producer,
	).Replace(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag>{languages}</rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`))
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // into memory
	return b.String()
}

// sRGB is an ICC profile of the colour space sRGB, version 4, of our own making:
// its primaries under D50, and the curve of IEC 61966-2-1 as a formula.
func sRGB() []byte {
	fixed := func(values ...int32) []byte { // sixteen bits before the point, sixteen behind
		var b []byte
		for _, v := range values {
			b = binary.BigEndian.AppendUint32(b, uint32(v)) //nolint:gosec // two's complement is what the format wants
		}
		return b
	}
	xyz := func(values ...int32) []byte { return append([]byte("XYZ \x00\x00\x00\x00"), fixed(values...)...) }
	words := func(s string) []byte {
		u := utf16.Encode([]rune(s))
		b := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0cenUS")
		b = binary.BigEndian.AppendUint32(b, uint32(2*len(u))) //nolint:gosec // a few words
		b = binary.BigEndian.AppendUint32(b, 28)
		for _, c := range u {
			b = binary.BigEndian.AppendUint16(b, c)
		}
		return b
	}
	curve := append([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), fixed(0x26666, 0xF2A7, 0x0D59, 0x13D0, 0x0A5B)...)
	return profile([]tag{
		{"desc", words("sRGB")},
		{"cprt", words("No copyright, use freely")},
		{"wtpt", xyz(0xF6D6, 0x10000, 0xD32D)},
		{"chad", append([]byte("sf32\x00\x00\x00\x00"), fixed(0x10C42, 0x05DE, -0x0CD8, 0x0793, 0xFD90, -0x0458, -0x025D, 0x03DC, 0xC08D)...)},
		{"rXYZ", xyz(0x6FA2, 0x38F5, 0x0390)},
		{"gXYZ", xyz(0x6299, 0xB785, 0x18DA)},
		{"bXYZ", xyz(0x24A0, 0x0F84, 0xB6CF)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	})
}

// A tag is a part of an ICC profile.
type tag struct {
	name string
	data []byte
}

// profile writes the header and the table of tags before them.
func profile(tags []tag) []byte {
	const header, entry = 128, 12
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags))) //nolint:gosec // ten
	var data []byte
	start := header + 4 + entry*len(tags)
	at := map[string]int{}
	for _, t := range tags {
		where, ok := at[string(t.data)] // equal tags share their data
		if !ok {
			where = start + len(data)
			at[string(t.data)] = where
			data = append(data, t.data...)
			for len(data)%4 != 0 {
				data = append(data, 0)
			}
		}
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(where))       //nolint:gosec // a few hundred bytes
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.data))) //nolint:gosec // a few hundred bytes
	}
	out := make([]byte, header, start+len(data))
	binary.BigEndian.PutUint32(out, uint32(start+len(data))) //nolint:gosec // a few hundred bytes
	copy(out[8:], "\x04\x30\x00\x00mntrRGB XYZ ")
	copy(out[24:], "\x07\xea\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00") // made on 1 January 2026
	copy(out[36:], "acsp")
	copy(out[68:], "\x00\x00\xf6\xd6\x00\x01\x00\x00\x00\x00\xd3\x2d") // D50
	return append(append(out, table...), data...)
}
