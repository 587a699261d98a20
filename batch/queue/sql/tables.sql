-- The tables of lineup beside River's. Every statement may be run again.

CREATE TABLE IF NOT EXISTS lineup_run (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    total      bigint NOT NULL DEFAULT 0,        -- lines that the last `run` asked for
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now() -- of the last `run`
);

CREATE TABLE IF NOT EXISTS lineup_result (
    run      bigint NOT NULL REFERENCES lineup_run (id) ON DELETE CASCADE,
    line     text NOT NULL,             -- which one: a hash of key
    seq      bigint GENERATED ALWAYS AS IDENTITY,
    key      text NOT NULL,             -- JSON: case, prompt, contender, take, request
    job      bigint NOT NULL,           -- of River
    provider text NOT NULL,
    worker   text NOT NULL,
    failure  text NOT NULL DEFAULT '',  -- the kind of the error; '' for an answer
    ended_at timestamptz NOT NULL,         -- of the reply
    written_at timestamptz NOT NULL DEFAULT now(),
    reply    text NOT NULL,             -- JSON, as `lineup ask --json` prints it
    PRIMARY KEY (run, line)
);

CREATE INDEX IF NOT EXISTS lineup_result_seq ON lineup_result (run, seq);

-- Whose lines each worker takes. It says so when it connects, and takes out those who have gone.
CREATE TABLE IF NOT EXISTS lineup_worker (
    name       text PRIMARY KEY,
    connection text NOT NULL,           -- the name of its connection
    providers  text[] NOT NULL
);
