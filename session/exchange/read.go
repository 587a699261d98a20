package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"lineup/atomicfile"
	"lineup/providers"
	"lineup/session"
)

// Format is a kind of file that sessions can be imported from.
type Format string

// The formats of an import. FormatAuto goes by the content of the file.
const (
	FormatAuto   Format = "auto"
	FormatLineup Format = "lineup" // what WriteJSON writes; several of them may follow each other
	// conversations.json of ChatGPT's data export, or the whole zip
	FormatChatGPT Format = "chatgpt"
	FormatLLM     Format = "llm" // logs.db of Simon Willison's llm
)

// Formats lists them, the automatic one first.
func Formats() []Format { return []Format{FormatAuto, FormatLineup, FormatChatGPT, FormatLLM} }

// Parsed is one session of a file. Either Session is there or Err says why it is not.
type Parsed struct {
	Name    string // what the file calls it: its title, else its id, else its number in the file
	Entry   string // of a zip file: the file within it
	Format  Format
	Session *session.Session
	LeftOut []string  // what the file holds of it and lineup does not keep, in words
	Missing []Missing // the files of prompts that are among these
	Err     error
}

// ErrNoPrompt is why a conversation is left out in which nobody said anything.
var ErrNoPrompt = errors.New("there is no prompt in it")

// maxImport bounds a file, and what is unpacked of one, in bytes.
const maxImport = 2 << 30

// errTooLarge says that a file is beyond maxImport.
var errTooLarge = fmt.Errorf("it is larger than %d GiB", maxImport>>30)

// Read reads the sessions of a file, one after the other. A session that cannot be read is a Parsed
// with Err, and the next one follows; so it is with a broken file of a zip. An error is about the
// whole file and ends the sequence. Both name the line where there is one.
func Read(ctx context.Context, file string, format Format) iter.Seq2[Parsed, error] {
	return sequence(ctx, func(out sink) error {
		f, err := os.Open(file)
		if err != nil {
			return plainError(err)
		}
		defer f.Close()
		return readFile(ctx, f, format, out)
	})
}

// ReadFrom is Read for a stream, such as standard input.
func ReadFrom(ctx context.Context, r io.Reader, format Format) iter.Seq2[Parsed, error] {
	return sequence(ctx, func(out sink) error { return readStream(ctx, r, format, out) })
}

// errStop says that the reader of the sequence wants no more.
var errStop = errors.New("stopped")

// sink hands on what was parsed; it returns errStop where no more is wanted.
type sink func(Parsed) error

func sequence(ctx context.Context, read func(sink) error) iter.Seq2[Parsed, error] {
	return func(yield func(Parsed, error) bool) {
		err := read(func(p Parsed) error {
			if !yield(p, nil) {
				return errStop
			}
			return ctx.Err()
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(Parsed{}, err)
		}
	}
}

// plainError leaves the path out, which the caller knows.
func plainError(err error) error {
	var failed *os.PathError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("there is no such file; check the path")
	case errors.Is(err, os.ErrPermission):
		return errors.New("it may not be read; check its permissions")
	case errors.As(err, &failed):
		return failed.Err
	}
	return err
}

func readFile(ctx context.Context, f *os.File, format Format, out sink) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("this is a folder; name the file in it (conversations.json, logs.db)")
	case !info.Mode().IsRegular():
		return readStream(ctx, f, format, out)
	case info.Size() > maxImport:
		return errTooLarge
	}
	head := make([]byte, headBytes)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if kindOf(head[:n]) == kindText {
		return readText(f, format, folderAssets(f.Name()), out)
	}
	return readBinary(ctx, f, info.Size(), head[:n], format, out)
}

