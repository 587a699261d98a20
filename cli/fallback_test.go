package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Regression: the fallback that was configured for exactly this was not asked, where the status was 400 or the contexts
// were not known.
func TestTheFallbackAnswersWhatAnotherModelCures(t *testing.T) {
	for _, c := range []struct{ body, kind string }{
		{`{"error":{"message":"The requested model 'm' is not supported by any provider you have enabled.","param":"model","code":"model_not_supported"}}`, "not_found"},
		{"{\"error\":{\"message\":\"The model `m` has been decommissioned and is no longer supported.\",\"code\":\"model_decommissioned\"}}", "not_found"},
		{`{"error":{"message":"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}`, "quota"},
		{`[{"error":{"code":400,"message":"API key expired. Please renew the API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]`, "auth"},
		{`{"error":{"message":"too long","code":"context_length_exceeded"}}`, "context_length"},
		{`{"error":{"message":"The input (400013 tokens) is longer than the model's context length (262144 tokens)."}}`, "context_length"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked, _ := io.ReadAll(r.Body); !strings.Contains(string(asked), `"m2"`) {
				w.WriteHeader(http.StatusBadRequest)
				io.WriteString(w, c.body)
				return
			}
			io.WriteString(w, `{"choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}]}`)
		}))
		config := fmt.Sprintf("panes = [\"p/m\"]\n[providers.p]\nbase_url = \"%s/v1\"\napi_key_env = \"GATE_KEY\"\n[models.\"p/m\"]\nfallback = [\"p/m2\"]\n", s.URL)
		out, errs, code := command(t, t.TempDir(), config, "ask", "--json", "--no-save", "hi")
		s.Close()
		var reply struct {
			Status   string
			ServedBy string `json:"served_by"`
			Attempts []struct{ Outcome string }
		}
		if err := json.Unmarshal([]byte(out), &reply); err != nil {
			t.Fatalf("%v: %s%s", err, out, errs)
		}
		if code != 0 || reply.Status != "done" || reply.ServedBy != "p/m2" || len(reply.Attempts) != 2 || reply.Attempts[0].Outcome != c.kind {
			t.Errorf("%s: exit code %d, %+v; want %s and an answer of p/m2", c.body, code, reply, c.kind)
		}
	}
}
