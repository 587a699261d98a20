package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"strings"

	"lineup/session"
)

// Format is a kind of file that sessions can be imported from.
type Format string

// The formats of an import. FormatAuto goes by what stands in the file.
const (
	FormatAuto    Format = "auto"
	FormatLineup  Format = "lineup"  // what WriteJSON writes; several of them may follow each other
	FormatChatGPT Format = "chatgpt" // conversations.json of ChatGPT's data export, or the whole zip
	FormatLLM     Format = "llm"     // logs.db of Simon Willison's llm
)

// Formats lists them, the automatic one first.
func Formats() []Format { return []Format{FormatAuto, FormatLineup, FormatChatGPT, FormatLLM} }

// Parsed is one session of a file. Either Session is there or Err says why it is not.
type Parsed struct {
	Name    string // what the file calls it: its title, else its id
	Format  Format
	Session *session.Session
	LeftOut []string // what the file holds of it and lineup does not keep, in words
	Err     error
}

// ErrNoPrompt is why a conversation is left out in which nobody said anything.
var ErrNoPrompt = errors.New("there is no prompt in it")

// maxImport bounds a file, and what is unpacked of one, in bytes.
const maxImport = 2 << 30

// Read reads the sessions of a file, one after the other. An error is about the file and ends the sequence; a
// session that cannot be read is a Parsed with Err, and the next one follows. Both name the line where there is one.
func Read(ctx context.Context, file string, format Format) iter.Seq2[Parsed, error] {
	return func(yield func(Parsed, error) bool) {
		if err := readImport(ctx, file, format, yield); err != nil {
			yield(Parsed{}, fmt.Errorf("%s: %w", file, err))
		}
	}
}

// errStop says that the reader of the sequence wants no more.
var errStop = errors.New("stopped")

// sink hands on what was parsed; it returns errStop where no more is wanted.
type sink func(Parsed) error

func readImport(ctx context.Context, file string, format Format, yield func(Parsed, error) bool) error {
	f, err := os.Open(file)
	if err != nil {
		var pathErr *os.PathError
		if errors.As(err, &pathErr) {
			return pathErr.Err
		}
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("this is a folder; name the file in it (conversations.json, logs.db)")
	case info.Size() > maxImport:
		return fmt.Errorf("the file is larger than %d GiB", maxImport>>30)
	}
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		if errors.Is(err, io.EOF) {
			return errors.New("the file is empty")
		}
		return err
	}
	head = head[:n]
	out := func(p Parsed) error {
		if !yield(p, nil) {
			return errStop
		}
		return ctx.Err()
	}
	err = readContent(ctx, f, info.Size(), head, format, out)
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// readContent reads an open file by what it begins with.
func readContent(ctx context.Context, f *os.File, size int64, head []byte, format Format, out sink) error {
	switch {
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		if format != FormatAuto && format != FormatLLM {
			return fmt.Errorf("this is a database, not %s", format)
		}
		return readLLM(ctx, f.Name(), out)
	case format == FormatLLM:
		return errors.New("this is no SQLite database; `llm logs path` says where llm keeps its own")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return readZip(f, size, format, out)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxImport))
	if err != nil {
		return err
	}
	return readJSON(data, format, out)
}

// readZip reads the conversations in ChatGPT's zip, of which there may be several files.
func readZip(f *os.File, size int64, format Format, out sink) error {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return fmt.Errorf("the zip file cannot be read: %w", err)
	}
	found := false
	left := int64(maxImport)
	for _, entry := range z.File {
		if ok, _ := path.Match("conversations*.json", path.Base(entry.Name)); !ok {
			continue
		}
		found = true
		r, err := entry.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
		data, err := io.ReadAll(io.LimitReader(r, left+1))
		_ = r.Close() // it was read to its end, or the error tells more
		if err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
		if left -= int64(len(data)); left < 0 {
			return fmt.Errorf("%s is larger than %d GiB", entry.Name, maxImport>>30)
		}
		if err := readJSON(data, format, out); err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
	}
	if !found {
		return errors.New("there is no conversations.json in the zip file")
	}
	return nil
}

