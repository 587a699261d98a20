package cli_test

// limitFiles is for the tests in a pseudo-terminal, which Windows does not run.
func limitFiles() {}
