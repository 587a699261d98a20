//go:build !race && linux && (amd64 || arm64)

package arrival

func tellRaceDetector(int) {}
