package plain

import (
	"encoding"
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"strings"
	"time"
	"unicode"

	"chancery.example/approval"
	"chancery.example/register"
)

// Entry is a log entry for programs: digests in hexadecimal digits, signatures
// and values in base64, moments as times.
func Entry(i register.Index, raw []byte, e register.Entry) any {
	out := map[string]any{
		"index": i, "kind": e.Body.Kind(), "issuer": e.Claims.Issuer, "subject": e.Claims.Subject,
		"time": e.Claims.IssuedAt, "key": e.KeyID, "leaf": e.LeafHash(), "bytes": len(raw), "body": readable(reflect.ValueOf(e.Body)),
	}
	if by := signers(e.Body); len(by) > 0 {
		out["signed_by"] = by
	}
	return out
}

// signers are the officers who signed, and with what, by what the entry says:
// nothing is verified here.
func signers(b register.Body) []map[string]string {
	set, _ := register.ApprovalsOf(b)
	var out []map[string]string
	for _, s := range set.Signatures {
		k, err := approval.Signer(s.Signature)
		if err != nil {
			continue // the fold does not count it either
		}
		one := map[string]string{"officer": s.Officer, "key": k.Fingerprint()}
		if origin, _, ok := k.Passkey(); ok {
			one["passkey"] = origin
		}
		out = append(out, one)
	}
	return out
}

// readable turns what JSON would write as lists of numbers into words.
func readable(v reflect.Value) any {
	switch v.Kind() { //nolint:exhaustive // the rest is as JSON has it
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return readable(v.Elem())
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				out[snake(f.Name)] = readable(v.Field(i))
			}
		}
		return out
	case reflect.Map:
		return v.Interface()
	}
	switch x := v.Interface().(type) {
	case register.Stamp:
		if x == 0 {
			return nil
		}
		return x.Time().Format(time.RFC3339)
	case encoding.TextMarshaler:
		return x
	case []byte:
		if x == nil {
			return nil // kept outside the log
		}
		return base64.StdEncoding.EncodeToString(x)
	}
	return listed(v)
}

// listed makes arrays of bytes hexadecimal digits, and other lists readable.
func listed(v reflect.Value) any {
	if v.Kind() != reflect.Array && v.Kind() != reflect.Slice {
		return v.Interface()
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return hex.EncodeToString(b)
	}
	out := []any{}
	for i := range v.Len() {
		out = append(out, readable(v.Index(i)))
	}
	return out
}

// snake writes a Go name as the other JSON of this program has names.
func snake(name string) string {
	var b strings.Builder
	var last rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
		last = r
	}
	return b.String()
}
