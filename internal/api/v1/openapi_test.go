package v1

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// schemas makes JSON Schemas of Go types, each under its name.
type schemas map[string]any

type object = map[string]any

var enums = map[reflect.Type][]string{
	reflect.TypeFor[check.Match]():       texts(check.Matches()),
	reflect.TypeFor[register.Standing](): texts(register.Standings()),
	reflect.TypeFor[check.ExhibitKind](): {"text", "quotation", "report", "file", "photo", "proof"},
	reflect.TypeFor[letter.Type]():       {"letter", "memorandum", "note-verbale", "statement", "notice"},
}

func texts[T ~string](all []T) (out []string) {
	for _, x := range all {
		out = append(out, string(x))
	}
	return out
}

func (s schemas) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[letter.Hash]():
		return object{"type": "string", "pattern": "^[0-9a-f]{64}$"}
	}
	if all, ok := enums[t]; ok {
		return object{"type": "string", "enum": all}
	}
	switch t.Kind() {
	case reflect.Pointer:
		inner := s.of(t.Elem())
		if inner["$ref"] == nil && inner["enum"] == nil {
			inner["type"] = []any{inner["type"], "null"}
			return inner
		}
		return object{"anyOf": []any{inner, object{"type": "null"}}}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return object{"type": "integer"}
	case reflect.Uint64, reflect.Uint32, reflect.Uint8, reflect.Uint:
		return object{"type": "integer", "minimum": 0}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "contentEncoding": "base64"}
		}
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Array:
		return object{"type": "array", "items": s.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.named(t)
	default:
	}
	panic(fmt.Sprintf("no schema for %v", t))
}

// named makes the schema of a struct under its name; one of another package has the
// package's name before it.
func (s schemas) named(t reflect.Type) object {
	name := t.Name()
	if p := path.Base(t.PkgPath()); p != "v1" {
		name = strings.ToUpper(p[:1]) + p[1:] + name
	}
	ref := object{"$ref": "#/components/schemas/" + name}
	if _, ok := s[name]; ok {
		return ref
	}
	s[name] = nil // a type that holds itself
	properties, required := object{}, []string{}
	s.fields(t, properties, &required)
	v := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		v["required"] = required
	}
	s[name] = v
	return ref
}

func (s schemas) fields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			s.fields(f.Type, properties, required)
			continue
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		p := s.of(f.Type)
		if e := f.Tag.Get("enum"); e != "" {
			p["enum"] = strings.Split(e, ",")
		}
		if strings.Contains(options, "omitempty") {
			if list, ok := p["type"].([]any); ok { // left out, and never null
				p["type"] = list[0]
			}
		} else {
			*required = append(*required, tag)
			if f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Map {
				if path.Base(t.PkgPath()) != "v1" { // nil is null
					p["type"] = []any{p["type"], "null"}
				}
			}
		}
		if d := f.Tag.Get("doc"); d != "" {
			p["description"] = d
		}
		properties[tag] = p
	}
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

