//go:build linux && (amd64 || arm64)

package arrival

import (
	"encoding/binary"
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// awaitBytes waits until something lies in the socket, and leaves it there.
func awaitBytes(t *testing.T, c net.Conn) {
	t.Helper()
	raw, err := c.(*conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	one := make([]byte, 1)
	if err := raw.Read(func(fd uintptr) bool {
		_, _, err := syscall.Recvfrom(int(fd), one, syscall.MSG_PEEK)
		return err != syscall.EAGAIN && err != syscall.EINTR
	}); err != nil {
		t.Fatal(err)
	}
}

// wantStamps wants the kernel to stamp what comes. Only a kernel that does not know the option may not.
func wantStamps(t *testing.T, c net.Conn) {
	t.Helper()
	raw, err := c.(*conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var refused error
	if err := raw.Control(func(fd uintptr) {
		refused = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	}); err != nil {
		t.Fatal(err)
	}
	switch {
	case refused == syscall.ENOPROTOOPT:
		t.Skip("this sandbox does not know SO_TIMESTAMPNS, which every Linux has had since 2.6.22")
	case refused != nil || c.(*conn).kernel.raw == nil:
		t.Fatal("the connection asks for no stamps; the kernel says ", refused)
	}
}

func TestTimeInTheSocketIsNotCounted(t *testing.T) {
	a, b := pair(t)
	for _, ends := range [][2]net.Conn{{a, b}, {b, a}} {
		from, to := ends[0], ends[1]
		wantStamps(t, to)
		ok := false
		for range 10_000 { // the kernel begins to stamp some time after it was asked to
			before := time.Now()
			write(t, from, "one")
			awaitBytes(t, to)
			there := time.Now()
			read(t, to, "one")
			at, _ := Of(to)
			if ok = !at.Before(before) && !at.After(there); ok {
				break
			}
		}
		if !ok {
			t.Error("bytes count as coming when they are read")
		}
	}
}

func TestAResetSaysSo(t *testing.T) {
	a, b := pair(t)
	b.(interface{ SetLinger(int) error }).SetLinger(0)
	b.Close()
	if _, err := a.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%#v", err)
	}
}

// message is a control message as the kernel writes it, padded to eight bytes.
func message(level, kind uint32, data ...byte) []byte {
	b := binary.NativeEndian.AppendUint64(nil, uint64(syscall.SizeofCmsghdr+len(data)))
	b = binary.NativeEndian.AppendUint32(b, level)
	b = binary.NativeEndian.AppendUint32(b, kind)
	b = append(b, data...)
	for len(b)%8 > 0 {
		b = append(b, 0)
	}
	return b
}

func timespec(s, ns uint64) []byte {
	return binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(nil, s), ns)
}

func TestTheStampAmongControlMessages(t *testing.T) {
	stamp := message(syscall.SOL_SOCKET, syscall.SCM_TIMESTAMPNS, timespec(12, 34)...)
	other := message(syscall.SOL_SOCKET, syscall.SCM_RIGHTS, 1, 2, 3)
	want := time.Unix(12, 34)
	for _, c := range []struct {
		name string
		oob  []byte
		want time.Time
	}{
		{"nothing", nil, time.Time{}},
		{"alone", stamp, want},
		{"behind another", append(other, stamp...), want},
		{"another", other, time.Time{}},
		{"of another level", message(0, syscall.SCM_TIMESTAMPNS, timespec(12, 34)...), time.Time{}},
		{"too short for a time", message(syscall.SOL_SOCKET, syscall.SCM_TIMESTAMPNS, 1, 2, 3, 4, 5, 6, 7, 8), time.Time{}},
		{"cut", stamp[:len(stamp)-1], time.Time{}},
		{"no length", make([]byte, 32), time.Time{}},
		{"a length past all bounds", append(binary.NativeEndian.AppendUint64(nil, 1<<63), stamp...), time.Time{}},
	} {
		if got := newest(c.oob); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