// readJSON reads JSON values that follow each other, and the elements of lists.
func readJSON(data []byte, format Format, out sink) error {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	dec := json.NewDecoder(bytes.NewReader(data))
	values := 0
	for {
		start := skipSpace(data, int(dec.InputOffset()))
		if start >= len(data) {
			break
		}
		values++
		if data[start] != '[' {
			if err := readElement(data, dec, format, out); err != nil {
				return err
			}
			continue
		}
		if _, err := dec.Token(); err != nil {
			return placed(data, 0, err)
		}
		for dec.More() {
			if err := readElement(data, dec, format, out); err != nil {
				return err
			}
		}
		if _, err := dec.Token(); err != nil {
			return placed(data, 0, err)
		}
	}
	if values == 0 {
		return errors.New("the file is empty")
	}
	return nil
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && strings.IndexByte(" \t\r\n", data[i]) >= 0 {
		i++
	}
	return i
}

// readElement reads the next value as a session.
func readElement(data []byte, dec *json.Decoder, format Format, out sink) error {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return placed(data, 0, err)
	}
	start := int(dec.InputOffset()) - len(raw)
	found := detect(raw)
	switch {
	case found == "" && format == FormatAuto, found != "" && format != FormatAuto && found != format:
		want := "lineup's own export, nor ChatGPT's conversations.json, nor llm's logs.db"
		if format != FormatAuto {
			want = "an export of the format " + string(format)
		}
		return fmt.Errorf("line %d: this is not %s", lineAt(data, start), want)
	case found == "":
		found = format
	}
	parse := parseLineup
	if found == FormatChatGPT {
		parse = parseChatGPT
	}
	p := parse(raw)
	p.Format = found
	if p.Err != nil {
		p.Session, p.Err = nil, placed(data, start, p.Err)
	}
	return out(p)
}

// detect tells what a JSON value is, "" where it is neither.
func detect(raw []byte) Format {
	var keys struct {
		Schema  json.RawMessage `json:"schema"`
		Turns   json.RawMessage `json:"turns"`
		Mapping json.RawMessage `json:"mapping"`
	}
	switch err := json.Unmarshal(raw, &keys); {
	case err != nil:
		return ""
	case keys.Schema != nil, keys.Turns != nil:
		return FormatLineup
	case keys.Mapping != nil:
		return FormatChatGPT
	}
	return ""
}

// placed adds the line to an error of package json. The error's own offset counts from start.
func placed(data []byte, start int, err error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: this is not JSON: %w", lineAt(data, start+int(syntax.Offset)), err)
	case errors.As(err, &typed):
		what := "a value"
		if typed.Field != "" {
			what = typed.Field
		}
		return fmt.Errorf("line %d: %s is a JSON %s, which does not belong there", lineAt(data, start+int(typed.Offset)), what, typed.Value)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("line %d: the file ends in the middle", lineAt(data, len(data)))
	}
	return fmt.Errorf("line %d: %w", lineAt(data, start), err)
}

func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:max(0, min(offset, len(data)))], []byte("\n"))
}

// leftOut counts what is not kept, and says it in words in the order in which it was first seen.
type leftOut struct {
	order []string // singular
	many  map[string]string
	count map[string]int
}

// add counts one thing by its name, singular and plural.
func (l *leftOut) add(one, many string) { l.addN(1, one, many) }

func (l *leftOut) addN(n int, one, many string) {
	if n <= 0 {
		return
	}
	if l.count == nil {
		l.count, l.many = map[string]int{}, map[string]string{}
	}
	if l.count[one] == 0 {
		l.order = append(l.order, one)
		l.many[one] = many
	}
	l.count[one] += n
}

func (l *leftOut) words() []string {
	var out []string
	for _, one := range l.order {
		if n := l.count[one]; n > 1 {
			out = append(out, fmt.Sprintf("%d %s", n, l.many[one]))
		} else {
			out = append(out, "1 "+one)
		}
	}
	return out
}
