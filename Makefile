# The five verbs of this repository. Everything else is in .ci/run.

export CGO_ENABLED ?= 0

.PHONY: build test lint bench ci

build: ## the program, stripped, into ./lineup
	go build -trimpath -ldflags '-s -w' -o lineup .

test: ## all tests
	go test ./...

lint: ## formatting, vet, golangci-lint
	@test -z "$$(gofmt -l .)" || { gofmt -d .; exit 1; }
	go vet ./...
	golangci-lint run

bench: ## the benchmarks that releases are compared by
	go test -run '^$$' -bench 'Decode|Screen|Store|Markdown' -count 6 ./providers/... ./ui/... ./session

ci: ## everything that must pass before a release
	.ci/run
