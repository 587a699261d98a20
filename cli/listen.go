package cli

import (
	"net"
	"net/netip"

	"lineup/providers"
)

// loopbackOnly refuses an address of --listen in reach of other machines, unless anyAddress is set.
func loopbackOnly(listen string, anyAddress bool) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return usagef("--listen %s: write HOST:PORT, such as 127.0.0.1:8808",
			providers.CleanLine(listen))
	}
	if anyAddress || host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return usagef(
			"--listen %s: other machines could use it without a key; if you want that, add "+
				"--any-address",
			providers.CleanLine(listen),
		)
	}
	return nil
}
