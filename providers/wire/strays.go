package wire

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// maxStray bounds what is kept of a stream that is not of its protocol, in bytes.
const maxStray = 64 << 10

// strays collects the lines outside the framing of a stream. They are errors, written without
// "data:": in plain words, as a page, or as JSON over several lines.
type strays struct {
	document []byte // JSON that is not whole yet
	words    []byte
}

// add takes a line. It returns a document that the line completes.
func (s *strays) add(line []byte) (document []byte) {
	start := bytes.TrimSpace(line)
	if len(s.document) == 0 && (len(start) == 0 || start[0] != '{' && start[0] != '[') {
		s.words = appendLine(s.words, line)
		return nil
	}
	s.document = appendLine(s.document, line)
	if !json.Valid(s.document) {
		return nil
	}
	document, s.document = s.document, nil
	return document
}

func appendLine(to, line []byte) []byte {
	if len(to)+len(line) > maxStray {
		return to
	}
	return append(append(to, line...), '\n')
}

// failure is what the lines say, nil where there are none. A document that never became whole is
// quoted.
func (s *strays) failure() *failure {
	text := bytes.TrimSpace(s.words)
	if len(text) == 0 {
		text = bytes.TrimSpace(s.document)
	}
	if len(text) == 0 {
		return nil
	}
	return streamFailure(text)
}

// accuses reports whether a document beside an answer is an error for certain: by a field for
// errors, or by a code of failure. One with a message alone may be news.
func accuses(data []byte) bool {
	var o map[string]json.RawMessage
	if json.Unmarshal(data, &o) != nil {
		var list []json.RawMessage // Gemini's
		return json.Unmarshal(data, &list) == nil && len(list) > 0 && len(list[0]) < len(data) &&
			accuses(list[0])
	}
	for name, raw := range o {
		value := strings.ToLower(strings.Trim(string(raw), `"`))
		switch strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name)) {
		case "error", "errors", "fault":
			if tellsError(raw) && value != "[]" {
				return true
			}
		case "object", "type":
			if value == "error" {
				return true
			}
		case "baseresp": // MiniMax
			if accuses(raw) {
				return true
			}
		case "success":
			if value == "false" {
				return true
			}
		case "status":
			if value == "error" || value == "failure" || value == "failed" || isFailureCode(value) {
				return true
			}
		case "code", "statuscode", "errorcode", "errcode":
			if isFailureCode(value) || value != "" && !isNumber(value) && !isSuccess(value) &&
				o["message"] != nil {
				return true
			}
		}
	}
	return false
}

// isFailureCode reports whether a code is the number of a failure.
func isFailureCode(code string) bool {
	n, err := strconv.ParseFloat(code, 64)
	return err == nil && (n < 0 || n >= 400)
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
