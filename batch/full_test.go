package batch

import (
	"os"
	"strings"
	"testing"

	"lineup/batch/batchtest"
	"lineup/batch/suite"
	"lineup/session/storetest"
)

// A disk that was full while lines moved away left pieces and doubled lines in the stale file.
func TestAFullDiskLeavesNoPiecesInTheStaleFile(t *testing.T) {
	if !storetest.Alone(t) {
		return
	}
	g := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	s := batchtest.Numbered(8)
	sections := batchtest.Section("g", g.URL)
	do(t, planOf(t, sections, s, "g/a"), path, Options{})
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	earlier := `{"type":"reply","id":"earlier"}` + "\n"
	if err := os.WriteFile(path+StaleSuffix, []byte(earlier), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range s.Cases {
		s.Cases[i].Vars = suite.VarsOf(map[string]any{"n": "changed"})
	}
	results, err := Open(planOf(t, sections, s, "g/a"), path)
	if err != nil {
		t.Fatal(err)
	}
	free := storetest.FillDisk(t, uint64(len(before)/2))
	err = results.moveStale()
	free()
	if err == nil {
		t.Error("the disk was not full")
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	if stale, _ := os.ReadFile(path + StaleSuffix); string(stale) != earlier {
		t.Errorf("the stale file has %d bytes more", len(stale)-len(earlier))
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the results have changed")
	}
	do(t, planOf(t, sections, s, "g/a"), path, Options{})
	stale, _ := os.ReadFile(path + StaleSuffix)
	if n := strings.Count(string(stale), "\n"); n != 9 {
		t.Errorf("%d stale lines", n)
	}
}
