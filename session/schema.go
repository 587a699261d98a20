package session

import (
	"context"
	"database/sql"
	_ "embed" // the schemas
)

// applicationID marks the file as lineup's in SQLite's header: "lnup".
const applicationID = 0x6c6e7570

// migration takes the database from the version before to this one, in one transaction.
type migration struct {
	version int
	sql     string
	then    func(context.Context, *sql.Tx) error // what SQL cannot do; nil for nothing
}

var (
	//go:embed schema/v1.sql
	schemaV1 string
	//go:embed schema/v2.sql
	schemaV2 string
	//go:embed schema/v3.sql
	schemaV3 string
	//go:embed schema/v4.sql
	schemaV4 string
	//go:embed schema/v5.sql
	schemaV5 string
	//go:embed schema/v7.sql
	schemaV7 string
	//go:embed schema/v8.sql
	schemaV8 string
	//go:embed schema/v9.sql
	schemaV9 string
	//go:embed schema/v10.sql
	schemaV10 string
	//go:embed schema/v11.sql
	schemaV11 string
	//go:embed schema/v12.sql
	schemaV12 string
	//go:embed schema/v13.sql
	schemaV13 string
	//go:embed schema/v14.sql
	schemaV14 string
	//go:embed schema/v15.sql
	schemaV15 string
	//go:embed schema/v16.sql
	schemaV16 string
	//go:embed schema/v17.sql
	schemaV17 string
	//go:embed schema/v18.sql
	schemaV18 string
)

// migrations are all versions, oldest first. What was released is never changed: a further version
// is added.
func migrations() []migration {
	return []migration{
		{version: 1, sql: schemaV1},
		{version: 2, sql: schemaV2},
		{version: 3, sql: schemaV3},
		{version: 4, sql: schemaV4},
		{version: 5, sql: schemaV5},
		{version: 6, then: reindexSpaceless},
		{version: 7, sql: schemaV7},
		{version: 8, sql: schemaV8},
		{version: 9, sql: schemaV9},
		{version: 10, sql: schemaV10},
		{version: 11, sql: schemaV11},
		{version: 12, sql: schemaV12},
		{version: 13, sql: schemaV13},
		{version: 14, sql: schemaV14},
		{version: 15, sql: schemaV15},
		{version: 16, sql: schemaV16},
		{version: 17, sql: schemaV17},
		{version: 18, sql: schemaV18},
	}
}

// rowsPerTurn is how many rows of search belong to one turn: row n·1024 is the prompt of turn n,
// the rows after it are the answers by slot. The triggers of the schema know it too.
const rowsPerTurn = 1024

// maxSlot is the highest slot that has a row in search.
const maxSlot = rowsPerTurn - 2
