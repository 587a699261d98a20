//go:build !unix

package session

import "io"

const limiterEnv = "LINEUP_TEST_LIMITER"

func fileLimited(string, io.Writer) int { return 1 }
