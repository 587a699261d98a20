package wire_test

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/session"
)

// h2Conn is a connection of HTTP/2 on which a test writes its own frames.
type h2Conn struct {
	*http2.Framer
	net.Conn
	n int // how many connections came before
}

// head begins the answer to a request.
func (c h2Conn) head(id uint32) {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	e.WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
	c.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: b.Bytes(), EndHeaders: true})
}

// serveH2 calls answer for every request, and returns the server's address and its certificate's file.
func serveH2(t *testing.T, answer func(c h2Conn, id uint32)) (address, ca string) {
	t.Helper()
	made := httptest.NewTLSServer(nil)
	cert := made.TLS.Certificates[0]
	made.Close()
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.ReadFull(conn, make([]byte, len(http2.ClientPreface)))
				c := h2Conn{http2.NewFramer(conn, conn), conn, n}
				c.WriteSettings()
				for {
					f, err := c.ReadFrame()
					if err != nil {
						return
					}
					switch f := f.(type) {
					case *http2.SettingsFrame:
						if !f.IsAck() {
							c.WriteSettingsAck()
						}
					case *http2.DataFrame:
						if f.StreamEnded() {
							answer(c, f.StreamID)
						}
					}
				}
			}()
		}
	}()
	return "https://" + l.Addr().String(), ca
}

// A load balancer sends GOAWAY when it is drained: what is under way may go on, what has not begun goes elsewhere.
func TestAServerThatGoesAway(t *testing.T) {
	const key = "sk-0123456789abcdef"
	first, rest, _ := strings.Cut(answer, "\n\n")
	first += "\n\n"
	for _, c := range []struct {
		name   string
		answer func(c h2Conn, id uint32)
		status session.Status
		text   string
	}{
		{"and finishes what is under way", func(c h2Conn, id uint32) {
			c.head(id)
			c.WriteData(id, false, []byte(first))
			c.WriteGoAway(id, http2.ErrCodeNo, nil)
			c.WriteData(id, true, []byte(rest))
		}, session.Done, "Hello there"},
		{"and hangs up", func(c h2Conn, id uint32) {
			c.head(id)
			c.WriteData(id, false, []byte(first))
			c.WriteGoAway(id, http2.ErrCodeEnhanceYourCalm, []byte("not \x1b[31m"+key))
			c.Conn.Close()
		}, session.Interrupted, "Hello"},
		{"before it has begun", func(c h2Conn, id uint32) {
			if c.n == 0 {
				c.WriteGoAway(0, http2.ErrCodeNo, nil)
				c.Conn.Close()
				return
			}
			c.head(id)
			c.WriteData(id, true, []byte(answer))
		}, session.Done, "Hello there"},
		{"from this stream alone", func(c h2Conn, id uint32) {
			if id == 1 {
				c.WriteRSTStream(id, http2.ErrCodeRefusedStream)
				return
			}
			c.head(id)
			c.WriteData(id, true, []byte(answer))
		}, session.Done, "Hello there"},
	} {
		address, ca := serveH2(t, c.answer)
		s := rawServer{url: address}
		p := s.provider(t, "openai", func(cfg *wire.Config) { cfg.CAFile = ca; withKey(key)(cfg) })
		r, _ := ask(t, p.Model(wire.ModelConfig{Info: info("m")}))
		if r.Status != c.status || r.Text != c.text || len(r.Attempts) != 1 {
			t.Errorf("%s: %s, %q, %d attempts, %+v; want %s, %q in one", c.name, r.Status, r.Text, len(r.Attempts), r.Error, c.status, c.text)
		}
		if e := r.Error; e != nil && (e.Kind != providers.ConnectionLost || strings.Contains(e.Message, key) || strings.Contains(e.Message, "\x1b")) {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}