// readStream reads what cannot be read twice. A database and a zip file need a file: they are put
// into a temporary one, which only the user can read.
func readStream(ctx context.Context, r io.Reader, format Format, out sink) error {
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	all := io.MultiReader(bytes.NewReader(head), r)
	if kindOf(head) == kindText {
		return readText(all, format, nil, out)
	}
	f, err := os.CreateTemp("", "lineup-import-*")
	if err != nil {
		return atomicfile.ExplainTemp(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	size, err := io.Copy(f, io.LimitReader(all, maxImport+1))
	switch {
	case err != nil:
		return atomicfile.ExplainTemp(err)
	case size > maxImport:
		return errTooLarge
	}
	return readBinary(ctx, f, size, head, format, out)
}

// readBinary reads an open file that is no text.
func readBinary(ctx context.Context, f *os.File, size int64, head []byte, format Format,
	out sink) error {
	switch kind := kindOf(head); {
	case kind == kindSQLite && (format == FormatAuto || format == FormatLLM):
		return readLLM(ctx, f.Name(), out)
	case kind == kindSQLite:
		return fmt.Errorf("this is a database, not %s", format)
	case format == FormatLLM:
		return errNoDatabase
	case kind == kindZip:
		return readZip(ctx, f, size, format, out)
	default:
		return fmt.Errorf("this is %s, not JSON", kind)
	}
}

var errNoDatabase = errors.New("this is no SQLite database; `llm logs path` says where llm " +
	"keeps its own")

func readText(r io.Reader, format Format, files *assets, out sink) error {
	if format == FormatLLM {
		return errNoDatabase
	}
	data, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	switch {
	case err != nil:
		return err
	case len(data) > maxImport:
		return errTooLarge
	}
	return readJSON(data, format, files, out)
}

// readJSON reads JSON values that follow each other, and the elements of lists. An element that
// cannot be read costs itself alone. A file in which nothing is known is an error of its own.
func readJSON(data []byte, format Format, files *assets, out sink) error {
	data = decodeText(data)
	r := reader{data: data, format: format, files: files, out: out}
	for e := range elements(data) {
		if err := r.element(e); err != nil {
			return err
		}
	}
	return r.verdict()
}

// reader hands on the elements of a file.
type reader struct {
	data   []byte
	format Format
	files  *assets
	out    sink
	n      int      // elements so far
	known  bool     // one of them was a session
	held   []Parsed // the first ones, which were none
}

// errUnknown says that a value is no session of any kind.
var errUnknown = errors.New("it is not lineup's own export, nor ChatGPT's conversations.json, " +
	"nor llm's logs.db")

// element reads one value as a session. Before the first session the file may be something else
// altogether, so the errors of the first values are held back.
func (r *reader) element(e element) error {
	r.n++
	p := r.parse(e)
	if p.Name == "" && e.inList {
		p.Name = fmt.Sprintf("entry %d", r.n)
	}
	if !r.known && p.Format == "" {
		r.held = append(r.held, p)
		return nil
	}
	r.known = true
	for _, h := range append(r.held, p) {
		if err := r.out(h); err != nil {
			return err
		}
	}
	r.held = nil
	return nil
}

// verdict says what is wrong with a file in which nothing was known.
func (r *reader) verdict() error {
	switch {
	case r.n == 0:
		return errors.New("the file is empty")
	case r.known:
		return nil
	}
	err := r.held[0].Err
	if errors.Is(err, ErrNoPrompt) || errors.Is(err, errUnknown) {
		want := "lineup's own export, nor ChatGPT's conversations.json, nor llm's logs.db"
		if r.format != FormatAuto {
			want = "an export of the format " + string(r.format)
		}
		return fmt.Errorf("line %d: this is not %s", lineAt(r.data, skipSpace(r.data, 0)), want)
	}
	return err
}

// parse reads one value. The format of the result is "" where it is no session of any kind.
func (r *reader) parse(e element) (p Parsed) {
	found := r.accept(detect(e.raw))
	switch {
	case e.err != nil:
		return Parsed{Name: glimpse(e.raw), Format: r.accept(detectTorn(e.raw)), Err: e.err}
	// an entry of ChatGPT's list of which only the outside was exported
	case found == "" && isObject(e.raw):
		return Parsed{Name: glimpse(e.raw), Err: fmt.Errorf("line %d: %w", lineAt(r.data, e.start),
			ErrNoPrompt)}
	case found == "":
		return Parsed{Err: fmt.Errorf("line %d: %w", lineAt(r.data, e.start), errUnknown)}
	case found == FormatChatGPT:
		p = parseChatGPT(e.raw, r.files)
	default:
		p = parseLineup(e.raw)
	}
	p.Format = found
	if p.Err != nil {
		p.Session, p.Err = nil, placed(r.data, e.start, p.Err)
	}
	if p.Name == "" {
		p.Name = glimpse(e.raw)
	}
	return p
}

// accept gives the format found if it is allowed, else "".
func (r *reader) accept(found Format) Format {
	if r.format != FormatAuto && found != r.format {
		return ""
	}
	return found
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

// detectTorn tells what a value is that is no whole JSON.
func detectTorn(raw []byte) Format {
	switch {
	case bytes.Contains(raw, []byte(`"schema"`)):
		return FormatLineup
	case bytes.Contains(raw, []byte(`"mapping"`)):
		return FormatChatGPT
	}
	return ""
}

// isObject reports whether a value is a JSON object.
func isObject(raw []byte) bool {
	var keys map[string]json.RawMessage
	return json.Unmarshal(raw, &keys) == nil
}

// glimpse finds the title or the id of a value that could not be read, "" for none.
func glimpse(raw []byte) string {
	var keys map[string]json.RawMessage
	if json.Unmarshal(raw, &keys) != nil {
		keys = tornKeys(raw)
	}
	for _, key := range []string{"title", "id", "conversation_id"} {
		var s string
		if json.Unmarshal(keys[key], &s) == nil {
			if s = providers.CleanLine(s); s != "" {
				return s
			}
		}
	}
	return ""
}

// tornKeys reads the keys of an object as far as it is whole.
func tornKeys(raw []byte) map[string]json.RawMessage {
	keys := map[string]json.RawMessage{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return keys
	}
	for dec.More() {
		key, err := dec.Token()
		name, ok := key.(string)
		var value json.RawMessage
		if err != nil || !ok || dec.Decode(&value) != nil {
			break
		}
		keys[name] = value
	}
	return keys
}

// placed adds the line to an error of package json. The error's own offset counts from start.
func placed(data []byte, start int, err error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: this is not JSON: %w", lineAt(data, start+int(syntax.Offset)),
			err)
	case errors.As(err, &typed):
		what := "a value"
		if typed.Field != "" {
			what = typed.Field
		}
		return fmt.Errorf("line %d: %s is a JSON %s, which does not belong there",
			lineAt(data, start+int(typed.Offset)), what, typed.Value)
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

// blank reports whether there is nothing to read in a text.
func blank(s string) bool { return strings.TrimSpace(s) == "" }
