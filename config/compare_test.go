package config

import "testing"

func TestCompareSection(t *testing.T) {
	c := parsePanes(t, `[compare]
blind = true
pace = "live"
judge = "gate/judge"
merge = "local/m"
merge_prompt = """
{{prompt}}
{{answers}}"""
criteria = "짧은 답이 좋다."
`)
	want := Compare{Blind: true, Pace: "live", Judge: "gate/judge", Merge: "local/m",
		MergePrompt: "{{prompt}}\n{{answers}}", Criteria: "짧은 답이 좋다."}
	if c.Compare != want {
		t.Errorf("%+v", c.Compare)
	}
	if c := parsePanes(t, ""); c.Compare != (Compare{Pace: "together"}) {
		t.Errorf("without a section: %+v", c.Compare)
	}
}
