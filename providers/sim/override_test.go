package sim

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestOverrides(t *testing.T) {
	base := Model{Name: "flash-sim", TTFT: time.Second, TokensPerSecond: 170, Answers: []string{"own"}}
	with := func(change func(*Model)) Model {
		m := base
		change(&m)
		return m
	}
	for spec, want := range map[string]Model{
		"":                  base,
		"@tps=100,ttft=0s":  with(func(m *Model) { m.TokensPerSecond, m.TTFT = 100, 0 }),
		"@tokens=30000":     with(func(m *Model) { m.Tokens = 30000 }),
		"@think=-1,chunk=4": with(func(m *Model) { m.Think, m.TokensPerChunk = -1, 4 }),
		"@hold=300ms":       with(func(m *Model) { m.Hold = 300 * time.Millisecond }),
		"@jitter=0.25":      with(func(m *Model) { m.Jitter = 0.25 }),
		"@load=1m30s":       with(func(m *Model) { m.Load = 90 * time.Second }),
		"@slots=4":          with(func(m *Model) { m.Slots = 4 }),
		"@seed=7":           with(func(m *Model) { m.Seed = 7 }),
		"@script=stamp":     with(func(m *Model) { m.Script, m.Answers = Stamp, nil }),
		"@fault=empty":      with(func(m *Model) { m.Fault = Fault{Kind: FaultEmpty} }),
		"@fault=reset:50":   with(func(m *Model) { m.Fault = Fault{Kind: FaultReset, After: 50} }),
		"@fault=headers:2s": with(func(m *Model) { m.Fault = Fault{Kind: FaultHeaders, Wait: 2 * time.Second} }),
		"@fault=keepalive:10:500ms": with(func(m *Model) {
			m.Fault = Fault{Kind: FaultKeepAlive, After: 10, Wait: 500 * time.Millisecond}
		}),
		"@fault=status:429:retry=2s:times=1,tps=5": with(func(m *Model) {
			m.TokensPerSecond = 5
			m.Fault = Fault{Kind: FaultStatus, Status: 429, RetryAfter: 2 * time.Second, Times: 1}
		}),
		"@fault=error:3:status=529": with(func(m *Model) {
			m.Fault = Fault{Kind: FaultError, After: 3, Status: 529}
		}),
	} {
		got, err := base.override(spec)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q gives %+v, %v, want %+v", spec, got, err, want)
		}
	}
}

// Each bad override is a 400 in each dialect, and the message names the field.
func TestBadOverrides(t *testing.T) {
	s := New(Config{Models: []Model{quick("m")}})
	for spec, says := range map[string]string{
		"@":                     `"" is no override`,
		"@tps":                  `"tps" is no override`,
		"@tps=fast":             "tps=fast: want a number from 0 to 1000000",
		"@tps=NaN":              "tps=NaN: want a number",
		"@tps=-1":               "tps=-1: want a number",
		"@tps=1,tps=2":          "tps is given twice",
		"@jitter=1.5":           "jitter=1.5: want a number from 0 to 1",
		"@ttft=200":             "ttft=200: want a duration such as 200ms",
		"@ttft=-1s":             "ttft=-1s: want a duration",
		"@tokens=1e9":           "tokens=1e9: want a whole number",
		"@chunk=0":              "chunk=0: want a whole number from 1",
		"@seed=-1":              "seed=-1: want a whole number",
		"@script=fr":            "script=fr: want en, ko, code or stamp",
		"@speed=1":              "speed=1: no such override; there are tps,",
		"@fault=explode":        `no fault "explode"; there are status,`,
		"@fault=status":         "fault status needs a status",
		"@fault=status:200":     "want a whole number from 400 to 599",
		"@fault=empty:4":        "takes no number",
		"@fault=reset:5:when=1": `no argument "when"`,
		"@fault=reset:times=0":  "want a whole number from 1",
		"@tps=1,,":              `"" is no override`,
	} {
		for _, d := range dialects {
			w := local(s, "POST", chatPath(d), ask("m"+spec, "hello", true, nil))
			if body := strings.ReplaceAll(w.Body.String(), `\"`, `"`); w.Code != http.StatusBadRequest || !strings.Contains(body, says) {
				t.Errorf("%s in %s: %d %s, want 400 with %q", spec, d, w.Code, body, says)
			}
		}
	}
	for _, name := range []string{"mm", "m:other", "m:latests", "m tps=1"} {
		if w := local(s, "POST", "/api/chat", ask(name, "hello", true, nil)); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", name, w.Code)
		}
	}
	for _, name := range []string{"m", "m:latest", "m@tokens=1", "m:latest@tokens=1"} {
		if w := local(s, "POST", "/api/chat", ask(name, "hello", true, nil)); w.Code != http.StatusOK {
			t.Errorf("%s: %d, want 200", name, w.Code)
		}
	}
}

// Whatever is accepted lies within the bounds that pacing and memory rely on,
// and whatever is refused is refused with a reason.
func FuzzOverride(f *testing.F) {
	for _, spec := range []string{
		"@tps=100,ttft=200ms,tokens=30000,chunk=1,jitter=0.2,script=ko,seed=7,fault=reset:50",
		"@fault=status:429:retry=2s:times=1", "@fault=keepalive:10:500ms", "@think=-1,load=2s", "@tps=Inf", "@=", "@,",
	} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		m, err := quick("m").override("@" + spec)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("refused without a reason")
			}
			return
		}
		x := m.Fault
		for name, ok := range map[string]bool{
			"name":   m.Name == "m",
			"tps":    m.TokensPerSecond >= 0 && m.TokensPerSecond <= 1e6,
			"ttft":   m.TTFT >= 0 && m.TTFT <= maxWait,
			"load":   m.Load >= 0 && m.Load <= maxWait,
			"tokens": m.Tokens >= 0 && m.Tokens <= maxTokens,
			"think":  m.Think >= -1 && m.Think <= maxTokens,
			"chunk":  m.TokensPerChunk >= 0 && m.TokensPerChunk <= maxTokens,
			"jitter": m.Jitter >= 0 && m.Jitter <= 1,
			"fault": x.After >= 0 && x.After <= maxTokens && x.Wait >= 0 && x.RetryAfter >= 0 && x.Times >= 0 &&
				(x.Status == 0 || x.Status >= 400 && x.Status < 600) && (x.Kind != FaultStatus || x.Status != 0),
		} {
			if !ok {
				t.Errorf("%q is accepted with a bad %s: %+v", spec, name, m)
			}
		}
	})
}
