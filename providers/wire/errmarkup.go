package wire

import (
	"bytes"
	"encoding/xml"
	"html"
	"strings"
)

// readErrorXML reads an error that is XML: S3's and its like, AWS's, Azure's, SOAP's. ok says that
// it is one.
func readErrorXML(body []byte) (e serverError, ok bool) {
	dec := xml.NewDecoder(bytes.NewReader(body))
	dec.Strict = false
	found := map[string]string{}
	var open []string
	for {
		t, err := dec.Token()
		if err != nil { // its end, or where it is torn
			break
		}
		switch t := t.(type) {
		case xml.StartElement:
			name := strings.ToLower(t.Name.Local)
			if name == "html" || name == "body" && len(open) == 0 {
				return serverError{}, false
			}
			open = append(open, name)
		case xml.EndElement:
			open = open[:max(0, len(open)-1)]
		case xml.CharData:
			text := strings.TrimSpace(string(t))
			if n := len(open); n > 0 && text != "" && found[open[n-1]] == "" {
				found[open[n-1]] = text
			}
		}
	}
	for _, name := range []string{"message", "msg", "faultstring", "errormessage", "errormsg",
		"detail", "description", "text", "reason", "error"} {
		if found[name] != "" {
			e.message = tidyMessage(found[name])
			break
		}
	}
	for _, name := range []string{"code", "errorcode", "faultcode"} {
		if e.code == "" {
			e.code = strings.ToLower(found[name])
		}
	}
	if e.message == "" {
		e.message = found["code"]
	}
	return e, e.message != ""
}

var (
	titleRE = wordsOf(
		`(?is)<title[^>]*>(.*?)</title>`,
	)
	h1RE = wordsOf(
		`(?is)<h1[^>]*>(.*?)</h1>`,
	)
	hiddenRE = wordsOf(
		`(?is)<(script|style|head|svg)\b.*?</(script|style|head|svg)>|<!--.*?-->`,
	)
)

// pageWords gives what a person can use of an HTML page: its title, else its heading, else its
// text.
func pageWords(body []byte) string {
	for _, part := range []wording{titleRE, h1RE} {
		if m := part.re().FindSubmatch(body); m != nil &&
			strings.TrimSpace(plainText(string(m[1]))) != "" {
			return plainText(string(m[1]))
		}
	}
	text := hiddenRE.re().ReplaceAllString(string(body), " ")
	if text = strings.TrimSpace(plainText(text)); text != "" {
		return text
	}
	return "an HTML page without a title"
}

// plainText takes the markup out of a text.
func plainText(s string) string { return html.UnescapeString(tagRE.ReplaceAllString(s, " ")) }