// whole makes the document of the table of routes.
func whole() object {
	s := schemas{}
	problem := s.of(reflect.TypeFor[Problem]())
	paths := object{}
	for _, r := range routes() {
		item, _ := paths[r.path].(object)
		if item == nil {
			item = object{}
			paths[r.path] = item
		}
		item[strings.ToLower(r.method)] = operation(s, r, problem)
	}
	return object{
		"openapi": "3.1.1",
		"info": object{"title": "Chancery", "version": "1", "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "A register of official letters, for programs. Everything below /office takes a token and is about the token's own office. Nothing approves: signatures are made with officers' own keys, elsewhere. The rules are in docs/formats/api.md."},
		"servers": []any{object{"url": Base}},
		"paths":   paths,
		"components": object{
			"schemas":         s,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer", "description": "cht_..., made with chancery people token"}},
		},
	}
}

func operation(s schemas, r route, problem object) object {
	var name strings.Builder
	name.WriteString(strings.ToLower(r.method))
	for _, part := range strings.FieldsFunc(r.path, func(c rune) bool { return strings.ContainsRune("/{}.", c) }) {
		name.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	params := []any{}
	parameter := func(name, in, about string, required bool) {
		params = append(params, object{"name": name, "in": in, "description": about, "required": required, "schema": object{"type": "string"}})
	}
	for _, m := range inPath.FindAllStringSubmatch(r.path, -1) {
		parameter(m[1], "path", map[string]string{"ref": "a reference; a slash in it is written %2F"}[m[1]], true)
	}
	for _, q := range r.query {
		parameter(q, "query", parameters[q], false)
	}
	if r.acts() {
		parameter("Idempotency-Key", "header", "the same request with the same key is done once, and answered alike for a day", false)
	}
	if r.match {
		parameter("If-Match", "header", "the ETag of the wording that is revised", true)
	}
	good := object{"description": "done"}
	switch {
	case r.media != "":
		good["content"] = object{r.media: object{"schema": object{}}}
	case r.also != nil:
		good["content"] = object{"application/json": object{"schema": object{"anyOf": []any{s.of(reflect.TypeOf(r.out)), s.of(reflect.TypeOf(r.also))}}}}
	case r.out != nil:
		good["content"] = object{"application/json": object{"schema": s.of(reflect.TypeOf(r.out))}}
	}
	bad := object{"description": "a problem", "content": object{"application/problem+json": object{"schema": problem}}}
	o := object{
		"operationId": name.String(), "summary": r.summary, "parameters": params,
		"responses": object{fmt.Sprint(r.status): good, "default": bad},
	}
	if r.method == http.MethodGet {
		o["responses"].(object)["304"] = object{"description": "as in If-None-Match"} //nolint:forcetypeassert // made above
	}
	if r.body != nil {
		content := object{"application/json": object{"schema": s.of(reflect.TypeOf(r.body))}}
		if r.path == "/checks" {
			for _, media := range []string{proof.MediaType, "text/plain", "text/html", "multipart/form-data", "application/x-www-form-urlencoded"} {
				content[media] = object{"schema": object{}}
			}
		}
		o["requestBody"] = object{"required": true, "content": content}
	}
	if r.may != nil {
		o["security"] = []any{object{"token": []any{}}}
	} else {
		o["security"] = []any{}
	}
	return o
}

// TestDocument (MUST-17): openapi.json is what the table of routes says.
func TestDocument(t *testing.T) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(whole()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", b.Bytes(), 0o644); err != nil { //nolint:gosec // public
			t.Fatal(err)
		}
		document = b.Bytes()
	}
	if diff := cmp.Diff(string(document), b.String()); diff != "" {
		t.Errorf("openapi.json is not what the routes say; go test ./internal/api/v1 -update writes it anew (-is +should be):\n%.3000s", diff)
	}
}

// TestRoutesAndDocument: every route is in the document and every operation is a
// route, by its own handler; nothing approves.
func TestRoutesAndDocument(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string           `json:"operationId"`
			Security    []map[string]any `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		t.Fatal(err)
	}
	ids, in := []string{}, 0
	for p, item := range doc.Paths {
		for method, op := range item {
			in++
			i := slices.IndexFunc(routes(), func(r route) bool { return r.path == p && strings.EqualFold(r.method, method) })
			if i < 0 {
				t.Errorf("%s %s is no route", method, p)
				continue
			}
			if (routes()[i].may != nil) != (len(op.Security) > 0) || (routes()[i].may != nil) != strings.HasPrefix(p, "/office") && p != "/offices" && !strings.HasPrefix(p, "/offices/") {
				t.Errorf("%s %s: who may is not what the document says", method, p)
			}
			if slices.Contains(ids, op.OperationID) {
				t.Errorf("%s is the name of two operations", op.OperationID)
			}
			ids = append(ids, op.OperationID)
			if strings.Contains(p, "approve") || strings.Contains(p, "refuse") || strings.Contains(p, "sign") {
				t.Errorf("%s: no program approves", p)
			}
		}
	}
	if in != len(routes()) {
		t.Errorf("%d operations, %d routes", in, len(routes()))
	}
}
