# lineup alone: a static program, no shell, not root. compose.yaml tries it with a queue.
#
#   docker build -t lineup .
#   docker run --rm -v "$PWD/config.toml:/config/lineup/config.toml:ro" -e LINEUP_QUEUE lineup worker

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o /out/lineup .
RUN mkdir /out/work /out/data

# It has the certificates of public authorities and the time zones, and nothing else.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/lineup /usr/local/bin/lineup
COPY --from=build --chown=65532:65532 /out/work /work
COPY --from=build --chown=65532:65532 /out/data /data
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/lineup"]
